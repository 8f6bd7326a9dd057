//! The types that hold secrets, printed as a careless caller would.

use std::fmt::Debug;

use secrecy::SecretString;
use sfjwt_claims::SignedAssertion;
use sfjwt_client::{Login, QueryOptions};
use sfjwt_signer::{KeyUri, SecretContext};
use sfjwt_signer_pem::{OpenOptions, PemSigner};
use sfjwt_tests::{World, client, guard, login};

use super::cage::body;

/// Both forms of Debug.
fn printed(value: &dyn Debug) -> String {
    format!("{value:?}{value:#?}")
}

#[test]
fn a_token_is_not_printed() {
    let world = World::new();
    let token = world.block_on(login(&world).login()).unwrap();
    let secret = token.expose_access_token().to_owned();
    assert!(secret.len() > 50);
    let shown = printed(&token);
    assert!(
        shown.contains("Token") && !shown.contains(&secret),
        "{shown}"
    );
    let serialized = serde_json::to_string(&token).unwrap();
    assert!(!serialized.contains(&secret), "{serialized}");
}

#[test]
fn an_assertion_is_not_printed() {
    let world = World::new();
    let assertion = world.block_on(login(&world).assertion()).unwrap();
    let secret = assertion.expose_assertion().to_owned();
    let shown = printed(&assertion);
    for part in secret.split('.') {
        assert!(!shown.contains(part), "{shown}");
    }
    let parsed = SignedAssertion::parse(SecretString::from(secret.clone())).unwrap();
    assert_eq!(printed(&parsed), shown);
    let wrong = SignedAssertion::parse(SecretString::from(format!("{secret}.x"))).unwrap_err();
    assert!(
        !format!("{wrong}{wrong:?}").contains(&secret[..40]),
        "{wrong:?}"
    );
}

#[test]
fn a_client_and_its_session_do_not_print_the_token() {
    let world = World::new();
    let client = client(&world);
    let count = "SELECT COUNT() FROM Account";
    let rows = world
        .block_on(client.query(count, QueryOptions::default()))
        .unwrap();
    let token = world.block_on(client.session().token()).unwrap();
    let secret = token.expose_access_token();
    for shown in [
        printed(&client),
        printed(client.session()),
        printed(&rows),
        printed(&token),
    ] {
        assert!(!shown.is_empty() && !shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_key_does_not_print_itself() {
    let world = World::new();
    let pem = world.read("key.pem");
    let uri: KeyUri = world.path("key.pem").to_str().unwrap().parse().unwrap();
    let context = SecretContext::new(&|_| None);
    let signer = PemSigner::open(&uri, OpenOptions::default(), &context).unwrap();
    let shown = printed(&signer) + &printed(&guard(&world)) + &printed(&login(&world));
    assert!(shown.contains("PemSigner"), "{shown}");
    for line in body(&pem) {
        assert!(!shown.contains(&line), "{shown}");
    }
    // As numbers: the first bytes of the private key, wherever a derived Debug would put them.
    let der = std::process::Command::new("openssl")
        .args(["rsa", "-outform", "DER", "-in"])
        .arg(world.path("key.pem"))
        .output()
        .unwrap()
        .stdout;
    assert!(der.len() > 1000);
    for piece in der.chunks_exact(16).skip(20) {
        let list = format!("{piece:?}");
        assert!(!shown.contains(list.trim_matches(['[', ']'])), "{shown}");
    }
}
