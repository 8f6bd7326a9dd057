//! Opening a key, and signing with it.

use std::path::Path;

use async_trait::async_trait;
use secrecy::SecretString;
use sfjwt_signer::{
    Class, FileKey, Finding, KeyInfo, KeyUri, PublicKey, SecretContext, SecretKind, SecretSource,
    Severity, SignError, Signer, SigningInput,
    crypto::{LIBRARY, RsaPrivateKey},
    private_file::{self, Trust},
};
use zeroize::Zeroizing;

use crate::{
    PemError,
    key::{self, Found},
};

/// The largest PEM file: an encrypted RSA-8192 key with its certificate chain fits twice.
const LONGEST: u64 = 32 * 1024;

/// An RSA key in the memory of this process.
#[derive(Debug)]
pub struct PemSigner {
    key: RsaPrivateKey,
    info: KeyInfo,
}

/// How a PEM file may be opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// `--allow-open-key-file`: take a secret that an orchestrator mounted, which is a link and may be
    /// readable by its group; see [`Trust::Mounted`].
    pub allow_open_key_file: bool,
}

impl PemSigner {
    /// Opens a `file:` or `env:` key. The passphrase source is read only if the key is encrypted.
    ///
    /// ```no_run
    /// use sfjwt_signer::{KeyUri, SecretContext};
    /// use sfjwt_signer_pem::{OpenOptions, PemSigner};
    ///
    /// let uri: KeyUri = "file:/etc/sfjwt/key.pem".parse()?;
    /// let environment = |name: &str| std::env::var(name).ok();
    /// let signer = PemSigner::open(&uri, OpenOptions::default(), &SecretContext::new(&environment))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(
        uri: &KeyUri,
        options: OpenOptions,
        context: &SecretContext<'_>,
    ) -> Result<Self, PemError> {
        match uri {
            KeyUri::File(file) => Self::open_file(file, options, context),
            KeyUri::Env(name) => Self::open_variable(name, context),
            other => Err(PemError::NotPem(other.scheme())),
        }
    }

    fn open_file(
        file: &FileKey,
        options: OpenOptions,
        context: &SecretContext<'_>,
    ) -> Result<Self, PemError> {
        let (text, open) = read_file(&file.path, options)?;
        let found = key::read(&text, || passphrase(file.passphrase.as_ref(), context))?;
        let mut findings = vec![in_memory()];
        findings.extend(open.then(|| open_key_file(&file.path)));
        if let (true, Some(SecretSource::Env(name))) = (found.encrypted, &file.passphrase) {
            findings.push(passphrase_in_environment(name));
        }
        Self::new(found, format!("file:{}", file.path.display()), findings)
    }

    fn open_variable(name: &str, context: &SecretContext<'_>) -> Result<Self, PemError> {
        let text = context
            .variable(name)
            .ok_or_else(|| PemError::NotSet(name.to_owned()))?;
        let text = Zeroizing::new(text.into_bytes());
        let found = key::read(&text, || Err(PemError::NeedsPassphrase))?;
        let findings = vec![in_memory(), key_in_environment(name)];
        Self::new(found, format!("env:{name}"), findings)
    }

    fn new(found: Found, location: String, findings: Vec<Finding>) -> Result<Self, PemError> {
        let public_key = PublicKey::from_pkcs1(found.key.public_pkcs1())?;
        let attribute = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let attributes = vec![
            attribute("form", found.form),
            attribute("encrypted", if found.encrypted { "yes" } else { "no" }),
            attribute("library", LIBRARY),
        ];
        let info = KeyInfo {
            public_key,
            backend: "PEM file",
            location,
            attributes,
            findings,
        };
        Ok(Self {
            key: found.key,
            info,
        })
    }
}

#[async_trait]
impl Signer for PemSigner {
    fn key(&self) -> &KeyInfo {
        &self.info
    }

    async fn sign(&self, input: &SigningInput) -> Result<Vec<u8>, SignError> {
        let length = self.info.public_key.signature_length();
        self.key.sign(input.bytes(), length).map_err(|e| SignError::Backend {
            class: Class::Restart,
            message: e.to_string(),
            hint: "start the process again; if it happens again, the key or the memory is damaged",
        })
    }
}

/// The strict way first, so that the option is a finding only where it was needed.
fn read_file(path: &Path, options: OpenOptions) -> Result<(Zeroizing<Vec<u8>>, bool), SignError> {
    match private_file::read(path, LONGEST, Trust::OwnerOnly) {
        Err(SignError::SecretFile { .. }) if options.allow_open_key_file => {
            Ok((private_file::read(path, LONGEST, Trust::Mounted)?, true))
        }
        strict => Ok((strict?, false)),
    }
}

fn passphrase(
    source: Option<&SecretSource>,
    context: &SecretContext<'_>,
) -> Result<SecretString, PemError> {
    let source = source.ok_or(PemError::NeedsPassphrase)?;
    Ok(source.read(SecretKind::Passphrase, context)?)
}

fn in_memory() -> Finding {
    Finding {
        id: "key-in-memory",
        severity: Severity::Note,
        evidence: "the private key is in the memory of this process".into(),
        action: "for production, keep it in an HSM (pkcs11:) or in KMS (awskms:)".into(),
    }
}

fn open_key_file(path: &Path) -> Finding {
    Finding {
        id: "open-key-file",
        severity: Severity::Warn,
        evidence: format!(
            "{} is a link, or others than its owner can read it; --allow-open-key-file accepts that",
            path.display()
        ),
        action: "keep the option for secrets that an orchestrator mounts".into(),
    }
}

fn key_in_environment(name: &str) -> Finding {
    Finding {
        id: "key-in-environment",
        severity: Severity::Warn,
        evidence: format!(
            "the key is in the environment variable {name}, where child processes and crash reports find it"
        ),
        action: "put it into a file that only this user can read".into(),
    }
}

fn passphrase_in_environment(name: &str) -> Finding {
    Finding {
        id: "passphrase-in-environment",
        severity: Severity::Warn,
        evidence: format!("the passphrase is in the environment variable {name}"),
        action: "use passphrase-source=credential: or file:".into(),
    }
}
