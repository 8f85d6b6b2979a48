//! Measurements, by hand: `cargo test --release -p comin-protocol speed -- --ignored --nocapture`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a measurement needs a clock and says what it found"
)]

use super::{DELETED, FieldChange, FieldOp, OriginIndex, keys, project, project_all, write};
use crate::ids::{ActorId, DeviceKey, DocId, LINKS_PART, PartnerId, RecordKey, RegisterId};
use crate::limits::{LINKS_RECORDS_MAX, PART_RECORDS_FULL};
use automerge::Automerge;
use automerge::transaction::CommitOptions;
use std::time::{Duration, Instant};

fn part(number: u32) -> DocId {
    DocId { register: RegisterId::partner(&PartnerId([7; 32])), part: number }
}

fn key(number: u64) -> RecordKey {
    RecordKey::random("organisation", &DeviceKey([9; 32]), number.to_be_bytes())
}

/// A part of `records` records of twelve fields, imported by one device, every tenth edited and every
/// `deleted_every`-th deleted by another.
fn document(id: &DocId, records: u64, deleted_every: u64) -> Automerge {
    let mut doc = Automerge::new().with_actor(ActorId([1; 16]).to_automerge());
    let all: Vec<u64> = (0..records).collect();
    for slice in all.chunks(100) {
        let mut tx = doc.transaction();
        for number in slice {
            let mut fields: Vec<FieldChange> =
                (0..8).map(|n| FieldChange::put(format!("field{n}"), format!("value {n} of {number}"))).collect();
            let targets = ["youth", "women", "migrants", "disability"];
            fields.extend(targets.map(|code| FieldChange { key: format!("targets/{code}"), op: FieldOp::Add }));
            write(&mut tx, id, &key(*number), !id.is_links(), &fields).expect("written");
        }
        tx.commit_with(CommitOptions::default().with_time(1));
    }
    doc.set_actor(ActorId([2; 16]).to_automerge());
    for number in all.iter().step_by(10) {
        let deleted = number % deleted_every == 0;
        let change = if deleted { FieldChange::put(DELETED, true) } else { FieldChange::put("field1", "edited") };
        let mut tx = doc.transaction();
        write(&mut tx, id, &key(*number), false, &[change]).expect("written");
        tx.commit_with(CommitOptions::default().with_time(2));
    }
    Automerge::load(&doc.save_nocompress()).expect("loads")
}

fn timed<T>(what: &str, run: impl Fn() -> T) -> T {
    let mut best = Duration::MAX;
    let mut out = run();
    for _ in 0..5 {
        let start = Instant::now();
        out = run();
        best = best.min(start.elapsed());
    }
    println!("{what:40} {:>10.3} ms", best.as_secs_f64() * 1e3);
    out
}

#[test]
#[ignore = "a measurement"]
fn speed_of_reading_records() {
    for (number, records, deleted_every) in
        [(1, PART_RECORDS_FULL, u64::MAX), (1, PART_RECORDS_FULL, 10), (LINKS_PART, LINKS_RECORDS_MAX, u64::MAX)]
    {
        let id = part(number);
        let doc = document(&id, records, deleted_every);
        println!("part {number}, {records} records, deleted every {deleted_every}");
        let index = timed("  index from document", || OriginIndex::from_doc(&doc));
        timed("  one record, 1,000 times", || {
            (0..1_000).map(|n| project(&doc, &id, &index, &key(n * 7 % records))).filter(Option::is_some).count()
        });
        let rows = timed("  all records", || project_all(&doc, &id, &index));
        assert_eq!(rows.len() as u64, records, "every record is read");
        timed("  keys", || keys(&doc, &id));
    }
}
