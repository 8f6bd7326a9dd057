//! The version of the API.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ClientError;

/// A version of the REST API, written `v67.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion(u16);

impl Default for ApiVersion {
    /// `v67.0`, Summer '26.
    fn default() -> Self {
        Self(67)
    }
}

impl FromStr for ApiVersion {
    type Err = ClientError;

    /// Reads `v67.0`, `67.0` or `67`.
    fn from_str(text: &str) -> Result<Self, ClientError> {
        let number = text.strip_prefix('v').unwrap_or(text);
        let number = number.strip_suffix(".0").unwrap_or(number);
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        match number.parse() {
            Ok(version) if digits && version > 0 => Ok(Self(version)),
            _ => Err(ClientError::Setting {
                setting: "api_version",
                problem: format!("{text:?} is not like v67.0"),
            }),
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.0", self.0)
    }
}

/// One entry of the list at `/services/data/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionInfo {
    /// The name of the release, such as `Summer ’26`.
    pub label: String,
    /// The path of its resources.
    pub url: String,
    /// The number, such as `67.0`.
    pub version: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_spellings_are_one_version() {
        for text in ["v67.0", "67.0", "67"] {
            assert_eq!(text.parse::<ApiVersion>().unwrap(), ApiVersion::default());
        }
        assert_eq!(ApiVersion::default().to_string(), "v67.0");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "v", "67.1", "v67.0/../..", "+67", "-1", "0", "99999"] {
            assert!(text.parse::<ApiVersion>().is_err(), "{text}");
        }
    }
}
