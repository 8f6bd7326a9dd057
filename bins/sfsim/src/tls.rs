//! Certificates for https on loopback: an authority and a server key made at every start, so that
//! nobody can come to trust them.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use x509_cert::der::Encode;

/// Whether and how the org speaks https.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Tls {
    /// Plain http, on loopback.
    #[default]
    Off,
    /// https on `localhost`.
    On {
        /// PEM of the authorities whose client certificates are asked for; without it none is.
        client_ca: Option<String>,
        /// Serve a certificate that ended in 2001.
        expired: bool,
    },
}

impl Tls {
    /// https without client certificates.
    pub fn on() -> Self {
        Self::On {
            client_ca: None,
            expired: false,
        }
    }

    /// https that asks for a client certificate by one of these authorities (PEM).
    pub fn with_client_ca(pem: impl Into<String>) -> Self {
        Self::On {
            client_ca: Some(pem.into()),
            expired: false,
        }
    }

    /// https with an expired server certificate.
    pub fn expired() -> Self {
        Self::On {
            client_ca: None,
            expired: true,
        }
    }
}

/// Why https cannot be offered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refused the configuration.
    #[error("cannot configure TLS: {0}")]
    Config(#[from] rustls::Error),
    /// The authorities for client certificates are not PEM certificates, or there are none.
    #[error("the client authorities cannot be used: {0}")]
    ClientCa(String),
}

/// What the listener needs, and what clients need to trust it.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) authority_pem: String,
}

/// A new identity, if https is on.
pub(crate) fn identity(tls: &Tls) -> Result<Option<Identity>, TlsError> {
    match tls {
        Tls::Off => Ok(None),
        Tls::On { client_ca, expired } => new_identity(client_ca.as_deref(), *expired).map(Some),
    }
}

fn new_identity(client_ca: Option<&str>, expired: bool) -> Result<Identity, TlsError> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority
        .distinguished_name
        .push(DnType::CommonName, "sfsim, unfit for production");
    let authority_key = KeyPair::generate()?;
    let authority_pem = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);

    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut server = CertificateParams::new(names)?;
    if expired {
        server.not_before = date_time_ymd(2000, 1, 1);
        server.not_after = date_time_ymd(2001, 1, 1);
    }
    let server_key = KeyPair::generate()?;
    let certificate = server.signed_by(&server_key, &issuer)?;
    let key = PrivatePkcs8KeyDer::from(server_key.serialize_der());

    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = match client_ca {
        None => builder.with_no_client_auth(),
        Some(pem) => builder.with_client_cert_verifier(verifier(pem)?),
    };
    let config =
        builder.with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key))?;
    Ok(Identity {
        config: Arc::new(config),
        authority_pem,
    })
}

fn verifier(pem: &str) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let unusable = |error: &dyn std::fmt::Display| TlsError::ClientCa(error.to_string());
    let authorities =
        x509_cert::Certificate::load_pem_chain(pem.as_bytes()).map_err(|error| unusable(&error))?;
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        let der = authority.to_der().map_err(|error| unusable(&error))?;
        roots
            .add(CertificateDer::from(der))
            .map_err(|error| unusable(&error))?;
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| unusable(&error))
}
