//! The data directory: everything that one node keeps on its machine.
//!
//! # Shape
//!
//! | file | what | mode |
//! |---|---|---|
//! | `store/` | statements, documents, rows | 0700 |
//! | `machine-request` | what a further machine asks, until it is certified | 0600 |
//! | `statements` | a copy of the statements, from which a repaired store finds its federation again | 0600 |
//! | `device.key` | the device's secret, 64 hex digits | 0600 |
//! | `node.json` | [`Settings`]; written last by `init`, so that its presence means a complete directory | 0600 |
//! | `api-token` | bearer token for programs on this machine | 0600 |
//! | `users.json` | who signs in over the office network | 0600 |
//! | `office.json` | the names of this node there, and the authority that signs for them | 0600 |
//! | `control.sock` | the running node, for the command line | 0600 |
//! | `node.toml` | configuration, optional, never written by the node | any |
//!
//! The partner key is not here: it lives in the recovery kit.

use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::{PartnerId, from_hex, to_hex};
use comin_protocol::statement::SignedStatement;
use serde::{Deserialize, Serialize};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The version of [`Settings`] that this program writes.
const SETTINGS_SCHEMA: u32 = 1;
/// Largest secret or settings file in bytes: they hold a few short lines.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Largest copy of the statements in bytes: some 100,000 of them.
const STATEMENTS_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// What a further machine has asked.
const REQUEST_FILE: &str = "machine-request";
/// Longest path of a Unix socket in bytes, one less than Linux's `sun_path`.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// Where a node keeps what it keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataDir(PathBuf);

/// Who this node is, for programs that do not open the store.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The version of this file.
    pub schema: u32,
    /// The partner's id.
    pub partner: String,
    /// The partner's name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// BCP 47 code of the language in which pages and labels are shown where nobody chooses one.
    pub language: String,
    /// The device's name for people.
    pub device: String,
}

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Neither an option nor the environment says where it is.
    #[error("no data directory: neither COMIN_DATA_DIR nor XDG_DATA_HOME nor HOME is set")]
    Nowhere,
    /// Nothing has been set up there.
    #[error("{} holds no node", .0.display())]
    Uninitialised(PathBuf),
    /// There is a node already.
    #[error("{} holds a node already", .0.display())]
    Initialised(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A file does not hold what it must.
    #[error("{} is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// There is a node, and no store.
    #[error("the store is gone from {}", .0.display())]
    StoreGone(PathBuf),
    /// A secret that others on this machine can read.
    #[error("{} can be read by others on this machine", .0.display())]
    Exposed(PathBuf),
    /// The socket's path is longer than the system allows.
    #[error("{} is too long for a socket", .0.display())]
    PathTooLong(PathBuf),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandom,
}

impl DataDirError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Nowhere => "name a directory with `--data-dir DIR`".to_owned(),
            Self::Uninitialised(dir) => {
                format!("comin --data-dir {} init --name NAME --country IT", quoted(dir))
            }
            Self::Initialised(dir) => {
                format!("comin --data-dir {} status, or name another directory with `--data-dir DIR`", quoted(dir))
            }
            Self::Io { .. } => "check that the directory is there, is yours, and that the disk is not full".to_owned(),
            Self::Damaged { .. } => {
                "put the file back from a backup, or begin in a new directory: comin restore FILE, or comin init --recover KIT".to_owned()
            }
            Self::StoreGone(dir) => format!("comin --data-dir {} check --repair", quoted(dir)),
            Self::Exposed(path) => format!("chmod 600 {}", quoted(path)),
            Self::PathTooLong(_) => "choose a shorter data directory with `--data-dir DIR`".to_owned(),
            Self::NoRandom => "start the machine again, or report this fault".to_owned(),
        }
    }
}

/// A path as it can be pasted into a shell.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

impl DataDir {
    /// The directory given, else `$COMIN_DATA_DIR`, else `comin` in the user's data directory.
    ///
    /// # Errors
    /// [`DataDirError::Nowhere`].
    pub fn locate(given: Option<PathBuf>) -> Result<Self, DataDirError> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let found = given
            .or_else(|| set("COMIN_DATA_DIR"))
            .or_else(|| set("XDG_DATA_HOME").map(|dir| dir.join("comin")))
            .or_else(|| set("HOME").map(|dir| dir.join(".local/share/comin")))
            .ok_or(DataDirError::Nowhere)?;
        // A path in a hint or a log must mean the same from everywhere.
        std::path::absolute(&found).map(Self).map_err(|cause| DataDirError::Io { path: found, cause })
    }

    /// An empty one for a test, gone with the first value.
    #[cfg(test)]
    pub(crate) fn temporary() -> (tempfile::TempDir, Self) {
        let temp = tempfile::tempdir().expect("a directory");
        let dir = Self(temp.path().join("node"));
        dir.create().expect("is made");
        (temp, dir)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The store's directory.
    pub fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    /// Where the keys of persons are.
    pub fn person_keys(&self) -> PathBuf {
        self.0.join("persons")
    }

    /// Where the store is, which `init` has made: what would be opened in its place is empty, and nobody would know.
    ///
    /// # Errors
    /// [`DataDirError::StoreGone`].
    pub fn existing_store(&self) -> Result<PathBuf, DataDirError> {
        let store = self.store();
        if store.join("db").exists() { Ok(store) } else { Err(DataDirError::StoreGone(self.0.clone())) }
    }

    /// Keeps a copy of the statements beside the store. They are signed facts of the whole federation without
    /// personal data; without them a node whose store is lost belongs to nobody, and no peer gives anything back.
    ///
    /// # Errors
    /// [`DataDirError::Io`].
    pub fn write_statements(&self, statements: &[SignedStatement]) -> Result<(), DataDirError> {
        write_secret(&self.0.join("statements"), to_cbor(&statements.to_vec()))
    }

    /// The statements of that copy whose signatures verify; none where there is no copy or it cannot be read.
    pub fn statements(&self) -> Vec<SignedStatement> {
        let mut bytes = Vec::new();
        let read = File::open(self.0.join("statements"))
            .and_then(|file| file.take(STATEMENTS_BYTES_MAX).read_to_end(&mut bytes));
        let statements: Vec<SignedStatement> = read.ok().and_then(|_| from_cbor(&bytes).ok()).unwrap_or_default();
        statements.into_iter().filter(|signed| signed.clone().verify().is_ok()).collect()
    }

    /// The configuration, which may not exist.
    pub fn config_file(&self) -> PathBuf {
        self.0.join("node.toml")
    }

    /// The running node's socket.
    ///
    /// # Errors
    /// [`DataDirError::PathTooLong`].
    pub fn socket(&self) -> Result<PathBuf, DataDirError> {
        let path = self.0.join("control.sock");
        if path.as_os_str().len() > SOCKET_PATH_BYTES_MAX {
            return Err(DataDirError::PathTooLong(path));
        }
        Ok(path)
    }

    /// Whether `init` has been here and came to its end.
    pub fn is_initialised(&self) -> bool {
        self.0.join("node.json").exists()
    }

    /// Whether nothing of a node is here: neither whole nor in part.
    pub fn is_empty(&self) -> bool {
        !["node.json", "device.key", "store"].iter().any(|name| self.0.join(name).exists())
    }

    /// Whether this machine has a key with which nothing was done yet, and waits for another one of its partner to certify
    /// it. What a node has left that was damaged is no such thing.
    pub fn awaits_certificate(&self) -> bool {
        let has = |name: &str| self.0.join(name).exists();
        has("device.key") && !["node.json", "store", "statements"].iter().any(|name| has(name))
    }

    /// Makes the directory, for its owner only.
    ///
    /// # Errors
    /// [`DataDirError::Initialised`] where a node is there already; [`DataDirError::Io`].
    pub fn create(&self) -> Result<(), DataDirError> {
        if self.is_initialised() || self.0.join("device.key").exists() {
            return Err(DataDirError::Initialised(self.0.clone()));
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .map_err(|cause| DataDirError::Io { path: self.0.clone(), cause })
    }

    /// Who this node is.
    ///
    /// # Errors
    /// [`DataDirError`].
    pub fn settings(&self) -> Result<Settings, DataDirError> {
        let path = self.0.join("node.json");
        if !path.exists() {
            return Err(DataDirError::Uninitialised(self.0.clone()));
        }
        let text = read_text(&path)?;
        serde_json::from_str(&text).map_err(|error| DataDirError::Damaged { path, what: error.to_string() })
    }

    /// Writes who this node is; the last step of `init`.
    ///
    /// # Errors
    /// [`DataDirError::Io`].
    pub fn write_settings(&self, settings: &Settings) -> Result<(), DataDirError> {
        let path = self.0.join("node.json");
        // INVARIANT: a struct of strings and one number has no value that JSON lacks.
        let text = serde_json::to_string_pretty(settings).unwrap_or_else(|_| unreachable!("settings are JSON"));
        write_secret(&path, format!("{text}\n"))
    }

    /// The device's secret.
    ///
    /// # Errors
    /// [`DataDirError`].
    pub fn signer(&self) -> Result<DeviceSigner, DataDirError> {
        let text = self.private_text("device.key")?.ok_or_else(|| DataDirError::Uninitialised(self.0.clone()))?;
        let secret = from_hex::<32>(text.trim());
        let damaged = || DataDirError::Damaged { path: self.0.join("device.key"), what: "not a device key".to_owned() };
        secret.map(|secret| DeviceSigner::from_secret(&secret)).ok_or_else(damaged)
    }

    /// Writes the device's secret.
    ///
    /// # Errors
    /// [`DataDirError::Io`].
    pub fn write_signer(&self, signer: &DeviceSigner) -> Result<(), DataDirError> {
        write_secret(&self.0.join("device.key"), format!("{}\n", to_hex(&signer.to_secret())))
    }

    /// Keeps what a further machine asks, until it is answered.
    ///
    /// # Errors
    /// [`DataDirError::Io`].
    pub fn write_request(&self, text: &str) -> Result<(), DataDirError> {
        write_secret(&self.0.join(REQUEST_FILE), format!("{text}\n"))
    }

    /// What this machine has asked, if it waits for the answer.
    pub fn request(&self) -> Option<String> {
        self.private_text(REQUEST_FILE).ok().flatten()
    }

    /// The request has been answered, or taken back.
    pub fn remove_request(&self) {
        // One that stays is worth nothing and says no secret.
        let _ = std::fs::remove_file(self.0.join(REQUEST_FILE));
    }

    /// Forgets a device key under which nothing was done yet.
    ///
    /// # Errors
    /// [`DataDirError::Io`].
    pub fn remove_signer(&self) -> Result<(), DataDirError> {
        let path = self.0.join("device.key");
        std::fs::remove_file(&path).map_err(|cause| DataDirError::Io { path, cause })
    }

    /// The token for programs on this machine; made where there is none.
    ///
    /// # Errors
    /// [`DataDirError`].
    pub fn api_token(&self) -> Result<String, DataDirError> {
        if let Some(token) = self.private_text("api-token")? {
            return Ok(token.trim().to_owned());
        }
        let token = to_hex(&random::<32>()?);
        write_secret(&self.0.join("api-token"), format!("{token}\n"))?;
        Ok(token)
    }

    /// A file that nobody but its owner may read; `None`: it is not there.
    ///
    /// # Errors
    /// [`DataDirError::Exposed`] where others on this machine can read it; [`DataDirError::Io`].
    pub fn private_text(&self, name: &str) -> Result<Option<String>, DataDirError> {
        let path = self.0.join(name);
        if !path.exists() {
            return Ok(None);
        }
        let mode = std::fs::metadata(&path).map_err(|cause| DataDirError::Io { path: path.clone(), cause })?.mode();
        if mode & 0o077 != 0 {
            return Err(DataDirError::Exposed(path));
        }
        read_text(&path).map(Some)
    }
}

impl Settings {
    /// The settings of a new node.
    pub fn new(partner: &PartnerId, name: &str, country: &str, language: &str, device: &str) -> Self {
        Self {
            schema: SETTINGS_SCHEMA,
            partner: partner.to_string(),
            name: name.to_owned(),
            country: country.to_owned(),
            language: language.to_owned(),
            device: device.to_owned(),
        }
    }
}

/// Fresh random bytes.
///
/// # Errors
/// [`DataDirError::NoRandom`].
pub fn random<const N: usize>() -> Result<[u8; N], DataDirError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| DataDirError::NoRandom)?;
    Ok(bytes)
}

/// Writes a file for its owner's eyes only, that is there whole after a crash or not at all. Replaces.
///
/// # Errors
/// [`DataDirError::Io`].
pub fn write_secret(path: &Path, content: impl AsRef<[u8]>) -> Result<(), DataDirError> {
    let write = || {
        let beside = path.with_extension("new");
        // One left behind by a crash may have been made by anyone; ours is made afresh with its mode.
        let _ = std::fs::remove_file(&beside);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(content.as_ref())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        sync_parent(path)
    };
    write().map_err(|cause| DataDirError::Io { path: path.to_owned(), cause })
}

/// Writes a file for its owner's eyes only; one that is there already is never touched.
///
/// # Errors
/// [`DataDirError::Io`], of kind `AlreadyExists` where it is there.
pub fn write_secret_once(path: &Path, text: &str) -> Result<(), DataDirError> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        sync_parent(path)
    };
    write().map_err(|cause| DataDirError::Io { path: path.to_owned(), cause })
}

/// Makes a new name in a directory survive a power cut.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

/// The text of a small file.
///
/// # Errors
/// [`DataDirError`].
pub fn read_text(path: &Path) -> Result<String, DataDirError> {
    let io = |cause| DataDirError::Io { path: path.to_owned(), cause };
    let mut text = String::new();
    let read = File::open(path).map_err(io)?.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(io)?;
    if read as u64 == FILE_BYTES_MAX {
        return Err(DataDirError::Damaged { path: path.to_owned(), what: "far too long".to_owned() });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::identity::PartnerSigner;
    use comin_protocol::statement::Rights;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn keeps_secrets_for_the_owner() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::locate(Some(temp.path().join("node"))).unwrap();
        dir.create().unwrap();
        assert_eq!(mode(dir.path()), 0o700, "nobody else looks into the directory");
        let signer = DeviceSigner::from_secret(&[7; 32]);
        dir.write_signer(&signer).unwrap();
        assert_eq!(mode(&dir.path().join("device.key")), 0o600, "nor at the key");
        assert_eq!(dir.signer().unwrap().to_secret(), [7; 32], "the key reads back");
        let token = dir.api_token().unwrap();
        assert_eq!(dir.api_token().unwrap(), token, "the token is made once");
        assert_eq!(mode(&dir.path().join("api-token")), 0o600, "and is for the owner");

        let key = dir.path().join("device.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = dir.signer().expect_err("a key that others can read is not used");
        assert!(refused.hint().starts_with("chmod 600"), "and the hint says how to close it: {}", refused.hint());
    }

    #[test]
    fn a_directory_is_complete_only_with_its_settings() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::locate(Some(temp.path().to_owned())).unwrap();
        assert!(matches!(dir.settings(), Err(DataDirError::Uninitialised(_))), "nothing is here yet");
        let settings = Settings::new(&PartnerId([1; 32]), "Lyon Emploi", "FR", "fr", "server");
        dir.write_settings(&settings).unwrap();
        assert_eq!(dir.settings().unwrap(), settings, "what was written reads back");
        assert!(matches!(dir.create(), Err(DataDirError::Initialised(_))), "a second node does not move in");
    }

    #[test]
    fn a_file_that_is_there_is_not_overwritten() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("kit.txt");
        write_secret_once(&path, "first").unwrap();
        assert!(write_secret_once(&path, "second").is_err(), "the second kit finds the first");
        assert_eq!(read_text(&path).unwrap(), "first", "which stays as it was");
    }

    #[test]
    fn statements_are_kept_and_only_sound_ones_come_back() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::locate(Some(temp.path().to_owned())).unwrap();
        assert_eq!(dir.statements(), [], "a directory without a copy has none");
        let (partner, device) = (PartnerSigner::from_secret(&[1; 32]), DeviceSigner::from_secret(&[2; 32]));
        let sound = SignedStatement::certificate(&partner, &device, Rights::ALL, "Veneto", "IT", "server");
        let mut forged = sound.clone();
        forged.body.push(0);
        dir.write_statements(&[sound.clone(), forged]).unwrap();
        assert_eq!(dir.statements(), [sound], "a statement whose signature fails is left out");
        std::fs::write(temp.path().join("statements"), b"damaged").unwrap();
        assert_eq!(dir.statements(), [], "a copy that cannot be read gives nothing");
    }

    #[test]
    fn a_store_that_is_gone_is_not_made_anew() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::locate(Some(temp.path().to_owned())).unwrap();
        let gone = dir.existing_store().expect_err("there is none");
        assert!(gone.hint().ends_with("check --repair"), "and the hint says what helps: {}", gone.hint());
        std::fs::create_dir(dir.store()).unwrap();
        std::fs::write(dir.store().join("db"), b"").unwrap();
        assert_eq!(dir.existing_store().unwrap(), dir.store(), "one that is there is used");
    }

    #[test]
    fn paths_can_be_pasted() {
        assert_eq!(quoted(Path::new("/var/lib/comin")), "/var/lib/comin", "a plain path stays plain");
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'", "any other one is quoted");
    }
}
