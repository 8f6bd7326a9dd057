//! A thread that writes, so that a slow reader does not stop us from reading the next page, and a
//! stopped one does not stop Ctrl-C.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

/// Blocks that may wait to be written: a bound on memory.
const WAITING: usize = 16;

/// How long an interrupted process waits for the reader to take the blocks that are on their way.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The way to the writing thread.
#[derive(Debug)]
pub(crate) struct Writer {
    blocks: Option<mpsc::Sender<Vec<u8>>>,
    outcome: Receiver<io::Result<()>>,
}

impl Writer {
    /// Starts to write to `to`.
    pub(crate) fn start(mut to: impl Write + Send + 'static) -> Self {
        let (blocks, mut waiting) = mpsc::channel::<Vec<u8>>(WAITING);
        let (tell, outcome) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let mut written = Ok(());
            while let (Ok(()), Some(block)) = (&written, waiting.blocking_recv()) {
                if block.is_empty() {
                    break;
                }
                written = to.write_all(&block);
            }
            // Nobody listens any more when the process was interrupted for good.
            drop(tell.send(written.and_then(|()| to.flush())));
        });
        Self {
            blocks: Some(blocks),
            outcome,
        }
    }

    /// Hands blocks over, and waits while too many are on their way.
    pub(crate) async fn write(&mut self, blocks: Vec<Vec<u8>>) -> io::Result<()> {
        for block in blocks {
            let sent = match &self.blocks {
                Some(sender) => sender.send(block).await.is_ok(),
                None => false,
            };
            if !sent {
                return self.finish().await;
            }
        }
        Ok(())
    }

    /// Waits until everything is written.
    pub(crate) async fn finish(&mut self) -> io::Result<()> {
        if let Some(sender) = &self.blocks {
            // An empty block is the end; a thread that ended before has told why.
            drop(sender.send(Vec::new()).await);
            sender.closed().await;
        }
        self.blocks = None;
        match self.outcome.recv() {
            Ok(outcome) => outcome,
            Err(_) => Err(io::Error::other("the writing thread ended early")),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.blocks.take().is_some()
            && matches!(
                self.outcome.recv_timeout(LAST_WORDS),
                Err(RecvTimeoutError::Timeout)
            )
        {
            tracing::debug!("the reader took no more rows");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A sink that others can look into, and that is full after so many bytes.
    #[derive(Clone)]
    struct Sink(Arc<Mutex<Vec<u8>>>, usize);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut held = self.0.lock().unwrap();
            if held.len() + bytes.len() > self.1 {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            held.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn sink(size: usize) -> Sink {
        Sink(Arc::default(), size)
    }

    #[tokio::test]
    async fn what_was_handed_over_is_written_in_order_when_finish_returns() {
        let sink = sink(usize::MAX);
        let mut writer = Writer::start(sink.clone());
        let blocks: Vec<Vec<u8>> = (0..100).map(|n| format!("{n}\n").into_bytes()).collect();
        writer.write(blocks.clone()).await.unwrap();
        writer.finish().await.unwrap();
        assert_eq!(*sink.0.lock().unwrap(), blocks.concat());
    }

    #[tokio::test]
    async fn a_reader_that_goes_away_ends_the_writing_with_its_error() {
        let mut writer = Writer::start(sink(10));
        let outcome = loop {
            if let Err(error) = writer.write(vec![b"12345\n".to_vec()]).await {
                break error;
            }
        };
        assert_eq!(outcome.kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn a_writer_that_is_dropped_writes_what_is_on_its_way() {
        let sink = sink(usize::MAX);
        let mut writer = Writer::start(sink.clone());
        writer.write(vec![b"whole\n".to_vec()]).await.unwrap();
        drop(writer);
        assert_eq!(*sink.0.lock().unwrap(), b"whole\n");
    }
}
