//! `sfjwt query`: the rows of a SOQL query, as they come.

use std::path::Path;

use serde_json::value::RawValue;
use sfjwt_client::{Page, QueryOptions};

use crate::args::{Format, Query};
use crate::config::Settings;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Record, note, print_line};
use crate::{input, runtime, session};

pub(crate) fn run(args: &Query, settings: &Settings, output: &Output) -> Result<(), Failure> {
    let soql = match args.soql.as_str() {
        "-" => input::text_from(Path::new("-"))?.trim().to_owned(),
        soql => soql.to_owned(),
    };
    let options = QueryOptions {
        all: args.all,
        batch_size: args.batch_size,
    };
    let client = session::client(settings)?;
    runtime::run(async {
        let mut rows = client.query(&soql, options).await?;
        if rows.counts_only() {
            return print_line(&rows.total_size().to_string());
        }
        let mut printer = output.rows(&soql, rows.total_size());
        loop {
            let page = rows.next_page().await.map_err(Failure::from);
            match page.and_then(|page| page.map(records).transpose()) {
                Ok(Some(records)) => printer.page(records).await?,
                Ok(None) => break printer.end().await?,
                Err(failure) => {
                    // The rows that came are right: they are written before the error is told.
                    printer.stop().await?;
                    return Err(failure);
                }
            }
        }
        if output.format() == Format::Table {
            note(&format!("{} rows", rows.total_size()));
        }
        Ok(())
    })
}

fn records(page: Page) -> Result<Vec<Record>, Failure> {
    let record = |row: Box<RawValue>| serde_json::from_str(row.get());
    let records: Result<Vec<Record>, _> = page.records.into_iter().map(record).collect();
    records.map_err(|error| {
        Failure::new(
            Exit::Refused,
            format!("a row is not a JSON object: {error}"),
            "check the host: another server seems to have answered",
        )
    })
}
