//! What goes wrong behind the first page: what was printed stays true, and the end is an error.

use sfjwt_tests::World;

use super::ALL;

/// A query in one attempt for each request; returns how many whole rows came before the error.
fn rows_before(fault: &str, status: i32, cause: &str) -> usize {
    let world = World::new();
    world.fault(fault);
    let [query, soql] = ALL;
    let outcome = world.sfjwt([query, soql, "--max-attempts", "1"]);
    let rows = outcome.whole_json_lines();
    outcome.fails(status, cause);
    rows
}

#[test]
fn a_page_cut_in_the_middle_is_not_printed() {
    let rows = rows_before("cut_body_after=100,on=data,after=1", 75, "cut off");
    assert_eq!(rows, 2000);
}

#[test]
fn a_page_of_half_its_json_is_not_printed() {
    let rows = rows_before(
        "truncated_json=1,on=data,after=1",
        78,
        "its JSON is cut off",
    );
    assert_eq!(rows, 2000);
}

#[test]
fn a_connection_dropped_between_pages_is_an_error() {
    assert_eq!(
        rows_before("drop_connection=1,on=data,after=2", 75, "127.0.0.1"),
        4000
    );
}

#[test]
fn html_between_pages_is_an_error() {
    assert_eq!(
        rows_before("html=200,on=data,after=1", 78, "text/html"),
        2000
    );
}

#[test]
fn more_rows_announced_than_delivered_is_an_error() {
    let rows = rows_before(
        "wrong_total=3",
        75,
        "announced 5003 rows and delivered 5000",
    );
    assert_eq!(rows, 5000);
}

#[test]
fn more_rows_delivered_than_announced_is_an_error() {
    let rows = rows_before(
        "wrong_total=-3",
        75,
        "announced 4997 rows and delivered 5000",
    );
    assert_eq!(rows, 5000);
}

#[test]
fn rows_lost_between_pages_are_an_error() {
    let rows = rows_before(
        "lost_page=7,times=1",
        75,
        "announced 5000 rows and delivered 4993",
    );
    assert_eq!(rows, 4993);
}

#[test]
fn a_whole_page_lost_is_an_error() {
    let rows = rows_before("lost_page=2000,times=1", 75, "announced 5000 rows");
    assert!(rows < 5000, "{rows}");
}

#[test]
fn a_next_page_elsewhere_is_not_asked_for() {
    let rows = rows_before(
        "next_url=https://collector.example/next",
        76,
        "collector.example",
    );
    assert_eq!(rows, 2000);
}

#[test]
fn a_page_in_trouble_is_tried_again() {
    let world = World::new();
    world.fault("empty_500=1,on=data,after=1,times=1");
    assert_eq!(world.sfjwt(ALL).whole_json_lines(), 5000);
    assert_eq!(world.data_requests().len(), 4);
}

#[test]
fn an_array_that_is_not_whole_is_not_closed() {
    let world = World::new();
    world.fault("truncated_json=1,on=data,after=1");
    let [query, soql] = ALL;
    let outcome = world.sfjwt([query, soql, "--output", "json"]);
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(&outcome.stdout);
    assert!(parsed.is_err(), "half a result looks whole");
    assert_eq!(outcome.status, Some(78), "{outcome:?}");
}
