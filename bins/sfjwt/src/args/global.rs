//! The flags that every command takes.

use std::path::PathBuf;

use crate::config::Layer;

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Configuration file [default: ~/.config/sfjwt/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Profile of the configuration file
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// How results are written [default: table on a terminal, jsonl in a pipe]
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
    /// Say on stderr what is being done; twice for more (also SFJWT_LOG=info|debug|trace)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    #[command(flatten)]
    pub(crate) layer: Layer,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For reading on a terminal
    Table,
    /// Comma-separated values (RFC 4180)
    Csv,
    /// One JSON value
    Json,
    /// One JSON object on each line
    Jsonl,
}
