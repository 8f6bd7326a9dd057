//! One event per attempt to sign, whatever came of it.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Mutex,
    time::{Duration, SystemTime},
};

use serde::Serialize;

use crate::{PublicKeyHash, Purpose};

/// Where audit events go. An event that cannot be recorded withholds the signature.
pub trait Audit: fmt::Debug + Send + Sync {
    /// Records one event.
    fn record(&self, event: &AuditEvent<'_>) -> io::Result<()>;
}

/// What happened to one attempt to sign. It holds what was asserted and a hash of the bytes, never
/// the assertion or the signature.
#[derive(Debug, Serialize)]
pub struct AuditEvent<'a> {
    /// When the attempt began, RFC 3339 in UTC.
    #[serde(serialize_with = "rfc3339")]
    pub time: SystemTime,
    /// What the signature was for.
    pub purpose: Purpose,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, if nothing was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which kind of backend holds the key.
    pub backend: &'static str,
    /// The key: SHA-256 of its SPKI.
    #[serde(serialize_with = "text")]
    pub key: PublicKeyHash,
    /// SHA-256 of the bytes given to the key, which joins this event to the log of a device; absent
    /// if the key was not touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_sha256: Option<String>,
    /// `iss` of the assertion, once the gate has read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<&'a str>,
    /// `sub` of the assertion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<&'a str>,
    /// `aud` of the assertion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<&'a str>,
    /// `exp` of the assertion, seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<u64>,
    /// `jti` of the assertion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<&'a str>,
    /// How long it took, in milliseconds.
    #[serde(rename = "latency_ms", serialize_with = "milliseconds")]
    pub latency: Duration,
    /// The process that signed.
    pub pid: u32,
    /// The version of this crate.
    pub version: &'static str,
}

/// What came of an attempt to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The signature was made and verified.
    Signed,
    /// The gate refused; the key was not touched.
    Refused,
    /// The key was asked, and there is no signature that verifies.
    Failed,
    /// The caller went away while the key was asked: whether it signed is unknown.
    Abandoned,
}

/// Writes each event as one line of JSON.
#[derive(Debug)]
pub struct JsonLines<W>(Mutex<W>);

impl JsonLines<File> {
    /// Appends to a file, made with mode 0600 if it is not there. Each event is one `write` to a
    /// file opened for appending, so processes may share it.
    pub fn append_to(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self::new(file))
    }
}

impl<W: Write> JsonLines<W> {
    /// Writes to anything.
    pub fn new(to: W) -> Self {
        Self(Mutex::new(to))
    }
}

impl<W: Write + Send + fmt::Debug> Audit for JsonLines<W> {
    fn record(&self, event: &AuditEvent<'_>) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let mut to = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        to.write_all(&line)?;
        to.flush()
    }
}

/// Records nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoAudit;

impl Audit for NoAudit {
    fn record(&self, _: &AuditEvent<'_>) -> io::Result<()> {
        Ok(())
    }
}

fn text<T: fmt::Display, S: serde::Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

fn rfc3339<S: serde::Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    match der::DateTime::from_system_time(*time) {
        Ok(time) => to.collect_str(&time),
        Err(_) => Err(serde::ser::Error::custom(
            "the clock stands before 1970 or after 9999",
        )),
    }
}

fn milliseconds<S: serde::Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64((time.as_secs_f64() * 1e6).round() / 1e3)
}
