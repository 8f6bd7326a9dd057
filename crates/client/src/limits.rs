//! How much of the daily allocation is used (`Sforce-Limit-Info`, REST API Developer Guide).

use serde::Serialize;
use sfjwt_transport::HeaderMap;

/// What the last answer said about API usage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitInfo {
    /// Requests of the whole org in the last 24 hours.
    pub org: Usage,
    /// Requests of this app, where the org limits it.
    pub app: Option<Usage>,
}

/// Used so far, and allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Requests made.
    pub used: u64,
    /// Requests allowed.
    pub limit: u64,
}

impl LimitInfo {
    /// Reads `api-usage=18/5000; per-app-api-usage=17/250(appName=sample)`.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get("sforce-limit-info")?.to_str().ok()?;
        let usage = |name: &str| {
            text.split(';').find_map(|part| {
                let (key, value) = part.trim().split_once('=')?;
                (key == name).then(|| Usage::parse(value)).flatten()
            })
        };
        Some(Self {
            org: usage("api-usage")?,
            app: usage("per-app-api-usage"),
        })
    }
}

impl Usage {
    fn parse(text: &str) -> Option<Self> {
        let numbers = text.split('(').next()?;
        let (used, limit) = numbers.split_once('/')?;
        Some(Self {
            used: used.trim().parse().ok()?,
            limit: limit.trim().parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Option<LimitInfo> {
        let mut headers = HeaderMap::new();
        headers.insert("sforce-limit-info", text.parse().unwrap());
        LimitInfo::from_headers(&headers)
    }

    #[test]
    fn the_org_and_the_app_are_read() {
        let info = read("api-usage=18/5000; per-app-api-usage=17/250(appName=a=b; c)").unwrap();
        assert_eq!(
            info.org,
            Usage {
                used: 18,
                limit: 5000
            }
        );
        assert_eq!(
            info.app,
            Some(Usage {
                used: 17,
                limit: 250
            })
        );
    }

    #[test]
    fn nonsense_is_no_information() {
        assert_eq!(read("api-usage=many"), None);
        assert_eq!(read("per-app-api-usage=17/250"), None);
    }
}
