//! A client of our own making: it signs with `jsonwebtoken` and speaks with `reqwest`.

#![allow(dead_code, unreachable_pub, missing_docs)] // each test binary uses a part of it
#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

use std::sync::OnceLock;

use base64::{Engine, engine::general_purpose::URL_SAFE};
use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto, encode};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sfsim::{AppSetup, Certificate, Server, Setup, UserSetup};

pub const APP: &str = "the-app";
pub const USER: &str = "user@example.com";
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A started org and a client that may log in to it.
pub struct World {
    pub server: Server,
    pub http: Client,
}

pub struct Party {
    pub key: EncodingKey,
    pub certificate_pem: String,
}

/// One key for all tests of a binary: making one takes a tenth of a second.
pub fn party() -> &'static Party {
    static PARTY: OnceLock<Party> = OnceLock::new();
    PARTY.get_or_init(|| {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let body = CertificateParams::new(Vec::new()).unwrap();
        Party {
            key: EncodingKey::from_rsa_pem(key.serialize_pem().as_bytes()).unwrap(),
            certificate_pem: body.self_signed(&key).unwrap().pem(),
        }
    })
}

pub fn client() -> Client {
    install_provider();
    // Compressed answers are asked for by the tests that are about them.
    let redirect = reqwest::redirect::Policy::none();
    Client::builder()
        .redirect(redirect)
        .no_proxy()
        .no_gzip()
        .build()
        .unwrap()
}

/// `reqwest` takes the TLS library of the process; a second test finds it installed already.
pub fn install_provider() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
}

pub fn setup() -> Setup {
    let certificate = Certificate::parse(party().certificate_pem.as_bytes()).unwrap();
    let app = AppSetup::new(APP).certificate(certificate);
    Setup::new()
        .app(app)
        .user(UserSetup::new(USER))
        .accounts(5_000)
}

impl World {
    pub async fn new() -> Self {
        Self::with(setup()).await
    }

    pub async fn with(setup: Setup) -> Self {
        Self {
            server: Server::start(setup).await.unwrap(),
            http: client(),
        }
    }

    pub async fn faulty(faults: &[&str]) -> Self {
        let world = Self::new().await;
        world.faults(faults);
        world
    }

    pub fn faults(&self, faults: &[&str]) {
        let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.server
            .org()
            .set_faults(sfsim::Faults { seed: 1, faults });
    }

    pub fn claims(&self) -> Value {
        let exp = self.server.org().now() + 60;
        json!({ "iss": APP, "sub": USER, "aud": "https://login.salesforce.com", "exp": exp })
    }

    pub fn with_claim(&self, name: &str, value: impl Into<Value>) -> Value {
        let mut claims = self.claims();
        claims[name] = value.into();
        claims
    }

    pub fn token_url(&self) -> String {
        format!("{}/services/oauth2/token", self.server.url())
    }

    /// Posts the usual form with these claims.
    pub async fn login(&self, claims: &Value) -> Response {
        self.post(&[("grant_type", GRANT), ("assertion", &sign(claims))])
            .await
    }

    pub async fn post(&self, form: &[(&str, &str)]) -> Response {
        self.http
            .post(self.token_url())
            .body(encoded(form))
            .header(FORM.0, FORM.1)
            .send()
            .await
            .unwrap()
    }

    pub async fn token(&self) -> String {
        let answer: Value = self.login(&self.claims()).await.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, token: &str, path: &str) -> Response {
        self.try_get(token, path).await.unwrap()
    }

    pub async fn try_get(&self, token: &str, path: &str) -> reqwest::Result<Response> {
        let url = format!("{}{path}", self.server.instance_url());
        self.http.get(url).bearer_auth(token).send().await
    }

    pub async fn query(&self, token: &str, soql: &str) -> Response {
        self.get(token, &query_path(soql)).await
    }

    /// The first journal entry, which is the login of most tests.
    pub fn first_entry(&self) -> sfsim::Entry {
        self.server.org().journal().remove(0)
    }

    pub fn last_entry(&self) -> sfsim::Entry {
        self.server.org().journal().pop().unwrap()
    }
}

pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

pub fn query_path(soql: &str) -> String {
    format!("/services/data/v67.0/query?{}", encoded(&[("q", soql)]))
}

pub fn encoded(form: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish()
}

pub fn sign(claims: &Value) -> String {
    encode(&Header::new(Algorithm::RS256), claims, &party().key).unwrap()
}

/// As Camel does: a header without `typ`, and base64url with padding.
pub fn sign_padded(claims: &Value) -> String {
    let header = URL_SAFE.encode(r#"{"alg":"RS256" }"#);
    let body = URL_SAFE.encode(claims.to_string());
    let signed = format!("{header}.{body}");
    let signature = crypto::sign(signed.as_bytes(), &party().key, Algorithm::RS256).unwrap();
    format!("{signed}.{signature}==")
}

pub async fn status_and_json(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}
