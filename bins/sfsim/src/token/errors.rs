//! The refusals of the token endpoint, numbered as in docs/SIMULATOR.md.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::answer;

/// One refusal: HTTP 400 with `error` and, usually, `error_description`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) rule: Option<u8>,
    pub(crate) error: String,
    pub(crate) description: Option<String>,
}

/// A row of the table: rule, `error`, `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row(pub(crate) u8, &'static str, &'static str);

pub(crate) const NOT_APPROVED: Row = Row(1, "invalid_grant", "user hasn't approved this consumer");
pub(crate) const NOT_ADMIN_APPROVED: Row = Row(
    2,
    "invalid_app_access",
    "user is not admin approved to access this app",
);
pub(crate) const UNKNOWN_CLIENT: Row = Row(3, "invalid_client_id", "client identifier invalid");
pub(crate) const APP_NOT_FOUND: Row = Row(
    4,
    "app_not_found",
    "External client app is not installed in this org",
);
pub(crate) const INVALID_CLIENT: Row = Row(5, "invalid_client", "invalid client credentials");
pub(crate) const INVALID_ASSERTION: Row = Row(6, "invalid_grant", "invalid assertion");
pub(crate) const INVALID_AUDIENCE: Row = Row(7, "invalid_grant", "audience is invalid");
/// The words of another flow; this is what an expired assertion really gets.
pub(crate) const EXPIRED: Row = Row(8, "invalid_grant", "expired authorization code");
/// Nobody has seen the real words.
pub(crate) const TOO_FAR_AHEAD: Row = Row(9, "invalid_grant", "invalid assertion");
pub(crate) const UNSUPPORTED_GRANT: Row =
    Row(10, "unsupported_grant_type", "grant type not supported");
pub(crate) const SCOPE: Row = Row(11, "invalid_request", "scope parameter not supported");
pub(crate) const AUTHENTICATION_FAILURE: Row = Row(13, "invalid_grant", "authentication failure");
pub(crate) const INACTIVE_USER: Row = Row(14, "inactive_user", "user is inactive");
pub(crate) const INACTIVE_USER_GRANT: Row = Row(14, "invalid_grant", "user is inactive");
pub(crate) const LOGIN_RATE: Row = Row(16, "invalid_grant", "login rate exceeded");
pub(crate) const LOGIN_RATE_LEGACY: Row =
    Row(16, "rate_limit_exceeded", "number of logins exceeded");
pub(crate) const WRONG_DOMAIN: Row =
    Row(17, "invalid_grant", "request not supported on this domain");
pub(crate) const MUST_POST: Row = Row(22, "invalid_request", "must use HTTP POST");
/// The real words are not known.
pub(crate) const MUST_BE_FORM: Row = Row(22, "invalid_request", "unsupported content type");
/// The real words are not known.
pub(crate) const MISSING_ASSERTION: Row = Row(22, "invalid_request", "missing required parameters");
/// The real words are not known.
pub(crate) const REPEATED_JTI: Row = Row(23, "bad_jti_claim", "jti has been used before");

impl From<Row> for Refusal {
    fn from(Row(rule, error, description): Row) -> Self {
        Self {
            rule: Some(rule),
            error: error.to_owned(),
            description: Some(description.to_owned()),
        }
    }
}

impl Refusal {
    /// A refusal by fault: the rule is the row of the table that has this code only by fault.
    pub(crate) fn injected(error: String, description: Option<String>) -> Self {
        let rule = match (error.as_str(), description.as_deref()) {
            ("invalid_grant", Some(words)) if words.starts_with("ip restricted") => Some(12),
            ("inactive_org", _) => Some(15),
            (
                "oauth_flow_disabled"
                | "oauth_policy_not_found"
                | "ecapp_policy_not_found"
                | "app_blocked"
                | "fail_close_app_blocked"
                | "invalid_distribution_state"
                | "invalid_session_level",
                _,
            ) => Some(18),
            (
                "system_down"
                | "service_unavailable"
                | "server_error"
                | "unknown_error"
                | "slow_down",
                _,
            ) => Some(20),
            _ => None,
        };
        Self {
            rule,
            error,
            description,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = serde_json::Map::new();
        body.insert("error".to_owned(), self.error.into());
        if let Some(description) = self.description {
            body.insert("error_description".to_owned(), description.into());
        }
        let headers = [
            (header::CONTENT_TYPE, answer::JSON),
            (header::CACHE_CONTROL, "no-store"),
        ];
        let body = serde_json::Value::Object(body).to_string();
        (StatusCode::BAD_REQUEST, headers, body).into_response()
    }
}
