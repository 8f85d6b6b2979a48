//! What the store costs: start-up, disk, a commit. Most are ignored, since they measure; run with
//! `cargo test --release -p comin-node store::tests::measure -- --ignored --nocapture`.

use super::fixture::*;
use crate::store::tidy::TIDY_FROM_BYTES;
use crate::store::{SledStore, Store, disk_bytes, live_bytes, open_sled, tidy};
use comin_protocol::engine::Write;
use comin_protocol::ids::{DocId, RecordKey, RegisterId, tagged_hash};
use comin_protocol::limits::PART_RECORDS_FULL;
use comin_protocol::record::{Cell, Origin, Row, Scalar};
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of a record as JSON in the benchmark of the neighbours.
const JSON_BYTES: usize = 524;
/// Bytes of snapshot for each record (1.27 MB for 10,000 with hardly compressible text).
const SNAPSHOT_BYTES: usize = 127;

/// Hex text that does not compress below its half.
fn noise(seed: usize, chars: usize) -> String {
    let block =
        |n: usize| comin_protocol::ids::to_hex(&tagged_hash("noise", &[&[seed, n].map(usize::to_le_bytes).concat()]));
    (0..chars.div_ceil(64)).map(block).collect::<String>()[..chars].to_owned()
}

fn bench_row(doc: DocId, n: usize, json_bytes: usize) -> Row {
    let names = ["name", "city", "website", "phone", "description", "address", "email", "country"];
    // Each field costs JSON its name and 6 signs.
    let text = (json_bytes - 60 - names.iter().map(|name| name.len() + 6).sum::<usize>()) / names.len();
    let cell = |f: usize| vec![Cell { value: Scalar::Str(noise(n * 8 + f, text)), origin: 0 }];
    let fields = names.iter().enumerate().map(|(f, name)| ((*name).to_owned(), cell(f))).collect();
    let mut id = [1; 16];
    id[8..].copy_from_slice(&tagged_hash("id", &[&n.to_le_bytes()])[..8]);
    let origins = vec![Origin { actor: actor(1), time_ms: 1_700_000_000_000 }];
    Row { key: RecordKey { kind: "organisation".to_owned(), id }, doc, origins, fields, unseen_edits: Vec::new() }
}

/// Imports `records` in slices of 100, then compacts each part, as the engine does.
fn import(store: &dyn Store, records: usize, json_bytes: usize) {
    let part = PART_RECORDS_FULL as usize;
    for (n, from) in (0..records).step_by(part).enumerate() {
        let doc = DocId { register: RegisterId([7; 32]), part: n as u32 + 1 };
        let until = records.min(from + part);
        for (slice, start) in (from..until).step_by(100).enumerate() {
            let seq = slice as u64 + 1;
            let rows = (start..until.min(start + 100)).map(|n| put_row(bench_row(doc, n, json_bytes)));
            let known = meta(100 * seq);
            let mut batch = vec![
                Write::PutChange(doc, change(1, seq, 100 * json_bytes / 2)),
                Write::PutRun(doc, actor(1), run(1, seq)),
                Write::PutDocMeta(doc, known),
            ];
            if seq > 1 {
                batch.push(Write::DropRun(doc, actor(1), seq - 1));
            }
            store.commit(&[batch.into_iter().chain(rows).collect()]).expect("commits");
        }
        let seq = (until - from).div_ceil(100) as u64;
        let compact = snapshot(&[(1, seq)], (until - from) * SNAPSHOT_BYTES);
        store.commit(&[vec![Write::PutSnapshot(doc, compact)]]).expect("commits");
    }
}

#[test]
#[ignore = "measures"]
fn start_up_with_100_000_records() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("store");
    let store = open_sled(&path, Duration::ZERO).expect("opens");
    let began = Instant::now();
    import(&store, 100_000, 360);
    eprintln!("import 100,000: {:?}, {} MB on disk", began.elapsed(), disk_bytes(&path).expect("reads") / 1_000_000);
    let began = Instant::now();
    drop(store);
    eprintln!("close: {:?}", began.elapsed());
    let began = Instant::now();
    let tidied = tidy(&path).expect("tidies");
    eprintln!("tidy: {:?}, {tidied:?}", began.elapsed());
    for round in 0..3 {
        let began = Instant::now();
        let store = open_sled(&path, Duration::ZERO).expect("opens again");
        let opened = began.elapsed();
        let boot = store.boot().expect("boots");
        let booted = began.elapsed();
        let rows = store.scan_rows(Some("organisation"), None, 100).expect("scans");
        eprintln!("round {round}: open {opened:?}, booted {booted:?}, first 100 rows {:?}", began.elapsed());
        assert_eq!((boot.docs.len(), rows.len()), (25, 100), "everything is there");
        assert!(booted - opened < Duration::from_millis(20), "boot reads only small things");
    }
}

/// Imports, then edits one record at a time, sixty batches with one flush; after each part the store is tidied as the
/// storage thread does in a quiet moment. Gives the largest size on disk before and after tidying, in parts of what is
/// allowed: three times the live data, or what sled needs in any case.
fn mixed_history(store: &SledStore, path: &Path, records: usize, edits: usize) -> (f64, f64) {
    let (mut before, mut after) = (0f64, 0f64);
    let mut measure = |store: &SledStore| {
        let allowed = (3 * live_bytes(store.backend()).expect("walks")).max(TIDY_FROM_BYTES) as f64;
        let part = || disk_bytes(path).expect("reads") as f64 / allowed;
        before = before.max(part());
        store.tidy(&mut || true).expect("tidies");
        after = after.max(part());
    };
    import(store, records, JSON_BYTES);
    measure(store);
    let doc = DocId { register: RegisterId([7; 32]), part: 1 };
    let first = records.min(PART_RECORDS_FULL as usize);
    let begun = (first / 100) as u64;
    for group in 0..edits / 60 {
        let batches: Vec<Vec<Write>> = (group * 60..(group + 1) * 60)
            .map(|round| {
                // Multiplying by a prime visits the records in no order that they lie in.
                let mut row = bench_row(doc, round * 2_654_435_761 % first, JSON_BYTES);
                row.origins[0].time_ms = round as i64;
                let seq = begun + 1 + round as u64;
                vec![
                    Write::PutChange(doc, change(1, seq, 150)),
                    Write::PutRun(doc, actor(1), run(1, seq)),
                    Write::DropRun(doc, actor(1), seq - 1),
                    Write::PutDocMeta(doc, meta(seq)),
                    put_row(row),
                ]
            })
            .collect();
        store.commit(&batches).expect("commits");
        if group % 8 == 7 {
            let seq = begun + (group as u64 + 1) * 60;
            let compact = Write::PutSnapshot(doc, snapshot(&[(1, seq)], first * SNAPSHOT_BYTES));
            store.commit(&[vec![compact]]).expect("commits");
        }
        if group % 25 == 24 {
            measure(store);
        }
    }
    measure(store);
    (before, after)
}

fn disk_holds(records: usize, edits: usize) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("store");
    let store = open_sled(&path, Duration::ZERO).expect("opens");
    let (before, after) = mixed_history(&store, &path, records, edits);
    eprintln!("{records} records, {edits} edits: {before:.2} of what is allowed before tidying, {after:.2} after");
    assert!(after <= 1.0, "{records} records: the store stays within what is allowed, not {after:.2} of it");
    assert_eq!(store.verify().expect("walks").damaged, [], "and is sound");
    let rows = store.scan_rows(None, None, usize::MAX).expect("scans");
    assert_eq!(rows.len(), records, "with every record");
    drop(store);
    let store = open_sled(&path, Duration::ZERO).expect("opens again");
    assert!(store.scan_rows(None, None, usize::MAX).expect("scans") == rows, "and holds what it held");
}

#[test]
fn disk_stays_within_three_times_the_live_data_of_10_000_records() {
    disk_holds(10_000, 3_000);
}

#[test]
fn disk_stays_within_4_mib_of_1_000_records() {
    disk_holds(1_000, 3_000);
}

#[test]
fn a_store_that_its_copy_hardly_makes_smaller_is_not_copied_again_and_again() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("store");
    for records in [1_800, 2_000, 2_200] {
        let _ = std::fs::remove_dir_all(&path);
        let store = open_sled(&path, Duration::ZERO).expect("opens");
        import(&store, records, JSON_BYTES);
        store.tidy(&mut || true).expect("tidies");
        let again = (0..5).filter(|_| store.tidy(&mut || true).expect("tidies").is_some()).count();
        assert_eq!(again, 0, "{records} records: nothing has been written since");
    }
}

#[test]
#[ignore = "measures"]
fn disk_stays_within_three_times_the_live_data_of_30_000_records() {
    disk_holds(30_000, 12_000);
}

#[test]
#[ignore = "measures"]
fn a_commit_and_its_parts() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("store");
    let store = open_sled(&path, Duration::ZERO).expect("opens");
    import(&store, 4_000, JSON_BYTES);
    let doc = DocId { register: RegisterId([7; 32]), part: 1 };
    let mut took: Vec<Duration> = (0..3_000)
        .map(|round| {
            let seq = 41 + round as u64;
            let writes = vec![
                Write::PutChange(doc, change(1, seq, 150)),
                Write::PutRun(doc, actor(1), run(1, seq)),
                Write::DropRun(doc, actor(1), seq - 1),
                Write::PutDocMeta(doc, meta(seq)),
                put_row(bench_row(doc, round % 4_000, JSON_BYTES)),
            ];
            let began = Instant::now();
            store.commit(&[writes]).expect("commits");
            began.elapsed()
        })
        .collect();
    took.sort();
    eprintln!("commit of one edit: p50 {:?}, p99 {:?}, max {:?}", took[1_500], took[2_970], took[2_999]);
}
