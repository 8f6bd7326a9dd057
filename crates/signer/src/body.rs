//! The bodies of certificates and requests that a key may sign: its own, and no others.

use der::{Decode, Encode, asn1::ObjectIdentifier};
use x509_cert::{
    TbsCertificate,
    certificate::Version,
    request::{CertReqInfo, Version as RequestVersion},
};

use crate::{PublicKey, SignError};

const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// The body of an X.509 v3 certificate (`TBSCertificate`, RFC 5280 §4.1.2), to be signed with
/// sha256WithRSAEncryption by the very key it is about.
#[derive(Debug)]
pub struct CertificateBody {
    der: Vec<u8>,
    public_key: PublicKey,
}

impl CertificateBody {
    /// Reads a body in DER.
    pub fn parse(der: &[u8]) -> Result<Self, SignError> {
        let body: TbsCertificate = read(der, "it is not a TBSCertificate in DER")?;
        if body.version() != Version::V3 {
            return Err(SignError::Body("it is not of X.509 version 3"));
        }
        if body.signature().oid != SHA256_WITH_RSA {
            return Err(SignError::Body(
                "its algorithm is not sha256WithRSAEncryption",
            ));
        }
        Ok(Self {
            der: der.to_vec(),
            public_key: public_key(body.subject_public_key_info())?,
        })
    }

    pub(crate) fn into_bytes_for(self, key: &PublicKey) -> Result<Vec<u8>, SignError> {
        own(key, &self.public_key).map(|()| self.der)
    }
}

/// The body of a certificate request (`CertificationRequestInfo`, RFC 2986 §4.1) for the very key
/// that signs it. The algorithm stands outside the body.
#[derive(Debug)]
pub struct CsrBody {
    der: Vec<u8>,
    public_key: PublicKey,
}

impl CsrBody {
    /// Reads a body in DER.
    pub fn parse(der: &[u8]) -> Result<Self, SignError> {
        let body: CertReqInfo = read(der, "it is not a CertificationRequestInfo in DER")?;
        if body.version != RequestVersion::V1 {
            return Err(SignError::Body("it is not of PKCS#10 version 1"));
        }
        Ok(Self {
            der: der.to_vec(),
            public_key: public_key(&body.public_key)?,
        })
    }

    pub(crate) fn into_bytes_for(self, key: &PublicKey) -> Result<Vec<u8>, SignError> {
        own(key, &self.public_key).map(|()| self.der)
    }
}

/// Decodes, and encodes again: what was parsed must be all of what is signed.
fn read<T>(der: &[u8], otherwise: &'static str) -> Result<T, SignError>
where
    T: for<'a> Decode<'a> + Encode,
{
    let body = T::from_der(der).map_err(|_| SignError::Body(otherwise))?;
    if body.to_der().ok().as_deref() != Some(der) {
        return Err(SignError::Body("it is not in its one DER form"));
    }
    Ok(body)
}

fn public_key(stated: &impl Encode) -> Result<PublicKey, SignError> {
    let spki = stated
        .to_der()
        .map_err(|_| SignError::Body("its public key cannot be read"))?;
    PublicKey::from_spki(&spki)
}

fn own(key: &PublicKey, stated: &PublicKey) -> Result<(), SignError> {
    if key == stated {
        return Ok(());
    }
    Err(SignError::Body(
        "its public key is not the one of the key that would sign it",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_body_are_refused() {
        for bytes in [
            &b""[..],
            b"0\x00",
            b"eyJhbGciOiJSUzI1NiJ9.e30",
            &[0x30; 2000],
        ] {
            assert!(matches!(
                CertificateBody::parse(bytes),
                Err(SignError::Body(_))
            ));
            assert!(matches!(CsrBody::parse(bytes), Err(SignError::Body(_))));
        }
    }
}
