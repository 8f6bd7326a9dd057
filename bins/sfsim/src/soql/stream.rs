//! Tokens, one after the other, with a look ahead.

use super::{
    SoqlError,
    lexer::{Kind, Token},
};

pub(super) struct Stream {
    tokens: Vec<Token>,
    next: usize,
    /// Where the text ends, which is the place of a missing token.
    end: usize,
}

impl Stream {
    pub(super) fn new(tokens: Vec<Token>, end: usize) -> Self {
        Self {
            tokens,
            next: 0,
            end,
        }
    }

    pub(super) fn advance(&mut self) {
        self.next += 1;
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    pub(super) fn word_is(&self, ahead: usize, word: &str) -> bool {
        self.tokens
            .get(self.next + ahead)
            .is_some_and(|token| token.kind == Kind::Word && token.text.eq_ignore_ascii_case(word))
    }

    pub(super) fn symbol_is(&self, ahead: usize, symbol: &str) -> bool {
        self.tokens
            .get(self.next + ahead)
            .is_some_and(|token| token.kind == Kind::Symbol && token.text == symbol)
    }

    pub(super) fn take(&mut self, word: &str) -> bool {
        let found = self.word_is(0, word);
        self.next += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, word: &str) -> Result<(), SoqlError> {
        if self.take(word) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str) -> Result<(), SoqlError> {
        if !self.symbol_is(0, symbol) {
            return Err(self.unexpected());
        }
        self.next += 1;
        Ok(())
    }

    pub(super) fn place(&self) -> usize {
        self.peek().map_or(self.end, |token| token.at)
    }

    pub(super) fn unexpected(&self) -> SoqlError {
        let found = self.peek().map_or("<EOF>", |token| token.text.as_str());
        SoqlError::malformed(format!("unexpected token: '{found}'"), Some(self.place()))
    }

    pub(super) fn unexpected_before(&mut self) -> SoqlError {
        self.next = self.next.saturating_sub(1);
        self.unexpected()
    }
}
