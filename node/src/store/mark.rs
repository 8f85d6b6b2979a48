//! The mark: a small file beside sled's that says how many batches have been flushed.
//!
//! A sled file whose end is cut off, or that is missing, opens without a word as an older or an empty
//! store. The mark is written after every flush, so the store can never be behind it but by damage. It is
//! not synced itself: after a power cut it may be older than the store, which is harmless.

use super::StoreError;
use comin_protocol::ids::tagged_hash;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Bytes of the file: the number as u64 big endian and the first 8 bytes of its hash.
const MARK_BYTES: usize = 16;

/// The open file.
#[derive(Debug)]
pub struct Mark {
    file: File,
}

impl Mark {
    /// Opens or creates it.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        Ok(Self { file: file.map_err(|e| StoreError::Io(format!("{}: {e}", path.display())))? })
    }

    /// The number in it; `None` where none has been written.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the bytes are not a mark.
    pub fn read(&self) -> Result<Option<u64>, StoreError> {
        let mut bytes = Vec::new();
        let mut from_start = FromStart { file: &self.file, at: 0 };
        let read = from_start.by_ref().take(MARK_BYTES as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|e| StoreError::Io(format!("mark: {e}")))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let number = bytes.first_chunk::<8>().map_or(0, |number| u64::from_be_bytes(*number));
        if bytes != encode(number) {
            return Err(StoreError::Damaged("the mark of the last flush is not readable".to_owned()));
        }
        Ok(Some(number))
    }

    /// Replaces the number.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write(&self, number: u64) -> Result<(), StoreError> {
        self.file.write_all_at(&encode(number), 0).map_err(|e| StoreError::Io(format!("mark: {e}")))
    }
}

fn encode(number: u64) -> [u8; MARK_BYTES] {
    let number = number.to_be_bytes();
    let hash = tagged_hash("comin/store/mark", &[&number]);
    let mut out = [0; MARK_BYTES];
    out[..8].copy_from_slice(&number);
    out[8..].copy_from_slice(&hash[..8]);
    out
}

/// Reads without moving the file's own position.
struct FromStart<'a> {
    file: &'a File,
    at: u64,
}

impl Read for FromStart<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read_at(buf, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}
