//! The reader against Automerge itself: on documents laid out as ours are, and on damaged changes.

use super::*;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, Change, ObjType, ROOT, ReadDoc, ScalarValue};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

fn actor(number: u8) -> automerge::ActorId {
    automerge::ActorId::from(&[number; 16][..])
}

fn below(rng: &mut ChaCha8Rng, bound: usize) -> usize {
    rng.next_u32() as usize % bound
}

fn scalar(rng: &mut ChaCha8Rng) -> ScalarValue {
    match below(rng, 9) {
        0 => ScalarValue::Null,
        1 => ScalarValue::Boolean(below(rng, 2) == 0),
        2 => ScalarValue::Int(rng.next_u64() as i64 >> below(rng, 60)),
        3 => ScalarValue::Uint(rng.next_u64() >> below(rng, 60)),
        4 => ScalarValue::F64(1.5),
        5 => ScalarValue::Timestamp(1_700_000_000_000),
        6 => ScalarValue::Bytes(vec![1, 2, 3]),
        _ => ScalarValue::Str("x".repeat(below(rng, 40)).into()),
    }
}

/// One edit as a node makes it: a record, a few fields, prose, or a link field.
fn edit(doc: &mut Automerge, rng: &mut ChaCha8Rng) {
    let time = rng.next_u32().into();
    let records: Vec<String> = doc.keys(ROOT).filter(|key| !key.contains('/')).collect();
    let mut tx = doc.transaction();
    for _ in 0..1 + below(rng, 4) {
        let made = records.get(below(rng, records.len() + 1));
        let record = match made.and_then(|key| tx.get(ROOT, key.as_str()).expect("reads")) {
            Some((_, record)) => record,
            None => {
                let key = format!("organisation:{:032x}", rng.next_u64());
                tx.put_object(ROOT, key, ObjType::Map).expect("makes a record")
            }
        };
        match below(rng, 5) {
            0 => tx.put(ROOT, format!("membership:{:032x}/role", below(rng, 3)), scalar(rng)).expect("puts a link"),
            1 => prose(&mut tx, &record, rng),
            _ => {
                for _ in 0..1 + below(rng, 5) {
                    tx.put(&record, format!("field{}", below(rng, 6)), scalar(rng)).expect("puts a field");
                }
            }
        }
    }
    tx.commit_with(CommitOptions::default().with_time(time));
}

fn prose(tx: &mut impl Transactable, record: &automerge::ObjId, rng: &mut ChaCha8Rng) {
    let text = match tx.get(record, "description").expect("reads") {
        Some((_, text)) => text,
        None => tx.put_object(record, "description", ObjType::Text).expect("makes a text"),
    };
    let length = tx.length(&text);
    let at = below(rng, length + 1);
    let delete = below(rng, (length - at).min(8) + 1) as isize;
    let insert = ["", "a", "čšž", "a longer sentence", "👩‍👩‍👧"][below(rng, 5)];
    tx.splice_text(&text, at, delete, insert).expect("splices");
}

/// Several actors that edit, meet now and then, and once in a while adopt with an empty change.
fn documents(seed: u64, steps: usize) -> Automerge {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut docs: Vec<Automerge> = (0..4).map(|number| Automerge::new().with_actor(actor(9 - number * 2))).collect();
    for _ in 0..steps {
        let (one, other) = (below(&mut rng, 4), below(&mut rng, 4));
        match below(&mut rng, 8) {
            0 | 1 if one != other => {
                let mut from = docs[other].fork();
                docs[one].merge(&mut from).expect("merges");
            }
            2 => {
                docs[one].empty_commit(CommitOptions::default());
            }
            _ => edit(&mut docs[one], &mut rng),
        }
    }
    let mut all = docs.remove(0);
    for mut doc in docs {
        all.merge(&mut doc).expect("merges");
    }
    all
}

/// A change laid bare with Automerge's public view of it.
fn assert_agrees(change: &Change, seed: u64) {
    let scanned = scan(change.raw_bytes()).unwrap_or_else(|error| panic!("seed {seed}: {error} in {change:?}"));
    assert_eq!(scanned.hash, change.hash().into(), "seed {seed}: the hash is Automerge's");
    assert_eq!(Some(scanned.actor), ActorId::from_automerge(change.actor_id()), "seed {seed}: the actor");
    assert_eq!(scanned.seq, change.seq(), "seed {seed}: the sequence");
    assert_eq!(scanned.start_op, change.start_op().get(), "seed {seed}: the first operation");
    assert_eq!(scanned.time_ms, change.timestamp(), "seed {seed}: the time");
    let deps: Vec<ChangeHash> = change.deps().iter().map(|hash| (*hash).into()).collect();
    assert_eq!(scanned.deps, deps, "seed {seed}: the dependencies");
    assert_eq!(scanned.ops.len(), change.len(), "seed {seed}: the number of operations");
    let expanded = serde_json::to_value(change.decode()).expect("serialises");
    let expected = expanded["ops"].as_array().expect("is a list");
    for ((op, predecessors), expected) in scanned.ops_with_predecessors().zip(expected) {
        assert_op_agrees(op, predecessors, expected, seed);
    }
}

fn op_text(id: &OpId) -> String {
    format!("{}@{}", id.counter, crate::ids::to_hex(&id.actor.0))
}

fn assert_op_agrees(op: &ScannedOp, predecessors: &[OpId], expected: &serde_json::Value, seed: u64) {
    let obj = match &op.obj {
        ObjRef::Root => "_root".to_owned(),
        ObjRef::Object(id) => op_text(id),
    };
    assert_eq!(obj, expected["obj"], "seed {seed}: the object of {expected}");
    match &op.key {
        KeyRef::Map(key) => assert_eq!(key, expected["key"].as_str().unwrap_or("?"), "seed {seed}: {expected}"),
        KeyRef::Element(None) => assert_eq!("_head", expected["elemId"], "seed {seed}: {expected}"),
        KeyRef::Element(Some(id)) => assert_eq!(op_text(id), expected["elemId"], "seed {seed}: {expected}"),
    }
    assert_eq!(op.insert, expected["insert"].as_bool().unwrap_or(false), "seed {seed}: insert of {expected}");
    let own: Vec<String> = predecessors.iter().map(op_text).collect();
    assert_eq!(serde_json::json!(own), expected["pred"], "seed {seed}: what {expected} overwrites");
    let value = &expected["value"];
    match (&op.action, expected["action"].as_str().unwrap_or("?")) {
        (Action::MakeMap, "makeMap") | (Action::MakeText, "makeText") | (Action::Delete, "del") => {}
        (Action::Set(Scalar::Null), "set") => assert!(value.is_null(), "seed {seed}: {expected}"),
        (Action::Set(Scalar::Bool(flag)), "set") => assert_eq!(flag, value, "seed {seed}: {expected}"),
        (Action::Set(Scalar::Int(number)), "set") => assert_eq!(number, value, "seed {seed}: {expected}"),
        (Action::Set(Scalar::Str(text)), "set") => assert_eq!(text, value, "seed {seed}: {expected}"),
        (Action::Set(Scalar::Foreign(_)), "set") => assert!(!value.is_null(), "seed {seed}: {expected}"),
        (action, _) => panic!("seed {seed}: {action:?} for {expected}"),
    }
}

#[test]
fn every_change_of_our_layout_reads_as_automerge_reads_it() {
    let mut changes = 0;
    for seed in 0..30 {
        for change in documents(seed, 60).get_changes(&[]) {
            assert_agrees(&change, seed);
            changes += 1;
        }
    }
    assert!(changes > 1_000, "the documents hold enough changes to mean something: {changes}");
}

/// Changes that come out of a reload or a bundle have been written anew: they must read the same.
#[test]
fn changes_written_anew_by_automerge_read_too() {
    for seed in 100..110 {
        let doc = documents(seed, 60);
        let loaded = Automerge::load(&doc.save_nocompress()).expect("loads");
        let hashes: Vec<_> = doc.get_changes(&[]).iter().map(Change::hash).collect();
        let unbundled = doc.bundle(hashes).expect("bundles").to_changes().expect("unbundles");
        for change in loaded.get_changes(&[]).iter().chain(&unbundled) {
            assert_agrees(change, seed);
        }
    }
}
