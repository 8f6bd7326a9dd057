//! The only module that writes to stdout.

mod blocks;
mod cell;
mod columns;
mod facts;
mod plain;
mod progress;
mod rows;
mod table;
mod writer;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

pub(crate) use columns::Record;
pub(crate) use plain::plain;
use progress::Progress;
use rows::Rows;
use writer::Writer;

use crate::args::Format;
use crate::failure::Failure;

/// Where results go, and how they look there.
#[derive(Debug)]
pub(crate) struct Output {
    asked_for: Option<Format>,
    terminal: Terminal,
}

/// What stdout and stderr are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terminal {
    /// Whether stdout is a terminal.
    pub(crate) is_one: bool,
    /// Characters on a line of it, if known.
    pub(crate) width: Option<u16>,
    /// Whether a person looks at stderr while stdout goes elsewhere.
    pub(crate) shows_progress: bool,
}

impl Output {
    pub(crate) fn new(asked_for: Option<Format>, terminal: Terminal) -> Self {
        Self {
            asked_for,
            terminal,
        }
    }

    /// A table on a terminal and JSON lines in a pipe, unless somebody asked for something else.
    pub(crate) fn format(&self) -> Format {
        let default = if self.terminal.is_one {
            Format::Table
        } else {
            Format::Jsonl
        };
        self.asked_for.unwrap_or(default)
    }

    /// Whether nobody asked for a format: then a command whose result is one word prints it alone.
    pub(crate) fn is_plain(&self) -> bool {
        self.asked_for.is_none()
    }

    /// Prints bytes that somebody will sign: nothing is added to them, except for the eye.
    pub(crate) fn exactly(&self, text: &str) -> Result<(), Failure> {
        if self.terminal.is_one {
            print_line(text)
        } else {
            print(text)
        }
    }

    /// Prints facts about one thing.
    pub(crate) fn object(&self, facts: &Record) -> Result<(), Failure> {
        let text = facts::facts(facts, self.format(), self.terminal.width);
        print(&text.map_err(|error| Failure::output(&error))?)
    }

    /// Starts to print the rows of a query that announced `total` of them.
    pub(crate) fn rows(&self, soql: &str, total: u64) -> RowPrinter {
        RowPrinter {
            progress: Progress::on_stderr(self.terminal.shows_progress, total),
            rows: Rows::new(self.format(), soql, self.terminal.width),
            writer: Writer::start(io::stdout()),
        }
    }
}

/// Prints text as it is, such as a script or a manual.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(|error| Failure::output(&error))
}

/// Prints one word alone on a line.
pub(crate) fn print_line(word: &str) -> Result<(), Failure> {
    // One write: two would let the reader of a pipe see half a line.
    print(&zeroize::Zeroizing::new(format!("{word}\n")))
}

/// The members of something that serializes to an object.
pub(crate) fn record(of: &impl Serialize) -> Result<Record, Failure> {
    match serde_json::to_value(of) {
        Ok(Value::Object(record)) => Ok(record),
        Ok(_) => Ok(Record::new()),
        Err(error) => Err(Failure::output(&error.into())),
    }
}

/// Prints rows while they come. Dropped half way, it leaves whole lines behind.
#[derive(Debug)]
pub(crate) struct RowPrinter {
    progress: Progress<io::Stderr>,
    rows: Rows,
    writer: Writer,
}

impl RowPrinter {
    /// Prints one page.
    pub(crate) async fn page(&mut self, records: Vec<Record>) -> Result<(), Failure> {
        self.progress.add(records.len());
        let blocks = self
            .rows
            .page(records)
            .map_err(|error| Failure::output(&error))?;
        let written = self.writer.write(blocks).await;
        written.map_err(|error| Failure::output(&error))
    }

    /// Prints what comes after the last row, and waits until all of it is written.
    pub(crate) async fn end(mut self) -> Result<(), Failure> {
        let blocks = self.rows.end().map_err(|error| Failure::output(&error))?;
        let written = self.writer.write(blocks).await;
        written.map_err(|error| Failure::output(&error))?;
        self.stop().await
    }

    /// Waits until the rows so far are written; no more will come. A JSON array stays open, since
    /// it is not whole.
    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        let written = self.writer.finish().await;
        written.map_err(|error| Failure::output(&error))
    }
}

/// Tells the person in front of the terminal something that is no result, on stderr.
pub(crate) fn note(text: &str) {
    // There is no place left to complain about a stderr that is closed.
    drop(writeln!(io::stderr().lock(), "note:  {}", plain(text)));
}
