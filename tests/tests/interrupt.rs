//! Queries that are not read to their end, by Ctrl-C or by a reader that goes away.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test may stop"
)]

use rustix::process::{Pid, Signal, kill_process};
use sfjwt_tests::{Outcome, Running, World, until};

const ROWS: [&str; 2] = ["query", "SELECT Id, Name, BillingCity FROM Account"];

fn interrupt(process: &Running) {
    let id = i32::try_from(process.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), Signal::INT).unwrap();
}

/// Interrupts a process and returns its end, with the lines that were read before.
fn interrupted(process: Running, read: &str) -> Outcome {
    interrupt(&process);
    let outcome = process.end();
    assert_eq!(outcome.status, Some(130), "{outcome:?}");
    Outcome {
        stdout: read.to_owned() + &outcome.stdout,
        ..outcome
    }
}

#[test]
fn ctrl_c_leaves_whole_lines_and_status_130() {
    let world = World::new();
    // The second page never comes.
    world.fault("slow_ms=600000,on=data,after=1");
    let mut query = Running::start(&mut world.command(ROWS));
    let page = query.lines(2000);
    let outcome = interrupted(query, &page);
    assert_eq!(outcome.whole_json_lines(), 2000);
    assert!(outcome.stderr.contains("interrupted"), "{outcome:?}");
}

#[test]
fn ctrl_c_in_the_middle_of_a_page_leaves_whole_lines() {
    let world = World::with(|setup| setup.accounts(100_000));
    let mut query = Running::start(&mut world.command(ROWS));
    // Nobody reads on, so it is in the middle of writing when the signal comes.
    let line = query.lines(1);
    until("the next page is fetched", || {
        world.data_requests().len() > 1
    });
    let outcome = interrupted(query, &line);
    assert!((1..100_000).contains(&outcome.whole_json_lines()));
}

#[test]
fn ctrl_c_ends_a_process_whose_reader_has_stopped() {
    let world = World::with(|setup| setup.accounts(100_000));
    let mut query = Running::start(&mut world.command(ROWS));
    let line = query.lines(1);
    interrupt(&query);
    until("it has ended", || query.peak_kib().is_none());
    let outcome = query.end();
    let all = Outcome {
        stdout: line + &outcome.stdout,
        ..outcome
    };
    all.whole_json_lines();
}

#[test]
fn ctrl_c_ends_a_login_that_hangs() {
    let world = World::new();
    world.fault("slow_ms=600000,on=token");
    let query = Running::start(&mut world.command(["whoami"]));
    until("the org is asked", || !world.token_requests().is_empty());
    interrupt(&query);
    let outcome = query.end();
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (Some(130), ""),
        "{outcome:?}"
    );
}

#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    for format in ["jsonl", "csv", "json", "table"] {
        let world = World::with(|setup| setup.accounts(100_000));
        let mut query = Running::start(world.command(ROWS).args(["--output", format]));
        query.lines(1);
        query.stop_reading();
        let outcome = query.end();
        assert_eq!(outcome.status, Some(0), "{format}: {outcome:?}");
        assert_eq!(outcome.stderr, "", "{format}");
        let pages = world.data_requests().len();
        assert!(pages < 50, "{format}: it went on for {pages} pages");
    }
}

#[test]
fn a_reader_that_went_away_before_the_first_row_is_a_quiet_end() {
    let world = World::new();
    for command in ["token", "whoami", "assertion"] {
        let mut process = Running::start(&mut world.command([command]));
        process.stop_reading();
        let outcome = process.end();
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (Some(0), ""),
            "{command}"
        );
    }
}
