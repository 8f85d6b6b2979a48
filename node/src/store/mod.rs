//! The store: what the engine hands out, on disk, and the rows that pages and API read.
//!
//! The layout ([`KvStore`]) is written once over a small ordered map ([`Kv`]) with two backends: sled and
//! its memory twin, which the simulator uses. Every value lies under a checksum; a manifest of each document
//! and one of the whole store say what must be there, so that nothing can be missing silently.

mod cell;
mod filling;
mod guard;
mod keys;
mod kv;
mod layout;
mod manifest;
mod mark;
mod memory;
mod salvage;
mod seal;
mod sealed;
mod sled_kv;
mod tidy;
mod verify;
mod write;

#[cfg(test)]
mod tests;

pub use filling::Filling;
pub use guard::GUARD_THREAD;
pub use kv::{Entry, Kv};
pub use layout::{FORMAT, KvStore};
pub use memory::MemoryKv;
pub use salvage::{Rebuilt, Salvaged, SalvagedDoc, rebuild, salvage};
pub use seal::{PersonKeys, bundle, unbundle};
pub use sealed::SealedStore;
pub use sled_kv::SledKv;
pub use tidy::{Tidied, disk_bytes, live_bytes, tidy};
pub use verify::{Damage, Place, VerifyReport};

use crate::datadir::DataDir;
use comin_protocol::engine::{Boot, StoredDoc, StoredRun, Write};
use comin_protocol::ids::{ActorId, DeviceKey, DocId, RecordKey};
use comin_protocol::record::Row;
use comin_protocol::statement::SignedStatement;
use std::path::Path;
use std::time::Duration;

/// The store on disk.
pub type SledStore = KvStore<SledKv>;
/// The store in memory.
pub type MemoryStore = KvStore<MemoryKv>;

/// Opens or creates the store in `dir`, waiting at most `wait` for another process to let go of it. It is
/// closed, and the directory free again, when the returned value is dropped.
///
/// # Errors
/// [`StoreError`]; nothing has been changed but, at most, an empty store made.
pub fn open_sled(dir: &Path, wait: Duration) -> Result<SledStore, StoreError> {
    let store = KvStore::new(SledKv::open(dir, wait)?)?;
    tidy::remove_leftover(dir)?;
    Ok(store)
}

/// Opens a node's store with the keys of the persons in it: the way in for everyone who reads or writes records.
///
/// # Errors
/// As [`open_sled`].
pub fn open_node(dir: &DataDir, wait: Duration) -> Result<SealedStore<SledStore>, StoreError> {
    Ok(SealedStore::new(open_sled(&dir.store(), wait)?, PersonKeys::open(&dir.person_keys())?))
}

/// A fresh store in memory.
pub fn open_memory() -> MemoryStore {
    // INVARIANT: an empty map in memory has nothing that could be damaged or fail.
    KvStore::new(MemoryKv::default()).unwrap_or_else(|_| unreachable!("an empty memory store opens"))
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds it.
    #[error("the store is in use by another process")]
    Busy,
    /// It cannot be written: disk full, read-only, permissions.
    #[error("the store cannot be written: {0}")]
    Io(String),
    /// What is stored does not match its checksum or manifest.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// It was written by a newer version.
    #[error("the store has format {found}; this version knows {known}")]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
    },
}

/// What is called with each entry of a store: its key and its value.
pub type VisitEntry<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// The contract that sled and its memory twin keep. All methods block; they are called from the storage
/// thread (writes) and from `spawn_blocking` (reads). Reads may run beside a commit: each sees a batch whole
/// or not at all, but a scan in pages may see some pages before and some after it.
pub trait Store: Send + Sync {
    /// Writes batches atomically, each whole or not at all, in order, then flushes to disk (once for all).
    /// After an error nothing more is written until the store is opened again.
    fn commit(&self, batches: &[Vec<Write>]) -> Result<(), StoreError>;
    /// What the engine needs at start, verified.
    fn boot(&self) -> Result<Boot, StoreError>;
    /// All statements, verified: they are among what [`Store::boot`] gives, and far less.
    fn statements(&self) -> Result<Vec<SignedStatement>, StoreError>;
    /// A document, verified against its checksums and manifest; an unknown one is empty.
    fn load_doc(&self, doc: &DocId) -> Result<StoredDoc, StoreError>;
    /// Every run kept of a document, by actor and sequence, verified: [`Boot`] has only the latest ones.
    fn runs_of_doc(&self, doc: &DocId) -> Result<Vec<(ActorId, StoredRun)>, StoreError>;
    /// The row of a record in one document.
    fn row(&self, key: &RecordKey, doc: &DocId) -> Result<Option<Row>, StoreError>;
    /// The rows of a record, one per document that holds it.
    fn rows_of(&self, key: &RecordKey) -> Result<Vec<Row>, StoreError>;
    /// Rows in order of (kind, id, document), from `after` (exclusive) on, of one kind or all.
    fn scan_rows(
        &self,
        kind: Option<&str>,
        after: Option<&(RecordKey, DocId)>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError>;
    /// All rows of one document, sorted by key (`check`).
    fn rows_of_doc(&self, doc: &DocId) -> Result<Vec<Row>, StoreError>;
    /// Rows with a conflict in order of (kind, id, document), from `after` (exclusive) on.
    fn conflicted_rows(&self, after: Option<&(RecordKey, DocId)>, limit: usize) -> Result<Vec<Row>, StoreError>;
    /// Rows of one kind or all, deleted ones included; one small read.
    fn count_rows(&self, kind: Option<&str>) -> Result<u64, StoreError>;
    /// Rows with a conflict; one small read.
    fn count_conflicts(&self) -> Result<u64, StoreError>;
    /// Checks everything: each checksum, manifest and index. Takes some 10 µs an entry; writing goes on
    /// meanwhile, between documents. Damage is in the report and not an error.
    fn verify(&self) -> Result<VerifyReport, StoreError>;
    /// Calls `visit` with every entry as it lies, in key order (backup). Commits wait meanwhile and reads go on.
    fn each_entry(&self, visit: &mut VisitEntry<'_>) -> Result<(), StoreError>;
    /// Gives disk space back where more is taken than may be; `None` where there was nothing to do, or where `go_on`,
    /// asked every few milliseconds, said no. Commits wait meanwhile and reads go on.
    fn tidy(&self, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tidied>, StoreError>;
    /// The device behind an actor (written with every `PutRun`).
    fn device_of(&self, actor: &ActorId) -> Result<Option<DeviceKey>, StoreError>;
}
