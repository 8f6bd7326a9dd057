//! The shapes of answers: JSON, Salesforce's error array, the maintenance page.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;

pub(crate) const JSON: &str = "application/json;charset=UTF-8";

/// One error of the data APIs; its body is an array of one.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: String,
    message: String,
}

impl ApiError {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
        }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "The requested resource does not exist",
        )
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = serde_json::json!([{ "message": self.message, "errorCode": self.code }]);
        (
            self.status,
            [(header::CONTENT_TYPE, JSON)],
            body.to_string(),
        )
            .into_response()
    }
}

/// A JSON answer, indented if the request asked for it with `X-PrettyPrint`.
pub(crate) fn json(status: StatusCode, request: &HeaderMap, body: &impl Serialize) -> Response {
    let pretty = request
        .get("x-prettyprint")
        .is_some_and(|value| value == "1" || value == "true");
    let text = if pretty {
        serde_json::to_string_pretty(body)
    } else {
        serde_json::to_string(body)
    };
    match text {
        Ok(text) => (status, [(header::CONTENT_TYPE, JSON)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What the edge shows while an org is in maintenance or not ready: HTML, whatever was asked for.
pub(crate) fn html(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let page = "<html><head><title>Data Not Available</title></head><body>\
        <h1>Data Not Available</h1><p>The data you were trying to access could not be found.</p>\
        </body></html>";
    (
        status,
        [(header::CONTENT_TYPE, "text/html;charset=UTF-8")],
        page,
    )
        .into_response()
}
