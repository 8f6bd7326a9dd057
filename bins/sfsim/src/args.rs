//! What was typed.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use sfsim::Fault;

/// A Salesforce org in miniature, on loopback, for tests and learning. Unfit for production.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts an org, prints one JSON line with its URLs, and serves until SIGTERM or SIGINT
    ///
    /// Example: sfsim serve --client-id my-app --cert app.crt --username me@example.com --accounts 20
    Serve(Serve),
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // flags are what they are
pub(crate) struct Serve {
    /// Port of the login URL; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Address to listen on; anything but loopback is refused
    #[arg(long, default_value = "127.0.0.1", value_parser = loopback)]
    pub(crate) host: IpAddr,
    /// Consumer key of the app
    #[arg(long, requires = "cert")]
    pub(crate) client_id: Option<String>,
    /// X.509 certificate of the app, PEM or DER; may be given again
    #[arg(long, requires = "client_id")]
    pub(crate) cert: Vec<PathBuf>,
    /// A user who may log in; may be given again
    #[arg(long)]
    pub(crate) username: Vec<String>,
    /// Number of generated Account records
    #[arg(long, default_value_t = 20)]
    pub(crate) accounts: u64,
    /// How open questions about real orgs are decided
    #[arg(long, value_enum, default_value_t = Preset::Observed)]
    pub(crate) fidelity: Preset,
    /// Something that goes wrong, as in docs/SIMULATOR.md; may be given again
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) fault: Vec<Fault>,
    /// The same seed gives the same records and the same faults
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Who may use the app
    #[arg(long, value_enum, default_value_t = Permitted::Admin)]
    pub(crate) permitted_users: Permitted,
    /// The users are approved for the app (the default)
    #[arg(long, overrides_with = "no_approval")]
    pub(crate) approve: bool,
    /// The users are not approved for the app
    #[arg(long, overrides_with = "approve")]
    pub(crate) no_approval: bool,
    /// Refuse a user who logs in more often than this in an hour
    #[arg(long, value_name = "LOGINS")]
    pub(crate) logins_per_hour: Option<u32>,
    /// A sandbox: its audience is https://test.salesforce.com
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// The data are at the login URL, not at a port of their own
    #[arg(long)]
    pub(crate) same_instance: bool,
    /// Serve https on localhost, and write the certificate to trust into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_ca_out: Option<PathBuf>,
    /// With https: require client certificates by the authorities in this PEM file
    #[arg(long, value_name = "FILE", requires = "tls_ca_out")]
    pub(crate) tls_client_ca: Option<PathBuf>,
    /// With https: serve a certificate that ended in 2001
    #[arg(long, requires = "tls_ca_out")]
    pub(crate) tls_expired: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Preset {
    /// What real orgs are seen to accept
    Observed,
    /// What the documentation says
    Documented,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Permitted {
    /// All users may self-authorize
    #[value(name = "self")]
    SelfAuthorized,
    /// Admin approved users are pre-authorized
    Admin,
}

fn loopback(text: &str) -> Result<IpAddr, String> {
    let address = match text {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        other => other.parse::<IpAddr>(),
    };
    match address {
        Ok(address) if address == IpAddr::from([127, 0, 0, 1]) => Ok(address),
        _ => Err(
            "the miniature org listens on 127.0.0.1 only: its admin port trusts everyone who \
                  reaches it"
                .to_owned(),
        ),
    }
}
