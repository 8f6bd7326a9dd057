//! Results of any size in the same little memory, and pages that are fetched ahead.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test may stop"
)]

use sfjwt_tests::{Drained, Running, World, until};

const MIB: u64 = 1024;
const NARROW: &str = "SELECT Id, Name FROM Account";
const WIDE: &str =
    "SELECT Id, Name, Industry, AnnualRevenue, BillingCity, CreatedDate, Owner.Name FROM Account";

/// A query of that many accounts to CSV, read as fast as it comes.
fn query(accounts: u64) -> Drained {
    let world = World::with(|setup| setup.accounts(accounts));
    let mut command = world.command(["query", NARROW, "--output", "csv"]);
    let mut process = Running::start(&mut command);
    let drained = process.drain();
    process.end().succeeds();
    drained
}

#[test]
fn ten_times_the_rows_take_no_more_memory() {
    let (few, many) = (query(20_000), query(200_000));
    assert!(
        many.lines > 200_000 && many.bytes > 9 * few.bytes,
        "{few:?} {many:?}"
    );
    assert!(few.peak_kib > MIB, "nothing was measured: {few:?}");
    assert!(many.peak_kib < 40 * MIB, "{many:?}");
    assert!(many.peak_kib < few.peak_kib + 2 * MIB, "{few:?} {many:?}");
}

#[test]
fn a_page_is_fetched_while_the_one_before_it_is_written() {
    let world = World::new();
    let mut process = Running::start(&mut world.command(["query", WIDE]));
    let line = process.lines(1);
    // Of the first page one line is read, and the second page is already asked for.
    until("the next page is asked for", || {
        world.data_requests().len() > 1
    });
    let rest = process.drain();
    process.end().succeeds();
    assert_eq!(line.lines().count() + rest.lines, 5000);
}

#[test]
fn a_reader_that_stops_stops_the_fetching() {
    const PAGES: usize = 10;
    let world = World::with(|setup| setup.accounts(20_000));
    let mut stopped = Running::start(&mut world.command(["query", WIDE]));
    stopped.lines(1);
    // In the time in which another reader gets everything.
    world.sfjwt(["query", WIDE]).succeeds();
    let of_the_stopped = world.data_requests().len() - PAGES;
    assert!(
        (1..5).contains(&of_the_stopped),
        "it fetched {of_the_stopped} pages for nobody"
    );
    assert!(stopped.drain().lines > 19_000);
    stopped.end().succeeds();
}
