//! PEM text to an RSA key. What is decoded here is wiped here.

use base64ct::{Base64, Encoding};
use der::{
    Decode, SliceReader,
    asn1::{ObjectIdentifier, OctetStringRef, UintRef},
};
use pkcs8::PrivateKeyInfoRef;
use secrecy::SecretString;
use sfjwt_signer::{
    SignError, bit_length,
    crypto::{self, RsaPrivateKey},
};
use zeroize::Zeroizing;

use crate::{PemError, encrypted};

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A key that was read, and in which form it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) key: RsaPrivateKey,
    pub(crate) form: &'static str,
    pub(crate) encrypted: bool,
}

/// Reads the one private key out of PEM text, which may have other text and other blocks around it.
/// `passphrase` is asked only if the key is encrypted.
pub(crate) fn read(
    text: &[u8],
    passphrase: impl FnOnce() -> Result<SecretString, PemError>,
) -> Result<Found, PemError> {
    let block = private_key_block(text)?;
    match block.label.as_str() {
        "RSA PRIVATE KEY" => Ok(Found {
            key: pkcs1(&block.decode()?)?,
            form: "PKCS#1",
            encrypted: false,
        }),
        "ENCRYPTED PRIVATE KEY" => {
            let der = encrypted::decrypt(block.decode()?, &passphrase()?)?;
            Ok(Found {
                key: pkcs8_key(&der)?,
                form: "PKCS#8",
                encrypted: true,
            })
        }
        _ => Ok(Found {
            key: pkcs8_key(&block.decode()?)?,
            form: "PKCS#8",
            encrypted: false,
        }),
    }
}

/// The lines between BEGIN and END, still encoded.
struct Block<'a> {
    label: String,
    lines: Vec<&'a [u8]>,
}

fn private_key_block(text: &[u8]) -> Result<Block<'_>, PemError> {
    let mut blocks = blocks(text)?;
    let keys = blocks
        .iter()
        .filter(|block| is_rsa_candidate(&block.label))
        .count();
    match keys {
        1 => {}
        0 => return Err(other(blocks.first())),
        _ => return Err(PemError::TwoKeys),
    }
    blocks.retain(|block| is_rsa_candidate(&block.label));
    let block = blocks.swap_remove(0);
    // RFC 1421 encryption derives its key with one round of MD5.
    if block
        .lines
        .iter()
        .any(|line| line.starts_with(b"Proc-Type:"))
    {
        return Err(PemError::Encryption(
            "the old format `Proc-Type: 4,ENCRYPTED` is as good as none",
        ));
    }
    Ok(block)
}

fn is_rsa_candidate(label: &str) -> bool {
    matches!(
        label,
        "PRIVATE KEY" | "RSA PRIVATE KEY" | "ENCRYPTED PRIVATE KEY"
    )
}

/// All blocks of the text (RFC 7468 §2). Lines may end as on Windows, and text may stand around.
fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>, PemError> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if let Some(label) = label(line, b"-----BEGIN ") {
            if let Some(block) = open {
                return Err(block.broken("it has no END line"));
            }
            open = Some(Block {
                label,
                lines: Vec::new(),
            });
        } else if let Some(label) = label(line, b"-----END ") {
            match open.take() {
                Some(block) if block.label == label => blocks.push(block),
                Some(block) => return Err(block.broken("its END line has another label")),
                None => {
                    return Err(Block {
                        label,
                        lines: Vec::new(),
                    }
                    .broken("it has no BEGIN line"));
                }
            }
        } else if let Some(block) = &mut open {
            block.lines.push(line);
        }
    }
    match open {
        Some(block) => Err(block.broken("it has no END line")),
        None => Ok(blocks),
    }
}

fn label(line: &[u8], prefix: &[u8]) -> Option<String> {
    let label = line.strip_prefix(prefix)?.strip_suffix(b"-----")?;
    let plain = label
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || *b == b' ');
    (plain && label.len() <= 64).then(|| String::from_utf8_lossy(label).into_owned())
}

impl Block<'_> {
    fn broken(self, problem: &'static str) -> PemError {
        PemError::Broken {
            label: self.label,
            problem,
        }
    }

    /// Decodes the base64, in one allocation for the text and one for the bytes, both wiped.
    fn decode(self) -> Result<Zeroizing<Vec<u8>>, PemError> {
        let length = self.lines.iter().map(|line| line.len()).sum();
        let mut text = Zeroizing::new(Vec::with_capacity(length));
        for line in &self.lines {
            text.extend_from_slice(line);
        }
        let mut bytes = Zeroizing::new(vec![0; length]);
        match Base64::decode(text.as_slice(), &mut bytes).map(<[u8]>::len) {
            Ok(0) | Err(_) => Err(self.broken("it is not base64")),
            Ok(decoded) => {
                bytes.truncate(decoded);
                Ok(bytes)
            }
        }
    }
}

/// Names what was found in place of a key.
fn other(first: Option<&Block<'_>>) -> PemError {
    let (found, hint) = match first.map(|block| block.label.as_str()) {
        None => return PemError::NoBlock,
        Some("CERTIFICATE") => (
            "a certificate",
            "name the file with the private key that belongs to it; the certificate goes to Salesforce",
        ),
        Some("PUBLIC KEY" | "RSA PUBLIC KEY") => {
            ("a public key", "name the file with the private key")
        }
        Some("EC PRIVATE KEY") => (ELLIPTIC, RSA_ONLY),
        Some("CERTIFICATE REQUEST") => (
            "a certificate request",
            "name the file with the private key",
        ),
        Some("OPENSSH PRIVATE KEY") => (
            "a key in OpenSSH's own format",
            "convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY",
        ),
        Some(label) => {
            return PemError::Other {
                found: format!("a PEM block `{label}`"),
                hint: RSA_ONLY,
            };
        }
    };
    PemError::Other {
        found: found.to_owned(),
        hint,
    }
}

const ELLIPTIC: &str = "a key on an elliptic curve";
const RSA_ONLY: &str = "Salesforce takes RS256 only: make an RSA key with `sfjwt key create`";

fn pkcs8_key(der: &[u8]) -> Result<RsaPrivateKey, PemError> {
    let info = PrivateKeyInfoRef::try_from(der)
        .map_err(|_| PemError::Damaged("it is not PKCS#8 in DER"))?;
    if info.algorithm.oid != RSA_ENCRYPTION {
        let elliptic = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
        let found = if info.algorithm.oid == elliptic {
            ELLIPTIC
        } else {
            "a key of another algorithm"
        };
        return Err(PemError::Other {
            found: found.to_owned(),
            hint: RSA_ONLY,
        });
    }
    pkcs1(OctetStringRef::as_bytes(info.private_key))
}

fn pkcs1(der: &[u8]) -> Result<RsaPrivateKey, PemError> {
    let bits = modulus_bits(der).map_err(|_| PemError::Damaged("it is not PKCS#1 in DER"))?;
    if !(crypto::MIN_BITS..=crypto::MAX_SIGNING_BITS).contains(&bits) {
        return Err(SignError::KeySize {
            bits,
            most: crypto::MAX_SIGNING_BITS,
        }
        .into());
    }
    RsaPrivateKey::from_pkcs1(der).map_err(|_| PemError::Damaged("its numbers do not fit together"))
}

/// The modulus of an `RSAPrivateKey`: its second number, after the version (RFC 8017 appendix A.1.2).
fn modulus_bits(pkcs1: &[u8]) -> der::Result<usize> {
    let mut reader = SliceReader::new(pkcs1)?;
    let header = der::Header::decode(&mut reader)?;
    header.tag().assert_eq(der::Tag::Sequence)?;
    u8::decode(&mut reader)?;
    Ok(bit_length(UintRef::decode(&mut reader)?.as_bytes()))
}
