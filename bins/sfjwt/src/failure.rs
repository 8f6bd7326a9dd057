//! Why a command ended without its result: what happened, then what to try next.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use sfjwt_claims::ClaimsError;
use sfjwt_client::ClientError;
use sfjwt_signer::{Class, SignError};

use crate::output::plain;

/// How the process ends, as `sfjwt --help` says. Numbers from 75 on are those of `sysexits.h`, as far
/// as it has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Exit {
    /// Whoever read our output went away, which is how `| head` ends a pipe.
    Done = 0,
    /// Salesforce refused an API request.
    Refused = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// This process cannot go on, a new one can.
    Restart = 70,
    /// Nothing is wrong here: try again later.
    Retry = 75,
    /// A check that protects the key or the login failed.
    Security = 76,
    /// A person has to act: an administrator, or whoever holds the PIN.
    Operator = 77,
    /// A setting or an input file is missing or wrong.
    Config = 78,
    /// Ctrl-C.
    Interrupted = 130,
}

/// A command that did not succeed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    exit: Exit,
    happened: String,
    next: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, happened: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            exit,
            happened: happened.into(),
            next: next.into(),
        }
    }

    pub(crate) fn usage(happened: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Exit::Usage, happened, next)
    }

    pub(crate) fn config(happened: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Exit::Config, happened, next)
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted", "")
    }

    /// Results could not be written. A reader that went away is a quiet end.
    pub(crate) fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(Exit::Done, "", "");
        }
        Self::new(
            Exit::Operator,
            format!("the results could not be written: {error}"),
            "see whether the disk or the file behind the output is full",
        )
    }

    /// A file could not be read or written.
    pub(crate) fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::config(
            format!("cannot {doing} {}: {error}", path.display()),
            "give the path of a file that exists and that you may use",
        )
    }

    /// The status of the process.
    pub(crate) fn status(&self) -> u8 {
        self.exit as u8
    }

    /// Tells the person or program that started us, on `to` (stderr).
    pub(crate) fn report(&self, as_json: bool, to: &mut impl Write) -> io::Result<()> {
        if self.exit == Exit::Done {
            return Ok(());
        }
        if as_json {
            return writeln!(to, "{}", self.to_json());
        }
        writeln!(to, "error: {}", plain(&self.happened))?;
        if !self.next.is_empty() {
            writeln!(to, "next:  {}", plain(&self.next))?;
        }
        Ok(())
    }

    /// Says in which file it happened.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        self.happened = format!("{}: {}", path.display(), self.happened);
        self
    }

    fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "class": self.exit,
            "exit_code": self.status(),
            "message": self.happened,
            "hint": self.next,
        })
    }
}

impl From<Class> for Exit {
    fn from(class: Class) -> Self {
        match class {
            Class::Config => Self::Config,
            Class::Operator => Self::Operator,
            Class::Retry => Self::Retry,
            Class::Restart => Self::Restart,
            Class::Security => Self::Security,
        }
    }
}

impl From<ClaimsError> for Failure {
    fn from(error: ClaimsError) -> Self {
        Self::config(
            error.to_string(),
            "correct the setting, or give the right input",
        )
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        Self::new(error.class().into(), error.to_string(), error.hint())
    }
}

#[cfg(feature = "pem")]
impl From<sfjwt_signer_pem::PemError> for Failure {
    fn from(error: sfjwt_signer_pem::PemError) -> Self {
        Self::new(error.class().into(), error.to_string(), error.hint())
    }
}

impl From<sfjwt_setup::SetupError> for Failure {
    fn from(error: sfjwt_setup::SetupError) -> Self {
        Self::new(error.class().into(), error.to_string(), error.hint())
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let exit = error.class().map_or(Exit::Refused, Exit::from);
        Self::new(exit, error.to_string(), error.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(failure: &Failure, as_json: bool) -> String {
        let mut to = Vec::new();
        failure.report(as_json, &mut to).unwrap();
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn a_failure_says_what_happened_and_then_what_to_try() {
        let failure = Failure::config("no key is set", "give --key");
        assert_eq!(
            reported(&failure, false),
            "error: no key is set\nnext:  give --key\n"
        );
    }

    #[test]
    fn the_same_failure_as_json_is_one_object_on_one_line() {
        let text = reported(&Failure::config("no key\nis set", "give --key"), true);
        let object: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(text.lines().count(), 1);
        assert_eq!(object["class"], "config");
        assert_eq!(object["exit_code"], 78);
        assert_eq!(object["hint"], "give --key");
    }

    #[test]
    fn words_of_a_server_cannot_steer_the_terminal() {
        let failure = Failure::new(Exit::Refused, "bad \u{1b}]0;title\u{7}", "");
        assert_eq!(
            reported(&failure, false),
            "error: bad \\u{1b}]0;title\\u{7}\n"
        );
    }

    #[test]
    fn a_reader_that_went_away_is_a_quiet_end() {
        let failure = Failure::output(&io::ErrorKind::BrokenPipe.into());
        assert_eq!(
            (failure.status(), reported(&failure, false)),
            (0, String::new())
        );
    }
}
