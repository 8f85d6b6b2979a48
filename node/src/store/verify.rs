//! The walk over everything: every checksum, every manifest, every index (the basis of `comin check`).

use super::StoreError;
use super::cell;
use super::keys;
use super::kv::{Kv, PAGE};
use super::layout;
use super::manifest::{DocManifest, Global, Tally};
use super::write;
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::record::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What verification found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VerifyReport {
    /// Documents seen.
    pub documents: u64,
    /// Rows that could be read.
    pub rows: u64,
    /// Entries checked.
    pub entries: u64,
    /// Everything that is not as it must be; empty: the store is sound.
    pub damaged: Vec<Damage>,
}

/// One thing that is not as it must be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    /// Where.
    pub place: Place,
    /// What, in words.
    pub what: String,
}

/// Where damage was found.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// Statements, beacons, small values, counts: what belongs to no document.
    Store,
    /// A document: its snapshot, changes, runs or meta.
    Document(DocId),
    /// The row of a record; the document may be sound, and the row can be made again.
    Record(DocId, RecordKey),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Store => write!(f, "store: {}", self.what),
            Place::Document(doc) => write!(f, "document {doc}: {}", self.what),
            Place::Record(doc, record) => write!(f, "record {record} in document {doc}: {}", self.what),
        }
    }
}

/// The groups whose keys begin with a document.
const DOC_GROUPS: [&[u8]; 6] = [keys::MANIFESTS, keys::METAS, keys::SNAPSHOTS, keys::CHANGES, keys::RUNS, keys::ROWS];

/// Walks over a backend whatever is wrong with it, and notes what is.
pub(super) struct Walker<'a> {
    kv: &'a dyn Kv,
    pub(super) report: VerifyReport,
}

impl<'a> Walker<'a> {
    pub(super) fn new(kv: &'a dyn Kv) -> Self {
        Self { kv, report: VerifyReport::default() }
    }

    /// Notes a format number that is missing or cannot be read.
    pub(super) fn format(&mut self) {
        let missing = || StoreError::Damaged("the format number is missing".to_owned());
        let read = cell::get(self.kv, keys::FORMAT).and_then(|format| format.ok_or_else(missing));
        self.expect(Place::Store, read);
    }

    /// Verifies what belongs to no document, and the indexes.
    pub(super) fn store(&mut self) {
        let Some(global) = self.global() else { return };
        self.expect(Place::Store, layout::check_mark(self.kv, global.commits));
        for (group, tally, what) in [
            (keys::STATEMENTS, global.statements, "statements"),
            (keys::BEACONS, global.beacons, "beacons"),
            (keys::STATE, global.state, "values of the engine"),
            (keys::DEVICES, global.devices, "devices of actors"),
            (keys::MANIFESTS, global.docs, "manifests of documents"),
        ] {
            let found = self.each(Place::Store, group, |_, _| Ok(()));
            self.expect(Place::Store, tally.expect(found, what));
        }
        self.index(&global);
        self.conflicts(&global);
    }

    /// The store's manifest, noted where it cannot be read.
    pub(super) fn global(&mut self) -> Option<Global> {
        self.expect(Place::Store, write::read_global(self.kv))
    }

    /// Every document of which any group has anything.
    pub(super) fn docs(&mut self) -> BTreeSet<DocId> {
        DOC_GROUPS.into_iter().flat_map(|group| self.docs_in(group)).collect()
    }

    fn docs_groups_empty(&self, doc: &DocId) -> bool {
        DOC_GROUPS
            .iter()
            .all(|group| matches!(self.kv.scan(&keys::doc(group, doc), &[], 1), Ok(found) if found.is_empty()))
    }

    /// Verifies one document with its rows.
    pub(super) fn doc(&mut self, doc: &DocId) {
        let place = || Place::Document(*doc);
        if self.docs_groups_empty(doc) {
            // It has been cleared since it was listed.
            return;
        }
        self.report.documents += 1;
        let Some(manifest) = self.manifest(doc) else { return };
        for (group, tally, what) in [
            (keys::SNAPSHOTS, manifest.snapshot, "snapshot"),
            (keys::CHANGES, manifest.changes, "changes"),
            (keys::RUNS, manifest.runs, "runs"),
            (keys::METAS, manifest.meta, "meta"),
        ] {
            let found = self.each(place(), &keys::doc(group, doc), |_, _| Ok(()));
            self.expect(place(), tally.expect(found, what));
        }
        self.rows(doc, manifest.rows, |_| {});
    }

    /// A document's manifest, noted where it is missing or cannot be read.
    pub(super) fn manifest(&mut self, doc: &DocId) -> Option<DocManifest> {
        let read = write::read_manifest(self.kv, doc);
        let missing = || StoreError::Damaged("the manifest is missing".to_owned());
        self.expect(Place::Document(*doc), read.and_then(|manifest| manifest.ok_or_else(missing)))
    }

    /// Verifies a document's rows against tally and indexes, and hands the sound ones on.
    pub(super) fn rows(&mut self, doc: &DocId, tally: Tally, mut visit: impl FnMut(Row)) -> bool {
        let before = self.report.damaged.len();
        let mut rows = Vec::new();
        let found = self.each(Place::Document(*doc), &keys::doc(keys::ROWS, doc), |key, payload| {
            rows.push((key.to_vec(), write::decode_row(key, payload)?));
            Ok(())
        });
        self.expect(Place::Document(*doc), tally.expect(found, "rows"));
        for (key, row) in rows {
            let place = Place::Record(*doc, row.key.clone());
            let indexed = self.is_indexed(&key, &row);
            self.expect(place, indexed);
            self.report.rows += 1;
            visit(row);
        }
        self.report.damaged.len() == before
    }

    fn is_indexed(&self, key: &[u8], row: &Row) -> Result<(), StoreError> {
        let entry = keys::entry(keys::INDEX, &row.key, &row.doc);
        let slot = self.kv.get(&entry)?.map(|slot| write::read_slot(&entry, &slot)).transpose()?;
        if slot.map(|slot| keys::row(&row.doc, slot)).as_deref() != Some(key) {
            return Err(StoreError::Damaged("missing in the index".to_owned()));
        }
        let conflict = self.kv.get(&keys::entry(keys::CONFLICTS, &row.key, &row.doc))?.is_some();
        if conflict != row.has_conflict() {
            return Err(StoreError::Damaged("the list of conflicts disagrees".to_owned()));
        }
        Ok(())
    }

    /// Every index entry must have its row; names the records whose row is gone.
    fn index(&mut self, global: &Global) {
        let kv = self.kv;
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        let mut gone = Vec::new();
        let walked = self.pages(keys::INDEX, |entry, slot| {
            let (record, doc) = keys::read_entry(entry).ok_or_else(|| cell::damaged(entry, "has no proper key"))?;
            let row = kv.get(&keys::row(&doc, write::read_slot(entry, slot)?));
            if !matches!(row, Ok(Some(_))) {
                gone.push((doc, record.clone()));
            }
            *kinds.entry(record.kind).or_default() += 1;
            Ok(())
        });
        self.expect(Place::Store, walked);
        for (doc, record) in gone {
            self.note(Place::Record(doc, record), "the row is missing".to_owned());
        }
        if kinds != global.kinds {
            self.note(Place::Store, format!("index of records: {kinds:?} found where {:?} must be", global.kinds));
        }
    }

    fn conflicts(&mut self, global: &Global) {
        let mut found = 0;
        let walked = self.pages(keys::CONFLICTS, |_, _| {
            found += 1;
            Ok(())
        });
        self.expect(Place::Store, walked);
        if found != global.conflicts {
            self.note(Place::Store, format!("list of conflicts: {found} of {} found", global.conflicts));
        }
    }

    /// Opens every entry under a prefix; what cannot be opened is noted and not counted.
    pub(super) fn each(
        &mut self,
        place: Place,
        prefix: &[u8],
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Tally {
        let kv = self.kv;
        let mut tally = Tally::default();
        let mut bad = Vec::new();
        let walked = self.pages(prefix, |key, head| {
            let opened = cell::open(|key| kv.get(key), key, head);
            match opened.and_then(|(sum, payload)| visit(key, &payload).map(|()| sum)) {
                Ok(sum) => tally.add(sum),
                Err(e) => bad.push(e),
            }
            Ok(())
        });
        for error in bad.into_iter().chain(walked.err()) {
            self.note(place.clone(), text(error));
        }
        tally
    }

    /// Like [`super::kv::walk`], counting.
    fn pages(
        &mut self,
        prefix: &[u8],
        visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut visit = visit;
        let mut after = Vec::new();
        loop {
            let page = self.kv.scan(prefix, &after, PAGE)?;
            self.report.entries += page.len() as u64;
            page.iter().try_for_each(|(key, value)| visit(key, value))?;
            match page.last() {
                Some((key, _)) if page.len() == PAGE => after = key.clone(),
                _ => return Ok(()),
            }
        }
    }

    /// The documents of a group, jumping from one to the next.
    fn docs_in(&mut self, group: &[u8]) -> BTreeSet<DocId> {
        let mut out = BTreeSet::new();
        let mut after = Vec::new();
        loop {
            match self.kv.scan(group, &after, 1) {
                Ok(page) => {
                    let Some((key, _)) = page.first() else { return out };
                    let Some(doc) = keys::read_first_doc(key) else {
                        self.note(Place::Store, text(cell::damaged(key, "has no proper key")));
                        return out;
                    };
                    out.insert(doc);
                    after = keys::after_doc(group, &doc);
                }
                Err(e) => {
                    self.note(Place::Store, text(e));
                    return out;
                }
            }
        }
    }

    pub(super) fn expect<T>(&mut self, place: Place, result: Result<T, StoreError>) -> Option<T> {
        result.map_err(|e| self.note(place, text(e))).ok()
    }

    pub(super) fn note(&mut self, place: Place, what: String) {
        self.report.damaged.push(Damage { place, what });
    }
}

/// The text without the words that every such error begins with.
fn text(error: StoreError) -> String {
    match error {
        StoreError::Damaged(what) => what,
        other => other.to_string(),
    }
}
