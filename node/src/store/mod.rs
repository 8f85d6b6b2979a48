//! The store: what the engine hands out, on disk, and the rows that pages and API read.

use comin_protocol::engine::{Boot, StoredDoc, Write};
use comin_protocol::ids::{ActorId, DeviceKey, DocId, RecordKey};
use comin_protocol::record::Row;

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

/// The contract that sled and its memory twin keep. All methods block; they are called from the storage
/// thread (writes) and from `spawn_blocking` (reads).
pub trait Store: Send + Sync {
    /// Writes batches atomically, each whole or not at all, in order, then flushes to disk (once for all).
    fn commit(&self, batches: &[Vec<Write>]) -> Result<(), StoreError>;
    /// What the engine needs at start.
    fn boot(&self) -> Result<Boot, StoreError>;
    /// A document, verified against its checksums and manifest; an unknown one is empty.
    fn load_doc(&self, doc: &DocId) -> Result<StoredDoc, StoreError>;
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
    /// The device behind an actor (written with every `PutRun`).
    fn device_of(&self, actor: &ActorId) -> Result<Option<DeviceKey>, StoreError>;
}
