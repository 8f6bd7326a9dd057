//! Reading a file that holds a secret: opened once, judged by its open handle, so that what was
//! judged is what is read.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use crate::SignError;

/// Who may be able to read the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Its owner alone, and that is this user or root. Links are not followed.
    OwnerOnly,
    /// A secret mounted by an orchestrator: links are followed as long as every folder on the
    /// resolved path belongs to root or this user and nobody else can write in it; the group may
    /// read. Worth a finding.
    Mounted,
    /// A file in systemd's credentials folder, which only the service can enter: the group may read.
    ServiceManager,
}

/// Reads a whole file of at most `most` bytes into memory that is wiped when dropped.
pub fn read(path: &Path, most: u64, trust: Trust) -> Result<Zeroizing<Vec<u8>>, SignError> {
    let refuse = |problem: &str, hint| SignError::SecretFile {
        path: path.to_owned(),
        problem: problem.to_owned(),
        hint,
    };
    let failed = |error: &io::Error| refuse(&describe(error), hint_for(error));
    let resolved = match trust {
        Trust::Mounted => path.canonicalize().map_err(|e| failed(&e))?,
        Trust::OwnerOnly | Trust::ServiceManager => path.to_owned(),
    };
    let file = open(&resolved).map_err(|e| failed(&e))?;
    let found = file.metadata().map_err(|e| failed(&e))?;
    if !found.is_file() {
        return Err(refuse(
            &format!("this is {}, not a file", kind(&found)),
            "name a file",
        ));
    }
    if let Err((problem, hint)) = judge(&found, trust) {
        return Err(refuse(&problem, hint));
    }
    if trust == Trust::Mounted {
        safe_folders(&resolved).map_err(|problem| {
            refuse(
                &problem,
                "mount the secret where only root or this user can write",
            )
        })?;
    }
    if found.len() == 0 {
        return Err(refuse("the file is empty", "write the secret into it"));
    }
    read_at_most(file, most).map_err(|e| failed(&e))
}

/// Reads to the end, in one allocation: a buffer that grows leaves copies of the secret behind.
pub(crate) fn read_at_most(file: File, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let room = usize::try_from(most + 1).map_err(io::Error::other)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() < room {
        return Ok(bytes);
    }
    Err(io::Error::other(format!("it is larger than {most} bytes")))
}

/// `O_NONBLOCK` keeps a FIFO from blocking the open; regular files do not care.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
}

fn judge(found: &Metadata, trust: Trust) -> Result<(), (String, &'static str)> {
    let owner = found.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err((
            format!("the file belongs to another user (uid {owner})"),
            "give it to the user that runs sfjwt",
        ));
    }
    let mode = found.mode() & 0o7777;
    match trust {
        Trust::OwnerOnly if mode & 0o077 != 0 => Err((
            format!("others can use this file (mode {mode:04o})"),
            "chmod 600 it; a secret mounted by an orchestrator can be read with --allow-open-key-file",
        )),
        Trust::Mounted | Trust::ServiceManager if mode & 0o037 != 0 => Err((
            format!("others than its owner and group can use this file (mode {mode:04o})"),
            "mount it with mode 0440 (Kubernetes: defaultMode: 0440 and fsGroup)",
        )),
        _ => Ok(()),
    }
}

/// Every folder from the root down to the file's own. Someone who can write in one of them can put
/// another file in the secret's place; in a sticky folder only the owner of an entry can.
fn safe_folders(resolved: &Path) -> Result<(), String> {
    let me = rustix::process::geteuid().as_raw();
    for folder in resolved.ancestors().skip(1) {
        let found = folder
            .metadata()
            .map_err(|e| format!("{}: {e}", folder.display()))?;
        let mode = found.mode();
        if found.uid() != 0 && found.uid() != me {
            return Err(format!(
                "the folder {} belongs to another user",
                folder.display()
            ));
        }
        if mode & 0o022 != 0 && mode & 0o1000 == 0 {
            return Err(format!(
                "others can write in the folder {}",
                folder.display()
            ));
        }
    }
    Ok(())
}

fn kind(found: &Metadata) -> &'static str {
    match found.file_type() {
        t if t.is_dir() => "a folder",
        t if t.is_fifo() => "a pipe",
        t if t.is_char_device() || t.is_block_device() => "a device",
        _ => "something else",
    }
}

fn describe(error: &io::Error) -> String {
    match error
        .raw_os_error()
        .map(rustix::io::Errno::from_raw_os_error)
    {
        Some(rustix::io::Errno::LOOP) => "this is a symbolic link".to_owned(),
        Some(rustix::io::Errno::NXIO) => "this is a socket".to_owned(),
        _ if error.kind() == io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ if error.kind() == io::ErrorKind::PermissionDenied => {
            "this user may not read it".to_owned()
        }
        _ => error.to_string(),
    }
}

fn hint_for(error: &io::Error) -> &'static str {
    match error
        .raw_os_error()
        .map(rustix::io::Errno::from_raw_os_error)
    {
        Some(rustix::io::Errno::LOOP) => {
            "name the file itself; a secret mounted by an orchestrator can be read with --allow-open-key-file"
        }
        _ if error.kind() == io::ErrorKind::NotFound => {
            "check the path; `sfjwt key create` makes a new key"
        }
        _ => "check the path and the owner of the file",
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{PermissionsExt, symlink},
        path::PathBuf,
    };

    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn file(&self, name: &str, mode: u32) -> PathBuf {
            let path = self.0.path().join(name);
            fs::write(&path, "secret").unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            path
        }
    }

    fn problem(path: &Path, trust: Trust) -> String {
        read(path, 16, trust).unwrap_err().to_string()
    }

    #[test]
    fn a_file_of_its_owner_alone_is_read() {
        let folder = Folder::new();
        for mode in [0o600, 0o400] {
            let path = folder.file(&format!("{mode:o}"), mode);
            assert_eq!(
                read(&path, 16, Trust::OwnerOnly).unwrap().as_slice(),
                b"secret"
            );
        }
    }

    #[test]
    fn a_file_that_others_can_use_is_refused_with_its_mode() {
        let folder = Folder::new();
        for mode in [0o640, 0o604, 0o620, 0o601] {
            let path = folder.file(&format!("{mode:o}"), mode);
            let problem = problem(&path, Trust::OwnerOnly);
            assert!(problem.contains(&format!("(mode 0{mode:o})")), "{problem}");
        }
    }

    #[test]
    fn a_mounted_secret_may_be_read_by_its_group_but_by_nobody_else() {
        let folder = Folder::new();
        let group = folder.file("group", 0o440);
        assert!(read(&group, 16, Trust::Mounted).is_ok());
        for mode in [0o444, 0o460, 0o644] {
            let path = folder.file(&format!("{mode:o}"), mode);
            assert!(problem(&path, Trust::Mounted).contains("others than its owner"));
        }
    }

    #[test]
    fn links_are_followed_for_mounted_secrets_only() {
        let folder = Folder::new();
        let target = folder.file("data", 0o400);
        let link = folder.0.path().join("key.pem");
        symlink(&target, &link).unwrap();
        assert!(problem(&link, Trust::OwnerOnly).contains("symbolic link"));
        assert!(read(&link, 16, Trust::Mounted).is_ok());
    }

    #[test]
    fn a_mounted_secret_in_a_folder_that_others_can_write_in_is_refused() {
        let folder = Folder::new();
        let open = folder.0.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
        let path = open.join("key.pem");
        fs::write(&path, "secret").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        assert!(problem(&path, Trust::Mounted).contains("others can write in the folder"));
        fs::set_permissions(&open, Permissions::from_mode(0o1777)).unwrap();
        assert!(read(&path, 16, Trust::Mounted).is_ok());
    }

    #[test]
    fn what_is_no_file_is_named_and_a_pipe_does_not_block() {
        let folder = Folder::new();
        assert!(problem(folder.0.path(), Trust::OwnerOnly).contains("this is a folder"));
        assert!(problem(Path::new("/dev/null"), Trust::OwnerOnly).contains("this is a device"));
        let pipe = folder.0.path().join("pipe");
        let status = std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap();
        assert!(status.success());
        assert!(problem(&pipe, Trust::OwnerOnly).contains("this is a pipe"));
        let missing = folder.0.path().join("missing");
        assert!(problem(&missing, Trust::OwnerOnly).contains("there is no such file"));
    }

    #[test]
    fn an_empty_file_and_one_that_is_too_large_are_refused() {
        let folder = Folder::new();
        let path = folder.file("file", 0o600);
        assert!(
            read(&path, 5, Trust::OwnerOnly)
                .unwrap_err()
                .to_string()
                .contains("larger than 5 bytes")
        );
        fs::write(&path, "").unwrap();
        assert!(problem(&path, Trust::OwnerOnly).contains("empty"));
    }
}
