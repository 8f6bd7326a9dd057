//! What is read from stdin and from small files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::args::Stdin;
use crate::failure::Failure;

/// More is no assertion, token, signature, certificate or query.
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
    let bytes = bytes_from(path)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Failure::config(
            format!("{} is not UTF-8 text", path.display()),
            "give the right file",
        )),
    }
}

/// The bytes of a file, or of stdin if the path is `-`, wiped afterwards.
pub(crate) fn bytes_from(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
    };
    match read {
        Ok(length) if length as u64 <= LONGEST => Ok(bytes),
        Ok(_) => Err(Failure::config(
            format!("{} holds more than one megabyte", path.display()),
            "give the right file",
        )),
        Err(error) => Err(Failure::file("read", path, &error)),
    }
}
