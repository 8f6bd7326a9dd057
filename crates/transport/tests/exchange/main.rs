//! Requests over real sockets, to servers that say exactly what a test wants them to say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    reason = "a helper that fails ends its test, and a client that left is no failure"
)]

mod bodies;
mod crowds;
mod redirects;
mod retries;
mod support;
mod tls;
