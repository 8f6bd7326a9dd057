//! The gate: which assertions a key may sign.
//!
//! It parses the very bytes that will be signed, with its own eyes: a mistake in the crate that
//! wrote them cannot turn the key into an oracle.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::{Purpose, rate::Rate};

/// The only header that is signed, byte for byte: no `kid`, `jku`, `x5u` or `crit` to argue about.
const HEADER: &[u8] = br#"{"alg":"RS256","typ":"JWT"}"#;

/// Salesforce documents "within 3 minutes".
const LONGEST_LIFE: u64 = 180;

/// Half of what KMS takes as a raw message, and four times what a login needs.
const LONGEST_ASSERTION: usize = 2048;

/// What one guard signs. Lists hold exact values; an empty list means nothing, not anything.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The purposes granted to this guard. The self-test is always among them: it means nothing.
    pub purposes: Vec<Purpose>,
    /// Accepted values of `iss`: consumer keys.
    pub issuers: Vec<String>,
    /// Accepted values of `sub`: user names.
    pub subjects: Vec<String>,
    /// Accepted values of `aud` in a login.
    pub audiences: Vec<String>,
    /// Accepted values of `aud` in a client assertion.
    pub client_assertion_audiences: Vec<String>,
    /// Whether an assertion may carry `iat`.
    pub allow_iat: bool,
    /// Whether an assertion may carry `jti`.
    pub allow_jti: bool,
    /// How often the key may sign; without a rate, as often as it can.
    pub rate: Option<Rate>,
}

impl Policy {
    /// A guard that logs one user in, and nothing else.
    pub fn login(iss: &str, sub: &str, aud: &str) -> Self {
        Self {
            purposes: vec![Purpose::Login],
            issuers: vec![iss.to_owned()],
            subjects: vec![sub.to_owned()],
            audiences: vec![aud.to_owned()],
            ..Self::default()
        }
    }

    /// A guard that signs certificates and requests for its own key, and nothing else.
    pub fn certificates() -> Self {
        Self {
            purposes: vec![Purpose::Certificate, Purpose::CertificateRequest],
            ..Self::default()
        }
    }

    /// A guard that signs nothing but the self-test.
    pub fn self_test_only() -> Self {
        Self::default()
    }

    pub(crate) fn grants(&self, purpose: Purpose) -> Result<(), Refusal> {
        if purpose == Purpose::SelfTest || self.purposes.contains(&purpose) {
            return Ok(());
        }
        Err(Refusal::Purpose(purpose))
    }

    /// Judges a JWS signing input. What it says is returned for the audit event.
    pub(crate) fn admit(
        &self,
        purpose: Purpose,
        signing_input: &[u8],
        now: SystemTime,
    ) -> Result<Asserted, Refusal> {
        if signing_input.len() > LONGEST_ASSERTION {
            return Err(Refusal::TooLong);
        }
        let asserted = parse(signing_input)?;
        let within = |list: &[String], value: &str, claim| {
            if list.iter().any(|known| known == value) {
                Ok(())
            } else {
                Err(Refusal::Claim(claim))
            }
        };
        within(&self.issuers, &asserted.iss, "iss")?;
        if purpose == Purpose::ClientAssertion {
            within(&self.client_assertion_audiences, &asserted.aud, "aud")?;
            if asserted.sub != asserted.iss {
                return Err(Refusal::Claim("sub"));
            }
        } else {
            within(&self.subjects, &asserted.sub, "sub")?;
            within(&self.audiences, &asserted.aud, "aud")?;
            if asserted.sub == asserted.iss {
                return Err(Refusal::Claim("sub"));
            }
        }
        if asserted.iat.is_some() && !self.allow_iat {
            return Err(Refusal::Claim("iat"));
        }
        if asserted.jti.is_some() && !self.allow_jti {
            return Err(Refusal::Claim("jti"));
        }
        let now = now
            .duration_since(UNIX_EPOCH)
            .map_err(|_| Refusal::Expiry)?
            .as_secs();
        match asserted.exp.checked_sub(now) {
            Some(1..=LONGEST_LIFE) => Ok(asserted),
            _ => Err(Refusal::Expiry),
        }
    }
}

/// The claims as the gate reads them. serde refuses members it does not know and members that
/// appear twice; `exp` must be an integer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asserted {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) exp: u64,
    pub(crate) iat: Option<u64>,
    pub(crate) jti: Option<String>,
}

fn parse(signing_input: &[u8]) -> Result<Asserted, Refusal> {
    let mut parts = signing_input.split(|byte| *byte == b'.');
    let (Some(header), Some(claims), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Refusal::Form);
    };
    let decode = |part| {
        BASE64_URL_SAFE_NO_PAD
            .decode(part)
            .map_err(|_| Refusal::Form)
    };
    if decode(header)? != HEADER {
        return Err(Refusal::Header);
    }
    serde_json::from_slice(&decode(claims)?).map_err(|_| Refusal::Members)
}

/// Why the gate refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// This guard was not opened for this.
    #[error("this guard was not opened for the purpose `{0}`")]
    Purpose(Purpose),
    /// The signing input is longer than a login needs.
    #[error("the assertion is longer than 2048 bytes")]
    TooLong,
    /// The signing input is not two parts of base64url.
    #[error("the assertion is not a JWS signing input")]
    Form,
    /// The header is not the one we emit.
    #[error("the header of the assertion is not the one of sfjwt")]
    Header,
    /// The claims hold members that are unknown, repeated, missing or of the wrong type.
    #[error("the claims hold other members than iss, sub, aud and exp, or wrong types")]
    Members,
    /// The value of a claim is not among the configured ones.
    #[error("the claim `{0}` is not one this key signs")]
    Claim(&'static str),
    /// `exp` is in the past or more than 180 seconds ahead.
    #[error("`exp` is not 1 to 180 seconds ahead of this machine's clock")]
    Expiry,
}

impl Refusal {
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Claim(_) => {
                "check client_id, username and audience of the profile against [policy]"
            }
            Self::Expiry => "check the clock of this machine, and use an assertion once, at once",
            _ => "use an assertion made by this program, unchanged",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: u64 = 1_795_000_000;

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW)
    }

    fn policy() -> Policy {
        Policy {
            client_assertion_audiences: vec!["https://login/token".into()],
            ..Policy::login("key", "u@x", "https://login")
        }
    }

    fn input(header: &str, claims: &str) -> Vec<u8> {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}", encode(header), encode(claims)).into_bytes()
    }

    fn verdict(claims: &str) -> Result<(), Refusal> {
        let header = str::from_utf8(HEADER).unwrap();
        policy()
            .admit(Purpose::Login, &input(header, claims), now())
            .map(|_| ())
    }

    fn claims(exp: &str) -> String {
        format!(r#"{{"iss":"key","sub":"u@x","aud":"https://login","exp":{exp}}}"#)
    }

    #[test]
    fn the_header_of_the_claims_crate_is_the_header_of_the_gate() {
        assert_eq!(sfjwt_claims::HEADER.as_bytes(), HEADER);
    }

    #[test]
    fn a_plain_login_is_admitted() {
        assert_eq!(verdict(&claims(&(NOW + 180).to_string())), Ok(()));
    }

    #[test]
    fn exp_must_be_one_to_180_integer_seconds_ahead() {
        for exp in [NOW - 1, NOW, NOW + 181, NOW * 1000, u64::MAX] {
            assert_eq!(
                verdict(&claims(&exp.to_string())),
                Err(Refusal::Expiry),
                "{exp}"
            );
        }
        for exp in ["\"1795000100\"", "1795000100.0", "1.795e9", "-1", "null"] {
            assert_eq!(verdict(&claims(exp)), Err(Refusal::Members), "{exp}");
        }
    }

    #[test]
    fn other_values_of_iss_sub_and_aud_are_refused_by_name() {
        let good = claims("1795000100");
        for (from, to, claim) in [
            (r#""key""#, r#""other""#, "iss"),
            (r#""u@x""#, r#""root@x""#, "sub"),
            (r#""https://login""#, r#""https://login/""#, "aud"),
        ] {
            assert_eq!(verdict(&good.replace(from, to)), Err(Refusal::Claim(claim)));
        }
    }

    #[test]
    fn unknown_repeated_and_missing_members_are_refused() {
        let good = claims("1795000100");
        for bad in [
            good.replace('}', r#","scope":"full"}"#),
            good.replace('}', r#","sub":"root@x"}"#),
            good.replace(r#""sub":"u@x","#, ""),
            format!("{good} {good}"),
            "[]".to_owned(),
        ] {
            assert_eq!(verdict(&bad), Err(Refusal::Members), "{bad}");
        }
    }

    #[test]
    fn iat_and_jti_are_refused_unless_configured() {
        let with = |member: &str| claims("1795000100").replace('}', &format!(",{member}}}"));
        assert_eq!(
            verdict(&with(r#""iat":1795000000"#)),
            Err(Refusal::Claim("iat"))
        );
        assert_eq!(verdict(&with(r#""jti":"1""#)), Err(Refusal::Claim("jti")));
        let generous = Policy {
            allow_iat: true,
            allow_jti: true,
            ..policy()
        };
        let both = input(sfjwt_claims::HEADER, &with(r#""iat":1795000000,"jti":"1""#));
        assert!(generous.admit(Purpose::Login, &both, now()).is_ok());
    }

    #[test]
    fn another_header_is_refused_even_if_it_means_the_same() {
        let claims = claims("1795000100");
        for header in [
            r#"{"typ":"JWT","alg":"RS256"}"#,
            r#"{"alg":"none","typ":"JWT"}"#,
            r#"{"alg":"RS256","typ":"JWT","kid":"1"}"#,
        ] {
            let verdict = policy().admit(Purpose::Login, &input(header, &claims), now());
            assert_eq!(verdict.map(|_| ()), Err(Refusal::Header), "{header}");
        }
    }

    #[test]
    fn what_is_not_two_parts_of_base64url_is_refused() {
        for bytes in [
            &b""[..],
            b"eyJ",
            b"a.b.c",
            b"0\x82\x01\x00",
            b"e30=.e30",
            b"\xff.\xff",
        ] {
            let verdict = policy().admit(Purpose::Login, bytes, now());
            assert_eq!(verdict.map(|_| ()), Err(Refusal::Form), "{bytes:?}");
        }
    }

    #[test]
    fn a_long_assertion_is_refused_before_it_is_parsed() {
        let verdict = policy().admit(Purpose::Login, &[b'.'; 2049], now());
        assert_eq!(verdict.map(|_| ()), Err(Refusal::TooLong));
    }

    #[test]
    fn a_login_cannot_be_a_client_assertion_and_the_reverse() {
        let client = r#"{"iss":"key","sub":"key","aud":"https://login/token","exp":1795000100}"#;
        let client = input(sfjwt_claims::HEADER, client);
        let careless = Policy {
            subjects: vec!["key".into()],
            audiences: vec!["https://login/token".into()],
            ..policy()
        };
        let judge = |purpose, bytes: &[u8]| careless.admit(purpose, bytes, now()).map(|_| ());
        assert_eq!(judge(Purpose::ClientAssertion, &client), Ok(()));
        assert_eq!(judge(Purpose::Login, &client), Err(Refusal::Claim("sub")));
        let login = input(sfjwt_claims::HEADER, &claims("1795000100"));
        assert_eq!(
            judge(Purpose::ClientAssertion, &login),
            Err(Refusal::Claim("aud"))
        );
    }

    #[test]
    fn a_purpose_that_was_not_granted_is_refused_except_the_self_test() {
        let policy = policy();
        assert_eq!(policy.grants(Purpose::Login), Ok(()));
        assert_eq!(policy.grants(Purpose::SelfTest), Ok(()));
        for purpose in [
            Purpose::Certificate,
            Purpose::CertificateRequest,
            Purpose::ClientAssertion,
        ] {
            assert_eq!(policy.grants(purpose), Err(Refusal::Purpose(purpose)));
        }
    }
}
