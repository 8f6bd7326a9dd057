//! Encrypted PKCS#8: PBES2 (RFC 8018 §6.2), and nothing older.

use der::{Decode, Reader, SliceReader, asn1::OctetStringRef};
use pkcs8::{
    EncryptedPrivateKeyInfoRef,
    pkcs5::{self, EncryptionScheme, pbes2::Kdf},
    spki::AlgorithmIdentifierRef,
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::PemError;

/// RFC 8018 §4.2 calls ten million iterations appropriate for especially critical keys. A file that
/// asks for more asks for minutes.
const MOST_ITERATIONS: u32 = 10_000_000;

/// scrypt's memory is 128 · N · r bytes; 256 MiB is eight times what other tools ask for.
const MOST_SCRYPT_MEMORY: u64 = 256 << 20;
const MOST_SCRYPT_LANES: u16 = 16;

const NOT_AES: &str = "it is not AES with PBKDF2 (HMAC-SHA-2) or scrypt";

/// Decrypts an `EncryptedPrivateKeyInfo` to a `PrivateKeyInfo`, in place.
pub(crate) fn decrypt(
    mut der: Zeroizing<Vec<u8>>,
    passphrase: &SecretString,
) -> Result<Zeroizing<Vec<u8>>, PemError> {
    let info = EncryptedPrivateKeyInfoRef::from_der(&der).map_err(|_| unreadable(&der))?;
    let scheme = info.encryption_algorithm.clone();
    affordable(&scheme)?;
    let mut bytes = Zeroizing::new(OctetStringRef::as_bytes(info.encrypted_data).to_vec());
    der.clear();
    let length = scheme
        .decrypt_in_place(passphrase.expose_secret(), &mut bytes)
        .map(<[u8]>::len)
        .map_err(refused)?;
    bytes.truncate(length);
    // With CBC, one wrong passphrase in 256 gives padding that happens to fit.
    match bytes.first() {
        Some(0x30) => Ok(bytes),
        _ => Err(PemError::WrongPassphrase),
    }
}

/// The cost is chosen by whoever wrote the file, so it is judged before it is paid.
fn affordable(scheme: &EncryptionScheme) -> Result<(), PemError> {
    let Some(parameters) = scheme.pbes2() else {
        return Err(PemError::Encryption("it is PBES1, which is broken"));
    };
    let within = match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= MOST_ITERATIONS,
        Kdf::Scrypt(scrypt) => {
            let memory = scrypt
                .cost_parameter
                .checked_mul(u64::from(scrypt.block_size))
                .and_then(|blocks| blocks.checked_mul(128));
            memory.is_some_and(|memory| memory <= MOST_SCRYPT_MEMORY)
                && scrypt.parallelization <= MOST_SCRYPT_LANES
        }
        _ => {
            return Err(PemError::Encryption(
                "its key derivation is neither PBKDF2 nor scrypt",
            ));
        }
    };
    if within {
        return Ok(());
    }
    Err(PemError::Encryption(
        "its key derivation would take minutes or gigabytes",
    ))
}

/// `pkcs8` reads the schemes it knows; what else has the outline of encrypted PKCS#8 has another one.
fn unreadable(der: &[u8]) -> PemError {
    let outline = SliceReader::new(der).and_then(|mut reader| {
        reader.sequence(|inner| {
            AlgorithmIdentifierRef::decode(inner)?;
            <&OctetStringRef>::decode(inner).map(|_| ())
        })
    });
    match outline {
        Ok(()) => PemError::Encryption(NOT_AES),
        Err(_) => PemError::Damaged("it is not encrypted PKCS#8 in DER"),
    }
}

fn refused(error: pkcs5::Error) -> PemError {
    match error {
        pkcs5::Error::UnsupportedAlgorithm { .. } => PemError::Encryption(NOT_AES),
        pkcs5::Error::AlgorithmParametersInvalid { .. } => {
            PemError::Encryption("its parameters are invalid")
        }
        _ => PemError::WrongPassphrase,
    }
}

/// Encrypts a `PrivateKeyInfo` with PBKDF2-HMAC-SHA-256, 600,000 iterations, and AES-256-CBC, which
/// every other tool reads.
#[cfg(feature = "keygen")]
pub(crate) fn encrypt(
    der: &[u8],
    passphrase: &SecretString,
) -> Result<Zeroizing<Vec<u8>>, PemError> {
    use pkcs8::pkcs5::pbes2::Parameters;
    use sfjwt_signer::crypto::fill_random;

    let failed = |e: &dyn std::fmt::Display| PemError::Create(e.to_string());
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    fill_random(&mut salt).map_err(|e| failed(&e))?;
    fill_random(&mut iv).map_err(|e| failed(&e))?;
    let parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(600_000, &salt, iv).map_err(|e| failed(&e))?;
    let info = pkcs8::PrivateKeyInfoRef::try_from(der).map_err(|e| failed(&e))?;
    let document = info
        .encrypt_with_params(parameters, passphrase.expose_secret())
        .map_err(|e| failed(&e))?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}
