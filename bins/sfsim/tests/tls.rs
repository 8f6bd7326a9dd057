//! https on loopback.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

mod support;

use rcgen::{CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::{Certificate, Client, ClientBuilder, Identity};
use sfsim::{Server, Tls};
use support::{install_provider, setup};

async fn server(tls: Tls) -> Server {
    install_provider();
    Server::start(setup().tls(tls)).await.unwrap()
}

fn trusting(server: &Server) -> ClientBuilder {
    let authority = Certificate::from_pem(server.authority_pem().unwrap().as_bytes()).unwrap();
    Client::builder().no_proxy().tls_certs_only([authority])
}

async fn status(server: &Server, client: Client) -> reqwest::Result<u16> {
    let answer = client
        .get(format!("{}/services/data", server.url()))
        .send()
        .await?;
    Ok(answer.status().as_u16())
}

#[tokio::test]
async fn whoever_trusts_the_authority_is_served() {
    let server = server(Tls::on()).await;
    assert!(server.url().starts_with("https://localhost:"));
    assert_eq!(
        status(&server, trusting(&server).build().unwrap())
            .await
            .unwrap(),
        200
    );
}

#[tokio::test]
async fn the_authority_is_new_at_every_start() {
    let (first, second) = (server(Tls::on()).await, server(Tls::on()).await);
    assert!(
        status(&second, trusting(&first).build().unwrap())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn an_expired_certificate_is_not_trusted() {
    let server = server(Tls::expired()).await;
    assert!(
        status(&server, trusting(&server).build().unwrap())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_client_certificate_is_required_when_authorities_are_given() {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(Vec::new())
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let identity = format!("{}{}", certificate.pem(), key.serialize_pem());

    let server = server(Tls::with_client_ca(authority_pem)).await;
    assert!(
        status(&server, trusting(&server).build().unwrap())
            .await
            .is_err()
    );
    let known = trusting(&server).identity(Identity::from_pem(identity.as_bytes()).unwrap());
    assert_eq!(status(&server, known.build().unwrap()).await.unwrap(), 200);
}
