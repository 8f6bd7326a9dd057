//! Where a PIN or a passphrase comes from: never from an argument, which everyone can read in the
//! process list.

use std::{
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
    str::FromStr,
};

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    SignError,
    private_file::{self, Trust},
};

/// A longer PIN or passphrase is a wrong file.
const LONGEST: u64 = 1024;

/// A place that a secret is read from, as it is written in a key URI or in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// `file:/path`: a file that only its owner can read.
    File(PathBuf),
    /// `credential:NAME`: a file in systemd's `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// `fd:N`: a file or pipe that the parent process left open.
    Fd(u32),
    /// `env:NAME`: an environment variable. It works, and is reported as a finding: the environment
    /// of a process can be read by its user, and removing a variable would need `unsafe`.
    Env(String),
    /// `prompt:`: the terminal.
    Prompt,
}

impl FromStr for SecretSource {
    type Err = SignError;

    fn from_str(text: &str) -> Result<Self, SignError> {
        // The text is not repeated: whoever confuses the syntax may have put the secret here.
        let refuse = |problem: &str| {
            Err(SignError::KeyUri {
                problem: problem.to_owned(),
            })
        };
        let Some((scheme, rest)) = text.split_once(':') else {
            return refuse(
                "names no secret source; one of file:/path, credential:NAME, fd:N, env:NAME, prompt: is needed",
            );
        };
        match scheme {
            "file" if Path::new(rest).is_absolute() => Ok(Self::File(rest.into())),
            "file" => refuse("has a secret source file: without an absolute path"),
            "credential" if is_plain_name(rest) => Ok(Self::Credential(rest.to_owned())),
            "credential" => refuse("has a secret source credential: without a plain name"),
            "fd" => match rest.parse() {
                Ok(number) => Ok(Self::Fd(number)),
                Err(_) => refuse("has a secret source fd: without a number"),
            },
            "env" if !rest.is_empty() && !rest.contains('=') => Ok(Self::Env(rest.to_owned())),
            "env" => refuse("has a secret source env: without a variable's name"),
            "prompt" if rest.is_empty() => Ok(Self::Prompt),
            _ => refuse(
                "names an unknown secret source; known are file:, credential:, fd:, env: and prompt:",
            ),
        }
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Credential(name) => write!(f, "credential:{name}"),
            Self::Fd(number) => write!(f, "fd:{number}"),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Prompt => f.write_str("prompt:"),
        }
    }
}

impl SecretSource {
    /// Reads the secret: once, without its last line ending, and never empty.
    pub fn read(
        &self,
        kind: SecretKind,
        context: &SecretContext<'_>,
    ) -> Result<SecretString, SignError> {
        let failed = |problem: String| SignError::Secret {
            what: kind.name(),
            source_name: self.to_string(),
            problem,
        };
        let bytes = match self {
            Self::File(path) => private_file::read(path, LONGEST, Trust::OwnerOnly)?,
            Self::Credential(name) => {
                let folder = (context.environment)("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    failed(
                        "$CREDENTIALS_DIRECTORY is not set; systemd sets it for LoadCredential="
                            .into(),
                    )
                })?;
                let path = Path::new(&folder).join(name);
                private_file::read(&path, LONGEST, Trust::ServiceManager)?
            }
            Self::Fd(number) => read_descriptor(*number).map_err(|e| failed(e.to_string()))?,
            Self::Env(name) => (context.environment)(name)
                .map(|value| Zeroizing::new(value.into_bytes()))
                .ok_or_else(|| failed("the variable is not set".into()))?,
            Self::Prompt => (context.prompt)(kind)
                .map(|value| Zeroizing::new(value.into_bytes()))
                .map_err(|e| failed(e.to_string()))?,
        };
        trimmed(&bytes).map_err(|problem| failed(problem.into()))
    }
}

/// What is being read, for prompts and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// The PIN of a token.
    Pin,
    /// The passphrase of an encrypted PEM file.
    Passphrase,
    /// The consumer secret of an app.
    ClientSecret,
}

impl SecretKind {
    fn name(self) -> &'static str {
        match self {
            Self::Pin => "the PIN",
            Self::Passphrase => "the passphrase",
            Self::ClientSecret => "the client secret",
        }
    }
}

/// Looks a variable of the environment up.
pub type Environment<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// What reading a secret needs from outside.
#[derive(Clone, Copy)]
pub struct SecretContext<'a> {
    environment: Environment<'a>,
    prompt: &'a (dyn Fn(SecretKind) -> io::Result<String> + Sync),
}

impl<'a> SecretContext<'a> {
    /// Reads variables from `environment` and asks on the terminal.
    pub fn new(environment: Environment<'a>) -> Self {
        Self {
            environment,
            prompt: &ask_on_terminal,
        }
    }

    /// Asks `prompt` instead of the terminal.
    #[must_use]
    pub fn with_prompt(
        mut self,
        prompt: &'a (dyn Fn(SecretKind) -> io::Result<String> + Sync),
    ) -> Self {
        self.prompt = prompt;
        self
    }

    /// Looks a variable of the environment up.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name)
    }
}

impl fmt::Debug for SecretContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretContext")
    }
}

fn ask_on_terminal(kind: SecretKind) -> io::Result<String> {
    rpassword::prompt_password(format!("{}: ", kind.name().trim_start_matches("the ")))
}

/// Opens what `/proc/self/fd/N` points to a second time: reading leaves no file offset behind for
/// others, and no raw descriptor is touched.
fn read_descriptor(number: u32) -> io::Result<Zeroizing<Vec<u8>>> {
    let link = format!("/proc/self/fd/{number}");
    if std::fs::read_link(&link)?
        .to_string_lossy()
        .starts_with("socket:")
    {
        return Err(io::Error::other("it is a socket; pass a file or a pipe"));
    }
    private_file::read_at_most(File::open(link)?, LONGEST)
}

/// A path component that cannot leave its folder.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0'])
}

/// The secret without its last line ending, in an allocation of its exact size: a `String` that
/// shrinks would leave a copy behind.
fn trimmed(bytes: &[u8]) -> Result<SecretString, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text")?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    match text {
        "" => Err("it is empty"),
        text if text.contains(['\n', '\0']) => Err("it has more than one line"),
        text => Ok(SecretString::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    fn read(source: &str, environment: Environment<'_>) -> Result<String, SignError> {
        let source: SecretSource = source.parse()?;
        let context = SecretContext::new(environment)
            .with_prompt(&|_| Ok("typed on the terminal\n".to_owned()));
        source
            .read(SecretKind::Pin, &context)
            .map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_source_reads_back_what_it_prints() {
        for text in [
            "file:/run/pin",
            "credential:hsm-pin",
            "fd:3",
            "env:PIN",
            "prompt:",
        ] {
            assert_eq!(text.parse::<SecretSource>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_malformed_source_is_refused_and_not_repeated() {
        for text in [
            "s3cret",
            "file:s3cret",
            "credential:../s3cret",
            "fd:s3cret",
            "env:",
            "pin:s3cret",
            "prompt:s3cret",
        ] {
            let error = text.parse::<SecretSource>().unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn one_line_ending_is_removed_and_no_more() {
        let one = |value: &'static str| read("env:PIN", &move |_| Some(value.to_owned()));
        assert_eq!(one("1234").unwrap(), "1234");
        assert_eq!(one("1234\r\n").unwrap(), "1234");
        assert_eq!(one(" 12 34 ").unwrap(), " 12 34 ");
        assert!(
            one("1234\n\n")
                .unwrap_err()
                .to_string()
                .contains("more than one line")
        );
    }

    #[test]
    fn an_empty_secret_is_an_error_because_a_token_counts_it_as_a_try() {
        for empty in ["", "\n", "\r\n"] {
            let error = read("env:PIN", &move |_| Some(empty.to_owned())).unwrap_err();
            assert!(error.to_string().ends_with("it is empty"), "{error}");
        }
    }

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        let error = read("env:HSM_PIN", &|_| None).unwrap_err().to_string();
        assert_eq!(
            error,
            "the PIN could not be read from env:HSM_PIN: the variable is not set"
        );
    }

    #[test]
    fn the_terminal_is_asked_only_for_prompt() {
        assert_eq!(read("prompt:", &|_| None).unwrap(), "typed on the terminal");
    }

    #[test]
    fn a_credential_is_read_from_the_folder_of_the_service_manager() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hsm-pin");
        std::fs::write(&path, "1234\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        let name = folder.path().to_str().unwrap().to_owned();
        let pin = read("credential:hsm-pin", &move |v| {
            (v == "CREDENTIALS_DIRECTORY").then(|| name.clone())
        });
        assert_eq!(pin.unwrap(), "1234");
        let error = read("credential:hsm-pin", &|_| None)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("$CREDENTIALS_DIRECTORY is not set"),
            "{error}"
        );
    }

    #[test]
    fn a_descriptor_is_read_and_a_socket_is_refused_by_name() {
        use std::os::fd::AsRawFd;
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"1234\n").unwrap();
        assert_eq!(
            read(&format!("fd:{}", file.as_raw_fd()), &|_| None).unwrap(),
            "1234"
        );
        let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let error = read(&format!("fd:{}", socket.as_raw_fd()), &|_| None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("it is a socket"), "{error}");
    }
}
