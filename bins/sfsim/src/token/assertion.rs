//! The assertion, taken apart but not believed yet.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value};

/// Three parts, of which the first two are JSON objects.
#[derive(Debug)]
pub(super) struct Assertion<'a> {
    signed: &'a str,
    signature: &'a str,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl<'a> Assertion<'a> {
    /// `None` for what is not an assertion at all. `padding`: whether base64url may have `=` signs.
    pub(super) fn parse(text: &'a str, padding: bool) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        if !padding && text.contains('=') {
            return None;
        }
        Some(Self {
            signed,
            signature,
            header: object(header)?,
            claims: object(claims)?,
        })
    }

    pub(super) fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.claim(name)?.as_str()
    }

    /// `exp` and its like: a number, or a string with a number in it. Both are in daily use.
    pub(super) fn seconds(&self, name: &str) -> Option<i64> {
        match self.claim(name)? {
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// Whether the header says RS256 and the signature is by that key. aws-lc takes 2,048 to 8,192
    /// bits: a 1,024-bit key never verifies.
    pub(super) fn is_signed_by(&self, key: &DecodingKey) -> bool {
        let signature = self.signature.trim_end_matches('=');
        self.header.get("alg").and_then(Value::as_str) == Some("RS256")
            && crypto::verify(signature, self.signed.as_bytes(), key, Algorithm::RS256)
                .unwrap_or(false)
    }
}

/// Header and claims are read from either base64 alphabet: the wrong one then fails at the
/// signature, which is where real orgs fail it.
fn object(part: &str) -> Option<Map<String, Value>> {
    const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
        &alphabet::URL_SAFE,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let bytes = ANY_PADDING
        .decode(part.replace('+', "-").replace('/', "_"))
        .ok()?;
    serde_json::from_slice(&bytes).ok()
}
