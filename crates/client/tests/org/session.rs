//! Dead tokens: noticed, replaced once, and the request sent once more.

use std::sync::Arc;

use sfjwt_client::{ApiRequest, Client, ClientError, HostPolicy, Login, Session};
use sfjwt_signer::Class;
use sfjwt_transport::{Environment, Replay, Settings, Transport};
use sfsim::{Fault, Faults, Kind, Scope, Setup};
use tokio::task::JoinSet;

use crate::support::World;

const RESOURCES: &str = "/services/data/v67.0";

fn resources() -> ApiRequest {
    ApiRequest::get(RESOURCES)
}

/// A world that is logged in, with the login out of the journal.
async fn logged_in() -> World {
    let world = World::new().await;
    world.client.send(resources()).await.unwrap();
    world.org.org().clear_journal();
    world
}

#[tokio::test]
async fn a_dead_token_is_replaced_and_the_request_sent_once_more() {
    let world = logged_in().await;
    world.org.org().expire_tokens();
    world.client.send(resources()).await.unwrap();
    assert_eq!((world.logins(), world.received(RESOURCES).len()), (1, 2));
}

#[tokio::test]
async fn even_a_request_that_must_not_be_repeated_is_sent_again_after_a_dead_token() {
    let world = logged_in().await;
    world.org.org().expire_tokens();
    let request = resources().replay(Replay::Never);
    assert!(world.client.send(request).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tasks_whose_token_just_died_cause_one_token_request() {
    let world = logged_in().await;
    world.org.org().expire_tokens();
    let mut tasks = JoinSet::new();
    for _ in 0..1000 {
        let client = world.client.clone();
        tasks.spawn(async move { client.send(resources()).await });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.unwrap().unwrap();
    }
    assert_eq!(world.logins(), 1);
}

#[tokio::test]
async fn refusals_that_arrive_one_after_the_other_cause_one_token_request() {
    let world = logged_in().await;
    let session = world.client.session().clone();
    let dead = session.token().await.unwrap();
    world.org.org().expire_tokens();
    for _ in 0..5 {
        world.client.send(resources()).await.unwrap();
        session.invalidate(&dead);
    }
    assert_eq!(world.logins(), 1);
}

#[tokio::test]
async fn every_word_for_a_dead_token_is_known() {
    for code in [
        "INVALID_SESSION_ID",
        "INVALID_JWT_FORMAT",
        "INVALID_AUTH_HEADER",
    ] {
        let faults = Faults::none().with(Kind::UnauthorizedCode(code.to_owned()));
        let world = World::with(faults).await;
        world.client.send(resources()).await.unwrap();
        world.org.org().expire_tokens();
        world.client.send(resources()).await.unwrap();
        assert_eq!(world.logins(), 2, "{code}");
    }
}

#[tokio::test]
async fn a_401_in_other_words_is_no_dead_token() {
    let faults = Faults::none().with(Kind::UnauthorizedCode("SOMETHING_ELSE".to_owned()));
    let world = World::with(faults).await;
    world.client.send(resources()).await.unwrap();
    world.org.org().expire_tokens();
    let error = world.client.send(resources()).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Api(refusal) if refusal.status == 401),
        "{error}"
    );
    assert_eq!((error.class(), world.logins()), (Some(Class::Operator), 1));
}

#[tokio::test]
async fn the_identity_service_says_it_in_its_own_way() {
    let world = logged_in().await;
    world.org.org().expire_tokens();
    assert!(world.client.userinfo().await.is_ok());
    assert_eq!(world.logins(), 1);
}

#[tokio::test]
async fn a_login_that_returns_the_refused_token_is_no_loop() {
    let unauthorized = Fault::new(Kind::Unauthorized).on(Scope::Data);
    let world = World::with(Faults::none().with(unauthorized)).await;
    let error = world.client.send(resources()).await.unwrap_err();
    assert!(matches!(error, ClientError::SameToken(_)), "{error}");
    assert_eq!((world.logins(), world.received(RESOURCES).len()), (2, 1));
}

#[tokio::test]
async fn a_token_that_dies_every_second_call_is_replaced_every_second_call() {
    let faults = Faults::none().with(Kind::ExpireAfter(2));
    let world = World::start(Setup::new().faults(faults), |_| ()).await;
    for _ in 0..6 {
        world.client.send(resources()).await.unwrap();
    }
    assert_eq!(world.logins(), 3);
}

#[tokio::test]
async fn a_refused_login_is_told_to_every_request_that_waited_for_it() {
    let world = logged_in().await;
    world.org.org().expire_tokens();
    let refused = Kind::TokenError {
        code: "invalid_grant".to_owned(),
        description: Some("user hasn't approved this consumer".to_owned()),
    };
    world.org.org().set_faults(Faults::none().with(refused));
    let error = world.client.send(resources()).await.unwrap_err();
    assert!(error.to_string().contains("hasn't approved"), "{error}");
    assert_eq!(error.class(), Some(Class::Operator));
}

#[tokio::test]
async fn a_token_from_elsewhere_works_until_it_dies_and_then_says_what_the_server_said() {
    let world = World::new().await;
    let token = world.login().login().await.unwrap();
    let transport = Transport::new(Settings::default(), &Environment::empty()).unwrap();
    let session = Session::with_token(token, None);
    let client = Client::new(
        Arc::new(transport),
        session,
        HostPolicy::default(),
        sfjwt_client::ApiVersion::default(),
    );
    assert!(client.send(resources()).await.is_ok());
    world.org.org().expire_tokens();
    let error = client.send(resources()).await.unwrap_err();
    assert!(error.to_string().contains("INVALID_SESSION_ID"), "{error}");
}
