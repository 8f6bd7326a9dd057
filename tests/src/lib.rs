//! What the tests that cross crates share: the product's own executable, and a world to run it in.
//!
//! A [`World`] is an org with one app, one user and five thousand accounts, a key and a certificate
//! that the product made, and an environment with the settings for them and nothing else. The org
//! runs in the test, so that a test can ask its journal; the product runs as a process, as its users
//! run it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot prepare its world has failed"
)]

mod library;
mod outcome;
mod process;
mod wiretap;
mod world;

pub use library::{client, guard, login};
pub use outcome::Outcome;
pub use process::{Drained, Running, binary, target_folder, until};
pub use wiretap::Wiretap;
pub use world::{ACCOUNTS, CLIENT_ID, USERNAME, World, run_with};
