//! One value in one cell of a table or of CSV.

use std::borrow::Cow;

use serde_json::Value;

use super::columns::Record;

/// Text as it is, nothing for null, and JSON for what has parts of its own.
pub(crate) fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(_) | Value::Number(_) => Cow::Owned(value.to_string()),
        Value::Array(_) | Value::Object(_) => {
            let mut value = value.clone();
            drop_attributes_of(&mut value);
            Cow::Owned(value.to_string())
        }
    }
}

/// Removes `attributes`, the type and URL that Salesforce puts into every record.
pub(crate) fn drop_attributes(record: &mut Record) {
    record.shift_remove("attributes");
    record.values_mut().for_each(drop_attributes_of);
}

fn drop_attributes_of(value: &mut Value) {
    match value {
        Value::Object(record) => drop_attributes(record),
        Value::Array(values) => values.iter_mut().for_each(drop_attributes_of),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_is_an_empty_cell_and_text_stays_as_it_is() {
        assert_eq!(cell(&Value::Null), "");
        assert_eq!(cell(&json!("=1+1")), "=1+1");
        assert_eq!(cell(&json!(1.5)), "1.5");
    }

    #[test]
    fn what_has_parts_is_json_without_attributes() {
        let value = json!({"records": [{"attributes": {"type": "Contact"}, "Id": "1"}]});
        assert_eq!(cell(&value), r#"{"records":[{"Id":"1"}]}"#);
    }
}
