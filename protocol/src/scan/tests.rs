//! The reader against Automerge itself: on documents laid out as ours are, and on damaged changes.

use super::*;
use crate::limits::CHANGE_OPS_MAX;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, Change, ObjType, ROOT, ReadDoc, ScalarValue};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use std::panic::{AssertUnwindSafe, catch_unwind};

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
        (Action::Other(code), name) => {
            let known = ["makeMap", "set", "makeList", "del", "makeText", "inc", "makeTable"];
            let expected = known.get(*code as usize).copied().unwrap_or(name);
            assert_eq!(name, expected, "seed {seed}: action {code}");
        }
        (action, _) => panic!("seed {seed}: {action:?} for {expected}"),
    }
}

#[test]
fn every_change_of_our_layout_reads_as_automerge_reads_it() {
    let mut changes = 0;
    for seed in 0..20 {
        let mut ends = std::collections::HashMap::new();
        for change in documents(seed, 60).get_changes(&[]) {
            assert_agrees(&change, seed);
            let deps_end = change.deps().iter().map(|dep| ends[dep]).max().unwrap_or(1);
            let follows = crate::admission::admit_counters(change.start_op().get(), deps_end);
            assert_eq!(follows, Ok(()), "seed {seed}: counters follow the dependencies");
            ends.insert(change.hash(), change.max_op() + 1);
            changes += 1;
        }
    }
    assert!(changes > 700, "the documents hold enough changes to mean something: {changes}");
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

/// A chunk with a checksum that fits.
pub(crate) fn seal(chunk_type: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![chunk_type];
    hashed.extend(uleb(body.len() as u64));
    hashed.extend_from_slice(body);
    let checksum = &Sha256::digest(&hashed)[..4];
    [&MAGIC, checksum, &hashed].concat()
}

pub(crate) fn uleb(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// The body of a change chunk of less than 16 KiB or so: what follows magic, checksum, type and length.
pub(crate) fn body(chunk: &[u8]) -> &[u8] {
    let length = chunk[9..].iter().position(|byte| byte & 0x80 == 0).expect("ends") + 1;
    &chunk[9 + length..]
}

/// A first change of one actor with these columns.
fn change_with(columns: &[(u64, &[u8])]) -> Vec<u8> {
    let mut out = vec![0, 16];
    out.extend([7; 16]);
    out.extend([1, 1, 0, 0, 0]);
    out.extend(uleb(columns.len() as u64));
    for (spec, data) in columns {
        out.extend(uleb(*spec));
        out.extend(uleb(data.len() as u64));
    }
    out.extend(columns.iter().flat_map(|(_, data)| data.iter().copied()));
    seal(CHUNK_CHANGE, &out)
}

/// One `set` of null at the root key `k`.
const ONE_OP: [(u64, &[u8]); 5] =
    [(0x15, &[0x7f, 1, b'k']), (0x34, &[1]), (0x42, &[0x7f, 1]), (0x56, &[0x7f, 0]), (0x70, &[0x7f, 0])];

#[track_caller]
fn assert_malformed(bytes: &[u8], why: &str) {
    assert!(matches!(scan(bytes), Err(ScanError::Malformed(_))), "malformed: {why}, but {:?}", scan(bytes));
}

#[test]
fn the_smallest_change_reads() {
    let scanned = scan(&change_with(&ONE_OP)).expect("reads");
    assert_eq!(scanned.ops.len(), 1, "one operation");
    assert_eq!(scanned.ops[0].action, Action::Set(Scalar::Null), "it sets null");
    assert!(Change::from_bytes(change_with(&ONE_OP)).is_ok(), "Automerge reads it too");
    assert_eq!(scan(&change_with(&[])).expect("reads").ops, vec![], "an empty change has no columns");
}

/// RESEARCH: 127 bytes that cost Automerge 20 s and 1.8 GiB.
#[test]
fn a_run_of_four_million_nulls_is_refused_without_work() {
    let millions = uleb(4_000_000);
    for (column, spec) in ONE_OP.iter().map(|(spec, _)| *spec).enumerate() {
        let (prefix, suffix): (&[u8], &[u8]) = if spec == 0x34 { (&[], &[]) } else { (&[0], &[]) };
        let long = [prefix, &millions, suffix].concat();
        let mut columns = ONE_OP;
        columns[column].1 = &long;
        let limit = Err(ScanError::Limit("items in a column"));
        assert_eq!(scan(&change_with(&columns)), limit, "the claim alone is too much in column {spec:#x}");
    }
    let mut exact = ONE_OP;
    let nulls = [&[0][..], &uleb(CHANGE_OPS_MAX)].concat();
    exact[2].1 = &nulls;
    assert_malformed(&change_with(&exact), "nulls up to the limit are no actions");
}

#[test]
fn columns_that_records_do_not_use_are_refused() {
    let with = |spec: u64, data: &'static [u8]| {
        let mut columns = ONE_OP.to_vec();
        columns.push((spec, data));
        columns.sort();
        change_with(&columns)
    };
    assert_malformed(&with(0x9d, &[1]), "a deflated column");
    assert_malformed(&with(0x94, &[0, 1]), "the expand column of marks");
    assert_malformed(&with(0xa5, &[0x7f, 1, b'm']), "the names of marks");
    assert_malformed(&with(0x102, &[0x7f, 1]), "a column of a later version");
    assert_malformed(&with(0x34, &[1]), "a column given twice");
    assert_malformed(&with(0x57, &[]), "an empty column");
    assert_malformed(&with(0x57, &[1]), "value bytes that no value takes");
    assert_malformed(&with(0x01, &[0x7f, 0]), "an object of which half is given");
    let deflated = ONE_OP.map(|(spec, data)| (spec | 0x08, data));
    assert_malformed(&change_with(&deflated), "all columns deflated");
    let mut swapped = ONE_OP;
    swapped.swap(1, 2);
    assert_malformed(&change_with(&swapped), "columns out of order");
}

#[test]
fn columns_must_agree_and_be_canonical() {
    let replace = |at: usize, data: &[u8]| {
        let mut columns = ONE_OP;
        columns[at].1 = data;
        change_with(&columns)
    };
    assert_malformed(&replace(0, &[2, 1, b'k']), "more keys than operations");
    assert_malformed(&replace(1, &[2]), "more insert flags than operations");
    assert_malformed(&replace(2, &[0x7e, 1, 1]), "equal neighbours that Automerge writes as a run");
    assert_malformed(&replace(2, &[1, 1]), "a run of one");
    assert_malformed(&replace(2, &[0x7f, 0x81, 0]), "a number in a longer form");
    assert_malformed(&replace(3, &[0x7f, 0x10]), "a null with a byte of value");
    assert_malformed(&replace(3, &[0x7f, 0x0f]), "a value of an unknown type");
    assert_malformed(&replace(4, &[0x7f, 1]), "a predecessor that is not given");
    assert_malformed(&replace(0, &[0x7f, 1, 0xff]), "a key that is not UTF-8");
    let long = [&[0x7f][..], &uleb(1_000), &[b'k'; 1_000]].concat();
    assert_eq!(scan(&replace(0, &long)), Err(ScanError::Limit("key bytes")), "a key beyond the limit");
}

#[test]
fn the_header_is_held_to_its_form() {
    let good = change_with(&ONE_OP);
    for end in 0..good.len() {
        assert_malformed(&good[..end], "a cut change");
    }
    assert_malformed(&[&good[..], &[0]].concat(), "a byte after the end");
    for (at, what) in [(0, "another magic"), (4, "another checksum")] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_malformed(&bad, what);
    }
    for chunk_type in [0, 2, 3, 4] {
        assert_malformed(&seal(chunk_type, body(&good)), "another chunk type, DEFLATE among them");
    }
    let patched = |from: &[u8], to: &[u8]| {
        let body = body(&good);
        let at = body.windows(from.len()).position(|window| window == from).expect("is there");
        seal(CHUNK_CHANGE, &[&body[..at], to, &body[at + from.len()..]].concat())
    };
    let header = [&[7][..], &[1, 1, 0, 0, 0]].concat();
    assert_malformed(&patched(&header, &[7, 0, 1, 0, 0, 0]), "sequence zero");
    assert_malformed(&patched(&header, &[7, 1, 0, 0, 0, 0]), "operation counter zero");
    assert_malformed(&patched(&header, &[7, 1, 1, 0, 1, 0xff, 0]), "a message that is not UTF-8");
    let far = [&[7, 1][..], &uleb(u64::from(u32::MAX)), &[0, 0, 0]].concat();
    assert_eq!(scan(&patched(&header, &far)), Err(ScanError::Limit("counter")), "counters that would overflow");
    let many = [&[7, 1, 1, 0, 0][..], &uleb(2_000)].concat();
    assert_eq!(scan(&patched(&header, &many)), Err(ScanError::Limit("actors")), "more actors than the limit");
    let unused = [&[7, 1, 1, 0, 0, 1, 16][..], &[9; 16]].concat();
    assert_malformed(&patched(&header, &unused), "an actor that no operation names");
    let author = [&[7, 1, 1, 0, 0, 1, 16][..], &[7; 16]].concat();
    assert_malformed(&patched(&header, &author), "the author among the others");
    assert_malformed(&patched(&[0, 16, 7], &[0, 15]), "an actor of 15 bytes");
    let deps = seal(CHUNK_CHANGE, &uleb(CHANGE_DEPS_MAX as u64 + 1));
    assert_eq!(scan(&deps), Err(ScanError::Limit("dependencies")), "more dependencies than the limit");
    let twice = patched(&[0, 16], &[&[2][..], &[5; 64], &[16]].concat());
    assert_malformed(&twice, "a dependency given twice");
    let huge = vec![0; CHANGE_BYTES_MAX + 1];
    assert_eq!(scan(&huge), Err(ScanError::Limit("bytes of a change")), "a change beyond the limit");
}

/// Changes one to three bytes of a body, or cuts or doubles a piece.
pub(crate) fn mutate(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    for _ in 0..1 + below(rng, 3) {
        if bytes.is_empty() {
            return;
        }
        let at = below(rng, bytes.len());
        match below(rng, 6) {
            0 => bytes[at] ^= 1 << below(rng, 8),
            1 => bytes[at] = rng.next_u32() as u8,
            2 => bytes[at] = bytes[at].wrapping_add(1),
            3 => bytes.truncate(at),
            4 => bytes.insert(at, rng.next_u32() as u8),
            _ => {
                bytes.remove(at);
            }
        }
    }
}

/// RESEARCH: one in twenty of such changes makes Automerge panic. Whatever the scan lets through, Automerge
/// reads without panic and to the same.
#[test]
fn mutated_changes_are_refused_or_read_alike() {
    let (mut refused, mut accepted) = (0, 0);
    for seed in 0..12 {
        let mut rng = ChaCha8Rng::seed_from_u64(1_000 + seed);
        let originals = documents(200 + seed, 40).get_changes(&[]);
        for case in 0..600 {
            let mut mutated = body(originals[below(&mut rng, originals.len())].raw_bytes()).to_vec();
            mutate(&mut mutated, &mut rng);
            let bytes = seal(CHUNK_CHANGE, &mutated);
            let Ok(scanned) = scan(&bytes) else {
                refused += 1;
                continue;
            };
            accepted += 1;
            let read = catch_unwind(AssertUnwindSafe(|| Change::from_bytes(bytes.clone())));
            let read = read.unwrap_or_else(|_| panic!("seed {seed}, case {case}: Automerge panics"));
            let read = read.unwrap_or_else(|error| panic!("seed {seed}, case {case}: Automerge refuses: {error}"));
            assert_eq!(scanned.hash, read.hash().into(), "seed {seed}, case {case}: the hash");
            assert_agrees(&read, seed);
        }
    }
    assert!(refused > 2_000 && accepted > 200, "both happen: {refused} refused, {accepted} accepted");
}

/// No bytes at all make the scan panic.
#[test]
fn any_bytes_are_read_without_panic() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..20_000 {
        let mut bytes = vec![0; below(&mut rng, 120)];
        rng.fill_bytes(&mut bytes);
        assert!(scan(&bytes).is_err(), "noise is no change");
        // Behind a good header the noise gets further.
        let mut inside = vec![0, 16];
        inside.extend([7; 16]);
        inside.extend([1, 1, 0, 0, 0]);
        inside.extend(bytes.iter().map(|byte| byte & 0x1f));
        let _ = scan(&seal(CHUNK_CHANGE, &inside));
    }
}
