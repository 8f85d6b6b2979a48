//! The keys under which persons lie in the store, one file each, outside of it.
//!
//! A value that is removed from sled stays readable in its file; without its key it says nothing. So a person is
//! erased by removing one small file.

use super::StoreError;
use crate::datadir;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::ids::{DocId, RegisterId};
use minicbor::bytes::ByteArray;
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How the names of key files end.
const SUFFIX: &str = "key";
/// Bytes of the nonce before what is sealed: random, and so long that none comes twice.
const NONCE_BYTES: usize = 24;

/// The keys of one node, in memory and in their directory.
pub struct PersonKeys {
    dir: PathBuf,
    keys: Mutex<BTreeMap<RegisterId, [u8; 32]>>,
}

impl PersonKeys {
    /// Reads the keys in `dir`, which is made with the first one.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Ok(Self { dir: dir.to_owned(), keys: Mutex::new(read_all(dir)?) })
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<RegisterId, [u8; 32]>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The persons that have a key here.
    pub fn persons(&self) -> Vec<DocId> {
        self.held().keys().map(|register| DocId::person(*register)).collect()
    }

    /// Whether a person's document can be read.
    pub fn has(&self, doc: &DocId) -> bool {
        self.held().contains_key(&doc.register)
    }

    /// Seals what belongs to a person; makes the key, on disk first, where there is none.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn seal(&self, doc: &DocId, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = self.key_of(doc)?;
        let nonce: [u8; NONCE_BYTES] = random()?;
        let payload = Payload { msg: plain, aad: &doc.to_hash() };
        let sealed = cipher(&key).encrypt(XNonce::from_slice(&nonce), payload);
        // INVARIANT: the cipher refuses messages of 256 GiB and more, and nothing else.
        let sealed = sealed.map_err(|_| StoreError::Io("a person could not be sealed".to_owned()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// What was sealed; `None` where the person has no key any more.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is not what was sealed under this key.
    pub fn unseal(&self, doc: &DocId, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(key) = self.held().get(&doc.register).copied() else { return Ok(None) };
        let damaged = || StoreError::Damaged(format!("what is sealed of document {doc} does not open with its key"));
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(damaged)?;
        let payload = Payload { msg: sealed, aad: &doc.to_hash() };
        cipher(&key).decrypt(XNonce::from_slice(nonce), payload).map(Some).map_err(|_| damaged())
    }

    /// Removes a person's key for good.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn remove(&self, doc: &DocId) -> Result<(), StoreError> {
        if self.held().remove(&doc.register).is_none() {
            return Ok(());
        }
        let path = self.path_of(doc);
        let gone = overwrite(&path).and_then(|()| fs::remove_file(&path)).and_then(|()| datadir::sync_parent(&path));
        gone.map_err(|error| io(&path, &error))
    }

    fn key_of(&self, doc: &DocId) -> Result<[u8; 32], StoreError> {
        let mut held = self.held();
        if let Some(key) = held.get(&doc.register) {
            return Ok(*key);
        }
        let key = random()?;
        write(&self.dir, &doc.register, &key)?;
        held.insert(doc.register, key);
        Ok(key)
    }

    fn path_of(&self, doc: &DocId) -> PathBuf {
        self.dir.join(format!("{}.{SUFFIX}", doc.register))
    }
}

/// The keys of a directory as one text of bytes, for the file beside the backups.
///
/// # Errors
/// [`StoreError::Io`].
pub fn bundle(dir: &Path) -> Result<Vec<u8>, StoreError> {
    let keys: Vec<(RegisterId, ByteArray<32>)> =
        read_all(dir)?.into_iter().map(|(register, key)| (register, key.into())).collect();
    Ok(to_cbor(&keys))
}

/// Writes the keys of a [`bundle`] into a directory.
///
/// # Errors
/// [`StoreError::Damaged`] where it is none; [`StoreError::Io`].
pub fn unbundle(dir: &Path, bundle: &[u8]) -> Result<(), StoreError> {
    let keys: Vec<(RegisterId, ByteArray<32>)> =
        from_cbor(bundle).map_err(|_| StoreError::Damaged("the file with the keys of persons".to_owned()))?;
    keys.iter().try_for_each(|(register, key)| write(dir, register, key))
}

fn write(dir: &Path, register: &RegisterId, key: &[u8; 32]) -> Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|error| io(dir, &error))?;
    let path = dir.join(format!("{register}.{SUFFIX}"));
    datadir::write_secret(&path, key).map_err(|error| StoreError::Io(error.to_string()))
}

fn read_all(dir: &Path) -> Result<BTreeMap<RegisterId, [u8; 32]>, StoreError> {
    let mut keys = BTreeMap::new();
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(keys),
        Err(error) => return Err(io(dir, &error)),
    };
    for entry in entries {
        let path = entry.map_err(|error| io(dir, &error))?.path();
        let named = path.extension().is_some_and(|end| end == SUFFIX);
        let register = path.file_stem().and_then(|stem| RegisterId::from_hex(stem.to_str()?)).filter(|_| named);
        let Some(register) = register else { continue };
        let bytes = fs::read(&path).map_err(|error| io(&path, &error))?;
        // One that a crash left half overwritten opens nothing; its person goes as if it had none.
        if let Ok(key) = bytes.try_into() {
            keys.insert(register, key);
        }
    }
    Ok(keys)
}

/// Most file systems write in place; on others this does no harm.
fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&[0; 32])?;
    file.sync_all()
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    datadir::random().map_err(|error| StoreError::Io(error.to_string()))
}

fn io(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Io(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn what_is_sealed_opens_with_its_key_only() {
        let temp = tempfile::tempdir().expect("a directory");
        let dir = temp.path().join("persons");
        let (one, other) = (DocId::person(RegisterId([1; 32])), DocId::person(RegisterId([2; 32])));
        let keys = PersonKeys::open(&dir).expect("opens");
        let sealed = keys.seal(&one, b"Ada Zupan").expect("seals");
        assert!(!sealed.windows(3).any(|window| window == b"Ada"), "nothing of it is in clear");
        assert_ne!(keys.seal(&one, b"Ada Zupan").expect("seals"), sealed, "nor does the same look the same");
        let again = PersonKeys::open(&dir).expect("opens again");
        assert_eq!(again.unseal(&one, &sealed).expect("opens").as_deref(), Some(&b"Ada Zupan"[..]), "the key is kept");
        keys.seal(&other, b"x").expect("seals");
        assert!(keys.unseal(&other, &sealed).is_err(), "another person's key does not open it");
        let path = keys.path_of(&one);
        let mode = fs::metadata(&path).expect("is there").mode() & 0o777;
        assert_eq!(mode, 0o600, "the key is for its owner");
        let bundle = bundle(&dir).expect("bundles");
        keys.remove(&one).expect("removes");
        assert!(!path.exists(), "the file is gone");
        assert_eq!(keys.unseal(&one, &sealed).expect("is no damage"), None, "and so is what it opened");
        let elsewhere = temp.path().join("restored");
        unbundle(&elsewhere, &bundle).expect("is written");
        let restored = PersonKeys::open(&elsewhere).expect("opens");
        assert!(restored.unseal(&one, &sealed).expect("opens").is_some(), "a copy from before opens it elsewhere");
    }
}
