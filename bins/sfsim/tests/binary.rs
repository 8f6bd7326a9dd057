//! The binary as a person or a script starts it.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

mod support;

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use support::{APP, GRANT, USER, client, encoded, party, sign};

fn sfsim(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sfsim"));
    command
        .arg("serve")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn failed(arguments: &[&str]) -> (bool, String) {
    let Output { status, stderr, .. } = sfsim(arguments).output().unwrap();
    (status.success(), String::from_utf8(stderr).unwrap())
}

/// A started binary and its first line.
fn started(arguments: &[&str]) -> (Child, Value) {
    let mut child = sfsim(arguments).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

/// Sends SIGTERM and tells whether the exit status was 0.
fn terminated(mut child: Child) -> bool {
    let kill = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    kill.success() && child.wait().unwrap().success()
}

#[tokio::test]
async fn one_line_of_urls_comes_first_and_sigterm_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("app.crt");
    fs::write(&certificate, &party().certificate_pem).unwrap();
    let certificate = certificate.to_str().unwrap();
    let (child, line) = started(&[
        "--client-id",
        APP,
        "--cert",
        certificate,
        "--username",
        USER,
        "--accounts",
        "3",
        "--fault",
        "slow_ms=1",
    ]);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let claims = serde_json::json!({
        "iss": APP, "sub": USER, "aud": line["url"], "exp": now.as_secs() + 60,
    });
    let form = encoded(&[("grant_type", GRANT), ("assertion", &sign(&claims))]);
    let url = format!("{}/services/oauth2/token", line["url"].as_str().unwrap());
    let request = client()
        .post(url)
        .header(support::FORM.0, support::FORM.1)
        .body(form);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["instance_url"], line["instance_url"]);
    let journal = client().get(format!("{}/journal", line["admin_url"].as_str().unwrap()));
    let journal: Value = journal.send().await.unwrap().json().await.unwrap();
    assert_eq!(journal[0]["faults"], serde_json::json!(["slow_ms"]));
    assert!(terminated(child));
}

#[test]
fn https_writes_the_authority_and_announces_localhost() {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("ca.pem");
    let (child, line) = started(&["--tls-ca-out", authority.to_str().unwrap()]);
    assert!(
        line["url"]
            .as_str()
            .unwrap()
            .starts_with("https://localhost:")
    );
    assert!(
        fs::read_to_string(authority)
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    assert!(terminated(child));
}

#[test]
fn anything_but_loopback_is_refused() {
    for host in ["0.0.0.0", "192.168.1.1", "example.com"] {
        let (success, stderr) = failed(&["--host", host]);
        assert!(
            !success && stderr.contains("listens on 127.0.0.1 only"),
            "{stderr}"
        );
    }
}

#[test]
fn an_unknown_fault_is_named() {
    let (success, stderr) = failed(&["--fault", "rain=1"]);
    assert!(
        !success && stderr.contains("there is no fault named 'rain'"),
        "{stderr}"
    );
}

#[test]
fn a_file_that_is_no_certificate_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.crt");
    fs::write(&path, "not a certificate").unwrap();
    let path = path.to_str().unwrap();
    let (success, stderr) = failed(&["--client-id", APP, "--cert", path]);
    assert!(!success && stderr.contains(path), "{stderr}");
}
