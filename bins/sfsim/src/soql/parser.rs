//! Tokens into a query. Recursive descent; a wrong token is named with its place.

use super::{
    Condition, Literal, Name, Operator, Order, Query, Select, SoqlError,
    lexer::{Kind, Token, tokens},
};

/// Conditions nested deeper than this are refused, before the stack has an opinion.
const DEEPEST: usize = 64;

/// Parses one query.
pub(crate) fn parse(text: &str) -> Result<Query, SoqlError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        end: text.trim_end().len(),
        depth: 0,
    };
    let query = parser.query()?;
    match parser.peek() {
        None => Ok(query),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    end: usize,
    depth: usize,
}

impl Parser {
    fn query(&mut self) -> Result<Query, SoqlError> {
        self.expect("SELECT")?;
        let select = self.select()?;
        self.expect("FROM")?;
        let from = self.name()?;
        let alias = self.alias()?;
        let filter = if self.take("WHERE") {
            Some(self.conditions()?)
        } else {
            None
        };
        let order = if self.take("ORDER") {
            self.expect("BY")?;
            self.list(Self::order)?
        } else {
            Vec::new()
        };
        let limit = if self.take("LIMIT") {
            Some(self.count()?)
        } else {
            None
        };
        let offset = if self.take("OFFSET") {
            self.count()?
        } else {
            0
        };
        Ok(Query {
            select,
            from,
            alias,
            filter,
            order,
            limit,
            offset,
        })
    }

    fn select(&mut self) -> Result<Select, SoqlError> {
        let is_count = self.word_is(0, "COUNT") && self.symbol_is(1, "(");
        if !is_count {
            return Ok(Select::Fields(self.list(Self::name)?));
        }
        self.next += 2;
        self.expect_symbol(")")?;
        Ok(Select::Count)
    }

    /// A word after the object that is not the next clause.
    fn alias(&mut self) -> Result<Option<Name>, SoqlError> {
        self.take("AS");
        let next_clause = ["WHERE", "ORDER", "LIMIT", "OFFSET"]
            .iter()
            .any(|clause| self.word_is(0, clause));
        let is_word = self.peek().is_some_and(|token| token.kind == Kind::Word);
        if is_word && !next_clause {
            self.name().map(Some)
        } else {
            Ok(None)
        }
    }

    /// Conditions joined by AND, or joined by OR: mixing the two wants parentheses.
    fn conditions(&mut self) -> Result<Condition, SoqlError> {
        self.descend()?;
        let first = self.condition()?;
        let joined = if self.word_is(0, "AND") {
            Condition::And(self.joined(first, "AND")?)
        } else if self.word_is(0, "OR") {
            Condition::Or(self.joined(first, "OR")?)
        } else {
            first
        };
        self.depth -= 1;
        if self.word_is(0, "AND") || self.word_is(0, "OR") {
            return Err(self.unexpected());
        }
        Ok(joined)
    }

    fn descend(&mut self) -> Result<(), SoqlError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(SoqlError::malformed(
                "the filter is nested too deeply",
                Some(self.place()),
            ));
        }
        Ok(())
    }

    fn joined(&mut self, first: Condition, word: &str) -> Result<Vec<Condition>, SoqlError> {
        let mut all = vec![first];
        while self.take(word) {
            all.push(self.condition()?);
        }
        Ok(all)
    }

    fn condition(&mut self) -> Result<Condition, SoqlError> {
        if self.take("NOT") {
            self.descend()?;
            let inner = self.condition()?;
            self.depth -= 1;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.symbol_is(0, "(") {
            self.next += 1;
            let inner = self.conditions()?;
            self.expect_symbol(")")?;
            return Ok(inner);
        }
        let field = self.name()?;
        if self.take("LIKE") {
            return match self.literal()? {
                Literal::Text(pattern) => Ok(Condition::Like { field, pattern }),
                _ => Err(self.unexpected_before()),
            };
        }
        let negated = self.word_is(0, "NOT") && self.word_is(1, "IN");
        if negated {
            self.next += 1;
        }
        if self.take("IN") {
            self.expect_symbol("(")?;
            let literals = self.list(Self::literal)?;
            self.expect_symbol(")")?;
            return Ok(Condition::In {
                field,
                negated,
                literals,
            });
        }
        let operator = self.operator()?;
        Ok(Condition::Compare {
            field,
            operator,
            literal: self.literal()?,
        })
    }

    fn operator(&mut self) -> Result<Operator, SoqlError> {
        let text = self.peek().map(|token| token.text.as_str());
        let operator = match text {
            Some("=") => Operator::Equal,
            Some("!=" | "<>") => Operator::NotEqual,
            Some("<") => Operator::Less,
            Some("<=") => Operator::LessOrEqual,
            Some(">") => Operator::Greater,
            Some(">=") => Operator::GreaterOrEqual,
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        Ok(operator)
    }

    fn literal(&mut self) -> Result<Literal, SoqlError> {
        let Some(token) = self.peek() else {
            return Err(self.unexpected());
        };
        let literal = match &token.kind {
            Kind::Text(text) => Literal::Text(text.clone()),
            Kind::Number(number) => Literal::Number(*number),
            Kind::Date(date) => Literal::Date(*date),
            Kind::DateTime(time) => Literal::DateTime(*time),
            Kind::Word => match token.text.to_ascii_lowercase().as_str() {
                "null" => Literal::Null,
                "true" => Literal::Boolean(true),
                "false" => Literal::Boolean(false),
                _ => return Err(self.unexpected()),
            },
            Kind::Symbol => return Err(self.unexpected()),
        };
        self.next += 1;
        Ok(literal)
    }

    fn order(&mut self) -> Result<Order, SoqlError> {
        let field = self.name()?;
        let descending = self.take("DESC");
        if !descending {
            self.take("ASC");
        }
        let nulls = self.take("NULLS");
        let nulls_last = nulls && self.take("LAST");
        if nulls && !nulls_last {
            self.expect("FIRST")?;
        }
        Ok(Order {
            field,
            descending,
            nulls_last,
        })
    }

    fn count(&mut self) -> Result<usize, SoqlError> {
        let count = self.peek().and_then(|token| token.text.parse().ok());
        let count = count.ok_or_else(|| self.unexpected())?;
        self.next += 1;
        Ok(count)
    }

    fn list<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T, SoqlError>,
    ) -> Result<Vec<T>, SoqlError> {
        let mut items = vec![item(self)?];
        while self.symbol_is(0, ",") {
            self.next += 1;
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn name(&mut self) -> Result<Name, SoqlError> {
        const RESERVED: [&str; 4] = ["FROM", "WHERE", "SELECT", "ORDER"];
        match self.peek() {
            Some(token)
                if token.kind == Kind::Word
                    && !RESERVED
                        .iter()
                        .any(|word| token.text.eq_ignore_ascii_case(word)) =>
            {
                let name = Name {
                    text: token.text.clone(),
                    at: token.at,
                };
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn word_is(&self, ahead: usize, word: &str) -> bool {
        self.tokens
            .get(self.next + ahead)
            .is_some_and(|token| token.kind == Kind::Word && token.text.eq_ignore_ascii_case(word))
    }

    fn symbol_is(&self, ahead: usize, symbol: &str) -> bool {
        self.tokens
            .get(self.next + ahead)
            .is_some_and(|token| token.kind == Kind::Symbol && token.text == symbol)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.word_is(0, word);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Result<(), SoqlError> {
        if self.take(word) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<(), SoqlError> {
        if !self.symbol_is(0, symbol) {
            return Err(self.unexpected());
        }
        self.next += 1;
        Ok(())
    }

    fn place(&self) -> usize {
        self.peek().map_or(self.end, |token| token.at)
    }

    fn unexpected(&self) -> SoqlError {
        let found = self.peek().map_or("<EOF>", |token| token.text.as_str());
        SoqlError::malformed(format!("unexpected token: '{found}'"), Some(self.place()))
    }

    fn unexpected_before(&mut self) -> SoqlError {
        self.next = self.next.saturating_sub(1);
        self.unexpected()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        parse(text).unwrap_err().message
    }

    #[test]
    fn the_clauses_come_in_their_order() {
        let query = parse(
            "select Id, Owner.Name from Account a where Name like 'A%' order by Name desc nulls last \
             limit 5 offset 2",
        )
        .unwrap();
        assert_eq!(query.alias.unwrap().text, "a");
        assert!(query.order[0].descending && query.order[0].nulls_last);
        assert_eq!((query.limit, query.offset), (Some(5), 2));
    }

    #[test]
    fn count_has_no_fields() {
        assert_eq!(
            parse("SELECT COUNT() FROM Account").unwrap().select,
            Select::Count
        );
    }

    #[test]
    fn and_with_or_wants_parentheses() {
        let mixed = "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'";
        assert_eq!(refused(mixed), "unexpected token: 'OR'");
        let nested = "SELECT Id FROM Account WHERE Name = 'a' AND (Name = 'b' OR Name = 'c')";
        assert!(parse(nested).is_ok());
    }

    #[test]
    fn a_wrong_word_is_named() {
        assert_eq!(
            refused("SELECT Id FORM Account"),
            "unexpected token: 'FORM'"
        );
        assert_eq!(refused("SELECT Id FROM"), "unexpected token: '<EOF>'");
        assert_eq!(refused("SELECT FROM Account"), "unexpected token: 'FROM'");
        assert_eq!(
            refused("SELECT Id FROM Account LIMIT x"),
            "unexpected token: 'x'"
        );
    }

    #[test]
    fn a_very_deep_filter_is_refused() {
        let deep = format!("SELECT Id FROM Account WHERE {}", "(".repeat(100_000));
        assert_eq!(refused(&deep), "the filter is nested too deeply");
        let nots = format!("SELECT Id FROM Account WHERE {}", "NOT ".repeat(100_000));
        assert_eq!(refused(&nots), "the filter is nested too deeply");
    }
}
