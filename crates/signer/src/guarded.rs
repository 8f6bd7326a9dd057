//! The only thing a caller can sign with: gate, backend under a deadline, padding, verification,
//! audit event, and only then the signature.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use sfjwt_claims::{SignedAssertion, UnsignedAssertion};
use tokio::time::Instant;

use crate::{
    Audit, AuditEvent, CertificateBody, CsrBody, Finding, KeyInfo, NoAudit, Outcome, Policy,
    PublicKey, PublicKeyHash, Purpose, Severity, SignError, Signer, SigningInput, crypto,
    gate::Asserted, public_key::hex, rate::Bucket,
};

/// The wall clock, as an argument.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The clock of this machine.
pub fn system_clock() -> Clock {
    Arc::new(SystemTime::now)
}

/// A key with a guard before it and behind it.
///
/// ```
/// # use sfjwt_signer::{GuardedSigner, Policy, SignError, Signer};
/// use std::time::Duration;
///
/// fn open(backend: Box<dyn Signer>) -> Result<GuardedSigner, SignError> {
///     let policy = Policy::login("3MVG9client", "ops@example.com", "https://login.salesforce.com");
///     GuardedSigner::builder(backend, policy).deadline(Duration::from_secs(5)).open()
/// }
/// ```
pub struct GuardedSigner {
    backend: Box<dyn Signer>,
    policy: Policy,
    bucket: Option<Bucket>,
    deadline: Duration,
    audit: Arc<dyn Audit>,
    clock: Clock,
}

impl GuardedSigner {
    /// Starts to guard a backend. Defaults: no pinned key, a deadline of 5 s, no audit, the clock of
    /// this machine.
    pub fn builder(backend: Box<dyn Signer>, policy: Policy) -> GuardedSignerBuilder {
        GuardedSignerBuilder {
            backend,
            policy,
            pinned: None,
            deadline: Duration::from_secs(5),
            audit: Arc::new(NoAudit),
            clock: system_clock(),
        }
    }

    /// What was learned when the key was opened.
    pub fn key(&self) -> &KeyInfo {
        self.backend.key()
    }

    /// Signs an assertion that logs a user in.
    pub async fn sign_login(
        &self,
        unsigned: UnsignedAssertion,
    ) -> Result<SignedAssertion, SignError> {
        self.sign_assertion(Purpose::Login, unsigned).await
    }

    /// Signs an assertion that authenticates the app itself (`private_key_jwt`).
    pub async fn sign_client_assertion(
        &self,
        unsigned: UnsignedAssertion,
    ) -> Result<SignedAssertion, SignError> {
        self.sign_assertion(Purpose::ClientAssertion, unsigned)
            .await
    }

    /// Signs the body of a certificate about this very key.
    pub async fn sign_certificate(&self, body: CertificateBody) -> Result<Vec<u8>, SignError> {
        self.sign_body(Purpose::Certificate, |key| body.into_bytes_for(key))
            .await
    }

    /// Signs the body of a certificate request for this very key.
    pub async fn sign_request(&self, body: CsrBody) -> Result<Vec<u8>, SignError> {
        self.sign_body(Purpose::CertificateRequest, |key| body.into_bytes_for(key))
            .await
    }

    /// Signs and verifies a text that means nothing, to prove that the key works.
    ///
    /// It has no dot and starts neither with `eyJ` nor with DER's `0x30`, so that its signature is
    /// of no use to anyone.
    pub async fn self_test(&self) -> Result<(), SignError> {
        let text = format!("sfjwt key self-test v1 {}", self.key().public_key.hash());
        let attempt = Attempt::begin(self, Purpose::SelfTest);
        attempt.run(Ok(text.into_bytes())).await.map(|_| ())
    }

    async fn sign_body(
        &self,
        purpose: Purpose,
        bytes_for: impl FnOnce(&PublicKey) -> Result<Vec<u8>, SignError>,
    ) -> Result<Vec<u8>, SignError> {
        let attempt = Attempt::begin(self, purpose);
        let granted = self.policy.grants(purpose).map_err(SignError::from);
        let admitted = granted.and_then(|()| bytes_for(&self.key().public_key));
        attempt.run(admitted).await
    }

    async fn sign_assertion(
        &self,
        purpose: Purpose,
        unsigned: UnsignedAssertion,
    ) -> Result<SignedAssertion, SignError> {
        let bytes = unsigned.signing_input().as_bytes();
        let mut attempt = Attempt::begin(self, purpose);
        let admitted = self
            .policy
            .grants(purpose)
            .and_then(|()| self.policy.admit(purpose, bytes, attempt.began_at));
        let admitted = match admitted {
            Ok(asserted) => {
                attempt.asserted = Some(asserted);
                Ok(bytes.to_vec())
            }
            Err(refusal) => Err(refusal.into()),
        };
        let signature = attempt.run(admitted).await?;
        Ok(unsigned.assemble(&signature))
    }

    /// Backend under a deadline, padding, verification.
    async fn ask(&self, input: &SigningInput) -> Result<Vec<u8>, SignError> {
        let key = &self.key().public_key;
        let signature = tokio::time::timeout(self.deadline, self.backend.sign(input))
            .await
            .map_err(|_| SignError::Deadline(self.deadline))??;
        let signature = left_pad(signature, key.signature_length());
        key.verify(input.bytes(), &signature)?;
        Ok(signature)
    }
}

impl fmt::Debug for GuardedSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedSigner")
            .field("backend", &self.backend)
            .field("policy", &self.policy)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// What a guard is made of.
pub struct GuardedSignerBuilder {
    backend: Box<dyn Signer>,
    policy: Policy,
    pinned: Option<PublicKeyHash>,
    deadline: Duration,
    audit: Arc<dyn Audit>,
    clock: Clock,
}

impl GuardedSignerBuilder {
    /// Refuses any key but this one: the hash of the public key in the certificate that Salesforce
    /// holds. A moved alias, a wrong label or a stand-by device is noticed before it signs.
    #[must_use]
    pub fn pinned(mut self, key: PublicKeyHash) -> Self {
        self.pinned = Some(key);
        self
    }

    /// How long the backend may take for one signature.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Where audit events go.
    #[must_use]
    pub fn audit(mut self, audit: Arc<dyn Audit>) -> Self {
        self.audit = audit;
        self
    }

    /// Another clock than that of this machine.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Compares the pinned key and looks at the findings; nothing is signed here.
    pub fn open(self) -> Result<GuardedSigner, SignError> {
        let key = self.backend.key();
        let found = key.public_key.hash();
        if let Some(pinned) = self.pinned.filter(|pinned| *pinned != found) {
            return Err(SignError::NotThePinnedKey {
                found: found.to_string(),
                pinned: pinned.to_string(),
            });
        }
        let fatal = |finding: &&Finding| finding.severity == Severity::Fail;
        if let Some(finding) = key.findings.iter().find(fatal) {
            return Err(SignError::KeyUnsuitable(finding.evidence.clone()));
        }
        Ok(GuardedSigner {
            bucket: self
                .policy
                .rate
                .map(|rate| Bucket::full(rate, Instant::now())),
            backend: self.backend,
            policy: self.policy,
            deadline: self.deadline,
            audit: self.audit,
            clock: self.clock,
        })
    }
}

impl fmt::Debug for GuardedSignerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedSignerBuilder")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// One attempt to sign, from the gate to its audit event.
///
/// The event is written when the attempt ends, and also when its future is dropped half way: a
/// caller who walks off must not be able to hide a signature.
struct Attempt<'a> {
    guard: &'a GuardedSigner,
    purpose: Purpose,
    began_at: SystemTime,
    began: Instant,
    asserted: Option<Asserted>,
    input_sha256: Option<[u8; 32]>,
    reported: bool,
}

impl<'a> Attempt<'a> {
    fn begin(guard: &'a GuardedSigner, purpose: Purpose) -> Self {
        Self {
            guard,
            purpose,
            began_at: (guard.clock)(),
            began: Instant::now(),
            asserted: None,
            input_sha256: None,
            reported: false,
        }
    }

    async fn run(mut self, admitted: Result<Vec<u8>, SignError>) -> Result<Vec<u8>, SignError> {
        let outcome = match admitted.and_then(|bytes| self.within_rate(bytes)) {
            Ok(bytes) => {
                self.input_sha256 = Some(crypto::sha256(&bytes));
                let input = SigningInput::new(self.purpose, bytes);
                self.guard
                    .ask(&input)
                    .await
                    .map_err(|error| (Outcome::Failed, error))
            }
            Err(error) => Err((Outcome::Refused, error)),
        };
        match outcome {
            Ok(signature) => {
                self.report(Outcome::Signed, None)
                    .map_err(SignError::Audit)?;
                Ok(signature)
            }
            Err((outcome, error)) => {
                // Nothing was signed. Why is worth more than a second error about the record of it.
                drop(self.report(outcome, Some(error.to_string())));
                Err(error)
            }
        }
    }

    fn within_rate(&self, bytes: Vec<u8>) -> Result<Vec<u8>, SignError> {
        match &self.guard.bucket {
            Some(bucket) if !bucket.take(Instant::now()) => Err(SignError::RateExceeded),
            _ => Ok(bytes),
        }
    }

    fn report(&mut self, outcome: Outcome, reason: Option<String>) -> std::io::Result<()> {
        self.reported = true;
        let key = self.guard.key();
        let asserted = self.asserted.as_ref();
        self.guard.audit.record(&AuditEvent {
            time: self.began_at,
            purpose: self.purpose,
            outcome,
            reason,
            backend: key.backend,
            key: key.public_key.hash(),
            input_sha256: self.input_sha256.map(|hash| hex(&hash)),
            iss: asserted.map(|claims| claims.iss.as_str()),
            sub: asserted.map(|claims| claims.sub.as_str()),
            aud: asserted.map(|claims| claims.aud.as_str()),
            exp: asserted.map(|claims| claims.exp),
            jti: asserted.and_then(|claims| claims.jti.as_deref()),
            latency: self.began.elapsed(),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.reported {
            let reason = "the caller went away before the key answered".to_owned();
            // Nobody is left to be told if this fails too.
            drop(self.report(Outcome::Abandoned, Some(reason)));
        }
    }
}

/// Puts back leading zero bytes that KMS and some tokens strip: about one signature in 200 is short,
/// and verifiers refuse it (RFC 8017 §8.2.2 step 1).
pub(crate) fn left_pad(signature: Vec<u8>, length: usize) -> Vec<u8> {
    if signature.len() >= length {
        return signature;
    }
    let mut padded = vec![0; length - signature.len()];
    padded.extend_from_slice(&signature);
    padded
}

#[cfg(test)]
mod tests;
