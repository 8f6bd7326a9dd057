//! The token endpoint in trouble, or lying.

use std::time::Instant;

use sfjwt_tests::{Outcome, World};

const ONCE: [&str; 3] = ["token", "--max-attempts", "1"];

/// A login at an org with this fault, in one attempt.
fn login_with(fault: &str) -> (World, Outcome) {
    let world = World::new();
    world.fault(fault);
    let outcome = world.sfjwt(ONCE);
    assert_eq!(outcome.stdout, "");
    (world, outcome)
}

#[test]
fn maintenance_html_is_a_matter_of_time() {
    let (_, outcome) = login_with("token_status=503");
    outcome.fails(75, "answered 503, but it is text/html and not JSON");
}

#[test]
fn an_empty_500_is_a_matter_of_time() {
    let (_, outcome) = login_with("empty_500=1,on=token");
    outcome.fails(75, "answered 500, but with an empty body");
}

#[test]
fn a_login_in_trouble_is_tried_again_and_succeeds() {
    for fault in [
        "token_status=503,times=1",
        "drop_connection=1,times=1,on=token",
    ] {
        let world = World::new();
        world.fault(fault);
        world.sfjwt(["token", "--max-attempts", "2"]).succeeds();
        assert_eq!(world.token_requests().len(), 2, "{fault}");
    }
}

#[test]
fn a_refused_login_is_never_tried_again() {
    for error in [
        "invalid_grant:user hasn't approved this consumer",
        "invalid_grant:invalid assertion",
        "invalid_client:invalid client credentials",
        "invalid_client_id:client identifier invalid",
        "invalid_app_access:user is not admin approved to access this app",
    ] {
        let world = World::new();
        world.fault(&format!("token_error={error}"));
        let said = error.split_once(':').unwrap().1;
        world.sfjwt(["token"]).fails(77, said);
        assert_eq!(world.token_requests().len(), 1, "{error}");
    }
}

#[test]
fn a_used_up_login_rate_is_for_later_and_is_not_made_worse() {
    let world = World::new();
    world.fault("token_error=invalid_grant:login rate exceeded");
    world.sfjwt(["token"]).fails(75, "login rate exceeded");
    assert_eq!(world.token_requests().len(), 1);
}

#[test]
fn a_refusal_without_a_description_still_has_a_next_step() {
    let world = World::with(|setup| setup.pre_authorized(false));
    world.fault("missing_description=1");
    let outcome = world.sfjwt(["token"]).fails(77, "invalid_");
    assert!(outcome.stderr.contains("\nnext:  "), "{outcome:?}");
}

#[test]
fn a_rate_limit_is_waited_for_as_the_server_asks() {
    for wish in ["1", "date:2"] {
        let world = World::new();
        world.fault(&format!("rate_limit=1,retry_after={wish},times=1,on=token"));
        let start = Instant::now();
        world.sfjwt(["token", "--max-attempts", "2"]).succeeds();
        // A date has whole seconds, so two of them are at least one.
        assert!(start.elapsed().as_secs() >= 1, "{wish}");
        assert_eq!(world.token_requests().len(), 2, "{wish}");
    }
}

#[test]
fn a_wish_to_wait_for_an_hour_is_told_and_not_waited_for() {
    let world = World::new();
    world.fault("rate_limit=1,retry_after=3600,on=token");
    world.sfjwt(["token"]).fails(75, "asks to wait 3600 s");
    assert_eq!(world.token_requests().len(), 1);
}

#[test]
fn a_dropped_connection_is_named() {
    let (_, outcome) = login_with("drop_connection=1,on=token");
    outcome.fails(75, "127.0.0.1");
}

#[test]
fn truncated_json_is_named() {
    let (_, outcome) = login_with("truncated_json=1,on=token");
    outcome.fails(78, "its JSON is cut off");
}

#[test]
fn a_body_cut_off_on_the_way_is_named() {
    let (_, outcome) = login_with("cut_body_after=20,on=token");
    outcome.fails(75, "cut off");
}

#[test]
fn html_instead_of_a_token_is_another_server() {
    let (_, outcome) = login_with("html=200,on=token");
    let outcome = outcome.fails(78, "it is text/html and not JSON");
    assert!(outcome.stderr.contains("check the host"), "{outcome:?}");
}

#[test]
fn an_endless_answer_is_capped() {
    let (_, outcome) = login_with("huge_body=3000000000,on=token");
    outcome.fails(76, "sent more than 65536 bytes");
}

#[test]
fn an_oversized_header_ends_the_login() {
    let (_, outcome) = login_with("oversized_header=2000000,on=token");
    outcome.fails(75, "127.0.0.1");
}

#[test]
fn a_redirect_is_not_followed() {
    let world = World::new();
    let target = format!("{}/services/oauth2/token", world.server().instance_url());
    world.fault(&format!("redirect={target},on=token"));
    world.sfjwt(ONCE).fails(76, "redirects to 127.0.0.1");
    assert_eq!(
        world.org().journal().len(),
        1,
        "the assertion followed the redirect"
    );
}

#[test]
fn an_instance_that_is_no_host_of_salesforce_gets_no_token() {
    let world = World::new();
    world.fault("instance_url=https://collector.example");
    world
        .sfjwt(["whoami"])
        .fails(76, "collector.example is not a host of Salesforce");
    assert_eq!(world.org().journal().len(), 1);
}

#[test]
fn a_slow_login_is_waited_for_up_to_the_time_out() {
    let world = World::new();
    world.fault("slow_ms=300,on=token");
    world.sfjwt(ONCE).succeeds();
    world.fault("slow_ms=10000,on=token");
    let arguments = ["token", "--max-attempts", "1", "--read-timeout", "1"];
    world.sfjwt(arguments).fails(75, "was silent for 1 s");
}

#[test]
fn an_unknown_host_is_named() {
    let world = World::new();
    // A name that no resolver knows (RFC 6761 section 6.4).
    let mut command = world.command(["token", "--login-url", "https://org.invalid"]);
    command.args(["--hosts", "org.invalid", "--max-attempts", "1"]);
    command.env("SFJWT_CA_BUNDLE", world.path("app.crt"));
    let outcome = Outcome::from(command.output().unwrap());
    outcome.fails(75, "no connection to org.invalid");
}
