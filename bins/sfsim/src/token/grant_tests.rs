//! One test for each row of the table that the grant itself decides, and for each switch.

use std::{sync::OnceLock, time::Duration};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, date_time_ymd};
use serde_json::{Value, json};

use super::*;
use crate::{
    certificate::Certificate,
    org::{OrgHandle, Urls},
    parties::UserSetup,
    setup::{OrgType, Setup},
};

const APP: &str = "the-app";
const USER: &str = "user@example.com";

/// A key and a certificate that has ended; whether that matters is a switch.
struct Party {
    key: EncodingKey,
    certificate: Certificate,
}

fn party() -> &'static Party {
    static PARTY: OnceLock<Party> = OnceLock::new();
    PARTY.get_or_init(new_party)
}

fn stranger() -> &'static Party {
    static STRANGER: OnceLock<Party> = OnceLock::new();
    STRANGER.get_or_init(new_party)
}

fn new_party() -> Party {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let mut body = CertificateParams::new(Vec::new()).unwrap();
    body.not_after = date_time_ymd(2001, 1, 1);
    let certificate = body.self_signed(&key).unwrap();
    Party {
        key: EncodingKey::from_rsa_pem(key.serialize_pem().as_bytes()).unwrap(),
        certificate: Certificate::parse(certificate.der()).unwrap(),
    }
}

fn app() -> AppSetup {
    AppSetup::new(APP).certificate(party().certificate.clone())
}

fn org(setup: Setup) -> Org {
    let org = Org::new(setup);
    let login = "http://127.0.0.1:4000".to_owned();
    let instance = "http://127.0.0.1:5000".to_owned();
    org.urls.set(Urls { login, instance }).unwrap();
    org
}

fn usual() -> Setup {
    Setup::new().app(app()).user(UserSetup::new(USER))
}

/// Claims that are granted, a minute before they expire.
fn claims(org: &Org) -> Value {
    let exp = org.now() / 1_000 + 60;
    json!({ "iss": APP, "sub": USER, "aud": "https://login.salesforce.com", "exp": exp })
}

fn sign(claims: &Value) -> String {
    encode(&Header::new(Algorithm::RS256), claims, &party().key).unwrap()
}

fn outcome(org: &Org, assertion: &str) -> Result<Login, Refusal> {
    decide(org, assertion, &mut Asker::default())
}

#[track_caller]
fn assert_refused(org: &Org, claims: &Value, row: Row) {
    assert_eq!(outcome(org, &sign(claims)).unwrap_err(), Refusal::from(row));
}

/// The usual claims with one of them changed.
fn with(org: &Org, name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims(org);
    claims[name] = value.into();
    claims
}

fn fidelity(change: impl FnOnce(&mut Fidelity)) -> Setup {
    let mut fidelity = Fidelity::observed();
    change(&mut fidelity);
    usual().fidelity(fidelity)
}

#[test]
fn the_usual_claims_are_granted() {
    let org = org(usual());
    let login = outcome(&org, &sign(&claims(&org))).unwrap();
    assert!(
        login
            .session
            .token
            .starts_with(&format!("{}!A.", &org.id[..15]))
    );
}

#[test]
fn a_repeated_grant_gives_the_same_token() {
    let org = org(usual());
    let token = || outcome(&org, &sign(&claims(&org))).unwrap().session.token;
    assert_eq!(token(), token());
}

#[test]
fn a_grant_after_the_session_has_ended_gives_another_token() {
    let org = OrgHandle(std::sync::Arc::new(org(usual())));
    let first = outcome(&org.0, &sign(&claims(&org.0)))
        .unwrap()
        .session
        .token;
    org.advance_clock(Duration::from_secs(7_201));
    let second = outcome(&org.0, &sign(&claims(&org.0)))
        .unwrap()
        .session
        .token;
    assert_ne!(first, second);
}

#[test]
fn rule_1_a_self_authorized_app_wants_the_users_own_approval() {
    let app = app().policy(PermittedUsers::SelfAuthorized);
    let org = org(Setup::new()
        .app(app)
        .user(UserSetup::new(USER))
        .pre_authorized(false));
    assert_refused(&org, &claims(&org), errors::NOT_APPROVED);
    org.state().approve(USER, APP);
    assert!(outcome(&org, &sign(&claims(&org))).is_ok());
}

#[test]
fn rule_1_an_app_wants_the_refresh_token_scope() {
    let app = app().scopes(["api", "web"]);
    let org = org(Setup::new().app(app).user(UserSetup::new(USER)));
    assert_refused(&org, &claims(&org), errors::NOT_APPROVED);
}

#[test]
fn rule_1_a_new_app_is_not_effective_yet() {
    let app = app().propagation(Duration::from_secs(600));
    let setup = Setup::new().app(app).user(UserSetup::new(USER));
    let org = OrgHandle(std::sync::Arc::new(org(setup)));
    assert_refused(&org.0, &claims(&org.0), errors::NOT_APPROVED);
    org.advance_clock(Duration::from_secs(600));
    assert!(outcome(&org.0, &sign(&claims(&org.0))).is_ok());
}

#[test]
fn rule_1_an_unknown_user_has_not_approved() {
    let org = org(usual());
    assert_refused(
        &org,
        &with(&org, "sub", "nobody@example.com"),
        errors::NOT_APPROVED,
    );
}

#[test]
fn rule_2_an_admin_approved_app_wants_an_assignment() {
    let org = org(usual().pre_authorized(false));
    assert_refused(&org, &claims(&org), errors::NOT_ADMIN_APPROVED);
}

#[test]
fn rule_2_may_be_rule_1() {
    let setup = fidelity(|fidelity| fidelity.not_assigned = NotAssigned::NotApproved);
    let org = org(setup.pre_authorized(false));
    assert_refused(&org, &claims(&org), errors::NOT_APPROVED);
}

#[test]
fn rule_3_an_unknown_issuer_is_not_a_client() {
    let org = org(usual());
    assert_refused(
        &org,
        &with(&org, "iss", "another-app"),
        errors::UNKNOWN_CLIENT,
    );
}

#[test]
fn rule_4_an_app_of_another_org_is_not_installed() {
    let app = app().kind(AppKind::NotInstalled);
    let org = org(Setup::new().app(app).user(UserSetup::new(USER)));
    assert_refused(&org, &claims(&org), errors::APP_NOT_FOUND);
}

#[test]
fn rule_5_another_key_does_not_verify() {
    let org = org(usual());
    let assertion = encode(
        &Header::new(Algorithm::RS256),
        &claims(&org),
        &stranger().key,
    )
    .unwrap();
    let refused = outcome(&org, &assertion).unwrap_err();
    assert_eq!(refused, Refusal::from(errors::INVALID_CLIENT));
}

#[test]
fn rule_5_an_app_without_a_certificate_verifies_nothing() {
    let org = org(Setup::new()
        .app(AppSetup::new(APP))
        .user(UserSetup::new(USER)));
    assert_refused(&org, &claims(&org), errors::INVALID_CLIENT);
}

#[test]
fn rule_5_only_rs256_is_accepted() {
    let org = org(usual());
    for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
        let assertion = encode(&Header::new(algorithm), &claims(&org), &party().key).unwrap();
        let refused = outcome(&org, &assertion).unwrap_err();
        assert_eq!(
            refused,
            Refusal::from(errors::INVALID_CLIENT),
            "{algorithm:?}"
        );
    }
}

#[test]
fn rule_5_an_unsigned_assertion_is_refused() {
    let org = org(usual());
    // {"alg":"none"}, the usual claims, and no signature.
    let signed = sign(&claims(&org));
    let body = signed.split('.').nth(1).unwrap();
    let refused = outcome(&org, &format!("eyJhbGciOiJub25lIn0.{body}.")).unwrap_err();
    assert_eq!(refused, Refusal::from(errors::INVALID_CLIENT));
}

#[test]
fn rule_5_an_ended_certificate_matters_only_by_switch() {
    let lenient = org(usual());
    assert!(outcome(&lenient, &sign(&claims(&lenient))).is_ok());
    let strict = org(fidelity(|fidelity| fidelity.certificate_expiry = true));
    assert_refused(&strict, &claims(&strict), errors::INVALID_CLIENT);
}

#[test]
fn rule_6_what_is_not_a_jwt_is_not_an_assertion() {
    let org = org(usual());
    for wrong in [
        "",
        "a.b",
        "a.b.c",
        "-----BEGIN PRIVATE KEY-----",
        "e30.e30",
        "W10.W10.c2ln",
    ] {
        let refused = outcome(&org, wrong).unwrap_err();
        assert_eq!(refused, Refusal::from(errors::INVALID_ASSERTION), "{wrong}");
    }
}

#[test]
fn rule_6_may_be_the_answer_to_another_key() {
    let change = |fidelity: &mut Fidelity| fidelity.bad_signature = BadSignature::InvalidAssertion;
    let org = org(fidelity(change));
    let assertion = encode(
        &Header::new(Algorithm::RS256),
        &claims(&org),
        &stranger().key,
    )
    .unwrap();
    let refused = outcome(&org, &assertion).unwrap_err();
    assert_eq!(refused, Refusal::from(errors::INVALID_ASSERTION));
}

#[test]
fn rule_6_an_assertion_from_the_future_is_refused_by_switch() {
    let lenient = org(usual());
    let later = lenient.now() / 1_000 + 1_000;
    assert!(outcome(&lenient, &sign(&with(&lenient, "nbf", later))).is_ok());
    let strict = org(fidelity(|fidelity| fidelity.not_before = true));
    assert_refused(
        &strict,
        &with(&strict, "nbf", later),
        errors::INVALID_ASSERTION,
    );
}

#[test]
fn rule_7_an_audience_of_another_kind_of_org_is_refused() {
    let production = org(usual());
    let test = with(&production, "aud", "https://test.salesforce.com");
    assert_refused(&production, &test, errors::INVALID_AUDIENCE);
    let sandbox = org(usual().org_type(OrgType::Sandbox));
    assert!(outcome(&sandbox, &sign(&test)).is_ok());
    assert_refused(&sandbox, &claims(&sandbox), errors::INVALID_AUDIENCE);
}

#[test]
fn rule_7_my_domain_and_the_servers_own_urls_are_audiences() {
    let org = org(usual().fidelity(Fidelity::documented()));
    for audience in [
        "https://sfsim.my.salesforce.com",
        "http://127.0.0.1:4000",
        "http://localhost:4000",
        "http://127.0.0.1:5000",
    ] {
        assert!(
            outcome(&org, &sign(&with(&org, "aud", audience))).is_ok(),
            "{audience}"
        );
    }
}

#[test]
fn rule_7_an_array_of_audiences_is_accepted_by_switch() {
    let several = json!(["https://elsewhere.example", "https://login.salesforce.com"]);
    let strict = org(usual());
    assert_refused(
        &strict,
        &with(&strict, "aud", several.clone()),
        errors::INVALID_AUDIENCE,
    );
    let lenient = org(fidelity(|fidelity| fidelity.audience_array = true));
    assert!(outcome(&lenient, &sign(&with(&lenient, "aud", several))).is_ok());
}

#[test]
fn rule_8_an_expiry_in_the_past_is_an_expired_authorization_code() {
    let org = org(usual());
    let now = org.now() / 1_000;
    assert_refused(&org, &with(&org, "exp", now - 61), errors::EXPIRED);
}

#[test]
fn rule_8_documented_orgs_have_no_grace() {
    let org = org(usual().fidelity(Fidelity::documented()));
    let now = org.now() / 1_000;
    assert_refused(&org, &with(&org, "exp", now), errors::EXPIRED);
}

#[test]
fn rule_9_documented_orgs_refuse_an_expiry_more_than_three_minutes_ahead() {
    let org = org(usual().fidelity(Fidelity::documented()));
    let now = org.now() / 1_000;
    assert!(outcome(&org, &sign(&with(&org, "exp", now + 180))).is_ok());
    // A minute of room: the clock goes on while the key signs.
    assert_refused(&org, &with(&org, "exp", now + 241), errors::TOO_FAR_AHEAD);
    assert_refused(
        &org,
        &with(&org, "exp", org.now() + 300),
        errors::TOO_FAR_AHEAD,
    );
}

#[test]
fn rule_13_may_be_the_answer_to_an_unknown_user() {
    let change = |fidelity: &mut Fidelity| {
        fidelity.unknown_user = UnknownUser::AuthenticationFailure;
    };
    let org = org(fidelity(change));
    let nobody = with(&org, "sub", "nobody@example.com");
    assert_refused(&org, &nobody, errors::AUTHENTICATION_FAILURE);
}

#[test]
fn rule_14_an_inactive_user_is_refused_in_one_of_two_spellings() {
    let inactive = || UserSetup::new(USER).inactive();
    let legacy = org(Setup::new().app(app()).user(inactive()));
    assert_refused(&legacy, &claims(&legacy), errors::INACTIVE_USER);
    let change = |fidelity: &mut Fidelity| fidelity.inactive_user = InactiveUser::InvalidGrant;
    let other = org(fidelity(change));
    other.state().add_user(inactive(), "005".to_owned());
    assert_refused(&other, &claims(&other), errors::INACTIVE_USER_GRANT);
}

#[test]
fn rule_16_too_many_logins_in_an_hour_are_refused() {
    let org = OrgHandle(std::sync::Arc::new(org(usual().logins_per_hour(1))));
    assert!(outcome(&org.0, &sign(&claims(&org.0))).is_ok());
    assert_refused(&org.0, &claims(&org.0), errors::LOGIN_RATE);
    org.advance_clock(Duration::from_secs(3_601));
    assert!(outcome(&org.0, &sign(&claims(&org.0))).is_ok());
}

#[test]
fn rule_16_has_a_second_spelling() {
    let change = |fidelity: &mut Fidelity| fidelity.login_rate = LoginRate::RateLimitExceeded;
    let org = org(fidelity(change).logins_per_hour(0));
    assert_refused(&org, &claims(&org), errors::LOGIN_RATE_LEGACY);
}

#[test]
fn rule_23_a_repeated_jti_is_refused_by_switch() {
    let lenient = org(usual());
    let same = sign(&with(&lenient, "jti", "1"));
    assert!(outcome(&lenient, &same).is_ok() && outcome(&lenient, &same).is_ok());
    let strict = org(fidelity(|fidelity| fidelity.unique_jti = true));
    assert!(outcome(&strict, &same).is_ok());
    assert_eq!(
        outcome(&strict, &same).unwrap_err(),
        Refusal::from(errors::REPEATED_JTI)
    );
}

#[test]
fn the_signature_is_checked_before_audience_expiry_and_user() {
    let org = org(usual());
    let wrong = json!({ "iss": APP, "sub": "nobody", "aud": "https://x.example", "exp": 1 });
    let assertion = encode(&Header::new(Algorithm::RS256), &wrong, &stranger().key).unwrap();
    let refused = outcome(&org, &assertion).unwrap_err();
    assert_eq!(refused, Refusal::from(errors::INVALID_CLIENT));
    assert_refused(&org, &wrong, errors::INVALID_AUDIENCE);
}

#[test]
fn expiry_is_checked_before_the_user() {
    let org = org(usual());
    let mut wrong = with(&org, "sub", "nobody@example.com");
    wrong["exp"] = 1.into();
    assert_refused(&org, &wrong, errors::EXPIRED);
}

#[test]
fn the_asker_is_known_even_when_refused() {
    let org = org(usual());
    let mut asker = Asker::default();
    let assertion = sign(&with(&org, "exp", 1));
    assert!(decide(&org, &assertion, &mut asker).is_err());
    assert_eq!(asker.client_id.as_deref(), Some(APP));
    assert_eq!(asker.username.as_deref(), Some(USER));
}

#[test]
fn prn_wins_over_sub_and_case_does_not_matter() {
    let org = org(usual());
    let mut claims = with(&org, "sub", "nobody@example.com");
    claims["prn"] = "USER@Example.com".into();
    assert!(outcome(&org, &sign(&claims)).is_ok());
}
