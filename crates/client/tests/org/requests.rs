//! Single requests: who is asked, with what, and what is tried again.

use sfjwt_client::{ApiRequest, ClientError};
use sfjwt_signer::Class;
use sfjwt_transport::Method;
use sfsim::{Fault, Faults, Kind, RetryAfter, Scope};

use crate::support::World;

const RESOURCES: &str = "/services/data/v67.0";

fn on_data(kind: Kind) -> Faults {
    Faults::none().with(Fault::new(kind).on(Scope::Data))
}

async fn read(kind: Kind) -> (Result<(), ClientError>, usize) {
    let world = World::with(on_data(kind)).await;
    let outcome = world.client.send(ApiRequest::get(RESOURCES)).await;
    (outcome.map(drop), world.received(RESOURCES).len())
}

#[tokio::test]
async fn versions_are_asked_for_without_the_token() {
    let world = World::new().await;
    let versions = world.client.versions().await.unwrap();
    assert!(versions.iter().any(|version| version.version == "67.0"));
    let [request] = &world.received("/services/data")[..] else {
        panic!("more than one request");
    };
    assert_eq!(request.bearer, None);
}

#[tokio::test]
async fn userinfo_and_identity_name_the_same_user() {
    let world = World::new().await;
    let userinfo = world.client.userinfo().await.unwrap();
    let identity = world.client.identity().await.unwrap();
    assert_eq!(userinfo.preferred_username, "ops@example.com");
    assert_eq!(identity["user_id"], userinfo.user_id);
}

#[tokio::test]
async fn a_revoked_token_is_dead_and_the_session_knows_it() {
    let world = World::new().await;
    let token = world.client.session().token().await.unwrap();
    world.client.revoke(&token).await.unwrap();
    world.client.send(ApiRequest::get(RESOURCES)).await.unwrap();
    assert_eq!((world.logins(), world.received(RESOURCES).len()), (2, 1));
}

#[tokio::test]
async fn revoking_twice_is_refused_in_the_servers_words() {
    let world = World::new().await;
    let token = world.client.session().token().await.unwrap();
    world.client.revoke(&token).await.unwrap();
    let error = world.client.revoke(&token).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Api(refusal) if refusal.status == 400),
        "{error}"
    );
}

#[tokio::test]
async fn the_usage_of_the_api_is_remembered() {
    let world = World::new().await;
    assert_eq!(world.client.limit_info(), None);
    world.client.send(ApiRequest::get(RESOURCES)).await.unwrap();
    let info = world.client.limit_info().unwrap();
    assert!(
        info.org.used <= info.org.limit && info.org.limit > 0,
        "{info:?}"
    );
}

#[tokio::test]
async fn gzip_is_accepted() {
    let world = World::new().await;
    world.client.send(ApiRequest::get(RESOURCES)).await.unwrap();
    let accepted = world.received(RESOURCES)[0].accept_encoding.clone();
    assert_eq!(accepted.as_deref(), Some("gzip"));
}

#[tokio::test]
async fn a_refused_request_is_for_whoever_wrote_it() {
    let world = World::new().await;
    let request = ApiRequest::get("/services/data/v67.0/sobjects/Nonsense__c/describe");
    let error = world.client.send(request).await.unwrap_err();
    assert!(matches!(error, ClientError::Api(_)), "{error}");
    assert_eq!(error.class(), None);
}

#[tokio::test]
async fn a_read_is_tried_four_times_and_then_for_later() {
    for kind in [
        Kind::Empty500,
        Kind::Html(503),
        Kind::Unavailable(RetryAfter::Date(0)),
        Kind::RateLimit(RetryAfter::Seconds(0)),
        Kind::DropConnection,
        Kind::CutBodyAfter(10),
    ] {
        let (outcome, requests) = read(kind.clone()).await;
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.class(), requests),
            (Some(Class::Retry), 4),
            "{kind:?}: {error}"
        );
    }
}

#[tokio::test]
async fn a_write_is_sent_once() {
    for kind in [Kind::Empty500, Kind::DropConnection, Kind::CutBodyAfter(10)] {
        let world = World::with(on_data(kind.clone())).await;
        let path = "/services/data/v67.0/sobjects/Account";
        let request = ApiRequest::new(Method::POST, path).json(&serde_json::json!({"Name": "A"}));
        assert!(world.client.send(request).await.is_err(), "{kind:?}");
        assert_eq!(world.received(path).len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_redirect_of_the_instance_does_not_get_the_token() {
    let (outcome, requests) = read(Kind::Redirect("https://evil.example/x".to_owned())).await;
    let error = outcome.unwrap_err();
    assert!(error.to_string().contains("evil.example"), "{error}");
    assert_eq!((error.class(), requests), (Some(Class::Security), 1));
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_not_sent_at_all() {
    let world = World::new().await;
    for path in ["https://evil.example/x", "//evil.example/x"] {
        let error = world.client.send(ApiRequest::get(path)).await.unwrap_err();
        assert!(matches!(error, ClientError::ForeignUrl { .. }), "{error}");
        assert_eq!(error.class(), Some(Class::Security));
    }
}
