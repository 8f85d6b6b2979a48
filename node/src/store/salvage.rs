//! What survives of a damaged store (the basis of `comin check --repair`).
//!
//! Works on a copy, because opening a damaged sled file may cut more from it. Whatever is read has passed
//! its checksum; what is missing is named as far as manifests and index tell.

use super::guard::guarded;
use super::kv::Kv;
use super::layout;
use super::sled_kv::SledKv;
use super::verify::{Damage, Place, Walker};
use super::{Store, StoreError, cell, keys, manifest, open_sled, write};
use comin_protocol::beacon::SignedBeacon;
use comin_protocol::engine::{DocMeta, STATE_UNCONFIRMED, StoredDoc, StoredRun, Write};
use comin_protocol::ids::{ActorId, DocId, StatementId};
use comin_protocol::record::Row;
use comin_protocol::statement::SignedStatement;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long reading a damaged store may take, in milliseconds: 100,000 records take some seconds.
const SALVAGE_LIMIT_MS: u64 = 120_000;
/// Rows of one batch when a store is written anew.
const REBUILD_ROWS: usize = 1_000;

/// What survives of a store.
#[derive(Clone, Debug, Default)]
pub struct Salvaged {
    /// Statements, by id.
    pub statements: BTreeMap<StatementId, SignedStatement>,
    /// Beacons.
    pub beacons: Vec<SignedBeacon>,
    /// The engine's own small values.
    pub state: BTreeMap<String, Vec<u8>>,
    /// Documents of which everything but rows is there, as their manifest says. Where `damaged` tells that the
    /// store's newest batches are missing, they may be older than they were.
    pub complete: BTreeMap<DocId, SalvagedDoc>,
    /// Documents that lack something: what of them passes its checksum.
    pub partial: BTreeMap<DocId, SalvagedDoc>,
    /// What is missing or damaged, documents and records by name.
    pub damaged: Vec<Damage>,
}

/// What survives of a document.
#[derive(Clone, Debug, Default)]
pub struct SalvagedDoc {
    /// Snapshot and raw changes.
    pub stored: StoredDoc,
    /// Runs, by actor and sequence.
    pub runs: Vec<(ActorId, StoredRun)>,
    /// The meta.
    pub meta: Option<DocMeta>,
    /// Rows: they name the records even where the document is lost.
    pub rows: Vec<Row>,
    /// Whether `rows` is all of them; else they must be projected again.
    pub rows_complete: bool,
}

/// What became of a repair.
#[derive(Clone, Debug)]
pub struct Rebuilt {
    /// Where the damaged store lies now.
    pub aside: PathBuf,
    /// What survived of it; statements, state and complete documents are in the new store.
    pub salvaged: Salvaged,
}

/// Reads what survives of the store in `dir`, which stays as it is. Needs room for a copy beside it.
///
/// # Errors
/// [`StoreError::Busy`], or [`StoreError::Io`] where it cannot be copied. Damage is in what is returned.
pub fn salvage(dir: &Path) -> Result<Salvaged, StoreError> {
    let _held = hold(dir)?;
    let copy = beside(dir, "salvage")?;
    let result = salvage_copies(dir, &copy);
    // A copy that stays behind does no harm, and the result is worth more than this error.
    let _ = fs::remove_dir_all(&copy);
    result
}

/// Moves the store in `dir` aside and makes a new one there with what survives of it: statements, beacons,
/// the engine's small values and complete documents. Peers bring the rest.
///
/// # Errors
/// As [`salvage`]; the damaged store is never changed, and if anything fails it is moved back.
pub fn rebuild(dir: &Path) -> Result<Rebuilt, StoreError> {
    // A directory that is gone has nothing to be moved aside but its place.
    fs::create_dir_all(dir).map_err(|e| io(dir, &e))?;
    let salvaged = salvage(dir)?;
    let aside = beside(dir, "damaged")?;
    fs::rename(dir, &aside).map_err(|e| io(dir, &e))?;
    match write_anew(dir, &salvaged) {
        Ok(()) => Ok(Rebuilt { aside, salvaged }),
        Err(e) => {
            // The half-made store holds nothing that the damaged one does not.
            let _ = fs::remove_dir_all(dir);
            fs::rename(&aside, dir).map_err(|e| io(&aside, &e))?;
            Err(e)
        }
    }
}

impl Salvaged {
    fn add_doc(&mut self, doc: DocId, sound: bool, salvaged: SalvagedDoc) {
        let docs = if sound { &mut self.complete } else { &mut self.partial };
        docs.insert(doc, salvaged);
    }

    /// The batches that bring what survived into an empty store.
    pub fn batches(&self) -> Vec<Vec<Write>> {
        let mut first: Vec<Write> =
            self.statements.iter().map(|(id, signed)| Write::PutStatement(*id, signed.clone())).collect();
        first.extend(self.beacons.iter().cloned().map(Write::PutBeacon));
        first.extend(self.state.iter().map(|(name, value)| Write::PutState(name.clone(), value.clone())));
        // What this device has signed may be lost with the rest: in the first batch, so that no crash leaves it out.
        first.push(Write::PutState(STATE_UNCONFIRMED.to_owned(), Vec::new()));
        let mut out = vec![first];
        for (doc, salvaged) in &self.complete {
            out.push(salvaged.writes(doc));
            let rows = salvaged.rows.chunks(REBUILD_ROWS);
            out.extend(rows.map(|rows| rows.iter().map(Write::put_row).collect()));
        }
        out
    }
}

impl SalvagedDoc {
    fn writes(&self, doc: &DocId) -> Vec<Write> {
        let snapshot = self.stored.snapshot.iter().map(|snapshot| Write::PutSnapshot(*doc, snapshot.clone()));
        let changes = self.stored.changes.iter().map(|change| Write::PutChange(*doc, change.clone()));
        let runs = self.runs.iter().map(|(actor, run)| Write::PutRun(*doc, *actor, run.clone()));
        let meta = self.meta.iter().map(|meta| Write::PutDocMeta(*doc, meta.clone()));
        snapshot.chain(changes).chain(runs).chain(meta).collect()
    }
}

fn write_anew(dir: &Path, salvaged: &Salvaged) -> Result<(), StoreError> {
    open_sled(dir, Duration::ZERO)?.commit(&salvaged.batches())
}

/// Tries the files as they are, then without sled's own snapshot of its page table, which it can do without.
fn salvage_copies(dir: &Path, copy: &Path) -> Result<Salvaged, StoreError> {
    let mut why = Vec::new();
    for with_table in [true, false] {
        copy_files(dir, &copy.join(with_table.to_string()), with_table)?;
        match SledKv::open_tolerant(&copy.join(with_table.to_string())) {
            Ok(kv) => return Ok(read_within_limit(kv)),
            Err(StoreError::Damaged(what)) => why.push(what),
            Err(e) => why.push(e.to_string()),
        }
    }
    why.dedup();
    let what = format!("the database does not open: {}", why.join("; "));
    Ok(Salvaged { damaged: vec![Damage { place: Place::Store, what }], ..Salvaged::default() })
}

/// Reads in a guarded thread and keeps what was read when it panics or hangs.
fn read_within_limit(kv: SledKv) -> Salvaged {
    let salvaged = Arc::new(Mutex::new(Salvaged::default()));
    let shared = salvaged.clone();
    let outcome = guarded("reading what survives", Duration::from_millis(SALVAGE_LIMIT_MS), move || {
        read(&kv, &shared);
        Ok(())
    });
    let mut out = salvaged.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Err(e) = outcome {
        out.damaged.push(Damage { place: Place::Store, what: e.to_string() });
    }
    out
}

/// Reads step by step; each finished step is in `out` whatever happens in the next.
pub(super) fn read(kv: &dyn Kv, out: &Mutex<Salvaged>) {
    let update =
        |change: &mut dyn FnMut(&mut Salvaged)| change(&mut out.lock().unwrap_or_else(PoisonError::into_inner));
    let mut walker = Walker::new(kv);
    walker.format();
    walker.each(Place::Store, keys::STATEMENTS, |key, payload| {
        let id = keys::read_statement(key).ok_or_else(|| cell::damaged(key, "has no proper key"))?;
        let signed: SignedStatement = manifest::decode(key, payload)?;
        update(&mut |out| drop(out.statements.insert(id, signed.clone())));
        Ok(())
    });
    walker.each(Place::Store, keys::BEACONS, |key, payload| {
        let beacon: SignedBeacon = manifest::decode(key, payload)?;
        update(&mut |out| out.beacons.push(beacon.clone()));
        Ok(())
    });
    walker.each(Place::Store, keys::STATE, |key, payload| {
        let name = keys::read_state(key).ok_or_else(|| cell::damaged(key, "has no proper key"))?;
        update(&mut |out| drop(out.state.insert(name.clone(), payload.to_vec())));
        Ok(())
    });
    for doc in walker.docs() {
        let (sound, salvaged) = read_doc(&mut walker, &doc);
        update(&mut |out| out.add_doc(doc, sound, salvaged.clone()));
    }
    // Counts and indexes last: they name the records that are gone.
    walker.store();
    let mut damaged = walker.report.damaged;
    damaged.sort_by(|a, b| (&a.place, &a.what).cmp(&(&b.place, &b.what)));
    damaged.dedup();
    update(&mut |out| out.damaged.append(&mut damaged));
}

fn read_doc(walker: &mut Walker<'_>, doc: &DocId) -> (bool, SalvagedDoc) {
    let place = || Place::Document(*doc);
    let before = walker.report.damaged.len();
    let manifest = walker.manifest(doc).unwrap_or_default();
    let mut out = SalvagedDoc::default();
    let found = walker.each(place(), &keys::doc(keys::SNAPSHOTS, doc), |key, payload| {
        out.stored.snapshot = Some(write::decode_snapshot(key, payload)?);
        Ok(())
    });
    walker.expect(place(), manifest.snapshot.expect(found, "snapshot"));
    let found = walker.each(place(), &keys::doc(keys::CHANGES, doc), |key, payload| {
        out.stored.changes.push(layout::read_change(key, payload)?);
        Ok(())
    });
    walker.expect(place(), manifest.changes.expect(found, "changes"));
    let found = walker.each(place(), &keys::doc(keys::RUNS, doc), |key, payload| {
        let (actor, _) = keys::read_run(key).ok_or_else(|| cell::damaged(key, "has no proper key"))?;
        out.runs.push((actor, manifest::decode(key, payload)?));
        Ok(())
    });
    walker.expect(place(), manifest.runs.expect(found, "runs"));
    let found = walker.each(place(), &keys::doc(keys::METAS, doc), |key, payload| {
        out.meta = Some(manifest::decode(key, payload)?);
        Ok(())
    });
    walker.expect(place(), manifest.meta.expect(found, "meta"));
    let sound = walker.report.damaged.len() == before;
    out.rows_complete = walker.rows(doc, manifest.rows, |row| out.rows.push(row));
    (sound, out)
}

/// Holds sled's lock, so that no other process changes the files while they are read.
pub(super) fn hold(dir: &Path) -> Result<Option<File>, StoreError> {
    use rustix::fs::{FlockOperation, flock};
    let Ok(file) = File::open(dir.join("db")) else { return Ok(None) };
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(StoreError::Busy),
        Err(e) => Err(StoreError::Io(format!("lock: {e}"))),
    }
}

/// A path beside `dir` that does not exist yet: `store.damaged-1`, `-2`, …
fn beside(dir: &Path, what: &str) -> Result<PathBuf, StoreError> {
    let name = dir.file_name().map_or_else(|| "store".into(), |name| name.to_string_lossy().into_owned());
    let free = (1..1_000).map(|n| dir.with_file_name(format!("{name}.{what}-{n}"))).find(|path| !path.exists());
    free.ok_or_else(|| StoreError::Io(format!("too many {name}.{what} directories")))
}

fn copy_files(from: &Path, to: &Path, with_table: bool) -> Result<(), StoreError> {
    fs::create_dir_all(to).map_err(|e| io(to, &e))?;
    for entry in fs::read_dir(from).map_err(|e| io(from, &e))? {
        let entry = entry.map_err(|e| io(from, &e))?;
        let target = to.join(entry.file_name());
        let is_table = entry.file_name().to_string_lossy().starts_with("snap.");
        if entry.path().is_dir() {
            copy_files(&entry.path(), &target, with_table)?;
        } else if with_table || !is_table {
            fs::copy(entry.path(), &target).map_err(|e| io(&target, &e))?;
        }
    }
    Ok(())
}

fn io(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Io(format!("{}: {error}", path.display()))
}
