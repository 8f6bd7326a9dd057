//! Nobody is followed.

use crate::support::{Reply, Server, transport};
use sfjwt_transport::{Request, Response, TransportError};

async fn answer(status: u16, headers: &str) -> Result<Response, TransportError> {
    let server = Server::script(vec![Reply::status(status, headers)]).await;
    let outcome = transport().send(Request::get(server.url())).await;
    assert_eq!(server.requests(), 1);
    outcome
}

#[tokio::test]
async fn a_redirect_is_an_error_that_names_the_host_and_not_the_query() {
    for status in [301, 302, 303, 307, 308] {
        let error = answer(status, "Location: https://evil.example/x?token=canary\r\n")
            .await
            .unwrap_err();
        let TransportError::Redirect { to, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(to, "evil.example");
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_redirect_within_the_host_is_not_followed_either() {
    let error = answer(302, "Location: /elsewhere\r\n").await.unwrap_err();
    assert!(matches!(error, TransportError::Redirect { .. }), "{error}");
}

#[tokio::test]
async fn several_records_and_not_modified_are_answers() {
    for status in [300, 304] {
        let response = answer(status, "Location: https://evil.example/\r\n")
            .await
            .unwrap();
        assert_eq!(response.status, status);
    }
}
