//! What every handler is given: the org, the port's role, and a pen for the journal.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};

use crate::{
    clock::http_date,
    faults::{Kind, Scope},
    journal::{Entry, Journal, Role, fingerprint, without_secrets},
    org::Org,
};

/// One port of the org.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) org: Arc<Org>,
    pub(crate) role: Role,
}

impl Site {
    /// The fault of the wanted kinds that hits this request, noted in the journal.
    pub(crate) fn fault<T>(
        &self,
        pen: &Pen,
        scope: Scope,
        pick: impl Fn(&Kind) -> Option<T>,
    ) -> Option<T> {
        let (name, picked) = self.org.faults.take(scope, pick)?;
        pen.write(|entry| entry.faults.push(name.to_owned()));
        Some(picked)
    }
}

/// Writes into the journal entry of one request.
#[derive(Clone, Debug)]
pub(crate) struct Pen {
    journal: Arc<Journal>,
    sequence: u64,
}

impl Pen {
    /// The pen that [`observe`] put into the request.
    pub(crate) fn of(request: &Request) -> Self {
        // Every router is wrapped in `observe`; without it the entry simply does not exist.
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self {
                journal: Arc::default(),
                sequence: 0,
            })
    }

    pub(crate) fn write(&self, change: impl FnOnce(&mut Entry)) {
        self.journal.amend(self.sequence, change);
    }
}

/// Outermost: one journal entry for each request, and the `Date` of the org's clock.
pub(crate) async fn observe(
    State(site): State<Site>,
    mut request: Request,
    next: Next,
) -> Response {
    let journal = Arc::clone(&site.org.journal);
    let sequence = journal.open(entry(&site, &request));
    let pen = Pen { journal, sequence };
    request.extensions_mut().insert(pen.clone());
    let mut response = next.run(request).await;
    let dropped = response
        .extensions()
        .get::<crate::server::DropConnection>()
        .is_some();
    let status = (!dropped).then(|| response.status().as_u16());
    pen.write(|entry| entry.status = status);
    if let Ok(date) = HeaderValue::from_str(&http_date(site.org.now())) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

fn entry(site: &Site, request: &Request) -> Entry {
    let headers = request.headers();
    Entry {
        time: site.org.now() / 1_000,
        role: site.role,
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request
            .uri()
            .query()
            .map(without_secrets)
            .unwrap_or_default(),
        bearer: bearer(headers).map(fingerprint),
        content_type: text(headers, &header::CONTENT_TYPE),
        content_encoding: text(headers, &header::CONTENT_ENCODING),
        transfer_encoding: text(headers, &header::TRANSFER_ENCODING),
        accept_encoding: text(headers, &header::ACCEPT_ENCODING),
        user_agent: text(headers, &header::USER_AGENT),
        ..Entry::default()
    }
}

/// The access token of an `Authorization: Bearer` header (`OAuth` is the older spelling).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let known = ["Bearer", "OAuth"];
    known
        .iter()
        .any(|name| scheme.eq_ignore_ascii_case(name))
        .then(|| token.trim())
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}
