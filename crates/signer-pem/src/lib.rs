//! Signer backend: an RSA key in a PEM file, or in an environment variable.
//!
//! For a laptop, and for places that have nothing better: the key is in the memory of the process.
//! The file is opened once and judged by its open handle, what is read from it is wiped, and a file
//! that is not a usable key is refused by the name of what it is instead.
//!
//! The text and the bytes of a key are handled in `key.rs` (and, to decrypt or make one, in
//! `encrypted.rs` and `create.rs`); everything else sees only the opened [`PemSigner`].

#[cfg(feature = "keygen")]
mod create;
mod encrypted;
mod error;
mod key;
mod open;

#[cfg(feature = "keygen")]
pub use create::{KeyBits, create};
pub use error::PemError;
pub use open::{OpenOptions, PemSigner};
