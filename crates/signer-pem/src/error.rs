//! Why a PEM file was not opened or made.

use sfjwt_signer::{Class, SignError};

/// Why a PEM file was not opened or made. No message holds anything of a key or a passphrase.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PemError {
    /// The file itself, its key size or its passphrase; see there.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The URI has another scheme than `file` or `env`.
    #[error("a `{0}:` key is not a PEM file")]
    NotPem(&'static str),
    /// The environment variable is not set.
    #[error("the environment variable {0} is not set")]
    NotSet(String),
    /// There is no PEM block at all.
    #[error("there is no PEM block: no line that starts with -----BEGIN")]
    NoBlock,
    /// A block is cut off or is not base64.
    #[error("the PEM block `{label}` is broken: {problem}")]
    Broken {
        /// The label of the block.
        label: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// There are blocks, and none is a private key that can be used.
    #[error("this is {found}, not an RSA private key")]
    Other {
        /// What was found instead.
        found: String,
        /// What to try next.
        hint: &'static str,
    },
    /// More than one private key: which one was meant?
    #[error("there is more than one private key in it")]
    TwoKeys,
    /// The numbers of the key do not fit together, or it is not DER.
    #[error("the key is damaged: {0}")]
    Damaged(&'static str),
    /// The key is encrypted, and no passphrase source was given.
    #[error("the key is encrypted, and no passphrase source is given")]
    NeedsPassphrase,
    /// The key does not decrypt.
    #[error("the passphrase does not open this key")]
    WrongPassphrase,
    /// The encryption is one that is not supported, or costs too much to try.
    #[error("the encryption of this key is not supported: {0}")]
    Encryption(&'static str),
    /// A new key could not be made.
    #[error("the new key could not be made: {0}")]
    Create(String),
    /// There is a file already.
    #[error("{0} exists already, and an existing key is never overwritten")]
    Exists(String),
}

impl PemError {
    /// Who has to act.
    pub fn class(&self) -> Class {
        match self {
            Self::Sign(error) => error.class(),
            Self::WrongPassphrase => Class::Operator,
            _ => Class::Config,
        }
    }

    /// What to try next.
    pub fn hint(&self) -> &str {
        match self {
            Self::Sign(error) => error.hint(),
            Self::Other { hint, .. } => hint,
            Self::NotPem(_) => "use the backend of that scheme",
            Self::NotSet(_) => "set it to the text of the PEM file, line breaks included",
            Self::NoBlock | Self::Broken { .. } | Self::Damaged(_) => {
                "look at it with `openssl pkey -in FILE -noout -text`, or make a new key with `sfjwt key create`"
            }
            Self::TwoKeys => "keep one key in the file",
            Self::NeedsPassphrase => {
                "add ?passphrase-source=prompt: (or file:, credential:, fd:, env:) to the key"
            }
            Self::WrongPassphrase => "check the passphrase and its source",
            Self::Encryption(_) => {
                "encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -in OLD -out NEW"
            }
            Self::Create(_) => "check the folder, its owner and the space that is left",
            Self::Exists(_) => "name another file, or move the old key away first",
        }
    }
}
