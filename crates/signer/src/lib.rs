//! Key handling: what may be signed, by which key, and how every signature is checked.
//!
//! A backend is one RSA key behind the trait [`Signer`]. Callers never hold one: they hold a
//! [`GuardedSigner`], which takes claims, not bytes, and lets a signature out only after it
//!
//! 1. parsed the bytes to be signed again and found them within the [`Policy`] (the gate),
//! 2. had the backend sign them under a deadline,
//! 3. padded the signature to the length of the modulus and verified it with the public key, and
//! 4. wrote an audit event.
//!
//! Read it in this order: `signer.rs` (the seam), `input.rs`, `gate.rs`, `guarded.rs`; then
//! `public_key.rs` and `crypto.rs`, the only file that calls the cryptography library; then how keys
//! and secrets are named and read: `uri.rs`, `secret.rs`, `private_file.rs`.

mod audit;
mod body;
pub mod crypto;
mod detached;
mod error;
mod gate;
mod guarded;
mod input;
pub mod private_file;
mod public_key;
mod rate;
mod secret;
mod signer;
mod uri;

pub use audit::{Audit, AuditEvent, JsonLines, NoAudit, Outcome};
pub use body::{CertificateBody, CsrBody};
pub use detached::complete_detached;
pub use error::{Class, SignError};
pub use gate::{Policy, Refusal};
pub use guarded::{Clock, GuardedSigner, GuardedSignerBuilder, system_clock};
pub use input::{Purpose, SigningInput};
pub use public_key::{PublicKey, PublicKeyHash, bit_length, hex};
pub use rate::Rate;
pub use secret::{Environment, SecretContext, SecretKind, SecretSource};
pub use signer::{Finding, KeyInfo, Severity, Signer};
pub use uri::{FileKey, KeyUri, KmsKey, Pkcs11Key};
