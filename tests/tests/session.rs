//! One session, many tasks: how often the org is asked for a token.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test may stop"
)]

use std::collections::BTreeSet;

use sfjwt_client::{Client, ClientError, QueryOptions};
use sfjwt_tests::{ACCOUNTS, World, client};

const COUNT: &str = "SELECT COUNT() FROM Account";

/// The outcomes of that many queries at once.
async fn crowd(client: &Client, tasks: usize) -> Vec<Result<u64, ClientError>> {
    let one = |client: Client| async move {
        let counted = client.query(COUNT, QueryOptions::default()).await?;
        Ok(counted.total_size())
    };
    let tasks: Vec<_> = (0..tasks)
        .map(|_| tokio::spawn(one(client.clone())))
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

/// A world whose org has just killed the token of this client.
fn with_a_dead_token() -> (World, Client) {
    let world = World::new();
    let client = client(&world);
    world.block_on(crowd(&client, 1)).pop().unwrap().unwrap();
    world.org().expire_tokens();
    world.org().clear_journal();
    (world, client)
}

fn refused(world: &World) -> usize {
    let requests = world.data_requests();
    let refused = requests.iter().filter(|entry| entry.status == Some(401));
    refused.count()
}

#[test]
fn a_thousand_tasks_whose_token_just_died_cause_one_token_request() {
    let (world, client) = with_a_dead_token();
    // The first of them hear late that it is dead, when others have logged in already.
    world.fault("slow_ms=300,times=30,on=data");
    let outcomes = world.block_on(crowd(&client, 1000));
    assert_eq!(world.token_requests().len(), 1);
    assert!(refused(&world) >= 30, "hardly anybody noticed");
    for outcome in outcomes {
        assert_eq!(outcome.unwrap(), ACCOUNTS);
    }
}

#[test]
fn refusals_that_arrive_one_after_the_other_cause_one_token_request() {
    let (world, client) = with_a_dead_token();
    // Each request takes the first delay that is left, so the refusals come 30 ms apart, long after
    // the login that the first one causes.
    let delays: Vec<_> = (1..=10)
        .map(|n| format!("slow_ms={},times=1,on=data", 30 * n))
        .collect();
    let delays: Vec<_> = delays.iter().map(String::as_str).collect();
    world.faults(&delays);
    let outcomes = world.block_on(crowd(&client, 10));
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!((refused(&world), world.token_requests().len()), (10, 1));
}

#[test]
fn everyone_gets_the_same_new_token() {
    let (world, client) = with_a_dead_token();
    world.block_on(crowd(&client, 100));
    let accepted = world.data_requests().into_iter();
    let accepted = accepted.filter(|entry| entry.status == Some(200));
    let bearers: BTreeSet<_> = accepted.map(|entry| entry.bearer).collect();
    let issued = world.token_requests()[0].issued.clone();
    assert_eq!(bearers, BTreeSet::from([issued]));
}

#[test]
fn a_login_that_fails_fails_for_everyone_who_waits_for_it() {
    let world = World::new();
    let client = client(&world);
    // Slow, so that all of them wait before it fails.
    world.faults(&[
        "slow_ms=500,on=token",
        "token_error=invalid_grant:login rate exceeded",
    ]);
    let outcomes = world.block_on(crowd(&client, 50));
    assert_eq!(world.token_requests().len(), 1);
    for outcome in outcomes {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("login rate exceeded"), "{error}");
    }
}

#[test]
fn a_failed_login_is_not_the_end_of_the_session() {
    let world = World::new();
    let client = client(&world);
    world.fault("token_status=503,times=1");
    assert!(world.block_on(crowd(&client, 1))[0].is_err());
    assert!(world.block_on(crowd(&client, 1))[0].is_ok());
}
