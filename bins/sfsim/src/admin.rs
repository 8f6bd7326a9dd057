//! The admin port: what [`OrgHandle`] does, as JSON over http.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    faults::Faults,
    org::OrgHandle,
    parties::{AppSetup, UserSetup},
};

pub(crate) fn routes(org: OrgHandle) -> Router {
    Router::new()
        .route("/apps", get(apps).post(add_app).delete(remove_app))
        .route("/users", get(users).post(add_user).delete(remove_user))
        .route("/approvals", get(approvals).post(approve).delete(withdraw))
        .route("/faults", get(faults).post(set_faults).delete(clear_faults))
        .route("/clock", get(clock).post(move_clock))
        .route("/journal", get(journal).delete(clear_journal))
        .route("/sessions", get(sessions).delete(expire_tokens))
        .route("/fidelity", get(fidelity))
        .with_state(org)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppName {
    client_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserName {
    username: String,
}

/// One user and one app.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    username: String,
    client_id: String,
}

/// `{"advance": 60}` or `{"set": 1795460366}`, in seconds.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Move {
    Advance(u64),
    Set(i64),
}

async fn apps(State(org): State<OrgHandle>) -> Json<Vec<AppSetup>> {
    Json(org.apps())
}

async fn add_app(State(org): State<OrgHandle>, Json(app): Json<AppSetup>) -> StatusCode {
    org.add_app(app);
    StatusCode::NO_CONTENT
}

async fn remove_app(State(org): State<OrgHandle>, Json(app): Json<AppName>) -> Response {
    done(org.remove_app(&app.client_id), "no such app")
}

async fn users(State(org): State<OrgHandle>) -> Json<Vec<UserSetup>> {
    Json(org.users())
}

async fn add_user(State(org): State<OrgHandle>, Json(user): Json<UserSetup>) -> StatusCode {
    org.add_user(user);
    StatusCode::NO_CONTENT
}

async fn remove_user(State(org): State<OrgHandle>, Json(user): Json<UserName>) -> Response {
    done(org.remove_user(&user.username), "no such user")
}

async fn approvals(State(org): State<OrgHandle>) -> Json<Vec<Approval>> {
    let pairs = org.approvals().into_iter();
    Json(
        pairs
            .map(|(username, client_id)| Approval {
                username,
                client_id,
            })
            .collect(),
    )
}

async fn approve(State(org): State<OrgHandle>, Json(pair): Json<Approval>) -> Response {
    done(org.approve(&pair.username, &pair.client_id), "no such app")
}

async fn withdraw(State(org): State<OrgHandle>, Json(pair): Json<Approval>) -> Response {
    done(
        org.withdraw(&pair.username, &pair.client_id),
        "no such approval",
    )
}

async fn faults(State(org): State<OrgHandle>) -> Json<Faults> {
    Json(org.faults())
}

async fn set_faults(State(org): State<OrgHandle>, Json(faults): Json<Faults>) -> StatusCode {
    org.set_faults(faults);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(org): State<OrgHandle>) -> StatusCode {
    org.set_faults(Faults::none());
    StatusCode::NO_CONTENT
}

async fn clock(State(org): State<OrgHandle>) -> Json<serde_json::Value> {
    Json(json!({ "now": org.now() }))
}

async fn move_clock(State(org): State<OrgHandle>, Json(change): Json<Move>) -> StatusCode {
    match change {
        Move::Advance(seconds) => org.advance_clock(Duration::from_secs(seconds)),
        Move::Set(unix_seconds) => org.set_clock(unix_seconds),
    }
    StatusCode::NO_CONTENT
}

async fn journal(State(org): State<OrgHandle>) -> Response {
    Json(org.journal()).into_response()
}

async fn clear_journal(State(org): State<OrgHandle>) -> StatusCode {
    org.clear_journal();
    StatusCode::NO_CONTENT
}

async fn sessions(State(org): State<OrgHandle>) -> Response {
    Json(org.sessions()).into_response()
}

async fn expire_tokens(State(org): State<OrgHandle>) -> StatusCode {
    org.expire_tokens();
    StatusCode::NO_CONTENT
}

async fn fidelity(State(org): State<OrgHandle>) -> Response {
    Json(org.fidelity()).into_response()
}

fn done(found: bool, otherwise: &'static str) -> Response {
    if found {
        return StatusCode::NO_CONTENT.into_response();
    }
    (StatusCode::NOT_FOUND, Json(json!({ "error": otherwise }))).into_response()
}
