//! The node's store: persons go in sealed and come out readable, everything else as it is.
//!
//! # Invariant
//! Nothing that a person's document holds reaches the backend, and so a sled file, its copies, a backup or its spool, but
//! under that person's key. Ids, frontiers and counts are in clear.

use super::seal::PersonKeys;
use super::{Store, StoreError, Tidied, VerifyReport, VisitEntry};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::engine::{Boot, StoredChange, StoredDoc, StoredRun, StoredSnapshot, Write, doc_of_state};
use comin_protocol::ids::{ActorId, DeviceKey, DocId, PERSON_KIND, RecordKey, StatementId, from_hex, to_hex};
use comin_protocol::record::{Cell, Row, Scalar, StoredRow};
use comin_protocol::statement::SignedStatement;
use minicbor::bytes::ByteVec;
use std::collections::BTreeMap;

/// The one field of a row that is sealed.
const SEALED: &str = "sealed";
/// A place in an ordered list of rows.
type Place = (RecordKey, DocId);
/// What the names of sealed proofs begin with, among the engine's small values.
const PROOF: &str = "proof/";

/// A store with the keys of the persons in it.
pub struct SealedStore<S> {
    inner: S,
    keys: PersonKeys,
}

impl<S: Store> SealedStore<S> {
    /// Puts the two together.
    pub fn new(inner: S, keys: PersonKeys) -> Self {
        Self { inner, keys }
    }

    /// The store below, in which persons are sealed.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    fn seal(&self, write: &Write) -> Result<Vec<Write>, StoreError> {
        let doc = write.doc().filter(DocId::is_person);
        Ok(match (write, doc) {
            (Write::DropStatement(id), _) => vec![write.clone(), Write::DropState(proof(id))],
            (_, None) => vec![write.clone()],
            (Write::PutStatement(id, signed), Some(doc)) => {
                vec![Write::PutState(proof(id), to_cbor(&(doc, self.seal_bytes(&doc, &to_cbor(signed))?)))]
            }
            (Write::PutChange(_, change), Some(doc)) => {
                let bytes = self.keys.seal(&doc, &change.bytes)?;
                vec![Write::PutChange(doc, StoredChange { bytes, ..change.clone() })]
            }
            (Write::PutRun(_, actor, run), Some(doc)) => {
                vec![Write::PutRun(doc, *actor, self.run(&doc, run, Self::seal_bytes)?)]
            }
            (Write::PutSnapshot(_, snapshot), Some(doc)) => {
                let runs = snapshot.runs.iter();
                let runs = runs.map(|(actor, run)| Ok((*actor, self.run(&doc, run, Self::seal_bytes)?)));
                let runs = runs.collect::<Result<_, StoreError>>()?;
                let bytes = self.keys.seal(&doc, &snapshot.bytes)?;
                vec![Write::PutSnapshot(doc, StoredSnapshot { bytes, frontier: snapshot.frontier.clone(), runs })]
            }
            (Write::PutRow(_, row), Some(doc)) => vec![Write::PutRow(doc, self.seal_row(&doc, row)?)],
            (Write::PutState(name, value), Some(doc)) => {
                vec![Write::PutState(name.clone(), self.keys.seal(&doc, value)?)]
            }
            _ => vec![write.clone()],
        })
    }

    fn seal_bytes(&self, doc: &DocId, plain: &[u8]) -> Result<ByteVec, StoreError> {
        self.keys.seal(doc, plain).map(ByteVec::from)
    }

    fn unseal_bytes(&self, doc: &DocId, sealed: &[u8]) -> Result<ByteVec, StoreError> {
        Ok(self.keys.unseal(doc, sealed)?.unwrap_or_default().into())
    }

    fn run(
        &self,
        doc: &DocId,
        run: &StoredRun,
        each: impl Fn(&Self, &DocId, &[u8]) -> Result<ByteVec, StoreError>,
    ) -> Result<StoredRun, StoreError> {
        let tail = run.tail.iter().map(|bytes| each(self, doc, bytes)).collect::<Result<_, StoreError>>()?;
        Ok(StoredRun { run: run.run.clone(), tail })
    }

    /// A row like any other for the layout below, whose one value holds the real one. Where something of the person
    /// waits for a decision an empty value stands beside it: that much is in clear, so that the layout can list and count
    /// it.
    fn seal_row(&self, doc: &DocId, row: &StoredRow) -> Result<StoredRow, StoreError> {
        let value = Scalar::Str(to_hex(&self.keys.seal(doc, &row.bytes)?));
        let mark = row.has_conflict.then_some(Cell { value: Scalar::Null, origin: 0 });
        let cells = [Cell { value, origin: 0 }].into_iter().chain(mark).collect();
        let fields = BTreeMap::from([(SEALED.to_owned(), cells)]);
        let shell = Row { key: row.key.clone(), doc: *doc, origins: Vec::new(), fields, unseen_edits: Vec::new() };
        Ok(StoredRow::new(&shell))
    }

    /// The row itself; `None` where its person has no key any more.
    fn open_row(&self, row: Row) -> Result<Option<Row>, StoreError> {
        if !row.doc.is_person() {
            return Ok(Some(row));
        }
        let damaged = |what: &str| StoreError::Damaged(format!("the row of document {} {what}", row.doc));
        let sealed = row.text(SEALED).and_then(read_hex).ok_or_else(|| damaged("is not sealed"))?;
        let Some(plain) = self.keys.unseal(&row.doc, &sealed)? else { return Ok(None) };
        Row::from_stored(row.doc, &plain).map(Some).map_err(|_| damaged("cannot be read"))
    }

    fn open_rows(&self, rows: Vec<Row>) -> Result<Vec<Row>, StoreError> {
        rows.into_iter().filter_map(|row| self.open_row(row).transpose()).collect()
    }

    /// A page of the store below, of the rows that are wanted. Where some are left out, or have gone meanwhile, what
    /// follows is read, so that a short page means the end.
    fn page(
        &self,
        after: Option<&Place>,
        limit: usize,
        wanted: impl Fn(&Row) -> bool,
        read: impl Fn(Option<&Place>, usize) -> Result<Vec<Row>, StoreError>,
    ) -> Result<Vec<Row>, StoreError> {
        let (mut out, mut after) = (Vec::new(), after.cloned());
        while out.len() < limit {
            let page = read(after.as_ref(), limit - out.len())?;
            let Some(last) = page.last() else { break };
            after = Some((last.key.clone(), last.doc));
            out.extend(self.open_rows(page.into_iter().filter(|row| wanted(row)).collect())?);
        }
        Ok(out)
    }

    /// Takes persons without a key out of what is booted, and out of the store: their key went with an erasure, or
    /// is not the one of this backup.
    fn drop_keyless(&self, boot: &mut Boot) -> Result<(), StoreError> {
        let keyless: Vec<DocId> =
            boot.docs.keys().filter(|doc| doc.is_person() && !self.keys.has(doc)).copied().collect();
        for doc in &keyless {
            boot.docs.remove(doc);
            boot.runs.remove(doc);
            boot.kept.remove(doc);
        }
        let mut writes: Vec<Write> = keyless.into_iter().map(Write::ClearDoc).collect();
        for (name, value) in std::mem::take(&mut boot.state) {
            let person = doc_of_state(&name).filter(DocId::is_person);
            match (name.starts_with(PROOF), person) {
                (true, _) => match self.open_proof(&value)? {
                    Some(signed) => boot.statements.push(signed),
                    None => writes.push(Write::DropState(name)),
                },
                (_, Some(person)) => match self.keys.unseal(&person, &value)? {
                    Some(plain) => drop(boot.state.insert(name, plain)),
                    None => writes.push(Write::DropState(name)),
                },
                (_, None) => drop(boot.state.insert(name, value)),
            }
        }
        if !writes.is_empty() {
            self.inner.commit(&[writes])?;
        }
        for doc in self.keys.persons() {
            // The process ended between the document's end and its key's.
            if !boot.docs.contains_key(&doc) {
                self.keys.remove(&doc)?;
            }
        }
        Ok(())
    }

    fn open_proof(&self, sealed: &[u8]) -> Result<Option<SignedStatement>, StoreError> {
        let damaged = |_| StoreError::Damaged("a sealed proof cannot be read".to_owned());
        let (doc, sealed): (DocId, ByteVec) = from_cbor(sealed).map_err(damaged)?;
        let Some(plain) = self.keys.unseal(&doc, &sealed)? else { return Ok(None) };
        from_cbor(&plain).map(Some).map_err(damaged)
    }

    fn open_runs(&self, boot: &mut Boot) -> Result<(), StoreError> {
        for (doc, runs) in boot.runs.iter_mut().filter(|(doc, _)| doc.is_person()) {
            for run in runs.values_mut() {
                *run = self.run(doc, run, Self::unseal_bytes)?;
            }
        }
        for (doc, runs) in boot.kept.iter_mut().filter(|(doc, _)| doc.is_person()) {
            for run in runs {
                *run = self.run(doc, run, Self::unseal_bytes)?;
            }
        }
        Ok(())
    }
}

fn proof(id: &StatementId) -> String {
    format!("{PROOF}{id}")
}

fn read_hex(text: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| from_hex::<1>(std::str::from_utf8(pair).ok()?).map(|[byte]| byte);
    text.as_bytes().chunks(2).map(pair).collect()
}

impl<S: Store> Store for SealedStore<S> {
    fn commit(&self, batches: &[Vec<Write>]) -> Result<(), StoreError> {
        let dropped = |batch: &Vec<Write>| batch.iter().any(|write| matches!(write, Write::DropPerson(_)));
        // A key goes before what comes after is sealed: who is shared again gets another.
        for group in batches.split_inclusive(dropped) {
            let sealed = group.iter().map(|batch| {
                let writes = batch.iter().map(|write| self.seal(write)).collect::<Result<Vec<_>, _>>()?;
                Ok(writes.into_iter().flatten().collect())
            });
            self.inner.commit(&sealed.collect::<Result<Vec<Vec<Write>>, StoreError>>()?)?;
            for write in group.iter().flatten() {
                if let Write::DropPerson(doc) = write {
                    self.keys.remove(doc)?;
                }
            }
        }
        Ok(())
    }

    fn boot(&self) -> Result<Boot, StoreError> {
        let mut boot = self.inner.boot()?;
        self.drop_keyless(&mut boot)?;
        self.open_runs(&mut boot)?;
        Ok(boot)
    }

    fn statements(&self) -> Result<Vec<SignedStatement>, StoreError> {
        self.inner.statements()
    }

    fn load_doc(&self, doc: &DocId) -> Result<StoredDoc, StoreError> {
        let mut stored = self.inner.load_doc(doc)?;
        if !doc.is_person() {
            return Ok(stored);
        }
        if !self.keys.has(doc) {
            return Ok(StoredDoc::default());
        }
        if let Some(snapshot) = &mut stored.snapshot {
            snapshot.bytes = self.unseal_bytes(doc, &snapshot.bytes)?.into();
            for run in snapshot.runs.values_mut() {
                *run = self.run(doc, run, Self::unseal_bytes)?;
            }
        }
        for change in &mut stored.changes {
            change.bytes = self.unseal_bytes(doc, &change.bytes)?.into();
        }
        Ok(stored)
    }

    fn runs_of_doc(&self, doc: &DocId) -> Result<Vec<(ActorId, StoredRun)>, StoreError> {
        let runs = self.inner.runs_of_doc(doc)?;
        if !doc.is_person() {
            return Ok(runs);
        }
        runs.iter().map(|(actor, run)| Ok((*actor, self.run(doc, run, Self::unseal_bytes)?))).collect()
    }

    fn row(&self, key: &RecordKey, doc: &DocId) -> Result<Option<Row>, StoreError> {
        self.inner.row(key, doc)?.map_or(Ok(None), |row| self.open_row(row))
    }

    fn rows_of(&self, key: &RecordKey) -> Result<Vec<Row>, StoreError> {
        self.open_rows(self.inner.rows_of(key)?)
    }

    fn scan_rows(
        &self,
        kind: Option<&str>,
        after: Option<&(RecordKey, DocId)>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        // Who asks for everything does not mean persons: those are asked for by name.
        let wanted = |row: &Row| kind.is_some() || row.key.kind != PERSON_KIND;
        self.page(after, limit, wanted, |after, limit| self.inner.scan_rows(kind, after, limit))
    }

    fn rows_of_doc(&self, doc: &DocId) -> Result<Vec<Row>, StoreError> {
        self.open_rows(self.inner.rows_of_doc(doc)?)
    }

    fn conflicted_rows(&self, after: Option<&(RecordKey, DocId)>, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.page(after, limit, |_| true, |after, limit| self.inner.conflicted_rows(after, limit))
    }

    fn count_rows(&self, kind: Option<&str>) -> Result<u64, StoreError> {
        self.inner.count_rows(kind)
    }

    fn count_conflicts(&self) -> Result<u64, StoreError> {
        self.inner.count_conflicts()
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.inner.verify()
    }

    fn each_entry(&self, visit: &mut VisitEntry<'_>) -> Result<(), StoreError> {
        self.inner.each_entry(visit)
    }

    fn tidy(&self, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tidied>, StoreError> {
        self.inner.tidy(go_on)
    }

    fn device_of(&self, actor: &ActorId) -> Result<Option<DeviceKey>, StoreError> {
        self.inner.device_of(actor)
    }
}
