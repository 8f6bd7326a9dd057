//! Faults that need to know nothing about Salesforce: they act on any request and any answer.

use std::{convert::Infallible, io, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{Kind, RetryAfter, Scope};
use crate::{
    answer,
    clock::{Millis, http_date},
    server::DropConnection,
    site::{Pen, Site},
};

/// Waits, answers in place of the org, or damages the org's answer, as the faults say.
pub(crate) async fn misbehave(State(site): State<Site>, request: Request, next: Next) -> Response {
    let scope = Scope::of(request.uri().path());
    let pen = Pen::of(&request);
    if let Some(delay) = site.fault(&pen, scope, delay) {
        tokio::time::sleep(delay).await;
    }
    if let Some(kind) = site.fault(&pen, scope, replacement) {
        return instead(kind, site.org.now());
    }
    let mut response = next.run(request).await;
    if let Some(bytes) = site.fault(&pen, scope, oversized_header) {
        response.headers_mut().insert(OVERSIZED, filler(bytes));
    }
    if let Some(pause) = site.fault(&pen, scope, drip) {
        response = dripping(response, pause);
    }
    if let Some(bytes) = site.fault(&pen, scope, cut) {
        response = cut_after(response, bytes);
    }
    response
}

/// Halves JSON before it is compressed and framed, so that only a JSON parser notices.
pub(crate) async fn truncate(State(site): State<Site>, request: Request, next: Next) -> Response {
    let scope = Scope::of(request.uri().path());
    let pen = Pen::of(&request);
    let response = next.run(request).await;
    if site
        .fault(&pen, scope, |kind| {
            (*kind == Kind::TruncatedJson).then_some(())
        })
        .is_none()
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    // Only bodies made in memory come through here; one that fails is empty.
    let whole = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    Response::from_parts(parts, Body::from(whole.slice(..whole.len() / 2)))
}

const OVERSIZED: HeaderName = HeaderName::from_static("x-sfsim-oversized");
const PIECE: usize = 64 * 1024;

fn delay(kind: &Kind) -> Option<Duration> {
    match kind {
        Kind::SlowMs(delay) => Some(Duration::from_millis(*delay)),
        _ => None,
    }
}

fn drip(kind: &Kind) -> Option<Duration> {
    match kind {
        Kind::DripMs(pause) => Some(Duration::from_millis(*pause)),
        _ => None,
    }
}

fn cut(kind: &Kind) -> Option<u64> {
    match kind {
        Kind::CutBodyAfter(bytes) => Some(*bytes),
        _ => None,
    }
}

fn oversized_header(kind: &Kind) -> Option<usize> {
    match kind {
        Kind::OversizedHeader(bytes) => Some(*bytes),
        _ => None,
    }
}

fn replacement(kind: &Kind) -> Option<Kind> {
    matches!(
        kind,
        Kind::Empty500
            | Kind::RateLimit(_)
            | Kind::Unavailable(_)
            | Kind::DropConnection
            | Kind::Redirect(_)
            | Kind::HugeBody(_)
            | Kind::Html(_)
    )
    .then(|| kind.clone())
}

fn instead(kind: Kind, now: Millis) -> Response {
    match kind {
        Kind::RateLimit(after) => retry_later(
            StatusCode::TOO_MANY_REQUESTS,
            "REQUEST_LIMIT_EXCEEDED",
            "Too many requests.",
            after,
            now,
        ),
        Kind::Unavailable(after) => retry_later(
            StatusCode::SERVICE_UNAVAILABLE,
            "SERVER_UNAVAILABLE",
            "Server unavailable.",
            after,
            now,
        ),
        Kind::Html(status) => answer::html(status),
        Kind::HugeBody(bytes) => huge(bytes),
        Kind::Redirect(to) => {
            let to = HeaderValue::from_str(&to).unwrap_or_else(|_| HeaderValue::from_static("/"));
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        Kind::DropConnection => {
            let mut response = Response::default();
            response.extensions_mut().insert(DropConnection);
            response
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn retry_later(
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    after: RetryAfter,
    now: Millis,
) -> Response {
    let value = match after {
        RetryAfter::Seconds(seconds) => seconds.to_string(),
        RetryAfter::Date(seconds) => http_date(now.saturating_add(Millis::from(seconds) * 1_000)),
    };
    let error = answer::ApiError::new(status, code, message);
    ([(header::RETRY_AFTER, value)], error).into_response()
}

/// One JSON string of that many bytes. Every piece is the same static memory.
fn huge(bytes: u64) -> Response {
    static FILLER: [u8; PIECE] = [b'x'; PIECE];
    let pieces = stream::unfold(bytes, |left| async move {
        let size = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let piece = Bytes::from_static(&FILLER).slice(..size);
        (size > 0).then(|| (Ok::<_, Infallible>(piece), left - size as u64))
    });
    let opened = stream::once(async { Ok(Bytes::from_static(b"\"")) }).chain(pieces);
    (
        [(header::CONTENT_TYPE, answer::JSON)],
        Body::from_stream(opened),
    )
        .into_response()
}

fn filler(bytes: usize) -> HeaderValue {
    HeaderValue::from_str(&"x".repeat(bytes)).unwrap_or_else(|_| HeaderValue::from_static("x"))
}

/// Announces the whole body, sends a part of it and closes the connection.
fn cut_after(response: Response, bytes: u64) -> Response {
    let (parts, body) = announced(response);
    let pieces = stream::unfold(
        (body.into_data_stream(), bytes),
        |(mut body, left)| async move {
            if left == 0 {
                // Lets the server write what it has, before the error makes it close.
                tokio::task::yield_now().await;
                let closed = io::Error::new(io::ErrorKind::ConnectionAborted, "cut by a fault");
                return Some((Err(closed), (body, 0)));
            }
            let mut piece = body.next().await?.ok()?;
            piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let left = left - piece.len() as u64;
            Some((Ok(piece), (body, left)))
        },
    );
    Response::from_parts(parts, Body::from_stream(pieces))
}

fn dripping(response: Response, pause: Duration) -> Response {
    const DROP: usize = 1024;
    let (parts, body) = announced(response);
    let state = (body.into_data_stream(), Bytes::new());
    let pieces = stream::unfold(state, move |(mut body, mut rest)| async move {
        if rest.is_empty() {
            rest = body.next().await?.ok()?;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(rest.len().min(DROP));
        Some((Ok::<_, Infallible>(piece), (body, rest)))
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// The parts with the length of the body written down, where it is known: a stream has none.
fn announced(response: Response) -> (http::response::Parts, Body) {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    (parts, body)
}
