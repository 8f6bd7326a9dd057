//! One file per command.

mod assertion;
mod cert_create;
mod cert_show;
mod completions;
mod key_check;
mod key_create;
mod key_show;
mod query;
mod revoke;
mod token;
mod whoami;

use crate::args::{Cert, Cli, Command, Global, Key};
use crate::config::{self, Variables};
use crate::failure::Failure;
use crate::log;
use crate::output::{Output, Terminal};

/// Runs what was typed. Settings are read by those commands that need any.
pub(crate) fn run(cli: Cli, variables: &Variables, terminal: Terminal) -> Result<(), Failure> {
    log::start(cli.global.verbose, variables.get("SFJWT_LOG"))?;
    let written = cli.global.over(Global::from_environment(variables)?);
    let output = Output::new(written.output, terminal);
    let settings = || config::load(&written, variables);
    match cli.command {
        Command::Key(Key::Create(args)) => key_create::run(&args, &settings()?, &output),
        Command::Key(Key::Show) => key_show::run(&settings()?, &output),
        Command::Key(Key::Check(args)) => key_check::run(&args, &settings()?, &output),
        Command::Cert(Cert::Create(args)) => cert_create::run(&args, &settings()?, &output),
        Command::Cert(Cert::Show(args)) => cert_show::run(&args, &output),
        Command::Assertion(args) => assertion::run(&args, settings, &output),
        Command::Token(args) => token::run(&args, &settings()?, &output),
        Command::Whoami => whoami::run(&settings()?, &output),
        Command::Query(args) => query::run(&args, &settings()?, &output),
        Command::Revoke(args) => revoke::run(&args, &settings()?),
        Command::Completions(args) => completions::run(&args),
    }
}
