//! Giving disk space back. sled reuses what its log frees, but a file that has grown stays: it holds up to
//! four times what lives in it (measured), where three are allowed. A copy in key order takes 2.3 to 2.6.

use super::kv::{Changes, Kv, walk};
use super::mark::Mark;
use super::salvage::hold;
use super::sled_kv::SledKv;
use super::write::read_global;
use super::{KvStore, StoreError};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

/// A store whose files are smaller than this, in bytes, is left alone.
const TIDY_FROM_BYTES: u64 = 8 * 1024 * 1024;
/// Bytes on disk for each live byte from which a store is copied.
const TIDY_FACTOR: u64 = 3;
/// Entries of one batch of the copy: sled needs less room for small batches, each of them flushed.
const BATCH: usize = 512;

/// What tidying changed, in bytes on disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tidied {
    /// Before.
    pub before_bytes: u64,
    /// After.
    pub after_bytes: u64,
}

/// Copies the closed store in `dir` into a smaller one where it takes more than three times what lives in
/// it; `None` where it does not. To be called after a clean stop, when nobody waits: it reads everything,
/// which takes about a second for 20,000 records, and leaves sled's table of pages written, which the next
/// start would have to make from the log. The old files are replaced in one step or not at all.
///
/// # Errors
/// [`StoreError::Busy`] where the store is open; others as for [`super::open_sled`]. The store is as before.
pub fn tidy(dir: &Path) -> Result<Option<Tidied>, StoreError> {
    let failed = |e: io::Error| StoreError::Io(format!("{}: {e}", dir.display()));
    let copy = dir.with_extension("tidy");
    // What a tidying that was killed left behind: the copy before the exchange, the old store after it.
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(failed)?;
    }
    let before_bytes = disk_bytes(dir).map_err(failed)?;
    if before_bytes < TIDY_FROM_BYTES {
        return Ok(None);
    }
    let Some(commits) = copy_if_wasteful(dir, &copy, before_bytes)? else { return Ok(None) };
    // Opened once more, the copy has sled's table of pages beside its log, and the next start is quick.
    drop(SledKv::open(&copy, Duration::ZERO)?);
    // Both are closed now: nobody may have written since, nor begin to before the exchange.
    let _held = hold(dir)?;
    if Mark::open(&dir.join("mark"))?.read()? != Some(commits) {
        return Err(StoreError::Busy);
    }
    renameat_with(CWD, dir, CWD, &copy, RenameFlags::EXCHANGE).map_err(|e| failed(e.into()))?;
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent).and_then(|parent| parent.sync_all()).map_err(failed)?;
    fs::remove_dir_all(&copy).map_err(failed)?;
    Ok(Some(Tidied { before_bytes, after_bytes: disk_bytes(dir).map_err(failed)? }))
}

/// Bytes that a directory takes on disk.
///
/// # Errors
/// Of the file system.
pub fn disk_bytes(dir: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        // `blocks` counts 512 bytes whatever the file system's own blocks are.
        bytes += if meta.is_dir() { disk_bytes(&entry.path())? } else { meta.blocks() * 512 };
    }
    Ok(bytes)
}

/// Makes the copy where it is worth it and tells how many batches it holds; both stores are closed after it.
fn copy_if_wasteful(dir: &Path, copy: &Path, disk_bytes: u64) -> Result<Option<u64>, StoreError> {
    // Opening through the layout checks format, manifest and mark: a damaged store is not copied.
    let store = KvStore::new(SledKv::open(dir, Duration::ZERO)?)?;
    let from = store.backend();
    let mut live_bytes = 0;
    walk(from, &[], |key, value| {
        live_bytes += (key.len() + value.len()) as u64;
        Ok(())
    })?;
    if disk_bytes <= TIDY_FACTOR * live_bytes {
        return Ok(None);
    }
    let commits = read_global(from)?.commits;
    let to = SledKv::open(copy, Duration::ZERO)?;
    let mut after = Vec::new();
    loop {
        let page = from.scan(&[], &after, BATCH)?;
        let Some((last, _)) = page.last() else { break };
        after = last.clone();
        to.apply(page.into_iter().map(|(key, value)| (key, Some(value))).collect::<Changes>())?;
        to.flush(commits)?;
    }
    let copied = KvStore::new(to)?;
    let report = super::Store::verify(&copied)?;
    match report.damaged.first() {
        Some(damage) => Err(StoreError::Damaged(damage.to_string())),
        None => Ok(Some(commits)),
    }
}
