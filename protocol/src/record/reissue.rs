//! Own edits that a proven divergence dropped, as edits to be made again.

use super::FieldChange;
use crate::ids::{DocId, RecordKey};
use crate::scan::ScannedChange;
use automerge::Automerge;

/// Turns dropped changes into edits, in order: the record, whether it has to be made, the fields.
pub fn dropped_changes(
    old: &Automerge,
    doc: &DocId,
    own: &[&ScannedChange],
) -> Vec<(RecordKey, bool, Vec<FieldChange>)> {
    let _ = (old, doc, own);
    todo!()
}
