//! Golden cases of the command line: one file in `cmd/` for each, with its arguments, its exit
//! status, and every word on stdout and stderr. What differs from run to run stands as `[..]`, and
//! the folder of the keys as `[TMP]`.
//!
//! Cases that need an org are elsewhere: in the package `tests`, against the miniature org.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "without its keys the test fails"
)]

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

/// Keys of many kinds, each with a profile of its name in the configuration file.
const KEYS: [(&str, &str); 13] = [
    (
        "rsa-2048",
        "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    ),
    ("pkcs1", "openssl genrsa -traditional 2048"),
    (
        "rsa-1024",
        "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024",
    ),
    (
        "ec",
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    ),
    (
        "encrypted",
        "openssl genpkey -algorithm RSA -aes-256-cbc -pass pass:worthless",
    ),
    (
        "proc-type",
        "openssl genrsa -traditional -aes256 -passout pass:worthless 2048",
    ),
    ("public", "cat tests/fixtures/public.pem"),
    ("certificate", "cat tests/fixtures/v3.crt"),
    ("empty", "true"),
    ("text", "echo no key"),
    ("windows", "openssl genrsa -traditional 2048"),
    ("open", "openssl genrsa 2048"),
    ("linked", "openssl genrsa 2048"),
];

#[test]
fn every_command_line_answers_word_for_word() {
    let folder = tempfile::tempdir().unwrap();
    make_keys(folder.path());
    let path = folder.path().to_str().unwrap();
    let cases = trycmd::TestCases::new();
    cases.env("HOME", path).env("XDG_CONFIG_HOME", path);
    cases.insert_var("[TMP]", path.to_owned()).unwrap();
    cases.case("tests/cmd/*/*.toml");
}

fn make_keys(folder: &Path) {
    let mut config = String::new();
    for (name, recipe) in KEYS {
        let path = folder.join(format!("{name}.pem"));
        make(&path, recipe);
        let (path, mode) = match name {
            "linked" => (linked(&path), 0o600),
            "open" => (path, 0o644),
            _ => (path, 0o600),
        };
        if name == "windows" {
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace('\n', "\r\n")).unwrap();
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        writeln!(config, "[profiles.{name}]\nkey = 'file:{}'", path.display()).unwrap();
    }
    let missing = folder.join("missing.pem");
    writeln!(
        config,
        "[profiles.missing]\nkey = 'file:{}'",
        missing.display()
    )
    .unwrap();
    fs::create_dir(folder.join("sfjwt")).unwrap();
    fs::write(folder.join("sfjwt/config.toml"), config).unwrap();
}

fn make(path: &Path, recipe: &str) {
    let words: Vec<&str> = recipe.split(' ').collect();
    let made = Command::new(words[0]).args(&words[1..]).output();
    let made =
        made.expect("the openssl command makes the keys of these cases: apt-get install openssl");
    assert!(
        made.status.success(),
        "{recipe}: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    fs::write(path, made.stdout).unwrap();
}

fn linked(path: &Path) -> std::path::PathBuf {
    let link = path.with_file_name("link.pem");
    symlink(path, &link).unwrap();
    link
}
