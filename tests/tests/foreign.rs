//! A client that is not ours, and knows nothing of ours, works with the same org: it is not just our
//! own echo.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test may stop"
)]

use std::process::Command;

use serde_json::Value;
use sfjwt_tests::{ACCOUNTS, CLIENT_ID, Outcome, USERNAME, World, target_folder};

/// What simple-salesforce found out.
fn simple_salesforce(world: &World) -> Value {
    let python = target_folder().join("python/bin/python");
    assert!(
        python.exists(),
        "{} is missing: run tests/needs",
        python.display()
    );
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/foreign/simple_salesforce.py");
    let run = Command::new(python)
        .args(["-I", script, world.url(), CLIENT_ID, USERNAME])
        .arg(world.path("key.pem"))
        .output()
        .unwrap();
    serde_json::from_str(&Outcome::from(run).succeeds()).unwrap()
}

#[test]
fn simple_salesforce_logs_in_and_reads_every_page() {
    let world = World::new();
    let found = simple_salesforce(&world);
    assert_eq!(found["accounts"], ACCOUNTS);
    assert_eq!(world.token_requests().len(), 1);
    let pages = world.data_requests();
    assert_eq!(pages.len(), 3);
    let issued = &world.token_requests()[0].issued;
    assert!(
        pages.iter().all(|page| page.bearer == *issued),
        "{pages:#?}"
    );
}

#[test]
fn simple_salesforce_and_the_product_share_one_session() {
    let world = World::new();
    let found = simple_salesforce(&world);
    let ours = world.sfjwt(["token"]).succeeds();
    assert_eq!(found["token"], ours.trim_end());
    let revoke = ["revoke", "--token", "-"];
    world
        .sfjwt_reads(revoke, found["token"].as_str().unwrap())
        .succeeds();
    assert_eq!(world.org().sessions(), []);
}
