//! `tracing` lines on stderr, for those who asked.

use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::failure::Failure;

/// Starts to log what our own crates do, at the level of `-v`, `-vv`, `-vvv`, or of `SFJWT_LOG` if
/// that says more. Libraries below ours stay silent: their traces hold headers and bodies.
pub(crate) fn start(verbose: u8, variable: Option<&str>) -> Result<(), Failure> {
    let Some(level) = level(verbose).max(parsed(variable)?) else {
        return Ok(());
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_filter(Targets::new().with_target("sfjwt", level));
    // It fails only if a log was started before.
    drop(tracing_subscriber::registry().with(lines).try_init());
    Ok(())
}

fn level(verbose: u8) -> Option<Level> {
    match verbose {
        0 => None,
        1 => Some(Level::INFO),
        2 => Some(Level::DEBUG),
        _ => Some(Level::TRACE),
    }
}

fn parsed(variable: Option<&str>) -> Result<Option<Level>, Failure> {
    match variable {
        None | Some("" | "off") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| {
            Failure::config(
                "SFJWT_LOG is set to no level",
                "set it to off, error, warn, info, debug or trace",
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_and_the_variable_turn_the_log_up_and_neither_turns_it_down() {
        let both = |verbose, variable| level(verbose).max(parsed(variable).unwrap());
        assert_eq!(both(0, None), None);
        assert_eq!(both(1, None), Some(Level::INFO));
        assert_eq!(both(1, Some("trace")), Some(Level::TRACE));
        assert_eq!(both(3, Some("warn")), Some(Level::TRACE));
        assert!(parsed(Some("loud")).is_err());
    }
}
