//! Each fault, as a client meets it.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{World, query_path, setup, status_and_json};

const ACCOUNTS: &str = "SELECT Id, Name FROM Account";

#[tokio::test]
async fn a_token_error_has_its_code_description_and_rule() {
    for (fault, error, description, rule) in [
        (
            "invalid_grant:ip restricted",
            "invalid_grant",
            json!("ip restricted"),
            Some(12),
        ),
        (
            "inactive_org:organization is locked, closed, or suspended",
            "inactive_org",
            json!("organization is locked, closed, or suspended"),
            Some(15),
        ),
        ("app_blocked", "app_blocked", Value::Null, Some(18)),
        (
            "unknown_error:retry your request",
            "unknown_error",
            json!("retry your request"),
            Some(20),
        ),
    ] {
        let world = World::faulty(&[&format!("token_error={fault},times=1")]).await;
        let (status, answer) = status_and_json(world.login(&world.claims()).await).await;
        assert_eq!((status, &answer["error"]), (400, &json!(error)));
        assert_eq!(answer["error_description"], description);
        assert_eq!(world.last_entry().rule, rule);
        assert_eq!(world.login(&world.claims()).await.status(), 200);
    }
}

#[tokio::test]
async fn a_token_status_is_the_maintenance_page() {
    let world = World::faulty(&["token_status=503"]).await;
    let answer = world.login(&world.claims()).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["content-type"], "text/html;charset=UTF-8");
    assert!(answer.text().await.unwrap().contains("Data Not Available"));
}

#[tokio::test]
async fn a_refusal_may_lack_its_description() {
    let world = World::faulty(&["missing_description=1"]).await;
    let (_, answer) = status_and_json(world.login(&world.with_claim("exp", 1)).await).await;
    assert_eq!(answer, json!({ "error": "invalid_grant" }));
}

#[tokio::test]
async fn the_token_answer_may_name_another_instance() {
    let world = World::faulty(&["instance_url=https://elsewhere.example"]).await;
    let (_, answer) = status_and_json(world.login(&world.claims()).await).await;
    assert_eq!(answer["instance_url"], "https://elsewhere.example");
}

#[tokio::test]
async fn a_500_may_be_empty() {
    let world = World::faulty(&["empty_500=1"]).await;
    let answer = world.login(&world.claims()).await;
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back_in_seconds_or_as_a_date() {
    let world = World::faulty(&["rate_limit=1,retry_after=7"]).await;
    let answer = world.login(&world.claims()).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    world.faults(&["unavailable=1,retry_after=date:7"]);
    world.server.org().set_clock(784_111_777);
    let answer = world.login(&world.claims()).await;
    assert_eq!(answer.status(), 503);
    assert!(
        answer.headers()["retry-after"]
            .to_str()
            .unwrap()
            .starts_with("Sun, 06 Nov 1994 08:4")
    );
}

#[tokio::test]
async fn a_dropped_connection_has_no_answer_and_no_status_in_the_journal() {
    let world = World::faulty(&["drop_connection=1"]).await;
    let lost = world.http.get(world.token_url()).send().await;
    assert!(lost.is_err());
    let entry = world.last_entry();
    assert_eq!(
        (entry.status, entry.faults),
        (None, vec!["drop_connection".to_owned()])
    );
}

#[tokio::test]
async fn a_redirect_leads_elsewhere() {
    let world = World::faulty(&["redirect=https://elsewhere.example/x"]).await;
    let answer = world.login(&world.claims()).await;
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], "https://elsewhere.example/x");
}

#[tokio::test]
async fn a_huge_body_comes_piece_by_piece() {
    let world = World::faulty(&["huge_body=3000000000"]).await;
    let mut answer = world.login(&world.claims()).await;
    let mut read = 0;
    while read < 10_000_000 {
        read += answer.chunk().await.unwrap().unwrap().len();
    }
    assert_eq!(answer.headers().get("content-length"), None);
}

#[tokio::test]
async fn a_huge_body_has_an_end() {
    let world = World::faulty(&["huge_body=200000"]).await;
    let answer = world.login(&world.claims()).await;
    assert_eq!(answer.bytes().await.unwrap().len(), 200_001);
}

#[tokio::test]
async fn html_comes_instead_of_json_with_the_status_asked_for() {
    let world = World::faulty(&["html=200"]).await;
    let answer = world.login(&world.claims()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html;charset=UTF-8");
}

#[tokio::test]
async fn a_slow_answer_waits() {
    let world = World::faulty(&["slow_ms=30"]).await;
    let start = Instant::now();
    world.login(&world.claims()).await;
    assert!(start.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn a_dripping_body_is_whole_in_the_end() {
    let world = World::new().await;
    let token = world.token().await;
    let whole = world
        .query(&token, "SELECT Id FROM Account LIMIT 20")
        .await
        .bytes()
        .await
        .unwrap();
    world.faults(&["drip_ms=1"]);
    let dripped = world.query(&token, "SELECT Id FROM Account LIMIT 20").await;
    assert_eq!(
        dripped.headers()["content-length"],
        whole.len().to_string().as_str()
    );
    assert_eq!(dripped.bytes().await.unwrap(), whole);
}

#[tokio::test]
async fn a_body_is_announced_in_full_and_cut() {
    let world = World::new().await;
    let token = world.token().await;
    world.faults(&["cut_body_after=1000,on=data"]);
    let mut answer = world.query(&token, ACCOUNTS).await;
    assert_eq!(answer.status(), 200);
    let announced: usize = answer.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(announced > 100_000, "{announced}");
    let mut read = 0;
    let ended = loop {
        match answer.chunk().await {
            Ok(Some(piece)) => read += piece.len(),
            other => break other,
        }
    };
    assert!(ended.is_err());
    assert!(read <= 1_000, "{read}");
}

#[tokio::test]
async fn truncated_json_is_framed_properly() {
    let world = World::new().await;
    let token = world.token().await;
    world.faults(&["truncated_json=1"]);
    let text = world.query(&token, ACCOUNTS).await.text().await.unwrap();
    assert!(text.starts_with(r#"{"totalSize":5000"#));
    assert!(serde_json::from_str::<Value>(&text).is_err());
}

#[tokio::test]
async fn a_header_may_be_oversized() {
    let world = World::faulty(&["oversized_header=5000"]).await;
    let answer = world.get("", "/services/data").await;
    assert_eq!(answer.headers()["x-sfsim-oversized"].len(), 5_000);
}

#[tokio::test]
async fn a_token_dies_after_so_many_calls() {
    let world = World::faulty(&["expire_after=2"]).await;
    let token = world.token().await;
    for expected in [200, 200, 401, 401] {
        assert_eq!(world.query(&token, ACCOUNTS).await.status(), expected);
    }
    assert_ne!(world.token().await, token);
}

#[tokio::test]
async fn a_single_401_leaves_the_session_alive() {
    let world = World::faulty(&["unauthorized=1,times=1"]).await;
    let token = world.token().await;
    for expected in [401, 200] {
        assert_eq!(world.query(&token, ACCOUNTS).await.status(), expected);
    }
}

#[tokio::test]
async fn the_code_of_a_401_may_be_another() {
    for code in ["INVALID_JWT_FORMAT", "INVALID_AUTH_HEADER"] {
        let world = World::faulty(&[&format!("unauthorized_code={code}")]).await;
        let (status, body) = status_and_json(world.query("dead", ACCOUNTS).await).await;
        assert_eq!((status, &body[0]["errorCode"]), (401, &json!(code)));
    }
}

#[tokio::test]
async fn totals_lie_pages_shrink_and_next_urls_lead_elsewhere() {
    let world = World::new().await;
    let token = world.token().await;
    let first = async || -> Value { world.query(&token, ACCOUNTS).await.json().await.unwrap() };
    world.faults(&["wrong_total=-3"]);
    assert_eq!(first().await["totalSize"], 4_997);
    world.faults(&["next_url=https://elsewhere.example/next"]);
    assert_eq!(
        first().await["nextRecordsUrl"],
        "https://elsewhere.example/next"
    );
    world.faults(&["lost_page=10"]);
    let page = first().await;
    assert_eq!(page["records"].as_array().unwrap().len(), 2_000);
    let next = page["nextRecordsUrl"].as_str().unwrap();
    let page: Value = world.get(&token, next).await.json().await.unwrap();
    assert_eq!(page["records"].as_array().unwrap().len(), 1_990);
}

#[tokio::test]
async fn a_skewed_clock_shows_in_the_date_and_expires_assertions() {
    let world = World::new().await;
    let claims = world.claims();
    world.faults(&["clock_skew=600"]);
    assert_eq!(world.login(&claims).await.status(), 400);
    assert_eq!(world.last_entry().rule, Some(8));
}

#[tokio::test]
async fn expired_and_revoked_tokens_differ_in_what_comes_after() {
    let world = World::with(setup()).await;
    let token = world.token().await;
    world.server.org().expire_tokens();
    assert_eq!(world.get(&token, &query_path(ACCOUNTS)).await.status(), 401);
    assert_eq!(world.login(&world.claims()).await.status(), 200);
    world.server.org().revoke_all();
    assert_eq!(world.login(&world.claims()).await.status(), 400);
    assert_eq!(world.last_entry().rule, Some(2));
}
