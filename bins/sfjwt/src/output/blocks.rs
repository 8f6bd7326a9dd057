//! Rows put together into blocks that a pipe takes whole.

use std::io::{self, Write};

/// What one `write` to a pipe takes whole or not at all (`PIPE_BUF` of Linux, pipe(7)): a process
/// that ends while it writes such a block leaves whole rows behind.
const PIPE_BUF: usize = 4096;

/// Whole rows in blocks of at most 4,096 bytes; a longer row is a block of its own.
///
/// A row is written in as many pieces as its encoder likes; `flush` ends it.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    full: Vec<Vec<u8>>,
    open: Vec<u8>,
    row: Vec<u8>,
}

impl Blocks {
    /// The rows that were ended so far.
    pub(crate) fn take(&mut self) -> Vec<Vec<u8>> {
        let mut blocks = std::mem::take(&mut self.full);
        if !self.open.is_empty() {
            blocks.push(std::mem::take(&mut self.open));
        }
        blocks
    }
}

impl Write for Blocks {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.row.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.open.len() + self.row.len() > PIPE_BUF && !self.open.is_empty() {
            self.full.push(std::mem::take(&mut self.open));
        }
        self.open.append(&mut self.row);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(rows: &[usize]) -> Vec<usize> {
        let mut blocks = Blocks::default();
        for length in rows {
            blocks.write_all(&vec![b'x'; *length]).unwrap();
            blocks.flush().unwrap();
        }
        blocks.take().iter().map(Vec::len).collect()
    }

    #[test]
    fn no_row_is_cut_in_two() {
        assert_eq!(lengths(&[1000; 9]), [4000, 4000, 1000]);
    }

    #[test]
    fn a_row_longer_than_a_block_stays_whole() {
        assert_eq!(lengths(&[2, 5000, 2]), [2, 5000, 2]);
    }

    #[test]
    fn a_row_that_was_not_ended_is_not_handed_out() {
        let mut blocks = Blocks::default();
        blocks.write_all(b"half").unwrap();
        assert!(blocks.take().is_empty());
    }
}
