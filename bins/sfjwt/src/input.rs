//! What is read from stdin and from small files.

use std::io::{self, Read};
use std::path::Path;

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::args::Stdin;
use crate::failure::Failure;

/// More is no assertion, token, signature or query.
const LONGEST: u64 = 1024 * 1024;

/// One secret word from stdin, without the line ending behind it.
pub(crate) fn secret_from_stdin(what: &str, stdin: Stdin) -> Result<SecretString, Failure> {
    match stdin {
        Stdin::Dash => {}
        Stdin::SomethingElse => {
            return Err(Failure::usage(
                format!("{what} is read from stdin only: arguments can be read by every process"),
                "write - in its place, and pipe it in",
            ));
        }
    }
    let text = text_from(Path::new("-"))?;
    match text.trim() {
        "" => Err(Failure::config(
            format!("there is no {what} on stdin"),
            "pipe it in",
        )),
        word => Ok(SecretString::from(word)),
    }
}

/// The text of a file, or of stdin if the path is `-`. It may hold a credential, so it is wiped.
pub(crate) fn text_from(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = match path.to_str() {
        Some("-") => io::stdin()
            .lock()
            .take(LONGEST + 1)
            .read_to_string(&mut text),
        _ => std::fs::File::open(path)
            .and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text)),
    };
    match read {
        Ok(_) if text.len() as u64 <= LONGEST => Ok(text),
        Ok(_) => Err(Failure::config(
            format!("{} holds more than one megabyte", path.display()),
            "give the right file",
        )),
        Err(error) => Err(Failure::file("read", path, &error)),
    }
}
