//! `sfjwt key show`: the public half of the key, and where the key is.

use serde_json::json;
use sfjwt_signer::KeyInfo;

use crate::config::Settings;
use crate::failure::Failure;
use crate::open;
use crate::output::{Output, Record};

pub(crate) fn run(settings: &Settings, output: &Output) -> Result<(), Failure> {
    let backend = open::backend(settings)?;
    output.object(&facts(backend.key()))
}

/// What is known about a key, in the order of interest.
pub(crate) fn facts(key: &KeyInfo) -> Record {
    let mut facts = Record::new();
    facts.insert("location".into(), json!(key.location));
    facts.insert("backend".into(), json!(key.backend));
    facts.insert("bits".into(), json!(key.public_key.bits()));
    facts.insert(
        "public_key_sha256".into(),
        json!(key.public_key.hash().to_string()),
    );
    for (name, value) in &key.attributes {
        facts.insert(name.clone(), json!(value));
    }
    facts.insert("findings".into(), json!(key.findings));
    facts
}
