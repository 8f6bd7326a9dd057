//! Every command, as talkative as it gets.

use super::cage::Cage;

const SOQL: &str = "SELECT Id, Name FROM Account LIMIT 3";

#[test]
fn no_command_lets_a_canary_out() {
    let mut cage = Cage::new();
    let commands: [&[&str]; 9] = [
        &["key", "show"],
        &["key", "check", "--cert", "app.crt"],
        &["key", "check", "--output", "json"],
        &[
            "cert",
            "create",
            "--subject",
            "CN=again",
            "--out",
            "again.crt",
        ],
        &["cert", "show", "app.crt"],
        &["whoami"],
        &["whoami", "--output", "json"],
        &["query", SOQL],
        &["query", SOQL, "--output", "csv"],
    ];
    for command in commands {
        let outcome = cage.run(command);
        assert_eq!(outcome.status, Some(0), "{command:?}: {outcome:?}");
        cage.holds(&format!("stdout of {command:?}"), &outcome.stdout);
        cage.holds(&format!("stderr of {command:?}"), &outcome.stderr);
    }
    let revoked = cage.run(&["revoke"]);
    cage.holds("revoke", &format!("{}{}", revoked.stdout, revoked.stderr));
    revoked.succeeds();
    cage.remember_token();
}

#[test]
fn the_log_says_something() {
    // Silence would hold every canary.
    let cage = Cage::new();
    let outcome = cage.run(&["whoami"]);
    assert!(
        outcome.stderr.contains("/services/oauth2/userinfo"),
        "{outcome:?}"
    );
}

#[test]
fn the_canaries_were_used() {
    let cage = Cage::new();
    let before = cage.assertions().len();
    cage.world.org().clear_journal();
    cage.run(&["whoami"]).succeeds();
    assert_eq!(cage.assertions().len(), before + 1);
    let journal = cage.world.org().journal();
    let issued = journal.iter().find_map(|entry| entry.issued.clone());
    let carried = journal.iter().find_map(|entry| entry.bearer.clone());
    assert!(issued.is_some() && issued == carried, "{journal:#?}");
}

#[test]
fn token_prints_the_token_and_nothing_else_of_it_leaks() {
    let cage = Cage::new();
    for arguments in [&["token"][..], &["token", "--output", "json"]] {
        let outcome = cage.run(arguments);
        assert!(outcome.stdout.contains(cage.newest_token()));
        assert_eq!(cage.escaped(&outcome.stdout), ["token"]);
        cage.holds("stderr of token", &outcome.stderr);
    }
}

#[test]
fn assertion_prints_the_assertion_and_nothing_else_of_it_leaks() {
    let cage = Cage::new();
    let outcome = cage.run(&["assertion"]);
    let assertion = outcome.stdout.trim_end();
    let exchange = ["token", "--assertion", "-"];
    let mut command = cage.command(&exchange);
    let exchanged = sfjwt_tests::run_with(&mut command, assertion);
    // The tap knows it now, so it is a canary.
    assert!(cage.assertions().iter().any(|sent| sent == assertion));
    assert_eq!(cage.escaped(&outcome.stdout), ["assertion"]);
    cage.holds("stderr of assertion", &outcome.stderr);
    assert_eq!(cage.escaped(&exchanged.stdout), ["token"]);
    cage.holds("stderr of token --assertion", &exchanged.stderr);
}

#[test]
fn the_audit_file_holds_events_and_no_canary() {
    let cage = Cage::new();
    cage.run(&["whoami"]).succeeds();
    cage.run(&["key", "check"]).succeeds();
    let audit = cage.audit();
    assert!(audit.lines().count() >= 3, "{audit}");
    cage.holds("the audit file", &audit);
}

#[test]
fn the_org_kept_no_canary_either() {
    let cage = Cage::new();
    cage.run(&["whoami"]).succeeds();
    cage.holds("the journal", &format!("{:?}", cage.world.org().journal()));
}

#[test]
fn a_canary_that_escapes_is_seen() {
    let cage = Cage::new();
    let assertion = cage.assertions().pop().unwrap();
    let signature = assertion.rsplit('.').next().unwrap();
    let key = cage.world.read("canary.pem");
    for (kind, text) in [
        ("passphrase", super::cage::PASSPHRASE),
        ("token", cage.newest_token()),
        ("assertion", signature),
        ("key", &key),
    ] {
        assert_eq!(cage.escaped(&format!("error: {text}!")), [kind]);
    }
}
