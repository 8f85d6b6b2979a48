//! Own edits that a proven divergence dropped, as edits to be made again.

use super::touch::{record_of, record_of_object};
use super::{FieldChange, FieldOp, Scalar, is_set_key};
use crate::ids::{DocId, RecordKey};
use crate::scan::{Action, KeyRef, ObjRef, OpId, ScannedChange, ScannedOp};
use automerge::{Automerge, ObjId, Prop, ROOT, ReadDoc};
use std::collections::BTreeMap;

/// Turns a device's dropped changes into edits: the record, whether it has to be made, the fields. Records
/// come in the order in which the changes first touched them.
///
/// `old` is the document with the dropped changes in it. Of each field only the last own write counts, and
/// only where it still stands there: whoever wrote over it makes that write again, not we. Prose comes as it
/// reads in `old`.
pub fn dropped_changes(
    old: &Automerge,
    doc: &DocId,
    own: &[&ScannedChange],
) -> Vec<(RecordKey, bool, Vec<FieldChange>)> {
    let mut ordered = own.to_vec();
    ordered.sort_by_key(|change| change.start_op);
    let mut edits: Vec<Edit> = Vec::new();
    for op in ordered.iter().flat_map(|change| &change.ops) {
        let Some((key, step)) = read_op(old, doc, op) else { continue };
        let at = edits.iter().position(|edit| edit.key == key).unwrap_or_else(|| {
            edits.push(Edit { key, create: false, fields: BTreeMap::new() });
            edits.len() - 1
        });
        let Some(edit) = edits.get_mut(at) else { continue };
        match step {
            Step::Create => edit.create = true,
            Step::Field(name, write) => drop(edit.fields.insert(name, write)),
        }
    }
    let changes = |edit: Edit| {
        let fields: Vec<FieldChange> = edit
            .fields
            .into_iter()
            .filter_map(|(key, write)| Some(FieldChange { op: write.into_op(old, &key)?, key }))
            .collect();
        (edit.create || !fields.is_empty()).then_some((edit.key, edit.create, fields))
    };
    edits.into_iter().filter_map(changes).collect()
}

/// What the changes did to one record.
struct Edit {
    key: RecordKey,
    create: bool,
    fields: BTreeMap<String, Write>,
}

/// What one operation did to its record.
enum Step {
    Create,
    Field(String, Write),
}

/// The last write to one field: the place in the document, the operation that has to stand there, and the
/// value; for prose there is none, the operation is the text.
struct Write {
    obj: ObjId,
    prop: String,
    id: ObjId,
    value: Option<Scalar>,
}

impl Write {
    fn into_op(self, old: &Automerge, field: &str) -> Option<FieldOp> {
        let standing = old.get_all(&self.obj, self.prop).ok()?;
        if standing.iter().all(|(_, id)| *id != self.id) {
            return None;
        }
        Some(match self.value {
            None => FieldOp::Prose(old.text(&self.id).ok()?),
            Some(Scalar::Null) if is_set_key(field) => FieldOp::Remove,
            Some(Scalar::Int(_)) if is_set_key(field) => FieldOp::Add,
            // A value that our own node cannot have written.
            Some(Scalar::Foreign(_)) => return None,
            Some(value) => FieldOp::Put(value),
        })
    }
}

fn read_op(old: &Automerge, doc: &DocId, op: &ScannedOp) -> Option<(RecordKey, Step)> {
    match (&op.obj, &op.key, &op.action) {
        (ObjRef::Root, KeyRef::Map(root_key), Action::MakeMap) => Some((record_of(doc, root_key)?, Step::Create)),
        (ObjRef::Root, KeyRef::Map(root_key), Action::Set(value)) => {
            let field = root_key.split_once('/')?.1.to_owned();
            let write = Write { obj: ROOT, prop: root_key.clone(), id: object_id(&op.id), value: Some(value.clone()) };
            Some((record_of(doc, root_key)?, Step::Field(field, write)))
        }
        (ObjRef::Object(map), KeyRef::Map(field), Action::Set(_) | Action::MakeText) => {
            let value = match &op.action {
                Action::Set(value) => Some(value.clone()),
                _ => None,
            };
            let write = Write { obj: object_id(map), prop: field.clone(), id: object_id(&op.id), value };
            Some((record_of_object(old, doc, map)?, Step::Field(field.clone(), write)))
        }
        (ObjRef::Object(text), KeyRef::Element(_), _) => {
            let parent = old.parents(object_id(text)).ok()?.next()?;
            let Prop::Map(field) = parent.prop else { return None };
            let write = Write { obj: parent.obj, prop: field.clone(), id: object_id(text), value: None };
            Some((record_of_object(old, doc, text)?, Step::Field(field, write)))
        }
        _ => None,
    }
}

/// Automerge's name of an operation or object. The index is a hint only: Automerge looks the actor up.
fn object_id(id: &OpId) -> ObjId {
    ObjId::Id(id.counter, id.actor.to_automerge(), 0)
}
