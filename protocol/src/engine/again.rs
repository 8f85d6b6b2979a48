//! Edits that are issued again after a divergence had dropped them, and those that have to wait for it.
//!
//! A field of a record that went with its creator's branch has nothing to be written to until its creator
//! has made the record again. Such an edit was acknowledged, so it waits, on disk, until the record is back.

use super::document::Parked;
use super::{Engine, StartError, Write};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{DocId, RecordKey};
use crate::limits;
use crate::record::{FieldChange, project, write};
use automerge::transaction::CommitOptions;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// Where the waiting edits are kept.
const STATE_AGAIN: &str = "again";

/// Own dropped edits whose record is not there.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(transparent)]
pub(super) struct Waiting(#[n(0)] BTreeMap<DocId, BTreeMap<RecordKey, Vec<FieldChange>>>);

impl Waiting {
    fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    fn records(&self) -> impl Iterator<Item = (DocId, RecordKey)> + '_ {
        self.0.iter().flat_map(|(doc, records)| records.keys().map(|key| (*doc, key.clone())))
    }

    fn take(&mut self, doc: &DocId, key: &RecordKey) -> Option<Vec<FieldChange>> {
        let records = self.0.get_mut(doc)?;
        let changes = records.remove(key);
        if records.is_empty() {
            self.0.remove(doc);
        }
        changes
    }
}

impl Engine {
    pub(super) fn restore_waiting(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        if let Some(bytes) = state.get(STATE_AGAIN) {
            self.waiting = from_cbor(bytes).map_err(|_| StartError::State(STATE_AGAIN.into()))?;
        }
        Ok(())
    }

    /// Issues waiting edits whose record this slice has brought back. At a start nothing is brought back: what
    /// waits is tried once, since the process may have died between the record and the edit.
    pub(super) fn issue_waiting(&mut self, all: bool) {
        let back = |doc: &DocId, key: &RecordKey| {
            all || self.rows_due.iter().chain(&self.changed).any(|(d, k)| d == doc && k == key)
        };
        let due: Vec<(DocId, RecordKey)> = self.waiting.records().filter(|(doc, key)| back(doc, key)).collect();
        for (doc, key) in due {
            self.issue_one(doc, key);
        }
    }

    /// Issues the waiting edits of one record, if it is there.
    pub(super) fn issue_one(&mut self, id: DocId, key: RecordKey) {
        if !self.load_or_park(id, Parked::Again(key.clone())) || !self.is_there(&id, &key) {
            return;
        }
        if let Some(changes) = self.waiting.take(&id, &key) {
            self.write_again(id, &key, false, &changes);
            self.store_waiting();
        }
    }

    fn is_there(&self, id: &DocId, key: &RecordKey) -> bool {
        let loaded = self.docs.get(id).and_then(|doc| doc.loaded.as_ref());
        loaded.is_some_and(|loaded| project(&loaded.am, id, &loaded.origins, key).is_some())
    }

    /// Writes an edit under the present actor; `create` makes the record. Without it the edit waits.
    pub(super) fn write_again(&mut self, id: DocId, key: &RecordKey, create: bool, changes: &[FieldChange]) {
        let there = self.is_there(&id, key);
        if !create && !there && !id.is_links() {
            return self.wait_for_record(id, key, changes);
        }
        let actor = self.own_actor(&id).0;
        let wall_ms = self.now.wall_ms as i64;
        let Some(loaded) = self.docs.get_mut(&id).and_then(|doc| doc.loaded.as_mut()) else { return };
        loaded.am.set_actor(actor.to_automerge());
        let mut tx = loaded.am.transaction();
        let create = create && !there;
        if write(&mut tx, &id, key, create, changes) != Ok(true) {
            tx.rollback();
            return;
        }
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(wall_ms));
        let Some(hash) = hash else { return };
        if let Err(error) = self.note_own_change(id, actor, hash.into()) {
            let me = self.me;
            return self.fault(me, format!("an edit could not be issued again: {error}"));
        }
        self.doc_mut(id).meta.records += u64::from(create);
        self.rows_due.insert((id, key.clone()));
    }

    fn wait_for_record(&mut self, id: DocId, key: &RecordKey, changes: &[FieldChange]) {
        if self.waiting.len() >= limits::EDITS_WAITING_MAX {
            let me = self.me;
            return self.fault(me, format!("an edit could not be issued again: record {key} is gone"));
        }
        let waiting = self.waiting.0.entry(id).or_default().entry(key.clone()).or_default();
        for change in changes {
            // Of one field the last edit counts.
            waiting.retain(|earlier| earlier.key != change.key);
            waiting.push(change.clone());
        }
        self.store_waiting();
    }

    fn store_waiting(&mut self) {
        self.batch.push(match self.waiting.0.is_empty() {
            true => Write::DropState(STATE_AGAIN.into()),
            false => Write::PutState(STATE_AGAIN.into(), to_cbor(&self.waiting)),
        });
    }
}
