//! Why Salesforce did not do what it was asked to.

use std::{sync::Arc, time::Duration};

use sfjwt_claims::ClaimsError;
use sfjwt_signer::{Class, SignError};
use sfjwt_transport::{TlsProblem, TransportError};

use crate::{ApiRefusal, OAuthRefusal, wording::asked_to_wait};

/// What went wrong. No variant holds a token, an assertion, a query or a body; the server's own
/// words are kept where they are errors in its own vocabulary.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// No whole answer came back.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Nothing was signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The claims cannot be asserted.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// A setting or an option cannot be used.
    #[error("{setting} cannot be used: {problem}")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The host is not one that may see an assertion or a token.
    #[error("{setting}: {host} is not a host of Salesforce, nor one that is configured")]
    HostNotAllowed {
        /// Where the host came from: `login_url` or `instance_url`.
        setting: &'static str,
        /// The host.
        host: String,
    },
    /// The login answered with another instance than the pinned one.
    #[error("the login answered with the instance {answered}, but {pinned} is configured")]
    OtherInstance {
        /// The configured instance.
        pinned: String,
        /// The one in the answer.
        answered: String,
    },
    /// A link in an answer, or a path, leads away from the instance. The token did not follow it.
    #[error("a link leads away from {origin}, to {host}")]
    ForeignUrl {
        /// Where the token may go.
        origin: String,
        /// Where the link leads.
        host: String,
    },
    /// The token endpoint refused the login.
    #[error(transparent)]
    OAuth(#[from] Box<OAuthRefusal>),
    /// An API request was refused.
    #[error(transparent)]
    Api(#[from] Box<ApiRefusal>),
    /// The answer is not one that Salesforce gives: HTML, broken JSON, a missing member.
    #[error("{origin} answered {status}, but {problem}{}", asked_to_wait(*.retry_after))]
    Unexpected {
        /// Who answered.
        origin: String,
        /// The HTTP status.
        status: u16,
        /// What is wrong with the answer; never a part of it.
        problem: String,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The login returned the very token that had just been refused. Trying on would be a loop.
    #[error("a new login returned the very token that was refused ({0})")]
    SameToken(Box<ApiRefusal>),
    /// A token was given without a way to log in again, and it is dead.
    #[error("the access token is dead, and there is no login to get another one")]
    SessionOver,
    /// A task in the background (a login, the next page) ended without an outcome: it panicked, or
    /// the runtime stopped.
    #[error("the work in the background was broken off")]
    Aborted,
    /// The query's URI is longer than Salesforce takes (414).
    #[error("the query's URI has {bytes} bytes, and Salesforce takes at most 16384")]
    UriTooLong {
        /// Its length, after encoding.
        bytes: usize,
    },
    /// A query ended with another number of rows than it announced.
    #[error("the query announced {announced} rows and delivered {received}")]
    RowCount {
        /// `totalSize`.
        announced: u64,
        /// Rows that were received.
        received: u64,
    },
    /// An error that several callers see: a failed login, or the end of a query.
    #[error(transparent)]
    Shared(Arc<ClientError>),
}

impl ClientError {
    /// Who has to act. `None` when Salesforce refused the request itself (a wrong field, a missing
    /// record): nobody but the one who wrote the request.
    pub fn class(&self) -> Option<Class> {
        Some(match self {
            Self::Transport(error) => transport_class(error),
            Self::Sign(error) => error.class(),
            Self::HostNotAllowed { .. } | Self::OtherInstance { .. } | Self::ForeignUrl { .. } => {
                Class::Security
            }
            Self::OAuth(refusal) => refusal.class(),
            Self::Api(refusal) => return refusal.class(),
            Self::Unexpected { status, .. } if is_temporary(*status) => Class::Retry,
            Self::Claims(_) | Self::Setting { .. } | Self::Unexpected { .. } => Class::Config,
            Self::SameToken(_) | Self::SessionOver => Class::Operator,
            Self::Aborted => Class::Restart,
            Self::UriTooLong { .. } => return None,
            Self::RowCount { .. } => Class::Retry,
            Self::Shared(error) => return error.class(),
        })
    }

    /// What to try next.
    pub fn hint(&self) -> String {
        match self {
            Self::Transport(error) => error.hint(),
            Self::Sign(error) => return error.hint().to_owned(),
            Self::Claims(_) | Self::Setting { .. } => "correct the setting",
            Self::HostNotAllowed { .. } => {
                "correct the host; if it is a custom domain of your org, add it to `hosts`"
            }
            Self::OtherInstance { .. } => {
                "if the org has moved or was renamed, correct `instance_url` or remove it; \
                 otherwise find out who answered"
            }
            Self::ForeignUrl { .. } => "find out who answered: Salesforce sends paths, not hosts",
            Self::OAuth(refusal) => return refusal.hint(),
            Self::Api(refusal) => return refusal.hint(),
            Self::Unexpected { status, .. } if is_temporary(*status) => {
                "Salesforce is in maintenance or overloaded: try again in a few minutes"
            }
            Self::Unexpected { .. } => {
                "check the host: a proxy, a portal or another server seems to have answered"
            }
            Self::SameToken(_) => {
                "the session policy of the app or of the user's profile refuses this use of it: \
                 see the app's OAuth policies"
            }
            Self::SessionOver => "log in again",
            Self::Aborted => "start the process again",
            Self::UriTooLong { .. } => {
                "select fewer fields, or split a long IN list in several queries"
            }
            Self::RowCount { .. } => "run the query again; the rows so far are complete and true",
            Self::Shared(error) => return error.hint(),
        }
        .to_owned()
    }
}

/// Statuses that may pass by themselves.
pub(crate) fn is_temporary(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

fn transport_class(error: &TransportError) -> Class {
    match error {
        TransportError::Tls { problem, .. } => match problem {
            TlsProblem::ClientCertificate => Class::Config,
            _ => Class::Security,
        },
        TransportError::Redirect { .. } | TransportError::TooLarge { .. } => Class::Security,
        TransportError::Insecure { .. }
        | TransportError::Proxy { .. }
        | TransportError::Settings { .. } => Class::Config,
        _ => Class::Retry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unexpected(status: u16) -> ClientError {
        ClientError::Unexpected {
            origin: "https://login.salesforce.com".to_owned(),
            status,
            problem: "it is text/html".to_owned(),
            retry_after: None,
        }
    }

    #[test]
    fn html_of_a_maintenance_page_is_worth_another_try_and_html_of_a_portal_is_not() {
        assert_eq!(unexpected(503).class(), Some(Class::Retry));
        assert_eq!(unexpected(200).class(), Some(Class::Config));
    }

    #[test]
    fn a_server_that_cannot_prove_who_it_is_is_a_matter_of_security() {
        let error = ClientError::Transport(TransportError::Tls {
            host: "login.salesforce.com".to_owned(),
            problem: TlsProblem::Expired,
        });
        assert_eq!(error.class(), Some(Class::Security));
    }

    #[test]
    fn a_shared_error_speaks_like_the_one_inside() {
        let shared = ClientError::Shared(Arc::new(unexpected(503)));
        assert_eq!(shared.class(), Some(Class::Retry));
        assert_eq!(shared.to_string(), unexpected(503).to_string());
        assert_eq!(shared.hint(), unexpected(503).hint());
    }
}
