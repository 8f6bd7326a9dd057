//! The public half of a key: what signatures are verified with, and what a key is known by.

use std::{fmt, str::FromStr};

use der::{
    Decode, Encode, Reader, SliceReader,
    asn1::{BitStringRef, ObjectIdentifier, UintRef},
};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::Certificate;

use crate::{SignError, crypto};

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

const NEITHER: SignError = SignError::PublicKey("neither a certificate nor a public key");

/// An RSA public key of 2,048 to 8,192 bits.
///
/// Held in both of its encodings, since a certificate and KMS speak SPKI (RFC 5280 §4.1) and the
/// verifier speaks PKCS#1. This file is the only one that takes either apart.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
    pkcs1: Vec<u8>,
    bits: usize,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo`.
    pub fn from_spki(der: &[u8]) -> Result<Self, SignError> {
        let info = SubjectPublicKeyInfoRef::try_from(der)
            .map_err(|_| SignError::PublicKey("not a public key in SPKI form"))?;
        if info.algorithm.oid != RSA_ENCRYPTION {
            return Err(SignError::PublicKey(
                "not an RSA key, and Salesforce takes RS256 only",
            ));
        }
        Self::from_pkcs1(info.subject_public_key.raw_bytes())
    }

    /// Reads a PKCS#1 `RSAPublicKey`.
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, SignError> {
        let bits = modulus_bits(der).map_err(|_| SignError::PublicKey("not an RSA public key"))?;
        if !(crypto::MIN_BITS..=crypto::MAX_VERIFYING_BITS).contains(&bits) {
            return Err(SignError::KeySize {
                bits,
                most: crypto::MAX_VERIFYING_BITS,
            });
        }
        let spki = spki_of(der).map_err(|_| SignError::PublicKey("not an RSA public key"))?;
        Ok(Self {
            spki,
            pkcs1: der.to_vec(),
            bits,
        })
    }

    /// Reads the key out of a file's bytes: a certificate (of a chain, the first) or a public key, in
    /// PEM or DER form.
    pub fn read(bytes: &[u8]) -> Result<Self, SignError> {
        if let Ok(certificate) = Certificate::from_der(bytes) {
            return Self::from_certificate(&certificate);
        }
        if let Ok(chain) = Certificate::load_pem_chain(bytes)
            && let Some(certificate) = chain.first()
        {
            return Self::from_certificate(certificate);
        }
        match der::Document::from_pem(std::str::from_utf8(bytes).unwrap_or_default()) {
            Ok(("PUBLIC KEY", spki)) => Self::from_spki(spki.as_bytes()),
            Ok(("RSA PUBLIC KEY", pkcs1)) => Self::from_pkcs1(pkcs1.as_bytes()),
            Ok(_) => Err(NEITHER),
            Err(_) => Self::from_spki(bytes).map_err(|error| match error {
                SignError::PublicKey(_) => NEITHER,
                other => other,
            }),
        }
    }

    /// The key that a certificate speaks for.
    pub fn from_certificate(certificate: &Certificate) -> Result<Self, SignError> {
        let spki = certificate
            .tbs_certificate()
            .subject_public_key_info()
            .to_der();
        Self::from_spki(&spki.map_err(|_| SignError::PublicKey("not a readable certificate"))?)
    }

    /// The key as `SubjectPublicKeyInfo`, DER.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The size of the modulus in bits.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The length of a signature in bytes: that of the modulus (RFC 8017 §8.2.1).
    pub fn signature_length(&self) -> usize {
        self.bits.div_ceil(8)
    }

    /// What the key is known by: the SHA-256 of its SPKI.
    pub fn hash(&self) -> PublicKeyHash {
        PublicKeyHash(crypto::sha256(&self.spki))
    }

    /// Verifies an RSASSA-PKCS1-v1_5 signature with SHA-256 over `message`, which is hashed here.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignError> {
        crypto::verify(&self.pkcs1, message, signature).map_err(|_| SignError::WrongSignature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey(RSA-{} {})", self.bits, self.hash())
    }
}

/// The SHA-256 of a public key in SPKI form: the pinned key (`public_key_sha256`), and the name of
/// a key in reports and audit events.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKeyHash([u8; 32]);

impl FromStr for PublicKeyHash {
    type Err = SignError;

    /// Reads 64 hexadecimal digits, with or without `sha256:` before and colons between them.
    fn from_str(text: &str) -> Result<Self, SignError> {
        let digits: String = text
            .strip_prefix("sha256:")
            .unwrap_or(text)
            .chars()
            .filter(|c| *c != ':')
            .collect();
        let mut hash = [0; 32];
        if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(SignError::PublicKeyHash);
        }
        for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).unwrap_or_default();
            *byte = u8::from_str_radix(pair, 16).map_err(|_| SignError::PublicKeyHash)?;
        }
        Ok(Self(hash))
    }
}

impl fmt::Display for PublicKeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for PublicKeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The modulus length of an `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`.
fn modulus_bits(pkcs1: &[u8]) -> der::Result<usize> {
    let mut reader = SliceReader::new(pkcs1)?;
    let modulus = reader.sequence(|inner| {
        let modulus = UintRef::decode(inner)?;
        UintRef::decode(inner)?;
        Ok::<_, der::Error>(modulus)
    })?;
    reader.finish()?;
    Ok(bit_length(modulus.as_bytes()))
}

/// Small hexadecimal digits, two a byte.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |four_bits: u8| char::from(b"0123456789abcdef"[usize::from(four_bits & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// The bits of a big-endian number.
pub fn bit_length(number: &[u8]) -> usize {
    let digits = number.iter().skip_while(|byte| **byte == 0);
    match digits.clone().next() {
        Some(first) => digits.count() * 8 - first.leading_zeros() as usize,
        None => 0,
    }
}

/// The one SPKI encoding of an RSA key: parameters are NULL (RFC 3279 §2.3.1), whatever the key
/// came in, so that equal keys have equal hashes.
fn spki_of(pkcs1: &[u8]) -> der::Result<Vec<u8>> {
    SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: RSA_ENCRYPTION,
            parameters: Some(der::asn1::AnyRef::NULL),
        },
        subject_public_key: BitStringRef::from_bytes(pkcs1)?,
    }
    .to_der()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_what_it_prints_and_what_other_tools_print() {
        let plain = "9a".repeat(32);
        let hash: PublicKeyHash = plain.parse().unwrap();
        assert_eq!(hash.to_string(), plain);
        assert_eq!(format!("sha256:{}", plain.to_uppercase()).parse(), Ok(hash));
        let colons = vec!["9A"; 32].join(":");
        assert_eq!(colons.parse(), Ok(hash));
    }

    #[test]
    fn a_hash_of_another_length_is_refused() {
        for text in [
            "",
            "9a",
            &"9a".repeat(31),
            &"9a".repeat(33),
            &"zz".repeat(32),
            &"é".repeat(32),
        ] {
            assert_eq!(
                text.parse::<PublicKeyHash>(),
                Err(SignError::PublicKeyHash),
                "{text}"
            );
        }
    }

    #[test]
    fn the_bits_of_a_number_do_not_count_leading_zeros() {
        assert_eq!(bit_length(&[]), 0);
        assert_eq!(bit_length(&[0, 0]), 0);
        assert_eq!(bit_length(&[0, 1]), 1);
        assert_eq!(bit_length(&[0x80, 0]), 16);
    }

    #[test]
    fn rubbish_is_no_public_key() {
        assert!(PublicKey::from_spki(b"rubbish").is_err());
        assert!(PublicKey::from_pkcs1(&[]).is_err());
        assert!(
            PublicKey::read(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
                .is_err()
        );
    }
}
