//! The guard against backends that fail, lie, hang and leave.

use std::{
    io,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::UNIX_EPOCH,
};

use async_trait::async_trait;
use sfjwt_claims::{Audience, Claims, Lifetime};

use super::*;
use crate::{Class, PublicKey, Rate, Refusal};

const NOW: Duration = Duration::from_secs(1_795_000_000);

/// A real key, made for these tests and used nowhere else.
const KEY: &[u8] = include_bytes!("../../tests/fixtures/worthless-2048.pkcs8.der");
const OTHER_KEY: &[u8] = include_bytes!("../../tests/fixtures/worthless-other-2048.pkcs8.der");

/// What a backend does with a signature it has made.
type Habit = fn(Vec<u8>) -> Vec<u8>;

#[derive(Debug)]
struct Backend {
    key: crypto::RsaPrivateKey,
    info: KeyInfo,
    habit: Habit,
    hangs: bool,
    calls: Arc<AtomicUsize>,
}

impl Backend {
    fn honest() -> Self {
        let key = crypto::RsaPrivateKey::from_pkcs8(KEY).unwrap();
        let info = KeyInfo {
            public_key: PublicKey::from_pkcs1(key.public_pkcs1()).unwrap(),
            backend: "test",
            location: "memory".into(),
            attributes: Vec::new(),
            findings: Vec::new(),
        };
        Self {
            key,
            info,
            habit: |signature| signature,
            hangs: false,
            calls: Arc::default(),
        }
    }
}

#[async_trait]
impl Signer for Backend {
    fn key(&self) -> &KeyInfo {
        &self.info
    }

    async fn sign(&self, input: &SigningInput) -> Result<Vec<u8>, SignError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.hangs {
            std::future::pending::<()>().await;
        }
        Ok((self.habit)(self.key.sign(input.bytes(), 256).unwrap()))
    }
}

#[derive(Debug, Default)]
struct Journal {
    lines: Mutex<Vec<serde_json::Value>>,
    broken: bool,
}

impl Audit for Journal {
    fn record(&self, event: &AuditEvent<'_>) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("no space left"));
        }
        self.lines
            .lock()
            .unwrap()
            .push(serde_json::to_value(event).unwrap());
        Ok(())
    }
}

impl Journal {
    fn outcomes(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        lines
            .iter()
            .map(|line| line["outcome"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn policy() -> Policy {
    Policy::login("key", "u@x", "https://login.salesforce.com")
}

fn login(user: &str) -> UnsignedAssertion {
    let audience = Audience::parse("https://login.salesforce.com").unwrap();
    Claims::new("key", user, audience, UNIX_EPOCH + NOW, Lifetime::MAX)
        .unwrap()
        .into_unsigned()
}

fn guard(backend: Backend, policy: Policy, journal: &Arc<Journal>) -> GuardedSigner {
    GuardedSigner::builder(Box::new(backend), policy)
        .clock(Arc::new(|| UNIX_EPOCH + NOW))
        .audit(journal.clone())
        .open()
        .unwrap()
}

#[tokio::test]
async fn a_login_is_signed_and_another_library_verifies_it() {
    let journal = Arc::new(Journal::default());
    let guard = guard(Backend::honest(), policy(), &journal);
    let signed = guard.sign_login(login("u@x")).await.unwrap();
    let (input, signature) = signed.expose_assertion().rsplit_once('.').unwrap();
    let signature =
        base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, signature).unwrap();
    assert_eq!(
        guard.key().public_key.verify(input.as_bytes(), &signature),
        Ok(())
    );
    assert_eq!(journal.outcomes(), ["signed"]);
}

#[tokio::test]
async fn a_refusal_of_the_gate_never_reaches_the_key() {
    let journal = Arc::new(Journal::default());
    let backend = Backend::honest();
    let calls = backend.calls.clone();
    let guard = guard(backend, policy(), &journal);
    let error = guard.sign_login(login("root@x")).await.unwrap_err();
    assert_eq!(error, SignError::Refused(Refusal::Claim("sub")));
    assert_eq!(error.class(), Class::Security);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    assert_eq!(journal.outcomes(), ["refused"]);
}

#[tokio::test]
async fn a_signature_that_lost_its_leading_zeros_is_padded() {
    // Which login gives a short signature is a matter of chance, about one in 256.
    let journal = Arc::new(Journal::default());
    let backend = Backend {
        habit: |signature| {
            signature
                .into_iter()
                .skip_while(|byte| *byte == 0)
                .collect()
        },
        ..Backend::honest()
    };
    let many = Policy {
        subjects: (0..3000).map(|n| format!("u{n}@x")).collect(),
        ..policy()
    };
    let key = crypto::RsaPrivateKey::from_pkcs8(KEY).unwrap();
    let short = (0..3000)
        .map(|n| login(&format!("u{n}@x")))
        .find(|unsigned| key.sign(unsigned.signing_input().as_bytes(), 256).unwrap()[0] == 0)
        .expect("one of 3000 signatures starts with a zero byte");
    assert!(
        guard(backend, many, &journal)
            .sign_login(short)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_wrong_signature_never_leaves_the_process() {
    let habits: [Habit; 5] = [
        |mut signature| {
            signature[7] ^= 1;
            signature
        },
        |_| Vec::new(),
        |mut signature| {
            signature.push(0);
            signature
        },
        |mut signature| {
            signature.insert(0, 0);
            signature
        },
        |signature| vec![0; signature.len()],
    ];
    for habit in habits {
        let journal = Arc::new(Journal::default());
        let guard = guard(
            Backend {
                habit,
                ..Backend::honest()
            },
            policy(),
            &journal,
        );
        let error = guard.sign_login(login("u@x")).await.unwrap_err();
        assert_eq!(error, SignError::WrongSignature);
        assert_eq!(journal.outcomes(), ["failed"]);
    }
}

#[tokio::test]
async fn a_signature_of_another_key_never_leaves_the_process() {
    let backend = Backend {
        key: crypto::RsaPrivateKey::from_pkcs8(OTHER_KEY).unwrap(),
        ..Backend::honest()
    };
    let guard = guard(backend, policy(), &Arc::default());
    assert_eq!(
        guard.sign_login(login("u@x")).await.unwrap_err(),
        SignError::WrongSignature
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_that_does_not_answer_is_given_up_at_the_deadline() {
    let journal = Arc::new(Journal::default());
    let guard = guard(
        Backend {
            hangs: true,
            ..Backend::honest()
        },
        policy(),
        &journal,
    );
    let began = Instant::now();
    let error = guard.sign_login(login("u@x")).await.unwrap_err();
    assert_eq!(error, SignError::Deadline(Duration::from_secs(5)));
    assert_eq!(error.class(), Class::Retry);
    assert_eq!(began.elapsed().as_secs(), 5);
    assert_eq!(journal.outcomes(), ["failed"]);
}

#[tokio::test]
async fn a_caller_who_walks_off_leaves_an_audit_event_behind() {
    let journal = Arc::new(Journal::default());
    let guard = guard(
        Backend {
            hangs: true,
            ..Backend::honest()
        },
        policy(),
        &journal,
    );
    let mut signing = Box::pin(guard.sign_login(login("u@x")));
    assert!(futures_poll(signing.as_mut()).is_pending());
    assert_eq!(journal.outcomes(), [""; 0]);
    drop(signing);
    assert_eq!(journal.outcomes(), ["abandoned"]);
}

#[tokio::test]
async fn without_an_audit_event_there_is_no_signature() {
    let journal = Arc::new(Journal {
        broken: true,
        ..Journal::default()
    });
    let guard = guard(Backend::honest(), policy(), &journal);
    let error = guard.sign_login(login("u@x")).await.unwrap_err();
    assert!(matches!(error, SignError::Audit(_)), "{error}");
}

#[tokio::test]
async fn a_wrong_signature_is_told_even_if_its_event_cannot_be_written() {
    let journal = Arc::new(Journal {
        broken: true,
        ..Journal::default()
    });
    let backend = Backend {
        habit: |_| Vec::new(),
        ..Backend::honest()
    };
    let error = guard(backend, policy(), &journal)
        .self_test()
        .await
        .unwrap_err();
    assert_eq!(error, SignError::WrongSignature);
}

#[tokio::test]
async fn an_audit_event_says_what_was_asserted_and_holds_no_assertion() {
    let journal = Arc::new(Journal::default());
    let guard = guard(Backend::honest(), policy(), &journal);
    let unsigned = login("u@x");
    let input = unsigned.signing_input().to_owned();
    let signed = guard.sign_login(unsigned).await.unwrap();
    let line = journal.lines.lock().unwrap()[0].clone();
    assert_eq!(line["iss"], "key");
    assert_eq!(line["sub"], "u@x");
    assert_eq!(line["exp"], NOW.as_secs() + 180);
    assert_eq!(line["time"], "2026-11-18T11:06:40Z");
    assert_eq!(line["key"], guard.key().public_key.hash().to_string());
    let text = line.to_string();
    assert!(
        !text.contains(&input) && !text.contains(signed.expose_assertion()),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_rate_that_is_used_up_refuses_before_the_key_is_touched() {
    let backend = Backend::honest();
    let calls = backend.calls.clone();
    let rate = Rate::new(1.0, 2);
    let guard = guard(backend, Policy { rate, ..policy() }, &Arc::default());
    for _ in 0..2 {
        guard.sign_login(login("u@x")).await.unwrap();
    }
    let error = guard.sign_login(login("u@x")).await.unwrap_err();
    assert_eq!(
        (error.class(), calls.load(Ordering::SeqCst)),
        (Class::Retry, 2)
    );
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(guard.sign_login(login("u@x")).await.is_ok());
}

#[test]
fn another_key_than_the_pinned_one_is_refused_at_opening() {
    let pinned: PublicKeyHash = "00".repeat(32).parse().unwrap();
    let own = Backend::honest().info.public_key.hash();
    let open = |pin| {
        GuardedSigner::builder(Box::new(Backend::honest()), policy())
            .pinned(pin)
            .open()
    };
    let error = open(pinned).unwrap_err();
    assert_eq!(error.class(), Class::Security);
    assert!(error.to_string().contains(&own.to_string()), "{error}");
    assert!(open(own).is_ok());
}

#[test]
fn a_key_with_a_fatal_finding_is_refused_at_opening() {
    let finding = |severity| Finding {
        id: "extractable",
        severity,
        evidence: "the key can be read out".into(),
        action: "make a new key".into(),
    };
    let open = |severity| {
        let mut backend = Backend::honest();
        backend.info.findings.push(finding(severity));
        GuardedSigner::builder(Box::new(backend), policy())
            .open()
            .map(|_| ())
    };
    assert_eq!(open(Severity::Warn), Ok(()));
    assert_eq!(
        open(Severity::Fail),
        Err(SignError::KeyUnsuitable("the key can be read out".into()))
    );
}

#[tokio::test]
async fn the_self_test_signs_a_text_that_is_neither_an_assertion_nor_a_certificate() {
    #[derive(Debug)]
    struct Recorder(Backend, Arc<Mutex<Vec<u8>>>);

    #[async_trait]
    impl Signer for Recorder {
        fn key(&self) -> &KeyInfo {
            &self.0.info
        }
        async fn sign(&self, input: &SigningInput) -> Result<Vec<u8>, SignError> {
            *self.1.lock().unwrap() = input.bytes().to_vec();
            self.0.sign(input).await
        }
    }

    let seen = Arc::default();
    let backend = Recorder(Backend::honest(), Arc::clone(&seen));
    let guard = GuardedSigner::builder(Box::new(backend), Policy::self_test_only())
        .open()
        .unwrap();
    guard.self_test().await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.starts_with(b"sfjwt key self-test v1 "));
    assert!(!seen.contains(&b'.'));
}

#[tokio::test]
async fn a_guard_signs_only_what_it_was_opened_for() {
    let guard = guard(Backend::honest(), Policy::certificates(), &Arc::default());
    let error = guard.sign_login(login("u@x")).await.unwrap_err();
    assert_eq!(error, SignError::Refused(Refusal::Purpose(Purpose::Login)));
    let error = guard.sign_client_assertion(login("u@x")).await.unwrap_err();
    assert_eq!(
        error,
        SignError::Refused(Refusal::Purpose(Purpose::ClientAssertion))
    );
}

fn futures_poll<F: Future>(future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}
