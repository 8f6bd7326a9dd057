//! Names into columns. After this, nothing in a query can be wrong any more.

use super::{Condition, Literal, Name, Operator, Query, Select, SoqlError};
use crate::records::{Field, Kind, Object, Parent, Value};

/// A query that can be run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) object: &'static Object,
    pub(crate) output: Output,
    pub(super) filter: Option<Test>,
    pub(super) order: Vec<(Column, super::Order)>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

#[derive(Debug, Clone)]
pub(crate) enum Output {
    Count,
    Columns(Vec<Column>),
}

/// A field of the object or, by way of parents, of another.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// The way there, and the column of each parent's id in the object before it.
    pub(crate) hops: Vec<(&'static Parent, usize)>,
    pub(crate) object: &'static Object,
    pub(crate) index: usize,
}

impl Column {
    pub(crate) fn field(&self) -> Option<&'static Field> {
        self.object.fields.get(self.index)
    }
}

#[derive(Debug, Clone)]
pub(super) enum Test {
    Compare {
        column: Column,
        operator: Operator,
        value: Value,
    },
    Like {
        column: Column,
        pattern: Vec<char>,
    },
    In {
        column: Column,
        negated: bool,
        values: Vec<Value>,
    },
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
}

/// Finds every name of the query in the schema.
pub(crate) fn resolve(query: Query) -> Result<Plan, SoqlError> {
    /// The most that real orgs skip.
    const FARTHEST: usize = 2_000;
    if query.offset > FARTHEST {
        return Err(SoqlError {
            code: "NUMBER_OUTSIDE_VALID_RANGE",
            message: "Maximum SOQL offset allowed is 2000".to_owned(),
            at: None,
        });
    }
    let object = Object::named(&query.from.text).ok_or_else(|| unknown_object(&query.from))?;
    let names = Names {
        object,
        alias: query.alias.map(|alias| alias.text),
    };
    let output = match query.select {
        Select::Count => Output::Count,
        Select::Fields(fields) => Output::Columns(
            distinct(&fields)?
                .iter()
                .map(|field| names.column(field))
                .collect::<Result<_, _>>()?,
        ),
    };
    let filter = query.filter.map(|filter| names.test(filter)).transpose()?;
    let order = query
        .order
        .into_iter()
        .map(|order| Ok((names.column(&order.field)?, order)))
        .collect::<Result<_, SoqlError>>()?;
    Ok(Plan {
        object,
        output,
        filter,
        order,
        limit: query.limit,
        offset: query.offset,
    })
}

/// A field that is selected twice is refused.
fn distinct(fields: &[Name]) -> Result<&[Name], SoqlError> {
    let repeated = fields.iter().enumerate().find(|(place, field)| {
        fields
            .iter()
            .take(*place)
            .any(|other| other.text.eq_ignore_ascii_case(&field.text))
    });
    match repeated {
        Some((_, field)) => Err(SoqlError::malformed(
            format!("duplicate field selected: {}", field.text),
            None,
        )),
        None => Ok(fields),
    }
}

struct Names {
    object: &'static Object,
    alias: Option<String>,
}

impl Names {
    fn column(&self, name: &Name) -> Result<Column, SoqlError> {
        let mut segments: Vec<&str> = name.text.split('.').collect();
        let field = segments.pop().unwrap_or_default();
        if segments.first().is_some_and(|first| self.is_own(first)) {
            segments.remove(0);
        }
        let mut object = self.object;
        let mut hops = Vec::new();
        for segment in segments {
            let (parent, key, next) =
                hop(object, segment).ok_or_else(|| unknown_relationship(segment, name.at))?;
            hops.push((parent, key));
            object = next;
        }
        let index = object
            .column(field)
            .ok_or_else(|| unknown_field(field, object, name.at))?;
        Ok(Column {
            hops,
            object,
            index,
        })
    }

    /// `Account.Name` and `a.Name` in a query from `Account a`; a relationship's name comes first.
    fn is_own(&self, segment: &str) -> bool {
        let is = |own: &str| own.eq_ignore_ascii_case(segment);
        self.object.parent(segment).is_none()
            && (is(self.object.name) || self.alias.as_deref().is_some_and(is))
    }

    fn test(&self, condition: Condition) -> Result<Test, SoqlError> {
        let all = |conditions: Vec<Condition>| {
            conditions
                .into_iter()
                .map(|condition| self.test(condition))
                .collect::<Result<_, _>>()
        };
        Ok(match condition {
            Condition::And(conditions) => Test::And(all(conditions)?),
            Condition::Or(conditions) => Test::Or(all(conditions)?),
            Condition::Not(condition) => Test::Not(Box::new(self.test(*condition)?)),
            Condition::Compare {
                field,
                operator,
                literal,
            } => {
                let column = self.column(&field)?;
                let value = typed(&column, &field, literal)?;
                Test::Compare {
                    column,
                    operator,
                    value,
                }
            }
            Condition::Like { field, pattern } => {
                let column = self.column(&field)?;
                typed(&column, &field, Literal::Text(String::new()))?;
                Test::Like {
                    column,
                    pattern: pattern.to_lowercase().chars().collect(),
                }
            }
            Condition::In {
                field,
                negated,
                literals,
            } => {
                let column = self.column(&field)?;
                let values = literals
                    .into_iter()
                    .map(|literal| typed(&column, &field, literal))
                    .collect::<Result<_, _>>()?;
                Test::In {
                    column,
                    negated,
                    values,
                }
            }
        })
    }
}

fn hop(
    object: &'static Object,
    segment: &str,
) -> Option<(&'static Parent, usize, &'static Object)> {
    let parent = object.parent(segment)?;
    Some((
        parent,
        object.column(parent.key)?,
        Object::named(parent.object)?,
    ))
}

/// The literal as a value of the column's type.
fn typed(column: &Column, name: &Name, literal: Literal) -> Result<Value, SoqlError> {
    let kind = column.field().map_or(Kind::Text, |field| field.kind);
    let (value, expected) = match (kind, literal) {
        (_, Literal::Null) => (Some(Value::Null), ""),
        (Kind::Text, Literal::Text(text)) => (Some(Value::Text(text)), ""),
        // Both forms of an id name the same record.
        (Kind::Id, Literal::Text(text)) => (Some(Value::Text(long_id(text))), ""),
        (Kind::Number, Literal::Number(number)) => (Some(Value::Number(number)), ""),
        (Kind::Boolean, Literal::Boolean(value)) => (Some(Value::Boolean(value)), ""),
        (Kind::Date, Literal::Date(date)) => (Some(Value::Date(date)), ""),
        (Kind::DateTime, Literal::DateTime(time)) => (Some(Value::DateTime(time)), ""),
        (Kind::Text | Kind::Id, _) => (None, "string and should be enclosed in quotes"),
        (Kind::Number, _) => (None, "double and should not be enclosed in quotes"),
        (Kind::Boolean, _) => (None, "boolean and should not be enclosed in quotes"),
        (Kind::Date, _) => (None, "date and should not be enclosed in quotes"),
        (Kind::DateTime, _) => (None, "dateTime and should not be enclosed in quotes"),
    };
    value.ok_or_else(|| SoqlError {
        code: "INVALID_FIELD",
        message: format!(
            "value of filter criterion for field '{}' must be of type {expected}",
            name.text
        ),
        at: Some(name.at),
    })
}

fn long_id(text: String) -> String {
    if text.len() == 15 && text.is_ascii() {
        let checksum = crate::ids::checksum(&text);
        return text + &checksum;
    }
    text
}

const WSDL: &str = "Please reference your WSDL or the describe call for the appropriate names.";

fn unknown_object(name: &Name) -> SoqlError {
    SoqlError {
        code: "INVALID_TYPE",
        message: format!(
            "sObject type '{}' is not supported. If you are attempting to use a custom object, be \
             sure to append the '__c' after the entity name. {WSDL}",
            name.text
        ),
        at: Some(name.at),
    }
}

fn unknown_field(field: &str, object: &Object, at: usize) -> SoqlError {
    SoqlError {
        code: "INVALID_FIELD",
        message: format!(
            "No such column '{field}' on entity '{}'. If you are attempting to use a custom field, be \
             sure to append the '__c' after the custom field name. {WSDL}",
            object.name
        ),
        at: Some(at),
    }
}

fn unknown_relationship(name: &str, at: usize) -> SoqlError {
    SoqlError {
        code: "INVALID_FIELD",
        message: format!(
            "Didn't understand relationship '{name}' in field path. If you are attempting to use a \
             custom relationship, be sure to append the '__r' after the custom relationship name. \
             {WSDL}"
        ),
        at: Some(at),
    }
}
