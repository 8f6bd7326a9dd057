//! `sfjwt key check`: can the key do its work?

use std::path::Path;

use serde_json::json;
use sfjwt_signer::{Finding, GuardedSigner, Policy, PublicKey, Severity};

use super::key_show::facts;
use crate::args::KeyCheck;
use crate::config::{Settings, read_public_key};
use crate::failure::{Exit, Failure};
use crate::open;
use crate::output::Output;
use crate::runtime;

pub(crate) fn run(args: &KeyCheck, settings: &Settings, output: &Output) -> Result<(), Failure> {
    let policy = Policy {
        rate: Some(settings.rate()),
        ..Policy::self_test_only()
    };
    let key = open::guarded(settings, policy)?;
    runtime::run(async { Ok(key.self_test().await?) })?;
    let certificate = match &args.cert {
        Some(path) => Some((path.as_path(), read_public_key(path)?)),
        None => None,
    };
    report(&key, certificate, settings, output)
}

fn report(
    key: &GuardedSigner,
    certificate: Option<(&Path, PublicKey)>,
    settings: &Settings,
    output: &Output,
) -> Result<(), Failure> {
    let mut facts = facts(key.key());
    let mut findings = key.key().findings.clone();
    facts.insert("self_test".into(), json!("signed and verified"));
    facts.insert(
        "pinned_key".into(),
        json!(settings.pinned_key.map_or("not set", |_| "equal")),
    );
    if let Some((path, held)) = certificate {
        let same = held == key.key().public_key;
        facts.insert(
            "certificate".into(),
            json!(if same { "equal" } else { "another key" }),
        );
        findings.extend((!same).then(|| another_key(path, &held)));
    }
    if settings.pinned_key.is_none() {
        findings.push(not_pinned());
    }
    // Behind the facts, in the order in which they are read.
    facts.shift_remove("findings");
    facts.insert("findings".into(), json!(findings));
    output.object(&facts)?;
    match findings
        .into_iter()
        .find(|finding| finding.severity == Severity::Fail)
    {
        Some(finding) => Err(Failure::new(
            Exit::Security,
            finding.evidence,
            finding.action,
        )),
        None => Ok(()),
    }
}

fn another_key(path: &Path, held: &PublicKey) -> Finding {
    Finding {
        id: "certificate-of-another-key",
        severity: Severity::Fail,
        evidence: format!("{} holds another key: {}", path.display(), held.hash()),
        action: "upload the certificate of this key to the app, or use the key of that certificate"
            .into(),
    }
}

fn not_pinned() -> Finding {
    Finding {
        id: "key-not-pinned",
        severity: Severity::Note,
        evidence: "public_key_sha256 is not set: another key in the same place would be used"
            .into(),
        action: "set public_key_sha256 to the value above".into(),
    }
}
