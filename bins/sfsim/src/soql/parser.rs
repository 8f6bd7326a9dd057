//! Tokens into a query. Recursive descent; a wrong token is named with its place.

use super::{
    Condition, Literal, Name, Operator, Order, Query, Select, SoqlError,
    lexer::{Kind, tokens},
    stream::Stream,
};

/// Conditions nested deeper than this are refused, before the stack has an opinion.
const DEEPEST: usize = 64;

/// Parses one query.
pub(crate) fn parse(text: &str) -> Result<Query, SoqlError> {
    let mut parser = Parser {
        tokens: Stream::new(tokens(text)?, text.trim_end().len()),
        depth: 0,
    };
    let query = parser.query()?;
    match parser.tokens.peek() {
        None => Ok(query),
        Some(_) => Err(parser.tokens.unexpected()),
    }
}

/// The tokens, and how deep in the filter they are.
struct Parser {
    tokens: Stream,
    depth: usize,
}

impl Parser {
    fn query(&mut self) -> Result<Query, SoqlError> {
        self.tokens.expect("SELECT")?;
        let select = self.select()?;
        self.tokens.expect("FROM")?;
        let from = self.name()?;
        let alias = self.alias()?;
        let filter = if self.tokens.take("WHERE") {
            Some(self.conditions()?)
        } else {
            None
        };
        let order = if self.tokens.take("ORDER") {
            self.tokens.expect("BY")?;
            self.list(Self::order)?
        } else {
            Vec::new()
        };
        let limit = if self.tokens.take("LIMIT") {
            Some(self.count()?)
        } else {
            None
        };
        let offset = if self.tokens.take("OFFSET") {
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
        let is_count = self.tokens.word_is(0, "COUNT") && self.tokens.symbol_is(1, "(");
        if !is_count {
            return Ok(Select::Fields(self.list(Self::name)?));
        }
        self.tokens.advance();
        self.tokens.advance();
        self.tokens.expect_symbol(")")?;
        Ok(Select::Count)
    }

    /// A word after the object that is not the next clause.
    fn alias(&mut self) -> Result<Option<Name>, SoqlError> {
        self.tokens.take("AS");
        let next_clause = ["WHERE", "ORDER", "LIMIT", "OFFSET"]
            .iter()
            .any(|clause| self.tokens.word_is(0, clause));
        let is_word = self
            .tokens
            .peek()
            .is_some_and(|token| token.kind == Kind::Word);
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
        let joined = if self.tokens.word_is(0, "AND") {
            Condition::And(self.joined(first, "AND")?)
        } else if self.tokens.word_is(0, "OR") {
            Condition::Or(self.joined(first, "OR")?)
        } else {
            first
        };
        self.depth -= 1;
        if self.tokens.word_is(0, "AND") || self.tokens.word_is(0, "OR") {
            return Err(self.tokens.unexpected());
        }
        Ok(joined)
    }

    fn descend(&mut self) -> Result<(), SoqlError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(SoqlError::malformed(
                "the filter is nested too deeply",
                Some(self.tokens.place()),
            ));
        }
        Ok(())
    }

    fn joined(&mut self, first: Condition, word: &str) -> Result<Vec<Condition>, SoqlError> {
        let mut all = vec![first];
        while self.tokens.take(word) {
            all.push(self.condition()?);
        }
        Ok(all)
    }

    fn condition(&mut self) -> Result<Condition, SoqlError> {
        if self.tokens.take("NOT") {
            self.descend()?;
            let inner = self.condition()?;
            self.depth -= 1;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.tokens.symbol_is(0, "(") {
            self.tokens.advance();
            let inner = self.conditions()?;
            self.tokens.expect_symbol(")")?;
            return Ok(inner);
        }
        let field = self.name()?;
        if self.tokens.take("LIKE") {
            return match self.literal()? {
                Literal::Text(pattern) => Ok(Condition::Like { field, pattern }),
                _ => Err(self.tokens.unexpected_before()),
            };
        }
        let negated = self.tokens.word_is(0, "NOT") && self.tokens.word_is(1, "IN");
        if negated {
            self.tokens.advance();
        }
        if self.tokens.take("IN") {
            self.tokens.expect_symbol("(")?;
            let literals = self.list(Self::literal)?;
            self.tokens.expect_symbol(")")?;
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
        let text = self.tokens.peek().map(|token| token.text.as_str());
        let operator = match text {
            Some("=") => Operator::Equal,
            Some("!=" | "<>") => Operator::NotEqual,
            Some("<") => Operator::Less,
            Some("<=") => Operator::LessOrEqual,
            Some(">") => Operator::Greater,
            Some(">=") => Operator::GreaterOrEqual,
            _ => return Err(self.tokens.unexpected()),
        };
        self.tokens.advance();
        Ok(operator)
    }

    fn literal(&mut self) -> Result<Literal, SoqlError> {
        let Some(token) = self.tokens.peek() else {
            return Err(self.tokens.unexpected());
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
                _ => return Err(self.tokens.unexpected()),
            },
            Kind::Symbol => return Err(self.tokens.unexpected()),
        };
        self.tokens.advance();
        Ok(literal)
    }

    fn order(&mut self) -> Result<Order, SoqlError> {
        let field = self.name()?;
        let descending = self.tokens.take("DESC");
        if !descending {
            self.tokens.take("ASC");
        }
        let nulls = self.tokens.take("NULLS");
        let nulls_last = nulls && self.tokens.take("LAST");
        if nulls && !nulls_last {
            self.tokens.expect("FIRST")?;
        }
        Ok(Order {
            field,
            descending,
            nulls_last,
        })
    }

    fn count(&mut self) -> Result<usize, SoqlError> {
        let count = self.tokens.peek().and_then(|token| token.text.parse().ok());
        let count = count.ok_or_else(|| self.tokens.unexpected())?;
        self.tokens.advance();
        Ok(count)
    }

    fn list<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T, SoqlError>,
    ) -> Result<Vec<T>, SoqlError> {
        let mut items = vec![item(self)?];
        while self.tokens.symbol_is(0, ",") {
            self.tokens.advance();
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn name(&mut self) -> Result<Name, SoqlError> {
        const RESERVED: [&str; 4] = ["FROM", "WHERE", "SELECT", "ORDER"];
        match self.tokens.peek() {
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
                self.tokens.advance();
                Ok(name)
            }
            _ => Err(self.tokens.unexpected()),
        }
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
