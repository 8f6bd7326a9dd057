//! What can be configured, and the environment as an argument.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use url::Url;

/// How to reach servers. Files are read when the first https request needs them.
#[derive(Clone)]
pub struct Settings {
    /// A PEM file with root certificates. When set, it is the only trust: the system's roots are
    /// neither used nor read.
    pub ca_bundle: Option<PathBuf>,
    /// A PEM file with a certificate chain and its key, shown to servers that ask for one (mTLS).
    pub client_cert: Option<PathBuf>,
    /// The proxy for https (`http://` or `https://`, a user name and password are allowed). It goes
    /// before `HTTPS_PROXY`.
    pub proxy: Option<Url>,
    /// Hosts that are reached without the proxy, in the form of `NO_PROXY`, which it replaces.
    pub no_proxy: Option<String>,
    /// Time for name resolution, TCP and TLS together.
    pub connect_timeout: Duration,
    /// The longest silence of a server, before the answer and between two parts of it. There is no
    /// limit on the whole: a long answer that keeps flowing is fine. A request's body has to be sent
    /// within it.
    pub read_timeout: Duration,
    /// `User-Agent`.
    pub user_agent: String,
    /// Attempts in all, for what may be tried again.
    pub max_attempts: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ca_bundle: None,
            client_cert: None,
            proxy: None,
            no_proxy: None,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            user_agent: concat!("sfjwt/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_attempts: 4,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The proxy's URL may hold a password.
        let proxy = self.proxy.as_ref().map(crate::guard::authority);
        f.debug_struct("Settings")
            .field("ca_bundle", &self.ca_bundle)
            .field("client_cert", &self.client_cert)
            .field("proxy", &proxy)
            .field("no_proxy", &self.no_proxy)
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("user_agent", &self.user_agent)
            .field("max_attempts", &self.max_attempts)
            .finish()
    }
}

/// The environment variables, as an argument. Read are `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` (and
/// their lower-case forms, which go first), `SSL_CERT_FILE` and `SSL_CERT_DIR`.
///
/// `http_proxy` has no use here: http goes to this machine only, and this machine is never reached
/// through a proxy.
#[derive(Clone)]
pub struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// An environment that looks variables up with `lookup`.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// An environment without variables.
    pub fn empty() -> Self {
        Self::new(|_| None)
    }

    /// The first of these variables that is set to something.
    pub(crate) fn first(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| {
            let value = (self.0)(name)?;
            (!value.is_empty()).then_some((*name, value))
        })
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_password_of_the_proxy() {
        let settings = Settings {
            proxy: Some("http://me:hunter2@proxy.example:3128".parse().unwrap()),
            ..Settings::default()
        };
        let shown = format!("{settings:?}");
        assert!(
            shown.contains("proxy.example:3128") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
