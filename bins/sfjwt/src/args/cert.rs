//! `sfjwt cert`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Make or show a certificate
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Cert {
    Create(CertCreate),
    Show(CertShow),
}

/// Make a self-signed certificate for the key, or a request for one
///
/// Salesforce takes the public key in a certificate (`Use digital signatures`) and does not ask
/// who signed it. The certificate is signed by the key itself, wherever the key lives, and
/// written as PEM. An existing file is kept unless you say --force. Where certificates have to
/// come from a company's own CA, --csr writes a PKCS#10 request instead.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt cert create --profile prod --subject 'CN=integration' --out prod.crt
  sfjwt cert create --key file:prod.pem --subject 'CN=integration,O=Acme' --days 730 --out prod.crt
  sfjwt cert create --profile prod --subject 'CN=integration' --csr --out prod.csr")]
pub(crate) struct CertCreate {
    /// Subject and issuer (RFC 4514), such as 'CN=integration,O=Acme'
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: String,
    /// Write a certificate request (PKCS#10) for a CA to sign
    #[arg(long, conflicts_with = "days")]
    pub(crate) csr: bool,
    /// Days from now that the certificate is valid
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) days: u32,
    /// File to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// Show what a certificate says
///
/// Reads PEM or DER, X.509 v3 as well as the v1 that `openssl req -x509` recipes of old make, and
/// shows subject, validity, serial number, and the SHA-256 of the public key: compare it with
/// `sfjwt key show`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt cert show prod.crt
  sfjwt cert show prod.crt --output json")]
pub(crate) struct CertShow {
    /// Certificate, PEM or DER
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
