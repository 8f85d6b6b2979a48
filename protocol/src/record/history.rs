//! What became of a record: the changes that wrote it, each field with what stood there before.
//!
//! Nothing of this is stored: it is read from the document's changes when somebody asks.

use super::project::maps;
use super::touch::record_of;
use super::{DELETED, Scalar, is_set_key};
use crate::ids::{ActorId, ChangeHash, DocId, RecordKey};
use crate::persons::Personal;
use crate::scan::{Action, KeyRef, ObjRef, OpId, ScanError, ScannedChange, ScannedOp, scan};
use automerge::{Automerge, ObjId, ReadDoc};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

/// One change of a record.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The change.
    pub change: ChangeHash,
    /// Who wrote it.
    pub actor: ActorId,
    /// The author's wall clock in milliseconds since the Unix epoch: information, never a rule.
    pub time_ms: i64,
    /// Where it stands in time, also among the changes of other documents: no change stands before one that it builds on,
    /// whatever its author's clock says.
    pub rank: (i64, u64),
    /// Whether it made the record (of a record with a derived id: whether it is the first).
    pub creates: bool,
    /// What it did, by flat key.
    pub steps: Vec<FieldStep>,
}

/// What one change did to one flat field. `Debug` shows no value, and no member of a set: they may be a person's.
#[derive(Clone, PartialEq)]
pub struct FieldStep {
    /// The flat key.
    pub field: String,
    /// What its author saw there: none, one value, or several that it decided between. A member of a set reads true.
    pub before: Vec<Scalar>,
    /// What it wrote; `Null`: it removed the value.
    pub after: Scalar,
}

impl fmt::Debug for FieldStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field: &dyn fmt::Debug = match is_set_key(&self.field) {
            true => &Personal::new(()),
            false => &self.field,
        };
        f.debug_struct("FieldStep").field("field", field).finish_non_exhaustive()
    }
}

/// The changes of one record in one document, newest first.
pub struct History<'a> {
    am: &'a Automerge,
    changes: Vec<Change>,
}

/// A change as far as it is known without reading texts, of which there is one state for each change.
struct Change {
    entry: Entry,
    deps: Vec<ChangeHash>,
    fields: BTreeMap<String, Written>,
}

#[derive(Default)]
struct Written {
    before: Vec<Was>,
    after: Option<Was>,
}

/// A value that an operation wrote: itself, or the text that it made.
#[derive(Clone, PartialEq)]
enum Was {
    Scalar(Scalar),
    Text(OpId),
}

impl<'a> History<'a> {
    /// Finds the changes of a record. Time and memory go with the size of the document.
    ///
    /// # Errors
    /// [`ScanError`]: a change that no admission would have let in.
    pub fn read(am: &'a Automerge, doc: &DocId, key: &RecordKey) -> Result<Self, ScanError> {
        let mut walk = Walk::new(am, doc, key);
        let mut changes: Vec<Change> = Vec::new();
        let mut times: HashMap<ChangeHash, i64> = HashMap::new();
        for change in am.get_changes(&[]) {
            let scanned = scan(change.raw_bytes())?;
            let before = scanned.deps.iter().filter_map(|dep| times.get(dep)).copied().max();
            let time = before.map_or(scanned.time_ms, |before| before.max(scanned.time_ms));
            times.insert(scanned.hash, time);
            let (made, fields) = walk.read(&scanned);
            if !made && fields.is_empty() {
                continue;
            }
            let entry = Entry {
                change: scanned.hash,
                actor: scanned.actor,
                time_ms: scanned.time_ms,
                rank: (time, scanned.start_op),
                creates: made || doc.is_links() && changes.is_empty(),
                steps: Vec::new(),
            };
            changes.push(Change { entry, deps: scanned.deps, fields });
        }
        changes.sort_by_key(|change| std::cmp::Reverse((change.entry.rank, change.entry.change)));
        Ok(Self { am, changes })
    }

    /// The changes in order, newest first, with their ranks.
    pub fn ranks(&self) -> impl Iterator<Item = (ChangeHash, (i64, u64))> {
        self.changes.iter().map(|change| (change.entry.change, change.entry.rank))
    }

    /// What one of the changes did.
    pub fn entry(&self, change: &ChangeHash) -> Option<Entry> {
        let change = self.changes.iter().find(|one| one.entry.change == *change)?;
        let steps = change.fields.iter().filter_map(|(field, written)| self.step(change, field, written)).collect();
        Some(Entry { steps, ..change.entry.clone() })
    }

    fn step(&self, change: &Change, field: &str, written: &Written) -> Option<FieldStep> {
        let deps: Vec<automerge::ChangeHash> = change.deps.iter().map(|dep| (*dep).into()).collect();
        let mut before: Vec<Scalar> = Vec::new();
        for value in written.before.iter().map(|was| self.value(field, was, &deps)) {
            if !before.contains(&value) {
                before.push(value);
            }
        }
        if before == [Scalar::Null] {
            before.clear();
        }
        let after = self.value(field, written.after.as_ref()?, &[change.entry.change.into()]);
        let says_nothing = match before.as_slice() {
            [] => after == Scalar::Null,
            [one] => *one == after,
            _ => false,
        };
        // A deletion said again decides about edits that the first one had not seen.
        (!says_nothing || field == DELETED).then(|| FieldStep { field: field.to_owned(), before, after })
    }

    fn value(&self, field: &str, was: &Was, heads: &[automerge::ChangeHash]) -> Scalar {
        match was {
            Was::Scalar(Scalar::Int(_)) if is_set_key(field) => Scalar::Bool(true),
            Was::Scalar(value) => value.clone(),
            Was::Text(id) => match self.am.text_at(object(id), heads) {
                Ok(text) if !text.is_empty() => Scalar::Prose(text),
                _ => Scalar::Null,
            },
        }
    }
}

fn object(id: &OpId) -> ObjId {
    // The index is a hint only: Automerge looks the actor up.
    ObjId::Id(id.counter, id.actor.to_automerge(), 0)
}

/// The way through a document's changes, each after those that it builds on.
struct Walk<'a> {
    doc: &'a DocId,
    key: &'a RecordKey,
    root_key: String,
    /// The record's maps; none in a links part.
    maps: HashSet<OpId>,
    /// The texts in it, and their fields.
    texts: HashMap<OpId, String>,
    /// What its operations wrote.
    values: HashMap<OpId, Was>,
}

impl<'a> Walk<'a> {
    fn new(am: &Automerge, doc: &'a DocId, key: &'a RecordKey) -> Self {
        let maps = if doc.is_links() { Vec::new() } else { maps(am, key) };
        let maps = maps.iter().map(super::origin::author).map(|(actor, counter)| OpId { counter, actor }).collect();
        Self { doc, key, root_key: key.to_string(), maps, texts: HashMap::new(), values: HashMap::new() }
    }

    /// Whether a change made the record, and what it wrote of it.
    fn read(&mut self, change: &ScannedChange) -> (bool, BTreeMap<String, Written>) {
        let (mut made, mut fields) = (false, BTreeMap::new());
        for (op, overwritten) in change.ops_with_predecessors() {
            made |= self.maps.contains(&op.id);
            if let Some((field, was)) = self.written(op) {
                let written: &mut Written = fields.entry(field).or_default();
                let is_text_of_before = matches!(was, Was::Text(id) if id != op.id && !in_change(change, &id));
                let before = overwritten.iter().filter(|id| !in_change(change, id));
                written.before.extend(before.filter_map(|id| self.values.get(id)).cloned());
                if is_text_of_before && !written.before.contains(&was) {
                    written.before.push(was.clone());
                }
                if is_value(op) {
                    self.values.insert(op.id, was.clone());
                }
                written.after = Some(was);
            }
        }
        (made, fields)
    }

    /// The field that an operation writes, and what is there then.
    fn written(&mut self, op: &ScannedOp) -> Option<(String, Was)> {
        let field = match (&op.obj, &op.key) {
            (ObjRef::Root, KeyRef::Map(root_key)) if self.doc.is_links() => {
                let (name, field) = root_key.split_once('/')?;
                (name == self.root_key && record_of(self.doc, root_key).as_ref() == Some(self.key)).then_some(field)?
            }
            (ObjRef::Object(map), KeyRef::Map(field)) if self.maps.contains(map) => field,
            (ObjRef::Object(text), KeyRef::Element(_)) => {
                return Some((self.texts.get(text)?.clone(), Was::Text(*text)));
            }
            _ => return None,
        };
        let was = match &op.action {
            Action::Set(value) => Was::Scalar(value.clone()),
            Action::MakeText => {
                self.texts.insert(op.id, field.to_owned());
                Was::Text(op.id)
            }
            _ => return None,
        };
        Some((field.to_owned(), was))
    }
}

/// Whether it gives a field its value, and does not work inside a text.
fn is_value(op: &ScannedOp) -> bool {
    matches!(op.key, KeyRef::Map(_))
}

fn in_change(change: &ScannedChange, id: &OpId) -> bool {
    id.actor == change.actor && id.counter >= change.start_op
}
