//! Bytes over HTTPS: one client, one retry policy.
