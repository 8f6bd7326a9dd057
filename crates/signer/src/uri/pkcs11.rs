//! `pkcs11:token=T;object=K?module-path=/lib.so&pin-source=SOURCE`, a strict subset of RFC 7512.

use std::{fmt, os::unix::ffi::OsStrExt, path::PathBuf};

use super::{
    attributes::{self, Attributes},
    refuse,
};
use crate::{SecretSource, SignError};

/// A private key in a PKCS#11 token. At least one way to name the token and one to name the key is
/// there; both are selectors, not trust: what is trusted is the pinned key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pkcs11Key {
    /// The module, an absolute path.
    pub module: PathBuf,
    /// The token's label.
    pub token: Option<String>,
    /// The token's serial number.
    pub serial: Option<String>,
    /// The slot: the last resort, since slots move; reported as a finding.
    pub slot: Option<u64>,
    /// The key's label (`CKA_LABEL`).
    pub object: Option<String>,
    /// The key's identifier (`CKA_ID`), bytes.
    pub id: Option<Vec<u8>>,
    /// Where the PIN comes from.
    pub pin: Option<SecretSource>,
}

pub(super) fn parse(rest: &str) -> Result<Pkcs11Key, SignError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut path = Attributes::parse(path, ';')?;
    let mut query = Attributes::parse(query, '&')?;
    for attributes in [&mut path, &mut query] {
        if attributes.take_bytes("pin-value")?.is_some() {
            return refuse(
                "holds a PIN, which everyone on this machine can read; use pin-source=file:/path",
            );
        }
    }
    if path.take("type")?.is_some_and(|kind| kind != "private") {
        return refuse("asks for another type than private; leave `type` out");
    }
    let key = Pkcs11Key {
        module: module(query.take("module-path")?)?,
        pin: query
            .take("pin-source")?
            .map(|source| source.parse())
            .transpose()?,
        token: path.take("token")?,
        serial: path.take("serial")?,
        slot: path
            .take("slot-id")?
            .map(|slot| number(&slot))
            .transpose()?,
        object: path.take("object")?,
        id: path.take_bytes("id")?,
    };
    path.finish()?;
    query.finish()?;
    if key.token.is_none() && key.serial.is_none() && key.slot.is_none() {
        return refuse("names no token; add token=LABEL or serial=NUMBER");
    }
    if key.object.is_none() && key.id.is_none() {
        return refuse("names no key; add object=LABEL or id=%XX");
    }
    Ok(key)
}

fn module(path: Option<String>) -> Result<PathBuf, SignError> {
    let Some(path) = path.map(PathBuf::from) else {
        return refuse(
            "names no module; add ?module-path=/usr/lib/... with the library of the HSM",
        );
    };
    // A relative module would be looked for wherever the process happens to run.
    if path.is_absolute() {
        Ok(path)
    } else {
        refuse("has a module-path that is not absolute")
    }
}

fn number(slot: &str) -> Result<u64, SignError> {
    slot.parse()
        .or_else(|_| refuse("has a slot-id that is not a number"))
}

impl fmt::Display for Pkcs11Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &Option<String>| {
            text.as_ref()
                .map(|text| attributes::encode(text.as_bytes()))
        };
        let parts = [
            ("token", text(&self.token)),
            ("serial", text(&self.serial)),
            ("slot-id", self.slot.map(|slot| slot.to_string())),
            ("object", text(&self.object)),
            ("id", self.id.as_deref().map(attributes::encode)),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| format!("{name}={value}")))
            .collect();
        let module = attributes::encode(self.module.as_os_str().as_bytes());
        write!(f, "pkcs11:{}?module-path={module}", parts.join(";"))?;
        match &self.pin {
            Some(source) => write!(f, "&pin-source={source}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{KeyUri, uri::tests::problem};

    #[test]
    fn malformed_uris_are_refused_by_what_is_wrong() {
        for (text, wanted) in [
            ("pkcs11:", "names no module"),
            ("pkcs11:token=t;object=o", "names no module"),
            ("pkcs11:token=t;object=o?module-path=p11.so", "not absolute"),
            ("pkcs11:object=o?module-path=/p11.so", "names no token"),
            ("pkcs11:token=t?module-path=/p11.so", "names no key"),
            (
                "pkcs11:token=t;token=u;object=o?module-path=/p11.so",
                "attribute token twice",
            ),
            (
                "pkcs11:token=;object=o?module-path=/p11.so",
                "attribute token without a value",
            ),
            (
                "pkcs11:token=t;object=o;library-version=3?module-path=/p11.so",
                "library-version, which",
            ),
            (
                "pkcs11:token=t;object=o;type=public?module-path=/p11.so",
                "another type than private",
            ),
            (
                "pkcs11:slot-id=x;object=o?module-path=/p11.so",
                "slot-id that is not a number",
            ),
            (
                "pkcs11:token=t;object=o?module-path=/p11.so&pin-source=|cat",
                "no secret source",
            ),
            (
                "pkcs11:token=t;object?module-path=/p11.so",
                "not name=value",
            ),
        ] {
            assert!(problem(text).contains(wanted), "{text}: {}", problem(text));
        }
    }

    #[test]
    fn a_pin_in_the_uri_is_refused_and_not_repeated() {
        for text in [
            "pkcs11:token=t;object=o?module-path=/p11.so&pin-value=271828",
            "pkcs11:token=t;object=o;pin-value=271828?module-path=/p11.so",
            "pkcs11:token=t;object=o?module-path=/p11.so&PIN271828=1",
        ] {
            let problem = problem(text);
            assert!(!problem.contains("271828"), "{problem}");
        }
        assert!(problem("pkcs11:token=t?pin-value=1").contains("use pin-source"));
    }

    #[test]
    fn a_plus_is_a_plus_and_an_id_is_bytes() {
        let uri = "pkcs11:token=a+b;id=%00%ff?module-path=/p11.so"
            .parse()
            .unwrap();
        let KeyUri::Pkcs11(key) = uri else {
            panic!("no PKCS#11 key")
        };
        assert_eq!(key.token.as_deref(), Some("a+b"));
        assert_eq!(key.id.as_deref(), Some(&[0x00, 0xff][..]));
    }
}
