//! A full disk and a directory that cannot be written: clear errors, and nothing acknowledged is lost.

use crate::store::{Store, StoreError, open_sled};
use comin_protocol::engine::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where the child of [`a_full_disk_is_told_and_loses_nothing`] finds its store.
const CHILD_DIR: &str = "COMIN_TEST_STORE";
/// Largest file that the child may write, in blocks of 512 or 1,024 bytes, as the shell counts.
const BLOCKS: &str = "4096";
/// Batches after which the child gives up filling the disk.
const BATCHES_MAX: u32 = 20_000;

fn batch(n: u32) -> Vec<Write> {
    vec![Write::PutState(format!("batch {n}"), vec![n as u8; 5_000])]
}

/// Runs in a process of its own, started by the test below, under a limit on the size of files.
#[test]
#[ignore = "the child of another test"]
fn child_that_fills_the_disk() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else { return };
    let store = open_sled(Path::new(&dir), Duration::ZERO).expect("an empty store fits");
    for n in 0..BATCHES_MAX {
        match store.commit(&[batch(n)]) {
            Ok(()) => println!("acknowledged {n}"),
            Err(StoreError::Io(why)) => {
                println!("refused: {why}");
                let again = store.commit(&[batch(n)]);
                println!("then: {}", again.expect_err("after a failure nothing more is written"));
                // As after an error that stops the node: no close, no flush.
                std::process::exit(0);
            }
            Err(other) => panic!("a full disk is no {other}"),
        }
    }
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let child = Command::new("sh")
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -f {BLOCKS}; exec timeout 60 \"$0\" \"$@\""))
        .arg(std::env::current_exe().expect("this test's own program"))
        .args(["--exact", "store::tests::full::child_that_fills_the_disk", "--ignored", "--nocapture"])
        .env(CHILD_DIR, dir.path())
        .stderr(Stdio::piped())
        .output()
        .expect("the child runs");
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&child.stderr);
    assert!(said.contains("refused: "), "the child is told that the disk is full:\n{said}\n{stderr}");
    assert!(said.contains("then: the store cannot be written: an earlier write failed"), "and writes no more");
    let acknowledged = said.lines().filter(|line| line.contains("acknowledged")).count();
    assert!(acknowledged > 10, "some batches fit");
    let store = open_sled(dir.path(), Duration::ZERO).expect("with room again it opens");
    let state = store.boot().expect("boots").state;
    let there = (0..acknowledged).filter(|n| state.contains_key(&format!("batch {n}"))).count();
    assert_eq!(there, acknowledged, "every acknowledged batch is there");
    assert_eq!(store.verify().expect("walks").damaged, [], "and the store is sound");
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("file");
    std::fs::write(&file, b"not a directory").expect("writes");
    let opened = open_sled(&file.join("store"), Duration::ZERO).map(|_| ());
    assert!(matches!(&opened, Err(StoreError::Io(why)) if why.contains("file")), "the path is named: {opened:?}");
    let locked = dir.path().join("locked");
    std::fs::create_dir(&locked).expect("makes a directory");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).expect("sets permissions");
    if std::fs::write(locked.join("probe"), b"").is_ok() {
        // The administrator may write everywhere; there is nothing to see here.
        return;
    }
    let opened = open_sled(&locked, Duration::ZERO).map(|_| ());
    assert!(matches!(&opened, Err(StoreError::Io(why)) if why.contains("denied")), "and the reason: {opened:?}");
}

/// sled leaves this file behind where the disk was full, or the process killed, while it opened.
#[test]
fn a_half_made_table_of_pages_is_no_damage() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open_sled(dir.path(), Duration::ZERO).expect("opens");
    store.commit(&[batch(1)]).expect("commits");
    drop(store);
    let half_made = dir.path().join("snap.0000000000061177.generating");
    std::fs::write(&half_made, b"").expect("writes");
    let store = open_sled(dir.path(), Duration::ZERO).expect("nothing is damaged");
    assert!(store.boot().expect("boots").state.contains_key("batch 1"), "everything is there");
    assert!(!half_made.exists(), "and the file is gone");
}
