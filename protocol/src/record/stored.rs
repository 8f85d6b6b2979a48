//! A row as a store keeps it. It is encoded once, where the record is projected: of a first snapshot that is the
//! helper process, and the node passes on what it wrote.

use super::Row;
use crate::codec::to_cbor;
use crate::ids::{DocId, RecordKey};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use std::fmt;

/// An encoded row with what a store has to know of it. `Debug` shows nothing of its fields: they may be a person's.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct StoredRow {
    /// The record.
    #[n(0)]
    pub key: RecordKey,
    /// Whether anything of it waits for a decision.
    #[n(1)]
    pub has_conflict: bool,
    /// CBOR `[kind, id, origins, fields, unseen edits]`: everything but the document.
    #[n(2)]
    pub bytes: ByteVec,
}

impl fmt::Debug for StoredRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("StoredRow");
        out.field("key", &self.key).field("has_conflict", &self.has_conflict).finish_non_exhaustive()
    }
}

impl StoredRow {
    /// Encodes a row.
    pub fn new(row: &Row) -> Self {
        let parts = (&row.key.kind, ByteArray::from(row.key.id), &row.origins, &row.fields, &row.unseen_edits);
        Self { key: row.key.clone(), has_conflict: row.has_conflict(), bytes: to_cbor(&parts).into() }
    }
}

impl Row {
    /// Reads [`StoredRow::bytes`] of a record in `doc`.
    ///
    /// # Errors
    /// Bytes that are no row.
    pub fn from_stored(doc: DocId, bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        let (kind, id, origins, fields, unseen_edits): (String, ByteArray<16>, _, _, _) =
            crate::codec::from_cbor(bytes)?;
        Ok(Self { key: RecordKey { kind, id: id.into() }, doc, origins, fields, unseen_edits })
    }
}
