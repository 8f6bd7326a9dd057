//! Words of servers in our messages.

use std::time::Duration;

/// The longest text of a server that is repeated in a message.
const LONGEST: usize = 300;

/// A server's text, safe for a terminal and a log line: one line, without control characters, cut to
/// a length. (Salesforce marks the place in a query over several lines.)
pub(crate) fn printable(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<_> = clean.split_whitespace().collect();
    let line = words.join(" ");
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() {
        short.push_str("...");
    }
    short
}

/// The server's wish, as the end of a message.
pub(crate) fn asked_to_wait(wish: Option<Duration>) -> String {
    wish.map_or_else(String::new, |wish| {
        format!(" (it asks to wait {} s)", wish.as_secs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_text_cannot_drive_a_terminal_or_fill_a_log() {
        assert_eq!(printable("\na\u{1b}[2J\n  b"), "a [2J b");
        assert_eq!(printable(&"x".repeat(1000)).len(), LONGEST + 3);
    }
}
