//! SOQL queries, page by page.
//!
//! While a page is consumed the next one is on its way, so two pages are in memory and never three.
//! Rows stay the text that came: nobody pays for a tree that nobody walks.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use sfjwt_transport::{HeaderName, HeaderValue};
use tokio::task::JoinSet;
use url::form_urlencoded;

use crate::{ApiRequest, Client, ClientError};

/// The longest URI that Salesforce takes, in bytes (414 beyond it).
const LONGEST_URI: usize = 16_384;

/// The largest page: 2,000 rows of 32 KiB each.
const PAGE_CAP: u64 = 64 * 1024 * 1024;

/// How to run a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// Also deleted and archived rows (`queryAll`).
    pub all: bool,
    /// Rows per page, 200 to 2,000, which Salesforce takes as a wish. Without it, 2,000.
    pub batch_size: Option<u16>,
}

/// Some rows of a result.
#[derive(Debug)]
pub struct Page {
    /// The rows: JSON objects, as they came.
    pub records: Vec<Box<RawValue>>,
}

/// The rows of a query, as they come. Dropping it stops the page that is on its way.
#[derive(Debug)]
pub struct QueryStream {
    fetcher: Fetcher,
    next: Next,
    total_size: u64,
    received: u64,
    /// `SELECT COUNT()` announces a number and delivers no rows.
    counts_only: bool,
}

/// What the next call will see.
#[derive(Debug)]
enum Next {
    Page(WirePage),
    /// One task; dropping the set stops it.
    Coming(JoinSet<Result<WirePage, ClientError>>),
    End,
    Failed(Arc<ClientError>),
}

/// One page on the wire (REST API Developer Guide, "Query").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePage {
    total_size: u64,
    done: bool,
    next_records_url: Option<String>,
    records: Vec<Box<RawValue>>,
}

impl Client {
    /// Runs a SOQL query. A query that Salesforce refuses is an error here; pages follow with
    /// [`QueryStream::next_page`].
    pub async fn query(
        &self,
        soql: &str,
        options: QueryOptions,
    ) -> Result<QueryStream, ClientError> {
        let fetcher = Fetcher {
            client: self.clone(),
            batch_size: options.batch_size.map(batch_size).transpose()?,
        };
        let first = fetcher.fetch(self.query_path(soql, options.all)?).await?;
        Ok(QueryStream {
            fetcher,
            total_size: first.total_size,
            received: 0,
            counts_only: first.records.is_empty() && is_count(soql),
            next: Next::Page(first),
        })
    }

    fn query_path(&self, soql: &str, all: bool) -> Result<String, ClientError> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("q", soql)
            .finish();
        let resource = if all { "queryAll" } else { "query" };
        let path = format!("{}?{query}", self.data_path(resource));
        if path.len() > LONGEST_URI {
            return Err(ClientError::UriTooLong { bytes: path.len() });
        }
        Ok(path)
    }
}

impl QueryStream {
    /// The number of rows that the query announced. For `SELECT COUNT()` it is the result.
    pub fn total_size(&self) -> u64 {
        self.total_size
    }

    /// Whether the query is `SELECT COUNT()`, whose result is [`total_size`](Self::total_size) and
    /// which has no rows.
    pub fn counts_only(&self) -> bool {
        self.counts_only
    }

    /// The next rows; `None` when all announced rows were delivered. After an error every call
    /// reports that error again: it never looks like the end. May be dropped while it waits, and
    /// called again, without losing a row.
    pub async fn next_page(&mut self) -> Result<Option<Page>, ClientError> {
        if let Next::Coming(task) = &mut self.next {
            self.next = match task.join_next().await {
                Some(Ok(Ok(page))) => Next::Page(page),
                Some(Ok(Err(error))) => Next::Failed(Arc::new(error)),
                Some(Err(_)) | None => Next::Failed(Arc::new(ClientError::Aborted)),
            };
        }
        match std::mem::replace(&mut self.next, Next::End) {
            Next::Page(page) => Ok(Some(self.deliver(page))),
            Next::Failed(error) => {
                self.next = Next::Failed(error.clone());
                Err(ClientError::Shared(error))
            }
            Next::End | Next::Coming(_) => Ok(None),
        }
    }

    /// Hands out a page and prepares what comes behind it. What is wrong with the rest is told
    /// behind the rows that are right.
    fn deliver(&mut self, page: WirePage) -> Page {
        self.received += page.records.len() as u64;
        self.next = match self.following(&page) {
            Ok(None) => Next::End,
            Ok(Some(path)) => Next::Coming(self.fetcher.spawn(path)),
            Err(error) => Next::Failed(Arc::new(error)),
        };
        Page {
            records: page.records,
        }
    }

    /// The path of the page behind this one; `None` if this was the last, and all rows are here.
    fn following(&self, page: &WirePage) -> Result<Option<String>, ClientError> {
        let short = self.received < self.total_size && !self.counts_only;
        let surplus = self.received > self.total_size;
        match (&page.next_records_url, page.done) {
            _ if surplus => Err(self.row_count()),
            (_, true) if short => Err(self.row_count()),
            (_, true) => Ok(None),
            // A page without rows that is not the last could go round for ever.
            (Some(path), false) if !page.records.is_empty() => Ok(Some(path.clone())),
            _ => Err(self.row_count()),
        }
    }

    fn row_count(&self) -> ClientError {
        ClientError::RowCount {
            announced: self.total_size,
            received: self.received,
        }
    }
}

/// Gets pages.
#[derive(Clone, Debug)]
struct Fetcher {
    client: Client,
    batch_size: Option<HeaderValue>,
}

impl Fetcher {
    async fn fetch(&self, path: String) -> Result<WirePage, ClientError> {
        let mut request = ApiRequest::get(path).cap(PAGE_CAP);
        if let Some(batch_size) = &self.batch_size {
            let name = HeaderName::from_static("sforce-query-options");
            request = request.header(name, batch_size.clone());
        }
        self.client.send(request).await?.json()
    }

    fn spawn(&self, path: String) -> JoinSet<Result<WirePage, ClientError>> {
        let fetcher = self.clone();
        let mut task = JoinSet::new();
        task.spawn(async move { fetcher.fetch(path).await });
        task
    }
}

fn batch_size(rows: u16) -> Result<HeaderValue, ClientError> {
    let unusable = |problem: &str| ClientError::Setting {
        setting: "batch_size",
        problem: problem.to_owned(),
    };
    if !(200..=2000).contains(&rows) {
        return Err(unusable("it must be between 200 and 2000"));
    }
    HeaderValue::try_from(format!("batchSize={rows}")).map_err(|_| unusable("it is no header"))
}

/// Whether a query is `SELECT COUNT() ...`, with nothing between the parentheses.
fn is_count(soql: &str) -> bool {
    let dense: String = soql.chars().filter(|c| !c.is_whitespace()).collect();
    dense
        .get(..13)
        .is_some_and(|start| start.eq_ignore_ascii_case("SELECTCOUNT()"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_told_from_a_query_for_rows() {
        assert!(is_count("select  count ( )\nFROM Account"));
        assert!(!is_count("SELECT COUNT(Id) FROM Account"));
        assert!(!is_count("SELECT Id FROM Account"));
        assert!(!is_count("é"));
    }

    #[test]
    fn a_batch_size_outside_of_the_documented_range_is_refused() {
        assert!(batch_size(199).is_err() && batch_size(2001).is_err());
        assert_eq!(batch_size(200).unwrap(), "batchSize=200");
    }
}
