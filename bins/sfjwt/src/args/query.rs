//! `sfjwt query`.

use clap::Args;

/// Run a SOQL query and print its rows
///
/// Rows are written while the next page is being fetched, so a result of any size needs the same
/// little memory. Fields of parents become columns such as `Owner.Name`, in the order of the
/// SELECT list; what has no columns of its own, such as a subquery, is written as JSON.
/// COUNT() prints the number.
///
/// CSV is quoted as RFC 4180 says and leaves the data as it is: a cell that begins with `=`, `+`, `-` or
/// `@` stays so. Do not open it in a spreadsheet unless you trust who wrote the data.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  sfjwt query 'SELECT Id, Name, Owner.Name FROM Account LIMIT 5'
  sfjwt query 'SELECT Id, Name FROM Account' --output csv > accounts.csv
  sfjwt query 'SELECT COUNT() FROM Contact'
  sfjwt query --all - < deleted-too.soql | jq .Name")]
pub(crate) struct Query {
    /// The query, or - to read it from stdin
    #[arg(value_name = "SOQL")]
    pub(crate) soql: String,
    /// Include deleted and archived rows (queryAll)
    #[arg(long)]
    pub(crate) all: bool,
    /// Rows on a page, 200 to 2000; Salesforce takes it as a wish
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(200..=2000))]
    pub(crate) batch_size: Option<u16>,
}
