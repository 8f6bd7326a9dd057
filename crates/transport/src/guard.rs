//! Where bytes may go: https anywhere, http to this machine only.

use url::{Host, Url};

use crate::TransportError;

/// Refuses a URL over which a credential could be read by others.
pub(crate) fn check(url: &Url) -> Result<(), TransportError> {
    let refuse = |problem| {
        Err(TransportError::Insecure {
            host: authority(url),
            problem,
        })
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("its URL carries a user name or password");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => refuse("plain http leaves this machine"),
        _ => refuse("its URL is not https"),
    }
}

/// Whether the host is this machine: 127.0.0.0/8, `::1` or `localhost` (which never goes to DNS).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Host, and port where it is not the scheme's own: the most of a URL that an error may show.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or("(no host)");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(url: &str) -> Result<(), TransportError> {
        check(&url.parse().unwrap())
    }

    #[test]
    fn https_goes_anywhere_and_http_to_this_machine_only() {
        for url in [
            "https://login.salesforce.com/",
            "http://127.0.0.1:8080/",
            "http://127.9.9.9/",
            "http://[::1]:1/",
            "http://localhost:1/",
        ] {
            assert_eq!(checked(url), Ok(()), "{url}");
        }
        for url in [
            "http://login.salesforce.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://10.0.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "ftp://127.0.0.1/",
        ] {
            assert!(
                matches!(checked(url), Err(TransportError::Insecure { .. })),
                "{url}"
            );
        }
    }

    #[test]
    fn a_password_in_the_url_is_refused_and_not_repeated() {
        let error = checked("https://user:hunter2@login.salesforce.com/").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
