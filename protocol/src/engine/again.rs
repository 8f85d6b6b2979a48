//! Edits that are issued again after a divergence had dropped them, and those that have to wait for it.
//!
//! A field of a record that went with its creator's branch has nothing to be written to until its creator
//! has made the record again. Such an edit was acknowledged, so it waits, on disk, until the record is back.
//!
//! # Invariant
//! An edit that is issued again replaces only what its author had seen. Where another value stands in the field, it is
//! written beside that one, on a copy of the document as the author knew it, and both are shown.

use super::document::{Parked, apply_all};
use super::{CommandError, Engine, StartError, Write};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{ActorId, ChangeHash, DocId, RecordKey};
use crate::limits;
use crate::record::{DroppedEdit, FieldChange, FieldOp, creation, project, write, writers};
use automerge::transaction::CommitOptions;
use automerge::{Automerge, ReadDoc};
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, HashSet};

/// Where the waiting edits are kept.
const STATE_AGAIN: &str = "again";

/// Own dropped edits whose record is not there, or whose register this device may not write.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(transparent)]
pub(super) struct Waiting(#[n(0)] BTreeMap<DocId, BTreeMap<RecordKey, Held>>);

/// What waits for one record.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(array)]
struct Held {
    /// Whether it has to be made as well.
    #[n(0)]
    create: bool,
    /// The last edit of each field.
    #[n(1)]
    changes: Vec<FieldChange>,
}

impl Waiting {
    fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    fn records(&self) -> impl Iterator<Item = (DocId, RecordKey)> + '_ {
        self.0.iter().flat_map(|(doc, records)| records.keys().map(|key| (*doc, key.clone())))
    }

    /// Each record with the number of fields that wait.
    pub fn listed(&self) -> Vec<(DocId, RecordKey, usize)> {
        let of = |(doc, records): (&DocId, &BTreeMap<RecordKey, Held>)| {
            records.iter().map(|(key, held)| (*doc, key.clone(), held.changes.len())).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }

    fn take(&mut self, doc: &DocId, key: &RecordKey) -> Option<Held> {
        let records = self.0.get_mut(doc)?;
        let held = records.remove(key);
        if records.is_empty() {
            self.0.remove(doc);
        }
        held
    }

    fn makes(&self, doc: &DocId, key: &RecordKey) -> bool {
        doc.is_links() || self.0.get(doc).and_then(|records| records.get(key)).is_some_and(|held| held.create)
    }
}

impl Engine {
    pub(super) fn restore_waiting(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        if let Some(bytes) = state.get(STATE_AGAIN) {
            self.waiting = from_cbor(bytes).map_err(|_| StartError::State(STATE_AGAIN.into()))?;
        }
        Ok(())
    }

    /// Issues waiting edits whose record this slice has brought back; or all that can be issued: at a start, since the
    /// process may have died between the record and the edit, and when the rights have changed.
    pub(super) fn issue_waiting(&mut self, all: bool) {
        let back = |doc: &DocId, key: &RecordKey| {
            all || self.rows_due.iter().chain(&self.changed).any(|(d, k)| d == doc && k == key)
        };
        let mut due: BTreeMap<DocId, Vec<RecordKey>> = BTreeMap::new();
        for (doc, key) in self.waiting.records().filter(|(doc, key)| back(doc, key)) {
            due.entry(doc).or_default().push(key);
        }
        for doc in self.replaced_due(all) {
            due.entry(doc).or_default();
        }
        for (doc, keys) in due {
            self.issue_in(doc, keys);
        }
    }

    /// Issues what waits for those of the records that are there, or that wait with it, and for what had replaced it to
    /// be gone.
    pub(super) fn issue_in(&mut self, id: DocId, keys: Vec<RecordKey>) {
        if !self.roster.may_write(&id.register, &self.me) || !self.load_or_park(id, Parked::Again(keys.clone())) {
            return;
        }
        self.issue_replaced(id);
        self.issue_for_records(id, keys);
    }

    fn issue_for_records(&mut self, id: DocId, keys: Vec<RecordKey>) {
        let Some(loaded) = self.docs.get(&id).and_then(|doc| doc.loaded.as_ref()) else { return };
        // All that the author had seen of a record went with it; of what stands there now, only its creation can be
        // taken for that.
        let (mut edits, mut new) = (Vec::new(), Vec::new());
        for key in keys {
            match creation(&loaded.am, &id, &key) {
                Some(change) => {
                    let Some(Held { changes, .. }) = self.waiting.take(&id, &key) else { continue };
                    edits.push(DroppedEdit { changes, key, create: false, seen: vec![change] });
                }
                None if self.waiting.makes(&id, &key) => {
                    let Some(Held { create, changes }) = self.waiting.take(&id, &key) else { continue };
                    new.push((key, create, changes));
                }
                None => {}
            }
        }
        if edits.is_empty() && new.is_empty() {
            return;
        }
        let old = loaded.am.clone();
        self.write_dropped(id, &old, edits, Texts::Beside);
        for (key, create, changes) in new {
            self.write_again(id, &key, create, &changes);
        }
        self.waiting_moved = true;
    }

    /// Issues dropped edits again, under a new actor: those that meet what their author had not seen first, since a
    /// change comes with everything that its actor's change before it had seen.
    pub(super) fn write_dropped(&mut self, id: DocId, old: &Automerge, edits: Vec<DroppedEdit>, texts: Texts) {
        // The last changes of the actor so far may be among the dropped ones, and it has seen what others wrote.
        self.take_new_actor(&id);
        let mut base = Base::default();
        let mut rest = Vec::new();
        for DroppedEdit { key, create, changes, seen } in edits {
            seen.iter().for_each(|change| base.see(old, *change));
            let is_prose = |change: &FieldChange| matches!(change.op, FieldOp::Prose(_));
            let (mut left, changes): (Vec<FieldChange>, _) =
                changes.into_iter().partition(|change| texts == Texts::Merged && is_prose(change));
            let edit = DroppedEdit { key, create, changes, seen };
            let beside = edit.changes.iter().any(is_prose) || self.meets_unseen(&id, &edit, &base);
            if !beside || !self.write_beside(id, &edit, &mut base) {
                left.extend(edit.changes);
            }
            if create || !left.is_empty() {
                rest.push((edit.key, create, left));
            }
        }
        for (key, create, changes) in rest {
            self.write_again(id, &key, create, &changes);
        }
    }

    /// Goes on under an actor that has written nothing here: a copy of this machine, which wrote in the same millisecond,
    /// may have taken the same one.
    fn take_new_actor(&mut self, id: &DocId) {
        for _ in 0..limits::ACTOR_DRAWS_MAX {
            self.renew_actor();
            let actor = self.own_actor(id).0;
            if self.docs.get(id).is_none_or(|doc| doc.frontier.get(&actor).is_none()) {
                return;
            }
        }
    }

    /// Whether a value stands in one of the fields that the edit's author had not seen.
    fn meets_unseen(&self, id: &DocId, edit: &DroppedEdit, base: &Base) -> bool {
        let Some(loaded) = self.docs.get(id).and_then(|doc| doc.loaded.as_ref()) else { return false };
        let made = creation(&loaded.am, id, &edit.key);
        let unseen = |hash: &ChangeHash| Some(*hash) != made && !base.seen.contains(hash);
        edit.changes.iter().any(|change| writers(&loaded.am, id, &edit.key, &change.key).iter().any(unseen))
    }

    /// Writes an edit on a copy of the document as its author had seen it, and takes the change over. False: that
    /// was not possible, and nothing was written.
    fn write_beside(&mut self, id: DocId, edit: &DroppedEdit, base: &mut Base) -> bool {
        let actor = self.own_actor(&id).0;
        let wall_ms = self.now.wall_ms as i64;
        let Some(loaded) = self.docs.get_mut(&id).and_then(|doc| doc.loaded.as_mut()) else { return false };
        if let Some(made) = creation(&loaded.am, &id, &edit.key) {
            base.see(&loaded.am, made);
        }
        let Some((hash, bytes)) = base.write(&loaded.am, &id, edit, actor, wall_ms) else { return false };
        if let Err(text) = apply_all(&mut loaded.am, std::iter::once(bytes)) {
            // What it left behind in memory is not trusted.
            self.stop(format!("an edit could not be issued again in document {id:?}: {text}"));
            return true;
        }
        self.note_again(id, &edit.key, actor, hash);
        true
    }

    /// Takes over a change that issues an edit again; whether that was possible.
    fn note_again(&mut self, id: DocId, key: &RecordKey, actor: ActorId, hash: ChangeHash) -> bool {
        if let Err(error) = self.note_own_change(id, actor, hash) {
            let me = self.me;
            self.fault(me, format!("an edit could not be issued again: {error}"));
            return false;
        }
        self.rows_due.insert((id, key.clone()));
        true
    }

    fn is_there(&self, id: &DocId, key: &RecordKey) -> bool {
        let loaded = self.docs.get(id).and_then(|doc| doc.loaded.as_ref());
        loaded.is_some_and(|loaded| project(&loaded.am, id, &loaded.origins, key).is_some())
    }

    /// Writes an edit under the present actor; `create` makes the record. Without it the edit waits.
    pub(super) fn write_again(&mut self, id: DocId, key: &RecordKey, create: bool, changes: &[FieldChange]) {
        let there = self.is_there(&id, key);
        if !create && !there && !id.is_links() {
            return self.wait_for_record(id, key, false, changes);
        }
        let create = create && !there;
        // What was made by many edits may be more than one change holds.
        let written = self.write_once(id, key, create, changes).or_else(|_| {
            in_steps(create, changes).try_for_each(|(create, changes)| self.write_once(id, key, create, &changes))
        });
        if let Err(error) = written {
            let me = self.me;
            self.fault(me, format!("an edit could not be issued again: {error}"));
        }
    }

    /// Writes in one change. Of an error nothing is left.
    fn write_once(
        &mut self,
        id: DocId,
        key: &RecordKey,
        create: bool,
        changes: &[FieldChange],
    ) -> Result<(), CommandError> {
        self.join_heads(id)?;
        let actor = self.own_actor(&id).0;
        let wall_ms = self.now.wall_ms as i64;
        let Some(loaded) = self.docs.get_mut(&id).and_then(|doc| doc.loaded.as_mut()) else { return Ok(()) };
        loaded.am.set_actor(actor.to_automerge());
        let mut tx = loaded.am.transaction();
        match write(&mut tx, &id, key, create, changes) {
            Ok(true) => {}
            other => {
                tx.rollback();
                return other.map(drop).map_err(super::edit::refusal);
            }
        }
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(wall_ms));
        if let Some(hash) = hash
            && self.note_again(id, key, actor, hash.into())
        {
            self.doc_mut(id).meta.records += u64::from(create);
        }
        Ok(())
    }

    /// This device may write the register no more, and heard of it after these edits.
    pub(super) fn wait_for_right(&mut self, id: DocId, edits: Vec<DroppedEdit>) {
        let name = self.roster.registers.get(&id.register).map_or_else(|| id.register.short(), |r| r.name.clone());
        // Should the right come back, the sequences of these edits are not used again.
        self.renew_actor();
        let me = self.me;
        self.fault(
            me,
            format!("edits in \"{name}\" came after this machine had ceased to be a writer of it: they wait here"),
        );
        for edit in edits {
            self.wait_for_record(id, &edit.key, edit.create, &edit.changes);
        }
    }

    fn wait_for_record(&mut self, id: DocId, key: &RecordKey, create: bool, changes: &[FieldChange]) {
        if self.waiting.len() >= limits::EDITS_WAITING_MAX {
            let me = self.me;
            return self.fault(me, format!("an edit could not be issued again: record {key} is gone"));
        }
        let held = self.waiting.0.entry(id).or_default().entry(key.clone()).or_default();
        held.create |= create;
        for change in changes {
            // Of one field the last edit counts.
            held.changes.retain(|earlier| earlier.key != change.key);
            held.changes.push(change.clone());
        }
        self.waiting_moved = true;
    }

    /// Forgets the edits that wait in a document.
    pub(super) fn forget_waiting(&mut self, doc: &DocId) {
        self.waiting_moved |= self.waiting.0.remove(doc).is_some();
        self.forget_replaced(doc);
    }

    /// Writes what waits, once for all that this slice has added or issued.
    pub(super) fn store_waiting(&mut self) {
        if !std::mem::take(&mut self.waiting_moved) {
            return;
        }
        self.batch.push(match self.waiting.0.is_empty() {
            true => Write::DropState(STATE_AGAIN.into()),
            false => Write::PutState(STATE_AGAIN.into(), to_cbor(&self.waiting)),
        });
    }
}

/// An edit as several, each of which fits into one change: the record, each field, and of a text one more piece each time.
fn in_steps(create: bool, changes: &[FieldChange]) -> impl Iterator<Item = (bool, Vec<FieldChange>)> {
    let field = |change: &FieldChange| match &change.op {
        FieldOp::Prose(text) => {
            let step = limits::CHANGE_OPS_MAX as usize / 2;
            let ends = text.char_indices().map(|(at, _)| at).step_by(step).skip(1).chain([text.len()]);
            let upto = |end| FieldChange { key: change.key.clone(), op: FieldOp::Prose(text[..end].to_owned()) };
            ends.map(upto).collect()
        }
        _ => vec![change.clone()],
    };
    let fields: Vec<FieldChange> = changes.iter().flat_map(field).collect();
    create.then(|| (true, Vec::new())).into_iter().chain(fields.into_iter().map(|change| (false, vec![change])))
}

/// How texts are written again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    /// As they read in the old document, which has what others wrote into them.
    Merged,
    /// On the text as the record was made with it, beside what others write: an edit that waited knows nothing of those.
    Beside,
}

/// What the author of dropped edits had seen, growing edit by edit, and the document that this makes.
#[derive(Default)]
pub(super) struct Base {
    seen: HashSet<ChangeHash>,
    /// Seen, and not yet in `am`; in no order.
    due: Vec<ChangeHash>,
    am: Automerge,
}

impl Base {
    /// Takes in a change and all that came before it.
    pub fn see(&mut self, history: &Automerge, change: ChangeHash) {
        let mut stack = vec![change];
        while let Some(hash) = stack.pop() {
            if self.seen.insert(hash) {
                self.due.push(hash);
                let deps = history.get_change_meta_by_hash(&hash.into()).map(|change| change.deps);
                stack.extend(deps.unwrap_or_default().into_iter().map(ChangeHash::from));
            }
        }
    }

    pub fn has_seen(&self, change: &ChangeHash) -> bool {
        self.seen.contains(change)
    }

    /// Writes the edit on what of the seen is in `present`; gives the change. `None`: nothing was written.
    fn write(
        &mut self,
        present: &Automerge,
        id: &DocId,
        edit: &DroppedEdit,
        actor: ActorId,
        wall_ms: i64,
    ) -> Option<(ChangeHash, Vec<u8>)> {
        let due = std::mem::take(&mut self.due);
        let mut changes: Vec<_> = due.iter().filter_map(|hash| present.get_change_by_hash(&(*hash).into())).collect();
        // A change's counters lie above those of all that came before it.
        changes.sort_by_key(|change| change.start_op());
        apply_all(&mut self.am, changes.iter().map(|change| change.raw_bytes().to_vec())).ok()?;
        self.am.set_actor(actor.to_automerge());
        let mut tx = self.am.transaction();
        if write(&mut tx, id, &edit.key, false, &edit.changes) != Ok(true) {
            tx.rollback();
            return None;
        }
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(wall_ms));
        let change = self.am.get_change_by_hash(&hash?)?;
        self.seen.insert(change.hash().into());
        Some((change.hash().into(), change.raw_bytes().to_vec()))
    }
}
