//! Making a new key. The only file that generates one; `ring` cannot.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    str::FromStr,
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use base64ct::{Base64, Encoding};
use secrecy::SecretString;
use sfjwt_signer::{PublicKey, crypto::RsaPrivateKey};
use zeroize::Zeroizing;

use crate::{PemError, encrypted};

/// How large a new key is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyBits {
    /// RSA 2048: what Salesforce's own recipe uses.
    #[default]
    Bits2048,
    /// RSA 3072.
    Bits3072,
    /// RSA 4096: the largest size that Salesforce itself makes.
    Bits4096,
}

impl FromStr for KeyBits {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "2048" => Ok(Self::Bits2048),
            "3072" => Ok(Self::Bits3072),
            "4096" => Ok(Self::Bits4096),
            _ => Err("a new key has 2048, 3072 or 4096 bits"),
        }
    }
}

/// Makes a key, proves that it signs and verifies, and only then creates the file: with mode 0600,
/// and never over another one. With a passphrase the file is encrypted PKCS#8.
pub fn create(
    path: &Path,
    bits: KeyBits,
    passphrase: Option<&SecretString>,
) -> Result<PublicKey, PemError> {
    let failed = |problem: &str| PemError::Create(problem.to_owned());
    let size = match bits {
        KeyBits::Bits2048 => KeySize::Rsa2048,
        KeyBits::Bits3072 => KeySize::Rsa3072,
        KeyBits::Bits4096 => KeySize::Rsa4096,
    };
    let pair = KeyPair::generate(size).map_err(|_| failed("the library made none"))?;
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair)
        .map_err(|_| failed("the library did not give it out"))?;
    let public_key = prove(der.as_ref())?;
    let text = match passphrase {
        None => pem("PRIVATE KEY", der.as_ref()),
        Some(passphrase) => pem(
            "ENCRYPTED PRIVATE KEY",
            &encrypted::encrypt(der.as_ref(), passphrase)?,
        ),
    };
    write(path, &text)?;
    Ok(public_key)
}

/// The new key is read back by the library that will use it, signs, and verifies.
fn prove(der: &[u8]) -> Result<PublicKey, PemError> {
    let damaged = |_| PemError::Create("the new key does not sign".to_owned());
    let key = RsaPrivateKey::from_pkcs8(der).map_err(damaged)?;
    let public_key = PublicKey::from_pkcs1(key.public_pkcs1())?;
    let text = b"sfjwt new key";
    let signature = key
        .sign(text, public_key.signature_length())
        .map_err(damaged)?;
    public_key.verify(text, &signature)?;
    Ok(public_key)
}

/// RFC 7468 §2: 64 characters a line. The text has its final size from the start.
fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    let mut encoded = Zeroizing::new(vec![0; Base64::encoded_len(der)]);
    let encoded = Base64::encode(der, &mut encoded).unwrap_or_default();
    let lines = encoded.len().div_ceil(64);
    let mut text = Zeroizing::new(String::with_capacity(
        encoded.len() + lines + 2 * label.len() + 40,
    ));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    let mut rest = encoded;
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

fn write(path: &Path, text: &str) -> Result<(), PemError> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let mut file = file.map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => PemError::Exists(path.display().to_string()),
        _ => PemError::Create(format!("{}: {e}", path.display())),
    })?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    written.map_err(|e| {
        // Half a key is worse than none; if it cannot be removed, the first error still counts.
        drop(std::fs::remove_file(path));
        PemError::Create(format!("{}: {e}", path.display()))
    })
}
