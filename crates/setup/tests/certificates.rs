//! Certificates and requests, made by our key and judged by the `openssl` command.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sfjwt_setup::{CertificateInfo, Serial, SetupError, Subject, Validity, request, self_signed};
use sfjwt_signer::{
    CertificateBody, CsrBody, GuardedSigner, KeyUri, Policy, SecretContext, SignError, Signer,
};
use sfjwt_signer_pem::{OpenOptions, PemSigner};

const DAY: Duration = Duration::from_secs(86_400);

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_000_000)
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the `openssl` command is needed: apt-get install openssl");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

fn key() -> String {
    let size = "rsa_keygen_bits:2048";
    String::from_utf8(openssl(
        &["genpkey", "-algorithm", "RSA", "-pkeyopt", size],
        b"",
    ))
    .unwrap()
}

fn open(key: &str) -> PemSigner {
    let key = key.to_owned();
    let environment = move |_: &str| Some(key.clone());
    let uri: KeyUri = "env:KEY".parse().unwrap();
    PemSigner::open(
        &uri,
        OpenOptions::default(),
        &SecretContext::new(&environment),
    )
    .unwrap()
}

fn guard(key: &str) -> GuardedSigner {
    GuardedSigner::builder(Box::new(open(key)), Policy::certificates())
        .open()
        .unwrap()
}

async fn certificate(key: &str, subject: &str, days: u32) -> String {
    let validity = Validity::days(now(), days).unwrap();
    let serial = Serial::from_random([0xff; 16]);
    self_signed(&guard(key), &subject.parse().unwrap(), validity, serial)
        .await
        .unwrap()
}

fn body_of(certificate: &str) -> Vec<u8> {
    let der = openssl(&["x509", "-outform", "DER"], certificate.as_bytes());
    // The body is the first element of the outer SEQUENCE: 4 bytes of header, then its own.
    let length = usize::from(u16::from_be_bytes([der[6], der[7]])) + 4;
    der[4..4 + length].to_vec()
}

#[tokio::test]
async fn openssl_verifies_a_certificate_and_sees_what_was_asked_for() {
    let certificate = certificate(&key(), "CN=sf-prod,O=Example Ltd,C=DE", 365).await;
    let text = openssl(
        &["x509", "-noout", "-text", "-nameopt", "RFC2253"],
        certificate.as_bytes(),
    );
    let text = String::from_utf8(text).unwrap();
    for wanted in [
        "Version: 3 (0x2)",
        "Signature Algorithm: sha256WithRSAEncryption",
        "Not Before: Nov 18 11:06:40 2026 GMT",
        "Not After : Nov 18 11:06:40 2027 GMT",
        "Subject: CN=sf-prod,O=Example Ltd,C=DE",
        "CA:FALSE",
        "Digital Signature",
        "X509v3 Subject Key Identifier",
        "7f:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sf.crt");
    std::fs::write(&file, &certificate).unwrap();
    let file = file.to_str().unwrap();
    let at = now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
        .to_string();
    openssl(
        &[
            "verify",
            "-check_ss_sig",
            "-attime",
            &at,
            "-CAfile",
            file,
            file,
        ],
        b"",
    );
}

#[tokio::test]
async fn openssl_verifies_a_request() {
    let key = key();
    let request = request(&guard(&key), &"CN=sf-prod".parse().unwrap())
        .await
        .unwrap();
    openssl(&["req", "-noout", "-verify"], request.as_bytes());
    let public = openssl(&["req", "-noout", "-pubkey"], request.as_bytes());
    assert_eq!(public, openssl(&["pkey", "-pubout"], key.as_bytes()));
}

#[tokio::test]
async fn a_certificate_reads_back_as_it_was_made() {
    let key = key();
    let certificate = certificate(&key, "CN=sf-prod", 365).await;
    let info = CertificateInfo::read(certificate.as_bytes(), now() + DAY).unwrap();
    assert_eq!((info.version, info.subject.as_str()), (3, "CN=sf-prod"));
    assert_eq!(info.issuer, info.subject);
    assert_eq!(info.not_after, "2027-11-18T11:06:40Z");
    assert_eq!(info.public_key, open(&key).key().public_key);
    assert_eq!(info.findings, []);
    let fingerprint = openssl(
        &["x509", "-noout", "-fingerprint", "-sha256"],
        certificate.as_bytes(),
    );
    let fingerprint = String::from_utf8(fingerprint)
        .unwrap()
        .to_lowercase()
        .replace(':', "");
    assert!(
        fingerprint.trim().ends_with(&info.sha256),
        "{fingerprint} {}",
        info.sha256
    );
}

#[tokio::test]
async fn what_an_administrator_should_know_is_a_finding() {
    let findings = |certificate: String, at| {
        let info = CertificateInfo::read(certificate.as_bytes(), at).unwrap();
        info.findings
            .iter()
            .map(|finding| finding.id)
            .collect::<Vec<_>>()
    };
    let key = key();
    let year = certificate(&key, "CN=x", 365).await;
    assert_eq!(
        findings(year.clone(), now() - DAY),
        ["certificate-not-yet-valid"]
    );
    assert_eq!(
        findings(year.clone(), now() + 340 * DAY),
        ["certificate-expires-soon"]
    );
    assert_eq!(findings(year, now() + 366 * DAY), ["certificate-expired"]);
    let long = certificate(&key, "CN=x", 731).await;
    assert_eq!(findings(long, now() + DAY), ["certificate-long-life"]);
}

#[test]
fn a_version_1_certificate_and_der_are_read_too() {
    let key = key();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    std::fs::write(&file, &key).unwrap();
    let request = openssl(
        &[
            "req",
            "-new",
            "-subj",
            "/CN=x",
            "-key",
            file.to_str().unwrap(),
        ],
        b"",
    );
    let sign = [
        "x509",
        "-req",
        "-signkey",
        file.to_str().unwrap(),
        "-outform",
        "DER",
    ];
    let certificate = openssl(&sign, &request);
    let info = CertificateInfo::read(&certificate, SystemTime::now()).unwrap();
    assert_eq!(info.version, 1);
    assert!(
        info.findings
            .iter()
            .any(|finding| finding.id == "certificate-old-version")
    );
}

#[test]
fn what_is_not_a_certificate_is_refused() {
    let read = |bytes: &[u8]| CertificateInfo::read(bytes, now()).unwrap_err().to_string();
    assert!(read(b"").contains("neither PEM nor DER"));
    assert!(
        read(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").contains("neither")
    );
    assert!(read(key().as_bytes()).contains("it holds a private key"));
}

#[test]
fn a_subject_that_is_no_distinguished_name_is_refused() {
    for text in ["", "/CN=x", "sf-prod", "NOSUCH=x"] {
        let error = text.parse::<Subject>().unwrap_err();
        assert!(matches!(error, SetupError::Subject(_)), "{text}");
    }
}

#[test]
fn a_validity_of_nothing_or_of_decades_is_refused() {
    assert!(matches!(Validity::days(now(), 0), Err(SetupError::Days(0))));
    assert!(matches!(
        Validity::days(now(), 3651),
        Err(SetupError::Days(3651))
    ));
}

#[tokio::test]
async fn the_body_of_another_keys_certificate_is_not_signed() {
    let foreign = certificate(&key(), "CN=x", 365).await;
    let body = CertificateBody::parse(&body_of(&foreign)).unwrap();
    let error = guard(&key()).sign_certificate(body).await.unwrap_err();
    assert!(matches!(error, SignError::Body(_)), "{error}");
}

#[tokio::test]
async fn a_guard_for_logins_signs_neither_certificates_nor_requests() {
    let key = key();
    let policy = Policy::login("key", "u@x", "https://login.salesforce.com");
    let guard = GuardedSigner::builder(Box::new(open(&key)), policy)
        .open()
        .unwrap();
    let body = CertificateBody::parse(&body_of(&certificate(&key, "CN=x", 365).await)).unwrap();
    let refused = guard.sign_certificate(body).await.unwrap_err();
    assert!(matches!(refused, SignError::Refused(_)), "{refused}");
    let error = request(&guard, &"CN=x".parse().unwrap()).await.unwrap_err();
    assert!(
        matches!(error, SetupError::Sign(SignError::Refused(_))),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_with_anything_behind_it_or_of_another_algorithm_is_refused() {
    let body = body_of(&certificate(&key(), "CN=x", 365).await);
    let longer = [&body[..], b"\0"].concat();
    assert!(CertificateBody::parse(&longer).is_err());
    assert!(CsrBody::parse(&body).is_err());
    // sha256WithRSAEncryption ends in 11, sha384WithRSAEncryption in 12.
    let algorithm = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
    let at = body
        .windows(9)
        .position(|window| window == algorithm)
        .unwrap();
    let mut other = body.clone();
    other[at + 8] = 0x0c;
    let error = CertificateBody::parse(&other).unwrap_err().to_string();
    assert!(error.contains("sha256WithRSAEncryption"), "{error}");
}
