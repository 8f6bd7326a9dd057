//! Where settings come from, and which of them counts.

use std::process::Command;

use sfjwt_tests::{CLIENT_ID, Outcome, USERNAME, World};

fn write_profile(world: &World, client_id: &str) {
    let key = world.path("key.pem");
    let profile = format!(
        "[profiles.test]\nclient_id = '{client_id}'\nusername = '{USERNAME}'\n\
         key = '{}'\nlogin_url = '{}'\n",
        key.display(),
        world.url()
    );
    world.write("config/sfjwt/config.toml", &profile);
}

/// The client id in the last token request.
fn asserted(world: &World) -> Option<String> {
    world.token_requests().last()?.client_id.clone()
}

#[test]
fn flags_alone_are_enough() {
    let world = World::new();
    let mut command = world.bare_command(["token", "--client-id", CLIENT_ID]);
    command.args([
        "--username",
        USERNAME,
        "--key",
        "key.pem",
        "--login-url",
        world.url(),
    ]);
    Outcome::from(command.output().unwrap()).succeeds();
}

#[test]
fn a_profile_alone_is_enough() {
    let world = World::new();
    write_profile(&world, CLIENT_ID);
    let run = world.bare_command(["token"]).output().unwrap();
    Outcome::from(run).succeeds();
}

#[test]
fn a_flag_counts_over_the_environment_and_the_environment_over_the_profile() {
    let world = World::new();
    write_profile(&world, "of-the-profile");
    let run = |command: &mut Command| drop(command.output().unwrap());
    run(world.command(["token"]).env_remove("SFJWT_CLIENT_ID"));
    assert_eq!(asserted(&world).as_deref(), Some("of-the-profile"));
    run(world
        .command(["token"])
        .env("SFJWT_CLIENT_ID", "of-the-environment"));
    assert_eq!(asserted(&world).as_deref(), Some("of-the-environment"));
    world.sfjwt(["token", "--client-id", "of-the-flag"]);
    assert_eq!(asserted(&world).as_deref(), Some("of-the-flag"));
}

#[test]
fn a_flag_stands_before_or_after_the_command() {
    let world = World::new();
    world.sfjwt(["--client-id", "before", "token"]);
    assert_eq!(asserted(&world).as_deref(), Some("before"));
    world.sfjwt(["token", "--client-id", "after"]);
    assert_eq!(asserted(&world).as_deref(), Some("after"));
}

#[test]
fn the_last_of_two_flags_counts() {
    let world = World::new();
    world.sfjwt(["--client-id", "first", "token", "--client-id", "last"]);
    assert_eq!(asserted(&world).as_deref(), Some("last"));
}

#[test]
fn audience_and_login_url_are_two_settings() {
    let world = World::new();
    world
        .sfjwt(["token", "--audience", "https://login.salesforce.com"])
        .succeeds();
    let wrong = world.sfjwt(["token", "--audience", "https://elsewhere.example"]);
    wrong.fails(77, "audience is invalid");
    assert_eq!(
        world.token_requests().len(),
        2,
        "one request for each login"
    );
}

#[test]
fn a_pinned_instance_is_the_only_one_that_gets_the_token() {
    let world = World::new();
    let instance = world.server().instance_url().to_owned();
    world
        .sfjwt(["whoami", "--instance-url", &instance])
        .succeeds();
    world.org().clear_journal();
    let elsewhere = world.sfjwt([
        "whoami",
        "--instance-url",
        "https://other.my.salesforce.com",
    ]);
    elsewhere.fails(76, "other.my.salesforce.com");
    assert!(world.requests("/services/oauth2/userinfo").is_empty());
}

#[test]
fn another_key_than_the_pinned_one_signs_nothing() {
    let world = World::new();
    let pin = "00".repeat(32);
    world
        .sfjwt(["token", "--public-key-sha256", &pin])
        .fails(76, "");
    assert_eq!(world.org().journal(), []);
}
