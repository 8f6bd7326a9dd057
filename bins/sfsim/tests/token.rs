//! The token endpoint over http: what clients send, and what is refused before the grant.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

mod support;

use serde_json::{Value, json};
use sfsim::Fidelity;
use support::{APP, FORM, GRANT, USER, World, encoded, setup, sign, sign_padded, status_and_json};

async fn documented() -> World {
    World::with(setup().fidelity(Fidelity::documented())).await
}

/// What foreign clients put in an assertion: name, what is different, whether the documentation
/// allows it.
fn variants(world: &World) -> Vec<(&'static str, Value, bool)> {
    let now = world.server.org().now();
    let url = world.server.url();
    let with = |name, value: Value| world.with_claim(name, value);
    vec![
        (
            "sf CLI: milliseconds",
            with("exp", (now * 1_000 + 300).into()),
            false,
        ),
        (
            "sf CLI: trailing slash",
            with("aud", format!("{url}/").into()),
            false,
        ),
        ("sf CLI: iat", with("iat", now.into()), true),
        (
            "simple-salesforce: a string",
            with("exp", (now + 170).to_string().into()),
            true,
        ),
        (
            "go-salesforce: a string, 5 min",
            with("exp", (now + 300).to_string().into()),
            false,
        ),
        (
            "aiosalesforce: 5 min",
            with("exp", (now + 300).into()),
            false,
        ),
        ("CumulusCI: exactly now", with("exp", now.into()), false),
        (
            "CumulusCI: alg in the payload",
            with("alg", "RS256".into()),
            true,
        ),
        (
            "ForceCLI: the token endpoint",
            with("aud", world.token_url().into()),
            false,
        ),
        ("cirrus: 170 s", with("exp", (now + 170).into()), true),
        (
            "restforce: a bare host",
            with("aud", "login.salesforce.com".into()),
            false,
        ),
        (
            "the seed: milliseconds, a string",
            with("exp", (now * 1_000).to_string().into()),
            false,
        ),
    ]
}

#[tokio::test]
async fn every_known_client_logs_in_to_an_observed_org() {
    let world = World::new().await;
    for (name, claims, _) in variants(&world) {
        assert_eq!(world.login(&claims).await.status(), 200, "{name}");
    }
}

#[tokio::test]
async fn a_documented_org_refuses_what_the_documentation_forbids() {
    let world = documented().await;
    for (name, claims, allowed) in variants(&world) {
        let status = world.login(&claims).await.status();
        assert_eq!(status, if allowed { 200 } else { 400 }, "{name}");
    }
}

#[tokio::test]
async fn padding_is_accepted_by_observed_orgs_only() {
    let (observed, documented) = (World::new().await, documented().await);
    let form = |assertion: String| vec![("grant_type", GRANT.to_owned()), ("assertion", assertion)];
    for (world, status) in [(&observed, 200), (&documented, 400)] {
        let form = form(sign_padded(&world.claims()));
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert!(form[1].1.ends_with("=="));
        assert_eq!(world.post(&form).await.status(), status);
    }
}

#[tokio::test]
async fn a_chunked_body_is_decoded() {
    let world = World::new().await;
    let form = encoded(&[("grant_type", GRANT), ("assertion", &sign(&world.claims()))]);
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = form
        .as_bytes()
        .chunks(100)
        .map(|piece| Ok(piece.to_vec()))
        .collect();
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let request = world
        .http
        .post(world.token_url())
        .header(FORM.0, FORM.1)
        .body(body);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(
        world.first_entry().transfer_encoding.as_deref(),
        Some("chunked")
    );
}

#[tokio::test]
async fn a_compressed_body_is_decoded() {
    /// `grant_type=client_credentials`, gzip.
    const ZIPPED: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 47, 74, 204, 43, 137, 47, 169, 44, 72, 181, 77, 206,
        201, 76, 5, 178, 147, 139, 82, 83, 128, 116, 102, 98, 78, 49, 0, 241, 24, 21, 168, 29, 0,
        0, 0,
    ];
    let world = World::new().await;
    let request = world.http.post(world.token_url()).header(FORM.0, FORM.1);
    request
        .header("content-encoding", "gzip")
        .body(ZIPPED)
        .send()
        .await
        .unwrap();
    let entry = world.first_entry();
    assert_eq!(entry.grant.as_deref(), Some("client_credentials"));
    assert_eq!(entry.content_encoding.as_deref(), Some("gzip"));
}

#[tokio::test]
async fn parameters_in_the_query_string_are_accepted_by_observed_orgs_only() {
    for (world, status) in [(World::new().await, 200), (documented().await, 400)] {
        let form = encoded(&[("grant_type", GRANT), ("assertion", &sign(&world.claims()))]);
        let url = format!("{}?{form}", world.token_url());
        assert_eq!(world.http.post(url).send().await.unwrap().status(), status);
        let entry = world.first_entry();
        assert_eq!(
            entry.query,
            format!("grant_type={GRANT}&assertion=[removed]")
        );
    }
}

#[tokio::test]
async fn the_answer_has_what_clients_need_and_nothing_that_this_flow_lacks() {
    let world = World::new().await;
    let response = world.login(&world.claims()).await;
    assert_eq!(
        response.headers()["content-type"],
        "application/json;charset=UTF-8"
    );
    assert_eq!(response.headers()["cache-control"], "no-cache, no-store");
    let answer: Value = response.json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    assert!(token.contains('!') && token.contains('.'));
    assert_eq!(answer["instance_url"], world.server.instance_url());
    assert_ne!(world.server.instance_url(), world.server.url());
    let id = answer["id"].as_str().unwrap();
    assert!(id.starts_with(&format!(
        "{}/id/{}/005",
        world.server.url(),
        world.server.org().id()
    )));
    assert_eq!(answer["token_type"], "Bearer");
    for absent in ["expires_in", "refresh_token", "issued_at", "signature"] {
        assert_eq!(answer[absent], Value::Null, "{absent}");
    }
}

#[tokio::test]
async fn rule_10_another_grant_type_is_not_supported() {
    let world = World::new().await;
    for grant in ["", "jwt-bearer", "refresh_token", "password"] {
        let (status, answer) = status_and_json(world.post(&[("grant_type", grant)]).await).await;
        assert_eq!(status, 400);
        let expected = json!({
            "error": "unsupported_grant_type", "error_description": "grant type not supported",
        });
        assert_eq!(answer, expected);
    }
    assert_eq!(world.last_entry().rule, Some(10));
}

#[tokio::test]
async fn rule_11_scope_is_not_a_parameter() {
    let world = World::new().await;
    let assertion = sign(&world.claims());
    let form = [
        ("grant_type", GRANT),
        ("assertion", &assertion),
        ("scope", "api"),
    ];
    assert_eq!(world.post(&form).await.status(), 400);
    assert_eq!(world.last_entry().rule, Some(11));
}

#[tokio::test]
async fn rule_17_client_credentials_want_the_orgs_own_domain() {
    let world = World::new().await;
    world.post(&[("grant_type", "client_credentials")]).await;
    assert_eq!(world.last_entry().rule, Some(17));
    let url = format!("{}/services/oauth2/token", world.server.instance_url());
    let request = world
        .http
        .post(url)
        .header(FORM.0, FORM.1)
        .body("grant_type=client_credentials");
    request.send().await.unwrap();
    assert_eq!(world.last_entry().rule, Some(10));
}

#[tokio::test]
async fn rule_22_the_method_is_post_and_the_body_a_form() {
    let world = World::new().await;
    let got = world.http.get(world.token_url()).send().await.unwrap();
    let (status, answer) = status_and_json(got).await;
    assert_eq!(
        (status, &answer["error_description"]),
        (400, &json!("must use HTTP POST"))
    );
    world
        .http
        .post(world.token_url())
        .json(&world.claims())
        .send()
        .await
        .unwrap();
    assert_eq!(world.last_entry().rule, Some(22));
    world.post(&[("grant_type", GRANT)]).await;
    assert_eq!(world.last_entry().rule, Some(22));
}

#[tokio::test]
async fn the_journal_tells_who_logged_in_and_which_token_was_used() {
    let world = World::new().await;
    let token = world.token().await;
    world.query(&token, "SELECT Id FROM Account LIMIT 1").await;
    world.query(&token, "SELECT Id FROM Contact").await;
    let journal = world.server.org().journal();
    let login = &journal[0];
    assert_eq!(login.grant.as_deref(), Some(GRANT));
    assert_eq!(login.client_id.as_deref(), Some(APP));
    assert_eq!(login.username.as_deref(), Some(USER));
    assert_eq!(
        (journal[1].bearer.clone(), journal[2].bearer.clone()),
        (login.issued.clone(), login.issued.clone())
    );
    assert!(!serde_json::to_string(&journal).unwrap().contains(&token));
    assert_eq!(journal[2].query, "q=SELECT Id FROM Contact");
}
