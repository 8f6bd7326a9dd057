//! The client against the miniature org, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod login;
mod query;
mod requests;
mod session;
mod support;
