//! What can go wrong between here and a whole answer.

use std::time::Duration;

/// Why a request got no whole answer. No variant holds a query, a header, a body or a credential.
///
/// An answer with a bad status is no error here: statuses are for the caller to judge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection was made, so the server has not acted: always sent again.
    #[error("no connection to {host}: {reason}")]
    Connect {
        /// The host and port that were tried.
        host: String,
        /// The words of the operating system.
        reason: String,
    },
    /// The server (or this machine, with a client certificate) could not prove who it is. Never
    /// sent again: the next handshake would say the same.
    #[error("no secure connection to {host}: {problem}")]
    Tls {
        /// The host and port that were tried.
        host: String,
        /// What was wrong.
        problem: TlsProblem,
    },
    /// The server was silent for too long. It may have acted: only reads are sent again.
    #[error("{host} was silent for {} s", .after.as_secs_f32())]
    Timeout {
        /// The host and port.
        host: String,
        /// The time-out that struck.
        after: Duration,
    },
    /// The connection ended before the whole answer was here. The server may have acted: only
    /// reads are sent again.
    #[error("the answer of {host} was cut off: {reason}")]
    Lost {
        /// The host and port.
        host: String,
        /// The words of the HTTP library.
        reason: String,
    },
    /// The body, decompressed, is larger than the request allows. Never sent again.
    #[error("{host} sent more than {cap} bytes")]
    TooLarge {
        /// The host and port.
        host: String,
        /// The largest body the request allows.
        cap: u64,
    },
    /// The server points elsewhere. Never followed: the request may carry a credential.
    #[error("{host} redirects to {to}")]
    Redirect {
        /// The host and port that answered.
        host: String,
        /// The host it points to.
        to: String,
    },
    /// The URL is neither https nor http to this machine, or it carries a user name or password.
    #[error("nothing was sent to {host}: {problem}")]
    Insecure {
        /// The host of the URL.
        host: String,
        /// What is wrong with the URL.
        problem: &'static str,
    },
    /// The proxy refused to connect. The server has not acted.
    #[error("the proxy made no connection to {host}: {reason}")]
    Proxy {
        /// The host and port behind the proxy.
        host: String,
        /// What the proxy said.
        reason: String,
    },
    /// A setting cannot be used.
    #[error("{setting} cannot be used: {problem}")]
    Settings {
        /// The setting, by its name in the configuration or the environment.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// Why a TLS handshake failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsProblem {
    /// `notAfter` has passed.
    #[error("its certificate has expired")]
    Expired,
    /// `notBefore` has not come yet.
    #[error("its certificate is not valid yet")]
    NotYetValid,
    /// No root we trust stands behind the certificate.
    #[error("its certificate was issued by an authority that is not trusted here")]
    UnknownIssuer,
    /// The certificate is for other names.
    #[error("its certificate is for another name")]
    WrongName,
    /// The server wants a client certificate, or another one.
    #[error("it did not accept our client certificate (or wants one)")]
    ClientCertificate,
    /// Anything else, in the words of the TLS library.
    #[error("{0}")]
    Other(String),
}

impl TransportError {
    /// Whether another attempt may help, provided that the request may be sent twice.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. } | Self::Timeout { .. } | Self::Lost { .. }
        )
    }

    /// Whether the request certainly never reached the server.
    pub fn is_unsent(&self) -> bool {
        !matches!(
            self,
            Self::Timeout { .. }
                | Self::Lost { .. }
                | Self::TooLarge { .. }
                | Self::Redirect { .. }
        )
    }

    /// What to try next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Connect { .. } => {
                "check the host name and the network; behind a proxy set `proxy` or HTTPS_PROXY"
            }
            Self::Tls { problem, .. } => problem.hint(),
            Self::Timeout { .. } => "try again later, or raise `read_timeout`",
            Self::Lost { .. } => {
                "try again; if it repeats, look for a proxy or firewall in between"
            }
            Self::TooLarge { .. } => {
                "check that the host is the right one: this is no normal answer"
            }
            Self::Redirect { .. } => {
                "redirects are not followed; if you trust that host, configure it instead"
            }
            Self::Insecure { .. } => "use an https URL; http is for this machine only",
            Self::Proxy { .. } => "check the proxy's address, user name and password",
            Self::Settings { .. } => "correct the setting",
        }
    }
}

impl TlsProblem {
    fn hint(&self) -> &'static str {
        match self {
            Self::Expired | Self::NotYetValid => {
                "check the clock of this machine; otherwise the server's operator must renew it"
            }
            Self::UnknownIssuer => {
                "behind an inspecting proxy, or with a private authority, set `ca_bundle` to a PEM \
                 file with its root certificate"
            }
            Self::WrongName => "check the host name: the server at this address is another one",
            Self::ClientCertificate => {
                "set `client_cert` to a PEM file with the certificate chain and key that the \
                 server knows"
            }
            Self::Other(_) => "check that the host speaks TLS 1.2 or 1.3 at this port",
        }
    }
}
