//! Assertions that are made, looked at, carried about, and signed by another program.

use std::process::Command;

use serde_json::Value;
use sfjwt_tests::{CLIENT_ID, Outcome, USERNAME, World};

#[test]
fn an_assertion_made_here_can_be_exchanged_there() {
    let world = World::new();
    let assertion = world.sfjwt(["assertion"]).succeeds();
    assert_eq!(world.org().journal(), [], "an assertion needs no server");
    let token = world
        .sfjwt_reads(["token", "--assertion", "-"], &assertion)
        .succeeds();
    assert!(token.starts_with("00D"), "{token}");
    assert_eq!(world.token_requests().len(), 1);
}

#[test]
fn an_exchange_needs_no_key() {
    let world = World::new();
    let assertion = world.sfjwt(["assertion"]).succeeds();
    let arguments = [
        "token",
        "--assertion",
        "-",
        "--key",
        "file:/nowhere/key.pem",
    ];
    world.sfjwt_reads(arguments, &assertion).succeeds();
}

#[test]
fn decode_shows_header_and_claims() {
    let world = World::new();
    let assertion = world.sfjwt(["assertion"]).succeeds();
    let shown = world
        .sfjwt_reads(["assertion", "--decode"], &assertion)
        .succeeds();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["header"]["alg"], "RS256");
    assert_eq!(shown["claims"]["iss"], CLIENT_ID);
    assert_eq!(shown["claims"]["sub"], USERNAME);
    assert_eq!(shown["claims"]["aud"], world.url());
    let expiry = shown["claims"]["exp"].as_i64().unwrap();
    assert!((1..=180).contains(&(expiry - world.org().now())), "{shown}");
}

#[test]
fn a_signature_made_by_openssl_completes_an_assertion() {
    let world = World::new();
    let assertion = completed_by_openssl(&world);
    world
        .sfjwt_reads(["token", "--assertion", "-"], &assertion)
        .succeeds();
    assert_eq!(world.token_requests()[0].status, Some(200));
}

#[test]
fn openssl_verifies_what_the_product_signed() {
    let world = World::new();
    let assertion = world.sfjwt(["assertion"]).succeeds();
    let (input, signature) = assertion.trim_end().rsplit_once('.').unwrap();
    world.write("input.txt", input);
    // Decoders want the padding that a JWT leaves out.
    world.write("signature.txt", &format!("{signature}=="));
    let said = shell(
        &world,
        "openssl x509 -in app.crt -noout -pubkey > public.pem &&
         basenc --base64url -d signature.txt > signature.bin &&
         openssl dgst -sha256 -verify public.pem -signature signature.bin input.txt",
    );
    assert_eq!(said, "Verified OK\n");
}

#[test]
fn a_signature_by_another_key_is_not_printed() {
    let world = World::new();
    world
        .sfjwt(["key", "create", "--key", "other.pem"])
        .succeeds();
    write_unsigned(&world);
    let signature = sign(&world, "other.pem");
    complete(&world, &signature).fails(76, "does not verify");
}

fn completed_by_openssl(world: &World) -> String {
    write_unsigned(world);
    let signature = sign(world, "key.pem");
    complete(world, &signature).succeeds()
}

fn write_unsigned(world: &World) {
    let input = world.sfjwt(["assertion", "--unsigned"]).succeeds();
    world.write("input.txt", &input);
}

/// The recipe of `sfjwt assertion --help`.
fn sign(world: &World, key: &str) -> String {
    let recipe = "openssl dgst -sha256 -sign KEY -binary input.txt | basenc --base64url -w0";
    shell(world, &recipe.replace("KEY", key))
}

fn shell(world: &World, script: &str) -> String {
    let mut command = Command::new("sh");
    let command = command.args(["-c", script]).current_dir(world.path(""));
    Outcome::from(command.output().unwrap()).succeeds()
}

fn complete(world: &World, signature: &str) -> Outcome {
    let arguments = [
        "assertion",
        "--signature",
        "-",
        "--unsigned-input",
        "input.txt",
        "--cert",
        "app.crt",
    ];
    world.sfjwt_reads(arguments, signature)
}
