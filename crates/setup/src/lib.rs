//! Onboarding: what stands between a key and a working login.
//!
//! A certificate (or a request for one) is signed by the very key it is about, through the
//! [`GuardedSigner`](sfjwt_signer::GuardedSigner), so that onboarding works with a key that nobody
//! can read. The same file reads certificates, those of X.509 version 1 included.

mod certificate;
mod error;
mod issue;

pub use certificate::CertificateInfo;
pub use error::SetupError;
pub use issue::{Serial, Subject, Validity, request, self_signed};
