//! The settings of the connection.

use std::path::PathBuf;
use std::time::Duration;

use sfjwt_transport::{Settings, Url};

use super::layer::TransportLayer;
use crate::failure::Failure;

/// Where assertions are sent.
pub(super) fn login_url(text: &str) -> Result<Url, Failure> {
    let url: Url = text.parse().map_err(|error| {
        Failure::config(
            format!("login_url is not a URL: {error}"),
            "write it like https://login.salesforce.com",
        )
    })?;
    if url
        .host_str()
        .is_some_and(|host| host.ends_with(".lightning.force.com"))
    {
        return Err(Failure::config(
            "login_url is a Lightning URL, which issues no tokens",
            "use the My Domain of the org: https://NAME.my.salesforce.com",
        ));
    }
    Ok(url)
}

/// How bytes reach servers; what nobody set is as the transport has it.
pub(super) fn transport(layer: TransportLayer) -> Result<Settings, Failure> {
    let default = Settings::default();
    let proxy = layer
        .proxy
        .map(|url| url.parse())
        .transpose()
        .map_err(|_| {
            // Not repeated: it may hold a password.
            Failure::config(
                "proxy is not a URL",
                "write it like http://proxy.example.com:3128",
            )
        })?;
    Ok(Settings {
        ca_bundle: layer.ca_bundle.map(PathBuf::from),
        client_cert: layer.client_cert.map(PathBuf::from),
        proxy,
        no_proxy: layer.no_proxy,
        connect_timeout: layer
            .connect_timeout
            .map_or(default.connect_timeout, Duration::from_secs),
        read_timeout: layer
            .read_timeout
            .map_or(default.read_timeout, Duration::from_secs),
        max_attempts: layer.max_attempts.unwrap_or(default.max_attempts),
        user_agent: default.user_agent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(failure: &Failure) -> String {
        let mut to = Vec::new();
        failure.report(false, &mut to).unwrap();
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn a_lightning_url_is_refused_by_name() {
        let refused = login_url("https://acme.lightning.force.com").unwrap_err();
        let text = told(&refused);
        assert!(
            text.contains("Lightning URL") && text.contains("my.salesforce.com"),
            "{text}"
        );
    }

    #[test]
    fn a_proxy_that_cannot_be_read_is_not_repeated() {
        let layer = TransportLayer {
            proxy: Some("//me:hunter2@proxy".to_owned()),
            ..TransportLayer::default()
        };
        let text = told(&transport(layer).unwrap_err());
        assert!(
            text.contains("proxy") && !text.contains("hunter2"),
            "{text}"
        );
    }

    #[test]
    fn times_are_seconds_and_what_is_not_set_stays_as_it_is() {
        let layer = TransportLayer {
            read_timeout: Some(7),
            ..TransportLayer::default()
        };
        let settings = transport(layer).unwrap();
        assert_eq!(settings.read_timeout, Duration::from_secs(7));
        assert_eq!(
            settings.connect_timeout,
            Settings::default().connect_timeout
        );
    }
}
