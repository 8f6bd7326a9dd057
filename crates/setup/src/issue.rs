//! Making certificates and requests, signed by the key they are about.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use der::{EncodePem, asn1::BitString, flagset::FlagSet, pem::LineEnding};
use sfjwt_signer::{CertificateBody, CsrBody, GuardedSigner, PublicKey, crypto};
use spki::{
    AlgorithmIdentifierOwned, Document, DynSignatureAlgorithmIdentifier, EncodePublicKey,
    ObjectIdentifier, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};
use x509_cert::{
    TbsCertificate,
    builder::{Builder, CertificateBuilder, profile::BuilderProfile},
    ext::{
        Extension, ToExtension,
        pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::Name,
    request::RequestBuilder,
    serial_number::SerialNumber,
    time::{Time, Validity as X509Validity},
};

use crate::SetupError;

/// A distinguished name such as `CN=sf-prod,O=Example` (RFC 4514), never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(Name);

impl FromStr for Subject {
    type Err = SetupError;

    fn from_str(text: &str) -> Result<Self, SetupError> {
        if text.starts_with('/') {
            return Err(SetupError::Subject(
                "it is written as OpenSSL's command does",
            ));
        }
        match Name::from_str(text) {
            Ok(name) if name.is_empty() => Err(SetupError::Subject("it is empty")),
            Ok(name) => Ok(Self(name)),
            Err(_) => Err(SetupError::Subject("it is not a list of TYPE=value")),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// From when, and for how many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    from: SystemTime,
    days: u32,
}

impl Validity {
    /// One day to ten years. More than two years are a finding, see
    /// [`CertificateInfo`](crate::CertificateInfo).
    pub fn days(from: SystemTime, days: u32) -> Result<Self, SetupError> {
        match days {
            1..=3650 => Ok(Self { from, days }),
            _ => Err(SetupError::Days(days)),
        }
    }

    fn x509(self) -> Result<X509Validity, SetupError> {
        let time = |time| Time::try_from(time).map_err(|_| SetupError::Clock);
        let life = Duration::from_secs(u64::from(self.days) * 86_400);
        Ok(X509Validity::new(time(self.from)?, time(self.from + life)?))
    }
}

/// A serial number: random, positive, of 16 bytes (RFC 5280 §4.1.2.2 wants at most 20).
#[derive(Clone, Copy, Debug)]
pub struct Serial([u8; 16]);

impl Serial {
    /// A new one from the operating system.
    pub fn random() -> Result<Self, SetupError> {
        let mut bytes = [0; 16];
        crypto::fill_random(&mut bytes).map_err(|e| SetupError::Build(e.to_string()))?;
        Ok(Self::from_random(bytes))
    }

    /// One made of given randomness.
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        // Neither negative nor with a leading zero byte, so that its length is always 16.
        bytes[0] = bytes[0] & 0x7f | 0x40;
        Self(bytes)
    }
}

/// A self-signed X.509 v3 certificate for the key of `signer`, in PEM form: key usage
/// digitalSignature, not a CA. The signature was verified before it left the signer.
pub async fn self_signed(
    signer: &GuardedSigner,
    subject: &Subject,
    validity: Validity,
    serial: Serial,
) -> Result<String, SetupError> {
    let key = Key(&signer.key().public_key);
    let spki = SubjectPublicKeyInfoOwned::try_from(key.0.spki_der()).map_err(build)?;
    let serial = SerialNumber::new(&serial.0).map_err(build)?;
    let profile = SelfSigned(subject.0.clone());
    let mut builder =
        CertificateBuilder::new(profile, serial, validity.x509()?, spki).map_err(build)?;
    let body = CertificateBody::parse(&builder.finalize(&key).map_err(build)?)?;
    let signature = signer.sign_certificate(body).await?;
    let signature = BitString::from_bytes(&signature).map_err(build)?;
    let certificate = builder.assemble(signature, &key).map_err(build)?;
    certificate.to_pem(LineEnding::LF).map_err(build)
}

/// A PKCS#10 certificate request for the key of `signer`, in PEM form, for a company's own CA.
pub async fn request(signer: &GuardedSigner, subject: &Subject) -> Result<String, SetupError> {
    let key = Key(&signer.key().public_key);
    let mut builder = RequestBuilder::new(subject.0.clone()).map_err(build)?;
    builder.add_extension(&digital_signature()).map_err(build)?;
    let body = CsrBody::parse(&builder.finalize(&key).map_err(build)?)?;
    let signature = signer.sign_request(body).await?;
    let signature = BitString::from_bytes(&signature).map_err(build)?;
    let request = builder.assemble(signature, &key).map_err(build)?;
    request.to_pem(LineEnding::LF).map_err(build)
}

/// What the builder asks about a signer: its public key and its algorithm. It never signs.
struct Key<'a>(&'a PublicKey);

impl signature::Keypair for Key<'_> {
    type VerifyingKey = Spki;

    fn verifying_key(&self) -> Spki {
        Spki(self.0.spki_der().to_vec())
    }
}

impl DynSignatureAlgorithmIdentifier for Key<'_> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned {
            // sha256WithRSAEncryption, whose parameters are NULL (RFC 4055 §5).
            oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"),
            parameters: Some(der::Any::null()),
        })
    }
}

#[derive(Clone)]
struct Spki(Vec<u8>);

impl EncodePublicKey for Spki {
    fn to_public_key_der(&self) -> spki::Result<Document> {
        Document::try_from(self.0.as_slice()).map_err(spki::Error::from)
    }
}

/// Issuer and subject are one; the extensions are those of an end entity that signs.
struct SelfSigned(Name);

impl BuilderProfile for SelfSigned {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.0.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        body: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let subject = body.subject();
        let mut extensions = Vec::new();
        let constraints = BasicConstraints {
            ca: false,
            path_len_constraint: None,
        };
        extensions.push(constraints.to_extension(subject, &extensions)?);
        extensions.push(digital_signature().to_extension(subject, &extensions)?);
        let identifier = SubjectKeyIdentifier::try_from(key)?;
        extensions.push(identifier.to_extension(subject, &extensions)?);
        Ok(extensions)
    }
}

fn digital_signature() -> KeyUsage {
    KeyUsage(FlagSet::from(KeyUsages::DigitalSignature))
}

fn build(error: impl fmt::Display) -> SetupError {
    SetupError::Build(error.to_string())
}
