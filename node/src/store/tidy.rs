//! Giving disk space back. sled reuses what its log frees, but scatters what lives in it: 10,000 records take 3.7
//! times their size right after an import and 4.9 times after 6,000 edits, however long one waits. A copy in key order
//! takes 1.8 times. So a store that takes more than it may is copied, and the copy takes its place.

use super::filling::{BATCH, Filling};
use super::kv::{Kv, PAGE};
use super::sled_kv::SledKv;
use super::{KvStore, Store, StoreError};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A store whose files are smaller than this, in bytes, is left alone: sled takes 3 MiB for 1,000 records in any
/// case, since its log grows by 512 KiB at a time (a fresh copy of them is 3.8 times what lives in it).
pub(super) const TIDY_FROM_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes on disk for each 4 bytes of live data from which a store is copied: 2.75 times. At most 3 times are
/// allowed, and a store that is being edited grows a little until a quiet moment comes.
const TIDY_QUARTERS: u64 = 11;
/// Looks after which about a third is left of the size from which a store is walked over again: a walk reads
/// everything, and deletions are rare.
const LOOKS: u64 = 64;

/// What tidying changed, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tidied {
    /// On disk before.
    pub before_bytes: u64,
    /// On disk after.
    pub after_bytes: u64,
    /// Live data: see [`live_bytes`].
    pub live_bytes: u64,
}

/// Tidies the closed store in `dir`, where it takes more than it may; `None` where it does not.
///
/// # Errors
/// [`StoreError::Busy`] where the store is open; others as for [`super::open_sled`]. The store is as before.
pub fn tidy(dir: &Path) -> Result<Option<Tidied>, StoreError> {
    if disk_bytes(dir).map_err(|e| failed(dir, &e))? < TIDY_FROM_BYTES {
        return Ok(None);
    }
    // Opening through the layout checks format, manifest and mark: a damaged store is not copied.
    KvStore::new(SledKv::open(dir, Duration::ZERO)?)?.tidy(&mut || true)
}

/// Copies the database into a smaller one where it takes more than it may, and lets the copy take its place; `None`
/// where there is nothing to do, or where `go_on`, asked after every page that is read or copied, said no; the check of the
/// whole copy at the end is not asked about. The caller keeps writers away; reading goes on. Whenever the process is killed, either the old files or the copy lie in place, and both hold
/// the same.
///
/// # Errors
/// [`StoreError`]; the database is as before, or broken (see [`SledKv::replace`]).
pub(super) fn copy_if_wasteful(kv: &SledKv, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tidied>, StoreError> {
    let before_bytes = disk_bytes(kv.dir()).map_err(|e| failed(kv.dir(), &e))?;
    let from_bytes = kv.tidy_from_bytes();
    if before_bytes < TIDY_FROM_BYTES.max(from_bytes) {
        // Live data may have become less since it was counted: after some more looks it is counted again.
        kv.set_tidy_from_bytes(from_bytes - from_bytes / LOOKS);
        return Ok(None);
    }
    let Some(live_bytes) = live_bytes_while(kv, go_on)? else { return Ok(None) };
    // Below this size on disk nobody needs to walk over everything again.
    kv.set_tidy_from_bytes(live_bytes * TIDY_QUARTERS / 4);
    if before_bytes * 4 <= live_bytes * TIDY_QUARTERS {
        return Ok(None);
    }
    remove_leftover(kv.dir())?;
    let copy = copy_of(kv.dir());
    let done = copy_all(kv, &copy, go_on).and_then(|whole| match whole {
        true => kv.replace(&copy).map(|()| true),
        false => Ok(false),
    });
    if kv.is_broken() {
        // The files in use may be those of the copy.
        return done.map(|_| None);
    }
    remove(&copy)?;
    let whole = done?;
    let after_bytes = disk_bytes(kv.dir()).map_err(|e| failed(kv.dir(), &e))?;
    if whole {
        // A small store takes more than that right after it has been copied: another copy would be no better.
        kv.set_tidy_from_bytes(kv.tidy_from_bytes().max(after_bytes + after_bytes / 4));
    }
    Ok(whole.then_some(Tidied { before_bytes, after_bytes, live_bytes }))
}

/// Removes what a tidying that was killed left behind: the copy before the exchange, the old files after it. The caller
/// holds the store open, so that nobody else is tidying it.
///
/// # Errors
/// [`StoreError::Io`].
pub(super) fn remove_leftover(dir: &Path) -> Result<(), StoreError> {
    remove(&copy_of(dir))
}

fn copy_of(dir: &Path) -> PathBuf {
    dir.with_extension("tidy")
}

/// The live data: bytes of all keys and values that are current, which is what the limit on disk is measured by.
///
/// # Errors
/// [`StoreError::Damaged`] or [`StoreError::Io`].
pub fn live_bytes(kv: &dyn Kv) -> Result<u64, StoreError> {
    // INVARIANT: a walk that always goes on comes to its end.
    Ok(live_bytes_while(kv, &mut || true)?.unwrap_or_default())
}

fn live_bytes_while(kv: &dyn Kv, go_on: &mut dyn FnMut() -> bool) -> Result<Option<u64>, StoreError> {
    let (mut bytes, mut after) = (0, Vec::new());
    while go_on() {
        let page = kv.scan(&[], &after, PAGE)?;
        bytes += page.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum::<u64>();
        match page.last() {
            Some((key, _)) => after.clone_from(key),
            None => return Ok(Some(bytes)),
        }
    }
    Ok(None)
}

/// Bytes that a directory takes on disk.
///
/// # Errors
/// Of the file system.
pub fn disk_bytes(dir: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let meta = match entry.metadata() {
            Ok(meta) => meta,
            // sled removes files of its own while we look.
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(e),
        };
        // `blocks` counts 512 bytes whatever the file system's own blocks are.
        bytes += if meta.is_dir() { disk_bytes(&entry.path())? } else { meta.blocks() * 512 };
    }
    Ok(bytes)
}

/// Makes the copy, sound and closed; `false` where it was told to stop.
fn copy_all(from: &SledKv, copy: &Path, go_on: &mut dyn FnMut() -> bool) -> Result<bool, StoreError> {
    let mut to = Filling::in_dir(copy)?;
    let mut after = Vec::new();
    loop {
        if !go_on() {
            return Ok(false);
        }
        let page = from.scan(&[], &after, BATCH)?;
        let Some((last, _)) = page.last() else { break };
        after.clone_from(last);
        to.add(page)?;
    }
    // A copy of a damaged store would hide where the damage came from: it is left where it is. The copy is closed here;
    // opened when it takes its place, it writes sled's table of pages.
    to.finish().map(|_| true)
}

fn remove(dir: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(failed(dir, &e)),
        _ => Ok(()),
    }
}

fn failed(dir: &Path, error: &io::Error) -> StoreError {
    StoreError::Io(format!("{}: {error}", dir.display()))
}
