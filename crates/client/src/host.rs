//! Which hosts may see an assertion or a token.

use url::Url;

use crate::{ClientError, Origin};

/// Domains of Salesforce: a host must lie below one of them.
const SALESFORCE: [&str; 4] = [
    "salesforce.com",
    "salesforce.mil",
    "force.com",
    "my.sfcrmproducts.cn",
];

/// The hosts that may be logged in to: those of Salesforce, this machine, and a configured list.
#[derive(Clone, Debug, Default)]
pub struct HostPolicy {
    extras: Vec<Extra>,
}

/// `login.example.com`, or `*.example.com` for everything below it.
#[derive(Clone, Debug)]
enum Extra {
    Host(String),
    Below(String),
}

impl HostPolicy {
    /// Also allows these hosts, such as the custom domain of an Experience Cloud site: a name, or
    /// `*.name` for everything below it.
    pub fn with_extras<S: AsRef<str>>(
        extras: impl IntoIterator<Item = S>,
    ) -> Result<Self, ClientError> {
        let extras = extras.into_iter().map(|text| parse_extra(text.as_ref()));
        Ok(Self {
            extras: extras.collect::<Result<_, _>>()?,
        })
    }

    /// Whether an assertion may be sent to this URL.
    pub fn check_login(&self, login_url: &Url) -> Result<Origin, ClientError> {
        let origin = Origin::of(login_url).map_err(|error| match error {
            ClientError::Setting { problem, .. } => ClientError::Setting {
                setting: "login_url",
                problem,
            },
            other => other,
        })?;
        self.check(&origin, "login_url", origin.is_loopback())?;
        Ok(origin)
    }

    /// Whether the token of a login at `login` may be sent to `instance`.
    ///
    /// This machine is an instance only for logins at this machine: otherwise an answer from afar
    /// could hand the token to whatever listens on a local port.
    pub fn check_instance(&self, instance: &Origin, login: &Origin) -> Result<(), ClientError> {
        self.check(instance, "instance_url", login.is_loopback())
    }

    pub(crate) fn check(
        &self,
        origin: &Origin,
        setting: &'static str,
        loopback: bool,
    ) -> Result<(), ClientError> {
        let host = origin.host();
        let allowed = if origin.is_loopback() {
            loopback
        } else {
            SALESFORCE.iter().any(|domain| is_below(host, domain))
                || self.extras.iter().any(|extra| extra.covers(host))
        };
        if allowed {
            return Ok(());
        }
        Err(ClientError::HostNotAllowed {
            setting,
            host: host.to_owned(),
        })
    }
}

impl Extra {
    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Host(name) => host == name,
            Self::Below(domain) => is_below(host, domain),
        }
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

fn parse_extra(text: &str) -> Result<Extra, ClientError> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    // The URL parser knows what a host is, and writes it as URLs will have it.
    let host = match Url::parse(&format!("https://{name}/")) {
        Ok(url) if url.port().is_none() && url.path() == "/" && url.username().is_empty() => {
            url.host_str().map(str::to_owned)
        }
        _ => None,
    };
    match host {
        Some(host) if host.contains('.') && !host.contains('*') => Ok(if name == text {
            Extra::Host(host)
        } else {
            Extra::Below(host)
        }),
        _ => Err(ClientError::Setting {
            setting: "hosts",
            problem: format!("{text:?} is not a host name, nor `*.` and a domain"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(policy: &HostPolicy, url: &str) -> Result<Origin, ClientError> {
        policy.check_login(&url.parse().unwrap())
    }

    #[test]
    fn hosts_of_salesforce_and_this_machine_are_allowed() {
        for url in [
            "https://login.salesforce.com",
            "https://acme--dev.sandbox.my.salesforce.com",
            "https://acme.my.salesforce.mil",
            "https://site.force.com/customers",
            "https://acme.my.sfcrmproducts.cn",
            "http://127.0.0.1:8080",
        ] {
            assert!(login(&HostPolicy::default(), url).is_ok(), "{url}");
        }
    }

    #[test]
    fn hosts_that_only_look_like_salesforce_are_not() {
        for url in [
            "https://evilsalesforce.com",
            "https://salesforce.com.evil.example",
            "https://salesforce.com",
            "https://.salesforce.com",
            "https://login.salesforce.com.",
            "https://acme.sfcrmproducts.cn",
            "https://10.0.0.1",
        ] {
            let outcome = login(&HostPolicy::default(), url);
            assert!(
                matches!(outcome, Err(ClientError::HostNotAllowed { .. })),
                "{url}: {outcome:?}"
            );
        }
    }

    #[test]
    fn a_configured_host_is_itself_and_a_pattern_is_what_lies_below() {
        let policy = HostPolicy::with_extras(["portal.Example.com", "*.corp.example"]).unwrap();
        assert!(login(&policy, "https://portal.example.com").is_ok());
        assert!(login(&policy, "https://a.corp.example").is_ok());
        assert!(login(&policy, "https://x.portal.example.com").is_err());
        assert!(login(&policy, "https://corp.example").is_err());
    }

    #[test]
    fn a_pattern_that_is_too_wide_or_no_host_is_refused() {
        for text in [
            "*",
            "*.",
            "*.com",
            "a.*.example",
            "https://a.example",
            "a.example:8443",
            "",
        ] {
            assert!(HostPolicy::with_extras([text]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_login_from_afar_cannot_send_the_token_to_a_local_port() {
        let policy = HostPolicy::default();
        let local: Origin = "http://127.0.0.1:1".parse().unwrap();
        let remote: Origin = "https://login.salesforce.com".parse().unwrap();
        assert!(policy.check_instance(&local, &local).is_ok());
        assert!(policy.check_instance(&local, &remote).is_err());
    }
}
