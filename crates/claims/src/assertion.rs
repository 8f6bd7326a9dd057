//! The JWS compact form (RFC 7515 §3.1), before and after signing.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

use crate::{Claims, ClaimsError};

/// The only header we emit. Salesforce takes RS256 and nothing else; an app has one certificate,
/// so there is no `kid`.
pub const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;

/// A JWS signing input: `BASE64URL(header) "." BASE64URL(claims)`. Worth nothing without a
/// signature, so it may be printed and carried to another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedAssertion(String);

impl UnsignedAssertion {
    pub(crate) fn from_claims(claims: &Claims) -> Self {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        Self(format!("{}.{}", encode(HEADER), encode(&claims.to_json())))
    }

    /// Takes back a signing input that was carried to another machine to be signed there.
    ///
    /// Its header must be the one we emit; its claims are judged by the signer's gate or by the
    /// server, as always.
    pub fn parse(text: &str) -> Result<Self, ClaimsError> {
        let refuse = |problem| {
            Err(ClaimsError::Form {
                expected: "a signing input of `assertion --unsigned`",
                problem,
            })
        };
        let Some((header, claims)) = text.split_once('.') else {
            return refuse("it has no dot");
        };
        if claims.contains('.') {
            return refuse("it has three parts, so it is signed already");
        }
        if BASE64_URL_SAFE_NO_PAD.decode(header).ok().as_deref() != Some(HEADER.as_bytes()) {
            return refuse("its header is not the one of sfjwt");
        }
        if !is_base64url(claims) {
            return refuse("its claims are not base64url");
        }
        Ok(Self(text.to_owned()))
    }

    /// The bytes to be signed, as text (RFC 7515 §5.1 step 5: ASCII).
    pub fn signing_input(&self) -> &str {
        &self.0
    }

    /// Puts the signature behind the signing input. Whoever made the signature has verified it:
    /// this crate knows no cryptography.
    pub fn assemble(self, signature: &[u8]) -> SignedAssertion {
        // One allocation of the final size: a string that grows leaves copies behind.
        let tail = 1 + signature.len().div_ceil(3) * 4;
        let mut compact = String::with_capacity(self.0.len() + tail);
        compact.push_str(&self.0);
        compact.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut compact);
        SignedAssertion(compact.into())
    }
}

/// A signed assertion: whoever holds it can log in for as long as it lives, so it cannot be
/// printed, cloned or compared, and it is wiped when dropped.
pub struct SignedAssertion(SecretString);

impl SignedAssertion {
    /// Takes an assertion that was made elsewhere. Only its form is checked: three parts of
    /// base64url.
    pub fn parse(text: SecretString) -> Result<Self, ClaimsError> {
        let refuse = |problem| {
            Err(ClaimsError::Form {
                expected: "a signed assertion",
                problem,
            })
        };
        let parts = text.expose_secret().split('.');
        match parts.clone().count() {
            3 if parts.clone().all(is_base64url) => Ok(Self(text)),
            3 => refuse("its parts are not base64url without padding"),
            2 => refuse("it has two parts, so it is not signed yet"),
            _ => refuse("a JWT has three parts with dots between them"),
        }
    }

    /// The assertion itself. Each place that calls this lets a credential out: the token request,
    /// and `sfjwt assertion`.
    pub fn expose_assertion(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SignedAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedAssertion([redacted])")
    }
}

fn is_base64url(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::{Audience, Lifetime};

    fn unsigned() -> UnsignedAssertion {
        let now = UNIX_EPOCH + Duration::from_secs(1_795_000_000);
        let aud = Audience::parse("https://login.salesforce.com").unwrap();
        Claims::new("key", "u@example.com", aud, now, Lifetime::MAX)
            .unwrap()
            .into_unsigned()
    }

    #[test]
    fn another_library_reads_what_we_assemble() {
        let signed = unsigned().assemble(&[0xfb, 0xff, 0x00]);
        let decoded = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(
            signed.expose_assertion(),
        )
        .unwrap();
        assert_eq!(
            decoded.header,
            jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256)
        );
        assert_eq!(decoded.claims["exp"], 1_795_000_180);
        assert!(signed.expose_assertion().ends_with(".-_8A"));
    }

    #[test]
    fn a_signed_assertion_does_not_print_itself() {
        let signed = unsigned().assemble(b"signature");
        assert_eq!(format!("{signed:?}"), "SignedAssertion([redacted])");
    }

    #[test]
    fn a_signing_input_survives_the_way_to_another_machine_and_back() {
        let unsigned = unsigned();
        assert_eq!(
            UnsignedAssertion::parse(unsigned.signing_input()),
            Ok(unsigned.clone())
        );
    }

    #[test]
    fn a_foreign_header_is_not_taken_for_ours() {
        let foreign = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let error = UnsignedAssertion::parse(&format!("{foreign}.e30")).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("its header is not the one of sfjwt"),
            "{error}"
        );
    }

    #[test]
    fn an_assertion_made_elsewhere_is_taken_by_its_form_and_refused_by_name() {
        let check = |text: &str| SignedAssertion::parse(text.into()).map(|_| ());
        assert!(check("eyJ.e30.AA").is_ok());
        for (text, wanted) in [
            ("eyJ.e30", "not signed yet"),
            ("eyJ.e30.A=", "base64url"),
            ("eyJ..AA", "base64url"),
            ("-----BEGIN PRIVATE KEY-----", "three parts"),
        ] {
            let error = check(text).unwrap_err().to_string();
            assert!(error.contains(wanted) && !error.contains(text), "{error}");
        }
    }
}
