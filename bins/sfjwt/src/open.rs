//! From a key URI to a key with a guard around it.

use sfjwt_signer::{GuardedSigner, KeyUri, Policy, Signer};

use crate::config::Settings;
use crate::failure::Failure;

/// What `--version` says: this version, and the backends of this build.
#[cfg(feature = "pem")]
pub(crate) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\nbackends: pem");
#[cfg(not(feature = "pem"))]
pub(crate) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\nbackends: none");

/// Opens the configured key. It signs what `policy` allows, and only if it is the pinned one.
pub(crate) fn guarded(settings: &Settings, policy: Policy) -> Result<GuardedSigner, Failure> {
    let backend = backend(settings)?;
    let key = backend.key();
    tracing::info!(location = key.location, public_key_sha256 = %key.public_key.hash(), "opened the key");
    let mut guard = GuardedSigner::builder(backend, policy).audit(settings.audit()?);
    if let Some(hash) = settings.pinned_key {
        guard = guard.pinned(hash);
    }
    Ok(guard.open()?)
}

/// Opens the configured key to look at it: every finding is told, and none refuses it.
pub(crate) fn backend(settings: &Settings) -> Result<Box<dyn Signer>, Failure> {
    match settings.key()? {
        #[cfg(feature = "pem")]
        uri @ (KeyUri::File(_) | KeyUri::Env(_)) => pem(uri, settings),
        other => Err(no_backend(other)),
    }
}

#[cfg(feature = "pem")]
fn pem(uri: &KeyUri, settings: &Settings) -> Result<Box<dyn Signer>, Failure> {
    let options = sfjwt_signer_pem::OpenOptions {
        allow_open_key_file: settings.allow_open_key_file,
    };
    let variable = |name: &str| settings.variables.get(name).map(str::to_owned);
    let context = sfjwt_signer::SecretContext::new(&variable);
    let signer = sfjwt_signer_pem::PemSigner::open(uri, options, &context);
    Ok(Box::new(signer.map_err(|error| named(error, uri))?))
}

/// Says which key it was, unless the message does so already.
#[cfg(feature = "pem")]
fn named(error: sfjwt_signer_pem::PemError, uri: &KeyUri) -> Failure {
    match uri {
        KeyUri::File(file) if !error.to_string().contains(&*file.path.to_string_lossy()) => {
            Failure::from(error).in_file(&file.path)
        }
        _ => error.into(),
    }
}

fn no_backend(uri: &KeyUri) -> Failure {
    let backend = match uri {
        KeyUri::File(_) | KeyUri::Env(_) => "pem",
        KeyUri::Pkcs11(_) => "pkcs11",
        KeyUri::AwsKms(_) => "kms",
    };
    Failure::config(
        format!("this build has no `{backend}` backend"),
        "`sfjwt --version` lists the backends of a build: use one that has it, or another key",
    )
}
