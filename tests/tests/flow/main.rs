//! The six steps of the flow, as a user takes them, and what the org saw of each.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

mod by_hand;
mod network;
mod settings;
mod steps;
