//! The contract, on sled and on the memory twin; then what only one of them has.

mod contract;
mod fixture;
mod measure;

use super::*;
use fixture::*;

#[test]
fn memory_keeps_the_contract() {
    contract::all(|check| check(&open_memory()));
}

#[test]
fn sled_keeps_the_contract() {
    contract::all(|check| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        check(&open_sled(dir.path(), Duration::ZERO).expect("an empty store opens"));
    });
}

#[test]
fn what_was_committed_is_there_after_reopening() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open_sled(dir.path(), Duration::ZERO).expect("an empty store opens");
    for batch in sample_batches() {
        store.commit(&[batch]).expect("commits");
    }
    let before = contents(&store);
    drop(store);
    let store = open_sled(dir.path(), Duration::ZERO).expect("opens again");
    assert!(contents(&store) == before, "everything reads as before the store was closed");
}

#[test]
fn a_second_process_is_told_to_wait() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let first = open_sled(dir.path(), Duration::ZERO).expect("opens");
    let second = open_sled(dir.path(), Duration::from_millis(100));
    assert!(matches!(second, Err(StoreError::Busy)), "a held store is busy, not damaged");
    drop(first);
    assert!(open_sled(dir.path(), Duration::from_secs(5)).is_ok(), "and free once the first is closed");
}

#[test]
fn a_crash_leaves_a_prefix_of_whole_batches() {
    let batches = sample_batches();
    for kept in 0..=batches.len() {
        let expected = open_memory();
        expected.commit(&batches[..kept]).expect("commits");
        let crashed = open_memory();
        crashed.backend().fail_after(batches.len());
        let more: Vec<_> = batches.iter().cloned().chain([vec![Write::PutState("z".into(), vec![1])]]).collect();
        assert!(crashed.commit(&more).is_err(), "the last batch fails, so nothing is flushed");
        crashed.backend().crash(kept);
        let reopened = KvStore::new(crashed.backend().fork()).expect("opens after a crash");
        assert!(contents(&reopened) == contents(&expected), "exactly the first {kept} batches are there");
    }
}

#[test]
fn after_a_failed_write_nothing_more_is_written() {
    let store = open_memory();
    store.backend().fail_after(0);
    assert!(matches!(store.commit(&sample_batches()), Err(StoreError::Io(_))), "the failure is told");
    store.backend().crash(0);
    let again = store.commit(&[vec![Write::PutState("a".into(), vec![1])]]);
    assert!(matches!(again, Err(StoreError::Io(_))), "what is on disk is not known, so nothing may follow");
}

#[test]
fn a_newer_format_is_refused() {
    let store = open_memory();
    let newer = cell::Cell::new(keys::FORMAT, &(FORMAT + 1).to_be_bytes());
    store.backend().tamper(keys::FORMAT, Some(newer.head));
    let opened = KvStore::new(store.backend().fork()).map(|_| ());
    assert!(
        matches!(opened, Err(StoreError::Newer { found, known }) if found == FORMAT + 1 && known == FORMAT),
        "a newer store is named as such"
    );
}
