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

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 1: what `openssl x509 -req` makes from a request without extensions.
    const VERSION_1: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIICozCCAYsCFF5f49XzCxiIr04hLUe5y6+gazL1MA0GCSqGSIb3DQEBCwUAMA0x\n\
CzAJBgNVBAMMAnYxMCAXDTI2MTEyNDA0MjkxOFoYDzIxMjYxMDMxMDQyOTE4WjAN\n\
MQswCQYDVQQDDAJ2MTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBANGe\n\
TvijbIaRlm6c8Fe2hfOpphdn+UAr+B59rqwGdiKNvcFbDF5p0ActYb85XYvtzKzx\n\
oEc1EsW0PDevUxavYcO7STQWhB/jUdMmkU70oXAnyluqfKTXKhJY1K7SLPgR2MmD\n\
1YwNkfra2hRh6ioklp5b7mSiJw+zksRdAiH93qtspHgxxFP30Dyuj85MkgqloYAG\n\
7UdjiHn9nXg1O1fcSBEoRPolKiR+HEQYjrI5XrZzE9MhJIpmonJ6UK3fzoB+gp5f\n\
RjFY2dbMVMoWCjsXUC/kv2klf9WAyV0aMtqBfjRRU17pnrQ7zArPwQL+A1zxq8sK\n\
mtj2iteczQiYc4aa4gUCAwEAATANBgkqhkiG9w0BAQsFAAOCAQEAZJojRkSwj1V6\n\
q/oYk1LLYQfLARVCQd5ZZS/yIXEjEiUuzoAQg4FdhPRDWEn/C+rPriajxQuYBRv3\n\
/fX2GOjJTQ8Ywgqc5j+9n0U9njKwT2SGBpmSiIFoHD5RvyAvAVQHnMOnwQv32LTA\n\
i5FI1GgtcFm7HHpZ85yZWhYwbZU7XUO/LDiCX8a90MsV5rYS2oLe+ghLopXwTddS\n\
ooBWTYWQs7A+MYkqX1lQ6wKWdLeV5TnbQaPPTWosOjBTH8OV7ftyn/+GX0GBXPUK\n\
NWmU+2gKvOUeC1UP1SZn83CANWxCnz0PM8EeIK7cWHKS+Ll1JY7i/SztUhl+QlEp\n\
B1QY3lYskg==\n\
-----END CERTIFICATE-----\n";

    #[test]
    fn a_version_1_certificate_is_read_and_shown_as_it_was() {
        let certificate = Certificate::parse(VERSION_1.as_bytes()).unwrap();
        assert_eq!(String::from(certificate), VERSION_1);
    }

    #[test]
    fn what_is_not_a_certificate_is_refused() {
        for wrong in ["", "0", "not a certificate", "-----BEGIN PUBLIC KEY-----"] {
            assert!(Certificate::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_certificate_without_an_rsa_key_is_refused() {
        let key = rcgen::KeyPair::generate().unwrap();
        let body = rcgen::CertificateParams::new(Vec::new()).unwrap();
        let certificate = body.self_signed(&key).unwrap();
        let refused = Certificate::parse(certificate.der()).unwrap_err();
        assert!(matches!(refused, CertificateError::NotRsa));
    }
}
