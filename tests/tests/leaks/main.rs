//! Canaries: secrets that are really used, looked for in everything that comes out.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test may stop"
)]

mod cage;
mod commands;
mod failures;
mod misplaced;
mod types;
