//! Key URIs: a key is named by one line of text, which is parsed without touching anything.

mod attributes;
mod awskms;
mod file;
mod pkcs11;

use std::{fmt, path::PathBuf, str::FromStr};

pub use self::{awskms::KmsKey, file::FileKey, pkcs11::Pkcs11Key};
use crate::SignError;

/// Where a key is.
///
/// | form | key |
/// | --- | --- |
/// | `file:/path/key.pem` or a plain path | PEM file; `?passphrase-source=SOURCE` if encrypted |
/// | `env:NAME` | PEM text in an environment variable |
/// | `pkcs11:token=T;object=K?module-path=/lib.so&pin-source=SOURCE` | HSM (RFC 7512) |
/// | `awskms:///alias/NAME?region=R`, `awskms:///arn:aws:kms:...` | AWS KMS |
///
/// ```
/// use sfjwt_signer::KeyUri;
///
/// let uri: KeyUri = "pkcs11:token=prod;object=sf?module-path=/usr/lib/softhsm/libsofthsm2.so".parse()?;
/// assert_eq!(uri.scheme(), "pkcs11");
/// # Ok::<(), sfjwt_signer::SignError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyUri {
    /// A PEM file.
    File(FileKey),
    /// PEM text in an environment variable.
    Env(String),
    /// A key in a PKCS#11 token.
    Pkcs11(Pkcs11Key),
    /// A key in AWS KMS.
    AwsKms(KmsKey),
}

impl KeyUri {
    /// The scheme, which also names the backend.
    pub fn scheme(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Env(_) => "env",
            Self::Pkcs11(_) => "pkcs11",
            Self::AwsKms(_) => "awskms",
        }
    }
}

impl FromStr for KeyUri {
    type Err = SignError;

    fn from_str(text: &str) -> Result<Self, SignError> {
        if text.contains("-----BEGIN") {
            return refuse("holds a key itself; name a file or another place that holds it");
        }
        match text.split_once(':') {
            Some(("file", rest)) => Ok(Self::File(file::parse(rest)?)),
            Some(("env", name)) if !name.is_empty() && !name.contains('=') => {
                Ok(Self::Env(name.to_owned()))
            }
            Some(("env", _)) => refuse("names no environment variable; write env:NAME"),
            Some(("pkcs11", rest)) => Ok(Self::Pkcs11(pkcs11::parse(rest)?)),
            Some(("awskms", rest)) => Ok(Self::AwsKms(awskms::parse(rest)?)),
            Some((scheme, _)) if is_scheme(scheme) => refuse(format!(
                "has the unknown scheme `{scheme}`; known are file, env, pkcs11 and awskms"
            )),
            _ if text.is_empty() => refuse("is empty"),
            _ => Ok(Self::File(FileKey {
                path: PathBuf::from(text),
                passphrase: None,
            })),
        }
    }
}

impl fmt::Display for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(key) => key.fmt(f),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Pkcs11(key) => key.fmt(f),
            Self::AwsKms(key) => key.fmt(f),
        }
    }
}

/// RFC 3986 §3.1. A single letter is rather a drive or a short file name than a scheme.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn refuse<T>(problem: impl Into<String>) -> Result<T, SignError> {
    Err(SignError::KeyUri {
        problem: problem.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn problem(text: &str) -> String {
        text.parse::<KeyUri>().unwrap_err().to_string()
    }

    #[test]
    fn every_scheme_reads_back_what_it_prints() {
        for text in [
            "file:/path/key.pem",
            "file:/a%3Fb%25.pem?passphrase-source=env:PASS",
            "env:KEY",
            "pkcs11:token=prod;object=sf?module-path=/lib/p11.so&pin-source=file:/run/pin",
            "pkcs11:serial=0042;id=%00%FFa?module-path=/lib/p11.so",
            "pkcs11:slot-id=3;object=a%3Bb?module-path=/lib/p11.so",
            "awskms:///alias/salesforce?region=eu-west-1",
            "awskms:///arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ] {
            let uri: KeyUri = text.parse().unwrap();
            assert_eq!(uri.to_string(), text);
            assert_eq!(uri.to_string().parse::<KeyUri>().unwrap(), uri);
        }
    }

    #[test]
    fn a_plain_path_is_taken_as_it_is() {
        for path in ["key.pem", "./a:b?c%41.pem", "/etc/sf key.pem"] {
            let KeyUri::File(key) = path.parse().unwrap() else {
                panic!("{path} is no file")
            };
            assert_eq!(key.path.to_str(), Some(path));
        }
    }

    #[test]
    fn an_unknown_scheme_is_not_taken_for_a_file() {
        assert!(problem("gcpkms:projects/x").contains("unknown scheme `gcpkms`"));
        assert!(problem("").contains("is empty"));
    }

    #[test]
    fn a_key_given_in_place_of_its_name_is_refused_and_not_repeated() {
        for text in [
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN",
            "file:-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN",
        ] {
            let problem = problem(text);
            assert!(
                problem.contains("holds a key itself") && !problem.contains("MIIE"),
                "{problem}"
            );
        }
    }
}
