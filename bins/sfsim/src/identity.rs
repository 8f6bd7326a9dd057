//! Who a token is: userinfo, the identity URL, and revoking it.

use axum::{
    body::to_bytes,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    answer,
    org::Org,
    site::{Pen, Site, bearer},
    state::User,
};

/// `GET` or `POST /services/oauth2/userinfo`.
pub(crate) async fn userinfo(State(site): State<Site>, request: Request) -> Response {
    match caller(&site, &request) {
        Some(user) => {
            let org = &site.org;
            answer::json(
                StatusCode::OK,
                request.headers(),
                &openid_claims(org, &user),
            )
        }
        None => bad_token(&request),
    }
}

/// `GET /id/<org>/<user>`: the URL in the token answer.
pub(crate) async fn identity(
    State(site): State<Site>,
    Path((org_id, user_id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Some(user) = caller(&site, &request) else {
        return bad_token(&request);
    };
    if short(&org_id) != short(&site.org.id) {
        return refused(&request, StatusCode::FORBIDDEN, "Wrong_Org");
    }
    if short(&user_id) != short(&user.id) {
        return refused(&request, StatusCode::NOT_FOUND, "Bad_Id");
    }
    answer::json(
        StatusCode::OK,
        request.headers(),
        &identity_of(&site.org, &user),
    )
}

/// `POST /services/oauth2/revoke` with `token=`, or `GET` with it in the query string.
pub(crate) async fn revoke(State(site): State<Site>, request: Request) -> Response {
    let pen = Pen::of(&request);
    let wants_json = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("json"));
    let outcome = match token_parameter(request).await {
        Some(token) if site.org.state().end_session(&token) => Ok(()),
        Some(_) => Err("invalid_token"),
        None => Err("invalid_request"),
    };
    let Err(error) = outcome else {
        return StatusCode::OK.into_response();
    };
    pen.write(|entry| entry.error = Some(error.to_owned()));
    // Unlike the token endpoint, this one speaks form encoding unless it is asked not to.
    let (content_type, body) = if wants_json {
        (answer::JSON, json!({ "error": error }).to_string())
    } else {
        (
            "application/x-www-form-urlencoded;charset=UTF-8",
            format!("error={error}"),
        )
    };
    (
        StatusCode::BAD_REQUEST,
        [(header::CONTENT_TYPE, content_type)],
        body,
    )
        .into_response()
}

async fn token_parameter(request: Request) -> Option<String> {
    /// A token is some hundred bytes.
    const LARGEST: usize = 64 * 1024;
    let in_query = request.uri().query().unwrap_or_default().to_owned();
    let body = match *request.method() {
        Method::POST => to_bytes(request.into_body(), LARGEST)
            .await
            .unwrap_or_default(),
        _ => in_query.into(),
    };
    url::form_urlencoded::parse(&body)
        .find(|(name, _)| name == "token")
        .map(|(_, token)| token.into_owned())
}

/// The user of the request's token, if the token is alive.
fn caller(site: &Site, request: &Request) -> Option<User> {
    let token = bearer(request.headers())?;
    let now = site.org.now();
    let mut state = site.org.state();
    let session = state.use_token(token, now)?;
    let (client_id, username) = (session.client_id.clone(), session.username.clone());
    let user = state.user(&username).cloned();
    Pen::of(request).write(|entry| {
        entry.client_id = Some(client_id);
        entry.username = Some(username);
    });
    user
}

fn bad_token(request: &Request) -> Response {
    let error = match bearer(request.headers()) {
        Some(_) => "Bad_OAuth_Token",
        None => "Missing_OAuth_Token",
    };
    refused(request, StatusCode::FORBIDDEN, error)
}

/// Plain text, not JSON: a client that only looks for a 401 misses that its token is dead.
fn refused(request: &Request, status: StatusCode, error: &'static str) -> Response {
    Pen::of(request).write(|entry| entry.error = Some(error.to_owned()));
    (
        status,
        [(header::CONTENT_TYPE, "text/plain;charset=UTF-8")],
        error,
    )
        .into_response()
}

fn openid_claims(org: &Org, user: &User) -> Value {
    let username = &user.setup.username;
    json!({
        "sub": org.identity_url(&user.id),
        "user_id": user.id,
        "organization_id": org.id,
        "preferred_username": username,
        "nickname": username,
        "name": user.setup.name.as_ref().unwrap_or(username),
        "email": username,
        "email_verified": true,
        "zoneinfo": "Europe/Berlin",
        "active": user.setup.active,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 3_600_000,
        "urls": urls(org),
    })
}

fn identity_of(org: &Org, user: &User) -> Value {
    let username = &user.setup.username;
    json!({
        "id": org.identity_url(&user.id),
        "asserted_user": true,
        "user_id": user.id,
        "organization_id": org.id,
        "username": username,
        "nick_name": username,
        "display_name": user.setup.name.as_ref().unwrap_or(username),
        "email": username,
        "active": user.setup.active,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 3_600_000,
        "urls": urls(org),
    })
}

/// With `{version}` in them, which the client fills in.
fn urls(org: &Org) -> Value {
    let base = org.urls().instance;
    json!({
        "rest": format!("{base}/services/data/v{{version}}/"),
        "query": format!("{base}/services/data/v{{version}}/query/"),
        "custom_domain": base,
    })
}

fn short(id: &str) -> &str {
    id.get(..15).unwrap_or(id)
}
