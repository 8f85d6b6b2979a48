//! Own edits that others had replaced, and that a divergence took together with what had replaced them.
//!
//! Those others make theirs again, on what is left, so that the replaced edit lies under it no more. Should what they make
//! go as well, because its author is removed, or never come, nobody would show what had stood before. So the author of
//! the replaced edit keeps it, on disk, and issues it again once nobody who had written over it may write any more,
//! unless one of them, or this device itself, has written the field since.

use super::again::{Base, Texts};
use super::{Engine, StartError, Write};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{ActorId, ChangeHash, DeviceKey, DocId, RecordKey};
use crate::limits;
use crate::record::{DroppedEdit, FieldChange, ReplacedEdit, writes_field};
use crate::roster::Roster;
use crate::scan::scan;
use automerge::{Automerge, ReadDoc};
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Where they are kept.
const STATE_REPLACED: &str = "replaced";

/// Oldest first.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(transparent)]
pub(super) struct Replaced(#[n(0)] Vec<Kept>);

/// One edit of one field.
#[derive(Clone, Encode, Decode)]
#[cbor(array)]
struct Kept {
    #[n(0)]
    doc: DocId,
    #[n(1)]
    key: RecordKey,
    #[n(2)]
    change: FieldChange,
    /// Whose edits had replaced it.
    #[n(3)]
    by: BTreeSet<DeviceKey>,
    /// The changes up to which its author had seen, of those that the divergence left.
    #[n(4)]
    seen: Vec<ChangeHash>,
}

impl Kept {
    fn is_due(&self, roster: &Roster) -> bool {
        !self.by.iter().any(|device| roster.may_write(&self.doc.register, device))
    }
}

impl Replaced {
    /// The records of those over which nobody who may still write had written.
    pub fn due(&self, roster: &Roster) -> impl Iterator<Item = (DocId, RecordKey)> + '_ {
        let due = self.0.iter().filter(|kept| kept.is_due(roster));
        due.map(|kept| (kept.doc, kept.key.clone())).collect::<Vec<_>>().into_iter()
    }
}

impl Engine {
    pub(super) fn restore_replaced(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        if let Some(bytes) = state.get(STATE_REPLACED) {
            self.replaced = from_cbor(bytes).map_err(|_| StartError::State(STATE_REPLACED.into()))?;
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
        let Some(doc) = self.docs.get(&id).filter(|_| !edits.is_empty()) else { return };
        let Some(loaded) = doc.loaded.as_ref() else { return };
        for ReplacedEdit { key, change, dropped, by } in edits {
            // Of one field the last edit counts.
            self.replaced.0.retain(|kept| (kept.doc, &kept.key, &kept.change.key) != (id, &key, &change.key));
            let by = by.iter().filter_map(|actor| authors.get(actor).copied()).collect();
            let seen = left_of(old, &loaded.am, dropped);
            self.replaced.0.push(Kept { doc: id, key, change, by, seen });
        }
        let beyond = self.replaced.0.len().saturating_sub(limits::EDITS_WAITING_MAX);
        self.replaced.0.drain(..beyond);
        self.store_replaced();
    }

    /// Issues those of some records that are due, and forgets those that really were replaced.
    pub(super) fn issue_replaced(&mut self, id: DocId, keys: &[RecordKey]) {
        let roster = self.roster.clone();
        let is_due = |kept: &Kept| kept.doc == id && keys.contains(&kept.key) && kept.is_due(&roster);
        let Some(loaded) = self.docs.get(&id).and_then(|doc| doc.loaded.as_ref()) else { return };
        let (due, stay): (Vec<Kept>, _) = std::mem::take(&mut self.replaced.0).into_iter().partition(is_due);
        self.replaced.0 = stay;
        if due.is_empty() {
            return;
        }
        let old = loaded.am.clone();
        let edits = due.into_iter().filter(|kept| !self.is_replaced(kept)).map(|kept| DroppedEdit {
            key: kept.key,
            create: false,
            changes: vec![kept.change],
            seen: kept.seen,
        });
        let edits = edits.collect();
        self.write_dropped(id, &old, edits, Texts::Beside);
        self.store_replaced();
    }

    /// Whether one who had written over an edit, or this device, has written the field since.
    fn is_replaced(&self, kept: &Kept) -> bool {
        let Some(doc) = self.docs.get(&kept.doc) else { return false };
        let Some(loaded) = doc.loaded.as_ref() else { return false };
        let mut base = Base::default();
        kept.seen.iter().for_each(|change| base.see(&loaded.am, *change));
        let by = |actor: &ActorId| {
            doc.runs.get(actor).is_some_and(|run| run.run.device == self.me || kept.by.contains(&run.run.device))
        };
        let actors = doc.frontier.iter().filter(|(actor, _)| by(actor));
        let changes = actors.flat_map(|(actor, tip)| (1..=tip.seq).filter_map(|seq| loaded.hash_at(actor, seq)));
        let unseen = changes.filter(|hash| !base.seen.contains(hash));
        let scanned = unseen.filter_map(|hash| scan(&loaded.change_bytes(&hash)?).ok());
        scanned.into_iter().any(|change| writes_field(&loaded.am, &kept.doc, &change, &kept.key, &kept.change.key))
    }

    /// Forgets those of a document.
    pub(super) fn forget_replaced(&mut self, doc: &DocId) {
        let before = self.replaced.0.len();
        self.replaced.0.retain(|kept| kept.doc != *doc);
        if self.replaced.0.len() < before {
            self.store_replaced();
        }
    }

    fn store_replaced(&mut self) {
        self.batch.push(match self.replaced.0.is_empty() {
            true => Write::DropState(STATE_REPLACED.into()),
            false => Write::PutState(STATE_REPLACED.into(), to_cbor(&self.replaced)),
        });
    }
}

/// Of what came before a dropped change the last changes that are still there.
fn left_of(old: &Automerge, present: &Automerge, dropped: ChangeHash) -> Vec<ChangeHash> {
    let (mut left, mut met, mut due) = (BTreeSet::new(), HashSet::from([dropped]), vec![dropped]);
    while let Some(hash) = due.pop() {
        let deps = old.get_change_by_hash(&hash.into()).map(|change| change.deps().to_vec()).unwrap_or_default();
        for dep in deps.into_iter().map(ChangeHash::from).filter(|dep| met.insert(*dep)) {
            match present.get_change_meta_by_hash(&dep.into()) {
                Some(_) => drop(left.insert(dep)),
                None => due.push(dep),
            }
        }
    }
    left.into_iter().collect()
}
