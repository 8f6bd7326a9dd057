//! A listener on the line: it hands bytes on and remembers what the client said.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// Stands between a client and a server on this machine.
#[derive(Debug)]
pub struct Wiretap {
    port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Wiretap {
    /// Listens in front of the server at `url` (`http://127.0.0.1:PORT`).
    pub fn before(url: &str) -> Self {
        let server = authority(url);
        Self::serve(move |client, heard| connect(client, &server, heard))
    }

    /// A proxy that grants every tunnel, and leads all of them to the server at `url`.
    pub fn tunnelling(url: &str) -> Self {
        let server = authority(url);
        Self::serve(move |mut client, heard| {
            let mut bytes = [0; 4096];
            let read = client.read(&mut bytes)?;
            heard(&bytes[..read]);
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            connect(client, &server, heard)
        })
    }

    /// Answers every request, after its first bytes, with `answer`, and hangs up.
    pub fn answering(answer: &'static str) -> Self {
        Self::serve(move |mut client, heard| {
            let mut bytes = [0; 4096];
            let read = client.read(&mut bytes)?;
            heard(&bytes[..read]);
            client.write_all(answer.as_bytes())
        })
    }

    fn serve<F>(handle: F) -> Self
    where
        F: Fn(TcpStream, &dyn Fn(&[u8])) -> io::Result<()> + Clone + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&heard);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (handle, memory) = (handle.clone(), Arc::clone(&memory));
                thread::spawn(move || {
                    let remember = |bytes: &[u8]| {
                        let mut memory = lock(&memory);
                        memory.extend_from_slice(bytes);
                        memory.push(b'\n');
                    };
                    // A client that hangs up is no business of a listener.
                    drop(handle(client, &remember));
                });
            }
        });
        Self { port, heard }
    }

    /// Where clients connect.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything that clients have said, a line ending behind each piece.
    pub fn heard(&self) -> String {
        String::from_utf8_lossy(&lock(&self.heard)).into_owned()
    }

    /// The values of a form member, in all requests so far.
    pub fn form_values(&self, name: &str) -> Vec<String> {
        let heard = self.heard();
        let start = format!("&{name}=");
        let end = |c: char| c == '&' || c.is_whitespace();
        let value = |rest: &str| rest.split(end).next().unwrap_or_default().to_owned();
        heard.split(&start).skip(1).map(value).collect()
    }
}

fn lock(heard: &Mutex<Vec<u8>>) -> std::sync::MutexGuard<'_, Vec<u8>> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn authority(url: &str) -> String {
    let host_and_port = url.split("://").last().unwrap_or_default();
    // The org listens on one of the two addresses of `localhost`.
    host_and_port.replace("localhost", "127.0.0.1")
}

fn connect(client: TcpStream, server: &str, heard: &dyn Fn(&[u8])) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    let (answers, back) = (server.try_clone()?, client.try_clone()?);
    let backward = thread::spawn(move || pass_on(answers, back, |_| {}));
    pass_on(client, server, heard)?;
    backward.join().map_err(|_| io::ErrorKind::Other)?
}

/// Hands on until one side hangs up, and hangs up on the other.
fn pass_on(mut from: TcpStream, mut to: TcpStream, seen: impl Fn(&[u8])) -> io::Result<()> {
    let mut bytes = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        seen(&bytes[..read]);
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    to.shutdown(Shutdown::Write)
}
