//! One login: what is sent, what is tried again, what each refusal means.

use sfjwt_client::{ClientError, HostPolicy, Login, Token, TokenEndpoint};
use sfjwt_signer::Class;
use sfjwt_transport::TransportError;
use sfsim::{Fault, Faults, Kind, RetryAfter, Scope, Setup};

use crate::support::{TOKEN, World};

/// The outcome of a login with a fault, and how many token requests it took.
async fn login(fault: impl Into<Fault>) -> (Result<Token, ClientError>, usize) {
    let world = World::with(Faults::none().with(fault.into().on(Scope::Token))).await;
    let outcome = world.login().login().await;
    (outcome, world.logins())
}

async fn refusal(fault: impl Into<Fault>) -> (ClientError, usize) {
    let (outcome, requests) = login(fault).await;
    (outcome.unwrap_err(), requests)
}

fn token_error(code: &str, description: &str) -> Kind {
    Kind::TokenError {
        code: code.to_owned(),
        description: Some(description.to_owned()),
    }
}

#[tokio::test]
async fn a_login_is_one_form_and_learns_where_the_instance_is() {
    let world = World::new().await;
    let token = world.login().login().await.unwrap();
    assert_eq!(token.instance_url.to_string(), world.org.instance_url());
    assert_ne!(world.org.instance_url(), world.org.url());

    let [request] = &world.received(TOKEN)[..] else {
        panic!("more than one request");
    };
    assert_eq!(
        (request.method.as_str(), request.query.as_str()),
        ("POST", "")
    );
    assert_eq!(
        request.content_type.as_deref(),
        Some("application/x-www-form-urlencoded")
    );
}

#[tokio::test]
async fn a_refusal_is_kept_in_the_servers_words_and_never_tried_again() {
    let (error, requests) = refusal(token_error(
        "invalid_grant",
        "user hasn't approved this consumer",
    ))
    .await;
    let ClientError::OAuth(refusal) = &error else {
        panic!("{error}");
    };
    assert_eq!(refusal.error, "invalid_grant");
    assert_eq!(
        refusal.description.as_deref(),
        Some("user hasn't approved this consumer")
    );
    assert_eq!((error.class(), requests), (Some(Class::Operator), 1));
}

#[tokio::test]
async fn a_refusal_without_a_description_is_a_refusal() {
    let (error, _) = refusal(Kind::TokenError {
        code: "invalid_client".to_owned(),
        description: None,
    })
    .await;
    assert_eq!(error.class(), Some(Class::Operator));
}

#[tokio::test]
async fn a_used_up_login_rate_is_for_later_and_not_for_another_attempt() {
    let (error, requests) = refusal(token_error("invalid_grant", "login rate exceeded")).await;
    assert_eq!((error.class(), requests), (Some(Class::Retry), 1));
}

#[tokio::test]
async fn trouble_that_passes_is_outlasted() {
    for kind in [
        Kind::TokenStatus(503),
        Kind::Empty500,
        Kind::DropConnection,
        Kind::CutBodyAfter(20),
        Kind::RateLimit(RetryAfter::Seconds(0)),
        token_error("server_error", "retry your request"),
    ] {
        let (outcome, requests) = login(Fault::new(kind.clone()).times(2)).await;
        assert!(outcome.is_ok(), "{kind:?}: {outcome:?}");
        assert_eq!(requests, 3, "{kind:?}");
    }
}

#[tokio::test]
async fn trouble_that_stays_ends_after_four_attempts_and_is_for_later() {
    for kind in [
        Kind::TokenStatus(503),
        Kind::CutBodyAfter(20),
        Kind::DropConnection,
    ] {
        let (error, requests) = refusal(kind.clone()).await;
        assert_eq!(
            (error.class(), requests),
            (Some(Class::Retry), 4),
            "{kind:?}: {error}"
        );
    }
}

#[tokio::test]
async fn a_server_that_asks_for_an_hour_is_not_asked_again_and_its_wish_is_told() {
    let (error, requests) = refusal(Kind::Unavailable(RetryAfter::Seconds(3600))).await;
    assert_eq!((error.class(), requests), (Some(Class::Retry), 1));
    assert!(error.to_string().contains("3600 s"), "{error}");
}

#[tokio::test]
async fn each_attempt_signs_another_assertion() {
    let faults = Faults::none().with(Fault::new(Kind::TokenStatus(503)).times(1));
    let world = World::start(Setup::new().faults(faults), |settings| {
        settings.jwt_id = true;
    })
    .await;
    world.login().login().await.unwrap();
    let signed = world.signed.lock().unwrap();
    assert_eq!(signed.len(), 2);
    assert_ne!(signed[0], signed[1]);
}

#[tokio::test]
async fn a_clock_that_is_behind_is_told_by_how_much() {
    let (error, requests) = refusal(Kind::ClockSkew(600)).await;
    let ClientError::OAuth(refusal) = &error else {
        panic!("{error}");
    };
    let ahead = refusal.clock_ahead.unwrap();
    assert!((598..=602).contains(&ahead), "{ahead}");
    assert!(
        error.to_string().contains("s behind the server's"),
        "{error}"
    );
    assert_eq!((error.class(), requests), (Some(Class::Operator), 1));
}

#[tokio::test]
async fn html_with_a_good_status_is_another_server() {
    let (error, requests) = refusal(Kind::Html(200)).await;
    assert!(error.to_string().contains("text/html"), "{error}");
    assert_eq!((error.class(), requests), (Some(Class::Config), 1));
}

#[tokio::test]
async fn truncated_json_is_called_cut_off() {
    let (error, _) = refusal(Kind::TruncatedJson).await;
    assert!(error.to_string().contains("cut off"), "{error}");
}

#[tokio::test]
async fn three_gigabytes_are_refused() {
    let (error, requests) = refusal(Kind::HugeBody(3 << 30)).await;
    assert!(
        matches!(
            &error,
            ClientError::Transport(TransportError::TooLarge { cap: 65_536, .. })
        ),
        "{error}"
    );
    assert_eq!((error.class(), requests), (Some(Class::Security), 1));
}

#[tokio::test]
async fn a_redirect_is_a_matter_of_security_and_names_the_host() {
    let (error, requests) = refusal(Kind::Redirect("https://evil.example/token".to_owned())).await;
    assert!(error.to_string().contains("evil.example"), "{error}");
    assert_eq!((error.class(), requests), (Some(Class::Security), 1));
}

#[tokio::test]
async fn an_instance_of_somebody_else_does_not_get_the_token() {
    let (error, requests) = refusal(Kind::InstanceUrl("https://evil.example".to_owned())).await;
    assert!(
        matches!(&error, ClientError::HostNotAllowed { host, .. } if host == "evil.example"),
        "{error}"
    );
    assert_eq!((error.class(), requests), (Some(Class::Security), 1));
}

#[tokio::test]
async fn an_instance_over_plain_http_does_not_get_the_token() {
    let (error, _) = refusal(Kind::InstanceUrl(
        "http://acme.my.salesforce.com".to_owned(),
    ))
    .await;
    assert!(error.to_string().contains("instance_url"), "{error}");
}

#[tokio::test]
async fn another_instance_than_the_pinned_one_is_refused() {
    let world = World::start(Setup::new(), |settings| {
        settings.instance_url = Some("https://acme.my.salesforce.com".parse().unwrap());
    })
    .await;
    let error = world.login().login().await.unwrap_err();
    assert!(
        matches!(error, ClientError::OtherInstance { .. }),
        "{error}"
    );
    assert_eq!(error.class(), Some(Class::Security));
}

#[tokio::test]
async fn the_pinned_instance_is_accepted() {
    let world = World::new().await;
    let mut settings = world.settings.clone();
    settings.instance_url = Some(world.org.instance_url().parse().unwrap());
    let world = World { settings, ..world };
    assert!(world.login().login().await.is_ok());
}

#[tokio::test]
async fn an_assertion_made_elsewhere_is_exchanged_as_it_is() {
    let world = World::new().await;
    let assertion = world.login().assertion().await.unwrap();
    let transport = sfjwt_transport::Transport::new(
        sfjwt_transport::Settings::default(),
        &sfjwt_transport::Environment::empty(),
    );
    let endpoint = TokenEndpoint::new(
        std::sync::Arc::new(transport.unwrap()),
        &world.settings.login_url,
        HostPolicy::default(),
    );
    let token = endpoint.unwrap().exchange(&assertion).await.unwrap();
    assert_eq!(token.token_type, "Bearer");
}
