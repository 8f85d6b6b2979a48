//! What an import of many rows takes of the machine that runs it, before it writes the first of them.

use super::{Machine, Running};
use std::fmt::Write;

/// Rows of the file.
const ROWS: usize = 10_000;
/// What every row says besides: fields that take room in an edit, and none in the file.
const EVERY_ROW: [&str; 14] = [
    "type=association",
    "country=IT",
    "nuts=ITH36",
    "languages=it;sl;fr",
    "target_groups=youth;women;migrants",
    "activities=guidance;placement;training",
    "address=Via della Stazione 12, secondo piano",
    "phone=+39 049 555 01 42",
    "description@it=Accompagna persone al lavoro.",
    "description@sl=Spremlja ljudi na poti do dela.",
    "description@fr=Accompagne des personnes vers le travail.",
    "description@en=Accompanies people on their way to work.",
    "last_verified=2026-10-15",
    "visibility=public",
];
/// Most that the node may grow by while it makes the plan of an import, in KiB: it grew by 16 MiB with its edits packed, and
/// by 51 MiB where all of them were kept as they are until they are written.
const GROWTH_MAX_KIB: u64 = 32 * 1024;

/// A number of the process's status, in KiB.
fn status_kib(node: &Running, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.0.id())).expect("the node lives");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells of it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// By how much the node grows at most while something is done, in KiB.
fn growth(node: &Running, done: impl FnOnce()) -> u64 {
    std::fs::write(format!("/proc/{}/clear_refs", node.0.id()), "5").expect("the process is ours");
    let before = status_kib(node, "VmRSS:");
    done();
    status_kib(node, "VmHWM:").saturating_sub(before)
}

#[test]
fn the_plan_of_many_rows_is_kept_packed() {
    let machine = Machine::set_up();
    let mut table = "name,city\n".to_owned();
    for n in 0..ROWS {
        writeln!(table, "Ente {n},Paese {}", n % 5_000).expect("a text takes it");
    }
    let file = machine.write("many.csv", &table);
    let node = machine.start();
    let set = EVERY_ROW.iter().flat_map(|field| ["--set", *field]);
    let import = ["import", file.as_str(), "--kind", "organisation", "--no-positions", "--dry-run"];
    let import: Vec<&str> = import.into_iter().chain(set).collect();
    // Once beforehand: what the node makes once and keeps is no part of it.
    machine.json(&import);
    let grown = growth(&node, || {
        let report = machine.json(&import);
        assert_eq!(report["added"], ROWS, "every row is in the plan");
    });
    assert!(grown < GROWTH_MAX_KIB, "it grew by {grown} KiB, and may by {GROWTH_MAX_KIB}");
}
