//! Why a key was not opened, or why nothing was signed.

use std::{path::PathBuf, time::Duration};

use crate::gate::Refusal;

/// Who has to act, and whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The configuration or the command is wrong; trying again changes nothing.
    Config,
    /// A person has to act: a refused PIN, a missing permission.
    Operator,
    /// It may work in a while.
    Retry,
    /// This process cannot recover: start it again.
    Restart,
    /// Something signed, or was asked to sign, what it must not. Look before trying again.
    Security,
}

/// Why nothing was signed. No message holds a PIN, a key, an assertion or a signature.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The gate refused; the key was not touched.
    #[error("refused before the key was touched: {0}")]
    Refused(#[from] Refusal),
    /// The rate of the policy is used up; the key was not touched.
    #[error("refused before the key was touched: more signatures than the policy allows")]
    RateExceeded,
    /// The key URI cannot be read.
    #[error("the key URI {problem}")]
    KeyUri {
        /// What is wrong with it; never the URI, which may hold what it must not.
        problem: String,
    },
    /// A secret source is malformed, or the secret could not be read from it.
    #[error("{what} could not be read from {source_name}: {problem}")]
    Secret {
        /// `PIN` or `passphrase`.
        what: &'static str,
        /// The source, as written in the configuration.
        source_name: String,
        /// What went wrong; never the secret.
        problem: String,
    },
    /// A file that holds a secret is not as it must be.
    #[error("{}: {problem}", path.display())]
    SecretFile {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to try next.
        hint: &'static str,
    },
    /// Bytes that should be a public key or a certificate are not.
    #[error("this is {0}")]
    PublicKey(&'static str),
    /// The key is too small or too large.
    #[error(
        "this key has {bits} bits; RS256 needs at least 2048, and this build takes at most {most}"
    )]
    KeySize {
        /// What was found.
        bits: usize,
        /// The largest size of this operation.
        most: usize,
    },
    /// `public_key_sha256` is not a SHA-256.
    #[error("public_key_sha256 must be 64 hexadecimal digits")]
    PublicKeyHash,
    /// The key is not the pinned one.
    #[error("this is not the pinned key: found {found}, pinned is {pinned}")]
    NotThePinnedKey {
        /// The hash of the key that was opened.
        found: String,
        /// The hash in the configuration.
        pinned: String,
    },
    /// The key has a finding of severity `fail`.
    #[error("this key may not sign: {0}")]
    KeyUnsuitable(String),
    /// The body of a certificate or of a request is not one that this key may sign.
    #[error("this is not the body of a certificate or request that may be signed: {0}")]
    Body(&'static str),
    /// A signature does not verify with the key's own public half.
    #[error("the signature does not verify with the public key, so it was thrown away")]
    WrongSignature,
    /// The backend did not answer in time.
    #[error("the key did not answer within {:.1} s", .0.as_secs_f32())]
    Deadline(Duration),
    /// The audit event could not be written, so the signature was withheld.
    #[error("the audit event could not be written: {0}")]
    Audit(std::io::Error),
    /// The backend failed in a way of its own.
    #[error("{message}")]
    Backend {
        /// Who has to act.
        class: Class,
        /// What happened.
        message: String,
        /// What to try next.
        hint: &'static str,
    },
}

impl SignError {
    /// Who has to act.
    pub fn class(&self) -> Class {
        match self {
            Self::RateExceeded | Self::Deadline(_) => Class::Retry,
            Self::Audit(_) => Class::Operator,
            Self::Refused(_) | Self::NotThePinnedKey { .. } | Self::WrongSignature => {
                Class::Security
            }
            Self::Backend { class, .. } => *class,
            _ => Class::Config,
        }
    }

    /// What to try next.
    pub fn hint(&self) -> &str {
        match self {
            Self::Refused(refusal) => refusal.hint(),
            Self::RateExceeded => {
                "keep the access token and use it until it dies, or raise [policy] rate and burst"
            }
            Self::KeyUri { .. } => {
                "write it like file:/path/key.pem, env:NAME, pkcs11:token=T;object=K?module-path=/lib.so or awskms:///alias/NAME?region=R"
            }
            Self::Secret { .. } => "check that the source exists, is readable and is not empty",
            Self::SecretFile { hint, .. } | Self::Backend { hint, .. } => hint,
            Self::PublicKey(_) => {
                "give the certificate that was uploaded to Salesforce, or its public key, in PEM form"
            }
            Self::KeySize { bits, .. } if *bits < 2048 => {
                "make a new key of 2048 bits with `sfjwt key create`"
            }
            Self::KeySize { .. } => "use a smaller key, or a build with the feature `aws-lc`",
            Self::PublicKeyHash => "copy it from `sfjwt key show` or `sfjwt cert show`",
            Self::NotThePinnedKey { .. } => {
                "find out why the key changed; if that was on purpose, put the new hash into public_key_sha256"
            }
            Self::KeyUnsuitable(_) => "see `sfjwt key show` for all findings, or make a new key",
            Self::Body(_) => "make it with `sfjwt cert create`",
            Self::WrongSignature => {
                "treat it as an incident: the device is faulty, or something answers in its place"
            }
            Self::Deadline(_) => {
                "try again; if it happens often, look at the device and its network"
            }
            Self::Audit(_) => {
                "make the audit file writable: without a record there is no signature"
            }
        }
    }
}

#[cfg(test)]
impl PartialEq for SignError {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}
