//! Text into tokens.

use super::SoqlError;
use crate::records::{parse_date, parse_date_time};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte offset in the text.
    pub(super) at: usize,
    pub(super) text: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Word,
    Text(String),
    Number(f64),
    Date(time::Date),
    DateTime(time::OffsetDateTime),
    Symbol,
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, SoqlError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let (length, kind) = match first {
            '\'' => string(rest, at)?,
            '0'..='9' | '-' | '+' => number(rest, at)?,
            _ if is_word(first) => (
                span(rest, |letter| is_word(letter) || letter == '.'),
                Kind::Word,
            ),
            _ => (symbol(rest, at)?, Kind::Symbol),
        };
        let (taken, left) = rest.split_at(length);
        tokens.push(Token {
            kind,
            at,
            text: taken.to_owned(),
        });
        rest = left.trim_start();
    }
    Ok(tokens)
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

fn span(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !belongs(letter)).unwrap_or(text.len())
}

/// `'it\'s'`, with the escapes of the SOQL reference.
fn string(text: &str, at: usize) -> Result<(usize, Kind), SoqlError> {
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\'' => return Ok((place + 1, Kind::Text(value))),
            '\\' => {
                let (_, escaped) = letters.next().unwrap_or((place, ' '));
                value.push(match escaped {
                    'n' | 'N' => '\n',
                    'r' | 'R' => '\r',
                    't' | 'T' => '\t',
                    'b' | 'B' => '\u{8}',
                    'f' | 'F' => '\u{c}',
                    '\'' | '"' | '\\' | '_' | '%' => escaped,
                    _ => {
                        let message = format!("Illegal character sequence '\\{escaped}' in string");
                        return Err(SoqlError::malformed(message, Some(at)));
                    }
                });
            }
            _ => value.push(letter),
        }
    }
    Err(SoqlError::malformed(
        "unexpected end of string literal",
        Some(at),
    ))
}

fn number(text: &str, at: usize) -> Result<(usize, Kind), SoqlError> {
    let length = span(text, |letter| is_word(letter) || "+-.:".contains(letter));
    let taken = text.get(..length).unwrap_or(text);
    let kind = if let Ok(number) = taken.parse() {
        Kind::Number(number)
    } else if let Some(date) = parse_date(taken) {
        Kind::Date(date)
    } else if let Some(time) = parse_date_time(taken) {
        Kind::DateTime(time)
    } else {
        return Err(SoqlError::malformed(
            format!("unexpected token: '{taken}'"),
            Some(at),
        ));
    };
    Ok((length, kind))
}

fn symbol(text: &str, at: usize) -> Result<usize, SoqlError> {
    const SYMBOLS: [&str; 10] = ["!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","];
    SYMBOLS
        .iter()
        .find(|symbol| text.starts_with(**symbol))
        .map(|symbol| symbol.len())
        .ok_or_else(|| {
            let letter = text.chars().next().unwrap_or(' ');
            SoqlError::malformed(
                format!("line {at}: no viable alternative at character '{letter}'"),
                Some(at),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokens(text)
            .unwrap()
            .into_iter()
            .map(|token| token.kind)
            .collect()
    }

    #[test]
    fn an_escaped_quote_belongs_to_the_string() {
        assert_eq!(
            kinds(r"'O\'Brien \\ \n'"),
            [Kind::Text("O'Brien \\ \n".to_owned())]
        );
    }

    #[test]
    fn numbers_and_dates_are_told_apart() {
        assert_eq!(kinds("-1.5"), [Kind::Number(-1.5)]);
        assert!(matches!(kinds("2021-11-06")[..], [Kind::Date(_)]));
        assert!(matches!(
            kinds("2021-11-06T17:38:40Z")[..],
            [Kind::DateTime(_)]
        ));
    }

    #[test]
    fn a_string_without_an_end_is_refused_at_its_start() {
        assert_eq!(tokens("a = 'b").unwrap_err().at, Some(4));
    }
}
