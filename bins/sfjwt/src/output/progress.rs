//! How far a long answer has come, for a person who waits while stdout goes elsewhere.

use std::io::{self, Write};

/// A line on stderr that is rewritten while rows come, and wiped at the end. Nothing is shown
/// unless stderr is a terminal and stdout is none.
#[derive(Debug)]
pub(crate) struct Progress<W: Write> {
    to: Option<W>,
    total: u64,
    done: u64,
}

impl Progress<io::Stderr> {
    /// The way to `total` rows, shown on stderr if `wanted`.
    pub(crate) fn on_stderr(wanted: bool, total: u64) -> Self {
        Self::new(wanted.then(io::stderr), total)
    }
}

impl<W: Write> Progress<W> {
    fn new(to: Option<W>, total: u64) -> Self {
        Self { to, total, done: 0 }
    }

    /// So many rows more have come.
    pub(crate) fn add(&mut self, rows: usize) {
        self.done += rows as u64;
        if let Some(to) = &mut self.to {
            // Progress that cannot be shown is no reason to stop.
            drop(write!(to, "\r{} of {} rows", self.done, self.total).and_then(|()| to.flush()));
        }
    }
}

impl<W: Write> Drop for Progress<W> {
    fn drop(&mut self) {
        if let Some(to) = &mut self.to {
            // ECMA-48 EL: from the cursor to the end of the line.
            drop(write!(to, "\r\u{1b}[K").and_then(|()| to.flush()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_rewritten_and_wiped_at_the_end() {
        let mut shown = Vec::new();
        let mut progress = Progress::new(Some(&mut shown), 3000);
        progress.add(2000);
        progress.add(1000);
        drop(progress);
        assert_eq!(shown, b"\r2000 of 3000 rows\r3000 of 3000 rows\r\x1b[K");
    }
}
