//! sled as the store's backend, with what it lacks: real fsync, a guard against damaged files, a mark of
//! the last flush.

use super::StoreError;
use super::guard::{caught, guarded};
use super::kv::{Changes, Entry, Kv};
use super::mark::Mark;
use super::salvage::hold;
use super::tidy::{self, Tidied};
use std::fs::{self, File};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Memory for sled's pages in bytes: the views of some 20,000 records, which are read again and again.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// How often sled's own thread collects garbage, in milliseconds; without the thread the file only grows. Each
/// round syncs the file, so a node at rest should have few.
const COLLECT_EVERY_MS: u64 = 500;
/// The same while a store is copied, in milliseconds: a copy of 10,000 records takes 1.8 times what lives in it
/// where garbage is collected so often, and 2.6 times at the pace above.
const COLLECT_COPY_EVERY_MS: u64 = 5;
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
    dir: PathBuf,
    /// `None` only while being dropped. Held for writing while another database takes its place.
    files: RwLock<Option<Files>>,
    /// Size on disk in bytes up to which tidying need not look, as far as it has looked.
    tidy_from_bytes: AtomicU64,
    /// Set once sled has panicked: its locks may be held for ever, so nothing calls it again.
    broken: AtomicBool,
    /// Reading goes on after a panic; whoever reads does so in a guarded thread.
    tolerant: bool,
}

/// What is open in the directory.
struct Files {
    db: sled::Db,
    /// A second handle to sled's file, for fsync.
    file: File,
    mark: Mark,
}

impl SledKv {
    /// Opens or creates the database in `dir`, waiting at most `wait` for another process to let go of it.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Io`], or [`StoreError::Damaged`] where sled fails, panics or hangs.
    pub fn open(dir: &Path, wait: Duration) -> Result<Self, StoreError> {
        Ok(Self::of(dir, Files::open(dir, wait, COLLECT_EVERY_MS)?))
    }

    /// Opens a new database to copy another one into.
    ///
    /// # Errors
    /// As [`SledKv::open`].
    pub(super) fn open_copy(dir: &Path) -> Result<Self, StoreError> {
        Ok(Self::of(dir, Files::open(dir, Duration::ZERO, COLLECT_COPY_EVERY_MS)?))
    }

    fn of(dir: &Path, files: Files) -> Self {
        Self {
            dir: dir.to_owned(),
            files: RwLock::new(Some(files)),
            tidy_from_bytes: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            tolerant: false,
        }
    }

    /// Where it lies.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Size on disk in bytes up to which [`tidy`] need not look.
    pub(super) fn tidy_from_bytes(&self) -> u64 {
        self.tidy_from_bytes.load(Ordering::Relaxed)
    }

    /// Remembers it.
    pub(super) fn set_tidy_from_bytes(&self, bytes: u64) {
        self.tidy_from_bytes.store(bytes, Ordering::Relaxed);
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

    /// Whether it has failed in a way after which nothing more is read or written.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Puts the closed database in `copy`, which must hold the same, in place of this one: on disk in one step,
    /// then here. Readers wait for some milliseconds; nobody may be writing. The old files end in `copy`.
    ///
    /// # Errors
    /// As [`SledKv::open`]; this database stays in its place, or is broken where that could not be done: then the
    /// open files lie in `copy`, and nothing is acknowledged from them any more.
    pub(super) fn replace(&self, copy: &Path) -> Result<(), StoreError> {
        let parent = self.dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let parent = open_file(parent)?;
        let old = {
            let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
            exchange(&self.dir, copy)?;
            let synced = parent.sync_all().map_err(|e| StoreError::Io(format!("{}: {e}", self.dir.display())));
            match synced.and_then(|()| Files::open(&self.dir, Duration::ZERO, COLLECT_EVERY_MS)) {
                Ok(new) => files.replace(new),
                Err(error) => {
                    let back = exchange(&self.dir, copy);
                    self.broken.fetch_or(back.is_err(), Ordering::Release);
                    return Err(error);
                }
            }
        };
        old.map_or(Ok(()), Files::close)
    }

    fn call<T>(&self, what: &str, call: impl FnOnce(&Files) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let Some(files) = files.as_ref().filter(|_| self.tolerant || !self.broken.load(Ordering::Acquire)) else {
            return Err(StoreError::Damaged("the database failed before".to_owned()));
        };
        // A panic must be told from an error that sled returns: only after a panic may its locks be held.
        let mut returned = false;
        let result = caught(what, || {
            let result = call(files);
            returned = true;
            result
        });
        if !returned {
            self.broken.store(true, Ordering::Release);
        }
        result
    }
}

impl Files {
    fn open(dir: &Path, wait: Duration, collect_every_ms: u64) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(|e| StoreError::Io(format!("{}: {e}", dir.display())))?;
        let db = open_waiting(dir, wait, collect_every_ms)?;
        let file = open_file(&dir.join("db"))?;
        // The directory's entries (database, settings, mark) must survive a power cut as well.
        let mark = Mark::open(&dir.join("mark"))?;
        open_file(dir)?.sync_all().map_err(|e| StoreError::Io(format!("{}: {e}", dir.display())))?;
        Ok(Self { db, file, mark })
    }

    /// Closes the database and waits until sled's threads have let go of its file.
    fn close(self) -> Result<(), StoreError> {
        let Self { db, file, mark: _ } = self;
        let closed = guarded("closing", Duration::from_millis(CLOSE_LIMIT_MS), move || {
            drop(db);
            Ok(())
        });
        wait_for_lock(&file);
        closed
    }
}

impl Kv for SledKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.call("reading", |files| Ok(files.db.get(key).map_err(from_sled)?.map(|value| value.to_vec())))
    }

    fn scan(&self, prefix: &[u8], after: &[u8], limit: usize) -> Result<Vec<Entry>, StoreError> {
        let from = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        self.call("scanning", |files| {
            let mut out = Vec::new();
            for entry in files.db.range::<&[u8], _>((from, Bound::Unbounded)).take(limit) {
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
        self.call("writing", |files| {
            let mut batch = sled::Batch::default();
            for (key, value) in changes {
                match value {
                    Some(value) => batch.insert(key, value),
                    None => batch.remove(key),
                }
            }
            files.db.apply_batch(batch).map_err(from_sled)
        })
    }

    fn flush(&self, commits: u64) -> Result<(), StoreError> {
        self.call("flushing", |files| {
            files.db.flush().map_err(from_sled)?;
            // sled's flush is `sync_file_range`, which writes neither metadata nor the disk's cache.
            files.file.sync_data().map_err(|e| StoreError::Io(format!("fsync: {e}")))?;
            files.mark.write(commits)
        })
    }

    fn flushed_commits(&self) -> Result<Option<u64>, StoreError> {
        self.call("reading", |files| files.mark.read())
    }

    fn tidy(&self, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Tidied>, StoreError> {
        tidy::copy_if_wasteful(self, go_on)
    }
}

impl Drop for SledKv {
    fn drop(&mut self) {
        let Some(files) = self.files.get_mut().unwrap_or_else(PoisonError::into_inner).take() else { return };
        if self.broken.load(Ordering::Acquire) {
            // Closing would wait for locks that nobody holds any more; the process ends soon.
            std::mem::forget(files);
            return;
        }
        // Everything acknowledged is on disk already, so nobody needs to hear how closing went.
        let _ = files.close();
    }
}

/// Swaps two directories in one step that a crash cannot halve. After an error they are as before.
fn exchange(one: &Path, other: &Path) -> Result<(), StoreError> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let failed = |e: rustix::io::Errno| StoreError::Io(format!("{}: {}", one.display(), std::io::Error::from(e)));
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(failed)
}

/// sled's own threads may hold its file, and so its lock, a little longer than the database.
fn wait_for_lock(file: &File) {
    use rustix::fs::{FlockOperation, flock};
    let until = Instant::now() + Duration::from_millis(LOCK_LIMIT_MS);
    while flock(file, FlockOperation::NonBlockingLockExclusive).is_err() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(BUSY_RETRY_MS));
    }
}

fn open_waiting(dir: &Path, wait: Duration, collect_every_ms: u64) -> Result<sled::Db, StoreError> {
    let until = Instant::now() + wait;
    loop {
        let before = inode(dir);
        let path = dir.to_owned();
        let opened = guarded("opening", Duration::from_millis(OPEN_LIMIT_MS), move || {
            remove_half_made(&path)?;
            let config = sled::Config::new().path(&path).cache_capacity(CACHE_BYTES);
            config.flush_every_ms(Some(collect_every_ms)).open().map_err(from_sled)
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

/// Removes tables of pages that sled could not finish, because the disk was full or the process killed: it takes
/// one of them for damage, and makes a new one from the log where there is none.
fn remove_half_made(dir: &Path) -> Result<(), StoreError> {
    let failed = |e: std::io::Error| StoreError::Io(format!("{}: {e}", dir.display()));
    // Without sled's lock another process may be making one just now.
    let _held = hold(dir)?;
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
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
