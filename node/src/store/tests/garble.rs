//! Damaged files: whatever happens to them, the store opens with everything, or says that it is damaged.
//! Never a panic, never a hang, never silent loss.

use super::fixture::*;
use crate::store::guard::guarded;
use crate::store::{Salvaged, Store, StoreError, open_sled, rebuild, salvage};
use comin_protocol::engine::{STATE_UNCONFIRMED, Write};
use comin_protocol::ids::tagged_hash;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Documents of the store under test.
const DOCS: u8 = 6;
/// Rows of each.
const ROWS: u8 = 60;
/// Bytes overwritten at each position.
const GARBLED_BYTES: usize = 64;
/// Positions tried.
const POSITIONS: u64 = 50;
/// No step may take longer.
const LIMIT: Duration = Duration::from_secs(60);

/// What became of a damaged store.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// Everything reads as before.
    Whole,
    /// It said so, when it was opened or verified.
    Reported,
}

struct Original {
    dir: tempfile::TempDir,
    contents: Contents,
}

impl Original {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let store = open_sled(&dir.path().join("store"), Duration::ZERO).expect("opens");
        for batch in sample_batches() {
            store.commit(&[batch]).expect("commits");
        }
        for n in 1..=DOCS {
            let doc = doc(10 + n);
            for seq in 1..=u64::from(ROWS) {
                let name = format!("{n}-{seq}").repeat(100);
                let writes = vec![
                    Write::PutChange(doc, change(n, seq, 300)),
                    Write::PutRun(doc, actor(n), run(n, seq)),
                    Write::DropRun(doc, actor(n), seq - 1),
                    Write::PutDocMeta(doc, meta(seq)),
                    put_row(row(doc, record("organisation", seq as u8), &name)),
                ];
                store.commit(&[writes]).expect("commits");
            }
            let compact = snapshot(&[(n, u64::from(ROWS) / 2)], 40_000);
            store.commit(&[vec![Write::PutSnapshot(doc, compact)]]).expect("commits");
        }
        // Opening again leaves sled's snapshot of its page table beside the log, one more file to damage.
        drop(store);
        let store = open_sled(&dir.path().join("store"), Duration::ZERO).expect("opens again");
        Self { contents: contents(&store), dir }
    }

    /// A copy of its files, damaged by `harm`.
    fn harmed(&self, harm: impl FnOnce(&Path)) -> (tempfile::TempDir, PathBuf) {
        let copy = tempfile::tempdir().expect("a temporary directory");
        let store = copy.path().join("store");
        copy_dir(&self.dir.path().join("store"), &store);
        harm(&store);
        (copy, store)
    }

    fn outcome(&self, dir: &Path, named: &str) -> Outcome {
        let path = dir.to_owned();
        let read = guarded("reading a damaged store", LIMIT, move || {
            let store = open_sled(&path, Duration::ZERO)?;
            let report = store.verify()?;
            match report.damaged.first() {
                Some(damage) => Err(StoreError::Damaged(damage.to_string())),
                None => try_contents(&store),
            }
        });
        match read {
            Ok(found) => {
                assert!(found == self.contents, "{named}: opened and verified, but something is lost");
                Outcome::Whole
            }
            Err(StoreError::Damaged(what)) => {
                assert!(!what.contains("did not end"), "{named}: it hangs: {what}");
                Outcome::Reported
            }
            Err(other) => panic!("{named}: {other}"),
        }
    }

    /// What salvage calls complete must be as it was.
    fn check_salvaged(&self, salvaged: &Salvaged, named: &str) {
        let older = salvaged.damaged.iter().any(|damage| damage.what.contains("newest"));
        for (doc, found) in &salvaged.complete {
            let same = self.contents.docs[doc] == found.stored;
            assert!(same || older, "{named}: {doc} is called complete and is not");
            if found.rows_complete && same {
                assert_eq!(self.contents.rows_by_doc[doc].len(), found.rows.len(), "{named}: rows of {doc}");
            }
        }
        let missing = self.contents.docs.len() - salvaged.complete.len();
        assert!(missing == 0 || !salvaged.damaged.is_empty(), "{named}: documents are gone and nothing says so");
    }
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("reads").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("copies");
        }
    }
}

fn random(seed: &str, n: u64, below: u64) -> u64 {
    let hash = tagged_hash(seed, &[&n.to_le_bytes()]);
    u64::from_le_bytes(*hash.first_chunk().expect("32 bytes")) % below
}

fn files(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).expect("reads").map(|entry| entry.expect("an entry"));
    let mut out: Vec<String> = names
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    out.sort();
    out
}

fn garble(file: &Path, n: u64) {
    let handle = OpenOptions::new().write(true).open(file).expect("opens");
    let len = handle.metadata().expect("metadata").len();
    let noise: Vec<u8> =
        (0..GARBLED_BYTES as u64 / 32).flat_map(|i| tagged_hash("noise", &[&[n as u8, i as u8]])).collect();
    let end = len.saturating_sub(GARBLED_BYTES as u64).max(1);
    handle.write_all_at(&noise, random("position", n, end)).expect("writes");
}

#[test]
fn garbled_at_fifty_positions() {
    let original = Original::new();
    let mut outcomes = Vec::new();
    for n in 0..POSITIONS {
        let named = format!("position {n}");
        let (_copy, dir) = original.harmed(|dir| garble(&dir.join("db"), n));
        let (_copy2, untouched) = original.harmed(|dir| garble(&dir.join("db"), n));
        outcomes.push(original.outcome(&dir, &named));
        let salvaged = salvage(&untouched).expect("salvage reads whatever is left");
        original.check_salvaged(&salvaged, &named);
    }
    let whole = outcomes.iter().filter(|outcome| **outcome == Outcome::Whole).count();
    eprintln!("garbled: {whole} of {POSITIONS} read whole, the others say that they are damaged");
    assert!(whole < POSITIONS as usize, "some position must hit something, or nothing was tested");
}

#[test]
fn every_file_garbled_cut_or_deleted() {
    let original = Original::new();
    for name in files(&original.dir.path().join("store")) {
        for (how, harm) in [
            ("garbled", (|file| garble(file, 3)) as fn(&Path)),
            ("cut in half", |file| cut(file, 2)),
            ("cut at the end", |file| cut(file, 1)),
            ("emptied", |file| drop(fs::write(file, []))),
            ("deleted", |file| fs::remove_file(file).expect("deletes")),
        ] {
            let named = format!("{name} {how}");
            let (_copy, dir) = original.harmed(|dir| harm(&dir.join(&name)));
            let outcome = original.outcome(&dir, &named);
            eprintln!("{named}: {outcome:?}");
            let (_copy, dir) = original.harmed(|dir| harm(&dir.join(&name)));
            original.check_salvaged(&salvage(&dir).expect("salvage reads whatever is left"), &named);
        }
    }
}

fn cut(file: &Path, divisor: u64) {
    let handle = OpenOptions::new().write(true).open(file).expect("opens");
    let len = handle.metadata().expect("metadata").len();
    let keep = if divisor == 1 { len.saturating_sub(GARBLED_BYTES as u64) } else { len / divisor };
    handle.set_len(keep).expect("cuts");
}

#[test]
fn a_rebuilt_store_is_sound_and_holds_what_survived() {
    let original = Original::new();
    for n in 0..6 {
        let (_copy, dir) = original.harmed(|dir| garble(&dir.join("db"), n));
        let rebuilt = rebuild(&dir).expect("rebuilds");
        assert!(rebuilt.aside.join("db").exists(), "the damaged store is kept");
        let store = open_sled(&dir, Duration::ZERO).expect("the new one opens");
        assert_eq!(store.verify().expect("walks").damaged, [], "and is sound");
        for (doc, salvaged) in &rebuilt.salvaged.complete {
            assert_eq!(store.load_doc(doc).expect("loads"), salvaged.stored, "complete documents are in it");
        }
        let statements = store.boot().expect("boots").statements.len();
        assert_eq!(statements, rebuilt.salvaged.statements.len(), "and the statements");
    }
    let (_copy, dir) = original.harmed(|_| {});
    let rebuilt = rebuild(&dir).expect("rebuilds");
    assert_eq!(rebuilt.salvaged.damaged, [], "nothing is wrong with a sound store");
    let store = open_sled(&dir, Duration::ZERO).expect("opens");
    assert!(store.boot().expect("boots").state.contains_key(STATE_UNCONFIRMED), "it is marked as restored");
    store.commit(&[vec![Write::DropState(STATE_UNCONFIRMED.to_owned())]]).expect("commits");
    assert!(contents(&store) == original.contents, "and nothing else is more or less");
}

#[test]
fn a_store_in_use_is_not_salvaged() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let _store = open_sled(dir.path(), Duration::ZERO).expect("opens");
    assert!(matches!(salvage(dir.path()), Err(StoreError::Busy)), "its files change under the copy");
}
