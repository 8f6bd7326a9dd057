//! Tokens that die while they are used.

use sfjwt_tests::World;

use super::ALL;

#[test]
fn a_token_that_dies_during_a_query_is_replaced_once_and_no_row_is_lost() {
    for code in [
        "INVALID_SESSION_ID",
        "INVALID_JWT_FORMAT",
        "INVALID_AUTH_HEADER",
    ] {
        let world = World::new();
        // The second token lives: it makes one call.
        let dies = "expire_after=2,times=1";
        world.faults(&[dies, &format!("unauthorized_code={code}")]);
        let outcome = world.sfjwt(ALL);
        assert_eq!(
            outcome.whole_json_lines(),
            5000,
            "{code}: {}",
            outcome.stderr
        );
        assert_eq!(world.token_requests().len(), 2, "{code}");
        let refused = world.data_requests();
        let refused = refused.iter().filter(|entry| entry.status == Some(401));
        assert_eq!(refused.count(), 1, "{code}");
    }
}

#[test]
fn the_request_is_repeated_with_the_new_token() {
    let world = World::new();
    world.fault("expire_after=2,times=1");
    world.sfjwt(ALL).succeeds();
    let [.., refused, repeated] = &world.data_requests()[..] else {
        panic!("no requests");
    };
    assert_eq!(refused.path, repeated.path);
    assert_ne!(refused.bearer, repeated.bearer);
    assert_eq!(repeated.bearer, world.token_requests()[1].issued);
}

#[test]
fn a_401_that_is_not_about_a_dead_token_causes_no_login() {
    let world = World::new();
    world.faults(&["unauthorized=1", "unauthorized_code=API_DISABLED"]);
    world.sfjwt(ALL).fails(77, "API_DISABLED");
    assert_eq!(world.token_requests().len(), 1);
}

#[test]
fn a_login_that_returns_the_refused_token_ends_the_attempts() {
    let world = World::new();
    world.fault("unauthorized=1");
    world
        .sfjwt(ALL)
        .fails(77, "the very token that was refused");
    assert_eq!(
        (world.token_requests().len(), world.data_requests().len()),
        (2, 1)
    );
}

#[test]
fn a_dead_token_on_the_identity_endpoint_is_replaced_too() {
    let world = World::new();
    let soql = "SELECT COUNT() FROM Account";
    world.sfjwt(["query", soql]).succeeds();
    world.org().expire_tokens();
    world.org().clear_journal();
    world.sfjwt(["whoami"]).succeeds();
    assert_eq!(world.token_requests().len(), 1);
}

#[test]
fn access_that_was_taken_away_is_told_in_the_words_of_the_login() {
    let world = World::new();
    world.org().revoke_all();
    world.sfjwt(ALL).fails(77, "approved");
    assert_eq!(world.token_requests().len(), 1);
}
