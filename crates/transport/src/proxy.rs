//! Which proxy, and for which hosts none.

use reqwest::{NoProxy, Proxy};
use url::Url;

use crate::{Environment, Settings, TransportError};

/// Reached directly, whatever the environment says.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// The proxy for https, if there is one: the setting, else `HTTPS_PROXY`, else `ALL_PROXY`.
pub(crate) fn choose(
    settings: &Settings,
    environment: &Environment,
) -> Result<Option<Proxy>, TransportError> {
    let Some((setting, url)) = configured(settings, environment)? else {
        return Ok(None);
    };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(unusable(setting, "it is not an http or https URL"));
    }
    let proxy = Proxy::https(url).map_err(|_| unusable(setting, "it is not a proxy URL"))?;
    let exceptions = match &settings.no_proxy {
        Some(exceptions) => exceptions.clone(),
        None => environment
            .first(&["no_proxy", "NO_PROXY"])
            .map(|(_, exceptions)| exceptions)
            .unwrap_or_default(),
    };
    let exceptions = NoProxy::from_string(&format!("{LOOPBACK},{exceptions}"));
    Ok(Some(proxy.no_proxy(exceptions)))
}

fn configured(
    settings: &Settings,
    environment: &Environment,
) -> Result<Option<(&'static str, Url)>, TransportError> {
    if let Some(url) = &settings.proxy {
        return Ok(Some(("proxy", url.clone())));
    }
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let Some((name, value)) = environment.first(&names) else {
        return Ok(None);
    };
    // curl takes `proxy.example:3128` for an http proxy, and so does everybody's environment.
    let text = if value.contains("://") {
        value
    } else {
        format!("http://{value}")
    };
    match text.parse() {
        Ok(url) => Ok(Some((name, url))),
        Err(_) => Err(unusable(name, "it is not a URL")),
    }
}

/// The value is never repeated: it may hold a password.
fn unusable(setting: &'static str, problem: &str) -> TransportError {
    TransportError::Settings {
        setting,
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &'static [(&str, &str)]) -> Environment {
        Environment::new(|wanted| {
            let found = pairs.iter().find(|(name, _)| *name == wanted)?;
            Some(found.1.to_owned())
        })
    }

    fn configured_from(pairs: &'static [(&str, &str)]) -> Option<String> {
        configured(&Settings::default(), &environment(pairs))
            .unwrap()
            .map(|(_, url)| url.to_string())
    }

    #[test]
    fn the_setting_goes_before_the_environment() {
        let settings = Settings {
            proxy: Some("http://configured:1".parse().unwrap()),
            ..Settings::default()
        };
        let environment = environment(&[("HTTPS_PROXY", "http://environment:2")]);
        let (name, url) = configured(&settings, &environment).unwrap().unwrap();
        assert_eq!((name, url.host_str()), ("proxy", Some("configured")));
    }

    #[test]
    fn https_proxy_goes_before_all_proxy_and_needs_no_scheme() {
        assert_eq!(
            configured_from(&[("ALL_PROXY", "http://a:1"), ("HTTPS_PROXY", "b:2")]).as_deref(),
            Some("http://b:2/")
        );
    }

    #[test]
    fn http_proxy_is_not_for_https() {
        assert_eq!(
            configured_from(&[("http_proxy", "http://a:1"), ("HTTP_PROXY", "http://a:1")]),
            None
        );
    }

    #[test]
    fn an_empty_variable_is_no_proxy() {
        assert_eq!(configured_from(&[("HTTPS_PROXY", "")]), None);
    }

    #[test]
    fn a_proxy_of_another_kind_is_refused_by_the_name_of_its_variable() {
        let environment = environment(&[("ALL_PROXY", "socks5://me:hunter2@proxy:1080")]);
        let error = choose(&Settings::default(), &environment).unwrap_err();
        assert!(error.to_string().starts_with("ALL_PROXY"), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
