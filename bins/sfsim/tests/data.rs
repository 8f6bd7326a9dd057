//! The data API and the identity endpoints.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{World, query_path, status_and_json};

#[tokio::test]
async fn pages_follow_one_another_until_all_rows_are_there() {
    let world = World::new().await;
    let token = world.token().await;
    let mut page: Value = world
        .query(&token, "SELECT Id FROM Account")
        .await
        .json()
        .await
        .unwrap();
    let mut sizes = Vec::new();
    loop {
        assert_eq!(page["totalSize"], 5_000);
        sizes.push(page["records"].as_array().unwrap().len());
        let Some(next) = page["nextRecordsUrl"].as_str().map(str::to_owned) else {
            break;
        };
        assert_eq!(page["done"], false);
        page = world.get(&token, &next).await.json().await.unwrap();
    }
    assert_eq!(sizes, [2_000, 2_000, 1_000]);
    assert_eq!(page["done"], true);
}

#[tokio::test]
async fn the_page_size_is_a_request_header() {
    let world = World::new().await;
    let token = world.token().await;
    let url = format!(
        "{}{}",
        world.server.instance_url(),
        query_path("SELECT Id FROM Account")
    );
    let asked = world
        .http
        .get(url)
        .bearer_auth(token)
        .header("Sforce-Query-Options", "batchSize=200");
    let page: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(page["records"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn a_wrong_locator_is_refused() {
    let world = World::new().await;
    let token = world.token().await;
    for locator in ["01gsf0000000000AAA-2000", "nonsense", "01g-x"] {
        let answer = world
            .get(&token, &format!("/services/data/v67.0/query/{locator}"))
            .await;
        let (status, body) = status_and_json(answer).await;
        assert_eq!(
            (status, &body[0]["errorCode"]),
            (400, &json!("INVALID_QUERY_LOCATOR"))
        );
    }
}

#[tokio::test]
async fn parents_nest_and_members_keep_the_order_of_the_query() {
    let world = World::new().await;
    let token = world.token().await;
    let soql =
        "SELECT LastName, Account.Name, Account.Owner.Name, Id FROM Contact ORDER BY Id LIMIT 4";
    let text = world.query(&token, soql).await.text().await.unwrap();
    let place = |name: &str| text.find(&format!("\"{name}\":")).unwrap();
    assert!(place("LastName") < place("Account") && place("Account") < place("Id"));
    let page: Value = serde_json::from_str(&text).unwrap();
    let first = &page["records"][0];
    assert_eq!(first["Account"]["attributes"]["type"], "Account");
    assert!(first["Account"]["Owner"]["Name"].is_string());
    assert_eq!(page["records"][3]["Account"], Value::Null);
}

#[tokio::test]
async fn query_all_has_the_deleted_rows_and_goes_on_at_query() {
    let world = World::new().await;
    let token = world.token().await;
    let answer = world
        .get(
            &token,
            "/services/data/v67.0/queryAll/?q=SELECT+Id+FROM+Account",
        )
        .await;
    let page: Value = answer.json().await.unwrap();
    assert_eq!(page["totalSize"], 5_003);
    assert!(
        page["nextRecordsUrl"]
            .as_str()
            .unwrap()
            .contains("/v67.0/query/01g")
    );
}

#[tokio::test]
async fn count_has_a_total_and_no_records() {
    let world = World::new().await;
    let token = world.token().await;
    let answer = world
        .query(
            &token,
            "SELECT COUNT() FROM Contact WHERE LastName LIKE 'H%'",
        )
        .await;
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body, json!({ "totalSize": 1, "done": true, "records": [] }));
}

#[tokio::test]
async fn columns_describe_the_query_for_the_official_cli() {
    let world = World::new().await;
    let token = world.token().await;
    let path = format!(
        "{}&columns=true",
        query_path("SELECT Id, Owner.Name FROM Account")
    );
    let body: Value = world.get(&token, &path).await.json().await.unwrap();
    assert_eq!(body["columnMetadata"][0]["columnName"], "Id");
    assert_eq!(body["columnMetadata"][1]["columnName"], "Owner");
    assert_eq!(
        body["columnMetadata"][1]["joinColumns"][0]["columnName"],
        "Name"
    );
}

#[tokio::test]
async fn the_official_clis_questions_about_the_org_are_answered() {
    let world = World::new().await;
    let token = world.token().await;
    for (soql, rows) in [
        (
            "SELECT Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix FROM Organization",
            1,
        ),
        ("SELECT Id FROM ScratchOrgInfo LIMIT 1", 0),
    ] {
        let body: Value = world.query(&token, soql).await.json().await.unwrap();
        assert_eq!(body["totalSize"], rows, "{soql}");
    }
}

#[tokio::test]
async fn errors_are_an_array_with_the_place_in_the_query() {
    let world = World::new().await;
    let token = world.token().await;
    let (status, body) = status_and_json(world.query(&token, "SELECT Id FORM Account").await).await;
    assert_eq!(status, 400);
    assert_eq!(body[0]["errorCode"], "MALFORMED_QUERY");
    let shown =
        "\nSELECT Id FORM Account\n          ^\nERROR at Row:1:Column:11\nunexpected token: 'FORM'";
    assert_eq!(body[0]["message"], shown);
    let (_, body) = status_and_json(world.get(&token, "/services/data/v67.0/query").await).await;
    assert_eq!(body[0]["message"], "A query string has to be specified");
}

#[tokio::test]
async fn every_data_answer_tells_the_usage() {
    let world = World::new().await;
    let token = world.token().await;
    let usage = |answer: reqwest::Response| answer.headers()["sforce-limit-info"].clone();
    let limits = world.get(&token, "/services/data/v67.0/limits").await;
    assert_eq!(usage(limits), "api-usage=1/15000");
    let refused = world.query(&token, "nonsense").await;
    assert_eq!(usage(refused), "api-usage=2/15000");
}

#[tokio::test]
async fn versions_are_listed_retired_or_unknown() {
    let world = World::new().await;
    let list: Value = world.get("", "/services/data").await.json().await.unwrap();
    assert_eq!(
        list[0],
        json!({ "label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0" })
    );
    let token = world.token().await;
    for (version, status) in [
        ("v30.0", 410),
        ("v68.0", 404),
        ("v67.0/", 200),
        ("v67.0/planets", 404),
    ] {
        let answer = world
            .get(&token, &format!("/services/data/{version}"))
            .await;
        assert_eq!(answer.status(), status, "{version}");
    }
}

#[tokio::test]
async fn only_reading_methods_are_allowed() {
    let world = World::new().await;
    let token = world.token().await;
    let url = format!(
        "{}{}",
        world.server.instance_url(),
        query_path("SELECT Id FROM Account")
    );
    let answer = world
        .http
        .post(url)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let (status, body) = status_and_json(answer).await;
    assert_eq!(
        (status, &body[0]["errorCode"]),
        (405, &json!("METHOD_NOT_ALLOWED"))
    );
}

#[tokio::test]
async fn a_token_is_of_no_use_at_the_login_host() {
    let world = World::new().await;
    let token = world.token().await;
    let url = format!("{}/services/data/v67.0/limits", world.server.url());
    let answer = world.http.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_dead_token_is_401_on_data_and_403_in_plain_text_on_identity() {
    let world = World::new().await;
    let token = world.token().await;
    world.server.org().advance_clock(Duration::from_secs(7_200));
    let (status, body) = status_and_json(world.query(&token, "SELECT Id FROM Account").await).await;
    assert_eq!(status, 401);
    let expected =
        json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }]);
    assert_eq!(body, expected);
    let identity = world.get(&token, "/services/oauth2/userinfo").await;
    assert_eq!(identity.status(), 403);
    assert_eq!(
        identity.headers()["content-type"],
        "text/plain;charset=UTF-8"
    );
    assert_eq!(identity.text().await.unwrap(), "Bad_OAuth_Token");
}

#[tokio::test]
async fn a_call_extends_the_session() {
    let world = World::new().await;
    let token = world.token().await;
    for _ in 0..3 {
        world.server.org().advance_clock(Duration::from_secs(7_000));
        assert_eq!(
            world.query(&token, "SELECT Id FROM Contact").await.status(),
            200
        );
    }
}

#[tokio::test]
async fn userinfo_and_the_identity_url_name_the_user() {
    let world = World::new().await;
    let login: Value = world.login(&world.claims()).await.json().await.unwrap();
    let token = login["access_token"].as_str().unwrap();
    let info: Value = world
        .get(token, "/services/oauth2/userinfo")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(info["preferred_username"], support::USER);
    assert_eq!(info["sub"], login["id"]);
    let request = world
        .http
        .get(login["id"].as_str().unwrap())
        .bearer_auth(token);
    let identity: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(identity["username"], support::USER);
    assert_eq!(identity["user_id"], info["user_id"]);
}

#[tokio::test]
async fn a_revoked_token_is_dead_for_everyone_and_revoked_once() {
    let world = World::new().await;
    let token = world.token().await;
    let revoke = || {
        let url = format!("{}/services/oauth2/revoke", world.server.url());
        world
            .http
            .post(url)
            .header(support::FORM.0, support::FORM.1)
            .body(support::encoded(&[("token", &token)]))
    };
    assert_eq!(revoke().send().await.unwrap().status(), 200);
    assert_eq!(
        world.query(&token, "SELECT Id FROM Contact").await.status(),
        401
    );
    let again = revoke().send().await.unwrap();
    assert_eq!(again.status(), 400);
    assert_eq!(again.text().await.unwrap(), "error=invalid_token");
    let json = revoke()
        .header("accept", "application/json")
        .send()
        .await
        .unwrap();
    assert_eq!(json.text().await.unwrap(), r#"{"error":"invalid_token"}"#);
}

#[tokio::test]
async fn answers_are_compressed_on_request_and_pretty_on_request() {
    let world = World::new().await;
    let token = world.token().await;
    let url = format!(
        "{}{}",
        world.server.instance_url(),
        query_path("SELECT Id FROM Account")
    );
    let asked = world
        .http
        .get(&url)
        .bearer_auth(&token)
        .header("accept-encoding", "gzip");
    let zipped = asked.send().await.unwrap();
    assert_eq!(zipped.headers()["content-encoding"], "gzip");
    let decoding = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = decoding
        .get(&url)
        .bearer_auth(&token)
        .header("X-PrettyPrint", "1");
    assert!(
        asked
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .starts_with("{\n  ")
    );
}

#[tokio::test]
async fn the_date_header_is_the_orgs_clock() {
    let world = World::new().await;
    world.server.org().set_clock(784_111_777);
    let answer = world.get("", "/services/data").await;
    let date = answer.headers()["date"].to_str().unwrap();
    assert!(date.starts_with("Sun, 06 Nov 1994 08:4"), "{date}");
}

#[tokio::test]
async fn five_million_accounts_cost_nothing_until_they_are_looked_at() {
    let world = World::with(support::setup().accounts(5_000_000)).await;
    let token = world.token().await;
    let answer = world
        .query(&token, "SELECT Id, Name FROM Account LIMIT 4999999")
        .await;
    let page: Value = answer.json().await.unwrap();
    assert_eq!(page["totalSize"], 4_999_999);
    assert_eq!(page["records"].as_array().unwrap().len(), 2_000);
}
