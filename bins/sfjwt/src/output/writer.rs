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
                return self.finish();
            }
        }
        Ok(())
    }

    /// Waits until everything is written.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
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
