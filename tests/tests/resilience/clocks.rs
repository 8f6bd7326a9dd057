//! Clocks that disagree.

use sfjwt_tests::World;
use sfsim::{Faults, Fidelity, Kind};

/// An org whose clock is behind ours, as it always was.
fn behind(seconds: i64, fidelity: Fidelity) -> World {
    let faults = Faults::none().with(Kind::ClockSkew(-seconds));
    World::with(|setup| setup.faults(faults).fidelity(fidelity))
}

#[test]
fn a_clock_that_is_behind_the_servers_is_named_with_the_difference() {
    let world = World::new();
    world.fault("clock_skew=600");
    let outcome = world
        .sfjwt(["token"])
        .fails(77, "expired authorization code");
    assert!(outcome.stderr.contains("our clock is "), "{outcome:?}");
    assert!(
        outcome.stderr.contains(" s behind the server's"),
        "{outcome:?}"
    );
    assert_eq!(world.token_requests().len(), 1);
}

#[test]
fn a_clock_that_is_far_ahead_of_the_servers_is_accepted_by_orgs_as_they_are_seen() {
    let world = behind(600, Fidelity::observed());
    world.sfjwt(["token"]).succeeds();
}

#[test]
fn a_clock_that_is_far_ahead_is_refused_by_orgs_as_they_are_documented() {
    let world = behind(600, Fidelity::documented());
    world.sfjwt(["token"]).fails(77, "invalid assertion");
    assert_eq!(world.token_requests().len(), 1);
}

#[test]
fn a_short_life_leaves_room_for_a_clock_that_is_ahead() {
    let world = behind(100, Fidelity::documented());
    world.sfjwt(["token", "--lifetime", "60"]).succeeds();
}
