//! Key handling: what may be signed, by which key, and how every signature is checked.
