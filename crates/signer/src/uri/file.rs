//! `file:/path/key.pem?passphrase-source=SOURCE`

use std::{
    ffi::OsString,
    fmt,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
};

use super::{
    attributes::{self, Attributes},
    refuse,
};
use crate::{SecretSource, SignError};

/// A PEM file, and where its passphrase comes from if it is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileKey {
    /// The file.
    pub path: PathBuf,
    /// Where the passphrase comes from.
    pub passphrase: Option<SecretSource>,
}

pub(super) fn parse(rest: &str) -> Result<FileKey, SignError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // RFC 8089 §2: file:///path is the same as file:/path.
    let path = if path.starts_with("///") {
        &path[2..]
    } else {
        path
    };
    if path.starts_with("//") {
        return refuse("names a host; write file:/path");
    }
    if path.is_empty() {
        return refuse("names no file");
    }
    let path = OsString::from_vec(attributes::decode(path)?).into();
    let mut query = Attributes::parse(query, '&')?;
    let passphrase = query
        .take("passphrase-source")?
        .map(|source| source.parse())
        .transpose()?;
    query.finish()?;
    Ok(FileKey { path, passphrase })
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "file:{}",
            attributes::encode(self.path.as_os_str().as_bytes())
        )?;
        match &self.passphrase {
            Some(source) => write!(f, "?passphrase-source={source}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{KeyUri, uri::tests::problem};

    #[test]
    fn three_slashes_are_one() {
        let one: KeyUri = "file:/etc/key.pem".parse().unwrap();
        assert_eq!("file:///etc/key.pem".parse::<KeyUri>().unwrap(), one);
    }

    #[test]
    fn malformed_files_are_refused_by_what_is_wrong() {
        assert!(problem("file:").contains("names no file"));
        assert!(problem("file://host/key.pem").contains("names a host"));
        assert!(problem("file:/a%zz").contains("% without two hexadecimal digits"));
        assert!(
            problem("file:/a?password=x").contains("the attribute password, which is not known")
        );
        assert!(problem("file:/a?passphrase-source=hunter2").contains("names no secret source"));
    }
}
