//! Who answers, and whom we trust: certificates, client certificates, proxies.

use std::{path::PathBuf, sync::Arc};

use crate::support::{Reply, join, read_head};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};
use sfjwt_transport::{Request, Settings, TlsProblem, Transport, TransportError};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// A certificate authority, with a folder for the files of a test.
struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            certificate,
            issuer: Issuer::new(params, key),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn issue(&self, params: &CertificateParams) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Settings that trust this authority.
    fn trusted(&self) -> Settings {
        Settings {
            ca_bundle: Some(self.file("ca.pem", &self.certificate.pem())),
            ..Settings::default()
        }
    }

    /// A TLS server with a certificate of this authority.
    async fn serve(&self, params: &CertificateParams, wants_client: bool) -> u16 {
        let (certificate, key) = self.issue(params);
        let builder = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if wants_client {
            let mut roots = RootCertStore::empty();
            roots.add(self.certificate.der().clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider()));
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = builder
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        serve(TlsAcceptor::from(Arc::new(config))).await
    }
}

fn provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).unwrap()
}

async fn serve(acceptor: TlsAcceptor) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A handshake that fails is what some tests are about.
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(crate::support::answer(
                    stream,
                    Reply::ok("secure"),
                    Arc::default(),
                ));
            }
        }
    });
    port
}

/// A proxy that takes CONNECT to any name and connects to `port` of this machine.
async fn proxy(port: u16, refusal: Option<&'static str>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let head = read_head(&mut client).await;
            assert!(head.starts_with("CONNECT "), "{head}");
            let Some(refusal) = refusal else {
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                tokio::spawn(join(client, server));
                continue;
            };
            client.write_all(refusal.as_bytes()).await.unwrap();
        }
    });
    own
}

async fn get(settings: Settings, url: String) -> Result<Vec<u8>, TransportError> {
    let transport = Transport::new(settings, &sfjwt_transport::Environment::empty())?;
    let response = transport.send(Request::get(url.parse().unwrap())).await?;
    Ok(response.body.to_vec())
}

async fn problem(settings: Settings, port: u16) -> TlsProblem {
    match get(settings, format!("https://localhost:{port}/")).await {
        Err(TransportError::Tls { host, problem }) => {
            assert_eq!(host, format!("localhost:{port}"));
            problem
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_of_the_bundled_authority_is_trusted() {
    let authority = Authority::new();
    let port = authority.serve(&params("localhost"), false).await;
    let body = get(authority.trusted(), format!("https://localhost:{port}/")).await;
    assert_eq!(body.unwrap(), b"secure");
}

#[tokio::test]
async fn a_bundle_is_the_only_trust() {
    let (authority, other) = (Authority::new(), Authority::new());
    let port = authority.serve(&params("localhost"), false).await;
    assert_eq!(
        problem(other.trusted(), port).await,
        TlsProblem::UnknownIssuer
    );
}

#[tokio::test]
async fn an_expired_certificate_is_called_expired() {
    let authority = Authority::new();
    let mut params = params("localhost");
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let port = authority.serve(&params, false).await;
    assert_eq!(
        problem(authority.trusted(), port).await,
        TlsProblem::Expired
    );
}

#[tokio::test]
async fn a_certificate_from_the_future_is_called_not_yet_valid() {
    let authority = Authority::new();
    let mut params = params("localhost");
    params.not_before = rcgen::date_time_ymd(2999, 1, 1);
    let port = authority.serve(&params, false).await;
    assert_eq!(
        problem(authority.trusted(), port).await,
        TlsProblem::NotYetValid
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let port = authority.serve(&params("other.example"), false).await;
    assert_eq!(
        problem(authority.trusted(), port).await,
        TlsProblem::WrongName
    );
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate_gets_it() {
    let authority = Authority::new();
    let port = authority.serve(&params("localhost"), true).await;
    let (certificate, key) = authority.issue(&params("client"));
    let identity = format!("{}{}", certificate.pem(), key.serialize_pem());
    let settings = Settings {
        client_cert: Some(authority.file("client.pem", &identity)),
        ..authority.trusted()
    };
    let body = get(settings, format!("https://localhost:{port}/")).await;
    assert_eq!(body.unwrap(), b"secure");
}

#[tokio::test]
async fn without_a_client_certificate_the_error_says_that_one_is_wanted() {
    let authority = Authority::new();
    let port = authority.serve(&params("localhost"), true).await;
    assert_eq!(
        problem(authority.trusted(), port).await,
        TlsProblem::ClientCertificate
    );
}

#[tokio::test]
async fn https_goes_through_the_proxy() {
    let authority = Authority::new();
    let port = authority.serve(&params("salesforce.test"), false).await;
    let proxy = proxy(port, None).await;
    let settings = Settings {
        proxy: Some(format!("http://127.0.0.1:{proxy}").parse().unwrap()),
        ..authority.trusted()
    };
    let body = get(settings, "https://salesforce.test/".to_owned()).await;
    assert_eq!(body.unwrap(), b"secure");
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let authority = Authority::new();
    let port = authority.serve(&params("localhost"), false).await;
    let settings = Settings {
        proxy: Some(
            format!("http://127.0.0.1:{}", crate::support::closed_port().await)
                .parse()
                .unwrap(),
        ),
        ..authority.trusted()
    };
    let body = get(settings, format!("https://localhost:{port}/")).await;
    assert_eq!(body.unwrap(), b"secure");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_as_the_cause_without_its_password() {
    let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
    let proxy = proxy(0, Some(refusal)).await;
    let authority = Authority::new();
    let settings = Settings {
        proxy: Some(
            format!("http://me:hunter2@127.0.0.1:{proxy}")
                .parse()
                .unwrap(),
        ),
        ..authority.trusted()
    };
    let error = get(settings, "https://salesforce.test/".to_owned())
        .await
        .unwrap_err();
    assert!(matches!(error, TransportError::Proxy { .. }), "{error}");
    assert!(
        !format!("{error} {error:?}").contains("hunter2"),
        "{error:?}"
    );
}

#[tokio::test]
async fn plain_http_needs_no_certificates_at_all() {
    let server = crate::support::Server::script(vec![Reply::ok("plain")]).await;
    let settings = Settings {
        ca_bundle: Some("/nowhere/ca.pem".into()),
        ..Settings::default()
    };
    let body = get(settings, format!("http://localhost:{}/", server.port)).await;
    assert_eq!(body.unwrap(), b"plain");
}
