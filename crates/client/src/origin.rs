//! Scheme, host and port: where a token may go.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use sfjwt_transport::is_loopback;
use url::Url;

use crate::ClientError;

/// The origin of an org's API (RFC 6454 §4): https, or http on this machine. No path, no query, no
/// user name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(Url);

impl Origin {
    /// The origin of a URL, whatever its path is.
    pub fn of(url: &Url) -> Result<Self, ClientError> {
        let local = url.scheme() == "http" && is_loopback(url);
        if !(url.scheme() == "https" || local) {
            return Err(unusable("it must be https (http is for this machine only)"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(unusable("it carries a user name or password"));
        }
        let mut origin = url.clone();
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        Ok(Self(origin))
    }

    /// The host, without the port.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether this is the machine we run on.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The URL of a path on this origin. Anything that would lead to another origin, such as an
    /// absolute URL or `//host/`, is refused.
    pub fn resolve(&self, path: &str) -> Result<Url, ClientError> {
        let foreign = |host: &str| ClientError::ForeignUrl {
            origin: self.to_string(),
            host: host.to_owned(),
        };
        let url = self.0.join(path).map_err(|_| foreign("(no URL)"))?;
        if url.origin() != self.0.origin() || !url.username().is_empty() {
            return Err(foreign(url.host_str().unwrap_or("(no host)")));
        }
        Ok(url)
    }
}

/// Reads `https://host` or `https://host:port`, with or without the last slash.
impl FromStr for Origin {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<Self, ClientError> {
        let url: Url = text.parse().map_err(|_| unusable("it is not a URL"))?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(unusable("it must end after the host"));
        }
        Self::of(&url)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

fn unusable(problem: &str) -> ClientError {
    ClientError::Setting {
        setting: "instance_url",
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap()
    }

    #[test]
    fn it_prints_without_a_last_slash() {
        assert_eq!(
            origin("https://a.example:8443/").to_string(),
            "https://a.example:8443"
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert!(origin("http://127.0.0.1:1").is_loopback());
        assert!("http://a.example".parse::<Origin>().is_err());
    }

    #[test]
    fn a_path_query_or_password_is_no_origin() {
        for text in [
            "https://a.example/x",
            "https://a.example/?x",
            "https://a.example/#x",
            "https://u:p@a.example",
            "a.example",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_resolves_on_the_origin() {
        let url = origin("https://a.example")
            .resolve("/services/data?q=1")
            .unwrap();
        assert_eq!(url.as_str(), "https://a.example/services/data?q=1");
    }

    #[test]
    fn nothing_resolves_to_another_origin() {
        for path in [
            "https://evil.example/x",
            "//evil.example/x",
            "/\\evil.example/x",
            "http://a.example/x",
            "https://a.example:444/x",
            "https://me@a.example/x",
            "file:///etc/passwd",
        ] {
            let outcome = origin("https://a.example").resolve(path);
            assert!(
                matches!(outcome, Err(ClientError::ForeignUrl { .. })),
                "{path}: {outcome:?}"
            );
        }
    }
}
