//! Reading answers: JSON only where the server says that it is JSON.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use sfjwt_transport::{Bytes, HeaderMap, Response, StatusCode, header, retry_after};

use crate::{ClientError, LimitInfo, Origin, wording::printable};

/// An answer of the API that is no error. Its `Debug` shows the status and the size only.
pub struct ApiResponse {
    /// The status: 2xx, 300 or 304.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
    origin: String,
}

impl ApiResponse {
    pub(crate) fn new(response: Response, origin: &Origin) -> Self {
        Self {
            status: response.status,
            headers: response.headers,
            body: response.body,
            origin: origin.to_string(),
        }
    }

    /// The body as JSON, if the server says that it is.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        if !self.is_json() {
            return Err(self.not_json());
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let place = format!("line {} column {}", error.line(), error.column());
            // Never the library's message: it repeats what it found.
            self.unexpected(&match error.classify() {
                Category::Eof => format!("its JSON is cut off at {place}"),
                Category::Data => format!("its JSON is not what was expected at {place}"),
                Category::Syntax | Category::Io => format!("its JSON is malformed at {place}"),
            })
        })
    }

    /// What this answer says about API usage.
    pub fn limit_info(&self) -> Option<LimitInfo> {
        LimitInfo::from_headers(&self.headers)
    }

    pub(crate) fn is_json(&self) -> bool {
        self.media_type() == Some("application/json")
    }

    pub(crate) fn is_form(&self) -> bool {
        self.media_type() == Some("application/x-www-form-urlencoded")
    }

    pub(crate) fn unexpected(&self, problem: &str) -> ClientError {
        ClientError::Unexpected {
            origin: self.origin.clone(),
            status: self.status.as_u16(),
            problem: problem.to_owned(),
            retry_after: retry_after(&self.headers),
        }
    }

    /// The error for an answer that should have been JSON.
    pub(crate) fn not_json(&self) -> ClientError {
        self.unexpected(&match self.media_type() {
            _ if self.body.is_empty() => "with an empty body".to_owned(),
            Some(media_type) => format!("it is {} and not JSON", printable(media_type)),
            None => "it does not say that it is JSON".to_owned(),
        })
    }

    fn media_type(&self) -> Option<&str> {
        let text = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        text.split(';').next().map(str::trim)
    }
}

impl fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiResponse({}, {} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn answer(content_type: &'static str, body: &'static str) -> ApiResponse {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        ApiResponse {
            status: StatusCode::OK,
            headers,
            body: Bytes::from_static(body.as_bytes()),
            origin: "https://acme.my.salesforce.com".to_owned(),
        }
    }

    fn error_of(content_type: &'static str, body: &'static str) -> String {
        let outcome = answer(content_type, body).json::<Vec<u8>>();
        outcome.unwrap_err().to_string()
    }

    #[test]
    fn json_is_read_with_parameters_behind_its_media_type() {
        let answer = answer("application/json;charset=UTF-8", "[1]");
        assert_eq!(answer.json::<Value>().unwrap()[0], 1);
    }

    #[test]
    fn html_is_named_and_not_parsed() {
        assert_eq!(
            error_of("text/html", "<html>"),
            "https://acme.my.salesforce.com answered 200, but it is text/html and not JSON"
        );
    }

    #[test]
    fn json_that_ends_early_is_called_cut_off() {
        assert!(error_of("application/json", "[1,").contains("cut off at line 1"));
    }

    #[test]
    fn what_was_found_is_never_repeated() {
        let error = error_of("application/json", r#"["canary"]"#);
        assert!(
            error.contains("not what was expected") && !error.contains("canary"),
            "{error}"
        );
    }
}
