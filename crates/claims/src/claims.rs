//! The claims of one login, valid by construction.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::{Audience, ClaimsError, UnsignedAssertion};

/// The claims of one login (RFC 7523 §3): who asserts (`iss`), for whom (`sub`), towards which
/// server (`aud`), until when (`exp`).
///
/// Members are written in the order of the fields, as compact JSON, so that two assertions with
/// the same claims are the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claims {
    iss: String,
    sub: String,
    #[serde(serialize_with = "audience_as_text")]
    aud: Audience,
    exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

impl Claims {
    /// Claims that expire `lifetime` after `now`, in integer seconds since 1970.
    ///
    /// `iss` is the consumer key of the app, `sub` the Salesforce user name. With `iss` equal to
    /// `sub` these are the claims of a client assertion (RFC 7523 §2.2).
    pub fn new(
        iss: &str,
        sub: &str,
        aud: Audience,
        now: SystemTime,
        lifetime: Lifetime,
    ) -> Result<Self, ClaimsError> {
        Ok(Self {
            iss: name("client_id", iss)?,
            sub: name("username", sub)?,
            aud,
            exp: seconds(now)? + lifetime.0,
            iat: None,
            jti: None,
        })
    }

    /// Adds `iat`. Salesforce ignores it; some auditors want it.
    pub fn with_issued_at(mut self, now: SystemTime) -> Result<Self, ClaimsError> {
        self.iat = Some(seconds(now)?);
        Ok(self)
    }

    /// Adds `jti`. Without it, two assertions made within one second are identical: RS256 is
    /// deterministic.
    pub fn with_id(mut self, jti: &str) -> Result<Self, ClaimsError> {
        self.jti = Some(name("jti", jti)?);
        Ok(self)
    }

    /// The expiry, in seconds since 1970.
    pub fn expires_at(&self) -> u64 {
        self.exp
    }

    /// The claims as compact JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self)
            .unwrap_or_else(|_| unreachable!("strings and integers are JSON"))
    }

    /// The signing input of these claims.
    pub fn into_unsigned(self) -> UnsignedAssertion {
        UnsignedAssertion::from_claims(&self)
    }
}

/// How long an assertion lives: 1 to 180 seconds.
///
/// Salesforce documents "within 3 minutes". Longer lives are accepted by real orgs today, which is
/// no reason to hand out an assertion that can be used for longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(u64);

impl Lifetime {
    /// 180 seconds, what Salesforce documents.
    pub const MAX: Self = Self(180);

    /// A life of so many seconds.
    pub fn from_secs(seconds: u64) -> Result<Self, ClaimsError> {
        match seconds {
            1..=180 => Ok(Self(seconds)),
            _ => Err(ClaimsError::Lifetime(seconds)),
        }
    }

    /// The life in seconds.
    pub fn as_secs(self) -> u64 {
        self.0
    }
}

fn seconds(now: SystemTime) -> Result<u64, ClaimsError> {
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => Ok(since.as_secs()),
        Err(_) => Err(ClaimsError::Clock),
    }
}

/// A name that cannot be mistaken for another one on a terminal or in a log.
fn name(claim: &'static str, text: &str) -> Result<String, ClaimsError> {
    let refuse = |problem| Err(ClaimsError::Name { claim, problem });
    if text.is_empty() {
        return refuse("empty");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return refuse("not one word: it holds white space or control characters");
    }
    Ok(text.to_owned())
}

fn audience_as_text<S: serde::Serializer>(aud: &Audience, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(aud.as_str())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(seconds * 1000 + 999)
    }

    fn claims() -> Claims {
        let aud = Audience::parse("https://test.salesforce.com").unwrap();
        Claims::new("key", "user@example.com", aud, at(1000), Lifetime::MAX).unwrap()
    }

    #[test]
    fn members_keep_their_order_and_exp_is_an_integer() {
        let json = claims()
            .with_issued_at(at(1000))
            .unwrap()
            .with_id("one")
            .unwrap()
            .to_json();
        assert_eq!(
            json,
            r#"{"iss":"key","sub":"user@example.com","aud":"https://test.salesforce.com","exp":1180,"iat":1000,"jti":"one"}"#
        );
    }

    #[test]
    fn iat_and_jti_are_absent_unless_asked_for() {
        let json = claims().to_json();
        assert!(!json.contains("iat") && !json.contains("jti"), "{json}");
    }

    #[test]
    fn a_life_of_nothing_or_of_more_than_three_minutes_cannot_be_expressed() {
        assert_eq!(Lifetime::from_secs(0), Err(ClaimsError::Lifetime(0)));
        assert_eq!(Lifetime::from_secs(181), Err(ClaimsError::Lifetime(181)));
        assert_eq!(Lifetime::from_secs(180), Ok(Lifetime::MAX));
    }

    #[test]
    fn names_that_are_empty_or_hold_white_space_are_refused_by_the_name_of_their_setting() {
        let aud = || Audience::parse("https://test.salesforce.com").unwrap();
        for (iss, sub, wanted) in [
            ("", "u@x", "the client_id is empty"),
            ("key", "", "the username is empty"),
            ("key\n", "u@x", "the client_id is not one word"),
            ("key", "u @x", "the username is not one word"),
        ] {
            let error = Claims::new(iss, sub, aud(), at(0), Lifetime::MAX).unwrap_err();
            assert!(error.to_string().starts_with(wanted), "{error}");
        }
    }

    #[test]
    fn a_clock_before_1970_is_an_error_and_no_panic() {
        let aud = Audience::parse("https://test.salesforce.com").unwrap();
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(
            Claims::new("key", "u@x", aud, before, Lifetime::MAX),
            Err(ClaimsError::Clock)
        );
    }
}
