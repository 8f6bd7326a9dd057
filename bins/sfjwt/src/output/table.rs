//! Tables for a terminal.

use std::borrow::Cow;

use comfy_table::{ContentArrangement, LineStyle, Row, Table, TableStyle};

use super::plain;

/// The longest text shown in a cell: identifiers, names and URLs fit, descriptions do not.
const WIDEST_CELL: usize = 80;

/// Under so many characters a column, fitting the terminal would leave nothing to read.
const NARROWEST_COLUMN: usize = 8;

/// Prose is broken at this width if the terminal does not tell its own.
const PROSE: u16 = 100;

const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table of data: a line for each row, fitted to `width` characters where that can be read.
pub(crate) fn data<'a>(
    headings: impl IntoIterator<Item = &'a str>,
    rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>,
    width: Option<u16>,
) -> String {
    let one_line = |cells: Vec<Cow<'_, str>>| {
        let mut row = row(cells.iter().map(|cell| shortened(&plain(cell))));
        row.max_height(1);
        row
    };
    let headings: Vec<Cow<'_, str>> = headings.into_iter().map(Cow::Borrowed).collect();
    let columns = headings.len();
    let mut table = Table::new();
    if columns > 0 {
        table.set_header(one_line(headings));
    }
    table.add_rows(rows.into_iter().map(one_line));
    let readable = |width: &u16| usize::from(*width) >= columns * NARROWEST_COLUMN;
    rendered(table, width.filter(readable))
}

/// A table of sentences, which are broken into lines and never shortened.
pub(crate) fn prose<'a>(
    headings: impl IntoIterator<Item = &'a str>,
    rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>,
    width: Option<u16>,
) -> String {
    let mut table = Table::new();
    table.set_header(row(headings.into_iter().map(str::to_owned)));
    let cells = |cells: Vec<Cow<'_, str>>| row(cells.iter().map(|cell| plain(cell)));
    table.add_rows(rows.into_iter().map(cells));
    rendered(table, width.or(Some(PROSE)))
}

fn rendered(mut table: Table, width: Option<u16>) -> String {
    table.load_style(STYLE).set_truncation_indicator("…");
    if let Some(width) = width {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    for column in table.column_iter_mut() {
        // One more space stands between columns where other styles have a line.
        column.set_padding((0, 1));
    }
    table.trim_fmt()
}

fn row(cells: impl Iterator<Item = String>) -> Row {
    cells.collect::<Vec<_>>().into()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(WIDEST_CELL) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[[&'static str; 2]], width: Option<u16>) -> String {
        let rows = rows
            .iter()
            .map(|row| row.iter().copied().map(Cow::Borrowed).collect());
        data(["Id", "Name"], rows.collect::<Vec<_>>(), width)
    }

    #[test]
    fn columns_are_aligned_under_their_headings() {
        assert_eq!(
            of(&[["1", "a"], ["22", "b"]], None),
            "Id  Name\n─────────\n1   a\n22  b"
        );
    }

    #[test]
    fn a_row_is_one_line_however_long_its_cells_are() {
        let long: &'static str = "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z";
        let fitted = of(&[["1", long]], Some(40));
        assert_eq!(fitted.lines().count(), 3, "{fitted}");
        assert!(
            fitted.lines().all(|line| line.chars().count() <= 40),
            "{fitted}"
        );
        assert!(of(&[["1", long]], None).ends_with('…'));
    }

    #[test]
    fn sentences_are_broken_and_never_shortened() {
        let evidence = ["the key is in memory ".repeat(9).trim().to_owned()];
        let rows = [evidence
            .iter()
            .map(|text| Cow::Borrowed(text.as_str()))
            .collect()];
        let text = prose(["evidence"], rows, Some(40));
        assert!(
            text.lines().all(|line| line.chars().count() <= 40),
            "{text}"
        );
        assert_eq!(text.matches("memory").count(), 9, "{text}");
    }
}
