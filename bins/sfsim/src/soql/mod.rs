//! SOQL, as much of it as the miniature org answers.
//!
//! `text -> lexer -> parser -> Query -> resolve -> Plan -> evaluate -> rows`. The parser knows no
//! schema; the plan has no names left that could be wrong.

mod evaluate;
mod lexer;
mod parser;
mod resolve;
mod stream;

pub(crate) use evaluate::{Selection, select};
pub(crate) use parser::parse;
pub(crate) use resolve::{Column, Output, Plan, resolve};

use crate::answer::ApiError;

/// What one query says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    pub(crate) select: Select,
    pub(crate) from: Name,
    pub(crate) alias: Option<Name>,
    pub(crate) filter: Option<Condition>,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Select {
    Count,
    Fields(Vec<Name>),
}

/// A name with dots, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Compare {
        field: Name,
        operator: Operator,
        literal: Literal,
    },
    Like {
        field: Name,
        pattern: String,
    },
    In {
        field: Name,
        negated: bool,
        literals: Vec<Literal>,
    },
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    Date(time::Date),
    DateTime(time::OffsetDateTime),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) field: Name,
    pub(crate) descending: bool,
    pub(crate) nulls_last: bool,
}

/// An error with the place in the text, as Salesforce shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoqlError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) at: Option<usize>,
}

impl SoqlError {
    fn malformed(message: impl Into<String>, at: Option<usize>) -> Self {
        Self {
            code: "MALFORMED_QUERY",
            message: message.into(),
            at,
        }
    }

    /// The answer to a query: the text, a caret under the place, its row and column, the message.
    pub(crate) fn into_answer(self, query: &str) -> ApiError {
        let Some(at) = self.at else {
            return ApiError::bad_request(self.code, self.message);
        };
        let before = query.get(..at).unwrap_or(query);
        let row = before.matches('\n').count() + 1;
        let column = before
            .chars()
            .rev()
            .take_while(|&letter| letter != '\n')
            .count()
            + 1;
        let line = query.lines().nth(row - 1).unwrap_or_default();
        let message = format!(
            "\n{line}\n{:>column$}\nERROR at Row:{row}:Column:{column}\n{}",
            '^', self.message
        );
        ApiError::bad_request(self.code, message)
    }
}
