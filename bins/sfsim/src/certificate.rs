//! Certificates as they are registered with an app: only their public key and their end matter.

use std::fmt;

use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};
use x509_cert::{
    Certificate as X509,
    der::{Decode, DecodePem, Encode, EncodePem, pem::LineEnding},
};

use crate::clock::Millis;

/// Why a text or file is not a certificate that an app can register.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Neither PEM nor DER of an X.509 certificate.
    #[error("not an X.509 certificate: {0}")]
    NotACertificate(der::Error),
    /// The public key is not an RSA key.
    #[error("the certificate's key is not an RSA key")]
    NotRsa,
}

/// An X.509 certificate with an RSA key, version 1 or 3.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certificate {
    pem: String,
    public_key: Vec<u8>,
    not_after: Millis,
}

impl Certificate {
    /// Reads a certificate from PEM or DER.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateError> {
        let parsed = if bytes.starts_with(b"0") {
            X509::from_der(bytes)
        } else {
            X509::from_pem(bytes)
        }
        .map_err(CertificateError::NotACertificate)?;
        let body = parsed.tbs_certificate();
        let spki = body.subject_public_key_info();
        if spki.algorithm.oid != RSA_ENCRYPTION {
            return Err(CertificateError::NotRsa);
        }
        let not_after = body.validity().not_after.to_unix_duration();
        Ok(Self {
            pem: parsed
                .to_pem(LineEnding::LF)
                .map_err(CertificateError::NotACertificate)?,
            public_key: spki.to_der().map_err(CertificateError::NotACertificate)?,
            not_after: crate::clock::millis(not_after),
        })
    }

    pub(crate) fn key(&self) -> DecodingKey {
        DecodingKey::from_rsa_der(&self.public_key)
    }

    pub(crate) fn expired(&self, now: Millis) -> bool {
        self.not_after < now
    }
}

/// RFC 8017 appendix A.1.
const RSA_ENCRYPTION: der::oid::ObjectIdentifier =
    der::oid::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

impl TryFrom<String> for Certificate {
    type Error = CertificateError;

    fn try_from(text: String) -> Result<Self, CertificateError> {
        Self::parse(text.as_bytes())
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        certificate.pem
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Certificate")
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}
