//! Each thing that can go wrong between the product and an org, once: how the product ends, what it
//! says, how often it asked, and what it had printed before.
//!
//! Where a retry would only cost time, `--max-attempts 1` takes it away.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

mod clocks;
mod dead_tokens;
mod login;
mod pages;
mod reads;
mod tls;

/// Three pages of rows that are one line each.
const ALL: [&str; 2] = ["query", "SELECT Id FROM Account"];
