//! What is sent again, and what is not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::support::{Reply, Server, closed_port, transport};
use sfjwt_transport::{
    Environment, Method, Replay, Request, RetryPolicy, Settings, StatusCode, Transport,
    TransportError,
};

const LOST: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive5";

/// How often a request was made when the server always answers like this.
async fn requests(answer: Reply, method: Method, replay: Replay) -> usize {
    let server = Server::script(vec![answer]).await;
    let request = Request::new(method, server.url()).replay(replay);
    let outcome = transport().send(request).await;
    assert!(
        outcome
            .as_ref()
            .map_or(true, |it| it.status != StatusCode::OK),
        "{outcome:?}"
    );
    server.requests()
}

#[tokio::test]
async fn a_read_is_tried_four_times_on_every_status_that_may_pass() {
    for status in [429, 500, 502, 503, 504] {
        let reply = Reply::status(status, "");
        assert_eq!(
            requests(reply, Method::GET, Replay::ByMethod).await,
            4,
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_read_is_not_tried_again_on_a_status_that_stays() {
    for status in [400, 401, 403, 404, 420, 501] {
        let reply = Reply::status(status, "");
        assert_eq!(
            requests(reply, Method::GET, Replay::ByMethod).await,
            1,
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_write_is_never_tried_again_once_it_may_have_arrived() {
    for reply in [
        Reply::status(503, ""),
        Reply::status(429, ""),
        Reply::text(LOST),
        Reply::text(""),
    ] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(requests(reply.clone(), method, Replay::ByMethod).await, 1);
        }
    }
}

#[tokio::test]
async fn a_write_that_does_no_harm_twice_is_tried_again() {
    let reply = Reply::status(503, "");
    assert_eq!(requests(reply, Method::POST, Replay::Always).await, 4);
}

#[tokio::test]
async fn a_read_that_must_not_be_repeated_is_not() {
    let reply = Reply::status(503, "");
    assert_eq!(requests(reply, Method::GET, Replay::Never).await, 1);
}

#[tokio::test]
async fn a_read_whose_answer_was_lost_is_tried_again() {
    assert_eq!(
        requests(Reply::text(LOST), Method::GET, Replay::ByMethod).await,
        4
    );
    assert_eq!(
        requests(Reply::text(""), Method::GET, Replay::ByMethod).await,
        4
    );
}

#[tokio::test]
async fn the_first_good_answer_ends_the_attempts() {
    let server = Server::script(vec![
        Reply::status(503, ""),
        Reply::text(LOST),
        Reply::ok("here"),
    ])
    .await;
    let response = transport().send(Request::get(server.url())).await.unwrap();
    assert_eq!((&response.body[..], server.requests()), (&b"here"[..], 3));
}

#[tokio::test]
async fn when_the_attempts_are_used_up_the_last_answer_stands() {
    let server = Server::script(vec![Reply::status(503, "")]).await;
    let response = transport().send(Request::get(server.url())).await.unwrap();
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_server_that_asks_for_too_long_a_wait_is_not_asked_again() {
    let server = Server::script(vec![Reply::status(503, "Retry-After: 3600\r\n")]).await;
    let response = transport().send(Request::get(server.url())).await.unwrap();
    assert_eq!(server.requests(), 1);
    assert_eq!(
        sfjwt_transport::retry_after(&response.headers),
        Some(Duration::from_secs(3600))
    );
}

#[tokio::test]
async fn even_a_write_is_tried_again_when_no_connection_was_made() {
    let url = format!("http://127.0.0.1:{}/", closed_port().await);
    let waits = Arc::new(AtomicUsize::new(0));
    let counted = waits.clone();
    let retry = RetryPolicy::new(4)
        .with_waits(Duration::ZERO, Duration::ZERO)
        .with_random(Arc::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            0.0
        }));
    let transport =
        Transport::with_retry(Settings::default(), &Environment::empty(), retry).unwrap();
    let request = Request::post(url.parse().unwrap()).replay(Replay::Never);
    let error = transport.send(request).await.unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error}");
    assert_eq!(waits.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_silent_server_is_a_time_out_and_a_write_to_it_is_not_repeated() {
    let server = Server::script(vec![Reply::Silence]).await;
    let transport = crate::support::patient(Settings {
        read_timeout: Duration::from_millis(20),
        ..Settings::default()
    });
    let error = transport
        .send(Request::post(server.url()))
        .await
        .unwrap_err();
    assert!(matches!(error, TransportError::Timeout { .. }), "{error}");
    assert_eq!(server.requests(), 1);
}
