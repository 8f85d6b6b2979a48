//! A backup: one file with everything that this machine needs to go on after its disk is lost.
//!
//! # Shape
//! The line `comin-backup 1`, then one zstd stream of blocks, each behind its length (u32 big endian): the [`Head`]
//! as CBOR, pages of the store's entries (CBOR `[[key, value], …]`, in key order), an empty block, and 32 bytes:
//! the SHA-256 of everything before them. A file that was cut off or altered is noticed as a whole, and each entry
//! of the store lies under a checksum of its own besides.
//!
//! The file holds the device's secret: it is written for its owner only, and whoever gets hold of it can work as
//! this machine. The partner key is not in it; that lies in the recovery kit.

mod schedule;

pub use schedule::{Backups, Last, file_name};

use crate::datadir::{self, DataDir, DataDirError, Settings, quoted};
use crate::store::{self, Entry, Filling, Kv, Store, StoreError};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::engine::{STATE_UNCONFIRMED, Write as StoreWrite};
use comin_protocol::identity::DeviceSigner;
use minicbor::bytes::{ByteArray, ByteVec};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The first line of the file, with the version of its form.
const MAGIC: &[u8] = b"comin-backup 1\n";
/// Compression level: the snapshots in it are compressed already, and rows shrink to a third at any level.
const LEVEL: i32 = 3;
/// Entries of one page.
const PAGE: usize = 512;
/// Largest block that is read, in bytes: a page of the largest values that the store writes, with room.
const BLOCK_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What stands at the beginning.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Head {
    /// When it was made, in milliseconds since the Unix epoch, UTC.
    #[n(0)]
    pub made_ms: u64,
    /// The device's secret.
    #[n(1)]
    secret: ByteArray<32>,
    /// `node.json`.
    #[n(2)]
    settings: String,
    /// `node.toml`, where there was one.
    #[n(3)]
    config: Option<String>,
}

impl Head {
    /// Who made it.
    ///
    /// # Errors
    /// [`BackupError::Damaged`].
    pub fn settings(&self) -> Result<Settings, BackupError> {
        serde_json::from_str(&self.settings).map_err(|error| BackupError::Damaged(format!("its settings: {error}")))
    }
}

/// Why a backup could not be written or read. What was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It is no backup of this program, or of a newer one.
    #[error("the file is no backup that this version knows")]
    Unknown,
    /// It was cut off or altered.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// The store that is backed up, or made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data directory.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
}

impl BackupError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Io { cause, .. } if cause.kind() == io::ErrorKind::AlreadyExists => {
                "name a file that is not there yet".to_owned()
            }
            Self::Io { .. } => "check that the directory is there, is yours, and that the disk is not full".to_owned(),
            Self::Unknown => "name a file that `comin backup` wrote; a newer file needs a newer comin".to_owned(),
            Self::Damaged(_) => "nothing was changed; try an older backup: comin restore FILE --check".to_owned(),
            Self::Store(StoreError::Damaged(_)) => "comin check --repair".to_owned(),
            Self::Store(StoreError::Newer { .. }) => "use the comin that wrote it, or a newer one".to_owned(),
            Self::Store(_) => "free space or mend permissions, then try again".to_owned(),
            Self::DataDir(DataDirError::Initialised(dir)) => format!(
                "move it aside first: mv {} {}; or restore into another place with `--data-dir DIR`",
                quoted(dir),
                quoted(&dir.with_extension("old"))
            ),
            Self::DataDir(error) => error.hint(),
        }
    }
}

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contents {
    /// Its head.
    pub head: Head,
    /// Records in it, deleted ones included.
    pub records: u64,
    /// Documents in it.
    pub documents: u64,
    /// Statements in it.
    pub statements: u64,
}

/// Writes a backup to a file that must not be there yet. Edits wait meanwhile: some 10 ms for 1,000 records.
///
/// # Errors
/// [`BackupError`]; the file is there whole or not at all.
pub fn write(dir: &DataDir, store: &dyn Store, to: &Path, now_ms: u64) -> Result<u64, BackupError> {
    let failed = |cause: io::Error| BackupError::Io { path: to.to_owned(), cause };
    let config = match fs::read_to_string(dir.config_file()) {
        Ok(text) => Some(text),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
        Err(cause) => return Err(BackupError::Io { path: dir.config_file(), cause }),
    };
    let settings = serde_json::to_string(&dir.settings()?).map_err(|error| BackupError::Damaged(error.to_string()))?;
    let head = Head { made_ms: now_ms, secret: dir.signer()?.to_secret().into(), settings, config };
    if to.exists() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    // A backup of a damaged store would take the place of sound ones.
    if let Some(damage) = store.verify()?.damaged.first() {
        return Err(StoreError::Damaged(damage.to_string()).into());
    }
    let beside = beside(to);
    let _ = fs::remove_file(&beside);
    let written = write_file(&head, store, &beside).and_then(|bytes| {
        // Never over a file that appeared meanwhile.
        fs::hard_link(&beside, to).map_err(failed)?;
        datadir::sync_parent(to).map_err(failed)?;
        Ok(bytes)
    });
    let _ = fs::remove_file(&beside);
    written
}

/// Where the file is built.
fn beside(to: &Path) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!(".{name}.part"))
}

fn write_file(head: &Head, store: &dyn Store, path: &Path) -> Result<u64, BackupError> {
    let failed = |cause: io::Error| BackupError::Io { path: path.to_owned(), cause };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    let mut plain = BufWriter::new(file);
    plain.write_all(MAGIC).map_err(failed)?;
    let mut blocks = Blocks { hash: Sha256::new(), stream: zstd::stream::Encoder::new(plain, LEVEL).map_err(failed)? };
    blocks.put(&to_cbor(head)).map_err(failed)?;
    let mut page: Vec<(ByteVec, ByteVec)> = Vec::with_capacity(PAGE);
    store.each_entry(&mut |key, value| {
        page.push((key.to_vec().into(), value.to_vec().into()));
        if page.len() < PAGE {
            return Ok(());
        }
        let full = std::mem::take(&mut page);
        blocks.put(&to_cbor(&full)).map_err(|error| StoreError::Io(format!("{}: {error}", path.display())))
    })?;
    if !page.is_empty() {
        blocks.put(&to_cbor(&page)).map_err(failed)?;
    }
    let plain = blocks.end().map_err(failed)?;
    let file = plain.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(file.metadata().map_err(failed)?.len())
}

/// The blocks on their way out.
struct Blocks<W: Write> {
    hash: Sha256,
    stream: zstd::stream::Encoder<'static, W>,
}

impl<W: Write> Blocks<W> {
    fn put(&mut self, block: &[u8]) -> io::Result<()> {
        let length = u32::try_from(block.len()).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        for bytes in [&length.to_be_bytes()[..], block] {
            self.hash.update(bytes);
            self.stream.write_all(bytes)?;
        }
        Ok(())
    }

    fn end(mut self) -> io::Result<W> {
        self.put(&[])?;
        self.stream.write_all(&self.hash.finalize())?;
        self.stream.finish()
    }
}

/// Reads a backup to its end into memory and checks all of it, as [`restore`] does. Changes nothing.
///
/// # Errors
/// [`BackupError`].
pub fn check(file: &Path) -> Result<Contents, BackupError> {
    let (head, store) = fill(file, Filling::in_memory())?;
    contents(head, &store)
}

/// Makes a node's data directory from a backup. The node then signs nothing for the federation until others have
/// confirmed what it had signed after the backup was made.
///
/// # Errors
/// [`BackupError`]; of the new directory nothing stays.
pub fn restore(file: &Path, dir: &DataDir) -> Result<Contents, BackupError> {
    dir.create()?;
    if dir.store().exists() {
        return Err(DataDirError::Initialised(dir.path().to_owned()).into());
    }
    let restored = restore_into(file, dir);
    if restored.is_err() {
        let _ = fs::remove_dir_all(dir.store());
        for name in ["device.key", "statements", "api-token", "node.json"] {
            let _ = fs::remove_file(dir.path().join(name));
        }
    }
    restored
}

fn restore_into(file: &Path, dir: &DataDir) -> Result<Contents, BackupError> {
    let (head, store) = fill(file, Filling::in_dir(&dir.store())?)?;
    store.commit(&[vec![StoreWrite::PutState(STATE_UNCONFIRMED.to_owned(), Vec::new())]])?;
    let settings = head.settings()?;
    dir.write_statements(&store.statements()?)?;
    dir.write_signer(&DeviceSigner::from_secret(&head.secret))?;
    dir.api_token()?;
    if let Some(config) = head.config.as_ref().filter(|_| !dir.config_file().exists()) {
        datadir::write_secret(&dir.config_file(), config)?;
    }
    let contents = contents(head, &store)?;
    // Closed before the settings say that the directory is complete.
    drop(store);
    dir.write_settings(&settings)?;
    Ok(contents)
}

fn contents(head: Head, store: &dyn Store) -> Result<Contents, BackupError> {
    let boot = store.boot()?;
    head.settings()?;
    let documents = boot.docs.values().filter(|meta| !meta.frontier.is_empty()).count() as u64;
    Ok(Contents { head, records: store.count_rows(None)?, documents, statements: boot.statements.len() as u64 })
}

/// Reads the file into a new store, and checks both.
fn fill<K: Kv>(file: &Path, mut filling: Filling<K>) -> Result<(Head, store::KvStore<K>), BackupError> {
    let failed = |cause: io::Error| BackupError::Io { path: file.to_owned(), cause };
    let mut plain = BufReader::new(File::open(file).map_err(failed)?);
    let mut magic = [0; MAGIC.len()];
    match plain.read_exact(&mut magic) {
        Err(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => return Err(failed(cause)),
        Ok(()) if magic == MAGIC => {}
        _ => return Err(BackupError::Unknown),
    }
    let stream = zstd::stream::Decoder::with_buffer(plain).map_err(failed)?;
    let mut pieces = Pieces { hash: Sha256::new(), stream };
    let head: Head = from_cbor(&pieces.take()?).map_err(|error| BackupError::Damaged(error.to_string()))?;
    loop {
        let block = pieces.take()?;
        if block.is_empty() {
            break;
        }
        let page: Vec<(ByteVec, ByteVec)> =
            from_cbor(&block).map_err(|error| BackupError::Damaged(error.to_string()))?;
        filling.add(page.into_iter().map(|(key, value)| -> Entry { (key.into(), value.into()) }).collect())?;
    }
    pieces.end()?;
    match filling.finish() {
        Ok(store) => Ok((head, store)),
        Err(StoreError::Damaged(what)) => Err(BackupError::Damaged(what)),
        Err(error) => Err(error.into()),
    }
}

/// The blocks on their way in.
struct Pieces<R: Read> {
    hash: Sha256,
    stream: R,
}

impl<R: Read> Pieces<R> {
    fn take(&mut self) -> Result<Vec<u8>, BackupError> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).map_err(cut)?;
        let bytes = u32::from_be_bytes(length) as usize;
        if bytes > BLOCK_BYTES_MAX {
            return Err(BackupError::Damaged("a part of it is too long".to_owned()));
        }
        let mut block = vec![0; bytes];
        self.stream.read_exact(&mut block).map_err(cut)?;
        self.hash.update(length);
        self.hash.update(&block);
        Ok(block)
    }

    fn end(mut self) -> Result<(), BackupError> {
        let (mut stated, mut more) = ([0; 32], [0; 1]);
        self.stream.read_exact(&mut stated).map_err(cut)?;
        let found: [u8; 32] = self.hash.finalize().into();
        match self.stream.read(&mut more).map_err(cut)? {
            0 if found == stated => Ok(()),
            0 => Err(BackupError::Damaged("it does not match its checksum".to_owned())),
            _ => Err(BackupError::Damaged("something follows its end".to_owned())),
        }
    }
}

fn cut(error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => BackupError::Damaged("its end is missing".to_owned()),
        _ => BackupError::Damaged(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
