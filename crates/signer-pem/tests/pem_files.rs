//! What is opened, and what is refused by which name. The keys are made by the `openssl` command,
//! so that two programs have to agree on what a key is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::{
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use sfjwt_claims::{Audience, Claims, Lifetime};
use sfjwt_signer::{Class, GuardedSigner, KeyUri, Policy, SecretContext, Signer, crypto};
use sfjwt_signer_pem::{OpenOptions, PemError, PemSigner};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the `openssl` command is needed: apt-get install openssl");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

fn rsa(bits: usize) -> Vec<u8> {
    let size = format!("rsa_keygen_bits:{bits}");
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", &size], b"")
}

fn nothing(_: &str) -> Option<String> {
    None
}

fn open_with(
    uri: &str,
    allow_open_key_file: bool,
    environment: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Result<PemSigner, PemError> {
    let options = OpenOptions {
        allow_open_key_file,
    };
    PemSigner::open(
        &uri.parse::<KeyUri>().unwrap(),
        options,
        &SecretContext::new(environment),
    )
}

fn open(path: &Path) -> Result<PemSigner, PemError> {
    open_with(path.to_str().unwrap(), false, &nothing)
}

/// Opens an encrypted file with a passphrase from the environment.
fn open_encrypted(path: &Path, word: &str) -> Result<PemSigner, PemError> {
    let uri = format!("file:{}?passphrase-source=env:WORD", path.display());
    open_with(&uri, false, &|name| {
        (name == "WORD").then(|| word.to_owned())
    })
}

fn findings(signer: &PemSigner) -> Vec<&'static str> {
    signer
        .key()
        .findings
        .iter()
        .map(|finding| finding.id)
        .collect()
}

/// The guard verifies each signature, so a login that comes out is a signature that verifies.
fn signs_a_login(signer: PemSigner) -> bool {
    let now = UNIX_EPOCH + Duration::from_secs(1_795_000_000);
    let audience = Audience::parse("https://login.salesforce.com").unwrap();
    let claims = Claims::new("key", "u@x", audience, now, Lifetime::MAX).unwrap();
    let policy = Policy::login("key", "u@x", "https://login.salesforce.com");
    let guard = GuardedSigner::builder(Box::new(signer), policy).clock(Arc::new(move || now));
    let guard = guard.open().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime
        .block_on(guard.sign_login(claims.into_unsigned()))
        .is_ok()
}

#[test]
fn both_forms_of_a_key_open_and_sign_at_every_size_of_the_build() {
    let folder = Folder::new();
    for bits in [2048, 3072, 4096] {
        let pkcs8 = rsa(bits);
        let pkcs1 = openssl(&["rsa", "-traditional"], &pkcs8);
        assert!(pkcs1.starts_with(b"-----BEGIN RSA PRIVATE KEY-----"));
        for (name, text) in [("pkcs8", pkcs8), ("pkcs1", pkcs1)] {
            let signer = open(&folder.file(name, &text)).unwrap();
            assert_eq!(signer.key().public_key.bits(), bits);
            assert!(signs_a_login(signer), "{name} {bits}");
        }
    }
}

#[test]
fn the_public_key_is_the_one_that_openssl_sees() {
    let folder = Folder::new();
    let key = rsa(2048);
    let spki = openssl(&["pkey", "-pubout", "-outform", "DER"], &key);
    let signer = open(&folder.file("key.pem", &key)).unwrap();
    assert_eq!(signer.key().public_key.spki_der(), spki);
}

#[test]
fn windows_line_ends_and_text_around_the_block_are_no_obstacle() {
    let folder = Folder::new();
    let key = String::from_utf8(rsa(2048)).unwrap();
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in [
        key.replace('\n', "\r\n"),
        format!("Bag Attributes\n  localKeyID: 01\n{key}\ntrailing words\n"),
        format!("{certificate}{key}"),
        key.trim_end().to_owned(),
    ] {
        assert!(signs_a_login(
            open(&folder.file("key.pem", text.as_bytes())).unwrap()
        ));
    }
}

#[test]
fn what_is_not_an_rsa_private_key_is_refused_by_its_name() {
    let folder = Folder::new();
    let key = rsa(2048);
    let text = String::from_utf8(key.clone()).unwrap();
    let good = folder.file("good.pem", &key);
    let subject = [
        "req",
        "-x509",
        "-new",
        "-subj",
        "/CN=x",
        "-key",
        good.to_str().unwrap(),
    ];
    let curve = [
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
    ];
    let elliptic = openssl(&curve, b"");
    let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    for (found, text) in [
        ("a certificate", openssl(&subject, b"")),
        ("a public key", openssl(&["pkey", "-pubout"], &key)),
        ("a public key", openssl(&["rsa", "-RSAPublicKey_out"], &key)),
        ("a key on an elliptic curve", elliptic.clone()),
        ("a key on an elliptic curve", openssl(&["ec"], &elliptic)),
        (
            "a key of another algorithm",
            openssl(&["genpkey", "-algorithm", "ED25519"], b""),
        ),
        ("a PEM block `X509 CRL`", block("X509 CRL").into_bytes()),
        ("no PEM block", b"not a key at all\n".to_vec()),
        ("no PEM block", openssl(&["pkey", "-outform", "DER"], &key)),
        (
            "more than one private key",
            format!("{text}{text}").into_bytes(),
        ),
        ("it has no END line", text.as_bytes()[..600].to_vec()),
        ("it is not base64", text.replace("MII", "M!!").into_bytes()),
        ("not PKCS#8 in DER", block("PRIVATE KEY").into_bytes()),
        ("the file is empty", Vec::new()),
    ] {
        let error = open(&folder.file("key.pem", &text)).unwrap_err();
        assert!(error.to_string().contains(found), "{found}: {error}");
        assert_eq!(error.class(), Class::Config, "{error}");
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn a_key_that_is_too_small_is_refused_with_its_size() {
    let folder = Folder::new();
    let small = rsa(1024);
    for text in [openssl(&["rsa", "-traditional"], &small), small] {
        let error = open(&folder.file("key.pem", &text)).unwrap_err();
        assert!(error.to_string().contains("1024 bits"), "{error}");
        assert!(error.hint().contains("key create"), "{}", error.hint());
    }
}

#[test]
fn a_key_beyond_4096_bits_signs_with_aws_lc_and_names_that_feature_without() {
    let folder = Folder::new();
    let large = open(&folder.file("key.pem", &rsa(4608)));
    if crypto::MAX_SIGNING_BITS > 4096 {
        assert!(signs_a_login(large.unwrap()));
        return;
    }
    let error = large.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("4608 bits") && text.contains("at most 4096"),
        "{text}"
    );
    assert!(error.hint().contains("aws-lc"), "{}", error.hint());
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_from_a_file_and_from_the_environment() {
    let folder = Folder::new();
    let key = rsa(2048);
    let word = folder.file("word", b"open sesame\n");
    for scheme in [
        &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"][..],
        &["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"],
        &["-scrypt"],
    ] {
        let arguments = [&["pkcs8", "-topk8", "-passout", "pass:open sesame"], scheme].concat();
        let path = folder.file("key.pem", &openssl(&arguments, &key));
        let uri = format!(
            "file:{}?passphrase-source=file:{}",
            path.display(),
            word.display()
        );
        assert!(
            signs_a_login(open_with(&uri, false, &nothing).unwrap()),
            "{scheme:?}"
        );
        let signer = open_encrypted(&path, "open sesame").unwrap();
        assert_eq!(
            findings(&signer),
            ["key-in-memory", "passphrase-in-environment"]
        );
    }
}

#[test]
fn a_missing_or_wrong_passphrase_is_said_without_repeating_it() {
    let folder = Folder::new();
    let arguments = [
        "pkcs8",
        "-topk8",
        "-v2",
        "aes-256-cbc",
        "-passout",
        "pass:open sesame",
    ];
    let path = folder.file("key.pem", &openssl(&arguments, &rsa(2048)));
    assert!(matches!(open(&path), Err(PemError::NeedsPassphrase)));
    let error = open_encrypted(&path, "open barley").unwrap_err();
    assert!(matches!(error, PemError::WrongPassphrase), "{error}");
    assert!(!error.to_string().contains("barley"), "{error}");
    assert_eq!(error.class(), Class::Operator);
}

#[test]
fn old_encryption_is_refused_by_name_with_the_command_that_renews_it() {
    let folder = Folder::new();
    let key = rsa(2048);
    let dek = ["rsa", "-traditional", "-aes128", "-passout", "pass:x"];
    let des = ["pkcs8", "-topk8", "-v2", "des3", "-passout", "pass:x"];
    let pbes1 = [
        "pkcs8",
        "-topk8",
        "-v1",
        "PBE-SHA1-3DES",
        "-passout",
        "pass:x",
    ];
    for arguments in [&dek[..], &des[..], &pbes1[..]] {
        let error =
            open_encrypted(&folder.file("key.pem", &openssl(arguments, &key)), "x").unwrap_err();
        assert!(matches!(error, PemError::Encryption(_)), "{error}");
        assert!(
            error.hint().starts_with("encrypt it anew: openssl pkcs8"),
            "{}",
            error.hint()
        );
    }
}

#[test]
fn a_key_derivation_that_would_take_gigabytes_is_refused_before_it_starts() {
    let folder = Folder::new();
    let arguments = [
        "pkcs8",
        "-topk8",
        "-scrypt",
        "-scrypt_N",
        "16384",
        "-passout",
        "pass:x",
        "-outform",
        "DER",
    ];
    let mut der = openssl(&arguments, &rsa(2048));
    // N = 16384, r = 8: raise r to 127 in place. Making such a file honestly would cost as much.
    let cost = [0x02, 0x02, 0x40, 0x00, 0x02, 0x01, 0x08];
    let at = der
        .windows(cost.len())
        .position(|window| window == cost)
        .unwrap();
    der[at + 2] = 0x7f;
    der[at + 6] = 0x7f;
    let base64 = String::from_utf8(openssl(&["base64"], &der)).unwrap();
    let label = "ENCRYPTED PRIVATE KEY";
    let text = format!("-----BEGIN {label}-----\n{base64}-----END {label}-----\n");
    let error = open_encrypted(&folder.file("key.pem", text.as_bytes()), "x").unwrap_err();
    assert!(
        error.to_string().contains("minutes or gigabytes"),
        "{error}"
    );
}

#[test]
fn a_key_in_the_environment_opens_and_is_a_finding() {
    let text = String::from_utf8(rsa(2048)).unwrap();
    let signer = open_with("env:KEY", false, &move |name| {
        (name == "KEY").then(|| text.clone())
    });
    let signer = signer.unwrap();
    assert_eq!(findings(&signer), ["key-in-memory", "key-in-environment"]);
    assert!(signs_a_login(signer));
    assert!(matches!(
        open_with("env:KEY", false, &nothing),
        Err(PemError::NotSet(_))
    ));
}

#[test]
fn a_mounted_secret_needs_the_option_and_is_a_finding_only_where_it_was_needed() {
    let folder = Folder::new();
    let data = folder.file("data", &rsa(2048));
    fs::set_permissions(&data, fs::Permissions::from_mode(0o440)).unwrap();
    let link = folder.path("key.pem");
    symlink("data", &link).unwrap();
    let error = open(&link).unwrap_err();
    assert!(error.to_string().contains("symbolic link"), "{error}");
    assert!(
        error.hint().contains("--allow-open-key-file"),
        "{}",
        error.hint()
    );
    let signer = open_with(link.to_str().unwrap(), true, &nothing).unwrap();
    assert_eq!(findings(&signer), ["key-in-memory", "open-key-file"]);
    fs::set_permissions(&data, fs::Permissions::from_mode(0o600)).unwrap();
    let signer = open_with(data.to_str().unwrap(), true, &nothing).unwrap();
    assert_eq!(findings(&signer), ["key-in-memory"]);
}

#[test]
fn an_opened_key_does_not_print_itself() {
    let folder = Folder::new();
    let key = String::from_utf8(rsa(2048)).unwrap();
    let signer = open(&folder.file("key.pem", key.as_bytes())).unwrap();
    let printed = format!("{signer:?}");
    assert!(
        printed.contains("[redacted]") && !printed.contains(&key[200..240]),
        "{printed}"
    );
}

#[cfg(feature = "keygen")]
mod creating {
    use secrecy::SecretString;
    use sfjwt_signer_pem::{KeyBits, create};

    use super::*;

    #[test]
    fn a_new_key_is_private_to_its_owner_opens_and_is_read_by_openssl() {
        let folder = Folder::new();
        for bits in ["2048", "3072", "4096"] {
            let path = folder.path(bits);
            let public_key = create(&path, bits.parse::<KeyBits>().unwrap(), None).unwrap();
            assert_eq!(public_key.bits().to_string(), bits);
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
                0o600
            );
            let text = fs::read(&path).unwrap();
            assert_eq!(
                public_key.spki_der(),
                openssl(&["pkey", "-pubout", "-outform", "DER"], &text)
            );
            assert_eq!(open(&path).unwrap().key().public_key, public_key);
        }
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = Folder::new();
        let path = folder.file("key.pem", b"precious");
        assert!(matches!(
            create(&path, KeyBits::default(), None),
            Err(PemError::Exists(_))
        ));
        assert_eq!(fs::read(&path).unwrap(), b"precious");
    }

    #[test]
    fn a_new_key_with_a_passphrase_is_encrypted_and_openssl_opens_it() {
        let folder = Folder::new();
        let path = folder.path("key.pem");
        let word = SecretString::from("sesame");
        let public_key = create(&path, KeyBits::default(), Some(&word)).unwrap();
        let text = fs::read(&path).unwrap();
        assert!(text.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        let opened = [
            "pkey",
            "-passin",
            "pass:sesame",
            "-pubout",
            "-outform",
            "DER",
        ];
        assert_eq!(openssl(&opened, &text), public_key.spki_der());
        assert_eq!(
            open_encrypted(&path, "sesame").unwrap().key().public_key,
            public_key
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = Folder::new();
        let error = create(&folder.path("no/key.pem"), KeyBits::default(), None).unwrap_err();
        assert!(error.to_string().contains("no/key.pem"), "{error}");
    }
}
