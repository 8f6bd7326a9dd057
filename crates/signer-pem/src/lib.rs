//! Signer backend: an RSA key in a PEM file.
