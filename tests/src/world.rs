//! An org, a key, a certificate and the settings for them.

use std::{
    ffi::OsStr,
    fs,
    future::Future,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use sfsim::{AppSetup, Certificate, Entry, Faults, OrgHandle, Server, Setup, UserSetup};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::{Outcome, binary};

/// The consumer key of the app.
pub const CLIENT_ID: &str = "3MVG9worthless";
/// The user.
pub const USERNAME: &str = "robot@example.com";
/// So many accounts are in the org: three pages.
pub const ACCOUNTS: u64 = 5_000;

/// An org on loopback, and everything that a login to it needs.
#[derive(Debug)]
pub struct World {
    folder: TempDir,
    server: Server,
    runtime: Runtime,
}

impl World {
    /// An org that works.
    pub fn new() -> Self {
        Self::with(|setup| setup)
    }

    /// An org that works differently.
    pub fn with(change: impl FnOnce(Setup) -> Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::of_this_process();
        write_private(&folder.path().join("key.pem"), &identity.key);
        fs::write(folder.path().join("app.crt"), &identity.certificate).unwrap();
        let certificate = Certificate::parse(identity.certificate.as_bytes()).unwrap();
        let setup = Setup::new()
            .app(AppSetup::new(CLIENT_ID).certificate(certificate))
            .user(UserSetup::new(USERNAME))
            .accounts(ACCOUNTS);
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::start(change(setup))).unwrap();
        if let Some(authority) = server.authority_pem() {
            fs::write(folder.path().join("ca.pem"), authority).unwrap();
        }
        Self {
            folder,
            server,
            runtime,
        }
    }

    /// Runs the product with these arguments to its end.
    pub fn sfjwt<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Outcome {
        self.command(arguments).output().unwrap().into()
    }

    /// The same with something on stdin.
    pub fn sfjwt_reads<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        input: &str,
    ) -> Outcome {
        run_with(&mut self.command(arguments), input)
    }

    /// The product with these arguments, and with this world's settings in its environment.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.bare_command(arguments);
        command
            .env("SFJWT_CLIENT_ID", CLIENT_ID)
            .env("SFJWT_USERNAME", USERNAME)
            .env("SFJWT_KEY", self.path("key.pem"))
            .env("SFJWT_LOGIN_URL", self.url());
        if self.server.authority_pem().is_some() {
            command.env("SFJWT_CA_BUNDLE", self.path("ca.pem"));
        }
        command
    }

    /// The product with these arguments, and without settings.
    pub fn bare_command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(binary("sfjwt"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .stdin(Stdio::null());
        command
    }

    /// A path in this world's folder, which is also the working folder of the product. `key.pem`,
    /// `app.crt` and, with https, `ca.pem` are there.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The content of a file of this world.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a file that only its owner can read.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_private(&path, content);
        path
    }

    /// The login URL.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The server behind the org.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Control of the org.
    pub fn org(&self) -> &OrgHandle {
        self.server.org()
    }

    /// Runs async work of a test beside the org.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// From now on this goes wrong, and nothing else: `NAME=VALUE[,times=N][,after=N][,on=SCOPE]`.
    #[track_caller]
    pub fn fault(&self, fault: &str) {
        self.faults(&[fault]);
    }

    /// From now on these go wrong.
    #[track_caller]
    pub fn faults(&self, faults: &[&str]) {
        let parsed = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.org().set_faults(Faults {
            seed: 1,
            faults: parsed,
        });
    }

    /// The token requests that the org has received.
    pub fn token_requests(&self) -> Vec<Entry> {
        self.requests("/services/oauth2/token")
    }

    /// The data requests that the org has received.
    pub fn data_requests(&self) -> Vec<Entry> {
        self.requests("/services/data")
    }

    /// The requests to paths that begin so.
    pub fn requests(&self, path: &str) -> Vec<Entry> {
        let journal = self.org().journal();
        journal
            .into_iter()
            .filter(|entry| entry.path.starts_with(path))
            .collect()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs a command to its end with something on stdin.
pub fn run_with(command: &mut Command, input: &str) -> Outcome {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    // A command that refuses its arguments does not wait for its input.
    drop(stdin.write_all(input.as_bytes()));
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

/// A key and its certificate, made once for all worlds of a test process: keys cost time.
struct Identity {
    key: String,
    certificate: String,
}

impl Identity {
    fn of_this_process() -> &'static Self {
        static IDENTITY: OnceLock<Identity> = OnceLock::new();
        IDENTITY.get_or_init(Self::make)
    }

    /// Steps 1 and 2 of the flow.
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let run = |words: &str| {
            let mut command = Command::new(binary("sfjwt"));
            let command = command.args(words.split(' ')).current_dir(folder.path());
            Outcome::from(command.env_clear().output().unwrap()).succeeds();
        };
        run("key create --key key.pem");
        run("cert create --key key.pem --subject CN=test --out app.crt");
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        Self {
            key: read("key.pem"),
            certificate: read("app.crt"),
        }
    }
}

fn write_private(path: &Path, content: &str) {
    let mut options = fs::OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    options
        .open(path)
        .unwrap()
        .write_all(content.as_bytes())
        .unwrap();
}
