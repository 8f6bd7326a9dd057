//! Text from elsewhere, made fit for a terminal.

/// Escapes what would steer a terminal or turn text around: control characters (ESC and the C1
/// set among them) and the bidirectional overrides of Unicode.
pub(crate) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(
            plain("a\u{1b}[2Jb\u{9b}c\r\n"),
            "a\\u{1b}[2Jb\\u{9b}c\\r\\n"
        );
        assert_eq!(plain("\u{202e}txt.exe"), "\\u{202e}txt.exe");
    }

    #[test]
    fn words_of_every_language_stay_as_they_are() {
        assert_eq!(plain("Zoë 東京 ✓"), "Zoë 東京 ✓");
    }
}
