//! Own edits that a proven divergence dropped, as edits to be made again.

use super::project::maps;
use super::touch::{record_of, record_of_object};
use super::{FieldChange, FieldOp, Scalar, is_set_key};
use crate::ids::{ActorId, ChangeHash, DocId, RecordKey};
use crate::scan::{Action, KeyRef, ObjRef, OpId, ScannedChange, ScannedOp, scan};
use automerge::{Automerge, ObjId, Prop, ROOT, ReadDoc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

/// A field of a record.
pub type Field = (RecordKey, String);

/// An edit to be made again. `Debug` shows nothing of what it writes: it may be a person's.
#[derive(Clone, PartialEq)]
pub struct DroppedEdit {
    /// The record.
    pub key: RecordKey,
    /// Whether the record has to be made.
    pub create: bool,
    /// The fields; may be none where the record has to be made.
    pub changes: Vec<FieldChange>,
    /// The changes up to which its author had seen; where that is known, the dropped change that wrote them.
    pub seen: Vec<ChangeHash>,
}

impl fmt::Debug for DroppedEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DroppedEdit").field("key", &self.key).field("seen", &self.seen).finish_non_exhaustive()
    }
}

/// An edit of one field over which others had written, and that went with theirs. `Debug` shows nothing of what it writes.
#[derive(Clone, PartialEq)]
pub struct ReplacedEdit {
    /// The record.
    pub key: RecordKey,
    /// The field.
    pub change: FieldChange,
    /// The dropped change that wrote it.
    pub dropped: ChangeHash,
    /// Who wrote over it, and over that, and so on.
    pub by: BTreeSet<ActorId>,
}

impl fmt::Debug for ReplacedEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplacedEdit").field("key", &self.key).field("by", &self.by).finish_non_exhaustive()
    }
}

/// What a device had written of the changes that were dropped.
#[derive(Default, Debug)]
pub struct Dropped {
    /// What stood, in the order in which it was made.
    pub standing: Vec<DroppedEdit>,
    /// What others had written over, in the order in which it was made: they make theirs again.
    pub replaced: Vec<ReplacedEdit>,
}

/// Turns dropped changes into the edits of one device. Only what the change that made a record wrote is written when it is
/// made again: whoever knew the record had seen that, and maybe nothing of the rest.
///
/// `old` is the document with the dropped changes in it, `gone` are these changes: with each all that builds on it. Of each
/// field only the last own write counts. Prose comes as it reads in `old`.
pub fn dropped_changes(
    old: &Automerge,
    doc: &DocId,
    gone: &[&ScannedChange],
    is_own: impl Fn(&ActorId) -> bool,
) -> Dropped {
    let (mut own, others): (Vec<&ScannedChange>, Vec<_>) = gone.iter().partition(|change| is_own(&change.actor));
    own.sort_by_key(|change| change.start_op);
    let mut records: Vec<Edit> = Vec::new();
    for (order, change) in own.iter().enumerate() {
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
    let overwriting = Overwriting::of(&others);
    let (mut edits, mut replaced) = (Vec::new(), Vec::new());
    for record in records {
        record.into_edits(old, &own, &overwriting, &mut edits, &mut replaced);
    }
    edits.sort_by_key(|(order, _)| *order);
    replaced.sort_by_key(|(order, _)| *order);
    Dropped {
        standing: edits.into_iter().map(|(_, edit)| edit).collect(),
        replaced: replaced.into_iter().map(|(_, edit)| edit).collect(),
    }
}

/// Which operations were written over by which.
struct Overwriting(HashMap<OpId, Vec<OpId>>);

impl Overwriting {
    fn of(changes: &[&ScannedChange]) -> Self {
        let mut over: HashMap<OpId, Vec<OpId>> = HashMap::new();
        for (op, before) in changes.iter().flat_map(|change| change.ops_with_predecessors()) {
            before.iter().for_each(|id| over.entry(*id).or_default().push(op.id));
        }
        Self(over)
    }

    /// Who wrote over an operation, and over that, and so on.
    fn authors(&self, op: OpId) -> BTreeSet<ActorId> {
        let (mut authors, mut met, mut due) = (BTreeSet::new(), BTreeSet::from([(op.counter, op.actor)]), vec![op]);
        while let Some(id) = due.pop() {
            for over in self.0.get(&id).into_iter().flatten() {
                if met.insert((over.counter, over.actor)) {
                    authors.insert(over.actor);
                    due.push(*over);
                }
            }
        }
        authors
    }
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
        own: &[&ScannedChange],
        overwriting: &Overwriting,
        edits: &mut Vec<(usize, DroppedEdit)>,
        replaced: &mut Vec<(usize, ReplacedEdit)>,
    ) {
        let hash = |order: usize| own.get(order).map(|change| change.hash);
        let mut by_order: BTreeMap<usize, Vec<FieldChange>> = BTreeMap::new();
        by_order.extend(self.create.map(|order| (order, Vec::new())));
        for (field, (order, write)) in self.fields {
            let by = overwriting.authors(write.op);
            let Some((op, dropped)) = write.into_op(old, &field).zip(hash(order)) else { continue };
            let change = FieldChange { op, key: field };
            match by.is_empty() {
                true => by_order.entry(order).or_default().push(change),
                false => replaced.push((order, ReplacedEdit { key: self.key.clone(), change, dropped, by })),
            }
        }
        let edit = |(order, changes): (usize, Vec<FieldChange>)| {
            let (key, create, seen) = (self.key.clone(), self.create == Some(order), vec![hash(order)?]);
            Some((order, DroppedEdit { key, create, changes, seen }))
        };
        edits.extend(by_order.into_iter().filter_map(edit));
    }
}

/// What one operation did to its record.
enum Step {
    Create,
    Field(String, Write),
}

/// The last write to one field: the operation, and the value; for prose there is none, the operation made the text.
struct Write {
    op: OpId,
    value: Option<Scalar>,
}

impl Write {
    fn into_op(self, old: &Automerge, field: &str) -> Option<FieldOp> {
        Some(match self.value {
            None => FieldOp::Prose(old.text(object_id(&self.op)).ok()?),
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
            Some((record_of(doc, root_key)?, Step::Field(field, Write { op: op.id, value: Some(value.clone()) })))
        }
        (ObjRef::Object(map), KeyRef::Map(field), Action::Set(_) | Action::MakeText) => {
            let value = match &op.action {
                Action::Set(value) => Some(value.clone()),
                _ => None,
            };
            Some((record_of_object(old, doc, map)?, Step::Field(field.clone(), Write { op: op.id, value })))
        }
        (ObjRef::Object(text), KeyRef::Element(_), _) => {
            let parent = old.parents(object_id(text)).ok()?.next()?;
            let Prop::Map(field) = parent.prop else { return None };
            Some((record_of_object(old, doc, text)?, Step::Field(field, Write { op: *text, value: None })))
        }
        _ => None,
    }
}

/// Automerge's name of an operation or object. The index is a hint only: Automerge looks the actor up.
fn object_id(id: &OpId) -> ObjId {
    ObjId::Id(id.counter, id.actor.to_automerge(), 0)
}

/// The changes that write some fields of records, each with its author; of others than `of` none.
pub fn field_writes(
    am: &Automerge,
    doc: &DocId,
    fields: &BTreeSet<Field>,
    of: impl Fn(&ActorId) -> bool,
) -> BTreeMap<Field, BTreeMap<ChangeHash, ActorId>> {
    let mut out: BTreeMap<Field, BTreeMap<ChangeHash, ActorId>> = BTreeMap::new();
    let names: BTreeSet<&str> = fields.iter().map(|(_, name)| name.as_str()).collect();
    let is_named = |op: &ScannedOp| match &op.key {
        KeyRef::Map(key) => {
            names.contains(key.as_str()) || key.split_once('/').is_some_and(|(_, key)| names.contains(key))
        }
        KeyRef::Element(_) => true,
    };
    // Of a text each character is an operation.
    let mut of_text: HashMap<OpId, Option<Field>> = HashMap::new();
    let read = |op: &ScannedOp| match read_op(am, doc, op) {
        Some((key, Step::Field(name, _))) => Some((key, name)),
        _ => None,
    };
    for change in am.get_changes(&[]) {
        let Some(author) = ActorId::from_automerge(change.actor_id()).filter(&of) else { continue };
        let Ok(change) = scan(change.raw_bytes()) else { continue };
        for op in change.ops.iter().filter(|op| is_named(op)) {
            let field = match (&op.obj, &op.key) {
                (ObjRef::Object(text), KeyRef::Element(_)) => of_text.entry(*text).or_insert_with(|| read(op)).clone(),
                _ => read(op),
            };
            if let Some(field) = field.filter(|field| fields.contains(field)) {
                out.entry(field).or_default().insert(change.hash, author);
            }
        }
    }
    out
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
