//! What bad input gets: an exit status, a cause, a next step, and the same as JSON.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test may stop"
)]

use serde_json::Value;
use sfjwt_tests::World;

/// Command line, stdin, exit status, class, and a part of the message.
type Mistake = (&'static str, &'static str, i32, &'static str, &'static str);

const MISTAKES: [Mistake; 17] = [
    (
        "token --key file:relative?what=ever",
        "",
        78,
        "config",
        "key URI",
    ),
    (
        "token --key http://key.example",
        "",
        78,
        "config",
        "unknown scheme",
    ),
    ("token --key pkcs11:object=sf", "", 78, "config", "key URI"),
    ("token --key awskms:///", "", 78, "config", "key URI"),
    ("token --key nowhere.pem", "", 78, "config", "nowhere.pem"),
    ("token --key app.crt", "", 78, "config", "app.crt"),
    (
        "token --profile nowhere",
        "",
        78,
        "config",
        "no profile `nowhere`",
    ),
    (
        "token --config broken.toml",
        "",
        78,
        "config",
        "broken.toml, line 2",
    ),
    (
        "token --login-url https://login.example.org",
        "",
        76,
        "security",
        "login.example.org",
    ),
    (
        "token --login-url http://login.salesforce.com",
        "",
        78,
        "config",
        "https",
    ),
    ("token --assertion -", "no.jwt", 78, "config", "assertion"),
    (
        "token --assertion -",
        "e30.e30.c2ln",
        77,
        "operator",
        "Salesforce refused the login",
    ),
    ("assertion --decode", "{}", 78, "config", "not a JWT"),
    ("query SELECT", "", 1, "refused", "MALFORMED_QUERY"),
    ("query --batch-size 1 SELECT", "", 2, "usage", "batch-size"),
    ("whoami --nonsense", "", 2, "usage", "--nonsense"),
    ("key check --cert key.pem", "", 78, "config", "key.pem"),
];

fn world() -> World {
    let world = World::new();
    world.write("broken.toml", "[profiles.test]\nclient_id = \n");
    world
}

#[test]
fn every_mistake_has_its_status_its_cause_and_a_next_step() {
    let world = world();
    for (line, input, status, _, cause) in MISTAKES {
        let outcome = world.sfjwt_reads(line.split(' '), input);
        assert_eq!(outcome.stdout, "", "{line}");
        let outcome = outcome.fails(status, cause);
        assert!(outcome.stderr.contains("\nnext:  "), "{line}: {outcome:?}");
    }
}

#[test]
fn every_mistake_as_json_is_one_object_on_stderr_that_says_the_same() {
    let world = world();
    for (line, input, status, class, cause) in MISTAKES {
        let arguments = ["--output", "json"].into_iter().chain(line.split(' '));
        let outcome = world.sfjwt_reads(arguments, input);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (Some(status), ""),
            "{line}"
        );
        assert_eq!(outcome.stderr.lines().count(), 1, "{line}: {outcome:?}");
        let error: Value = serde_json::from_str(&outcome.stderr).unwrap();
        assert_eq!(
            (&error["exit_code"], &error["class"]),
            (&status.into(), &class.into()),
            "{line}"
        );
        assert!(
            error["message"].as_str().unwrap().contains(cause),
            "{line}: {error}"
        );
        assert!(
            !error["hint"].as_str().unwrap().is_empty(),
            "{line}: {error}"
        );
    }
}

#[test]
fn a_mistake_costs_no_login() {
    let world = world();
    for (line, input, status, ..) in MISTAKES {
        if status == 78 || status == 2 {
            world.sfjwt_reads(line.split(' '), input);
        }
    }
    assert_eq!(world.token_requests(), []);
}

#[test]
fn a_host_that_is_configured_is_asked() {
    let world = world();
    let url = "https://login.example.invalid";
    let arguments = [
        "token",
        "--login-url",
        url,
        "--max-attempts",
        "1",
        "--ca-bundle",
        "app.crt",
    ];
    world.sfjwt(arguments).fails(76, "not a host of Salesforce");
    let allowed = [&arguments[..], &["--hosts", "*.example.invalid"]].concat();
    world
        .sfjwt(allowed)
        .fails(75, "no connection to login.example.invalid");
}

#[test]
fn a_query_longer_than_salesforce_takes_is_not_sent() {
    let world = world();
    let long = format!(
        "SELECT Id FROM Account WHERE Name = '{}'",
        "x".repeat(20_000)
    );
    world
        .sfjwt(["query", &long])
        .fails(1, "takes at most 16384");
    assert_eq!(world.data_requests(), []);
}
