//! The product's executables, and processes that are looked at while they run.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::Outcome;

/// The executable of this name that was built with the profile of this test.
pub fn binary(name: &str) -> PathBuf {
    let path = profile_folder().join(name);
    assert!(
        path.exists(),
        "{} is missing: run `cargo build --workspace --bins` first",
        path.display()
    );
    path
}

/// The target folder of this build: what tests/needs installs is in it.
pub fn target_folder() -> PathBuf {
    parent(&profile_folder())
}

/// A test is `target/PROFILE/deps/NAME-HASH`.
fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    parent(&parent(&test))
}

fn parent(path: &Path) -> PathBuf {
    path.parent().expect("a test is not in the root").to_owned()
}

/// Waits for something that another thread or process does, and fails when it does not come.
#[track_caller]
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    /// Far beyond what it takes, and short enough for somebody who waits for a failed test.
    const PATIENCE: Duration = Duration::from_secs(20);
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < PATIENCE, "still waiting until {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A process that is still going on. It is ended when the test is.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts a command whose stdin, stdout and stderr are pipes.
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        Self { child, stdout }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Reads so many lines of its stdout.
    pub fn lines(&mut self, lines: usize) -> String {
        let stdout = self.stdout.as_mut().expect("nobody stopped to read");
        let mut text = String::new();
        for _ in 0..lines {
            stdout.read_line(&mut text).unwrap();
        }
        text
    }

    /// Closes the reading end of its stdout.
    pub fn stop_reading(&mut self) {
        self.stdout = None;
    }

    /// Reads its stdout to the end and returns its length and the most memory seen on the way.
    pub fn drain(&mut self) -> Drained {
        let mut stdout = self.stdout.take().expect("nobody stopped to read");
        let mut drained = Drained::default();
        let mut piece = [0; 16 * 1024];
        loop {
            let read = stdout.read(&mut piece).unwrap();
            if read == 0 {
                return drained;
            }
            drained.bytes += read;
            drained.lines += piece[..read].split(|byte| *byte == b'\n').count() - 1;
            drained.peak_kib = drained.peak_kib.max(self.peak_kib().unwrap_or(0));
        }
    }

    /// The most memory it has used so far, in KiB; `None` when it has ended.
    pub fn peak_kib(&self) -> Option<u64> {
        let text = self.status_field("VmHWM")?;
        text.trim_end_matches(" kB").parse().ok()
    }

    /// A field of `/proc/PID/status`.
    pub fn status_field(&self, name: &str) -> Option<String> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let mut fields = status.lines().filter_map(|line| line.split_once(':'));
        let value = fields.find(|(field, _)| *field == name)?.1;
        Some(value.trim().to_owned())
    }

    /// Waits for its end.
    pub fn end(mut self) -> Outcome {
        drop(self.child.stdin.take());
        let read = |stream: Option<&mut dyn Read>| {
            let mut bytes = Vec::new();
            if let Some(stream) = stream {
                stream.read_to_end(&mut bytes).unwrap();
            }
            String::from_utf8(bytes).unwrap()
        };
        // What these tests let a process say on stderr fits into a pipe.
        let stdout = read(self.stdout.as_mut().map(|it| it as _));
        let stderr = read(self.child.stderr.as_mut().map(|it| it as _));
        let status = self.child.wait().unwrap().code();
        Outcome {
            status,
            stdout,
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test failed half way.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What was read from a process.
#[derive(Debug, Default, Clone, Copy)]
pub struct Drained {
    /// Bytes.
    pub bytes: usize,
    /// Line endings.
    pub lines: usize,
    /// The largest resident memory, in KiB.
    pub peak_kib: u64,
}
