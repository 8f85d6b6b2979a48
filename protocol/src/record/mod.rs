//! How a record lies in Automerge, how it is written and how it is read.

mod reissue;
mod row;

use crate::ids::{ActorId, DocId, RecordKey};
use crate::scan::ScannedChange;
use automerge::{Automerge, transaction::Transaction};
use std::collections::HashMap;

pub use reissue::dropped_changes;
pub use row::{Cell, Origin, Row, RowVersion, Scalar};

/// What one edit does to one flat field of a record.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldChange {
    /// The flat key, such as `phone`, `name@it` or `targets/youth`.
    pub key: String,
    /// What happens to it.
    pub op: FieldOp,
}

/// The operations on a field.
#[derive(Clone, PartialEq, Debug)]
pub enum FieldOp {
    /// Sets a scalar; `Null` clears it. Skipped where the field already holds just this one value.
    Put(Scalar),
    /// Adds a set value: always a fresh write, so that it wins over a concurrent removal.
    Add,
    /// Removes a set value.
    Remove,
    /// Changes a prose field to read so, by the smallest splice.
    Prose(String),
}

/// Why a write was refused. Nothing was written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WriteError {
    /// The record does not exist in this document.
    #[error("record {0} is not in this register")]
    NoRecord(RecordKey),
    /// The record exists already.
    #[error("record {0} exists already")]
    Exists(RecordKey),
    /// A key or value beyond its bound.
    #[error("{0}")]
    Limit(String),
    /// Automerge refused.
    #[error("the document refused the write: {0}")]
    Automerge(String),
}

/// Writes an edit inside a transaction. `create`: the record is a new one with a random id. Values equal to
/// the one value that stands are skipped. Returns whether anything was written.
///
/// # Errors
/// [`WriteError`]; the caller rolls the transaction back.
pub fn write(
    tx: &mut Transaction<'_>,
    doc: &DocId,
    key: &RecordKey,
    create: bool,
    changes: &[FieldChange],
) -> Result<bool, WriteError> {
    let _ = (tx, doc, key, create, changes);
    todo!()
}

/// Who wrote which operations when: from each actor's operation counters to the time of its change.
#[derive(Clone, Debug, Default)]
pub struct OriginIndex {
    by_actor: HashMap<ActorId, Vec<(u64, i64)>>,
}

impl OriginIndex {
    /// Reads it from a loaded document.
    pub fn from_doc(doc: &Automerge) -> Self {
        let _ = doc;
        todo!()
    }

    /// Adds one change: its actor, first operation counter and time in milliseconds.
    pub fn push(&mut self, actor: ActorId, start_op: u64, time_ms: i64) {
        self.by_actor.entry(actor).or_default().push((start_op, time_ms));
    }
}

/// Reads one record; `None` where the document has none of that key.
pub fn project(doc: &Automerge, doc_id: &DocId, index: &OriginIndex, key: &RecordKey) -> Option<Row> {
    let _ = (doc, doc_id, index, key);
    todo!()
}

/// Reads every record of the document, sorted by key.
pub fn project_all(doc: &Automerge, doc_id: &DocId, index: &OriginIndex) -> Vec<Row> {
    let _ = (doc, doc_id, index);
    todo!()
}

/// The records of the document, sorted.
pub fn keys(doc: &Automerge, doc_id: &DocId) -> Vec<RecordKey> {
    let _ = (doc, doc_id);
    todo!()
}

/// The records that a change touches, once it has been applied to `doc` (objects are found through their
/// parents).
pub fn touched(doc: &Automerge, doc_id: &DocId, change: &ScannedChange) -> Vec<RecordKey> {
    let _ = (doc, doc_id, change);
    todo!()
}
