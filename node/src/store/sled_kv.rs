//! sled as the store's backend, with what it lacks: real fsync, a guard against damaged files, a mark of
//! the last flush.

use super::StoreError;
use super::guard::{caught, guarded};
use super::kv::{Changes, Entry, Kv};
use super::mark::Mark;
use std::fs::{self, File};
use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Memory for sled's pages in bytes: the views of some 20,000 records, which are read again and again.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// How often sled's own thread collects garbage, in milliseconds; without the thread the file only grows.
const COLLECT_EVERY_MS: u64 = 500;
/// How long sled may take to open, in milliseconds: replaying 100,000 records after a kill took 175 ms, so
/// this is damage and not work.
const OPEN_LIMIT_MS: u64 = 20_000;
/// How long closing may take, in milliseconds: it writes what the garbage collector has moved.
const CLOSE_LIMIT_MS: u64 = 20_000;
/// How long closing waits for sled's threads to let go of the file, in milliseconds.
const LOCK_LIMIT_MS: u64 = 5_000;
/// Pause between two attempts at a store that another process holds, in milliseconds.
const BUSY_RETRY_MS: u64 = 10;

/// A directory with a sled database (one tree) and the mark.
pub struct SledKv {
    /// `None` only while being dropped.
    db: Option<sled::Db>,
    /// A second handle to sled's file, for fsync.
    file: File,
    mark: Mark,
    /// Set once sled has panicked: its locks may be held for ever, so nothing calls it again.
    broken: AtomicBool,
    /// Reading goes on after a panic; whoever reads does so in a guarded thread.
    tolerant: bool,
}

impl SledKv {
    /// Opens or creates the database in `dir`, waiting at most `wait` for another process to let go of it.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Io`], or [`StoreError::Damaged`] where sled fails, panics or hangs.
    pub fn open(dir: &Path, wait: Duration) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(|e| StoreError::Io(format!("{}: {e}", dir.display())))?;
        let db = open_waiting(dir, wait)?;
        let file = open_file(&dir.join("db"))?;
        // The directory's entries (database, settings, mark) must survive a power cut as well.
        let mark = Mark::open(&dir.join("mark"))?;
        open_file(dir)?.sync_all().map_err(|e| StoreError::Io(format!("{}: {e}", dir.display())))?;
        Ok(Self { db: Some(db), file, mark, broken: AtomicBool::new(false), tolerant: false })
    }

    /// Opens a damaged database to read what survives, from a guarded thread: a panic is reported as damage
    /// and the next call tries again.
    ///
    /// # Errors
    /// As [`SledKv::open`].
    pub(super) fn open_tolerant(dir: &Path) -> Result<Self, StoreError> {
        let mut kv = Self::open(dir, Duration::ZERO)?;
        kv.tolerant = true;
        Ok(kv)
    }

    fn call<T>(&self, what: &str, call: impl FnOnce(&sled::Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let Some(db) = self.db.as_ref().filter(|_| self.tolerant || !self.broken.load(Ordering::Acquire)) else {
            return Err(StoreError::Damaged("the database failed before".to_owned()));
        };
        // A panic must be told from an error that sled returns: only after a panic may its locks be held.
        let mut returned = false;
        let result = caught(what, || {
            let result = call(db);
            returned = true;
            result
        });
        if !returned {
            self.broken.store(true, Ordering::Release);
        }
        result
    }
}

impl Kv for SledKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.call("reading", |db| Ok(db.get(key).map_err(from_sled)?.map(|value| value.to_vec())))
    }

    fn scan(&self, prefix: &[u8], after: &[u8], limit: usize) -> Result<Vec<Entry>, StoreError> {
        let from = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        self.call("scanning", |db| {
            let mut out = Vec::new();
            for entry in db.range::<&[u8], _>((from, Bound::Unbounded)).take(limit) {
                let (key, value) = entry.map_err(from_sled)?;
                if !key.starts_with(prefix) {
                    break;
                }
                out.push((key.to_vec(), value.to_vec()));
            }
            Ok(out)
        })
    }

    fn apply(&self, changes: Changes) -> Result<(), StoreError> {
        self.call("writing", |db| {
            let mut batch = sled::Batch::default();
            for (key, value) in changes {
                match value {
                    Some(value) => batch.insert(key, value),
                    None => batch.remove(key),
                }
            }
            db.apply_batch(batch).map_err(from_sled)
        })
    }

    fn flush(&self, commits: u64) -> Result<(), StoreError> {
        self.call("flushing", |db| db.flush().map_err(from_sled))?;
        // sled's flush is `sync_file_range`, which writes neither metadata nor the disk's cache.
        self.file.sync_data().map_err(|e| StoreError::Io(format!("fsync: {e}")))?;
        self.mark.write(commits)
    }

    fn flushed_commits(&self) -> Result<Option<u64>, StoreError> {
        self.mark.read()
    }
}

impl Drop for SledKv {
    fn drop(&mut self) {
        let Some(db) = self.db.take() else { return };
        if self.broken.load(Ordering::Acquire) {
            // Closing would wait for locks that nobody holds any more; the process ends soon.
            std::mem::forget(db);
            return;
        }
        // Everything acknowledged is on disk already, so nobody needs to hear how closing went.
        let _ = guarded("closing", Duration::from_millis(CLOSE_LIMIT_MS), move || {
            drop(db);
            Ok(())
        });
        self.wait_for_lock();
    }
}

impl SledKv {
    /// sled's own threads may hold its file, and so its lock, a little longer than the database.
    fn wait_for_lock(&self) {
        use rustix::fs::{FlockOperation, flock};
        let until = Instant::now() + Duration::from_millis(LOCK_LIMIT_MS);
        while flock(&self.file, FlockOperation::NonBlockingLockExclusive).is_err() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(BUSY_RETRY_MS));
        }
    }
}

fn open_waiting(dir: &Path, wait: Duration) -> Result<sled::Db, StoreError> {
    let until = Instant::now() + wait;
    loop {
        let before = inode(dir);
        let path = dir.to_owned();
        let opened = guarded("opening", Duration::from_millis(OPEN_LIMIT_MS), move || {
            let config = sled::Config::new().path(&path).cache_capacity(CACHE_BYTES);
            config.flush_every_ms(Some(COLLECT_EVERY_MS)).open().map_err(from_sled)
        });
        match opened {
            // Tidying may have put another directory in its place after sled had opened the old file.
            Ok(_) if inode(dir) != before => {}
            Err(StoreError::Busy) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(BUSY_RETRY_MS));
            }
            result => return result,
        }
    }
}

fn inode(dir: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(dir).ok().map(|meta| meta.ino())
}

fn open_file(path: &Path) -> Result<File, StoreError> {
    File::open(path).map_err(|e| StoreError::Io(format!("{}: {e}", path.display())))
}

/// sled tells a held lock from other failures only by its text.
fn from_sled(error: sled::Error) -> StoreError {
    use std::io::ErrorKind;
    match error {
        sled::Error::Io(e) if e.to_string().contains("could not acquire lock") => StoreError::Busy,
        sled::Error::Io(e) if matches!(e.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData) => {
            StoreError::Damaged(format!("sled: {e}"))
        }
        // sled hands an error on as a new one of the same kind, whose text is for programmers.
        sled::Error::Io(e) if e.kind() != ErrorKind::Other => StoreError::Io(e.kind().to_string()),
        sled::Error::Io(e) => StoreError::Io(e.to_string()),
        other => StoreError::Damaged(format!("sled: {other}")),
    }
}
