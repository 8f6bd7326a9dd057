//! From what was written to what it means: flags over environment over profile, checked once.

mod audience;
mod connection;
mod environment;
mod file;
mod layer;
mod settings;

use std::path::PathBuf;

pub(crate) use environment::Variables;
pub(crate) use layer::Layer;
pub(crate) use settings::{Settings, read_public_key};

use crate::args::Global;
use crate::failure::Failure;
use file::File;

/// Merges the three layers. `flags` has taken the environment in already: see
/// [`Global::over`].
pub(crate) fn load(written: &Global, variables: &Variables) -> Result<Settings, Failure> {
    let file = match (&written.config, default_path(variables)) {
        (Some(path), _) => File::read(path.clone(), true)?,
        (None, Some(path)) => File::read(path, false)?,
        (None, None) => File::none(),
    };
    let (path, names) = (file.path().to_owned(), file.names());
    let (profile, layer) = file.profile(written.profile.as_deref())?;
    tracing::info!(file = %path.display(), ?profile, "read the settings");
    let whence = settings::Whence {
        path,
        names,
        profile,
    };
    Settings::from_layer(written.layer.clone().over(layer), whence, variables)
}

/// The place of the XDG base directory specification.
fn default_path(variables: &Variables) -> Option<PathBuf> {
    let folder = match variables.get("XDG_CONFIG_HOME") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => PathBuf::from(variables.get("HOME")?).join(".config"),
    };
    Some(folder.join("sfjwt").join("config.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        Variables::new(pairs)
    }

    /// The client id of a file that says `file`, with what else is written.
    fn client_id(flag: Option<&str>, environment: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "[profiles.x]\nclient_id = 'file'").unwrap();
        let mut flags = Global {
            config: Some(path),
            ..Global::default()
        };
        flags.layer.client_id = flag.map(str::to_owned);
        let variables = variables(environment);
        let written = flags.over(Global::from_environment(&variables).unwrap());
        load(&written, &variables)
            .unwrap()
            .client_id()
            .ok()
            .map(str::to_owned)
    }

    #[test]
    fn a_flag_counts_over_the_environment_and_the_environment_over_the_file() {
        let environment = [("SFJWT_CLIENT_ID", "environment")];
        assert_eq!(
            client_id(Some("flag"), &environment).as_deref(),
            Some("flag")
        );
        assert_eq!(
            client_id(None, &environment).as_deref(),
            Some("environment")
        );
        assert_eq!(client_id(None, &[]).as_deref(), Some("file"));
    }

    #[test]
    fn a_variable_set_to_nothing_is_not_set() {
        assert_eq!(
            client_id(None, &[("SFJWT_CLIENT_ID", "")]).as_deref(),
            Some("file")
        );
    }

    #[test]
    fn the_file_is_looked_for_in_the_folder_of_xdg() {
        let home = ("HOME", "/home/me");
        let path = |pairs: &[(&str, &str)]| default_path(&variables(pairs));
        let at = |text: &str| Some(PathBuf::from(text));
        assert_eq!(path(&[home]), at("/home/me/.config/sfjwt/config.toml"));
        assert_eq!(
            path(&[home, ("XDG_CONFIG_HOME", "/x")]),
            at("/x/sfjwt/config.toml")
        );
        assert_eq!(path(&[]), None);
    }
}
