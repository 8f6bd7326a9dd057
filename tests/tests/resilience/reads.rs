//! Requests for data, refused, cut or answered by somebody else.

use sfjwt_tests::World;

use super::ALL;

fn fails_once_attempted(fault: &str, status: i32, cause: &str) {
    let world = World::new();
    world.fault(fault);
    let [query, soql] = ALL;
    let outcome = world.sfjwt([query, soql, "--max-attempts", "1"]);
    assert_eq!(outcome.stdout, "", "{fault}");
    outcome.fails(status, cause);
}

#[test]
fn a_read_in_trouble_is_tried_again_and_no_row_is_lost() {
    for fault in [
        "empty_500=1,times=1,on=data",
        "unavailable=1,retry_after=0,times=1,on=data",
        "rate_limit=1,retry_after=0,times=1,on=data",
        "drop_connection=1,times=1,on=data",
        "html=503,times=1,on=data",
        "cut_body_after=100,times=1,on=data",
    ] {
        let world = World::new();
        world.fault(fault);
        let outcome = world.sfjwt(ALL);
        assert_eq!(
            outcome.whole_json_lines(),
            5000,
            "{fault}: {}",
            outcome.stderr
        );
        assert_eq!(world.data_requests().len(), 4, "{fault}");
        assert_eq!(world.token_requests().len(), 1, "{fault}");
    }
}

#[test]
fn trouble_that_lasts_ends_with_status_75() {
    fails_once_attempted("empty_500=1,on=data", 75, "answered 500");
    fails_once_attempted("unavailable=1,on=data", 75, "SERVER_UNAVAILABLE");
    fails_once_attempted("rate_limit=1,on=data", 75, "REQUEST_LIMIT_EXCEEDED");
    fails_once_attempted("html=503,on=data", 75, "it is text/html and not JSON");
    fails_once_attempted("drop_connection=1,on=data", 75, "127.0.0.1");
}

#[test]
fn an_answer_that_is_no_json_ends_with_status_78() {
    fails_once_attempted("truncated_json=1,on=data", 78, "its JSON is cut off");
    fails_once_attempted("html=200,on=data", 78, "it is text/html and not JSON");
}

#[test]
fn a_body_of_three_gigabytes_is_capped() {
    fails_once_attempted(
        "huge_body=3000000000,on=data",
        76,
        "sent more than 67108864 bytes",
    );
}

#[test]
fn an_oversized_header_ends_the_request() {
    fails_once_attempted("oversized_header=2000000,on=data", 75, "127.0.0.1");
}

#[test]
fn a_redirect_takes_no_token_along() {
    let world = World::new();
    world.fault(&format!("redirect={}/services/data,on=data", world.url()));
    world.sfjwt(ALL).fails(76, "redirects to 127.0.0.1");
    assert_eq!(
        world.data_requests().len(),
        1,
        "the token followed the redirect"
    );
}

#[test]
fn a_slow_server_is_waited_for() {
    let world = World::new();
    world.fault("slow_ms=100,on=data");
    assert_eq!(world.sfjwt(ALL).whole_json_lines(), 5000);
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let world = World::new();
    world.fault("slow_ms=10000,on=data");
    let [query, soql] = ALL;
    let arguments = [query, soql, "--max-attempts", "1", "--read-timeout", "1"];
    world.sfjwt(arguments).fails(75, "was silent for 1 s");
}

#[test]
fn a_body_that_trickles_is_read_to_its_end() {
    let world = World::new();
    world.fault("drip_ms=20,on=data,times=1");
    // Longer than the time-out in all, and never silent for that long.
    let soql = "SELECT Id, Name, Industry FROM Account";
    let outcome = world.sfjwt(["query", soql, "--read-timeout", "1"]);
    assert_eq!(outcome.whole_json_lines(), 5000);
}

#[test]
fn a_refused_request_is_the_users_to_correct() {
    let world = World::new();
    let refused = world.sfjwt(["query", "SELECT Nonsense FROM Account"]);
    refused.fails(1, "INVALID_FIELD");
    assert_eq!(world.data_requests().len(), 1);
}
