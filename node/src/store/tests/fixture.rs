//! Sample batches, everything that a store says, and damage.

use crate::store::{Kv, MemoryKv, Store, StoreError};
use comin_protocol::beacon::{Audience, Beacon, SignedBeacon};
use comin_protocol::engine::{DocMeta, StoredChange, StoredDoc, StoredRun, StoredSnapshot, Write};
use comin_protocol::ids::{ActorId, ChangeHash, DeviceKey, DocId, Nonce, RecordKey, RegisterId, StatementId};
use comin_protocol::record::{Cell, Origin, Row, Scalar};
use comin_protocol::run::{Frontier, Run, Tip};
use comin_protocol::statement::SignedStatement;
use std::collections::BTreeMap;

pub fn doc(n: u8) -> DocId {
    DocId { register: RegisterId([n; 32]), part: 1 }
}

pub fn actor(n: u8) -> ActorId {
    ActorId([n; 16])
}

pub fn record(kind: &str, n: u8) -> RecordKey {
    RecordKey { kind: kind.to_owned(), id: [n; 16] }
}

pub fn change(actor_number: u8, seq: u64, bytes: usize) -> StoredChange {
    StoredChange {
        actor: actor(actor_number),
        seq,
        hash: ChangeHash([seq as u8; 32]),
        bytes: (0..bytes).map(|i| (i as u64 ^ seq) as u8).collect(),
    }
}

pub fn run(n: u8, seq: u64) -> StoredRun {
    let run = Run {
        device: DeviceKey([n; 32]),
        nonce: Nonce([n; 16]),
        seq,
        hash: ChangeHash([seq as u8; 32]),
        roster_hint: [0; 8],
        signature: [1; 64],
    };
    StoredRun { run, tail: Vec::new() }
}

pub fn frontier(tips: &[(u8, u64)]) -> Frontier {
    tips.iter().map(|(n, seq)| (actor(*n), Tip { seq: *seq, hash: ChangeHash([*seq as u8; 32]) })).collect()
}

pub fn snapshot(tips: &[(u8, u64)], bytes: usize) -> StoredSnapshot {
    let runs = tips.iter().map(|(n, seq)| (actor(*n), run(*n, *seq))).collect();
    StoredSnapshot { bytes: (0..bytes).map(|i| (i * 7) as u8).collect(), frontier: frontier(tips), runs }
}

pub fn row(doc: DocId, key: RecordKey, name: &str) -> Row {
    let cell = |text: &str| Cell { value: text.into(), origin: 0 };
    let fields = BTreeMap::from([("name".to_owned(), vec![cell(name)]), ("phone".to_owned(), vec![cell("1")])]);
    Row { key, doc, origins: vec![Origin { actor: actor(1), time_ms: 5 }], fields, unseen_edits: Vec::new() }
}

pub fn conflicted(doc: DocId, key: RecordKey) -> Row {
    let mut row = row(doc, key, "one");
    let other = Cell { value: Scalar::Str("two".to_owned()), origin: 0 };
    row.fields.entry("name".to_owned()).or_default().push(other);
    row
}

pub fn statement(n: u8) -> (StatementId, SignedStatement) {
    (StatementId([n; 32]), SignedStatement { body: vec![n; 10], signatures: Vec::new() })
}

pub fn beacon(n: u8, audience: Audience, number: u64) -> SignedBeacon {
    let beacon = Beacon { device: DeviceKey([n; 32]), audience, number, time_ms: 0, docs: Vec::new(), process: None };
    SignedBeacon { beacon, signature: [2; 64] }
}

pub fn put_row(row: Row) -> Write {
    Write::put_row(&row)
}

/// What is known of a document with so many records.
pub fn meta(records: u64) -> DocMeta {
    let mut meta = DocMeta::default();
    meta.records = records;
    meta
}

/// Two documents with everything that a store can hold, long values among it.
pub fn sample_batches() -> Vec<Vec<Write>> {
    let (id, signed) = statement(1);
    let long = SignedStatement { body: vec![9; 60_000], signatures: Vec::new() };
    vec![
        vec![Write::PutStatement(id, signed), Write::PutStatement(StatementId([2; 32]), long)],
        vec![
            Write::PutChange(doc(1), change(1, 1, 100)),
            Write::PutChange(doc(1), change(1, 2, 30_000)),
            Write::PutChange(doc(1), change(1, 3, 100)),
            Write::PutRun(doc(1), actor(1), run(1, 2)),
            Write::PutRun(doc(1), actor(1), run(1, 3)),
            Write::PutDocMeta(doc(1), meta(2)),
            put_row(row(doc(1), record("organisation", 1), "Uno")),
            put_row(conflicted(doc(1), record("network", 2))),
        ],
        vec![
            Write::PutSnapshot(doc(2), snapshot(&[(2, 4)], 50_000)),
            Write::PutChange(doc(2), change(2, 5, 50)),
            Write::PutRun(doc(2), actor(2), run(2, 5)),
            Write::PutDocMeta(doc(2), meta(1)),
            put_row(row(doc(2), record("organisation", 1), "Uno, seen from elsewhere")),
        ],
        vec![
            Write::PutBeacon(beacon(1, Audience::Federation, 1)),
            Write::PutState("paused".to_owned(), vec![1]),
            Write::PutState("tickets".to_owned(), vec![3; 20_000]),
        ],
    ]
}

/// Everything that a store says, for comparison.
#[derive(Debug, PartialEq)]
pub struct Contents {
    pub boot: String,
    pub docs: BTreeMap<DocId, StoredDoc>,
    pub runs: BTreeMap<DocId, Vec<(ActorId, StoredRun)>>,
    pub rows: Vec<Row>,
    pub rows_by_doc: BTreeMap<DocId, Vec<Row>>,
    pub conflicts: Vec<Row>,
    pub counts: (u64, u64),
    pub devices: Vec<Option<DeviceKey>>,
}

pub fn try_contents(store: &dyn Store) -> Result<Contents, StoreError> {
    let boot = store.boot()?;
    let docs: Vec<DocId> = boot.docs.keys().copied().chain([doc(1), doc(2)]).collect();
    let mut out = Contents {
        boot: format!("{boot:?}"),
        docs: BTreeMap::new(),
        runs: BTreeMap::new(),
        rows: store.scan_rows(None, None, usize::MAX)?,
        rows_by_doc: BTreeMap::new(),
        conflicts: store.conflicted_rows(None, usize::MAX)?,
        counts: (store.count_rows(None)?, store.count_conflicts()?),
        devices: (1..4).map(|n| store.device_of(&actor(n))).collect::<Result<_, _>>()?,
    };
    for doc in docs {
        out.docs.insert(doc, store.load_doc(&doc)?);
        out.runs.insert(doc, store.runs_of_doc(&doc)?);
        out.rows_by_doc.insert(doc, store.rows_of_doc(&doc)?);
    }
    Ok(out)
}

pub fn contents(store: &dyn Store) -> Contents {
    try_contents(store).expect("a sound store reads")
}

/// What can happen to one entry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Harm {
    Missing,
    Flipped,
    Cut,
}

impl Harm {
    /// Does it; says whether that changed anything (an empty value cannot be flipped).
    pub fn inflict(self, kv: &MemoryKv, key: &[u8]) -> bool {
        let before = kv.get(key).expect("memory reads");
        let mut value = before.clone().expect("the entry exists");
        match self {
            Self::Missing => value.clear(),
            Self::Flipped => value.iter_mut().for_each(|byte| *byte ^= 1),
            Self::Cut => value.truncate(value.len() / 2),
        }
        let after = Some(value).filter(|_| self != Self::Missing);
        kv.tamper(key, after.clone());
        before != after
    }
}
