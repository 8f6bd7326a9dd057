//! `POST /services/oauth2/token`.

mod assertion;
mod errors;
mod form;
mod grant;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header};
use serde::Serialize;

use self::{
    errors::Refusal,
    form::Form,
    grant::{Asker, Login},
};
use crate::{
    answer,
    faults::{Kind, Scope},
    journal::{Role, fingerprint},
    site::{Pen, Site},
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Answers a token request; the journal learns who asked and which rule refused.
pub(crate) async fn token(State(site): State<Site>, request: Request) -> Response {
    let pen = Pen::of(&request);
    let headers = request.headers().clone();
    if let Some(status) = site.fault(&pen, Scope::Token, broken) {
        return answer::html(status);
    }
    let mut asker = Asker::default();
    let outcome = granted(&site, request, &mut asker).await;
    pen.write(|entry| {
        entry.client_id.clone_from(&asker.client_id);
        entry.username.clone_from(&asker.username);
    });
    match outcome {
        Ok(login) => {
            pen.write(|entry| entry.issued = Some(fingerprint(&login.session.token)));
            let granted = TokenAnswer::new(&site, &pen, login);
            let mut response = answer::json(StatusCode::OK, &headers, &granted);
            let no_store = header::HeaderValue::from_static("no-cache, no-store");
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, no_store);
            response
        }
        Err(mut refusal) => {
            if site.fault(&pen, Scope::Token, silent).is_some() {
                refusal.description = None;
            }
            pen.write(|entry| {
                entry.rule = refusal.rule;
                entry.error = Some(refusal.error.clone());
            });
            refusal.into_response()
        }
    }
}

async fn granted(site: &Site, request: Request, asker: &mut Asker) -> Result<Login, Refusal> {
    if request.method() != Method::POST {
        return Err(errors::MUST_POST.into());
    }
    let pen = Pen::of(&request);
    let form = Form::read(request, site.org.fidelity.query_parameters).await?;
    pen.write(|entry| entry.grant = form.get("grant_type").map(str::to_owned));
    if let Some((code, description)) = site.fault(&pen, Scope::Token, refusing) {
        return Err(Refusal::injected(code, description));
    }
    match form.get("grant_type") {
        Some(JWT_BEARER) => {}
        // This flow exists, but not at the public login hosts.
        Some("client_credentials") if site.role == Role::Login => {
            return Err(errors::WRONG_DOMAIN.into());
        }
        _ => return Err(errors::UNSUPPORTED_GRANT.into()),
    }
    if form.get("scope").is_some() {
        return Err(errors::SCOPE.into());
    }
    let assertion = form.get("assertion").ok_or(errors::MISSING_ASSERTION)?;
    grant::decide(&site.org, assertion, asker)
}

/// The answer to a granted login. No `expires_in` and no `refresh_token`: this flow has neither.
#[derive(Serialize)]
struct TokenAnswer {
    instance_url: String,
    access_token: String,
    id: String,
    token_type: &'static str,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    /// Real answers grow new fields; a client that stumbles here would stumble there.
    sfsim_extra: &'static str,
}

impl TokenAnswer {
    fn new(site: &Site, pen: &Pen, login: Login) -> Self {
        let elsewhere = site.fault(pen, Scope::Token, |kind| match kind {
            Kind::InstanceUrl(url) => Some(url.clone()),
            _ => None,
        });
        let stamped = site.org.fidelity.issued_at;
        Self {
            instance_url: elsewhere.unwrap_or_else(|| site.org.urls().instance),
            id: site.org.identity_url(&login.session.user_id),
            access_token: login.session.token,
            token_type: "Bearer",
            scope: scope(&login.scopes),
            issued_at: stamped.then(|| site.org.now().to_string()),
            signature: stamped.then(|| "c2ZzaW0gc2lnbnMgbm90aGluZw==".to_owned()),
            sfsim_extra: "a client ignores fields that it does not know",
        }
    }
}

/// The app's scopes without the one that is only a condition of the flow, and `id`, always there.
fn scope(scopes: &[String]) -> String {
    let granted = scopes
        .iter()
        .map(String::as_str)
        .filter(|scope| !["refresh_token", "offline_access"].contains(scope));
    granted.chain(["id"]).collect::<Vec<_>>().join(" ")
}

fn broken(kind: &Kind) -> Option<u16> {
    match kind {
        Kind::TokenStatus(status) => Some(*status),
        _ => None,
    }
}

fn refusing(kind: &Kind) -> Option<(String, Option<String>)> {
    match kind {
        Kind::TokenError { code, description } => Some((code.clone(), description.clone())),
        _ => None,
    }
}

fn silent(kind: &Kind) -> Option<()> {
    (*kind == Kind::MissingDescription).then_some(())
}
