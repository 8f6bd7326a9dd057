//! The configuration file: profiles in TOML.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::layer::Layer;
use crate::failure::Failure;

/// A configuration file as it was read.
#[derive(Debug)]
pub(crate) struct File {
    path: PathBuf,
    content: Content,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Layer>,
}

impl File {
    /// Reads a file. One that is not there is empty, unless somebody asked for it by name.
    pub(crate) fn read(path: PathBuf, asked_for: bool) -> Result<Self, Failure> {
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !asked_for => Ok(Self {
                path,
                content: Content::default(),
            }),
            Err(error) => Err(Failure::file("read the configuration", &path, &error)),
        }
    }

    /// No file at all: there is no home to look in.
    pub(crate) fn none() -> Self {
        Self {
            path: PathBuf::from("the configuration file"),
            content: Content::default(),
        }
    }

    fn parse(path: PathBuf, text: &str) -> Result<Self, Failure> {
        match toml::from_str(text) {
            Ok(content) => Ok(Self { path, content }),
            Err(error) => Err(malformed(&path, text, &error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of its profiles.
    pub(crate) fn names(&self) -> Vec<String> {
        self.content.profiles.keys().cloned().collect()
    }

    /// The profile called `name`; without a name `default_profile`, or the only one there is.
    pub(crate) fn profile(
        mut self,
        name: Option<&str>,
    ) -> Result<(Option<String>, Layer), Failure> {
        let profiles = &mut self.content.profiles;
        let only = || match profiles.len() {
            1 => profiles.keys().next().cloned(),
            _ => None,
        };
        let chosen = name.map(str::to_owned);
        let Some(chosen) = chosen.or(self.content.default_profile).or_else(only) else {
            return Ok((None, Layer::default()));
        };
        if let Some(layer) = profiles.remove(&chosen) {
            return Ok((Some(chosen), layer));
        }
        let known: Vec<&str> = profiles.keys().map(String::as_str).collect();
        let next = match (nearest(&chosen, &known), known.as_slice()) {
            (Some(name), _) => format!("did you mean `{name}`?"),
            (None, []) => {
                format!("add [profiles.{chosen}] to the file, or name another one with --config")
            }
            (None, known) => format!("it has: {}", known.join(", ")),
        };
        let path = self.path.display();
        Err(Failure::config(
            format!("there is no profile `{chosen}` in {path}"),
            next,
        ))
    }
}

fn malformed(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(String::new(), |before| {
            format!(", line {}", before.matches('\n').count() + 1)
        });
    let message = error.message();
    let place = format!("{}{line}", path.display());
    match unknown_field(message) {
        Some((found, known)) => Failure::config(
            format!("{place}: there is no setting `{found}` here"),
            match nearest(found, &known) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("the settings here are {}", known.join(", ")),
            },
        ),
        None => Failure::config(
            format!("{place}: {message}"),
            "correct the line; `sfjwt --help` tells the settings",
        ),
    }
}

/// Takes "unknown field `a`, expected one of `b`, `c`" apart: serde's words are the one place that
/// knows the fields of the table in which the name was found.
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    if !message.starts_with("unknown field") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

/// The known name that `found` was probably meant to be.
fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    /// Below this likeness (Jaro, 0 to 1) a suggestion confuses more than it helps.
    const ALIKE: f64 = 0.7;
    known
        .iter()
        .map(|name| (strsim::jaro(found, name), *name))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<File, Failure> {
        File::parse("c.toml".into(), text)
    }

    fn refusal(result: Result<impl Sized, Failure>) -> String {
        let mut to = Vec::new();
        let Err(failure) = result else {
            panic!("it was accepted");
        };
        failure.report(false, &mut to).unwrap();
        String::from_utf8(to).unwrap()
    }

    const TWO: &str = "[profiles.dev]\nclient_id = 'd'\n[profiles.prod]\nclient_id = 'p'\n";

    fn chosen(text: &str, name: Option<&str>) -> Option<String> {
        file(text).unwrap().profile(name).unwrap().1.client_id
    }

    #[test]
    fn a_name_counts_over_the_default_profile() {
        let text = format!("default_profile = 'dev'\n{TWO}");
        assert_eq!(chosen(&text, Some("prod")).as_deref(), Some("p"));
        assert_eq!(chosen(&text, None).as_deref(), Some("d"));
    }

    #[test]
    fn the_only_profile_needs_no_name_and_two_profiles_do() {
        assert_eq!(
            chosen("[profiles.x]\nclient_id = 'x'", None).as_deref(),
            Some("x")
        );
        assert_eq!(chosen(TWO, None), None);
    }

    #[test]
    fn an_unknown_setting_is_refused_with_its_line_and_the_nearest_name() {
        let text = refusal(file("[profiles.x]\n\nclientid = 'x'"));
        assert_eq!(
            text,
            "error: c.toml, line 3: there is no setting `clientid` here\n\
             next:  did you mean `client_id`?\n"
        );
    }

    #[test]
    fn a_setting_like_no_other_is_refused_with_those_of_its_own_table() {
        let text = refusal(file("[profiles.x.audit]\nzzz = 1"));
        assert!(
            text.contains("`zzz`") && text.contains("here are file"),
            "{text}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_its_line() {
        let text = refusal(file("[profiles.x.policy]\nlifetime = 'long'"));
        assert!(
            text.starts_with("error: c.toml, line 2: invalid type"),
            "{text}"
        );
    }

    #[test]
    fn an_unknown_profile_is_refused_with_the_nearest_name() {
        let text = refusal(file(TWO).unwrap().profile(Some("prdo")));
        assert!(
            text.contains("no profile `prdo` in c.toml\nnext:  did you mean `prod`?"),
            "{text}"
        );
    }

    #[test]
    fn a_missing_file_is_empty_unless_it_was_asked_for() {
        let nowhere = PathBuf::from("/nonexistent/c.toml");
        assert!(File::read(nowhere.clone(), false).is_ok());
        assert!(refusal(File::read(nowhere, true)).contains("/nonexistent/c.toml"));
    }
}
