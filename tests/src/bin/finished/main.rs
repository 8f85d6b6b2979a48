//! What finished actors cost: every start of a process that writes leaves one in each document it writes to.
//!
//! The same 4,000 records and the same number of edits by one actor, and by as many actors as there are edits; two
//! nodes that are wired together without a network, each with a store in memory. Prints what it costs to start, to
//! load the document and edit it under a new actor, to do so with Automerge alone, to edit it once more, to connect
//! after that, to connect again after one more edit of each side (the mean of many times), and to catch up for the
//! first time; and which share of that the signatures take. Then how long a reconnect of two real nodes takes.
//!
//! `finished [ACTORS ...] [--records N] [--rounds M]`: a line for each number of actors; N records (4,000), and M reconnects
//! (50).

mod live;

use automerge::ObjType;
use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};
use comin_node::store::{MemoryStore, Store, open_memory};
use comin_protocol::check::{self, encode_snapshot};
use comin_protocol::engine::{
    Command, DocMeta, Edit, Engine, EngineConfig, Input, Now, Output, RequestId, SessionId, StoredRun, StoredSnapshot,
    Target, TaskId, Write,
};
use comin_protocol::ids::{DeviceKey, DocId, RecordKey};
use comin_protocol::limits::WHOLE_FRONTIER_TIPS;
use comin_protocol::record::{FieldChange, FieldOp, OriginIndex, Scalar, StoredRow, project_all};
use comin_protocol::run::{Frontier, Tip};
use comin_tests::adversary::Forger;
use comin_tests::federation::{Federation, first_batch};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

const RECORDS: u64 = 4_000;
const ROUNDS: u64 = 50;
/// Where a process lies in memory and on which core it runs makes some percent: each number of actors has several.
const STARTS: u64 = 5;
const MINUTE_MS: u64 = 60_000;

struct Node {
    device: DeviceKey,
    engine: Engine,
    now: Now,
    store: MemoryStore,
    /// Time spent by its engine, its store and its helper.
    busy: Duration,
    helper: Duration,
    sent: usize,
    written: usize,
    replied: bool,
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("helper") {
        return comin_node::helper::main().expect("the helper runs");
    }
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut option = |name: &str, unless: u64| {
        let Some(at) = args.iter().position(|arg| arg == name) else { return unless };
        args.drain(at..(at + 2).min(args.len())).nth(1).and_then(|number| number.parse().ok()).expect("a number")
    };
    let (records, rounds) = (option("--records", RECORDS), option("--rounds", ROUNDS));
    let counts: Vec<usize> = args.iter().map(|arg| arg.parse().expect("a number of actors")).collect();
    let edits = counts.iter().copied().max().unwrap_or(10_000);
    let counts = if counts.is_empty() { vec![1, 100, 1_000, 10_000] } else { counts };
    println!("{records} records, {edits} edits of them; times in ms of CPU, both sides together");
    let columns =
        ["start", "load", "alone", "edit", "edit kB", "connect", "kB", "again", "kB", "catch-up", "kB", "signed %"];
    println!("  actors{}", columns.map(|column| format!("{column:>10}")).concat());
    let mut secret = 0_u8;
    let federation = Federation::found(2, || {
        secret += 1;
        [secret; 32]
    });
    let doc = DocId { register: federation.register, part: 1 };
    let documents: Vec<_> =
        counts.iter().map(|actors| (*actors, contents(&federation, doc, (*actors, edits), records))).collect();
    for (actors, (contents, record)) in &documents {
        measure(*actors, (&federation, doc), (contents, record), (records, rounds));
    }
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(measure_live(&federation, doc, documents, rounds));
}

/// Reconnects of real nodes, in turn.
async fn measure_live(
    federation: &Federation,
    doc: DocId,
    documents: Vec<(usize, (Vec<Write>, RecordKey))>,
    rounds: u64,
) {
    let mut took = vec![Vec::new(); documents.len()];
    for _ in 0..STARTS {
        let mut pairs = Vec::new();
        for (_, (contents, record)) in &documents {
            pairs.push(live::Pair::start(federation, contents, doc, record.clone()).await);
        }
        for round in 0..rounds.div_ceil(STARTS) {
            for (pair, took) in pairs.iter_mut().zip(&mut took) {
                took.push(pair.reconnect(round).await);
            }
        }
        for pair in &mut pairs {
            pair.stop().await;
        }
    }
    println!("reconnects of two nodes over loopback, with stores on disk, in {STARTS} starts of both;");
    println!("median in ms from going on to showing, and of how many");
    for ((actors, _), mut took) in documents.into_iter().zip(took) {
        took.sort_unstable();
        let median = took.get(took.len() / 2).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3);
        println!("{actors:>8}{median:>10.2}{:>10}", took.len());
    }
}

fn measure(
    actors: usize,
    (federation, doc): (&Federation, DocId),
    (contents, record): (&Vec<Write>, &RecordKey),
    (records, rounds): (u64, u64),
) {
    let store = |with: bool| {
        let store = open_memory();
        store.commit(&[first_batch(&federation.statements)]).expect("statements");
        if with {
            store.commit(std::slice::from_ref(contents)).expect("the document");
        }
        store
    };
    let mut nodes = [Node::start(federation, 0, store(true), 1), Node::start(federation, 1, store(false), 2)];
    let catch_up = connect(&mut nodes, 1, records, record);
    let signatures = verified(contents, doc);
    // Both restart, and edit apart: each under a new actor.
    let [a, b] = nodes.map(|node| node.store);
    let began = cpu();
    let mut nodes = [Node::start(federation, 0, a, 3), Node::start(federation, 1, b, 4)];
    let start = cpu() - began;
    let load = edit_apart(&mut nodes, doc, record, "041 1");
    let alone = [(); 2].map(|()| alone(contents, record)).iter().sum();
    let edit = edit_apart(&mut nodes, doc, record, "041 2");
    let connected = connect(&mut nodes, 1, records, record);
    let mut again = (Duration::ZERO, 0);
    for round in 0..rounds {
        for node in &mut nodes {
            node.take(Input::Disconnected(SessionId(1 + round)));
        }
        edit_apart(&mut nodes, doc, record, &format!("042 {round}"));
        let (time, bytes) = connect(&mut nodes, 2 + round, records, record);
        again = (again.0 + time, again.1 + bytes);
    }
    let again = (again.0 / rounds as u32, again.1 / rounds as usize);
    let ms = |time: Duration| format!("{:.2}", time.as_secs_f64() * 1e3);
    let kb = |bytes: usize| format!("{:.1}", bytes as f64 / 1e3);
    let columns = [
        ms(start),
        ms(load.0),
        ms(alone),
        ms(edit.0),
        kb(edit.1),
        ms(connected.0),
        kb(connected.1),
        ms(again.0),
        kb(again.1),
        ms(catch_up.0),
        kb(catch_up.1),
        format!("{:.2}", 100.0 * signatures.as_secs_f64() / catch_up.0.as_secs_f64()),
    ];
    println!("{actors:>8}{}", columns.map(|column| format!("{column:>10}")).concat());
}

/// Edits the record on both sides; the time, and the bytes written.
fn edit_apart(nodes: &mut [Node; 2], doc: DocId, record: &RecordKey, phone: &str) -> (Duration, usize) {
    let written = |nodes: &[Node; 2]| nodes.iter().map(|node| node.written).sum::<usize>();
    let before = (total(nodes), written(nodes));
    for node in nodes.iter_mut() {
        node.edit(doc, record, phone);
    }
    (total(nodes) - before.0, written(nodes) - before.1)
}

/// The document as the first device's store holds it, and one of its records.
fn contents(
    federation: &Federation,
    doc: DocId,
    (actors, edits): (usize, usize),
    records: u64,
) -> (Vec<Write>, RecordKey) {
    let signer = &federation.devices[0];
    let mut first = Forger::new(signer, doc, 0);
    let mut keys = Vec::new();
    let mut write = |from: u64| {
        first.commit(|tx| {
            for record in from..records.min(from + RECORDS) {
                let key = RecordKey::random("organisation", &signer.key(), record.to_le_bytes());
                let map = tx.put_object(ROOT, key.to_string(), ObjType::Map).expect("a record");
                for (field, value) in
                    [("name", format!("Zavod {record}")), ("city", "Trieste".to_owned()), ("phone", "1".into())]
                {
                    tx.put(&map, field, value).expect("a field");
                }
                keys.push(key);
            }
        })
    };
    // As many as one change may hold.
    let mut forged = write(0);
    (RECORDS..records).step_by(RECORDS as usize).for_each(|from| forged = write(from));
    let mut runs: BTreeMap<_, StoredRun> = BTreeMap::new();
    let mut am = std::mem::take(&mut first.am);
    let mut writer = first;
    for edit in 0..edits {
        let number = (edit * actors / edits) as u64;
        if writer.actor() != Forger::new(signer, doc, number).actor() {
            runs.insert(writer.actor(), writer.sign(forged.seq, forged.hash));
            writer = Forger::new(signer, doc, number);
        }
        writer.am = am;
        let key = keys[edit % keys.len()].to_string();
        let (_, map) = writer.am.get(ROOT, key).expect("readable").expect("a record");
        forged = writer.commit(|tx| tx.put(&map, "phone", format!("040 {edit}")).expect("a field"));
        am = std::mem::take(&mut writer.am);
    }
    runs.insert(writer.actor(), writer.sign(forged.seq, forged.hash));
    let frontier: Frontier =
        runs.iter().map(|(actor, run)| (*actor, Tip { seq: run.run.seq, hash: run.run.hash })).collect();
    let index = OriginIndex::from_metas(&am.get_changes_meta(&[]));
    let mut batch: Vec<Write> =
        project_all(&am, &doc, &index).iter().map(|row| Write::PutRow(doc, StoredRow::new(row))).collect();
    batch.extend(runs.iter().map(|(actor, run)| Write::PutRun(doc, *actor, run.clone())));
    let snapshot = StoredSnapshot { bytes: encode_snapshot(&am), frontier, runs };
    batch.push(Write::PutDocMeta(doc, DocMeta::of_snapshot(&snapshot, records)));
    batch.push(Write::PutSnapshot(doc, snapshot));
    (batch, keys.remove(7))
}

/// How long Automerge takes for what a node does between its start and its first edit: to load the document, and to
/// change it under a new actor.
fn alone(contents: &[Write], record: &RecordKey) -> Duration {
    let stored = contents.iter().find_map(|write| match write {
        Write::PutSnapshot(_, snapshot) => Some(&snapshot.bytes),
        _ => None,
    });
    let began = cpu();
    let mut am = check::load_snapshot(stored.expect("a snapshot")).expect("it loads");
    am.set_actor(automerge::ActorId::random());
    let (_, map) = am.get(ROOT, record.to_string()).expect("readable").expect("a record");
    let mut tx = am.transaction();
    tx.put(&map, "phone", "041 1").expect("a field");
    tx.commit();
    cpu() - began
}

/// How long it takes to check the signatures of the document's runs, each once, as the receiving node does.
fn verified(contents: &[Write], doc: DocId) -> Duration {
    let began = cpu();
    for write in contents {
        if let Write::PutRun(_, _, stored) = write {
            assert!(stored.run.clone().verify(&doc).is_some(), "the signature is good");
        }
    }
    cpu() - began
}

/// Wires the two together and goes on until nothing is under way; the time, and the bytes sent.
fn connect(nodes: &mut [Node; 2], session: u64, records: u64, record: &RecordKey) -> (Duration, usize) {
    for node in nodes.iter_mut() {
        (node.now.wall_ms, node.now.mono_ms) = (node.now.wall_ms + MINUTE_MS, node.now.mono_ms + MINUTE_MS);
    }
    let before = (total(nodes), bytes(nodes));
    let keys = [0, 1].map(|n: usize| nodes[n].device);
    let mut inputs: VecDeque<(usize, Input)> =
        [0, 1].into_iter().map(|n| (n, Input::Connected(SessionId(session), keys[1 - n]))).collect();
    while let Some((node, input)) = inputs.pop_front() {
        for frame in nodes[node].take(input) {
            inputs.push_back((1 - node, Input::Received(SessionId(session), frame)));
        }
    }
    let [a, b] = [0, 1].map(|n: usize| nodes[n].store.count_rows(None).expect("rows"));
    assert_eq!((a, b), (records, records), "both hold everything");
    let [a, b] = [0, 1].map(|n: usize| nodes[n].store.rows_of(record).expect("the record"));
    assert_eq!(a, b, "as it was written last on both sides");
    (total(nodes) - before.0, bytes(nodes) - before.1)
}

fn total(nodes: &[Node; 2]) -> Duration {
    nodes.iter().map(|node| node.busy + node.helper).sum()
}

fn bytes(nodes: &[Node; 2]) -> usize {
    nodes.iter().map(|node| node.sent).sum()
}

impl Node {
    fn start(federation: &Federation, member: usize, store: MemoryStore, seed: u8) -> Self {
        let now = Now { wall_ms: 1, mono_ms: 1 };
        let config = EngineConfig {
            signer: federation.devices[member].clone(),
            seed: [seed; 32],
            now,
            whole_tips: WHOLE_FRONTIER_TIPS,
        };
        let engine = Engine::new(config, store.boot().expect("a store")).expect("a member");
        let device = federation.devices[member].key();
        Self {
            device,
            engine,
            now,
            store,
            busy: Duration::ZERO,
            helper: Duration::ZERO,
            sent: 0,
            written: 0,
            replied: false,
        }
    }

    fn edit(&mut self, doc: DocId, record: &RecordKey, phone: &str) {
        let change = FieldChange { key: "phone".into(), op: FieldOp::Put(Scalar::Str(phone.into())) };
        let edit =
            Edit { target: Target::Record { doc, key: record.clone() }, changes: vec![change], if_version: None };
        self.replied = false;
        self.take(Input::Command(RequestId(1), Command::Edit(vec![edit])));
        assert!(self.replied, "the edit is taken");
    }

    /// Gives the engine an input, does what it asks for, and gives back the frames for the peer.
    fn take(&mut self, input: Input) -> Vec<Vec<u8>> {
        let (mut inputs, mut frames) = (VecDeque::from([input]), Vec::new());
        while let Some(input) = inputs.pop_front() {
            let began = cpu();
            self.engine.handle(self.now, input);
            let helped = self.helper;
            while let Some(output) = self.engine.poll() {
                match output {
                    Output::Persist(task, writes) => {
                        self.store.commit(std::slice::from_ref(&writes)).expect("a commit");
                        self.written += writes.iter().map(size).sum::<usize>();
                        inputs.push_back(Input::Persisted(task));
                    }
                    Output::Load(task, doc) => {
                        inputs.push_back(Input::Loaded(task, self.store.load_doc(&doc).expect("a document")));
                    }
                    Output::Check(task, job) => inputs.push_back(self.check(task, &job)),
                    Output::Reply { reply, .. } => {
                        reply.as_ref().as_ref().expect("no refusal");
                        self.replied = true;
                    }
                    Output::Send { frame, .. } => {
                        self.sent += frame.len();
                        frames.push(frame);
                    }
                    _ => {}
                }
            }
            self.busy += (cpu() - began).saturating_sub(self.helper - helped);
        }
        frames
    }

    fn check(&mut self, task: TaskId, job: &check::CheckJob) -> Input {
        let began = cpu();
        let result = check::run(job);
        self.helper += cpu() - began;
        Input::Checked(task, result)
    }
}

/// The processor time of this thread: the machine may have other work as well.
fn cpu() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), spent.tv_nsec.unsigned_abs().try_into().unwrap_or(0))
}

/// About what it takes in the store.
fn size(write: &Write) -> usize {
    use comin_protocol::codec::to_cbor;
    match write {
        Write::PutChange(_, change) => change.bytes.len(),
        Write::PutRun(_, _, run) => to_cbor(run).len(),
        Write::PutDocMeta(_, meta) => to_cbor(meta).len(),
        Write::PutRow(_, row) => row.bytes.len(),
        Write::PutBeacon(beacon) => to_cbor(beacon).len(),
        _ => 0,
    }
}
