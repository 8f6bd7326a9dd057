//! The admin port.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

mod support;

use serde_json::{Value, json};
use support::{APP, USER, World, party, setup, sign};

async fn call(world: &World, method: &str, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}{path}", world.server.admin_url());
    let request = world.http.request(method.parse().unwrap(), url).json(&body);
    let answer = request.send().await.unwrap();
    (
        answer.status().as_u16(),
        answer.json().await.unwrap_or_default(),
    )
}

#[tokio::test]
async fn an_app_a_user_and_an_approval_make_a_login() {
    let world = World::with(sfsim::Setup::new()).await;
    let app = json!({ "client_id": APP, "certificates": [party().certificate_pem] });
    assert_eq!(call(&world, "POST", "/apps", app).await.0, 204);
    assert_eq!(
        call(&world, "POST", "/users", json!({ "username": USER }))
            .await
            .0,
        204
    );
    assert_eq!(world.login(&world.claims()).await.status(), 400);
    let approval = json!({ "username": USER, "client_id": APP });
    assert_eq!(
        call(&world, "POST", "/approvals", approval.clone()).await.0,
        204
    );
    assert_eq!(world.login(&world.claims()).await.status(), 200);
    assert_eq!(
        call(&world, "GET", "/approvals", Value::Null).await.1,
        json!([approval])
    );
    assert_eq!(call(&world, "DELETE", "/approvals", approval).await.0, 204);
    assert_eq!(world.login(&world.claims()).await.status(), 400);
}

#[tokio::test]
async fn apps_and_users_are_shown_as_they_are_given() {
    let world = World::new().await;
    let (_, apps) = call(&world, "GET", "/apps", Value::Null).await;
    assert_eq!(
        apps[0]["policy"],
        json!({ "admin_approved": { "assigned": [USER] } })
    );
    assert_eq!(call(&world, "POST", "/apps", apps[0].clone()).await.0, 204);
    let (_, users) = call(&world, "GET", "/users", Value::Null).await;
    assert_eq!(
        users,
        json!([{ "username": USER, "name": null, "active": true }])
    );
    assert_eq!(
        call(&world, "DELETE", "/users", json!({ "username": USER }))
            .await
            .0,
        204
    );
    assert_eq!(
        call(&world, "DELETE", "/users", json!({ "username": USER }))
            .await
            .0,
        404
    );
    assert_eq!(
        call(&world, "DELETE", "/apps", json!({ "client_id": APP }))
            .await
            .0,
        204
    );
}

#[tokio::test]
async fn faults_are_set_shown_and_cleared() {
    let world = World::new().await;
    let faults = json!({ "seed": 7, "faults": ["html=200,times=1", "slow_ms=1,on=data"] });
    assert_eq!(call(&world, "POST", "/faults", faults.clone()).await.0, 204);
    assert_eq!(call(&world, "GET", "/faults", Value::Null).await.1, faults);
    assert_eq!(call(&world, "DELETE", "/faults", Value::Null).await.0, 204);
    assert_eq!(
        call(&world, "GET", "/faults", Value::Null).await.1,
        json!({ "seed": 0, "faults": [] })
    );
    let wrong = json!({ "faults": ["rain=1"] });
    assert_eq!(call(&world, "POST", "/faults", wrong).await.0, 422);
}

#[tokio::test]
async fn the_clock_is_set_and_advanced() {
    let world = World::new().await;
    call(&world, "POST", "/clock", json!({ "set": 1_000_000 })).await;
    call(&world, "POST", "/clock", json!({ "advance": 600 })).await;
    let (_, clock) = call(&world, "GET", "/clock", Value::Null).await;
    assert!((1_000_600..1_000_660).contains(&clock["now"].as_i64().unwrap()));
}

#[tokio::test]
async fn the_journal_and_the_sessions_are_shown_and_cleared() {
    let world = World::with(setup()).await;
    let assertion = sign(&world.claims());
    let token = world.token().await;
    let (_, journal) = call(&world, "GET", "/journal", Value::Null).await;
    let (_, sessions) = call(&world, "GET", "/sessions", Value::Null).await;
    assert_eq!(journal[0]["issued"], sessions[0]["token"]);
    for secret in [&token, &assertion] {
        assert!(!format!("{journal}{sessions}").contains(secret.as_str()));
    }
    assert_eq!(
        call(&world, "DELETE", "/sessions", Value::Null).await.0,
        204
    );
    assert_eq!(
        world.query(&token, "SELECT Id FROM Contact").await.status(),
        401
    );
    assert_eq!(call(&world, "DELETE", "/journal", Value::Null).await.0, 204);
    assert_eq!(
        call(&world, "GET", "/journal", Value::Null).await.1,
        json!([])
    );
}
