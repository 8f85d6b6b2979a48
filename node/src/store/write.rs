//! One batch on its way into the store: the engine's [`Write`]s become entries, manifests included.

use super::StoreError;
use super::cell::{self, Cell};
use super::keys;
use super::kv::{Changes, Kv, walk};
use super::manifest::{self, DocManifest, Global};
use comin_protocol::beacon::SignedBeacon;
use comin_protocol::codec::to_cbor;
use comin_protocol::engine::{DocMeta, StoredChange, StoredRun, StoredSnapshot, Write};
use comin_protocol::ids::{ActorId, DocId, RecordKey, StatementId};
use comin_protocol::record::{Row, StoredRow};
use comin_protocol::run::Frontier;
use comin_protocol::statement::SignedStatement;
use std::collections::{BTreeMap, BTreeSet};

/// A batch being built. Reads see what the batch has written so far.
pub struct Batch<'a> {
    kv: &'a dyn Kv,
    changes: Changes,
    docs: BTreeMap<DocId, DocManifest>,
    global: Global,
}

impl<'a> Batch<'a> {
    /// Begins a batch on top of what is stored.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the store's manifest cannot be read.
    pub fn new(kv: &'a dyn Kv) -> Result<Self, StoreError> {
        let global = read_global(kv)?;
        Ok(Self { kv, changes: Changes::new(), docs: BTreeMap::new(), global })
    }

    /// Carries out one step.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where what it replaces cannot be read.
    pub fn write(&mut self, write: &Write) -> Result<(), StoreError> {
        match write {
            Write::PutStatement(id, statement) => self.put_statement(id, statement),
            Write::DropStatement(id) => self.drop_statement(id),
            Write::PutChange(doc, change) => self.put_change(doc, change),
            Write::PutRun(doc, actor, run) => self.put_run(doc, actor, run),
            Write::DropRun(doc, actor, seq) => self.drop_run(doc, actor, *seq),
            Write::PutSnapshot(doc, snapshot) => self.put_snapshot(doc, snapshot),
            Write::ClearDoc(doc) | Write::DropPerson(doc) => self.clear_doc(doc),
            Write::PutDocMeta(doc, meta) => self.put_meta(doc, meta),
            Write::PutRow(doc, row) => self.put_row(doc, row),
            Write::PutBeacon(beacon) => self.put_beacon(beacon),
            Write::PutState(name, value) => self.put_state(name, value),
            Write::DropState(name) => self.drop_state(name),
        }
    }

    /// Ends the batch: the entries to apply, and the number of batches ever applied with this one.
    ///
    /// # Errors
    /// As [`Batch::write`].
    pub fn finish(mut self) -> Result<(Changes, u64), StoreError> {
        for (doc, manifest) in std::mem::take(&mut self.docs) {
            let key = keys::doc(keys::MANIFESTS, &doc);
            // A document of which nothing is left is forgotten with its manifest.
            let (old, new) = if manifest == DocManifest::default() {
                (self.delete(&key)?, None)
            } else {
                self.put(&key, &to_cbor(&manifest))?
            };
            self.global.docs.replace(old, new);
        }
        self.global.commits += 1;
        let commits = self.global.commits;
        self.put(keys::GLOBAL, &to_cbor(&self.global.clone()))?;
        Ok((self.changes, commits))
    }

    fn put_statement(&mut self, id: &StatementId, statement: &SignedStatement) -> Result<(), StoreError> {
        let (old, new) = self.put(&keys::statement(id), &to_cbor(statement))?;
        self.global.statements.replace(old, new);
        Ok(())
    }

    fn drop_statement(&mut self, id: &StatementId) -> Result<(), StoreError> {
        let old = self.delete(&keys::statement(id))?;
        self.global.statements.replace(old, None);
        Ok(())
    }

    fn put_beacon(&mut self, beacon: &SignedBeacon) -> Result<(), StoreError> {
        let (old, new) = self.put(&keys::beacon(&beacon.beacon), &to_cbor(beacon))?;
        self.global.beacons.replace(old, new);
        Ok(())
    }

    fn put_state(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        let (old, new) = self.put(&keys::state(name), value)?;
        self.global.state.replace(old, new);
        Ok(())
    }

    fn drop_state(&mut self, name: &str) -> Result<(), StoreError> {
        let old = self.delete(&keys::state(name))?;
        self.global.state.replace(old, None);
        Ok(())
    }

    fn put_change(&mut self, doc: &DocId, change: &StoredChange) -> Result<(), StoreError> {
        let manifest = self.doc(doc)?;
        let key = keys::change(doc, manifest.next_position, &change.actor, change.seq);
        manifest.next_position += 1;
        let mut payload = change.hash.0.to_vec();
        payload.extend_from_slice(&change.bytes);
        let (old, new) = self.put(&key, &payload)?;
        self.doc(doc)?.changes.replace(old, new);
        Ok(())
    }

    fn put_run(&mut self, doc: &DocId, actor: &ActorId, run: &StoredRun) -> Result<(), StoreError> {
        let (old, new) = self.put(&keys::run(doc, actor, run.run.seq), &to_cbor(run))?;
        self.doc(doc)?.runs.replace(old, new);
        self.put_device(actor, run)
    }

    /// Stays when the document is cleared: rows of a rebuilt document name the same actors.
    fn put_device(&mut self, actor: &ActorId, run: &StoredRun) -> Result<(), StoreError> {
        let key = keys::device(actor);
        if self.read(&key)?.is_none() {
            let (old, new) = self.put(&key, &run.run.device.0)?;
            self.global.devices.replace(old, new);
        }
        Ok(())
    }

    fn drop_run(&mut self, doc: &DocId, actor: &ActorId, seq: u64) -> Result<(), StoreError> {
        let old = self.delete(&keys::run(doc, actor, seq))?;
        self.doc(doc)?.runs.replace(old, None);
        Ok(())
    }

    fn put_snapshot(&mut self, doc: &DocId, snapshot: &StoredSnapshot) -> Result<(), StoreError> {
        let key = keys::doc(keys::SNAPSHOTS, doc);
        let (old, new) = self.put(&key, &encode_snapshot(snapshot))?;
        self.doc(doc)?.snapshot.replace(old, new);
        for (actor, run) in &snapshot.runs {
            self.put_device(actor, run)?;
        }
        for key in self.keys_under(&keys::doc(keys::CHANGES, doc))? {
            let (actor, seq) = keys::read_change(&key).ok_or_else(|| cell::damaged(&key, "has no proper key"))?;
            if seq <= snapshot.frontier.seq(&actor) {
                let old = self.delete(&key)?;
                self.doc(doc)?.changes.replace(old, None);
            }
        }
        Ok(())
    }

    fn put_meta(&mut self, doc: &DocId, meta: &DocMeta) -> Result<(), StoreError> {
        let (old, new) = self.put(&keys::doc(keys::METAS, doc), &to_cbor(meta))?;
        self.doc(doc)?.meta.replace(old, new);
        Ok(())
    }

    fn clear_doc(&mut self, doc: &DocId) -> Result<(), StoreError> {
        for record in self.records_of(doc)? {
            self.changes.insert(keys::entry(keys::INDEX, &record, doc), None);
            self.set_conflict(&keys::entry(keys::CONFLICTS, &record, doc), false)?;
            self.count_kind(&record.kind, false);
        }
        for group in [keys::SNAPSHOTS, keys::METAS, keys::CHANGES, keys::RUNS, keys::ROWS] {
            for key in self.keys_under(&keys::doc(group, doc))? {
                self.delete(&key)?;
            }
        }
        self.docs.insert(*doc, DocManifest::default());
        Ok(())
    }

    /// The records that have a row in the document.
    fn records_of(&self, doc: &DocId) -> Result<Vec<RecordKey>, StoreError> {
        let mut out = Vec::new();
        for key in self.keys_under(&keys::doc(keys::ROWS, doc))? {
            let Some(head) = self.read(&key)? else { continue };
            let opened = cell::open(|key| self.read(key), &key, &head);
            match opened.and_then(|(_, payload)| decode_row(&key, &payload)) {
                Ok(row) => out.push(row.key),
                // A row that cannot be read does not tell its record; the index of all documents does.
                Err(_) => return self.indexed_records_of(doc),
            }
        }
        Ok(out)
    }

    fn indexed_records_of(&self, doc: &DocId) -> Result<Vec<RecordKey>, StoreError> {
        let entries = self.keys_under(keys::INDEX)?;
        let of_doc = |(record, of): (RecordKey, DocId)| (of == *doc).then_some(record);
        Ok(entries.iter().filter_map(|entry| keys::read_entry(entry).and_then(of_doc)).collect())
    }

    fn put_row(&mut self, doc: &DocId, row: &StoredRow) -> Result<(), StoreError> {
        let entry = keys::entry(keys::INDEX, &row.key, doc);
        let conflict = keys::entry(keys::CONFLICTS, &row.key, doc);
        let Some(slot) = self.read(&entry)? else {
            // Of a record that has no slot nothing is stored: nothing needs to be read, of which a catch-up has much.
            let slot = self.new_slot(doc, &row.key, entry)?;
            let new = self.insert(&keys::row(doc, slot), &row.bytes);
            self.doc(doc)?.rows.replace(None, Some(new));
            return if row.has_conflict { self.set_conflict(&conflict, true) } else { Ok(()) };
        };
        let slot = read_slot(&entry, &slot)?;
        let (old, new) = self.put(&keys::row(doc, slot), &row.bytes)?;
        self.doc(doc)?.rows.replace(old, new);
        self.set_conflict(&conflict, row.has_conflict)
    }

    fn new_slot(&mut self, doc: &DocId, record: &RecordKey, entry: Vec<u8>) -> Result<u64, StoreError> {
        let manifest = self.doc(doc)?;
        let slot = manifest.next_slot;
        manifest.next_slot += 1;
        self.changes.insert(entry, Some(slot.to_be_bytes().to_vec()));
        self.count_kind(&record.kind, true);
        Ok(slot)
    }

    fn set_conflict(&mut self, key: &[u8], conflict: bool) -> Result<(), StoreError> {
        match (self.read(key)?.is_some(), conflict) {
            (false, true) => {
                self.changes.insert(key.to_vec(), Some(Vec::new()));
                self.global.conflicts += 1;
            }
            (true, false) => {
                self.changes.insert(key.to_vec(), None);
                self.global.conflicts = self.global.conflicts.saturating_sub(1);
            }
            _ => {}
        }
        Ok(())
    }

    fn count_kind(&mut self, kind: &str, more: bool) {
        let rows = self.global.kinds.entry(kind.to_owned()).or_default();
        *rows = if more { *rows + 1 } else { rows.saturating_sub(1) };
        if *rows == 0 {
            self.global.kinds.remove(kind);
        }
    }

    fn doc(&mut self, doc: &DocId) -> Result<&mut DocManifest, StoreError> {
        match self.docs.entry(*doc) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                Ok(entry.insert(read_manifest(self.kv, doc)?.unwrap_or_default()))
            }
        }
    }

    fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.changes.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.kv.get(key),
        }
    }

    /// Writes a payload and says what its sum was and is.
    fn put(&mut self, key: &[u8], payload: &[u8]) -> Result<(Option<u64>, Option<u64>), StoreError> {
        let old = self.delete(key)?;
        Ok((old, Some(self.insert(key, payload))))
    }

    /// Writes a payload where none is and says what its sum is.
    fn insert(&mut self, key: &[u8], payload: &[u8]) -> u64 {
        let cell = Cell::new(key, payload);
        for (number, piece) in (0..).zip(cell.pieces) {
            self.changes.insert(keys::piece(key, number), Some(piece));
        }
        self.changes.insert(key.to_vec(), Some(cell.head));
        cell.sum
    }

    /// Removes a payload with its pieces and says what its sum was. What is not there is not deleted again.
    fn delete(&mut self, key: &[u8]) -> Result<Option<u64>, StoreError> {
        let Some(head) = self.read(key)? else { return Ok(None) };
        let (sum, pieces) = cell::read_head(key, &head)?;
        for number in 0..pieces {
            let piece = keys::piece(key, number);
            if self.read(&piece)?.is_none() {
                // The number of pieces is damaged, or they are lost: there is nothing more to delete.
                break;
            }
            self.changes.insert(piece, None);
        }
        self.changes.insert(key.to_vec(), None);
        Ok(Some(sum))
    }

    /// The keys that begin so, in the store and in this batch, in order.
    fn keys_under(&self, prefix: &[u8]) -> Result<BTreeSet<Vec<u8>>, StoreError> {
        let mut out = BTreeSet::new();
        walk(self.kv, prefix, |key, _| {
            out.insert(key.to_vec());
            Ok(())
        })?;
        let own = self.changes.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        for (key, value) in own {
            match value {
                Some(_) => out.insert(key.clone()),
                None => out.remove(key),
            };
        }
        Ok(out)
    }
}

/// The store's manifest.
///
/// # Errors
/// [`StoreError::Damaged`] where it is missing or cannot be read.
pub fn read_global(kv: &dyn Kv) -> Result<Global, StoreError> {
    let payload = cell::get(kv, keys::GLOBAL)?.ok_or_else(|| cell::damaged(keys::GLOBAL, "is missing"))?;
    manifest::decode(keys::GLOBAL, &payload)
}

/// A document's manifest; `None` for a document that the store has nothing of.
///
/// # Errors
/// [`StoreError::Damaged`] where it cannot be read.
pub fn read_manifest(kv: &dyn Kv, doc: &DocId) -> Result<Option<DocManifest>, StoreError> {
    let key = keys::doc(keys::MANIFESTS, doc);
    cell::get(kv, &key)?.map(|payload| manifest::decode(&key, &payload)).transpose()
}

/// The slot in an index entry.
///
/// # Errors
/// [`StoreError::Damaged`] where it is no number.
pub fn read_slot(entry: &[u8], slot: &[u8]) -> Result<u64, StoreError> {
    slot.try_into().map(u64::from_be_bytes).map_err(|_| cell::damaged(entry, "has no proper slot"))
}

/// Reads a row's payload.
///
/// # Errors
/// [`StoreError::Damaged`].
pub fn decode_row(key: &[u8], payload: &[u8]) -> Result<Row, StoreError> {
    let doc = keys::read_first_doc(key).ok_or_else(|| cell::damaged(key, "has no proper key"))?;
    Row::from_stored(doc, payload).map_err(|e| cell::damaged(key, &format!("cannot be read: {e}")))
}

/// A snapshot's payload: length of the head as u32 little endian, the head (frontier, runs), the bytes.
fn encode_snapshot(snapshot: &StoredSnapshot) -> Vec<u8> {
    let head = to_cbor(&(&snapshot.frontier, &snapshot.runs));
    // INVARIANT: a head is 300 B per actor, and a document's actors are bounded far below 4 GiB.
    let mut out = (head.len() as u32).to_le_bytes().to_vec();
    out.extend_from_slice(&head);
    out.extend_from_slice(&snapshot.bytes);
    out
}

/// Reads [`encode_snapshot`] back.
///
/// # Errors
/// [`StoreError::Damaged`].
pub fn decode_snapshot(key: &[u8], payload: &[u8]) -> Result<StoredSnapshot, StoreError> {
    let cut = || cell::damaged(key, "is cut off");
    let (len, rest) = payload.split_first_chunk::<4>().ok_or_else(cut)?;
    let (head, bytes) = rest.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or_else(cut)?;
    let (frontier, runs): (Frontier, BTreeMap<ActorId, StoredRun>) = manifest::decode(key, head)?;
    Ok(StoredSnapshot { bytes: bytes.to_vec(), frontier, runs })
}
