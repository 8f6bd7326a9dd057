//! https, client certificates and proxies.

use sfjwt_tests::{Outcome, Wiretap, World};
use sfsim::{Role, Tls};

#[test]
fn https_with_a_private_authority() {
    let world = World::with(|setup| setup.tls(Tls::on()));
    assert!(world.url().starts_with("https://"));
    world.sfjwt(["whoami"]).succeeds();
    assert_eq!(world.token_requests().len(), 1);
}

#[test]
fn a_server_that_asks_for_a_client_certificate_gets_it() {
    let client = ClientCertificate::new();
    let authority = client.authority.clone();
    let world = World::with(|setup| setup.tls(Tls::with_client_ca(authority)));
    world.write("client.pem", &client.certificate_and_key);
    world
        .sfjwt(["whoami", "--client-cert", "client.pem"])
        .succeeds();
    let without = world.sfjwt(["whoami", "--max-attempts", "1"]);
    without.fails(78, "client certificate");
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_sees_nothing_of_the_login() {
    let world = World::new();
    let proxy = Wiretap::answering("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    let with_password = proxy.url().replace("http://", "http://me:hunter2@");
    let outcome = world
        .command([
            "token",
            "--login-url",
            "https://login.salesforce.com",
            "--max-attempts",
            "1",
        ])
        .env("HTTPS_PROXY", with_password)
        .env("SFJWT_CA_BUNDLE", world.path("app.crt"))
        .output()
        .unwrap();
    let outcome = Outcome::from(outcome).fails(78, "proxy");
    assert!(!outcome.stderr.contains("hunter2"), "{outcome:?}");
    let heard = proxy.heard();
    assert!(
        heard.starts_with("CONNECT login.salesforce.com:443 HTTP/1.1\r\n"),
        "{heard}"
    );
    assert!(
        heard
            .to_ascii_lowercase()
            .contains("proxy-authorization: basic "),
        "{heard}"
    );
    assert!(!heard.contains("assertion"), "{heard}");
}

#[test]
fn this_machine_is_never_reached_through_a_proxy() {
    let world = World::with(|setup| setup.tls(Tls::on()));
    let proxy = Wiretap::answering("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    let run = world
        .command(["token"])
        .env("HTTPS_PROXY", proxy.url())
        .output()
        .unwrap();
    Outcome::from(run).succeeds();
    assert_eq!(proxy.heard(), "");
    assert_eq!(world.token_requests()[0].role, Role::Login);
}

/// A client certificate and the authority that issued it, in PEM.
struct ClientCertificate {
    authority: String,
    certificate_and_key: String,
}

impl ClientCertificate {
    fn new() -> Self {
        let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let mut client = rcgen::CertificateParams::new(Vec::new()).unwrap();
        client.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = client.signed_by(&key, &issuer).unwrap().pem();
        Self {
            authority: authority_pem,
            certificate_and_key: certificate + &key.serialize_pem(),
        }
    }
}
