//! `name=value` pairs with percent-encoding, as RFC 7512 §2.3 and RFC 3986 §2.1 have them.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

use super::refuse;
use crate::SignError;

/// What is encoded in a value: everything with a meaning in a key URI, and what a shell or a
/// terminal would take amiss.
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'\'')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Attributes that were not asked for yet.
pub(super) struct Attributes<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Attributes<'a> {
    pub(super) fn parse(text: &'a str, separator: char) -> Result<Self, SignError> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for part in text.split(separator).filter(|_| !text.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return refuse("has a part that is not name=value");
            };
            if pairs.iter().any(|(known, _)| *known == name) {
                return refuse(format!("has the attribute {} twice", shown(name)));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// Takes an attribute out, as bytes.
    pub(super) fn take_bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, SignError> {
        let Some(at) = self.0.iter().position(|(known, _)| *known == name) else {
            return Ok(None);
        };
        let (_, value) = self.0.swap_remove(at);
        if value.is_empty() {
            return refuse(format!("has the attribute {name} without a value"));
        }
        decode(value).map(Some)
    }

    /// Takes an attribute out, as text.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<String>, SignError> {
        let Some(bytes) = self.take_bytes(name)? else {
            return Ok(None);
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => refuse(format!("has an attribute {name} that is not UTF-8")),
        }
    }

    /// Nothing may be left: an attribute that is not understood might have been the one that
    /// mattered.
    pub(super) fn finish(self) -> Result<(), SignError> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => refuse(format!(
                "has the attribute {}, which is not known here",
                shown(name)
            )),
        }
    }
}

/// Percent-decodes; a `+` is a plus.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, SignError> {
    let encoded_rightly = text.split('%').skip(1).all(|rest| {
        rest.as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if encoded_rightly {
        return Ok(percent_decode_str(text).collect());
    }
    refuse("has a % without two hexadecimal digits; write %25 for the sign itself")
}

/// The reverse of [`decode`].
pub(super) fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

/// A name that may be repeated in a message: what is no plain word may be a secret out of place.
fn shown(name: &str) -> &str {
    let plain = |c: char| c.is_ascii_lowercase() || c == '-';
    if name.len() <= 24 && name.chars().all(plain) {
        name
    } else {
        "(not shown)"
    }
}
