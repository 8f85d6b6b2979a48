//! Own edits that a proven divergence dropped, as edits to be made again.

use super::project::maps;
use super::touch::{record_of, record_of_object};
use super::{FieldChange, FieldOp, Scalar, is_set_key};
use crate::ids::{ChangeHash, DocId, RecordKey};
use crate::scan::{Action, KeyRef, ObjRef, OpId, ScannedChange, ScannedOp};
use automerge::{Automerge, ObjId, Prop, ROOT, ReadDoc};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

/// An edit to be made again. `Debug` shows nothing of what it writes: it may be a person's.
#[derive(Clone, PartialEq)]
pub struct DroppedEdit {
    /// The record.
    pub key: RecordKey,
    /// Whether the record has to be made.
    pub create: bool,
    /// The fields; may be none where the record has to be made.
    pub changes: Vec<FieldChange>,
    /// The dropped change that wrote them: what came before it is what its author had seen.
    pub change: ChangeHash,
}

impl fmt::Debug for DroppedEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DroppedEdit").field("key", &self.key).field("change", &self.change).finish_non_exhaustive()
    }
}

/// Turns a device's dropped changes into edits, in the order in which they were made. Only what the change that made a
/// record wrote is written when it is made again: whoever knew the record had seen that, and maybe nothing of the rest.
///
/// `old` is the document with the dropped changes in it. Of each field only the last own write counts, and
/// only where it still stands there: whoever wrote over it makes that write again, not we. Where all that stands there
/// was written by `forsaken` changes, which nobody makes again, the own write counts as well. Prose comes as it reads
/// in `old`.
pub fn dropped_changes(
    old: &Automerge,
    doc: &DocId,
    own: &[&ScannedChange],
    forsaken: &HashSet<ChangeHash>,
) -> Vec<DroppedEdit> {
    let mut ordered = own.to_vec();
    ordered.sort_by_key(|change| change.start_op);
    let mut records: Vec<Edit> = Vec::new();
    for (order, change) in ordered.iter().enumerate() {
        for op in &change.ops {
            let Some((key, step)) = read_op(old, doc, op) else { continue };
            let at = records.iter().position(|edit| edit.key == key).unwrap_or_else(|| {
                records.push(Edit { key, create: None, fields: BTreeMap::new() });
                records.len() - 1
            });
            let Some(edit) = records.get_mut(at) else { continue };
            match step {
                Step::Create => edit.create = Some(order),
                Step::Field(name, write) => drop(edit.fields.insert(name, (order, write))),
            }
        }
    }
    let mut edits: Vec<(usize, DroppedEdit)> =
        records.into_iter().flat_map(|record| record.into_edits(old, &ordered, forsaken)).collect();
    edits.sort_by_key(|(order, _)| *order);
    edits.into_iter().map(|(_, edit)| edit).collect()
}

/// What the changes did to one record; each with the place of its change in their order.
struct Edit {
    key: RecordKey,
    create: Option<usize>,
    fields: BTreeMap<String, (usize, Write)>,
}

impl Edit {
    fn into_edits(
        self,
        old: &Automerge,
        ordered: &[&ScannedChange],
        forsaken: &HashSet<ChangeHash>,
    ) -> Vec<(usize, DroppedEdit)> {
        let mut by_order: BTreeMap<usize, Vec<FieldChange>> = BTreeMap::new();
        by_order.extend(self.create.map(|order| (order, Vec::new())));
        for (key, (order, write)) in self.fields {
            if let Some(op) = write.into_op(old, &key, forsaken) {
                by_order.entry(order).or_default().push(FieldChange { op, key });
            }
        }
        let edit = |(order, changes): (usize, Vec<FieldChange>)| {
            let change = ordered.get(order)?.hash;
            Some((order, DroppedEdit { key: self.key.clone(), create: self.create == Some(order), changes, change }))
        };
        by_order.into_iter().filter_map(edit).collect()
    }
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
    fn into_op(self, old: &Automerge, field: &str, forsaken: &HashSet<ChangeHash>) -> Option<FieldOp> {
        let standing = old.get_all(&self.obj, self.prop).ok()?;
        let is_forsaken = |id: &ObjId| old.hash_for_opid(id).is_some_and(|hash| forsaken.contains(&hash.into()));
        let stands = standing.iter().any(|(_, id)| *id == self.id);
        if !stands && (standing.is_empty() || !standing.iter().all(|(_, id)| is_forsaken(id))) {
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

/// How often a record with a random id was made: what is written goes to each of its maps.
pub fn times_made(am: &Automerge, doc: &DocId, key: &RecordKey) -> usize {
    if doc.is_links() { 0 } else { maps(am, key).len() }
}

/// The changes that wrote what stands in one field, each once.
pub fn writers(am: &Automerge, doc: &DocId, key: &RecordKey, field: &str) -> Vec<ChangeHash> {
    let (objs, prop) = match doc.is_links() {
        true => (vec![ROOT], format!("{key}/{field}")),
        false => (maps(am, key), field.to_owned()),
    };
    let standing = objs.iter().flat_map(|obj| am.get_all(obj, prop.as_str()).unwrap_or_default());
    let written: BTreeSet<ChangeHash> =
        standing.filter_map(|(_, id)| am.hash_for_opid(&id)).map(ChangeHash::from).collect();
    written.into_iter().collect()
}

/// The change that made a record; `None` in a links part, where records are not made, and where there is none.
pub fn creation(am: &Automerge, doc: &DocId, key: &RecordKey) -> Option<ChangeHash> {
    let (_, map) = am.get(ROOT, key.to_string()).ok().flatten().filter(|_| !doc.is_links())?;
    am.hash_for_opid(&map).map(ChangeHash::from)
}
