//! Every call to the cryptography library, in one place.
//!
//! `ring` by default; with the feature `aws-lc` it is `aws-lc-rs`, which has the same API, a FIPS
//! validated module and signs with keys of up to 8,192 bits. The change is this one `use`.

#[cfg(feature = "aws-lc")]
use aws_lc_rs as library;
#[cfg(not(feature = "aws-lc"))]
use ring as library;

use std::fmt;

use library::{
    digest,
    rand::{SecureRandom, SystemRandom},
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};

/// The library in this build.
pub const LIBRARY: &str = if cfg!(feature = "aws-lc") {
    "aws-lc-rs"
} else {
    "ring"
};

/// The largest RSA key, in bits, that this build signs with.
pub const MAX_SIGNING_BITS: usize = if cfg!(feature = "aws-lc") { 8192 } else { 4096 };

/// The smallest RSA key, in bits, that is signed or verified with (RFC 7518 §3.3).
pub const MIN_BITS: usize = 2048;

/// The largest RSA key, in bits, whose signatures are verified.
pub const MAX_VERIFYING_BITS: usize = 8192;

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// Fills `buffer` from the random number generator of the operating system.
pub fn fill_random(buffer: &mut [u8]) -> Result<(), CryptoError> {
    SystemRandom::new()
        .fill(buffer)
        .map_err(|_| CryptoError("the operating system gave no random numbers"))
}

/// Verifies an RSASSA-PKCS1-v1_5 signature with SHA-256 against a PKCS#1 `RSAPublicKey`.
pub(crate) fn verify(pkcs1: &[u8], message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pkcs1)
        .verify(message, signature)
        .map_err(|_| CryptoError("the signature does not verify"))
}

/// An RSA private key in the memory of this process. For the PEM backend only: a key in hardware
/// never becomes one of these.
pub struct RsaPrivateKey(RsaKeyPair);

impl RsaPrivateKey {
    /// Reads an unencrypted PKCS#8 `PrivateKeyInfo` (RFC 5958).
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, CryptoError> {
        RsaKeyPair::from_pkcs8(der).map(Self).map_err(|_| REJECTED)
    }

    /// Reads a PKCS#1 `RSAPrivateKey` (RFC 8017 appendix A.1.2).
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, CryptoError> {
        RsaKeyPair::from_der(der).map(Self).map_err(|_| REJECTED)
    }

    /// The public half, as a PKCS#1 `RSAPublicKey`.
    pub fn public_pkcs1(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// Signs `message` with RSASSA-PKCS1-v1_5 and SHA-256; the message is hashed here. `length` is
    /// that of the modulus in bytes.
    pub fn sign(&self, message: &[u8], length: usize) -> Result<Vec<u8>, CryptoError> {
        let mut signature = vec![0; length];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| CryptoError("the library could not sign"))?;
        Ok(signature)
    }
}

impl fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaPrivateKey([redacted])")
    }
}

const REJECTED: CryptoError = CryptoError("the numbers of this RSA key do not fit together");

/// What the library refused. The libraries say little, on purpose; neither do we.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CryptoError(&'static str);
