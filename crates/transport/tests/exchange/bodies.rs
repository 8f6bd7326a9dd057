//! A whole body or an error; never more of it in memory than allowed.

use crate::support::{Reply, Server, transport};
use sfjwt_transport::{Request, TransportError};

async fn error_of(reply: Reply, request: impl Fn(&Server) -> Request) -> TransportError {
    let server = Server::script(vec![reply]).await;
    transport().send_once(request(&server)).await.unwrap_err()
}

fn get(server: &Server) -> Request {
    Request::get(server.url())
}

#[tokio::test]
async fn a_whole_body_arrives() {
    let server = Server::script(vec![Reply::ok("whole")]).await;
    let response = transport().send(get(&server)).await.unwrap();
    assert_eq!(&response.body[..], b"whole");
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_lost() {
    let cut = Reply::text("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive5");
    let error = error_of(cut, get).await;
    assert!(matches!(error, TransportError::Lost { .. }), "{error}");
}

#[tokio::test]
async fn a_chunked_body_without_its_last_chunk_is_lost() {
    let cut = Reply::text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive5\r\n");
    let error = error_of(cut, get).await;
    assert!(matches!(error, TransportError::Lost { .. }), "{error}");
}

#[tokio::test]
async fn a_gzip_body_that_ends_early_is_lost() {
    let mut cut =
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n".to_vec();
    cut.extend(&zeros_as_gzip(1)[..200]);
    let error = error_of(Reply::Bytes(cut), get).await;
    assert!(matches!(error, TransportError::Lost { .. }), "{error}");
}

#[tokio::test]
async fn a_stream_that_was_cut_says_so_again_and_never_looks_like_the_end() {
    let cut = Reply::text("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive5");
    let server = Server::script(vec![cut]).await;
    let mut stream = transport().stream(get(&server)).await.unwrap();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "five5");
    let first = stream.chunk().await.unwrap_err();
    assert!(matches!(first, TransportError::Lost { .. }), "{first}");
    assert_eq!(stream.chunk().await.unwrap_err(), first);
}

#[tokio::test]
async fn three_gigabytes_are_refused_at_once_when_they_are_announced() {
    let huge = Reply::text("HTTP/1.1 200 OK\r\nContent-Length: 3221225472\r\n\r\nstart");
    let error = error_of(huge, get).await;
    assert!(
        matches!(error, TransportError::TooLarge { cap: 1_048_576, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_without_end_is_refused_when_it_passes_the_cap() {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let mut chunk = b"10000\r\n".to_vec();
    chunk.extend(vec![b'x'; 0x10000]);
    chunk.extend(b"\r\n");
    let server = Server::script(vec![Reply::Endless(head, chunk)]).await;
    let error = transport()
        .send(get(&server).cap(65_536))
        .await
        .unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { cap: 65_536, .. }),
        "{error}"
    );
    // What the buffers of two sockets hold, and nowhere near 3 GB.
    assert!(server.sent() < 32 * 1024 * 1024, "{} bytes", server.sent());
}

#[tokio::test]
async fn the_cap_counts_what_a_small_gzip_body_unpacks_to() {
    let bomb = zeros_as_gzip(64);
    assert!(bomb.len() < 1024 * 1024, "the bomb itself is below the cap");
    let mut reply = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        bomb.len()
    )
    .into_bytes();
    reply.extend(bomb);
    let error = error_of(Reply::Bytes(reply), get).await;
    assert!(matches!(error, TransportError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn the_cap_of_a_request_holds_for_a_stream_too() {
    let server = Server::script(vec![Reply::ok("0123456789")]).await;
    let mut stream = transport().stream(get(&server).cap(9)).await.unwrap();
    let error = stream.chunk().await.unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { cap: 9, .. }),
        "{error}"
    );
}

/// So many MiB of zeros, as the gzip library packs them.
fn zeros_as_gzip(mebibytes: usize) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..mebibytes {
        packer.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    packer.finish().unwrap()
}
