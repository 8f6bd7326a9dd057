//! Why a certificate was not made or not read.

use sfjwt_signer::{Class, SignError};

/// Why a certificate was not made or not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The key refused, or is not the one it should be.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The subject is not a distinguished name.
    #[error("the subject is not a distinguished name: {0}")]
    Subject(&'static str),
    /// The validity is not between one day and ten years.
    #[error("a certificate is valid for 1 to 3650 days, not {0}")]
    Days(u32),
    /// The clock gives no time that a certificate can hold.
    #[error("the clock of this machine stands where no certificate can be valid")]
    Clock,
    /// The bytes are not a certificate.
    #[error("this is not a certificate: {0}")]
    NotACertificate(&'static str),
    /// The certificate or request could not be put together.
    #[error("the certificate could not be put together: {0}")]
    Build(String),
}

impl SetupError {
    /// Who has to act.
    pub fn class(&self) -> Class {
        match self {
            Self::Sign(error) => error.class(),
            _ => Class::Config,
        }
    }

    /// What to try next.
    pub fn hint(&self) -> &str {
        match self {
            Self::Sign(error) => error.hint(),
            Self::Subject(_) => {
                "write it like 'CN=sf-prod' or 'CN=sf-prod,O=Example,C=DE' (RFC 4514)"
            }
            Self::Days(_) => "choose a number of days, such as 365",
            Self::Clock => "set the clock",
            Self::NotACertificate(_) => {
                "name a certificate in PEM or DER form; `sfjwt cert create` makes one"
            }
            Self::Build(_) => "try a plainer subject",
        }
    }
}
