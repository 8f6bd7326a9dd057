//! From the HTTP library's errors to ours: what happened, in words without any part of the request.

use std::{error::Error, io, time::Duration};

use rustls::{AlertDescription, CertificateError};

use crate::{TlsProblem, TransportError};

/// What an error of one request may mention.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) host: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
}

impl Context {
    pub(crate) fn classify(&self, error: &reqwest::Error) -> TransportError {
        let host = self.host.clone();
        if let Some(problem) = chain(error).find_map(tls_problem) {
            return TransportError::Tls { host, problem };
        }
        if error.is_connect() {
            // The library keeps this type to itself; its text is the only mark.
            let tunnel = chain(error)
                .map(ToString::to_string)
                .find(|text| text.starts_with("tunnel error"));
            return match tunnel {
                Some(reason) => TransportError::Proxy { host, reason },
                None => TransportError::Connect {
                    host,
                    reason: self.connect_reason(error),
                },
            };
        }
        if error.is_timeout() {
            return TransportError::Timeout {
                host,
                after: self.read_timeout,
            };
        }
        TransportError::Lost {
            host,
            reason: innermost(error),
        }
    }

    fn connect_reason(&self, error: &reqwest::Error) -> String {
        if error.is_timeout() {
            format!("none within {} s", self.connect_timeout.as_secs_f32())
        } else {
            innermost(error)
        }
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}

/// The words at the bottom of the chain: those of the operating system, or of the protocol. The top
/// would be the library's, with the URL in it.
fn innermost(error: &reqwest::Error) -> String {
    chain(error).last().map_or_else(
        || "the HTTP library gave no reason".to_owned(),
        ToString::to_string,
    )
}

/// A TLS error, which travels inside I/O errors without being their source.
fn tls_problem(error: &(dyn Error + 'static)) -> Option<TlsProblem> {
    if let Some(outer) = error.downcast_ref::<io::Error>() {
        return tls_problem(outer.get_ref()?);
    }
    Some(match error.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(problem) => match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                TlsProblem::Expired
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsProblem::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsProblem::WrongName
            }
            // A bad signature is what an authority of the same name with another key leaves.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                TlsProblem::UnknownIssuer
            }
            other => TlsProblem::Other(format!("its certificate is refused: {other}")),
        },
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::AccessDenied,
        ) => TlsProblem::ClientCertificate,
        other => TlsProblem::Other(other.to_string()),
    })
}
