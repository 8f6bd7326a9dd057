//! What a backend is given to sign.

use std::fmt;

use serde::Serialize;

/// Bytes that passed the gate, with the purpose they passed it for.
///
/// Nobody outside this crate can make one, so a backend cannot be used as an oracle: its constructor
/// is private to the crate, and only the methods of [`GuardedSigner`](crate::GuardedSigner) call it.
#[derive(Debug)]
pub struct SigningInput {
    purpose: Purpose,
    bytes: Vec<u8>,
}

impl SigningInput {
    pub(crate) fn new(purpose: Purpose, bytes: Vec<u8>) -> Self {
        Self { purpose, bytes }
    }

    /// The bytes to be signed, not hashed yet.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What they are signed for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }
}

/// What a signature is for. The bytes of no purpose can be taken for those of another: an
/// assertion starts with `eyJ`, a body in DER with `0x30`, the self-test with a text of its own;
/// and a client assertion has `iss = sub`, which a login refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An assertion that logs a user in (RFC 7523 §2.1).
    Login,
    /// An assertion that authenticates the app itself (RFC 7523 §2.2).
    ClientAssertion,
    /// The body of a certificate (RFC 5280 §4.1.1.1).
    Certificate,
    /// The body of a certificate request (RFC 2986 §4.1).
    CertificateRequest,
    /// A text that proves the key works and means nothing else.
    SelfTest,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "login",
            Self::ClientAssertion => "client assertion",
            Self::Certificate => "certificate",
            Self::CertificateRequest => "certificate request",
            Self::SelfTest => "self-test",
        })
    }
}
