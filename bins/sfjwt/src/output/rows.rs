//! Rows of a query, page by page, in the format that was asked for.

use std::io::{self, Write};

use super::blocks::Blocks;
use super::cell::{cell, drop_attributes};
use super::columns::{Column, Record, columns};
use super::table;
use crate::args::Format;

/// Encodes the rows of one query. Nothing is kept but the columns and at most one row.
#[derive(Debug)]
pub(crate) struct Rows {
    format: Format,
    soql: String,
    width: Option<u16>,
    columns: Option<Vec<Column>>,
    /// The last row of a JSON array, which does not know yet whether a comma follows.
    held_back: Option<Vec<u8>>,
    blocks: Blocks,
}

impl Rows {
    /// Rows of `soql`; tables are fitted to `width` characters.
    pub(crate) fn new(format: Format, soql: &str, width: Option<u16>) -> Self {
        Self {
            format,
            soql: soql.to_owned(),
            width,
            columns: None,
            held_back: None,
            blocks: Blocks::default(),
        }
    }

    /// Encodes one page.
    pub(crate) fn page(&mut self, records: Vec<Record>) -> io::Result<Vec<Vec<u8>>> {
        match self.format {
            Format::Csv => self.csv(&records)?,
            Format::Table => self.table(&records)?,
            Format::Json => self.json(records)?,
            Format::Jsonl => self.json_lines(records)?,
        }
        Ok(self.blocks.take())
    }

    /// What comes after the last row.
    pub(crate) fn end(&mut self) -> io::Result<Vec<Vec<u8>>> {
        match (self.format, self.held_back.take()) {
            (Format::Json, Some(last)) => {
                self.blocks.write_all(&last)?;
                self.blocks.write_all(b"\n]\n")?;
            }
            (Format::Json, None) => self.blocks.write_all(b"[]\n")?,
            // A result without rows still has a heading.
            (Format::Csv, None) if self.columns.is_none() => self.csv(&[])?,
            _ => {}
        }
        self.blocks.flush()?;
        Ok(self.blocks.take())
    }

    fn csv(&mut self, records: &[Record]) -> io::Result<()> {
        let heading = self.columns.is_none();
        let columns = self
            .columns
            .get_or_insert_with(|| columns(&self.soql, records));
        let mut csv = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(&mut self.blocks);
        if heading && !columns.is_empty() {
            csv.write_record(columns.iter().map(|column| &column.name))?;
            csv.flush()?;
        }
        for record in records {
            let values = columns.iter().map(|column| cell(column.value(record)));
            for value in values {
                csv.write_field(value.as_bytes())?;
            }
            csv.write_record(None::<&[u8]>)?;
            csv.flush()?;
        }
        Ok(())
    }

    fn table(&mut self, records: &[Record]) -> io::Result<()> {
        let columns = self
            .columns
            .get_or_insert_with(|| columns(&self.soql, records));
        let headings = columns.iter().map(|column| column.name.as_str());
        let rows = records.iter().map(|record| {
            let values = columns.iter().map(|column| cell(column.value(record)));
            values.collect::<Vec<_>>()
        });
        for line in table::data(headings, rows, self.width).lines() {
            writeln!(self.blocks, "{line}")?;
            self.blocks.flush()?;
        }
        Ok(())
    }

    fn json(&mut self, records: Vec<Record>) -> io::Result<()> {
        for mut record in records {
            drop_attributes(&mut record);
            let row = serde_json::to_vec(&record)?;
            match self.held_back.replace(row) {
                Some(before) => {
                    self.blocks.write_all(&before)?;
                    self.blocks.write_all(b",\n")?;
                }
                None => self.blocks.write_all(b"[\n")?,
            }
            self.blocks.flush()?;
        }
        Ok(())
    }

    fn json_lines(&mut self, records: Vec<Record>) -> io::Result<()> {
        for mut record in records {
            drop_attributes(&mut record);
            serde_json::to_writer(&mut self.blocks, &record)?;
            self.blocks.write_all(b"\n")?;
            self.blocks.flush()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SOQL: &str = "SELECT Name, Owner.Name FROM Account";

    fn encoded(format: Format, pages: &[&[Value]]) -> String {
        let mut rows = Rows::new(format, SOQL, None);
        let mut blocks = Vec::new();
        for page in pages {
            let records = page.iter().map(|value| value.as_object().unwrap().clone());
            blocks.extend(rows.page(records.collect()).unwrap());
        }
        blocks.extend(rows.end().unwrap());
        assert!(
            blocks.iter().all(|block| block.ends_with(b"\n")),
            "a line is cut in two"
        );
        String::from_utf8(blocks.concat()).unwrap()
    }

    fn account(name: &str, owner: Option<&str>) -> Value {
        let owner = owner.map(|name| json!({"attributes": {"type": "User"}, "Name": name}));
        json!({"attributes": {"type": "Account"}, "Name": name, "Owner": owner})
    }

    #[test]
    fn csv_quotes_what_needs_it_and_leaves_a_null_parent_empty() {
        let pages: [&[Value]; 2] = [&[account("a,\"b\"\nc", None)], &[account("d", Some("o"))]];
        assert_eq!(
            encoded(Format::Csv, &pages),
            "Name,Owner.Name\n\"a,\"\"b\"\"\nc\",\nd,o\n"
        );
    }

    #[test]
    fn csv_without_rows_has_its_heading() {
        assert_eq!(encoded(Format::Csv, &[&[]]), "Name,Owner.Name\n");
        assert_eq!(encoded(Format::Csv, &[]), "Name,Owner.Name\n");
    }

    #[test]
    fn json_is_one_array_whatever_the_pages() {
        for pages in [
            &[][..],
            &[&[][..]],
            &[&[account("a", None)], &[account("b", None)]],
        ] {
            let text = encoded(Format::Json, pages);
            let array: Vec<Value> = serde_json::from_str(&text).unwrap();
            assert_eq!(array.len(), pages.concat().len());
        }
    }

    #[test]
    fn json_lines_keep_the_order_of_members_and_lose_attributes() {
        assert_eq!(
            encoded(Format::Jsonl, &[&[account("a", Some("o"))]]),
            "{\"Name\":\"a\",\"Owner\":{\"Name\":\"o\"}}\n"
        );
    }

    #[test]
    fn a_table_shows_cells_that_cannot_steer_the_terminal() {
        let text = encoded(Format::Table, &[&[account("\u{1b}[2J", None)]]);
        assert!(
            text.contains("\\u{1b}[2J") && !text.contains('\u{1b}'),
            "{text}"
        );
    }
}
