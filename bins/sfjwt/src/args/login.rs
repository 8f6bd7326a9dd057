//! `sfjwt token`, `sfjwt revoke` and `sfjwt completions`.

use std::convert::Infallible;
use std::str::FromStr;

use clap::Args;
use clap_complete::Shell;

/// Log in and print the access token
///
/// Prints the access token, alone on one line. With --output json it prints the whole answer
/// (instance URL, scope, identity). Salesforce answers repeated logins of a user with the same
/// token for as long as its session lives.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt token --profile prod
  sfjwt token | sed 's/^/Authorization: Bearer /' |
    curl -H @- https://acme.my.salesforce.com/services/data/v67.0/limits
  sfjwt token --output json
  signing-service | sfjwt token --assertion -")]
pub(crate) struct Token {
    /// Read an assertion made elsewhere from stdin, and exchange that one
    #[arg(long, value_name = "-")]
    pub(crate) assertion: Option<Stdin>,
}

/// End the session of an access token
///
/// Reads a token from stdin and revokes it; without --token it logs in and revokes the session it
/// gets. Salesforce hands the same token to everybody who logs in as this user with this app:
/// all of them are logged out.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt revoke --profile prod
  pass show old-token | sfjwt revoke --profile prod --token -")]
pub(crate) struct Revoke {
    /// Read the access token from stdin
    #[arg(long, value_name = "-")]
    pub(crate) token: Option<Stdin>,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt completions bash > /etc/bash_completion.d/sfjwt
  sfjwt completions zsh > ~/.zfunc/_sfjwt
  sfjwt completions fish > ~/.config/fish/completions/sfjwt.fish")]
pub(crate) struct Completions {
    /// Shell to complete for
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// The value of a flag that reads a secret from stdin. Anything but `-` is probably that secret:
/// it is not kept, so no message can repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stdin {
    Dash,
    SomethingElse,
}

impl FromStr for Stdin {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "-" {
            Self::Dash
        } else {
            Self::SomethingElse
        })
    }
}
