//! What every store must do, one function a rule.

use super::fixture::*;
use crate::store::Store;
use comin_protocol::beacon::Audience;
use comin_protocol::engine::{StoredDoc, Write};
use comin_protocol::ids::{DeviceKey, RegisterId};

/// Runs every rule on a store of its own; `with_store` makes one and hands it on.
pub fn all(with_store: impl Fn(&dyn Fn(&dyn Store))) {
    let rules: &[fn(&dyn Store)] = &[
        empty_store_is_empty,
        statements_come_and_go,
        changes_keep_their_order,
        a_snapshot_replaces_what_it_covers,
        long_values_shrink_and_grow,
        the_latest_run_boots_and_all_are_kept,
        beacons_are_replaced_by_audience,
        state_comes_and_goes,
        rows_are_found_by_record_kind_and_document,
        conflicts_are_listed_while_they_last,
        clearing_a_document_leaves_the_others,
        a_batch_sees_its_own_writes,
    ];
    for rule in rules {
        with_store(&|store| rule(store));
    }
}

fn commit(store: &dyn Store, writes: Vec<Write>) {
    store.commit(&[writes]).expect("a sound batch commits");
}

fn empty_store_is_empty(store: &dyn Store) {
    store.commit(&[]).expect("no batch at all commits");
    let boot = store.boot().expect("boots");
    assert!(boot.docs.is_empty() && boot.statements.is_empty() && boot.state.is_empty(), "nothing boots");
    assert_eq!(store.load_doc(&doc(1)).expect("loads"), StoredDoc::default(), "an unknown document is empty");
    assert_eq!(store.count_rows(None).expect("counts"), 0, "there are no rows");
    assert_eq!(store.device_of(&actor(1)).expect("reads"), None, "no actor is known");
}

fn statements_come_and_go(store: &dyn Store) {
    let (first, second) = (statement(1), statement(2));
    let writes = [&first, &second].map(|(id, signed)| Write::PutStatement(*id, signed.clone()));
    commit(store, writes.to_vec());
    commit(store, vec![Write::PutStatement(first.0, first.1.clone()), Write::DropStatement(second.0)]);
    commit(store, vec![Write::DropStatement(second.0)]);
    assert_eq!(store.boot().expect("boots").statements, vec![first.1], "once each, without what was dropped");
}

fn changes_keep_their_order(store: &dyn Store) {
    let order = [(2, 1), (1, 1), (2, 2), (1, 2)];
    for (n, seq) in order {
        commit(store, vec![Write::PutChange(doc(1), change(n, seq, 40))]);
    }
    let loaded = store.load_doc(&doc(1)).expect("loads");
    let found: Vec<_> = loaded.changes.iter().map(|change| (change.actor, change.seq)).collect();
    assert_eq!(found, order.map(|(n, seq)| (actor(n), seq)), "changes load in the order of application");
    assert_eq!(loaded.changes[1], change(1, 1, 40), "with their bytes");
}

fn a_snapshot_replaces_what_it_covers(store: &dyn Store) {
    for (n, seq) in [(1, 1), (1, 2), (2, 1), (1, 3)] {
        commit(store, vec![Write::PutChange(doc(1), change(n, seq, 20_000))]);
    }
    let covers = snapshot(&[(1, 2)], 100);
    commit(store, vec![Write::PutSnapshot(doc(1), covers.clone())]);
    let loaded = store.load_doc(&doc(1)).expect("loads");
    assert_eq!(loaded.snapshot, Some(covers), "the snapshot comes with frontier and runs");
    assert_eq!(loaded.changes, vec![change(2, 1, 20_000), change(1, 3, 20_000)], "what it does not cover stays");
    assert_eq!(store.device_of(&actor(1)).expect("reads"), Some(DeviceKey([1; 32])), "its runs name the devices");
}

fn long_values_shrink_and_grow(store: &dyn Store) {
    for bytes in [10, 100_000, 500, 7_001, 6_000, 300_000, 0] {
        let snapshot = snapshot(&[(1, 1)], bytes);
        commit(store, vec![Write::PutSnapshot(doc(1), snapshot.clone()), Write::PutState("s".into(), vec![7; bytes])]);
        let loaded = store.load_doc(&doc(1)).expect("loads").snapshot;
        assert_eq!(loaded, Some(snapshot), "a snapshot of {bytes} bytes reads back");
        assert_eq!(store.boot().expect("boots").state["s"].len(), bytes, "a value of {bytes} bytes reads back");
    }
}

fn the_latest_run_boots_and_all_are_kept(store: &dyn Store) {
    let runs = [run(1, 256), run(1, 300), run(2, 7)];
    let put = |n: u8, run: &_| Write::PutRun(doc(1), actor(n), Clone::clone(run));
    commit(store, vec![put(1, &runs[1]), put(1, &runs[0]), put(2, &runs[2])]);
    let boot = store.boot().expect("boots");
    assert_eq!(boot.runs[&doc(1)][&actor(1)], runs[1], "the run with the highest sequence boots");
    assert_eq!(boot.runs[&doc(1)][&actor(2)], runs[2], "of each actor");
    let kept: Vec<u64> = store.runs_of_doc(&doc(1)).expect("reads").iter().map(|(_, run)| run.run.seq).collect();
    assert_eq!(kept, [256, 300, 7], "every run is kept until it is dropped");
    commit(store, vec![Write::DropRun(doc(1), actor(1), 300), Write::DropRun(doc(1), actor(1), 299)]);
    assert_eq!(store.boot().expect("boots").runs[&doc(1)][&actor(1)], runs[0], "what is left counts");
    assert_eq!(store.device_of(&actor(2)).expect("reads"), Some(DeviceKey([2; 32])), "a run tells its device");
}

fn beacons_are_replaced_by_audience(store: &dyn Store) {
    let register = Audience::Register(RegisterId([5; 32]));
    let put = |audience, number| Write::PutBeacon(beacon(1, audience, number));
    commit(store, vec![put(Audience::Federation, 1), put(register, 1), put(Audience::Federation, 2)]);
    let numbers: Vec<u64> = store.boot().expect("boots").beacons.iter().map(|b| b.beacon.number).collect();
    assert_eq!(numbers, [2, 1], "one beacon of each audience, the newer one");
}

fn state_comes_and_goes(store: &dyn Store) {
    commit(store, vec![Write::PutState("a".into(), vec![1]), Write::PutState("ab".into(), vec![2; 8_000])]);
    commit(store, vec![Write::PutState("a".into(), vec![3; 9_000]), Write::DropState("ab".into())]);
    let state = store.boot().expect("boots").state;
    assert_eq!(state.into_iter().collect::<Vec<_>>(), [("a".to_owned(), vec![3; 9_000])], "only what was put last");
}

fn rows_are_found_by_record_kind_and_document(store: &dyn Store) {
    let rows = [
        row(doc(1), record("network", 9), "net"),
        row(doc(1), record("organisation", 1), "here"),
        row(doc(2), record("organisation", 1), "there"),
        row(doc(2), record("organisation", 2), "other"),
    ];
    commit(store, rows.iter().rev().map(|row| put_row(row.clone())).collect());
    assert_eq!(store.scan_rows(None, None, 10).expect("scans"), rows, "by kind, id and document");
    let after = (record("organisation", 1), doc(1));
    let page = store.scan_rows(Some("organisation"), Some(&after), 1).expect("scans");
    assert_eq!(page, rows[2..3], "a page begins after the row named and ends at the limit");
    assert_eq!(store.scan_rows(Some("network"), None, 10).expect("scans"), rows[..1], "one kind alone");
    assert!(store.scan_rows(Some("net"), None, 10).expect("scans").is_empty(), "a kind is no prefix");
    assert_eq!(store.rows_of(&record("organisation", 1)).expect("reads"), rows[1..3], "one row a document");
    assert_eq!(store.rows_of_doc(&doc(2)).expect("reads"), rows[2..], "those of one document");
    assert_eq!(store.row(&rows[3].key, &doc(2)).expect("reads").as_ref(), Some(&rows[3]), "one row by its address");
    assert_eq!(store.row(&rows[3].key, &doc(1)).expect("reads"), None, "and only where it is");
    commit(store, vec![put_row(row(doc(2), record("organisation", 2), "renamed"))]);
    assert_eq!(store.count_rows(Some("organisation")).expect("counts"), 3, "a replaced row counts once");
    assert_eq!(store.count_rows(None).expect("counts"), 4, "all kinds together");
}

fn conflicts_are_listed_while_they_last(store: &dyn Store) {
    let keys = [record("network", 1), record("organisation", 1)];
    commit(store, keys.iter().map(|key| put_row(conflicted(doc(1), key.clone()))).collect());
    assert_eq!(store.count_conflicts().expect("counts"), 2, "both wait for a decision");
    let page = store.conflicted_rows(Some(&(keys[0].clone(), doc(1))), 10).expect("lists");
    assert_eq!(page, [conflicted(doc(1), keys[1].clone())], "pages go on after the row named");
    commit(store, vec![put_row(row(doc(1), keys[0].clone(), "decided"))]);
    let left = store.conflicted_rows(None, 10).expect("lists");
    assert_eq!(left, [conflicted(doc(1), keys[1].clone())], "a decided row is listed no more");
    assert_eq!(store.count_conflicts().expect("counts"), 1, "nor counted");
}

fn clearing_a_document_leaves_the_others(store: &dyn Store) {
    for batch in sample_batches() {
        commit(store, batch);
    }
    let before = contents(store);
    commit(store, vec![Write::ClearDoc(doc(1))]);
    let after = contents(store);
    assert_eq!(after.docs[&doc(1)], StoredDoc::default(), "nothing of it is left");
    assert!(after.rows_by_doc[&doc(1)].is_empty() && after.runs[&doc(1)].is_empty(), "neither rows nor runs");
    assert!(after.conflicts.is_empty(), "nor its conflicts");
    assert_eq!(after.counts, (1, 0), "nor in the counts");
    assert!(!store.boot().expect("boots").docs.contains_key(&doc(1)), "it does not boot");
    assert_eq!(after.docs[&doc(2)], before.docs[&doc(2)], "the other one stays");
    assert_eq!(after.rows_by_doc[&doc(2)], before.rows_by_doc[&doc(2)], "with its rows");
}

fn a_batch_sees_its_own_writes(store: &dyn Store) {
    commit(store, vec![Write::PutChange(doc(1), change(1, 1, 10)), put_row(row(doc(1), record("network", 1), "old"))]);
    let known = meta(1);
    let rebuild = vec![
        put_row(conflicted(doc(1), record("network", 7))),
        Write::ClearDoc(doc(1)),
        Write::PutChange(doc(1), change(2, 1, 10)),
        Write::PutChange(doc(1), change(2, 2, 10)),
        Write::PutSnapshot(doc(1), snapshot(&[(2, 1)], 10)),
        Write::PutDocMeta(doc(1), known.clone()),
        put_row(row(doc(1), record("network", 1), "new")),
    ];
    commit(store, rebuild);
    let loaded = store.load_doc(&doc(1)).expect("loads");
    assert_eq!(loaded.changes, [change(2, 2, 10)], "cleared, then covered in the same batch");
    assert_eq!(store.rows_of_doc(&doc(1)).expect("reads"), [row(doc(1), record("network", 1), "new")], "rows too");
    assert_eq!(store.boot().expect("boots").docs[&doc(1)], known, "the meta is the one put after clearing");
    assert_eq!(store.count_conflicts().expect("counts"), 0, "a conflict put before clearing is gone");
    assert_eq!(store.count_rows(None).expect("counts"), 1, "and the row counts once");
}
