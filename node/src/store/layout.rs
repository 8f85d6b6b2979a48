//! The store over any [`Kv`]: the layout that sled and the memory twin share.

use super::cell;
use super::keys;
use super::kv::{Changes, Entry, Kv, walk};
use super::manifest::{self, DocManifest, Global, Tally};
use super::tidy::Tidied;
use super::verify::{VerifyReport, Walker};
use super::write::{self, Batch};
use super::{Store, StoreError, VisitEntry};
use comin_protocol::codec::to_cbor;
use comin_protocol::engine::{Boot, StoredChange, StoredDoc, StoredRun, Write};
use comin_protocol::ids::{ActorId, ChangeHash, DeviceKey, DocId, RecordKey};
use comin_protocol::record::Row;
use comin_protocol::statement::SignedStatement;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// A store over a key-value backend.
pub struct KvStore<K> {
    kv: K,
    /// Held for writing while a batch is applied, and for reading by whoever compares several entries.
    applying: RwLock<()>,
    /// Why an earlier commit failed; nothing is written after that, since what is on disk is not known.
    failed: Mutex<Option<String>>,
}

impl<K: Kv> KvStore<K> {
    /// Takes a backend: lays out an empty one, checks a written one.
    ///
    /// # Errors
    /// [`StoreError::Newer`], or [`StoreError::Damaged`] where format, manifest or newest batches are missing.
    pub fn new(kv: K) -> Result<Self, StoreError> {
        let store = Self { kv, applying: RwLock::new(()), failed: Mutex::new(None) };
        match cell::get(&store.kv, keys::FORMAT)? {
            Some(format) => store.check_format(&format)?,
            None => store.lay_out()?,
        }
        Ok(store)
    }

    /// The backend.
    pub fn backend(&self) -> &K {
        &self.kv
    }

    fn check_format(&self, payload: &[u8]) -> Result<(), StoreError> {
        let found = <[u8; 4]>::try_from(payload).map_err(|_| cell::damaged(keys::FORMAT, "is not a number"))?;
        let found = u32::from_be_bytes(found);
        if found > FORMAT {
            return Err(StoreError::Newer { found, known: FORMAT });
        }
        check_mark(&self.kv, write::read_global(&self.kv)?.commits)
    }

    fn lay_out(&self) -> Result<(), StoreError> {
        if !self.kv.scan(&[], &[], 1)?.is_empty() {
            return Err(cell::damaged(keys::FORMAT, "is missing"));
        }
        check_mark(&self.kv, 0)?;
        let mut changes = Changes::new();
        for (key, payload) in
            [(keys::FORMAT, FORMAT.to_be_bytes().to_vec()), (keys::GLOBAL, to_cbor(&Global::default()))]
        {
            changes.insert(key.to_vec(), Some(cell::Cell::new(key, &payload).head));
        }
        self.kv.apply(changes)?;
        self.kv.flush(0)
    }

    /// While this is held nothing is written; refused where what is on disk is not known.
    fn still(&self) -> Result<MutexGuard<'_, Option<String>>, StoreError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        match &*failed {
            Some(why) => Err(StoreError::Io(format!("an earlier write failed: {why}"))),
            None => Ok(failed),
        }
    }

    fn commit_all(&self, batches: &[Vec<Write>]) -> Result<(), StoreError> {
        let mut last = None;
        for writes in batches {
            let mut batch = Batch::new(&self.kv)?;
            writes.iter().try_for_each(|write| batch.write(write))?;
            let (changes, commits) = batch.finish()?;
            let _applying = self.applying.write().unwrap_or_else(PoisonError::into_inner);
            self.kv.apply(changes)?;
            last = Some(commits);
        }
        last.map_or(Ok(()), |commits| self.kv.flush(commits))
    }

    /// Opens every entry of a group and counts it.
    pub(super) fn each(
        &self,
        prefix: &[u8],
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        walk(&self.kv, prefix, |key, head| {
            let (sum, payload) = cell::open(|key| self.kv.get(key), key, head)?;
            tally.add(sum);
            visit(key, &payload)
        })?;
        Ok(tally)
    }

    fn all_statements(&self, global: &Global) -> Result<Vec<SignedStatement>, StoreError> {
        let mut out = Vec::new();
        let found = self.each(keys::STATEMENTS, |key, payload| {
            out.push(manifest::decode(key, payload)?);
            Ok(())
        })?;
        global.statements.expect(found, "statements")?;
        Ok(out)
    }

    fn boot_docs(&self, boot: &mut Boot, global: &Global) -> Result<(), StoreError> {
        let mut manifests: BTreeMap<DocId, DocManifest> = BTreeMap::new();
        let found = self.each(keys::MANIFESTS, |key, payload| {
            manifests.insert(doc_of(key)?, manifest::decode(key, payload)?);
            Ok(())
        })?;
        global.docs.expect(found, "documents")?;
        for (doc, manifest) in manifests {
            let found = self.each(&keys::doc(keys::METAS, &doc), |key, payload| {
                boot.docs.insert(doc, manifest::decode(key, payload)?);
                Ok(())
            })?;
            manifest.meta.expect(found, &format!("meta of document {doc}"))?;
            self.boot_runs(boot, &doc, &manifest)?;
        }
        Ok(())
    }

    fn boot_runs(&self, boot: &mut Boot, doc: &DocId, manifest: &DocManifest) -> Result<(), StoreError> {
        let mut latest: BTreeMap<ActorId, StoredRun> = BTreeMap::new();
        let mut lower = Vec::new();
        // Runs of one actor come in order of their sequence: the last one is the latest.
        let found = self.each(&keys::doc(keys::RUNS, doc), |key, payload| {
            let (actor, _) = keys::read_run(key).ok_or_else(|| cell::damaged(key, "has no proper key"))?;
            lower.extend(latest.insert(actor, manifest::decode(key, payload)?));
            Ok(())
        })?;
        manifest.runs.expect(found, &format!("runs of document {doc}"))?;
        if !latest.is_empty() {
            boot.runs.insert(*doc, latest);
            boot.kept.insert(*doc, lower);
        }
        Ok(())
    }

    pub(super) fn load(&self, doc: &DocId, manifest: &DocManifest) -> Result<StoredDoc, StoreError> {
        let mut out = StoredDoc::default();
        let found = self.each(&keys::doc(keys::SNAPSHOTS, doc), |key, payload| {
            out.snapshot = Some(write::decode_snapshot(key, payload)?);
            Ok(())
        })?;
        manifest.snapshot.expect(found, &format!("snapshot of document {doc}"))?;
        let found = self.each(&keys::doc(keys::CHANGES, doc), |key, payload| {
            out.changes.push(read_change(key, payload)?);
            Ok(())
        })?;
        manifest.changes.expect(found, &format!("changes of document {doc}"))?;
        Ok(out)
    }

    /// The rows of index entries, whose slots the caller has kept from changing.
    fn indexed_rows(&self, entries: Vec<Entry>) -> Result<Vec<Row>, StoreError> {
        entries.iter().map(|(entry, slot)| self.indexed_row(entry, slot)).collect()
    }

    fn indexed_row(&self, entry: &[u8], slot: &[u8]) -> Result<Row, StoreError> {
        let (record, doc) = keys::read_entry(entry).ok_or_else(|| cell::damaged(entry, "has no proper key"))?;
        let key = keys::row(&doc, write::read_slot(entry, slot)?);
        let payload = cell::get(&self.kv, &key)?.ok_or_else(|| cell::damaged(entry, "is missing"))?;
        let row = write::decode_row(&key, &payload)?;
        if row.key != record {
            return Err(cell::damaged(entry, "has another's slot"));
        }
        Ok(row)
    }
}

impl<K: Kv> Store for KvStore<K> {
    fn commit(&self, batches: &[Vec<Write>]) -> Result<(), StoreError> {
        let mut failed = self.still()?;
        let result = self.commit_all(batches);
        *failed = result.as_ref().err().map(ToString::to_string);
        result
    }

    fn boot(&self) -> Result<Boot, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        let global = write::read_global(&self.kv)?;
        let mut boot = Boot { statements: self.all_statements(&global)?, ..Boot::default() };
        let found = self.each(keys::BEACONS, |key, payload| {
            boot.beacons.push(manifest::decode(key, payload)?);
            Ok(())
        })?;
        global.beacons.expect(found, "beacons")?;
        let found = self.each(keys::STATE, |key, payload| {
            let name = keys::read_state(key).ok_or_else(|| cell::damaged(key, "has no proper key"))?;
            boot.state.insert(name, payload.to_vec());
            Ok(())
        })?;
        global.state.expect(found, "values of the engine")?;
        self.boot_docs(&mut boot, &global)?;
        Ok(boot)
    }

    fn statements(&self) -> Result<Vec<SignedStatement>, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        self.all_statements(&write::read_global(&self.kv)?)
    }

    fn load_doc(&self, doc: &DocId) -> Result<StoredDoc, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        // Without a manifest nothing may be there: what is found is damage and not an empty document.
        let manifest = write::read_manifest(&self.kv, doc)?.unwrap_or_default();
        self.load(doc, &manifest)
    }

    fn runs_of_doc(&self, doc: &DocId) -> Result<Vec<(ActorId, StoredRun)>, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        let mut out = Vec::new();
        let found = self.each(&keys::doc(keys::RUNS, doc), |key, payload| {
            let (actor, _) = keys::read_run(key).ok_or_else(|| cell::damaged(key, "has no proper key"))?;
            out.push((actor, manifest::decode(key, payload)?));
            Ok(())
        })?;
        let manifest = write::read_manifest(&self.kv, doc)?.unwrap_or_default();
        manifest.runs.expect(found, &format!("runs of document {doc}"))?;
        Ok(out)
    }

    fn row(&self, key: &RecordKey, doc: &DocId) -> Result<Option<Row>, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        let entry = keys::entry(keys::INDEX, key, doc);
        self.kv.get(&entry)?.map(|slot| self.indexed_row(&entry, &slot)).transpose()
    }

    fn rows_of(&self, key: &RecordKey) -> Result<Vec<Row>, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        self.indexed_rows(self.kv.scan(&keys::record(keys::INDEX, key), &[], usize::MAX)?)
    }

    fn scan_rows(
        &self,
        kind: Option<&str>,
        after: Option<&(RecordKey, DocId)>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        let prefix = kind.map_or(keys::INDEX.to_vec(), |kind| keys::kind(keys::INDEX, kind));
        let after = after.map_or(Vec::new(), |(key, doc)| keys::entry(keys::INDEX, key, doc));
        self.indexed_rows(self.kv.scan(&prefix, &after, limit)?)
    }

    fn rows_of_doc(&self, doc: &DocId) -> Result<Vec<Row>, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        let mut out = Vec::new();
        let found = self.each(&keys::doc(keys::ROWS, doc), |key, payload| {
            out.push(write::decode_row(key, payload)?);
            Ok(())
        })?;
        let manifest = write::read_manifest(&self.kv, doc)?.unwrap_or_default();
        manifest.rows.expect(found, &format!("rows of document {doc}"))?;
        out.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(out)
    }

    fn conflicted_rows(&self, after: Option<&(RecordKey, DocId)>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
        let after = after.map_or(Vec::new(), |(key, doc)| keys::entry(keys::CONFLICTS, key, doc));
        let mut out = Vec::new();
        for (conflict, _) in self.kv.scan(keys::CONFLICTS, &after, limit)? {
            // The two groups' keys differ in the group alone.
            let entry = [keys::INDEX, conflict.get(1..).unwrap_or_default()].concat();
            let slot = self.kv.get(&entry)?.ok_or_else(|| cell::damaged(&conflict, "is missing"))?;
            out.push(self.indexed_row(&entry, &slot)?);
        }
        Ok(out)
    }

    fn count_rows(&self, kind: Option<&str>) -> Result<u64, StoreError> {
        let kinds = write::read_global(&self.kv)?.kinds;
        Ok(kind.map_or_else(|| kinds.values().sum(), |kind| kinds.get(kind).copied().unwrap_or(0)))
    }

    fn count_conflicts(&self) -> Result<u64, StoreError> {
        Ok(write::read_global(&self.kv)?.conflicts)
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        let mut walker = Walker::new(&self.kv);
        let docs = {
            let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
            walker.store();
            walker.docs()
        };
        // Each document by itself, so that writing goes on between them.
        for doc in docs {
            let _still = self.applying.read().unwrap_or_else(PoisonError::into_inner);
            walker.doc(&doc);
        }
        Ok(walker.report)
    }

    fn each_entry(&self, visit: &mut VisitEntry<'_>) -> Result<(), StoreError> {
        let _still = self.still()?;
        walk(&self.kv, &[], visit)
    }

    fn tidy(&self, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tidied>, StoreError> {
        let _still = self.still()?;
        self.kv.tidy(go_on)
    }

    fn device_of(&self, actor: &ActorId) -> Result<Option<DeviceKey>, StoreError> {
        let key = keys::device(actor);
        let Some(payload) = cell::get(&self.kv, &key)? else { return Ok(None) };
        let device = payload.try_into().map_err(|_| cell::damaged(&key, "is not a key"))?;
        Ok(Some(DeviceKey(device)))
    }
}

/// Compares the batches in a backend with those that were flushed once.
///
/// # Errors
/// [`StoreError::Damaged`] where the newest ones are missing.
pub(super) fn check_mark(kv: &dyn Kv, commits: u64) -> Result<(), StoreError> {
    match kv.flushed_commits()? {
        Some(flushed) if flushed > commits => {
            let missing = flushed - commits;
            Err(StoreError::Damaged(format!("the newest {missing} of {flushed} batches are missing")))
        }
        _ => Ok(()),
    }
}

/// The document that a key names.
pub(super) fn doc_of(key: &[u8]) -> Result<DocId, StoreError> {
    keys::read_first_doc(key).ok_or_else(|| cell::damaged(key, "has no proper key"))
}

/// A raw change from its entry.
pub(super) fn read_change(key: &[u8], payload: &[u8]) -> Result<StoredChange, StoreError> {
    let (actor, seq) = keys::read_change(key).ok_or_else(|| cell::damaged(key, "has no proper key"))?;
    let (hash, bytes) = payload.split_first_chunk::<32>().ok_or_else(|| cell::damaged(key, "is cut off"))?;
    Ok(StoredChange { actor, seq, hash: ChangeHash(*hash), bytes: bytes.to_vec() })
}
