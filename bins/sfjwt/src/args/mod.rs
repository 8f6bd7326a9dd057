//! What was typed. These types hold words: nothing here opens a file or knows what a value means.

mod assertion;
mod cert;
mod global;
mod key;
mod login;
mod mistake;
mod query;
mod secrets;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use assertion::Assertion;
pub(crate) use cert::{Cert, CertCreate, CertShow};
pub(crate) use global::{Format, Global};
pub(crate) use key::{Key, KeyCheck, KeyCreate};
pub(crate) use login::{Completions, Revoke, Stdin, Token};
pub(crate) use mistake::{asks_for_json, mistake};
pub(crate) use query::Query;
pub(crate) use secrets::refuse_secrets;

/// Log a server in to Salesforce with a key that never leaves the place where it was made.
#[derive(Debug, Parser)]
#[command(
    name = "sfjwt",
    version,
    long_version = crate::open::VERSION,
    long_about = ABOUT,
    after_long_help = MANUAL,
    args_override_self = true,
    arg_required_else_help = false,
    max_term_width = 100,
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Reads the words of a command line, the program's name first.
    pub(crate) fn read(words: &[OsString]) -> Result<Self, clap::Error> {
        let asks_for_help = |word: &OsString| word == "-h" || word == "--help" || word == "help";
        let mut command = Self::command();
        if words.iter().any(asks_for_help) {
            command.build();
            command = command.mut_subcommands(focused);
        }
        Self::from_arg_matches(&command.try_get_matches_from(words)?)
    }
}

/// The manual of one command shows its own options and the settings of every day; all of them are
/// in the manual of the program.
fn focused(command: clap::Command) -> clap::Command {
    command
        .mut_args(|arg| {
            let rare = arg.is_global_set() && arg.is_hide_short_help_set();
            arg.hide(rare)
        })
        .mut_subcommands(focused)
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(subcommand)]
    Key(Key),
    #[command(subcommand)]
    Cert(Cert),
    Assertion(Assertion),
    Token(Token),
    /// Log in and show who that is (userinfo)
    ///
    /// The shortest proof that key, certificate, app, approval and user fit together.
    #[command(after_long_help = "\
Examples:
  sfjwt whoami --profile prod
  sfjwt whoami --output json | jq .organization_id")]
    Whoami,
    Query(Query),
    Revoke(Revoke),
    Completions(Completions),
}

const ABOUT: &str = "\
Log a server in to Salesforce with the OAuth 2.0 JWT bearer flow (RFC 7523), and use its APIs.
The private key stays where it was made: sfjwt asks it for signatures and never sees a copy.

The flow has six steps:

  1  sfjwt key create     make the key
     sfjwt cert create    make the certificate that Salesforce checks it with
  2  in Salesforce        create an app, upload the certificate (Use digital signatures)
  3  in Salesforce        approve the app for the user, by profile or permission set
  4  sfjwt assertion      make the signed assertion (JWT)
  5  sfjwt token          exchange it for an access token
  6  sfjwt query          use the API

Steps 4 and 5 are for looking and for other tools: `whoami` and `query` log in by themselves.";

const MANUAL: &str = "\
Settings:
  Every setting has one name: --client-id is SFJWT_CLIENT_ID in the environment and client_id in
  a profile. A flag counts over the environment, the environment over the profile. Flags stand
  before or after the command; given twice, the last one counts. Profiles are in
  $XDG_CONFIG_HOME/sfjwt/config.toml (~/.config/sfjwt/config.toml):

    default_profile = \"prod\"

    [profiles.prod]
    client_id = \"3MVG9...\"
    username = \"integration@example.com\"
    key = \"file:/etc/sfjwt/prod.pem\"

    [profiles.prod.policy]       # lifetime, iat, jti; file only: issuers, subjects, audiences,
    lifetime = 60                # rate (signatures a second, default 1), burst (default 10)

    [profiles.prod.transport]    # ca_bundle, proxy, no_proxy, client_cert, connect_timeout,
    read_timeout = 120           # read_timeout, max_attempts, hosts

    [profiles.prod.audit]        # one JSON line for every signature
    file = \"/var/log/sfjwt.jsonl\"

Audience:
  Without a setting it follows the login URL: My Domains of sandboxes and scratch orgs log in
  towards https://test.salesforce.com, other My Domains towards https://login.salesforce.com, and
  any other login URL towards itself.

Exit status:
  0 done        70 restart the process   76 a security check failed   130 interrupted
  1 refused     75 try again later       77 a person has to act
  2 usage                                78 a setting is missing or wrong

Results go to stdout, everything else to stderr. Try `sfjwt COMMAND --help` for examples.";

#[cfg(test)]
mod tests {
    use super::*;

    fn client_id(words: &str) -> Option<String> {
        let cli = Cli::try_parse_from(words.split_whitespace()).unwrap();
        cli.global.layer.client_id
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_flag_may_stand_before_or_after_the_command() {
        assert_eq!(client_id("sfjwt --client-id a token").as_deref(), Some("a"));
        assert_eq!(client_id("sfjwt token --client-id a").as_deref(), Some("a"));
        assert_eq!(
            client_id("sfjwt key --client-id a show").as_deref(),
            Some("a")
        );
    }

    #[test]
    fn the_last_of_two_flags_counts_wherever_they_stand() {
        for words in [
            "sfjwt --client-id a --client-id b token",
            "sfjwt --client-id a token --client-id b",
            "sfjwt --client-id a key --client-id a show --client-id b",
            "sfjwt token --client-id a --client-id b",
        ] {
            assert_eq!(client_id(words).as_deref(), Some("b"), "{words}");
        }
    }

    #[test]
    fn a_switch_can_be_taken_back() {
        let cli = Cli::try_parse_from(["sfjwt", "token", "--iat", "--iat=false"]).unwrap();
        assert_eq!(cli.global.layer.policy.iat, Some(false));
    }
}
