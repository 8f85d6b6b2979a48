use super::*;
use crate::store::{Store, open_sled};
use comin_protocol::ids::{DocId, PartnerId, RecordKey, RegisterId};
use comin_protocol::record::{Origin, Row};
use std::time::Duration;

const MADE_MS: u64 = 1_780_000_000_000;

fn row(n: u8) -> StoreWrite {
    let origins = vec![Origin { actor: comin_protocol::ids::ActorId([n; 16]), time_ms: 0 }];
    StoreWrite::put_row(&Row {
        key: RecordKey { kind: "organisation".to_owned(), id: [n; 16] },
        doc: DocId { register: RegisterId([7; 32]), part: 1 },
        origins,
        fields: Default::default(),
        unseen_edits: Vec::new(),
    })
}

/// A data directory with a small store, long values among it.
fn node(path: &Path) -> DataDir {
    let dir = DataDir::locate(Some(path.to_owned())).expect("a directory");
    dir.create().expect("is made");
    dir.write_signer(&DeviceSigner::from_secret(&[3; 32])).expect("is written");
    fs::write(dir.config_file(), "[listen]\nmdns = false\n").expect("is written");
    let store = open_sled(&dir.store(), Duration::ZERO).expect("opens");
    let long = StoreWrite::PutState("tickets".to_owned(), vec![3; 40_000]);
    store.commit(&[(0..200).map(row).collect(), vec![long]]).expect("commits");
    drop(store);
    let partner = PartnerId([9; 32]);
    dir.write_settings(&Settings::new(&partner, "Partner Esempio", "IT", "it", "server")).expect("is written");
    dir
}

fn entries(dir: &DataDir) -> Vec<Entry> {
    let store = open_sled(&dir.store(), Duration::ZERO).expect("opens");
    let mut out = Vec::new();
    let read = store.each_entry(&mut |key, value| {
        out.push((key.to_vec(), value.to_vec()));
        Ok(())
    });
    read.expect("reads");
    out
}

/// Writes a backup as the schedule does.
fn write(dir: &DataDir, store: &dyn Store, to: &Path) -> Result<u64, BackupError> {
    let mut part = Part::create(to)?;
    io::copy(&mut Spooled::make(dir, store, MADE_MS)?, &mut part).expect("is written");
    part.finish()
}

fn backed_up(temp: &Path) -> (DataDir, PathBuf) {
    let dir = node(&temp.join("node"));
    let file = temp.join("one.backup");
    let store = open_sled(&dir.store(), Duration::ZERO).expect("opens");
    write(&dir, &store, &file).expect("is written");
    (dir, file)
}

#[test]
fn a_backup_brings_the_machine_back() {
    let temp = tempfile::tempdir().expect("a directory");
    let (dir, file) = backed_up(temp.path());
    let checked = check(&file).expect("is sound");
    assert_eq!((checked.head.made_ms, checked.records), (MADE_MS, 200), "it says what it holds");

    let other = DataDir::locate(Some(temp.path().join("other"))).expect("a directory");
    let restored = restore(&file, &other).expect("is restored");
    assert_eq!(restored, checked, "checking and restoring read the same");
    assert_eq!(other.signer().expect("is there").key(), dir.signer().expect("is there").key(), "the same machine");
    assert_eq!(other.settings().expect("are there"), dir.settings().expect("are there"), "of the same partner");
    let config = |dir: &DataDir| fs::read_to_string(dir.config_file()).expect("is there");
    assert_eq!(config(&other), config(&dir), "with its configuration");

    let state = open_sled(&other.store(), Duration::ZERO).expect("opens").boot().expect("boots").state;
    assert!(state.contains_key(STATE_UNCONFIRMED), "it signs nothing until others have confirmed");
    let (mine, before) = (entries(&other), entries(&dir));
    let lost: Vec<&Entry> = before.iter().filter(|(key, _)| !mine.iter().any(|(other, _)| other == key)).collect();
    assert_eq!(lost, Vec::<&Entry>::new(), "every entry is there");
    let changed = before.iter().filter(|entry| !mine.contains(entry)).count();
    assert_eq!(changed, 1, "and only the store's own manifest has changed, with that mark");
}

#[test]
fn what_is_cut_off_or_altered_is_refused_and_leaves_nothing() {
    let temp = tempfile::tempdir().expect("a directory");
    let (_, file) = backed_up(temp.path());
    let whole = fs::read(&file).expect("reads");
    let harmed = temp.path().join("harmed.backup");
    let other = DataDir::locate(Some(temp.path().join("other"))).expect("a directory");
    let refused = |bytes: &[u8], what: &str| {
        fs::write(&harmed, bytes).expect("is written");
        let checked = check(&harmed).expect_err(what);
        let restored = restore(&harmed, &other).expect_err(what);
        assert_eq!(checked.to_string(), restored.to_string(), "{what}: both say the same");
        let left: Vec<_> =
            fs::read_dir(temp.path()).expect("is there").map(|e| e.expect("reads").file_name()).collect();
        assert_eq!(left.len(), 3, "{what}: nothing is left of the directory, but {left:?}");
    };
    for step in 0..40 {
        let at = step * whole.len() / 40;
        refused(&whole[..at], "cut off");
        let mut altered = whole.clone();
        altered[at] ^= 1 << (step % 8);
        refused(&altered, "altered");
    }
    refused(&[whole.as_slice(), b"x"].concat(), "something follows");
    refused(b"comin-backup 2\n", "of a newer version");
}

#[test]
fn nothing_is_written_over() {
    let temp = tempfile::tempdir().expect("a directory");
    let (dir, file) = backed_up(temp.path());
    let before = fs::read(&file).expect("reads");
    let store = open_sled(&dir.store(), Duration::ZERO).expect("opens");
    let error = write(&dir, &store, &file).expect_err("the file is there");
    assert!(error.hint().contains("not there yet"), "{error}");
    assert_eq!(fs::read(&file).expect("reads"), before, "and stays as it is");
    drop(store);
    let error = restore(&file, &dir).expect_err("a node is there");
    assert!(error.hint().contains("mv "), "the way out is named: {}", error.hint());
    assert_eq!(dir.settings().expect("is there").name, "Partner Esempio", "and the node is as it was");
    let occupied = temp.path().join("occupied");
    fs::create_dir(&occupied).expect("is made");
    fs::write(occupied.join("statements"), "mine").expect("is written");
    let other = DataDir::locate(Some(occupied.clone())).expect("a directory");
    assert!(matches!(restore(&file, &other), Err(BackupError::Occupied(_))), "what lies there is not ours");
    assert_eq!(fs::read(occupied.join("statements")).expect("reads"), b"mine", "and stays");
    let empty = temp.path().join("empty");
    fs::create_dir(&empty).expect("is made");
    restore(&file, &DataDir::locate(Some(empty)).expect("a directory")).expect("an empty directory is taken");
    let names: Vec<_> = fs::read_dir(temp.path()).expect("reads").map(|e| e.expect("reads").file_name()).collect();
    assert_eq!(names.len(), 4, "no half-made file is left: {names:?}");
}

#[test]
fn a_backup_of_today_is_read_in_years() {
    let mut head =
        Head { made_ms: MADE_MS, secret: [3; 32].into(), settings: "{}".to_owned(), config: None, office: None };
    let secret = "03".repeat(32);
    let bytes = format!("831b0000019e704488005820{secret}627b7d");
    assert_eq!(comin_protocol::ids::to_hex(&to_cbor(&head)), bytes, "the head stays as WIRE.md says");
    head.office = Some(vec![("users.json".to_owned(), "{}".to_owned())]);
    let bytes = format!("851b0000019e704488005820{secret}627b7df681826a75736572732e6a736f6e627b7d");
    assert_eq!(comin_protocol::ids::to_hex(&to_cbor(&head)), bytes, "with the users of the office");
    assert_eq!(MAGIC, b"comin-backup 1\n", "and so does the first line");
}
