//! The seam: what a backend is.

use std::fmt;

use async_trait::async_trait;
use serde::Serialize;

use crate::{PublicKey, SignError, SigningInput};

/// One RSA key that can sign, wherever it lives. The backend hashes: RSASSA-PKCS1-v1_5 with
/// SHA-256.
///
/// Opening a backend does the work: it finds exactly one key, reads its public half and looks at
/// its attributes, so that signing has nothing left to discover.
#[async_trait]
pub trait Signer: fmt::Debug + Send + Sync {
    /// What was learned when the key was opened.
    fn key(&self) -> &KeyInfo;

    /// Signs the bytes of `input`, which are not hashed yet.
    ///
    /// The signature may lack leading zero bytes (KMS and some tokens strip them): whoever calls
    /// pads and verifies. A future that is dropped may or may not have used the key.
    async fn sign(&self, input: &SigningInput) -> Result<Vec<u8>, SignError>;
}

/// What is known about a key without using it.
#[derive(Clone, Debug)]
pub struct KeyInfo {
    /// The public half.
    pub public_key: PublicKey,
    /// `PEM file`, `PKCS#11`, `AWS KMS`.
    pub backend: &'static str,
    /// Where the key lives, in words an operator can act on; nothing secret.
    pub location: String,
    /// Facts of the backend's own, in the order they are shown.
    pub attributes: Vec<(String, String)>,
    /// What an auditor should know.
    pub findings: Vec<Finding>,
}

/// Something about a key or its surroundings that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable name, such as `open-key-file`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was seen.
    pub evidence: String,
    /// What to do about it.
    pub action: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Reported; the key still signs.
    Warn,
    /// The key does not sign.
    Fail,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Fail => "fail",
        })
    }
}
