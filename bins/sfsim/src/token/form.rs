//! The parameters of a token request.

use axum::{body::to_bytes, extract::Request};
use http::header;

use super::errors::{self, Row};

/// No grant is larger; what is, is not read to its end.
const LARGEST: usize = 256 * 1024;

/// Decoded parameters. Of a name that is given twice the first counts.
#[derive(Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body and, if `query` says so, the query string after it.
    pub(crate) async fn read(request: Request, query: bool) -> Result<Self, Row> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST)
            .await
            .map_err(|_| errors::MUST_BE_FORM)?;
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let is_form = content_type
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        if !body.is_empty() && !is_form {
            return Err(errors::MUST_BE_FORM);
        }
        let mut pairs = decoded(&body);
        if query {
            pairs.extend(decoded(parts.uri.query().unwrap_or_default().as_bytes()));
        }
        Ok(Self(pairs))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

fn decoded(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}
