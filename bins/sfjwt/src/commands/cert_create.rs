//! `sfjwt cert create`: a self-signed certificate for the key, or a request for one.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::SystemTime;

use serde_json::json;
use sfjwt_setup::{CertificateInfo, Serial, Subject, Validity, request, self_signed};
use sfjwt_signer::Policy;

use super::cert_show::facts;
use crate::args::CertCreate;
use crate::config::Settings;
use crate::failure::Failure;
use crate::output::{Output, Record};
use crate::{open, runtime};

pub(crate) fn run(args: &CertCreate, settings: &Settings, output: &Output) -> Result<(), Failure> {
    let now = SystemTime::now();
    let subject: Subject = args.subject.parse()?;
    let validity = Validity::days(now, args.days)?;
    // Before the key is asked; `write` looks again.
    if !args.force && args.out.exists() {
        return Err(exists(&args.out));
    }
    let policy = Policy {
        rate: Some(settings.rate()),
        ..Policy::certificates()
    };
    let signer = open::guarded(settings, policy)?;
    if args.csr {
        let pem = runtime::run(async { Ok(request(&signer, &subject).await?) })?;
        write(&args.out, pem.as_bytes(), args.force)?;
        let key = &signer.key().public_key;
        let mut facts = Record::new();
        facts.insert("file".into(), json!(args.out));
        facts.insert("subject".into(), json!(subject.to_string()));
        facts.insert("bits".into(), json!(key.bits()));
        facts.insert("public_key_sha256".into(), json!(key.hash().to_string()));
        return output.object(&facts);
    }
    let serial = Serial::random()?;
    let pem = runtime::run(async { Ok(self_signed(&signer, &subject, validity, serial).await?) })?;
    write(&args.out, pem.as_bytes(), args.force)?;
    let mut facts = facts(&CertificateInfo::read(pem.as_bytes(), now)?);
    facts.shift_insert(0, "file".into(), json!(args.out));
    output.object(&facts)
}

fn write(path: &Path, pem: &[u8], force: bool) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create_new(!force)
        .create(force)
        .truncate(force);
    let written = options.open(path).and_then(|mut file| file.write_all(pem));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => Failure::file("write", path, &error),
    })
}

fn exists(path: &Path) -> Failure {
    Failure::config(
        format!("{} exists already", path.display()),
        "choose another --out, or replace it with --force",
    )
}
