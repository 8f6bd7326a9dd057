//! Facts about one thing: a key, a certificate, a user.

use std::borrow::Cow;
use std::io;

use serde_json::Value;

use super::cell::cell;
use super::columns::Record;
use super::plain;
use super::table;
use crate::args::Format;

/// The facts as text. Tables are fitted to `width` characters.
pub(crate) fn facts(facts: &Record, format: Format, width: Option<u16>) -> io::Result<String> {
    Ok(match format {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(facts)?),
        Format::Jsonl => format!("{}\n", serde_json::to_string(facts)?),
        Format::Csv => csv_of(facts)?,
        Format::Table => table_of(facts, width),
    })
}

fn csv_of(facts: &Record) -> io::Result<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(facts.keys())?;
    csv.write_record(facts.values().map(|value| cell(value).into_owned()))?;
    let bytes = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// One fact below the other; lists of things are tables of their own behind them.
fn table_of(facts: &Record, width: Option<u16>) -> String {
    let longest = facts.keys().map(String::len).max().unwrap_or_default();
    let mut lines = Vec::new();
    let mut lists = Vec::new();
    for (name, value) in facts {
        match list_of_records(value) {
            Some(list) => lists.extend(list_table(&list, width)),
            None => lines.push(
                format!("{name:longest$}  {}", plain(&cell(value)))
                    .trim_end()
                    .to_owned(),
            ),
        }
    }
    lists.insert(0, lines.join("\n"));
    lists.join("\n\n") + "\n"
}

fn list_of_records(value: &Value) -> Option<Vec<&Record>> {
    value.as_array()?.iter().map(Value::as_object).collect()
}

fn list_table(list: &[&Record], width: Option<u16>) -> Option<String> {
    let headings = list.first()?.keys().map(String::as_str);
    let cells = |record: &&Record| -> Vec<String> {
        record
            .values()
            .map(|value| cell(value).into_owned())
            .collect()
    };
    let rows = list
        .iter()
        .map(cells)
        .map(|row| row.into_iter().map(Cow::Owned).collect());
    Some(table::prose(headings, rows, width))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(format: Format) -> String {
        let value = json!({
            "user": "Zoë\u{7}",
            "organization": null,
            "findings": [{"id": "open", "severity": "warn"}],
        });
        facts(value.as_object().unwrap(), format, None).unwrap()
    }

    #[test]
    fn a_table_has_a_line_for_each_fact_and_a_table_for_each_list() {
        assert_eq!(
            of(Format::Table),
            "user          Zoë\\u{7}\norganization\n\nid    severity\n───────────────\nopen  warn\n"
        );
    }

    #[test]
    fn json_keeps_the_order_of_the_facts() {
        assert_eq!(
            of(Format::Jsonl),
            "{\"user\":\"Zoë\\u0007\",\"organization\":null,\"findings\":[{\"id\":\"open\",\"severity\":\"warn\"}]}\n"
        );
    }

    #[test]
    fn csv_is_a_heading_and_one_row() {
        let text = of(Format::Csv);
        assert!(
            text.starts_with("user,organization,findings\nZoë\u{7},,"),
            "{text}"
        );
    }
}
