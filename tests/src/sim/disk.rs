//! What a node has on disk, as the meaning of each [`Write`] says, without any disk.
//!
//! A disk is a value: cloning it is a backup, putting an old clone back is a restore.

use crate::sim::process::ChangeRef;
use automerge::{Automerge, Change};
use comin_protocol::beacon::{Audience, SignedBeacon};
use comin_protocol::codec;
use comin_protocol::engine::{Boot, DocMeta, StoredChange, StoredDoc, StoredRun, StoredSnapshot, Write};
use comin_protocol::ids::{ActorId, ChangeHash, DeviceKey, DocId, RecordKey, StatementId};
use comin_protocol::limits;
use comin_protocol::record::Row;
use comin_protocol::run::{Frontier, Tip};
use comin_protocol::statement::SignedStatement;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One document on disk.
#[derive(Clone, Default, Debug)]
pub struct DiskDoc {
    /// Its meta.
    pub meta: DocMeta,
    /// Its snapshot.
    pub snapshot: Option<StoredSnapshot>,
    /// The raw changes since, in the order in which they were applied.
    pub changes: Vec<StoredChange>,
    /// Its runs.
    pub runs: BTreeMap<(ActorId, u64), StoredRun>,
    /// Its rows.
    pub rows: BTreeMap<RecordKey, Row>,
}

impl DiskDoc {
    /// What the engine gets when it loads the document.
    pub fn stored(&self) -> StoredDoc {
        StoredDoc { snapshot: self.snapshot.clone(), changes: self.changes.clone() }
    }

    /// The document as the node would load it.
    ///
    /// # Errors
    /// What is stored is not a document.
    pub fn load(&self) -> Result<Automerge, String> {
        let mut loaded = match &self.snapshot {
            Some(snapshot) => {
                let bytes = codec::expand(&snapshot.bytes, limits::EXPANDED_BYTES_MAX).map_err(|e| e.to_string())?;
                Automerge::load(&bytes).map_err(|e| e.to_string())?
            }
            None => Automerge::new(),
        };
        let changes: Result<Vec<Change>, _> =
            self.changes.iter().map(|change| Change::try_from(change.bytes.as_slice())).collect();
        loaded.apply_changes(changes.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
        Ok(loaded)
    }

    /// Whether this very change is part of it; another one with the same place does not count.
    pub fn holds(&self, change: &ChangeRef) -> bool {
        match self.frontier().get(&change.actor) {
            Some(tip) if tip.hash == change.hash => true,
            Some(tip) if tip.seq > change.seq => {
                self.load().is_ok_and(|loaded| loaded.get_change_meta_by_hash(&change.hash.into()).is_some())
            }
            _ => false,
        }
    }

    /// What the engine has applied, as it would know when it starts.
    pub fn frontier(&self) -> Frontier {
        self.meta.frontier(&self.latest_runs())
    }

    /// The latest run of each actor: of the runs alone, as the store reads them. Those of a snapshot are what was here when
    /// it was made; a cut run of then may reach further than the one that has taken its place.
    pub fn latest_runs(&self) -> BTreeMap<ActorId, StoredRun> {
        // The map is sorted by sequence within an actor, so the last one inserted is the latest.
        self.runs.iter().map(|((actor, _), run)| (*actor, run.clone())).collect()
    }
}

impl DiskDoc {
    /// All other runs.
    fn lower_runs(&self) -> Vec<StoredRun> {
        let latest = self.latest_runs();
        let is_lower =
            |((actor, seq), _): &(&(ActorId, u64), &StoredRun)| latest.get(actor).is_some_and(|top| *seq < top.run.seq);
        self.runs.iter().filter(is_lower).map(|(_, run)| run.clone()).collect()
    }
}

/// A node's disk.
#[derive(Clone, Default, Debug)]
pub struct Disk {
    /// Statements.
    pub statements: BTreeMap<StatementId, SignedStatement>,
    /// Documents. Shared between backups until one side writes.
    pub docs: BTreeMap<DocId, Arc<DiskDoc>>,
    /// The latest beacon of each device and audience.
    pub beacons: BTreeMap<(DeviceKey, Audience), SignedBeacon>,
    /// The engine's own values.
    pub state: BTreeMap<String, Vec<u8>>,
    /// The key of each person's document, which lies outside the store: every key is one of its own.
    pub keys: BTreeMap<DocId, u64>,
    /// Keys made so far.
    pub keys_made: u64,
}

impl Disk {
    /// Writes one batch.
    pub fn apply(&mut self, writes: &[Write]) {
        for write in writes {
            self.apply_one(write);
        }
    }

    fn doc(&mut self, doc: &DocId) -> &mut DiskDoc {
        if doc.is_person() && !self.keys.contains_key(doc) {
            self.keys_made += 1;
            self.keys.insert(*doc, self.keys_made);
        }
        Arc::make_mut(self.docs.entry(*doc).or_default())
    }

    fn apply_one(&mut self, write: &Write) {
        match write {
            Write::PutStatement(id, statement) => {
                self.statements.insert(*id, statement.clone());
            }
            Write::DropStatement(id) => {
                self.statements.remove(id);
            }
            Write::PutChange(doc, change) => self.doc(doc).changes.push(change.clone()),
            Write::PutRun(doc, actor, run) => {
                self.doc(doc).runs.insert((*actor, run.run.seq), run.clone());
            }
            Write::DropRun(doc, actor, seq) => {
                self.doc(doc).runs.remove(&(*actor, *seq));
            }
            Write::PutSnapshot(doc, snapshot) => {
                let doc = self.doc(doc);
                doc.changes.retain(|change| snapshot.frontier.seq(&change.actor) < change.seq);
                doc.snapshot = Some(snapshot.clone());
            }
            Write::ClearDoc(doc) => {
                self.docs.remove(doc);
            }
            Write::DropPerson(doc) => {
                self.docs.remove(doc);
                self.keys.remove(doc);
            }
            Write::PutDocMeta(doc, meta) => self.doc(doc).meta = meta.clone(),
            Write::PutRow(doc, row) => {
                let read = Row::from_stored(*doc, &row.bytes).expect("the engine writes rows that read");
                self.doc(doc).rows.insert(row.key.clone(), read);
            }
            Write::PutBeacon(beacon) => {
                let key = (beacon.beacon.device, beacon.beacon.audience);
                self.beacons.insert(key, beacon.clone());
            }
            Write::PutState(key, value) => {
                self.state.insert(key.clone(), value.clone());
            }
            Write::DropState(key) => {
                self.state.remove(key);
            }
        }
    }

    /// An older copy of this disk, with the keys of the last backup: persons that lie under another key, or whose key is
    /// gone, are gone.
    pub fn put_back(&self, mut backup: Self, key_file: &BTreeMap<DocId, u64>) -> Self {
        let (keys, readable) = (std::mem::take(&mut backup.keys), key_file.iter());
        backup.keys = readable.filter(|(doc, key)| keys.get(doc) == Some(key)).map(|(doc, key)| (*doc, *key)).collect();
        let Self { docs, keys, .. } = &mut backup;
        docs.retain(|doc, _| !doc.is_person() || keys.contains_key(doc));
        keys.retain(|doc, _| docs.contains_key(doc));
        backup.keys_made = self.keys_made;
        backup
    }

    /// One document with further batches written over it, without touching the disk.
    pub fn doc_with<'a>(&self, doc: &DocId, batches: impl Iterator<Item = &'a [Write]>) -> StoredDoc {
        let known = self.docs.get(doc).map(|known| (*doc, known.clone()));
        let mut scratch = Self { docs: known.into_iter().collect(), ..Self::default() };
        for write in batches.flatten().filter(|write| doc_of(write) == Some(*doc)) {
            scratch.apply_one(write);
        }
        scratch.docs.get(doc).map(|doc| doc.stored()).unwrap_or_default()
    }

    /// What the engine gets at start.
    pub fn boot(&self) -> Boot {
        Boot {
            statements: self.statements.values().cloned().collect(),
            docs: self.docs.iter().map(|(id, doc)| (*id, doc.meta.clone())).collect(),
            runs: self.docs.iter().map(|(id, doc)| (*id, doc.latest_runs())).collect(),
            kept: self.docs.iter().map(|(id, doc)| (*id, doc.lower_runs())).collect(),
            beacons: self.beacons.values().cloned().collect(),
            state: self.state.clone(),
        }
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.docs.values().flat_map(|doc| doc.rows.values())
    }
}

/// The document that a write belongs to.
pub fn doc_of(write: &Write) -> Option<DocId> {
    match write {
        Write::PutChange(doc, _)
        | Write::PutRun(doc, ..)
        | Write::DropRun(doc, ..)
        | Write::PutSnapshot(doc, _)
        | Write::ClearDoc(doc)
        | Write::DropPerson(doc)
        | Write::PutDocMeta(doc, _)
        | Write::PutRow(doc, _) => Some(*doc),
        _ => None,
    }
}

/// The frontier of a loaded document, and the hashes of all its changes.
pub fn frontier_of(doc: &Automerge) -> (Frontier, BTreeSet<ChangeHash>) {
    let (mut frontier, mut hashes) = (Frontier::default(), BTreeSet::new());
    for change in doc.get_changes_meta(&[]) {
        let hash = ChangeHash::from(change.hash);
        hashes.insert(hash);
        let Some(actor) = ActorId::from_automerge(&change.actor) else { continue };
        if frontier.seq(&actor) < change.seq {
            frontier.insert(actor, Tip { seq: change.seq, hash });
        }
    }
    (frontier, hashes)
}
