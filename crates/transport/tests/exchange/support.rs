//! A server that answers with exactly the bytes it is told to, and counts what it was asked.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use sfjwt_transport::{Environment, RetryPolicy, Settings, Transport, Url};
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What to do with the n-th request (from 0).
#[derive(Clone)]
pub(crate) enum Reply {
    /// Send these bytes and close.
    Bytes(Vec<u8>),
    /// Send the bytes, then this block until the client goes away.
    Endless(Vec<u8>, Vec<u8>),
    /// Say nothing and keep the connection.
    Silence,
}

impl Reply {
    pub(crate) fn text(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }

    /// A status with headers (each line ends with CRLF) and no body.
    pub(crate) fn status(status: u16, headers: &str) -> Self {
        Self::text(&format!(
            "HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n{headers}\r\n"
        ))
    }

    pub(crate) fn ok(body: &str) -> Self {
        Self::text(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
    }
}

/// A running server; it ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) port: u16,
    requests: Arc<AtomicUsize>,
    sent: Arc<AtomicU64>,
}

impl Server {
    pub(crate) async fn start(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            requests: Arc::default(),
            sent: Arc::default(),
        };
        let (requests, sent) = (server.requests.clone(), server.sent.clone());
        let reply = Arc::new(reply);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = requests.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream, reply(number), sent.clone()));
            }
        });
        server
    }

    /// Answers each request with the next of these, and the last one from then on.
    pub(crate) async fn script(replies: Vec<Reply>) -> Self {
        Self::start(move |number| replies[number.min(replies.len() - 1)].clone()).await
    }

    pub(crate) fn url(&self) -> Url {
        format!("http://127.0.0.1:{}/path?query=1", self.port)
            .parse()
            .unwrap()
    }

    /// Connections, each of which carries one request.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Bytes of endless blocks that the client has taken.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}

pub(crate) async fn answer<S>(mut stream: S, reply: Reply, sent: Arc<AtomicU64>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    read_head(&mut stream).await;
    match reply {
        Reply::Bytes(bytes) => {
            // The client may be gone, which is its right.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Endless(head, block) => {
            let _ = stream.write_all(&head).await;
            while stream.write_all(&block).await.is_ok() {
                sent.fetch_add(block.len() as u64, Ordering::SeqCst);
            }
        }
        Reply::Silence => {
            let _ = stream.read(&mut [0; 1]).await;
        }
    }
}

/// Reads to the empty line that ends the head of a request.
pub(crate) async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A port on which nobody listens.
pub(crate) async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

/// Connects two streams until both ends are through.
pub(crate) async fn join(mut one: TcpStream, mut two: TcpStream) {
    let _ = tokio::io::copy_bidirectional(&mut one, &mut two).await;
}

/// A transport that does not wait between attempts.
pub(crate) fn transport() -> Transport {
    patient(Settings::default())
}

pub(crate) fn patient(settings: Settings) -> Transport {
    let retry = RetryPolicy::new(settings.max_attempts).with_waits(Duration::ZERO, Duration::ZERO);
    Transport::with_retry(settings, &Environment::empty(), retry).unwrap()
}
