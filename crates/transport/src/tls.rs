//! The TLS configuration: whom we trust, and what we show when asked who we are.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::{Environment, Settings, TransportError};

/// The files behind a TLS configuration, chosen without reading any of them.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    ca_bundle: Option<PathBuf>,
    client_cert: Option<PathBuf>,
    system_file: Option<PathBuf>,
    system_folders: Vec<PathBuf>,
}

impl TlsFiles {
    pub(crate) fn new(settings: &Settings, environment: &Environment) -> Self {
        let variable = |name| environment.first(&[name]).map(|(_, value)| value);
        let folders = variable("SSL_CERT_DIR").unwrap_or_default();
        Self {
            ca_bundle: settings.ca_bundle.clone(),
            client_cert: settings.client_cert.clone(),
            system_file: variable("SSL_CERT_FILE").map(PathBuf::from),
            system_folders: std::env::split_paths(&folders)
                .filter(|folder| !folder.as_os_str().is_empty())
                .collect(),
        }
    }

    /// Reads the files. Takes some 40 ms when the system's roots are wanted, so it is done once, and
    /// not before the first https request.
    pub(crate) fn load(&self) -> Result<ClientConfig, TransportError> {
        let roots = match &self.ca_bundle {
            Some(bundle) => bundled_roots(bundle)?,
            None => self.system_roots()?,
        };
        let builder = builder()?.with_root_certificates(roots);
        match &self.client_cert {
            None => Ok(builder.with_no_client_auth()),
            Some(file) => {
                let (chain, key) = client_identity(file)?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| unusable("client_cert", file, &error.to_string()))
            }
        }
    }

    fn system_roots(&self) -> Result<RootCertStore, TransportError> {
        let certificates = if self.system_file.is_none() && self.system_folders.is_empty() {
            // By itself this looks at the process's environment, for the same two variables.
            rustls_native_certs::load_native_certs().certs
        } else {
            let file = self.system_file.as_deref();
            let mut all = rustls_native_certs::load_certs_from_paths(file, None).certs;
            for folder in &self.system_folders {
                all.extend(rustls_native_certs::load_certs_from_paths(None, Some(folder)).certs);
            }
            all
        };
        let mut roots = RootCertStore::empty();
        // Every system has a few roots that this library does not read; the others are enough.
        let (read, _) = roots.add_parsable_certificates(certificates);
        if read == 0 {
            return Err(TransportError::Settings {
                setting: "the system's root certificates",
                problem: "none were found; install the package ca-certificates, or set `ca_bundle`"
                    .to_owned(),
            });
        }
        Ok(roots)
    }
}

/// A configuration that trusts nobody, for plain http: it costs nothing.
pub(crate) fn none() -> Result<ClientConfig, TransportError> {
    Ok(builder()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

/// Never the process-wide provider: which library does the cryptography is decided here.
fn provider() -> CryptoProvider {
    #[cfg(feature = "aws-lc")]
    return rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(not(feature = "aws-lc"))]
    return rustls::crypto::ring::default_provider();
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, TransportError> {
    ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TransportError::Settings {
            setting: "TLS",
            problem: error.to_string(),
        })
}

fn bundled_roots(file: &Path) -> Result<RootCertStore, TransportError> {
    let refuse = |problem: &str| unusable("ca_bundle", file, problem);
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file).map_err(|problem| refuse(&problem))? {
        roots
            .add(certificate)
            .map_err(|error| refuse(&error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(refuse("there is no certificate in it"));
    }
    Ok(roots)
}

fn client_identity(
    file: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TransportError> {
    let refuse = |problem: &str| unusable("client_cert", file, problem);
    let chain = certificates(file).map_err(|problem| refuse(&problem))?;
    if chain.is_empty() {
        return Err(refuse("there is no certificate in it"));
    }
    let key = PrivateKeyDer::from_pem_file(file)
        .map_err(|_| refuse("there is no unencrypted private key in it"))?;
    Ok((chain, key))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| match error {
            rustls::pki_types::pem::Error::Io(error) => error.to_string(),
            _ => "it is not PEM".to_owned(),
        })
}

fn unusable(setting: &'static str, file: &Path, problem: &str) -> TransportError {
    TransportError::Settings {
        setting,
        problem: format!("{}: {problem}", file.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(settings: &Settings) -> String {
        TlsFiles::new(settings, &Environment::empty())
            .load()
            .unwrap_err()
            .to_string()
    }

    fn bundle(content: &str) -> (tempfile::TempDir, Settings) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, content).unwrap();
        let settings = Settings {
            ca_bundle: Some(file),
            ..Settings::default()
        };
        (folder, settings)
    }

    #[test]
    fn a_missing_bundle_is_named_with_its_path() {
        let error = load(&Settings {
            ca_bundle: Some("/nowhere/ca.pem".into()),
            ..Settings::default()
        });
        assert!(
            error.contains("ca_bundle") && error.contains("/nowhere/ca.pem"),
            "{error}"
        );
    }

    #[test]
    fn a_bundle_without_certificates_is_not_an_empty_trust() {
        let (_folder, settings) = bundle("no PEM at all\n");
        assert!(load(&settings).ends_with("there is no certificate in it"));
    }

    #[test]
    fn a_client_certificate_without_its_key_is_refused() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (_folder, mut settings) = bundle(&made.cert.pem());
        settings.client_cert = settings.ca_bundle.clone();
        assert!(load(&settings).ends_with("there is no unencrypted private key in it"));
    }

    #[test]
    fn ssl_cert_file_stands_in_for_the_systems_roots() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (_folder, settings) = bundle(&made.cert.pem());
        let file = settings.ca_bundle.unwrap().display().to_string();
        let environment =
            Environment::new(move |name| (name == "SSL_CERT_FILE").then(|| file.clone()));
        let files = TlsFiles::new(&Settings::default(), &environment);
        assert_eq!(files.system_roots().unwrap().len(), 1);
    }
}
