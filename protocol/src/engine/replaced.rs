//! Own edits that others had replaced, and that a divergence took together with what had replaced them.
//!
//! Those others make theirs again, on what is left, so that the replaced edit lies under it no more. Should what they make
//! go as well, because its author is removed, nobody would show what had stood before. So the author of the replaced edit
//! keeps it, on disk, and issues it again once nobody who had written over it may write any more, unless one of them, or
//! this device itself, has written the field since. What the decisions that end their writing name is waited for.

use super::again::{Base, Texts};
use super::{Engine, StartError, Write};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{ActorId, ChangeHash, DeviceKey, DocId, RecordKey};
use crate::limits;
use crate::record::{DroppedEdit, Field, FieldChange, ReplacedEdit, field_writes};
use automerge::Automerge;
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, BTreeSet};

/// Names what is kept, a value for each document.
const STATE_REPLACED: &str = "replaced/";

/// The document of which a value of the engine holds edits; `None`: of none. Those of a person are the person's.
pub fn doc_of_state(name: &str) -> Option<DocId> {
    DocId::parse(name.strip_prefix(STATE_REPLACED)?)
}

/// What is kept.
#[derive(Clone, Default)]
pub(super) struct Replaced {
    /// Of each document, oldest first.
    docs: BTreeMap<DocId, Vec<Kept>>,
    /// The documents in which something was written over by nobody who may still write.
    ripe: BTreeSet<DocId>,
}

/// One edit of one field.
#[derive(Clone, Encode, Decode)]
#[cbor(array)]
struct Kept {
    #[n(0)]
    key: RecordKey,
    #[n(1)]
    change: FieldChange,
    /// Whose edits had replaced it.
    #[n(2)]
    by: BTreeSet<DeviceKey>,
    /// The changes that wrote the field, of those that the divergence has left; each with whether the edit's author had
    /// seen it.
    #[n(3)]
    wrote: BTreeMap<ChangeHash, bool>,
}

impl Kept {
    fn field(&self) -> Field {
        (self.key.clone(), self.change.key.clone())
    }
}

impl Engine {
    pub(super) fn restore_replaced(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        for (name, bytes) in state {
            if let Some(doc) = doc_of_state(name) {
                self.replaced.docs.insert(doc, from_cbor(bytes).map_err(|_| StartError::State(name.clone()))?);
            }
        }
        Ok(())
    }

    /// Keeps edits that others had replaced; `old` is the document with them in it, `authors` are its actors. Of too many
    /// the oldest go.
    pub(super) fn keep_replaced(
        &mut self,
        id: DocId,
        old: &Automerge,
        edits: Vec<ReplacedEdit>,
        authors: &BTreeMap<ActorId, DeviceKey>,
    ) {
        let loaded = self.docs.get(&id).and_then(|doc| doc.loaded.as_ref());
        let Some(loaded) = loaded.filter(|_| !edits.is_empty()) else { return };
        let fields = edits.iter().map(|edit| (edit.key.clone(), edit.change.key.clone())).collect();
        let mut wrote = field_writes(&loaded.am, &id, &fields, |_| true);
        let kept = self.replaced.docs.entry(id).or_default();
        // Of one field the last edit counts.
        kept.retain(|kept| !fields.contains(&kept.field()));
        let mut base = Base::default();
        for ReplacedEdit { key, change, dropped, by } in edits {
            base.see(old, dropped);
            let wrote = wrote.remove(&(key.clone(), change.key.clone())).unwrap_or_default();
            let wrote = wrote.into_keys().map(|hash| (hash, base.has_seen(&hash))).collect();
            let by = by.iter().filter_map(|actor| authors.get(actor).copied()).collect();
            kept.push(Kept { key, change, by, wrote });
        }
        let beyond = kept.len().saturating_sub(limits::EDITS_WAITING_MAX);
        kept.drain(..beyond);
        if beyond > 0 {
            let me = self.me;
            self.fault(me, format!("{beyond} edits that others had replaced before a divergence are kept no more"));
        }
        self.store_replaced(id);
        self.ripen();
    }

    /// Looks for the documents in which something is due as far as rights go.
    fn ripen(&mut self) {
        let roster = &self.roster;
        let is_ripe = |doc: &DocId, kept: &Kept| !kept.by.iter().any(|by| roster.may_write(&doc.register, by));
        let ripe = self.replaced.docs.iter().filter(|(doc, kept)| kept.iter().any(|kept| is_ripe(doc, kept)));
        self.replaced.ripe = ripe.map(|(doc, _)| *doc).collect();
    }

    /// The documents in which something is due; of those in which nothing has changed in this slice only if `all`: at a
    /// start, and when rights have changed.
    pub(super) fn replaced_due(&mut self, all: bool) -> Vec<DocId> {
        if all {
            self.ripen();
        }
        let moved = |doc: &DocId| self.rows_due.iter().chain(&self.changed).any(|(moved, _)| moved == doc);
        let due = self.replaced.ripe.iter().filter(|doc| all || moved(doc));
        let has_come_up =
            |doc: &&DocId| self.replaced.docs.get(*doc).into_iter().flatten().any(|kept| self.has_come_up(doc, kept));
        due.filter(has_come_up).copied().collect()
    }

    /// Whether nobody who had written over it may write any more, and all is here that stays of them.
    fn has_come_up(&self, id: &DocId, kept: &Kept) -> bool {
        let Some(doc) = self.docs.get(id) else { return false };
        let ended = |by: &DeviceKey| {
            !self.roster.may_write(&id.register, by) && !self.roster.names_beyond(id, by, &doc.frontier)
        };
        kept.by.iter().all(ended)
    }

    /// Issues what is due in a document that is here, and forgets what really was replaced.
    pub(super) fn issue_replaced(&mut self, id: DocId) {
        let Some(doc) = self.docs.get(&id) else { return };
        let Some(loaded) = doc.loaded.as_ref() else { return };
        let Some(kept) = self.replaced.docs.remove(&id) else { return };
        let (due, stay): (Vec<Kept>, Vec<Kept>) = kept.into_iter().partition(|kept| self.has_come_up(&id, kept));
        if !stay.is_empty() {
            self.replaced.docs.insert(id, stay);
        }
        if due.is_empty() {
            return;
        }
        let device = |actor: &ActorId| doc.runs.get(actor).map(|run| run.run.device);
        let counts = |device: &DeviceKey| *device == self.me || due.iter().any(|kept| kept.by.contains(device));
        let fields = due.iter().map(Kept::field).collect();
        let wrote = field_writes(&loaded.am, &id, &fields, |actor| device(actor).is_some_and(|device| counts(&device)));
        let is_replaced = |kept: &Kept| {
            let by =
                |actor: &ActorId| device(actor).is_some_and(|device| device == self.me || kept.by.contains(&device));
            let mut now = wrote.get(&kept.field()).into_iter().flatten();
            now.any(|(hash, actor)| !kept.wrote.contains_key(hash) && by(actor))
        };
        let edits = due.into_iter().filter(|kept| !is_replaced(kept)).map(|kept| DroppedEdit {
            key: kept.key,
            create: false,
            changes: vec![kept.change],
            seen: kept.wrote.into_iter().filter_map(|(hash, seen)| seen.then_some(hash)).collect(),
        });
        let (edits, old) = (edits.collect::<Vec<_>>(), loaded.am.clone());
        if !edits.is_empty() {
            self.write_dropped(id, &old, edits, Texts::Beside);
        }
        self.store_replaced(id);
        self.ripen();
    }

    /// Forgets what is kept of a document.
    pub(super) fn forget_replaced(&mut self, doc: &DocId) {
        if self.replaced.docs.remove(doc).is_some() {
            self.store_replaced(*doc);
            self.ripen();
        }
    }

    fn store_replaced(&mut self, doc: DocId) {
        let name = format!("{STATE_REPLACED}{doc}");
        self.batch.push(match self.replaced.docs.get(&doc) {
            Some(kept) => Write::PutState(name, to_cbor(kept)),
            None => Write::DropState(name),
        });
    }
}
