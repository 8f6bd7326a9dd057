//! `sfjwt key`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Make, show or check the private key
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Key {
    Create(KeyCreate),
    /// Show the public half of the key, and where the key is
    ///
    /// Opens the key without signing anything and shows its size, the SHA-256 of its public key
    /// (the value for `public_key_sha256`), where it lives, and what is remarkable about it.
    #[command(after_long_help = "\
Examples:
  sfjwt key show --key file:/etc/sfjwt/prod.pem
  sfjwt key show --profile prod --output json")]
    Show,
    Check(KeyCheck),
}

/// Make a new RSA key
///
/// The key is made in this process, signs and verifies a test message, and is then written as
/// PKCS#8 PEM to a new file that only you can read. An existing file is never replaced. With
/// `?passphrase-source=SOURCE` behind the path the file is encrypted.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt key create --key file:/etc/sfjwt/prod.pem
  sfjwt key create --key 'file:prod.pem?passphrase-source=prompt:' --bits 3072")]
pub(crate) struct KeyCreate {
    /// Size of the modulus
    #[arg(long, value_name = "BITS", default_value = "2048", value_parser = ["2048", "3072", "4096"])]
    pub(crate) bits: String,
}

/// Check that the key can do its work
///
/// Opens the key, compares it with `public_key_sha256` if that is set, signs a test message and
/// verifies the signature. With --cert it also compares the key with the certificate that
/// Salesforce holds: another key there is the usual cause of `invalid client credentials`.
/// Remarks are called findings; one of severity `fail` ends in exit status 76.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt key check --key file:/etc/sfjwt/prod.pem --cert prod.crt
  sfjwt key check --profile prod --output json")]
pub(crate) struct KeyCheck {
    /// Certificate that must hold the public half of the key
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
}
