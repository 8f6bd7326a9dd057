//! How a session gets its token: by a signed assertion.

use std::{
    fmt::{self, Write as _},
    sync::Arc,
    time::SystemTime,
};

use async_trait::async_trait;
use sfjwt_claims::{Audience, Claims, Lifetime, SignedAssertion};
use sfjwt_signer::{Clock, GuardedSigner, crypto, system_clock};
use sfjwt_transport::Next;
use url::Url;

use crate::{ClientError, Origin, Token, TokenEndpoint, error::is_temporary};

/// A way to get a token. A [`Session`](crate::Session) calls it when it has none.
#[async_trait]
pub trait Login: fmt::Debug + Send + Sync {
    /// Logs in. Retries, where they make sense, happen in here.
    async fn login(&self) -> Result<Token, ClientError>;
}

/// What is asserted, and towards whom.
#[derive(Clone, Debug)]
pub struct LoginSettings {
    /// Where the token request goes: login, test, the My Domain, or a site with its path.
    pub login_url: Url,
    /// `aud`. Not always the login URL: government orgs log in at their My Domain with the audience
    /// `https://login.salesforce.com`.
    pub audience: Audience,
    /// `iss`, the consumer key of the app.
    pub client_id: String,
    /// `sub`, the Salesforce user name.
    pub username: String,
    /// The only instance to take a token for. Without it, the instance in the answer.
    pub instance_url: Option<Origin>,
    /// How long an assertion lives.
    pub lifetime: Lifetime,
    /// Whether to add `iat`.
    pub issued_at: bool,
    /// Whether to add `jti`.
    pub jwt_id: bool,
}

impl LoginSettings {
    /// Settings with the login URL as the audience, the longest life, and no optional claims.
    pub fn new(login_url: Url, client_id: &str, username: &str) -> Result<Self, ClientError> {
        let audience = Audience::parse(login_url.as_str().trim_end_matches('/'))?;
        Ok(Self {
            login_url,
            audience,
            client_id: client_id.to_owned(),
            username: username.to_owned(),
            instance_url: None,
            lifetime: Lifetime::MAX,
            issued_at: false,
            jwt_id: false,
        })
    }

    /// The claims of a login at `now`. `jwt_id` is called if the claims are to have a `jti`.
    pub fn claims(
        &self,
        now: SystemTime,
        jwt_id: impl FnOnce() -> Result<String, ClientError>,
    ) -> Result<Claims, ClientError> {
        let audience = self.audience.clone();
        let mut claims = Claims::new(
            &self.client_id,
            &self.username,
            audience,
            now,
            self.lifetime,
        )?;
        if self.issued_at {
            claims = claims.with_issued_at(now)?;
        }
        if self.jwt_id {
            claims = claims.with_id(&jwt_id()?)?;
        }
        Ok(claims)
    }
}

/// A `jti` of 128 random bits, in hexadecimal.
pub fn random_jwt_id() -> Result<String, ClientError> {
    let mut bits = [0; 16];
    crypto::fill_random(&mut bits).map_err(|error| ClientError::Setting {
        setting: "jwt_id",
        problem: error.to_string(),
    })?;
    Ok(bits.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    }))
}

/// The JWT bearer login (RFC 7523 §2.1): claims, signature, exchange.
///
/// Each attempt makes its assertion anew, with a new expiry. An attempt is followed by another one
/// only when the server is in trouble or could not be reached; never when it refused.
pub struct JwtLogin {
    signer: Arc<GuardedSigner>,
    endpoint: TokenEndpoint,
    settings: LoginSettings,
    clock: Clock,
}

impl JwtLogin {
    /// A login with this key, at this endpoint, with these claims.
    pub fn new(
        signer: Arc<GuardedSigner>,
        endpoint: TokenEndpoint,
        settings: LoginSettings,
    ) -> Self {
        Self {
            signer,
            endpoint,
            settings,
            clock: system_clock(),
        }
    }

    /// Another clock, for the expiry of assertions.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Makes and signs one assertion.
    pub async fn assertion(&self) -> Result<SignedAssertion, ClientError> {
        let claims = self.settings.claims((self.clock)(), random_jwt_id)?;
        Ok(self.signer.sign_login(claims.into_unsigned()).await?)
    }

    async fn attempt(&self) -> Result<Token, ClientError> {
        let assertion = self.assertion().await?;
        let token = self.endpoint.exchange(&assertion).await?;
        match &self.settings.instance_url {
            Some(pinned) if *pinned != token.instance_url => Err(ClientError::OtherInstance {
                pinned: pinned.to_string(),
                answered: token.instance_url.to_string(),
            }),
            _ => Ok(token),
        }
    }
}

#[async_trait]
impl Login for JwtLogin {
    async fn login(&self) -> Result<Token, ClientError> {
        let attempts = |_| async {
            let outcome = self.attempt().await;
            let next = outcome.as_ref().err().map_or(Next::Stop, next);
            (outcome, next)
        };
        self.endpoint.retry_policy().run(attempts).await
    }
}

impl fmt::Debug for JwtLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtLogin")
            .field("endpoint", &self.endpoint)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// What a failed login says about another attempt. A second assertion for the same login does no
/// harm (Salesforce returns the same token), so a lost answer is worth one.
fn next(error: &ClientError) -> Next {
    match error {
        ClientError::Transport(error) if error.is_retryable() => Next::Again { after: None },
        ClientError::OAuth(refusal) if refusal.is_retryable() => Next::Again {
            after: refusal.retry_after,
        },
        ClientError::Api(refusal) if is_temporary(refusal.status) => Next::Again {
            after: refusal.retry_after,
        },
        ClientError::Unexpected {
            status,
            retry_after,
            ..
        } if is_temporary(*status) => Next::Again {
            after: *retry_after,
        },
        _ => Next::Stop,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn settings() -> LoginSettings {
        let login_url = "https://test.salesforce.com/".parse().unwrap();
        LoginSettings::new(login_url, "key", "user@example.com").unwrap()
    }

    fn claims(settings: &LoginSettings) -> String {
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        settings
            .claims(now, || Ok("one".to_owned()))
            .unwrap()
            .to_json()
    }

    #[test]
    fn the_login_url_is_the_audience_unless_another_is_set() {
        let mut settings = settings();
        assert!(claims(&settings).contains(r#""aud":"https://test.salesforce.com""#));
        settings.audience = Audience::parse("https://login.salesforce.com").unwrap();
        assert!(claims(&settings).contains(r#""aud":"https://login.salesforce.com""#));
    }

    #[test]
    fn optional_claims_are_added_when_asked_for() {
        let mut settings = settings();
        (settings.issued_at, settings.jwt_id) = (true, true);
        assert!(claims(&settings).ends_with(r#""exp":1180,"iat":1000,"jti":"one"}"#));
    }

    #[test]
    fn two_random_ids_differ() {
        let (one, two) = (random_jwt_id().unwrap(), random_jwt_id().unwrap());
        assert_eq!((one.len(), two.len()), (32, 32));
        assert_ne!(one, two);
    }
}
