//! The `aud` claim: the authorization server that is to accept the assertion.

use std::fmt;

use url::Url;

use crate::ClaimsError;

/// An absolute http(s) URL in its plain form, without a trailing slash.
///
/// The rules for a slash at the end are not documented, and audiences that differ from what the
/// server expects are the most reported defect of every Salesforce client, so exactly one
/// spelling of an audience exists here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience(String);

impl Audience {
    /// Reads an audience such as `https://login.salesforce.com`, or a site's URL with its path.
    pub fn parse(text: &str) -> Result<Self, ClaimsError> {
        let refuse = |problem| Err(ClaimsError::Audience { problem });
        let Ok(url) = Url::parse(text) else {
            return refuse("not an absolute URL");
        };
        if !matches!(url.scheme(), "https" | "http") {
            return refuse("not an https URL");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("a URL with a user name in it");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("a URL with a query or a fragment");
        }
        if text.ends_with('/') {
            return refuse("written with a slash at the end");
        }
        // The parser repairs capitals, tabs and backslashes; the server compares text.
        if url.as_str().trim_end_matches('/') != text {
            return refuse("not written in its plain form (small letters, no white space)");
        }
        Ok(Self(text.to_owned()))
    }

    /// The text of the claim.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_hosts_my_domains_and_sites_with_a_path_are_audiences() {
        for text in [
            "https://login.salesforce.com",
            "https://acme--uat.sandbox.my.salesforce.com",
            "https://site.force.com/customers",
            "http://127.0.0.1:8080",
        ] {
            assert_eq!(Audience::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_the_server_would_compare_differently_is_refused() {
        for text in [
            "",
            "login.salesforce.com",
            "https://login.salesforce.com/",
            "https://site.force.com/customers/",
            "https://Login.Salesforce.com",
            "https://login.salesforce.com:443",
            "https://login.salesforce.com?x=1",
            "https://login.salesforce.com#x",
            "https://me@login.salesforce.com",
            " https://login.salesforce.com",
            "ftp://login.salesforce.com",
        ] {
            assert!(Audience::parse(text).is_err(), "{text:?} was accepted");
        }
    }
}
