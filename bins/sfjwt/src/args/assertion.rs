//! `sfjwt assertion`.

use std::path::PathBuf;

use clap::Args;

use super::login::Stdin;

/// Make, take apart or complete an assertion (JWT)
///
/// Prints a signed assertion, alone on one line. Whoever holds it can log in with it until it
/// expires, after at most three minutes, so give it to a program and not to a log.
///
/// --decode shows the header and the claims of any JWT. --unsigned and --signature make an
/// assertion on two machines: this one writes what is to be signed, the other one signs it with
/// RSASSA-PKCS1-v1_5 and SHA-256, and this one verifies that signature with --cert (or the setting
/// `public_key`) before it prints the assertion.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt assertion --profile prod
  sfjwt assertion --profile prod | sfjwt assertion --decode
  sfjwt assertion --profile prod --unsigned > input.txt
  openssl dgst -sha256 -sign prod.pem -binary input.txt | basenc --base64url -w0 |
    sfjwt assertion --signature - --unsigned-input input.txt --cert prod.crt")]
pub(crate) struct Assertion {
    /// Show header and claims of the JWT in FILE, or of the one on stdin [default: -]
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-",
          conflicts_with_all = ["unsigned", "signature", "unsigned_input", "cert"])]
    pub(crate) decode: Option<PathBuf>,
    /// Print what is to be signed, in a pipe without a line ending, and sign nothing
    #[arg(long, conflicts_with_all = ["signature", "unsigned_input", "cert"])]
    pub(crate) unsigned: bool,
    /// Read a signature (base64url) from stdin
    #[arg(long, value_name = "-", requires = "unsigned_input")]
    pub(crate) signature: Option<Stdin>,
    /// What was signed: the output of --unsigned
    #[arg(long, value_name = "FILE", requires = "signature")]
    pub(crate) unsigned_input: Option<PathBuf>,
    /// Certificate that verifies the signature
    #[arg(long, value_name = "FILE", requires = "signature")]
    pub(crate) cert: Option<PathBuf>,
}
