//! What the guard costs: signatures per second through `GuardedSigner` (gate, verification, audit)
//! beside the bare primitive, on the same key in one run.
//!
//! `cargo bench -p sfjwt-tests --bench signing`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints and may stop"
)]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use ring::{rand::SystemRandom, signature};
use sfjwt_claims::{Audience, Claims, Lifetime, UnsignedAssertion};
use sfjwt_signer::{GuardedSigner, JsonLines, KeyUri, Policy, SecretContext};
use sfjwt_signer_pem::{KeyBits, OpenOptions, PemSigner, create};

const ROUND: Duration = Duration::from_millis(500);
const ROUNDS: usize = 9;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    create(&path, KeyBits::Bits2048, None).unwrap();
    let bare = bare_key(&path);
    let guard = guard(&path);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();

    let mut ratios: Vec<(f64, f64, f64)> = (0..ROUNDS)
        .map(|_| {
            let bare = per_second(|| {
                let unsigned = login();
                let mut signature = vec![0; 256];
                let random = SystemRandom::new();
                let input = unsigned.signing_input().as_bytes();
                bare.sign(&signature::RSA_PKCS1_SHA256, &random, input, &mut signature)
                    .unwrap();
                black_box(signature);
            });
            let guarded = per_second(|| {
                black_box(runtime.block_on(guard.sign_login(login())).unwrap());
            });
            (guarded / bare, guarded, bare)
        })
        .collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, guarded, bare) = ratios[ROUNDS / 2];
    println!(
        "RSA-2048, one thread, policy without a rate, audit to /dev/null, median of {ROUNDS} rounds"
    );
    println!("bare ring {bare:.0}/s, guarded {guarded:.0}/s, ratio {ratio:.3}");
}

fn login() -> UnsignedAssertion {
    let audience = Audience::parse("https://login.salesforce.com").unwrap();
    let claims = Claims::new(
        "client",
        "u@example.com",
        audience,
        SystemTime::now(),
        Lifetime::MAX,
    );
    claims.unwrap().into_unsigned()
}

fn guard(path: &std::path::Path) -> GuardedSigner {
    let uri: KeyUri = path.to_str().unwrap().parse().unwrap();
    let context = SecretContext::new(&|_| None);
    let signer = PemSigner::open(&uri, OpenOptions::default(), &context).unwrap();
    let policy = Policy::login("client", "u@example.com", "https://login.salesforce.com");
    let nowhere = JsonLines::append_to(std::path::Path::new("/dev/null")).unwrap();
    GuardedSigner::builder(Box::new(signer), policy)
        .audit(Arc::new(nowhere))
        .open()
        .unwrap()
}

fn bare_key(path: &std::path::Path) -> signature::RsaKeyPair {
    let der = std::process::Command::new("openssl")
        .args(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in"])
        .arg(path)
        .output()
        .unwrap();
    signature::RsaKeyPair::from_pkcs8(&der.stdout).unwrap()
}

fn per_second(mut sign: impl FnMut()) -> f64 {
    let began = Instant::now();
    let mut count = 0_u32;
    while began.elapsed() < ROUND {
        sign();
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}
