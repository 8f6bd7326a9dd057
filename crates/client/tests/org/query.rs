//! Queries: every announced row or an error, and the next page on its way.

use std::time::Duration;

use serde::Deserialize;
use sfjwt_client::{ClientError, QueryOptions, QueryStream};
use sfjwt_signer::Class;
use sfsim::{Fault, Faults, Kind, Scope, Setup};

use crate::support::{QUERY, World, inner};

const SOQL: &str = "SELECT Id, Name FROM Account ORDER BY Id";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Account {
    id: String,
}

/// A world with accounts and faults on data requests.
async fn world(accounts: u64, faults: Faults) -> World {
    World::start(Setup::new().accounts(accounts).faults(faults), |_| ()).await
}

fn small_pages() -> QueryOptions {
    QueryOptions {
        batch_size: Some(200),
        ..QueryOptions::default()
    }
}

async fn run(world: &World) -> Result<QueryStream, ClientError> {
    world.client.query(SOQL, small_pages()).await
}

/// All rows up to the end or an error.
async fn drain(stream: &mut QueryStream) -> (Vec<String>, Option<ClientError>) {
    let mut ids = Vec::new();
    loop {
        match stream.next_page().await {
            Ok(None) => return (ids, None),
            Err(error) => return (ids, Some(error)),
            Ok(Some(page)) => ids.extend(page.records.iter().map(|record| {
                let account: Account = serde_json::from_str(record.get()).unwrap();
                account.id
            })),
        }
    }
}

/// Rows that arrived before a fault that strikes the second page, and the error.
async fn broken(kind: Kind) -> (usize, ClientError) {
    let fault = Fault::new(kind).on(Scope::Data).after(1);
    let world = world(1000, Faults::none().with(fault)).await;
    let mut stream = run(&world).await.unwrap();
    let (ids, error) = drain(&mut stream).await;
    let error = error.unwrap();
    let again = stream.next_page().await.unwrap_err();
    assert_eq!(
        again.to_string(),
        error.to_string(),
        "an error stays an error"
    );
    (ids.len(), error)
}

#[tokio::test]
async fn every_row_arrives_once_and_in_order() {
    let world = world(1001, Faults::none()).await;
    let options = QueryOptions::default();
    let mut at_once = world.client.query(SOQL, options).await.unwrap();
    let (expected, _) = drain(&mut at_once).await;
    assert_eq!(expected.len(), 1001);

    let mut stream = run(&world).await.unwrap();
    let (ids, error) = drain(&mut stream).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((ids, stream.total_size()), (expected, 1001));
    assert!(
        stream.next_page().await.unwrap().is_none(),
        "the end stays the end"
    );
}

#[tokio::test]
async fn the_next_page_is_fetched_while_the_current_one_is_consumed() {
    let world = world(1000, Faults::none()).await;
    let mut stream = run(&world).await.unwrap();
    let first = stream.next_page().await.unwrap().unwrap();
    // Nothing asks for the second page, and yet it comes.
    let data_requests = || {
        let journal = world.org.org().journal();
        journal
            .iter()
            .filter(|entry| entry.path.starts_with(QUERY))
            .count()
    };
    let second = async {
        while data_requests() < 2 {
            tokio::task::yield_now().await;
        }
    };
    let patience = Duration::from_secs(10);
    tokio::time::timeout(patience, second)
        .await
        .expect("a second request");
    assert_eq!(first.records.len(), 200);
}

#[tokio::test]
async fn a_call_that_was_dropped_while_it_waited_loses_no_row() {
    let world = world(600, Faults::none()).await;
    let mut stream = run(&world).await.unwrap();
    let mut rows = stream.next_page().await.unwrap().unwrap().records.len();
    // Polled once and dropped.
    let waited = futures_util::FutureExt::now_or_never(stream.next_page());
    assert!(waited.is_none(), "the page was there already");
    while let Some(page) = stream.next_page().await.unwrap() {
        rows += page.records.len();
    }
    assert_eq!(rows, 600);
}

#[tokio::test]
async fn a_token_that_dies_between_two_pages_is_replaced() {
    let world = world(1000, Faults::none().with(Kind::ExpireAfter(2))).await;
    let (ids, error) = drain(&mut run(&world).await.unwrap()).await;
    assert_eq!((ids.len(), error.is_none()), (1000, true));
    assert!(world.logins() > 1);
}

#[tokio::test]
async fn a_page_that_fails_once_is_fetched_again() {
    for kind in [
        Kind::Empty500,
        Kind::CutBodyAfter(100),
        Kind::DropConnection,
    ] {
        let fault = Fault::new(kind.clone()).on(Scope::Data).after(1).times(1);
        let world = world(600, Faults::none().with(fault)).await;
        let (ids, error) = drain(&mut run(&world).await.unwrap()).await;
        assert_eq!(ids.len(), 600, "{kind:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_page_that_stays_cut_is_an_error_behind_the_rows_that_came() {
    let (rows, error) = broken(Kind::CutBodyAfter(100)).await;
    assert_eq!((rows, error.class()), (200, Some(Class::Retry)), "{error}");
}

#[tokio::test]
async fn a_page_of_truncated_json_is_an_error() {
    let (rows, error) = broken(Kind::TruncatedJson).await;
    assert_eq!(rows, 200);
    assert!(error.to_string().contains("cut off"), "{error}");
}

#[tokio::test]
async fn a_page_without_end_is_an_error() {
    let (rows, error) = broken(Kind::HugeBody(3 << 30)).await;
    assert_eq!(
        (rows, error.class()),
        (200, Some(Class::Security)),
        "{error}"
    );
}

#[tokio::test]
async fn a_page_of_html_is_an_error() {
    let (rows, error) = broken(Kind::Html(200)).await;
    assert_eq!((rows, error.class()), (200, Some(Class::Config)), "{error}");
}

#[tokio::test]
async fn rows_that_were_announced_and_did_not_come_are_an_error_with_both_numbers() {
    for (kind, announced, received) in [
        (Kind::LostPage(7), 1000, 993),
        (Kind::WrongTotal(5), 1005, 1000),
    ] {
        let fault = Fault::new(kind).on(Scope::Data).times(1);
        let world = world(1000, Faults::none().with(fault)).await;
        let (ids, error) = drain(&mut run(&world).await.unwrap()).await;
        let error = error.unwrap();
        let ClientError::RowCount {
            announced: a,
            received: r,
        } = inner(&error)
        else {
            panic!("{error}");
        };
        assert_eq!((*a, *r, ids.len() as u64), (announced, received, received));
        assert_eq!(error.class(), Some(Class::Retry));
    }
}

#[tokio::test]
async fn more_rows_than_announced_are_an_error_too() {
    let world = world(1000, Faults::none().with(Kind::WrongTotal(-100))).await;
    let (_, error) = drain(&mut run(&world).await.unwrap()).await;
    assert!(matches!(
        inner(&error.unwrap()),
        ClientError::RowCount { announced: 900, .. }
    ));
}

#[tokio::test]
async fn a_next_page_elsewhere_does_not_get_the_token() {
    for url in ["https://evil.example/query/1", "//evil.example/query/1"] {
        let world = world(1000, Faults::none().with(Kind::NextUrl(url.to_owned()))).await;
        let (ids, error) = drain(&mut run(&world).await.unwrap()).await;
        let error = error.unwrap();
        assert!(
            matches!(inner(&error), ClientError::ForeignUrl { host, .. } if host == "evil.example"),
            "{error}"
        );
        assert_eq!((ids.len(), error.class()), (200, Some(Class::Security)));
    }
}

#[tokio::test]
async fn a_count_is_a_number_and_no_rows() {
    let world = World::accounts(42).await;
    let options = QueryOptions::default();
    let mut stream = world
        .client
        .query("SELECT COUNT() FROM Account", options)
        .await
        .unwrap();
    assert_eq!(stream.total_size(), 42);
    let (ids, error) = drain(&mut stream).await;
    assert!(ids.is_empty() && error.is_none(), "{error:?}");
}

#[tokio::test]
async fn no_rows_are_a_good_answer() {
    let world = World::accounts(0).await;
    let (ids, error) = drain(&mut run(&world).await.unwrap()).await;
    assert!(ids.is_empty() && error.is_none(), "{error:?}");
}

#[tokio::test]
async fn deleted_rows_come_with_all() {
    let world = World::accounts(10).await;
    let options = QueryOptions {
        all: true,
        ..QueryOptions::default()
    };
    world.client.query(SOQL, options).await.unwrap();
    assert_eq!(world.received("/services/data/v67.0/queryAll").len(), 1);
}

#[tokio::test]
async fn a_malformed_query_is_refused_at_once_and_is_for_whoever_wrote_it() {
    let world = World::accounts(1).await;
    let outcome = world
        .client
        .query("SELEC Id FROM Account", QueryOptions::default())
        .await;
    let error = outcome.unwrap_err();
    assert!(error.to_string().contains("MALFORMED_QUERY"), "{error}");
    assert_eq!(error.class(), None);
}

#[tokio::test]
async fn a_query_that_is_too_long_is_refused_here() {
    let world = World::accounts(1).await;
    let soql = format!(
        "SELECT Id FROM Account WHERE Name = '{}'",
        "x".repeat(16_384)
    );
    let error = world
        .client
        .query(&soql, QueryOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::UriTooLong { .. }), "{error}");
    assert_eq!(world.org.org().journal().len(), 0);
}
