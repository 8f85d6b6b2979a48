//! The small ordered key-value contract under the layout: what sled and the memory twin both provide.

use super::StoreError;
use super::tidy::Tidied;
use std::collections::BTreeMap;

/// What one atomic batch does, by key: a new value, or `None` to delete. Sorted, so that both backends
/// write in the same order.
pub type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A key and its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// An ordered map from bytes to bytes with atomic batches.
pub trait Kv: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] or [`StoreError::Io`].
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` entries in key order, whose keys begin with `prefix` and lie after `after` (exclusive;
    /// empty: from the first on). Long walks page through with the last key seen.
    ///
    /// # Errors
    /// As [`Kv::get`].
    fn scan(&self, prefix: &[u8], after: &[u8], limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Applies a batch: after a crash it is there whole or not at all, and never without those before it.
    ///
    /// # Errors
    /// As [`Kv::get`]; what was written is not known.
    fn apply(&self, changes: Changes) -> Result<(), StoreError>;

    /// Returns once everything applied is on disk. `commits` is the number of batches ever applied: it is
    /// remembered outside the map, so that a map that lost its newest batches is noticed.
    ///
    /// # Errors
    /// As [`Kv::get`].
    fn flush(&self, commits: u64) -> Result<(), StoreError>;

    /// The number given to the last flush, as far as it is known outside the map.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if what is there cannot be read.
    fn flushed_commits(&self) -> Result<Option<u64>, StoreError>;

    /// Copies itself into less space where it takes more than it may, unless `go_on` says no meanwhile. Nobody writes
    /// until it returns.
    ///
    /// # Errors
    /// As [`Kv::get`]; what is stored is as before.
    fn tidy(&self, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tidied>, StoreError>;
}

/// Entries read at once by the walks over everything.
pub const PAGE: usize = 512;

/// Calls `visit` with every entry under `prefix`, in key order, a page in memory at a time.
///
/// # Errors
/// The backend's, or the first that `visit` returns.
pub fn walk(
    kv: &dyn Kv,
    prefix: &[u8],
    mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut after = Vec::new();
    loop {
        let page = kv.scan(prefix, &after, PAGE)?;
        for (key, value) in &page {
            visit(key, value)?;
        }
        match page.last() {
            Some((key, _)) if page.len() == PAGE => after = key.clone(),
            _ => return Ok(()),
        }
    }
}
