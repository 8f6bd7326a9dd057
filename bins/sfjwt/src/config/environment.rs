//! The environment, as an argument: read once in `main`, and never deeper.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use clap::error::ContextKind;
use clap::{Args, Command, FromArgMatches};

use crate::args::Global;
use crate::failure::Failure;

/// The variables of the environment. A value may be a key or a passphrase, so none is printed.
#[derive(Clone)]
pub(crate) struct Variables(Arc<BTreeMap<String, String>>);

impl Variables {
    /// Takes `variables`, without those that are not UTF-8: none of ours is.
    pub(crate) fn new(variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(Arc::new(variables.filter_map(text).collect()))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The environment in the form that the transport asks for.
    pub(crate) fn for_transport(&self) -> sfjwt_transport::Environment {
        let variables = self.clone();
        sfjwt_transport::Environment::new(move |name| variables.get(name).map(str::to_owned))
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")
    }
}

impl Global {
    /// Reads `SFJWT_CLIENT_ID` as if it were `--client-id`, and so on for every flag with a value.
    pub(crate) fn from_environment(variables: &Variables) -> Result<Self, Failure> {
        let vocabulary = Self::augment_args(Command::new("environment").no_binary_name(true));
        let words: Vec<String> = vocabulary
            .get_arguments()
            .filter(|argument| argument.get_action().takes_values())
            .filter_map(clap::Arg::get_long)
            .filter_map(|flag| {
                let value = variables.get(&variable(flag))?;
                (!value.is_empty()).then(|| format!("--{flag}={value}"))
            })
            .collect();
        let parsed = vocabulary.try_get_matches_from(words);
        parsed
            .and_then(|matches| Self::from_arg_matches(&matches))
            .map_err(|error| refusal(&error))
    }

    /// What is written here counts; `weaker` fills the gaps.
    pub(crate) fn over(self, weaker: Self) -> Self {
        Self {
            config: self.config.or(weaker.config),
            profile: self.profile.or(weaker.profile),
            output: self.output.or(weaker.output),
            verbose: self.verbose,
            layer: self.layer.over(weaker.layer),
        }
    }
}

fn variable(flag: &str) -> String {
    format!("SFJWT_{}", flag.replace('-', "_").to_ascii_uppercase())
}

/// clap names the flag (`--output <FORMAT>`); here it is a variable. Its value is not repeated.
fn refusal(error: &clap::Error) -> Failure {
    let name = error
        .get(ContextKind::InvalidArg)
        .map(ToString::to_string)
        .unwrap_or_default();
    let flag = name.split(['=', ' ', '[']).next().unwrap_or_default();
    Failure::config(
        format!(
            "{} is set to what {flag} does not take",
            variable(flag.trim_start_matches('-'))
        ),
        "see `sfjwt --help` for the values",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Format;

    fn of(pairs: &[(&str, &str)]) -> Result<Global, Failure> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        Global::from_environment(&Variables::new(pairs))
    }

    #[test]
    fn every_flag_with_a_value_has_a_variable() {
        let read = of(&[
            ("SFJWT_OUTPUT", "csv"),
            ("SFJWT_KEY", "env:KEY"),
            ("SFJWT_IAT", "true"),
            ("SFJWT_HOSTS", "a.example,b.example"),
            ("SFJWT_AUDIT_FILE", "a.jsonl"),
        ])
        .unwrap();
        assert_eq!(read.output, Some(Format::Csv));
        assert_eq!(read.layer.key.as_deref(), Some("env:KEY"));
        assert_eq!(read.layer.policy.iat, Some(true));
        assert_eq!(read.layer.transport.hosts.unwrap().len(), 2);
        assert_eq!(read.layer.audit.file.as_deref(), Some("a.jsonl"));
    }

    #[test]
    fn a_value_that_makes_no_sense_is_refused_by_the_name_of_its_variable() {
        for (name, flag) in [
            ("SFJWT_LIFETIME", "--lifetime"),
            ("SFJWT_OUTPUT", "--output"),
            ("SFJWT_IAT", "--iat"),
        ] {
            let mut to = Vec::new();
            of(&[(name, "soon")])
                .unwrap_err()
                .report(false, &mut to)
                .unwrap();
            let text = String::from_utf8(to).unwrap();
            assert!(
                text.starts_with(&format!("error: {name} is set to what {flag} ")),
                "{text}"
            );
        }
    }

    #[test]
    fn values_of_variables_are_not_printed() {
        let variables = Variables::new([("KEY".into(), "secret".into())].into_iter());
        assert_eq!(format!("{variables:?}"), "Variables");
    }
}
