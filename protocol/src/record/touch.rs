//! Which records a change touches, read from its own operations.

use crate::ids::{DocId, RecordKey};
use crate::scan::{KeyRef, ObjRef, OpId, ScannedChange};
use automerge::{Automerge, ObjId, Prop, ROOT, ReadDoc};

/// The records that a change touches, once it has been applied to `doc` (objects are found through their
/// parents). Sorted, each once.
pub fn touched(doc: &Automerge, doc_id: &DocId, change: &ScannedChange) -> Vec<RecordKey> {
    let mut keys: Vec<RecordKey> = Vec::new();
    let mut last_object: Option<OpId> = None;
    for op in &change.ops {
        let key = match (&op.obj, &op.key) {
            (ObjRef::Root, KeyRef::Map(root_key)) => record_of(doc_id, root_key),
            // Operations on one object follow one another: its parents are asked for once.
            (ObjRef::Object(id), _) if last_object != Some(*id) => {
                last_object = Some(*id);
                record_of_object(doc, doc_id, id)
            }
            _ => None,
        };
        keys.extend(key);
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The record that a root key belongs to.
pub(super) fn record_of(doc_id: &DocId, root_key: &str) -> Option<RecordKey> {
    match doc_id.is_links() {
        true => RecordKey::parse(root_key.split_once('/')?.0),
        false => RecordKey::parse(root_key),
    }
}

/// The record that an object lies in: the root key at the end of its parents.
pub(super) fn record_of_object(doc: &Automerge, doc_id: &DocId, id: &OpId) -> Option<RecordKey> {
    // The index is a hint only: Automerge looks the actor up where it does not fit.
    let object = ObjId::Id(id.counter, id.actor.to_automerge(), 0);
    let at_root = doc.parents(&object).ok()?.find(|parent| parent.obj == ROOT)?;
    match at_root.prop {
        Prop::Map(root_key) => record_of(doc_id, &root_key),
        Prop::Seq(_) => None,
    }
}
