//! A store made from the entries of another one: a copy in less space, or a backup that comes back.

use super::kv::{Entry, Kv};
use super::memory::MemoryKv;
use super::sled_kv::SledKv;
use super::write::read_global;
use super::{KvStore, Store, StoreError};
use std::path::Path;

/// Entries of one batch: sled needs less room for small batches, each of them flushed (1.8 times the live data with 64
/// entries, 2.2 with 512, 3.3 with 4,096).
pub(super) const BATCH: usize = 64;

/// The new store on its way.
pub struct Filling<K>(K);

impl Filling<SledKv> {
    /// Begins in a directory that holds no store.
    ///
    /// # Errors
    /// As [`super::open_sled`].
    pub fn in_dir(dir: &Path) -> Result<Self, StoreError> {
        Ok(Self(SledKv::open_copy(dir)?))
    }
}

impl Filling<MemoryKv> {
    /// Begins in memory.
    pub fn in_memory() -> Self {
        Self(MemoryKv::default())
    }
}

impl<K: Kv> Filling<K> {
    /// Adds entries, in key order.
    ///
    /// # Errors
    /// The backend's.
    pub fn add(&mut self, mut entries: Vec<Entry>) -> Result<(), StoreError> {
        while !entries.is_empty() {
            let rest = entries.split_off(entries.len().min(BATCH));
            self.0.apply(entries.into_iter().map(|(key, value)| (key, Some(value))).collect())?;
            self.0.flush(0)?;
            entries = rest;
        }
        Ok(())
    }

    /// Ends it and checks all of it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]: what was added is no sound store. [`StoreError::Newer`].
    pub fn finish(self) -> Result<KvStore<K>, StoreError> {
        self.0.flush(read_global(&self.0)?.commits)?;
        let store = KvStore::new(self.0)?;
        match store.verify()?.damaged.first() {
            Some(damage) => Err(StoreError::Damaged(damage.to_string())),
            None => Ok(store),
        }
    }
}
