//! The columns of a query, from the list between SELECT and FROM.
//!
//! Records alone do not tell them: a parent that is null hides its fields. This is a light reading
//! of SOQL and no parser of it: what it does not understand becomes a column when the records of
//! the first page show it.

use serde_json::{Map, Value};

pub(crate) type Record = Map<String, Value>;

/// One column: its heading, and the way to its value in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    path: Vec<String>,
}

/// The columns of `soql`, in the order of its SELECT list, then what else the records of the first
/// page hold.
pub(crate) fn columns(soql: &str, first_page: &[Record]) -> Vec<Column> {
    let mut columns = select_list(soql);
    for record in first_page {
        add_unseen(&mut columns, "", record);
    }
    columns
}

impl Column {
    fn new(name: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.split('.').map(str::to_owned).collect(),
        }
    }

    /// The value in `record`, or null if a parent on the way is null.
    pub(crate) fn value<'a>(&self, record: &'a Record) -> &'a Value {
        let mut found = None;
        let mut inside = Some(record);
        for name in &self.path {
            found = inside.and_then(|record| member(record, name));
            inside = found.and_then(Value::as_object);
        }
        found.unwrap_or(&Value::Null)
    }

    /// Whether `name`, dotted, is this column or one of the parents on the way to it.
    fn covers(&self, name: &str) -> bool {
        let mut path = self.path.iter();
        name.split('.').all(|part| {
            path.next()
                .is_some_and(|own| own.eq_ignore_ascii_case(part))
        })
    }
}

/// A member by its name, which SOQL spells in any case.
fn member<'a>(record: &'a Record, name: &str) -> Option<&'a Value> {
    record.get(name).or_else(|| {
        let mut members = record.iter();
        members.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    })
}

fn add_unseen(columns: &mut Vec<Column>, prefix: &str, record: &Record) {
    for (key, value) in record.iter().filter(|(key, _)| *key != "attributes") {
        let name = format!("{prefix}{key}");
        match value.as_object() {
            Some(parent) if is_parent(parent) => add_unseen(columns, &format!("{name}."), parent),
            _ if columns.iter().any(|column| column.covers(&name)) => {}
            _ => columns.push(Column::new(&name, &name)),
        }
    }
}

/// Parents are records, with `attributes`; compound fields (addresses) and subqueries are not.
fn is_parent(value: &Record) -> bool {
    value.contains_key("attributes") && !value.contains_key("records")
}

fn select_list(soql: &str) -> Vec<Column> {
    let Some((list, rest)) = split_select(soql) else {
        return Vec::new();
    };
    let items = split_at_commas(list);
    let grouped = items.iter().any(|item| is_aggregate(item))
        || rest
            .to_ascii_lowercase()
            .split_whitespace()
            .any(|word| word == "group");
    let mut unnamed = 0;
    let column = |item: &&str| column_of(item, grouped, &mut unnamed);
    items.iter().filter_map(column).collect()
}

/// One item of the list. Answers to grouped queries are flat: aliases count, unnamed aggregates
/// are `expr0`, `expr1`, and a parent's field goes by its last name.
fn column_of(item: &str, grouped: bool, unnamed: &mut usize) -> Option<Column> {
    if let Some(subquery) = item.strip_prefix('(') {
        return subquery_column(subquery);
    }
    if let Some((function, rest)) = item.split_once('(') {
        let (argument, alias) = rest.rsplit_once(')')?;
        return function_column(function.trim(), argument.trim(), alias.trim(), unnamed);
    }
    let words: Vec<&str> = item.split_whitespace().collect();
    match words.as_slice() {
        [field] if grouped => Some(Column::new(field, field.rsplit('.').next()?)),
        [field] => Some(Column::new(field, field)),
        [_, alias] if grouped => Some(Column::new(alias, alias)),
        // TYPEOF: the records show what came.
        _ => None,
    }
}

/// A subquery goes by the relationship behind its FROM.
fn subquery_column(subquery: &str) -> Option<Column> {
    let words = subquery.split(|c: char| c.is_whitespace() || c == ')');
    let mut words = words.filter(|word| !word.is_empty());
    words.find(|word| word.eq_ignore_ascii_case("from"))?;
    words.next().map(|name| Column::new(name, name))
}

fn function_column(
    function: &str,
    argument: &str,
    alias: &str,
    unnamed: &mut usize,
) -> Option<Column> {
    if !alias.is_empty() {
        return Some(Column::new(alias, alias));
    }
    match function.to_ascii_lowercase().as_str() {
        "fields" => None,
        "tolabel" | "format" | "convertcurrency" => Some(Column::new(argument, argument)),
        _ => {
            let name = format!("expr{unnamed}");
            *unnamed += 1;
            Some(Column::new(&name, &name))
        }
    }
}

fn is_aggregate(item: &str) -> bool {
    const AGGREGATES: [&str; 6] = ["avg", "count", "count_distinct", "max", "min", "sum"];
    item.split_once('(').is_some_and(|(function, _)| {
        AGGREGATES.contains(&function.trim().to_ascii_lowercase().as_str())
    })
}

/// What stands between SELECT and its own FROM, and what stands behind.
fn split_select(soql: &str) -> Option<(&str, &str)> {
    let soql = soql.trim_start();
    let list = soql.get("select".len()..)?;
    if !soql.get(.."select".len())?.eq_ignore_ascii_case("select") {
        return None;
    }
    let mut depth = 0_usize;
    let mut word_start = 0;
    for (at, c) in list.char_indices() {
        if c.is_whitespace() || c == '(' || c == ')' || c == ',' {
            let word = list.get(word_start..at)?;
            if depth == 0 && word.eq_ignore_ascii_case("from") {
                return Some((list.get(..word_start)?, list.get(at..)?));
            }
            word_start = at + c.len_utf8();
        }
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn split_at_commas(list: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    list.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|item| !item.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(value: &Value) -> Record {
        value.as_object().unwrap().clone()
    }

    fn names(soql: &str, first_page: &[Value]) -> Vec<String> {
        let first_page: Vec<Record> = first_page.iter().map(record).collect();
        columns(soql, &first_page)
            .into_iter()
            .map(|column| column.name)
            .collect()
    }

    #[test]
    fn columns_stand_in_the_order_of_the_select_list() {
        let soql = "SELECT Name, Owner.Name,Id FROM Account";
        let row = json!({"Id": "1", "Name": "n", "Owner": {"attributes": {}, "Name": "o"}});
        assert_eq!(names(soql, &[row]), ["Name", "Owner.Name", "Id"]);
    }

    #[test]
    fn a_parent_that_is_null_in_the_first_rows_keeps_its_columns() {
        let soql = "SELECT Id, Parent.Owner.Name FROM Account";
        let row = json!({"Id": "1", "Parent": null});
        assert_eq!(
            names(soql, std::slice::from_ref(&row)),
            ["Id", "Parent.Owner.Name"]
        );
        let columns = columns(soql, &[]);
        assert_eq!(columns[1].value(&record(&row)), &Value::Null);
        let later = json!({"Id": "2", "Parent": {"Owner": {"Name": "o"}}});
        assert_eq!(columns[1].value(&record(&later)), "o");
    }

    #[test]
    fn keywords_and_fields_may_be_written_in_any_case_and_over_lines() {
        let soql = "  select\n\tid,\n name\nfrom Account";
        assert_eq!(
            names(soql, &[json!({"Id": "1", "Name": "n"})]),
            ["id", "name"]
        );
        assert_eq!(
            columns(soql, &[])[0].value(&record(&json!({"Id": "1"}))),
            "1"
        );
    }

    #[test]
    fn a_subquery_is_one_column_and_its_own_from_ends_nothing() {
        let soql = "SELECT Id, (SELECT Id, Name FROM Contacts), Name FROM Account";
        assert_eq!(names(soql, &[]), ["Id", "Contacts", "Name"]);
    }

    #[test]
    fn aggregates_go_by_their_alias_or_by_number_and_grouped_parents_by_their_last_name() {
        let soql = "SELECT Owner.Name, COUNT(Id) total, MAX(Rating), MIN(Rating) FROM Account GROUP BY Owner.Name";
        let row = json!({"attributes": {}, "Name": "o", "total": 1, "expr0": 2, "expr1": 1});
        assert_eq!(
            names(soql, std::slice::from_ref(&row)),
            ["Owner.Name", "total", "expr0", "expr1"]
        );
        assert_eq!(columns(soql, &[])[0].value(&record(&row)), "o");
    }

    #[test]
    fn a_label_goes_by_its_field_and_a_field_called_from_something_ends_nothing() {
        let soql = "SELECT toLabel(Status), FromAddress, Valid_From__c FROM EmailMessage";
        assert_eq!(names(soql, &[]), ["Status", "FromAddress", "Valid_From__c"]);
    }

    #[test]
    fn what_the_list_does_not_tell_comes_from_the_records() {
        let soql = "SELECT FIELDS(ALL), TYPEOF What WHEN Account THEN Phone END FROM Event LIMIT 2";
        let rows = [
            json!({"attributes": {}, "Id": "1", "What": {"attributes": {}, "Phone": "1"}}),
            json!({"attributes": {}, "Id": "2", "Note": null}),
        ];
        assert_eq!(names(soql, &rows), ["Id", "What.Phone", "Note"]);
    }

    #[test]
    fn an_address_is_one_column() {
        let soql = "SELECT BillingAddress FROM Account";
        let row = json!({"BillingAddress": {"city": "Ulm"}});
        assert_eq!(names(soql, &[row]), ["BillingAddress"]);
    }

    #[test]
    fn text_that_is_no_query_has_the_columns_of_its_records() {
        for soql in ["", "SELECT", "SELECT Id", "FIND {x}", "sélect Id FROM A"] {
            assert_eq!(names(soql, &[json!({"A": 1})]), ["A"], "{soql}");
        }
    }
}
