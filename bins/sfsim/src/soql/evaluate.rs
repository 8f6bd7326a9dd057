//! A plan into rows.

use std::{cmp::Ordering, ops::Range, sync::Arc};

use super::{
    Operator, Plan,
    resolve::{Column, Test},
};
use crate::records::{Database, Value};

/// The rows of an answer, in order.
#[derive(Debug, Clone)]
pub(crate) enum Selection {
    /// Nothing was filtered or sorted: no row had to be looked at.
    Run(Range<usize>),
    Picked(Arc<[usize]>),
}

impl Selection {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Run(rows) => rows.len(),
            Self::Picked(rows) => rows.len(),
        }
    }

    /// Some of the rows, by their place in the answer.
    pub(crate) fn page(&self, places: Range<usize>) -> Vec<usize> {
        let places = places.start.min(self.len())..places.end.min(self.len());
        match self {
            Self::Run(rows) => (rows.start + places.start..rows.start + places.end).collect(),
            Self::Picked(rows) => rows.get(places).unwrap_or_default().to_vec(),
        }
    }
}

/// Finds the rows; `deleted` adds those in the recycle bin.
pub(crate) fn select(plan: &Plan, database: &Database, deleted: bool) -> Selection {
    let table = database.table(plan.object);
    let all = 0..if deleted { table.len() } else { table.live() };
    if plan.filter.is_none() && plan.order.is_empty() {
        let start = plan.offset.min(all.end);
        let length = plan.limit.unwrap_or(usize::MAX).min(all.end - start);
        return Selection::Run(start..start + length);
    }
    let filter = plan.filter.as_ref();
    let mut rows: Vec<usize> = all
        .filter(|&row| filter.is_none_or(|test| test.holds(plan, database, row)))
        .collect();
    sort(plan, database, &mut rows);
    let rows = rows
        .into_iter()
        .skip(plan.offset)
        .take(plan.limit.unwrap_or(usize::MAX));
    Selection::Picked(rows.collect())
}

impl Column {
    /// The field's value in this row; null where a parent is missing on the way.
    pub(crate) fn value(&self, start: &Plan, database: &Database, row: usize) -> Value {
        match self.row(start, database, row) {
            Some(row) => database.table(self.object).value(row, self.index),
            None => Value::Null,
        }
    }

    fn row(&self, start: &Plan, database: &Database, row: usize) -> Option<usize> {
        let mut object = start.object;
        let mut row = row;
        for (parent, key) in &self.hops {
            let id = database.table(object).value(row, *key);
            object = crate::records::Object::named(parent.object)?;
            row = database.table(object).find(id.as_text()?)?;
        }
        Some(row)
    }
}

impl Test {
    fn holds(&self, plan: &Plan, database: &Database, row: usize) -> bool {
        let value = |column: &Column| column.value(plan, database, row);
        match self {
            Self::And(tests) => tests.iter().all(|test| test.holds(plan, database, row)),
            Self::Or(tests) => tests.iter().any(|test| test.holds(plan, database, row)),
            Self::Not(test) => !test.holds(plan, database, row),
            Self::Compare {
                column,
                operator,
                value: literal,
            } => operator.holds(&value(column), literal),
            Self::Like { column, pattern } => value(column).as_text().is_some_and(|text| {
                let text: Vec<char> = text.to_lowercase().chars().collect();
                is_like(&text, pattern)
            }),
            Self::In {
                column,
                negated,
                values,
            } => {
                let value = value(column);
                let found = values
                    .iter()
                    .any(|literal| Operator::Equal.holds(&value, literal));
                found != *negated
            }
        }
    }
}

impl Operator {
    /// Null equals null and differs from everything else; it is neither less nor greater.
    fn holds(self, value: &Value, literal: &Value) -> bool {
        let both_null = *value == Value::Null && *literal == Value::Null;
        let order = value.compare(literal);
        match self {
            Self::Equal => both_null || order == Some(Ordering::Equal),
            Self::NotEqual => !both_null && order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        }
    }
}

/// `%` is any text, `_` any one letter. Linear in the text for each `%`, without recursion.
fn is_like(text: &[char], pattern: &[char]) -> bool {
    let (mut at, mut next) = (0, 0);
    let mut last_percent: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(at) {
        match pattern.get(next) {
            Some('%') => {
                last_percent = Some((next, at));
                next += 1;
            }
            Some(wanted) if *wanted == '_' || wanted == letter => {
                at += 1;
                next += 1;
            }
            _ => match &mut last_percent {
                // Give the last `%` one letter more and try again.
                Some((percent, swallowed)) => {
                    *swallowed += 1;
                    at = *swallowed;
                    next = *percent + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(next).all(|&letter| letter == '%')
}

fn sort(plan: &Plan, database: &Database, rows: &mut Vec<usize>) {
    if plan.order.is_empty() {
        return;
    }
    let keys = |row: usize| -> Vec<Value> {
        plan.order
            .iter()
            .map(|(column, _)| column.value(plan, database, row))
            .collect()
    };
    let mut keyed: Vec<_> = rows.iter().map(|&row| (keys(row), row)).collect();
    keyed.sort_by(|(left, _), (right, _)| {
        left.iter()
            .zip(right)
            .zip(&plan.order)
            .map(|((left, right), (_, order))| ordered(left, right, order))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    *rows = keyed.into_iter().map(|(_, row)| row).collect();
}

fn ordered(left: &Value, right: &Value, order: &super::Order) -> Ordering {
    let (left_null, right_null) = (*left == Value::Null, *right == Value::Null);
    if left_null != right_null {
        let first = if left_null {
            Ordering::Less
        } else {
            Ordering::Greater
        };
        return if order.nulls_last {
            first.reverse()
        } else {
            first
        };
    }
    let ascending = left.compare(right).unwrap_or(Ordering::Equal);
    if order.descending {
        ascending.reverse()
    } else {
        ascending
    }
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
