//! Secrets in the wrong place: what a person gets wrong, an error must not repeat.

use sfjwt_tests::{Outcome, World, run_with};

use super::cage::{Cage, PASSPHRASE, body};

/// Asserts that it was refused, and that no line of the key is in what was said.
#[track_caller]
fn refused_without(key: &[String], outcome: &Outcome) {
    assert_ne!(outcome.status, Some(0), "{outcome:?}");
    assert!(!outcome.stderr.is_empty());
    let shown = |line: &&String| outcome.stderr.contains(&line[..16]);
    assert_eq!(key.iter().find(shown), None, "{outcome:?}");
}

#[test]
fn a_key_in_place_of_its_path_is_not_repeated() {
    let world = World::new();
    let pem = world.read("key.pem");
    let key = body(&pem);
    refused_without(&key, &world.sfjwt(["key", "show", "--key", &pem]));
    refused_without(
        &key,
        &world.sfjwt(["key", "show", "--key", &format!("file:{pem}")]),
    );
    refused_without(
        &key,
        &world.sfjwt(["key", "show", "--key", &format!("env:{pem}")]),
    );
    for value in [pem.clone(), format!("file:{pem}"), format!("env:{pem}")] {
        let mut command = world.command(["key", "show"]);
        refused_without(&key, &run_with(command.env("SFJWT_KEY", value), ""));
    }
}

#[test]
fn a_key_in_the_configuration_file_is_not_repeated() {
    let world = World::new();
    let pem = world.read("key.pem");
    for value in [
        format!("\"\"\"{pem}\"\"\""),
        format!("\"\"\"{pem}"),
        pem.clone(),
    ] {
        world.write("broken.toml", &format!("[profiles.test]\nkey = {value}\n"));
        let mut command = world.bare_command(["key", "show", "--config", "broken.toml"]);
        refused_without(&body(&pem), &run_with(&mut command, ""));
    }
}

#[test]
fn a_key_that_is_broken_is_not_repeated() {
    let world = World::new();
    let pem = world.read("key.pem");
    let key = body(&pem);
    let broken = [
        pem.replace(&key[3], &key[3][..60]),
        pem.replace(&key[3], &format!("{}!!!!", &key[3][..60])),
        pem.replace("BEGIN PRIVATE", "BEGIN RSA PRIVATE"),
        pem.replace("-----END PRIVATE KEY-----", ""),
        format!(
            "{}{}",
            "\u{feff}",
            pem.replace("-----BEGIN PRIVATE KEY-----", "")
        ),
    ];
    for text in broken {
        world.write("broken.pem", &text);
        let arguments = ["key", "check", "--key", "broken.pem", "-vvv"];
        refused_without(&key, &world.sfjwt(arguments));
        let mut command = world.command(["key", "check", "--key", "env:BROKEN", "-vvv"]);
        refused_without(&key, &run_with(command.env("BROKEN", &text), ""));
    }
}

#[test]
fn a_wrong_passphrase_is_not_repeated() {
    let cage = Cage::new();
    let wrong = "another-canary-passphrase";
    let outcome = run_with(cage.command(&["whoami"]).env("CANARY", wrong), "");
    assert_ne!(outcome.status, Some(0));
    assert!(!outcome.stderr.contains(wrong), "{outcome:?}");
}

#[test]
fn a_passphrase_in_place_of_its_source_is_not_repeated() {
    let cage = Cage::new();
    let key = format!("file:canary.pem?passphrase-source={PASSPHRASE}");
    let outcome = cage.run(&["whoami", "--key", &key]);
    assert_ne!(outcome.status, Some(0));
    cage.holds("a passphrase as its source", &outcome.stderr);
}

#[test]
fn a_token_or_an_assertion_as_an_argument_is_not_repeated() {
    let cage = Cage::new();
    let (token, assertion) = (cage.newest_token(), cage.assertions().pop().unwrap());
    for arguments in [
        ["revoke", "--token", token],
        ["token", "--assertion", &assertion],
        ["assertion", "--decode", &assertion],
        ["query", "--client-id", &assertion],
        ["query", "--nonsense", token],
    ] {
        let outcome = cage.run(&arguments);
        assert_ne!(outcome.status, Some(0), "{arguments:?}");
        cage.holds(
            &format!("{} {}", arguments[0], arguments[1]),
            &outcome.stderr,
        );
    }
}

#[test]
fn the_password_of_a_proxy_is_not_repeated() {
    let world = World::new();
    for proxy in [
        "http://me:canary@127.0.0.1:1",
        "socks5://me:canary@127.0.0.1:1",
        "me:canary@",
    ] {
        let arguments = [
            "token",
            "-vvv",
            "--login-url",
            "https://login.salesforce.com",
            "--proxy",
        ];
        let mut command = world.command(arguments);
        command.args([proxy, "--max-attempts", "1", "--ca-bundle", "app.crt"]);
        let outcome = run_with(&mut command, "");
        assert_ne!(outcome.status, Some(0));
        assert!(!outcome.stderr.contains("canary"), "{outcome:?}");
    }
}
