//! API versions: the list, what is retired, and the resources of one.

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::Call;
use crate::answer::{self, ApiError};

/// 7.0 to 30.0 are retired.
const OLDEST: u16 = 31;
/// Summer '26.
const NEWEST: u16 = 67;

/// A supported API version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version(u16);

impl Version {
    /// Reads `v67.0`. Retired ones are 410 and everything else 404.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let number: Option<u16> = text
            .strip_prefix('v')
            .and_then(|text| text.strip_suffix(".0"))
            .and_then(|number| number.parse().ok());
        match number {
            Some(number @ OLDEST..=NEWEST) => Ok(Self(number)),
            // The code in the body is not known; the status is documented.
            Some(7..OLDEST) => Err(ApiError::new(
                StatusCode::GONE,
                "GONE",
                format!("API version {text} is retired"),
            )),
            _ => Err(ApiError::not_found()),
        }
    }

    /// `/services/data/v67.0`.
    pub(super) fn path(self) -> String {
        format!("/services/data/v{}.0", self.0)
    }

    /// Three releases a year; Winter '14 was 29.0. The year is that of most of its life.
    fn label(self) -> String {
        let since = self.0 - 29;
        let season = match since % 3 {
            0 => "Winter",
            1 => "Spring",
            _ => "Summer",
        };
        format!("{season} '{}", 14 + since / 3)
    }
}

/// `GET /services/data`.
pub(super) fn list(headers: &HeaderMap) -> Response {
    let versions: Vec<Value> = (OLDEST..=NEWEST)
        .map(Version)
        .map(|version| {
            json!({
                "label": version.label(),
                "url": version.path(),
                "version": format!("{}.0", version.0),
            })
        })
        .collect();
    answer::json(StatusCode::OK, headers, &versions)
}

/// `GET /services/data/v67.0`: the names of what this org answers.
pub(super) fn resources(call: &Call<'_>) -> Response {
    let mut resources: Map<String, Value> = ["limits", "query", "queryAll"]
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                format!("{}/{name}", call.version.path()).into(),
            )
        })
        .collect();
    let identity = call.site.org.identity_url(&call.caller.user_id);
    resources.insert("identity".to_owned(), identity.into());
    call.json(&resources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_names_of_the_releases() {
        assert_eq!(Version(31).label(), "Summer '14");
        assert_eq!(Version(58).label(), "Summer '23");
        assert_eq!(Version(67).label(), "Summer '26");
    }

    #[test]
    fn only_supported_versions_are_read() {
        assert!(Version::parse("v31.0").is_ok());
        for wrong in ["v30.0", "v6.0", "v68.0", "67.0", "v67", "vfoo"] {
            assert!(Version::parse(wrong).is_err(), "{wrong}");
        }
    }
}
