//! A backup: one file with everything that this machine needs to go on after its disk is lost.
//!
//! # Shape
//! The line `comin-backup 1`, then one zstd stream of blocks, each behind its length (u32 big endian): the [`Head`]
//! as CBOR, pages of the store's entries (CBOR `[[key, value], …]`, in key order), an empty block, and 32 bytes:
//! the SHA-256 of all blocks with their lengths. A file that was cut off or altered is noticed as a whole, and each
//! entry of the store lies under a checksum of its own besides.
//!
//! The file holds the device's secret: it is written for its owner only, and whoever gets hold of it can work as
//! this machine. The partner key is not in it; that lies in the recovery kit.

mod schedule;

pub use schedule::{Backups, Last, file_name};

use crate::datadir::{self, DataDir, DataDirError, Settings, quoted};
use crate::store::{self, Entry, Filling, Kv, Store, StoreError};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::engine::{STATE_UNCONFIRMED, Write as StoreWrite, chosen_federation};
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::PartnerId;
use comin_protocol::roster::Roster;
use comin_protocol::statement::SignedStatement;
use minicbor::bytes::{ByteArray, ByteVec};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The first line of the file, with the version of its form.
const MAGIC: &[u8] = b"comin-backup 1\n";
/// Compression level: the snapshots in it are compressed already, and rows shrink to a third at any level.
const LEVEL: i32 = 3;
/// Entries of one page.
const PAGE: usize = 512;
/// What stays free on the data directory's disk, in bytes, besides as much as the store takes: the next edits.
const ROOM_BYTES: u64 = 64 * 1024 * 1024;
/// How the names of unfinished files end.
const PART_SUFFIX: &str = ".part";
/// Largest block that is read, in bytes: a page of the largest values that the store writes, with room.
const BLOCK_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Who signs in over the office network, under which names, and which calendars read there.
const OFFICE_FILES: [&str; 3] = ["users.json", "office.json", crate::calendars::FILE];

/// What stands at the beginning.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
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
    /// `users.json`, `office.json` and `calendars.json`, where there were any: without the first two a node that is open
    /// to its office does not start.
    #[n(4)]
    office: Option<Vec<(String, String)>>,
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secret goes into no log.
        f.debug_struct("Head").field("made_ms", &self.made_ms).field("settings", &self.settings).finish_non_exhaustive()
    }
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
    /// The file system lets others read what is for its owner only.
    #[error("files in {} can be read by others, whatever their owner says", .0.display())]
    Exposed(PathBuf),
    /// Something lies where a node is to be restored.
    #[error("{} is not empty", .0.display())]
    Occupied(PathBuf),
    /// Another restore is at work, or has been killed.
    #[error("{} is there: another restore is at work, or one was killed", .0.display())]
    Unfinished(PathBuf),
    /// The node has been given no directory for backups.
    #[error("no directory for backups was named")]
    Nowhere,
    /// Another one that was asked for is being made.
    #[error("another backup is being made")]
    UnderWay,
    /// The disk of the data directory has too little room, in bytes.
    #[error("a backup needs {} MB of free room on the data directory's disk", .0.div_ceil(1_000_000))]
    Full(u64),
}

impl BackupError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Io { cause, .. } if cause.kind() == io::ErrorKind::AlreadyExists => {
                "name a file that is not there yet".to_owned()
            }
            Self::Io { cause, .. } if cause.kind() == io::ErrorKind::NotFound => {
                "name a file or a directory that is there".to_owned()
            }
            Self::Io { .. } => {
                "check that it may be written (under systemd: ReadWritePaths in the unit), and that the \
                                disk is not full"
                    .to_owned()
            }
            Self::Exposed(_) => "mount it so that its files are for their owner only, or name another place".to_owned(),
            Self::Occupied(_) => "name an empty directory, or one that is not there, with `--data-dir DIR`".to_owned(),
            Self::Unfinished(dir) => format!("where no other restore runs: rm -r {}", quoted(dir)),
            Self::Nowhere => {
                "name one in node.toml: [backup] dir = \"/media/backup\"; then start the node again".to_owned()
            }
            Self::UnderWay => "wait until it is there".to_owned(),
            Self::Full(_) => "free some room; edits need it as well".to_owned(),
            Self::Unknown => "name a file that the verb `backup` wrote; a newer file needs a newer program".to_owned(),
            Self::Damaged(_) => "nothing was changed; try an older backup: comin restore FILE --check".to_owned(),
            Self::Store(StoreError::Damaged(_)) => "comin check --repair".to_owned(),
            Self::Store(StoreError::Newer { .. }) => "use the comin that wrote it, or a newer one".to_owned(),
            Self::Store(_) => "free space or mend permissions, then try again".to_owned(),
            Self::DataDir(DataDirError::Initialised(dir)) => format!(
                "stop its node and move it aside: mv {} {}; or restore into another place with `--data-dir DIR`",
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
    /// The federation that it knows, and how many partners of it. Whoever was admitted later the restored node does
    /// not know, and finds only through those.
    pub federation: Option<(String, u64)>,
}

/// A finished backup in a file without a name, which goes when this is dropped.
pub struct Spooled(File);

impl Spooled {
    /// Makes a backup on the data directory's own disk, so that edits wait for that disk and not for the place where
    /// the backup is kept. The store is checked before.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn make(dir: &DataDir, store: &dyn Store, now_ms: u64) -> Result<Self, BackupError> {
        let config = match fs::read_to_string(dir.config_file()) {
            Ok(text) => Some(text),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return Err(BackupError::Io { path: dir.config_file(), cause }),
        };
        let settings =
            serde_json::to_string(&dir.settings()?).map_err(|error| BackupError::Damaged(error.to_string()))?;
        let mut office = Vec::new();
        for name in OFFICE_FILES {
            office.extend(dir.private_text(name)?.map(|text| (name.to_owned(), text)));
        }
        let head = Head {
            made_ms: now_ms,
            secret: dir.signer()?.to_secret().into(),
            settings,
            config,
            office: Some(office).filter(|files| !files.is_empty()),
        };
        check_room(dir)?;
        // A backup of a damaged store would take the place of sound ones.
        if let Some(damage) = store.verify()?.damaged.first() {
            return Err(StoreError::Damaged(damage.to_string()).into());
        }
        let path = dir.path().join("backup.spool");
        let failed = |cause: io::Error| BackupError::Io { path: path.clone(), cause };
        let _ = fs::remove_file(&path);
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
        fs::remove_file(&path).map_err(failed)?;
        let mut file = write_blocks(&head, store, file, &path)?;
        file.rewind().map_err(failed)?;
        Ok(Self(file))
    }
}

impl Read for Spooled {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

/// Refuses where the backup could take the room that the next edits need.
fn check_room(dir: &DataDir) -> Result<(), BackupError> {
    let failed = |cause: io::Error| BackupError::Io { path: dir.path().to_owned(), cause };
    let disk = rustix::fs::statvfs(dir.path()).map_err(|error| failed(error.into()))?;
    let needed = store::disk_bytes(&dir.store()).map_err(failed)? + ROOM_BYTES;
    if disk.f_bavail.saturating_mul(disk.f_frsize) < needed { Err(BackupError::Full(needed)) } else { Ok(()) }
}

/// A file on its way: it takes its name when it is whole, and goes when it is not finished.
pub struct Part {
    to: PathBuf,
    beside: PathBuf,
    file: Option<File>,
}

impl Part {
    /// Begins a file that must not be there yet, for its owner only.
    ///
    /// # Errors
    /// [`BackupError::Io`]; [`BackupError::Exposed`] where the file system gives others access whatever one asks for.
    pub fn create(to: &Path) -> Result<Self, BackupError> {
        let failed = |cause: io::Error| BackupError::Io { path: to.to_owned(), cause };
        if to.symlink_metadata().is_ok() {
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
        let name = to.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
        let beside = to.with_file_name(format!(".{}.{}", name.to_string_lossy(), part_end(datadir::random()?)));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(failed)?;
        let part = Self { to: to.to_owned(), beside, file: Some(file) };
        match part.file.as_ref().map(File::metadata).transpose().map_err(failed)? {
            Some(meta) if meta.mode() & 0o077 == 0 => Ok(part),
            _ => Err(BackupError::Exposed(to.parent().unwrap_or(Path::new(".")).to_owned())),
        }
    }

    /// Gives the file its name and tells its size in bytes.
    ///
    /// # Errors
    /// [`BackupError::Io`]; nothing is left.
    pub fn finish(mut self) -> Result<u64, BackupError> {
        let failed = |cause: io::Error| BackupError::Io { path: self.to.clone(), cause };
        // INVARIANT: the file is taken here alone.
        let Some(file) = self.file.take() else { return Err(failed(io::ErrorKind::NotFound.into())) };
        file.sync_all().map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        take_name(&self.beside, &self.to).map_err(failed)?;
        if let Err(error) = datadir::sync_parent(&self.to) {
            tracing::warn!(file = %self.to.display(), %error, "the new name may not survive a power cut");
        }
        Ok(bytes)
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Where it has taken its name there is nothing to remove.
        let _ = fs::remove_file(&self.beside);
    }
}

/// How the name of an unfinished file ends; chance keeps two of them apart.
fn part_end(chance: [u8; 4]) -> String {
    format!("{}{PART_SUFFIX}", comin_protocol::ids::to_hex(&chance))
}

/// Renames, never over another file.
fn take_name(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system without this has hard links, which do the same.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => fs::hard_link(from, to),
        other => Ok(other?),
    }
}

fn write_blocks(head: &Head, store: &dyn Store, file: File, path: &Path) -> Result<File, BackupError> {
    let failed = |cause: io::Error| BackupError::Io { path: path.to_owned(), cause };
    let mut plain = BufWriter::new(file);
    plain.write_all(MAGIC).map_err(failed)?;
    let stream = zstd::stream::Encoder::new(plain, LEVEL).map_err(failed)?;
    let mut blocks = Blocks { hash: Sha256::new(), stream };
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
    plain.into_inner().map_err(|error| failed(error.into_error()))
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

/// Makes a node's data directory from a backup: beside it first, and in its place when it is whole. The node then
/// signs nothing for the federation until others have confirmed what it had signed after the backup was made.
///
/// # Errors
/// [`BackupError`]; the directory is as it was, and nothing is left beside it.
pub fn restore(file: &Path, dir: &DataDir) -> Result<Contents, BackupError> {
    let failed = |path: &Path, cause: io::Error| BackupError::Io { path: path.to_owned(), cause };
    if dir.is_initialised() || dir.path().join("device.key").exists() {
        return Err(DataDirError::Initialised(dir.path().to_owned()).into());
    }
    match fs::read_dir(dir.path()).map(|mut entries| entries.next().is_some()) {
        Ok(false) => {}
        Ok(true) => return Err(BackupError::Occupied(dir.path().to_owned())),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
        Err(cause) => return Err(failed(dir.path(), cause)),
    }
    let name = dir.path().file_name().unwrap_or_default().to_string_lossy();
    let beside = dir.path().with_file_name(format!(".{name}.restoring"));
    let above = beside.parent().unwrap_or(Path::new("/")).to_owned();
    fs::create_dir_all(&above).map_err(|cause| failed(&above, cause))?;
    // One that is there belongs to another restore, or to one that was killed.
    DirBuilder::new().mode(0o700).create(&beside).map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Unfinished(beside.clone()),
        _ => failed(&beside, cause),
    })?;
    let restored = restore_into(file, &DataDir::locate(Some(beside.clone()))?).and_then(|contents| {
        fs::rename(&beside, dir.path()).map_err(|cause| failed(dir.path(), cause))?;
        datadir::sync_parent(dir.path()).map_err(|cause| failed(dir.path(), cause))?;
        Ok(contents)
    });
    if restored.is_err() {
        let _ = fs::remove_dir_all(&beside);
    }
    restored
}

fn restore_into(file: &Path, dir: &DataDir) -> Result<Contents, BackupError> {
    let (head, store) = fill(file, Filling::in_dir(&dir.store())?)?;
    store.commit(&[vec![StoreWrite::PutState(STATE_UNCONFIRMED.to_owned(), Vec::new())]])?;
    let settings = head.settings()?;
    dir.write_statements(&store.statements()?)?;
    let signer = DeviceSigner::from_secret(&head.secret);
    dir.write_signer(&signer)?;
    // Without their keys the persons in it stay closed; peers that may bring them back do.
    if let Some(keys) = schedule::keys_beside(file, &signer.key()) {
        let bundle = fs::read(&keys).map_err(|cause| BackupError::Io { path: keys, cause })?;
        store::unbundle(&dir.person_keys(), &bundle)?;
    }
    dir.api_token()?;
    if let Some(config) = &head.config {
        datadir::write_secret(&dir.config_file(), config)?;
    }
    // What a later version puts there is not written under any name that the file chooses.
    for (name, text) in head.office.iter().flatten().filter(|(name, _)| OFFICE_FILES.contains(&name.as_str())) {
        datadir::write_secret(&dir.path().join(name), text)?;
    }
    let contents = contents(head, &store)?;
    // Closed before the settings say that the directory is complete.
    drop(store);
    dir.write_settings(&settings)?;
    Ok(contents)
}

fn contents(head: Head, store: &dyn Store) -> Result<Contents, BackupError> {
    let boot = store.boot()?;
    let statements: Vec<_> = boot.statements.into_iter().map(SignedStatement::trusted).collect();
    let partner = head.settings()?.partner;
    let partner = PartnerId::from_hex(&partner).ok_or_else(|| BackupError::Damaged("its partner".to_owned()))?;
    let roster = Roster::build_in(&partner, chosen_federation(&boot.state), statements.iter());
    let partners = roster.partners.values().filter(|partner| partner.admitted).count() as u64;
    let federation = roster.federation.as_ref().map(|federation| (federation.name.clone(), partners));
    Ok(Contents { head, records: store.count_rows(None)?, federation })
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
