//! Reading a certificate: what is to be known about it before and after it is uploaded.

use std::time::{Duration, SystemTime};

use der::{Decode, Encode};
use sfjwt_signer::{Finding, PublicKey, Severity, crypto, hex};
use x509_cert::{Certificate, certificate::Version, time::Time};

use crate::SetupError;

/// What is known about a certificate.
#[derive(Clone, Debug)]
pub struct CertificateInfo {
    /// X.509 version, 1 to 3. The recipe `openssl x509 -req -signkey` makes version 1.
    pub version: u8,
    /// The subject, as RFC 4514 writes it.
    pub subject: String,
    /// The issuer; equal to the subject if self-signed.
    pub issuer: String,
    /// The serial number, hexadecimal.
    pub serial: String,
    /// Valid from, RFC 3339.
    pub not_before: String,
    /// Valid until, RFC 3339.
    pub not_after: String,
    /// The key it speaks for.
    pub public_key: PublicKey,
    /// SHA-256 of the whole certificate, which Salesforce and other tools call its fingerprint.
    pub sha256: String,
    /// What an administrator should know.
    pub findings: Vec<Finding>,
}

impl CertificateInfo {
    /// Reads a certificate in PEM or DER form; of a chain, the first.
    pub fn read(bytes: &[u8], now: SystemTime) -> Result<Self, SetupError> {
        let certificate = parse(bytes)?;
        let body = certificate.tbs_certificate();
        let der = certificate.to_der().map_err(|_| UNREADABLE)?;
        let validity = body.validity();
        Ok(Self {
            version: body.version() as u8 + 1,
            subject: body.subject().to_string(),
            issuer: body.issuer().to_string(),
            serial: hex(body.serial_number().as_bytes()),
            not_before: validity.not_before.to_date_time().to_string(),
            not_after: validity.not_after.to_date_time().to_string(),
            public_key: PublicKey::from_certificate(&certificate)?,
            sha256: hex(&crypto::sha256(&der)),
            findings: findings(&certificate, now),
        })
    }
}

const UNREADABLE: SetupError = SetupError::NotACertificate("it is neither PEM nor DER of one");

fn parse(bytes: &[u8]) -> Result<Certificate, SetupError> {
    if bytes.windows(11).any(|window| window == b"PRIVATE KEY") {
        return Err(SetupError::NotACertificate("it holds a private key"));
    }
    if let Ok(certificate) = Certificate::from_der(bytes) {
        return Ok(certificate);
    }
    let chain = Certificate::load_pem_chain(bytes).map_err(|_| UNREADABLE)?;
    chain.into_iter().next().ok_or(UNREADABLE)
}

/// Two years: longer lives are a key that nobody changes.
const LONG_LIFE: Duration = Duration::from_secs(730 * 86_400);
const SOON: Duration = Duration::from_secs(30 * 86_400);

fn findings(certificate: &Certificate, now: SystemTime) -> Vec<Finding> {
    let body = certificate.tbs_certificate();
    let validity = body.validity();
    let (start, end) = (
        validity.not_before.to_system_time(),
        validity.not_after.to_system_time(),
    );
    let warn = |id, evidence: String, action: &str| Finding {
        id,
        severity: Severity::Warn,
        evidence,
        action: action.to_owned(),
    };
    let shown = |time: &Time| time.to_date_time().to_string();
    let mut findings = Vec::new();
    if now < start {
        let evidence = format!(
            "the certificate is not valid before {}",
            shown(&validity.not_before)
        );
        findings.push(warn(
            "certificate-not-yet-valid",
            evidence,
            "check the clock of this machine",
        ));
    }
    if now > end {
        let evidence = format!("the certificate expired at {}", shown(&validity.not_after));
        findings.push(warn(
            "certificate-expired",
            evidence,
            "make a new one and upload it to the app",
        ));
    } else if now + SOON > end {
        let evidence = format!("the certificate expires at {}", shown(&validity.not_after));
        findings.push(warn(
            "certificate-expires-soon",
            evidence,
            "plan its replacement: an app holds one certificate",
        ));
    }
    if end.duration_since(start).is_ok_and(|life| life > LONG_LIFE) {
        let evidence = "the certificate is valid for more than two years".to_owned();
        findings.push(warn(
            "certificate-long-life",
            evidence,
            "make certificates of 365 days",
        ));
    }
    if body.version() != Version::V3 {
        findings.push(Finding {
            id: "certificate-old-version",
            severity: Severity::Note,
            evidence: "the certificate is not of X.509 version 3".to_owned(),
            action: "`sfjwt cert create` makes version 3".to_owned(),
        });
    }
    findings
}
