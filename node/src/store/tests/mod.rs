//! The contract, on sled and on the memory twin; then what only one of them has.

mod contract;
mod fixture;
mod full;
mod garble;
mod measure;

use super::*;
use comin_protocol::engine::DocMeta;
use comin_protocol::ids::RegisterId;
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
fn kept_edits_of_a_person_are_sealed_and_go_with_its_key() {
    let (dir, clear) = (tempfile::tempdir().expect("a temporary directory"), b"Ada".to_vec());
    let store = SealedStore::new(open_memory(), PersonKeys::open(dir.path()).expect("a directory for keys"));
    let (person, other) = (DocId::person(RegisterId([1; 32])), doc(3));
    let [of_person, of_other] = [person, other].map(|doc| format!("replaced/{doc}"));
    let meta = Write::PutDocMeta(person, DocMeta::default());
    let states = [&of_person, &of_other].map(|name| Write::PutState(name.clone(), clear.clone()));
    store.commit(&[[vec![meta], states.to_vec()].concat()]).expect("commits");
    let below = store.inner().boot().expect("boots").state;
    assert_eq!(below[&of_other], clear, "what is no person's lies there as it is");
    assert!(!below[&of_person].windows(3).any(|bytes| bytes == clear), "a person's is not readable");
    assert_eq!(store.boot().expect("boots").state[&of_person], clear, "but with its key");
    // As after a restore without the key of somebody erased.
    let keyless = tempfile::tempdir().expect("a temporary directory");
    let restored = open_memory();
    restored.commit(&[vec![Write::PutState(of_person.clone(), below[&of_person].clone())]]).expect("commits");
    let store = SealedStore::new(restored, PersonKeys::open(keyless.path()).expect("a directory for keys"));
    assert!(!store.boot().expect("boots").state.contains_key(&of_person), "without the key it is gone");
    assert!(!store.inner().boot().expect("boots").state.contains_key(&of_person), "for good");
}

#[test]
fn a_sealed_person_in_conflict_is_listed_and_counted() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = SealedStore::new(open_memory(), PersonKeys::open(dir.path()).expect("a directory for keys"));
    let person = |n: u8| (DocId::person(RegisterId([n; 32])), record("person", n));
    let ((calm, calm_key), (torn, torn_key)) = (person(1), person(2));
    let put = Write::put_row;
    let rows =
        [row(calm, calm_key, "Ana"), conflicted(torn, torn_key.clone()), conflicted(doc(3), record("network", 3))];
    store.commit(&[rows.iter().map(put).collect()]).expect("commits");
    assert_eq!(store.count_conflicts().expect("counts"), 2, "the person and the network");
    let listed = store.conflicted_rows(None, 10).expect("lists");
    assert_eq!(listed, [rows[2].clone(), rows[1].clone()], "readable, in the order of kinds");
    assert!(store.verify().expect("verifies").damaged.is_empty(), "and the list is what the rows say");
    let lying = store.inner().conflicted_rows(None, 10).expect("lists").pop().expect("the person");
    assert_eq!(
        lying.fields.keys().map(String::as_str).collect::<Vec<_>>(),
        ["sealed"],
        "below nothing of it is readable"
    );
    store.commit(&[vec![put(&row(torn, torn_key, "Ana"))]]).expect("commits");
    assert_eq!(store.count_conflicts().expect("counts"), 1, "decided");
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
fn tidying_changes_nothing_but_the_size() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("store");
    let store = open_sled(&path, Duration::ZERO).expect("opens");
    for batch in sample_batches() {
        store.commit(&[batch]).expect("commits");
    }
    let before = contents(&store);
    assert!(matches!(tidy(&path), Ok(None) | Err(StoreError::Busy)), "a small store is left alone");
    for n in 0..40 {
        let big = Write::PutState("big".to_owned(), vec![n; 1_000_000]);
        store.commit(&[vec![big]]).expect("commits");
    }
    assert!(matches!(tidy(&path), Err(StoreError::Busy)), "an open store is left alone");
    store.commit(&[vec![Write::DropState("big".to_owned())]]).expect("commits");
    drop(store);
    // Sled itself may have given back what lay at the file's end; then nothing is left to do.
    let left = disk_bytes(&path).expect("sizes");
    match tidy(&path).expect("tidies") {
        Some(tidied) => assert!(tidied.after_bytes < tidied.before_bytes / 2, "space is given back: {tidied:?}"),
        None => assert!(left < 5_000_000, "of 40 MB of garbage {left} bytes are left alone"),
    }
    let store = open_sled(&path, Duration::ZERO).expect("opens again");
    assert!(contents(&store) == before, "everything reads as before");
    store.commit(&[vec![Write::PutState("more".to_owned(), vec![1])]]).expect("and writing goes on");
    drop(store);
    assert_eq!(tidy(&path).expect("looks"), None, "a tidy store is left alone");
}

#[test]
fn a_store_whose_data_became_less_is_tidied() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open_sled(&dir.path().join("store"), Duration::ZERO).expect("opens");
    for n in 0..12 {
        let name = format!("kept-{n}");
        store.commit(&[vec![Write::PutState(name, vec![n; 1_000_000])]]).expect("commits");
    }
    // What is live is counted here, and with it the size below which nobody looks.
    let _ = store.tidy(&mut || true).expect("looks");
    for n in 1..12 {
        store.commit(&[vec![Write::DropState(format!("kept-{n}"))]]).expect("commits");
    }
    let before = contents(&store);
    // Without counting again no number of looks would be enough.
    let mut looks = (0..200).map(|_| store.tidy(&mut || true).expect("looks"));
    let tidied = looks.find_map(|tidied| tidied);
    let left = disk_bytes(&dir.path().join("store")).expect("sizes");
    assert!(tidied.is_some() || left < 5_000_000, "12 MB that became 1 MB are given back: {left} bytes are left");
    assert!(contents(&store) == before, "and everything reads as before");
}

#[test]
fn tidying_gives_way_and_survives_a_kill() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("store");
    let leftover = dir.path().join("store.tidy");
    let store = open_sled(&path, Duration::ZERO).expect("opens");
    sample_batches().into_iter().for_each(|batch| store.commit(&[batch]).expect("commits"));
    for n in 0..20 {
        store.commit(&[vec![Write::PutState("big".to_owned(), vec![n; 1_000_000])]]).expect("commits");
    }
    let before = contents(&store);
    for asked_max in [0, 1, 3] {
        let mut asked = 0;
        let tidied = store.tidy(&mut || {
            asked += 1;
            asked <= asked_max
        });
        assert_eq!(tidied.expect("gives way"), None, "it stops when told so, after {asked_max} times");
        assert!(!leftover.exists() && contents(&store) == before, "and leaves everything as it was");
    }
    let tidied = store.tidy(&mut || true).expect("tidies").expect("most of it was garbage");
    assert!(tidied.after_bytes < tidied.before_bytes, "space is given back while the store is open: {tidied:?}");
    assert!(contents(&store) == before, "everything reads as before, from the copy");
    store.commit(&[vec![Write::PutState("more".to_owned(), vec![1])]]).expect("and writing goes on in it");
    let after = contents(&store);
    assert!(matches!(open_sled(&path, Duration::ZERO), Err(StoreError::Busy)), "the copy is locked like the original");
    drop(store);
    // Killed before the exchange a half-made copy stays, killed after it the old files do.
    std::fs::create_dir(&leftover).expect("makes a directory");
    std::fs::write(leftover.join("db"), b"half a copy").expect("writes");
    let store = open_sled(&path, Duration::ZERO).expect("opens again");
    assert!(contents(&store) == after, "what was written after the exchange is there");
    assert!(!leftover.exists(), "and nothing is left behind");
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
fn a_sound_store_verifies() {
    let store = open_memory();
    store.commit(&sample_batches()).expect("commits");
    let report = store.verify().expect("walks");
    assert_eq!(report.damaged, [], "nothing is wrong with it");
    assert_eq!((report.documents, report.rows), (2, 3), "and everything was seen");
    store.commit(&[vec![Write::ClearDoc(doc(1)), Write::ClearDoc(doc(2))]]).expect("commits");
    assert_eq!(store.verify().expect("walks").documents, 0, "a cleared document leaves nothing");
}

/// The layout's whole promise: whatever happens to one entry, either nothing is lost or it is reported.
#[test]
fn any_entry_that_is_changed_or_missing_is_noticed() {
    let sound = open_memory();
    sound.commit(&sample_batches()).expect("commits");
    for key in sound.backend().keys() {
        for harm in [Harm::Missing, Harm::Flipped, Harm::Cut] {
            let copy = sound.backend().fork();
            if !harm.inflict(&copy, &key) {
                continue;
            }
            let named = format!("{harm:?} of {}", cell::name(&key));
            match KvStore::new(copy).and_then(|store| store.verify()) {
                Err(StoreError::Damaged(_) | StoreError::Newer { .. }) => {}
                Ok(report) => assert!(!report.damaged.is_empty(), "{named}: lost in silence"),
                Err(other) => panic!("{named}: {other}"),
            }
        }
    }
}

/// sled may bring an old value back in place of a newer one, checksum and all.
#[test]
fn an_older_value_in_place_of_a_newer_one_is_noticed() {
    let old = open_memory();
    old.commit(&sample_batches()).expect("commits");
    let new = KvStore::new(old.backend().fork()).expect("a copy opens");
    let name = row(doc(1), record("organisation", 1), "Due");
    let newer = vec![
        put_row(name),
        Write::PutState("paused".to_owned(), vec![0]),
        Write::PutSnapshot(doc(2), snapshot(&[(2, 5)], 51_000)),
        Write::PutRun(doc(2), actor(2), run(2, 6)),
    ];
    new.commit(&[newer]).expect("commits");
    for key in new.backend().keys() {
        let [before, after] = [&old, &new].map(|store| store.backend().get(&key).expect("reads"));
        if before == after {
            continue;
        }
        let copy = new.backend().fork();
        copy.tamper(&key, before);
        let noticed = match KvStore::new(copy).and_then(|store| store.verify()) {
            Ok(report) => !report.damaged.is_empty(),
            Err(e) => matches!(e, StoreError::Damaged(_)),
        };
        assert!(noticed, "an older {} passes for the newer one", cell::name(&key));
    }
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
