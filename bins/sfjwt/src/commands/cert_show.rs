//! `sfjwt cert show`: what a certificate says.

use std::time::SystemTime;

use serde_json::json;
use sfjwt_setup::CertificateInfo;

use crate::args::CertShow;
use crate::failure::Failure;
use crate::input;
use crate::output::{Output, Record};

pub(crate) fn run(args: &CertShow, output: &Output) -> Result<(), Failure> {
    let bytes = input::bytes_from(&args.file)?;
    let certificate = CertificateInfo::read(&bytes, SystemTime::now())
        .map_err(|error| Failure::from(error).in_file(&args.file))?;
    output.object(&facts(&certificate))
}

/// What is known about a certificate, in the order of interest.
pub(crate) fn facts(certificate: &CertificateInfo) -> Record {
    let mut facts = Record::new();
    facts.insert("subject".into(), json!(certificate.subject));
    facts.insert("issuer".into(), json!(certificate.issuer));
    facts.insert("serial".into(), json!(certificate.serial));
    facts.insert("not_before".into(), json!(certificate.not_before));
    facts.insert("not_after".into(), json!(certificate.not_after));
    facts.insert("version".into(), json!(certificate.version));
    facts.insert("bits".into(), json!(certificate.public_key.bits()));
    let hash = certificate.public_key.hash().to_string();
    facts.insert("public_key_sha256".into(), json!(hash));
    facts.insert("certificate_sha256".into(), json!(certificate.sha256));
    facts.insert("findings".into(), json!(certificate.findings));
    facts
}
