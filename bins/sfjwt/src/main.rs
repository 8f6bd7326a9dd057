//! Log a server in to Salesforce with a key that never leaves the place where it was made.
//!
//! The way of a command: what was typed (`args`), what it means (`config`), the key behind its
//! guard (`open`), one file per command (`commands`), and what comes out of it (`output`, or
//! `failure`).

mod args;
mod commands;
mod config;
mod failure;
mod harden;
mod input;
mod log;
mod open;
mod output;
mod runtime;
mod session;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use crate::args::Cli;
use crate::config::Variables;
use crate::failure::Failure;
use crate::output::Terminal;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let variables = Variables::new(std::env::vars_os());
    match run(&arguments, &variables) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let as_json = args::asks_for_json(&arguments, variables.get("SFJWT_OUTPUT"));
            // A stderr that is closed leaves the exit status to say it.
            drop(failure.report(as_json, &mut std::io::stderr().lock()));
            ExitCode::from(failure.status())
        }
    }
}

fn run(arguments: &[OsString], variables: &Variables) -> Result<(), Failure> {
    harden::harden()?;
    args::refuse_secrets(arguments)?;
    match Cli::read(arguments) {
        Ok(cli) => commands::run(cli, variables, terminal()),
        Err(asked) if !asked.use_stderr() => output::print(&asked.render().to_string()),
        Err(mistake) => Err(args::mistake(&mistake)),
    }
}

fn terminal() -> Terminal {
    let stdout = std::io::stdout();
    let is_one = stdout.is_terminal();
    let size = is_one
        .then(|| rustix::termios::tcgetwinsize(&stdout).ok())
        .flatten();
    Terminal {
        is_one,
        shows_progress: !is_one && std::io::stderr().is_terminal(),
        width: size.map(|size| size.ws_col).filter(|columns| *columns > 0),
    }
}
