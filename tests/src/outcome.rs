//! How a process ended, and what it said.

use std::{fmt, process::Output};

/// The end of a process.
#[derive(Clone)]
pub struct Outcome {
    /// The exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Outcome {
    /// Asserts that it did what it was asked to, and returns what it printed.
    #[track_caller]
    pub fn succeeds(self) -> String {
        assert_eq!(self.status, Some(0), "{self:#?}");
        self.stdout
    }

    /// Asserts that it failed with this status, and that its first line on stderr names the cause.
    #[track_caller]
    #[expect(
        clippy::return_self_not_must_use,
        reason = "most tests want nothing but the assertion"
    )]
    pub fn fails(self, status: i32, cause: &str) -> Self {
        assert_eq!(self.status, Some(status), "{self:#?}");
        let first = self.stderr.lines().find(|line| line.starts_with("error: "));
        let named = first.is_some_and(|line| line.contains(cause));
        assert!(named, "the error does not say {cause:?}: {self:#?}");
        self
    }

    /// Asserts that stdout holds whole lines of JSON and nothing else, and returns their number.
    #[track_caller]
    pub fn whole_json_lines(&self) -> usize {
        let ended = self.stdout.is_empty() || self.stdout.ends_with('\n');
        assert!(ended, "the last line is cut: {self:#?}");
        for line in self.stdout.lines() {
            let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
            assert!(parsed.is_ok(), "a line is cut: {line:?}");
        }
        self.stdout.lines().count()
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

/// Long results are cut: a failed test shows what matters.
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ENOUGH: usize = 2_000;
        let short = |text: &str| text.chars().take(ENOUGH).collect::<String>();
        f.debug_struct("Outcome")
            .field("status", &self.status)
            .field("stdout", &short(&self.stdout))
            .field("stderr", &short(&self.stderr))
            .finish()
    }
}
