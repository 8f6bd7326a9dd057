//! Many requests at the same time.

use std::{sync::Arc, time::Duration};

use sfjwt_transport::Request;
use tokio::task::{JoinSet, yield_now};

use crate::support::{Reply, Server, transport};

#[tokio::test]
async fn a_thousand_requests_do_not_open_a_thousand_connections() {
    let server = Server::script(vec![Reply::Silence]).await;
    let transport = Arc::new(transport());
    let mut requests = JoinSet::new();
    for _ in 0..1000 {
        let (transport, request) = (transport.clone(), Request::get(server.url()));
        requests.spawn(async move { transport.send(request).await });
    }
    let full = async {
        while server.requests() < 100 {
            yield_now().await;
        }
    };
    let patience = Duration::from_secs(10);
    tokio::time::timeout(patience, full)
        .await
        .expect("100 requests");
    // Whoever else could connect has the time to.
    for _ in 0..10_000 {
        yield_now().await;
    }
    assert_eq!(server.requests(), 100);
}
