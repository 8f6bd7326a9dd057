//! The audience that goes with a login URL, when none is configured.

use sfjwt_transport::Url;

/// Who an assertion is for, by where it is sent:
///
/// | host of `login_url` | audience |
/// | --- | --- |
/// | `*.my.salesforce.com` of a sandbox or scratch org | `https://test.salesforce.com` |
/// | any other `*.my.salesforce.com` | `https://login.salesforce.com` |
/// | anything else: login, test, a site with its path, loopback | the URL itself, without a slash at the end |
///
/// Salesforce documents `aud` as the login host or the site's URL; it has been seen to take a My
/// Domain as well, but for Government Cloud only login and test are known to work. An org behind a
/// host of another kind names its audience itself.
pub(crate) fn default_audience(login_url: &Url) -> String {
    let host = login_url.host_str().unwrap_or_default();
    match host.strip_suffix(".my.salesforce.com") {
        Some(domain) if is_sandbox(domain) => "https://test.salesforce.com".to_owned(),
        Some(_) => "https://login.salesforce.com".to_owned(),
        None => login_url.as_str().trim_end_matches('/').to_owned(),
    }
}

/// Sandboxes are `acme--uat.sandbox` with enhanced domains and `acme--uat` or `acme--uat.cs5`
/// without them; scratch orgs are `something.scratch`.
fn is_sandbox(domain: &str) -> bool {
    let (name, partition) = domain.split_once('.').unwrap_or((domain, ""));
    name.contains("--") || matches!(partition, "sandbox" | "scratch")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(login_url: &str) -> String {
        default_audience(&Url::parse(login_url).unwrap())
    }

    #[test]
    fn login_and_test_are_their_own_audience() {
        assert_eq!(
            of("https://login.salesforce.com"),
            "https://login.salesforce.com"
        );
        assert_eq!(
            of("https://test.salesforce.com/"),
            "https://test.salesforce.com"
        );
    }

    #[test]
    fn a_production_my_domain_logs_in_towards_login() {
        for url in [
            "https://acme.my.salesforce.com",
            "https://a-dev-ed.develop.my.salesforce.com",
        ] {
            assert_eq!(of(url), "https://login.salesforce.com", "{url}");
        }
    }

    #[test]
    fn a_sandbox_or_scratch_my_domain_logs_in_towards_test() {
        for url in [
            "https://acme--uat.sandbox.my.salesforce.com",
            "https://acme--uat.my.salesforce.com",
            "https://acme--uat.cs5.my.salesforce.com",
            "https://data-speed-12.scratch.my.salesforce.com",
        ] {
            assert_eq!(of(url), "https://test.salesforce.com", "{url}");
        }
    }

    #[test]
    fn a_site_keeps_its_path_and_loopback_its_port() {
        assert_eq!(
            of("https://acme.my.site.com/customers/"),
            "https://acme.my.site.com/customers"
        );
        assert_eq!(of("http://127.0.0.1:8080/"), "http://127.0.0.1:8080");
    }

    #[test]
    fn a_host_that_only_looks_like_a_my_domain_is_its_own_audience() {
        assert_eq!(
            of("https://my.salesforce.com.example.org"),
            "https://my.salesforce.com.example.org"
        );
    }
}
