//! How a value lies in the store: under a checksum, in pieces where it is long.
//!
//! # Shape
//! `sum[8] ‖ pieces u32be ‖ payload`; where `pieces` is not 0, the payload lies in so many values of its own
//! under [`keys::piece`]. `sum` = first 8 bytes of `SHA-256(len(key) u32le ‖ key ‖ payload)`: it covers the
//! key, so that a value under another's key is noticed. SHA-256 and not a CRC, because the manifests add
//! sums up, and 64 good bits make that safe against anything but intent; it is in the build anyway.

use super::StoreError;
use super::keys;
use super::kv::Kv;
use comin_protocol::ids::to_hex;
use sha2::{Digest, Sha256};

/// Longest payload of one value in bytes. sled keeps up to 17 values on a leaf, and a leaf above 128 KiB goes
/// to a file of its own, which sled neither syncs nor always removes.
pub const PIECE_BYTES: usize = 7_000;
/// Bytes before the payload.
const HEAD_BYTES: usize = 12;

/// What reading one value gives.
pub type Read = Result<Option<Vec<u8>>, StoreError>;

/// The checksum of a payload under its key.
pub fn sum(key: &[u8], payload: &[u8]) -> u64 {
    let mut hasher = Sha256::new();
    // INVARIANT: keys are some 100 bytes long.
    hasher.update((key.len() as u32).to_le_bytes());
    hasher.update(key);
    hasher.update(payload);
    let hash: [u8; 32] = hasher.finalize().into();
    hash.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

/// A value as it is written: the head and, for a long payload, its pieces.
pub struct Cell {
    /// The checksum.
    pub sum: u64,
    /// The value under the key itself.
    pub head: Vec<u8>,
    /// The pieces, in order.
    pub pieces: Vec<Vec<u8>>,
}

impl Cell {
    /// Makes one.
    pub fn new(key: &[u8], payload: &[u8]) -> Self {
        let sum = sum(key, payload);
        let whole = payload.len() <= PIECE_BYTES;
        let pieces: Vec<Vec<u8>> =
            if whole { Vec::new() } else { payload.chunks(PIECE_BYTES).map(<[u8]>::to_vec).collect() };
        let mut head = Vec::with_capacity(HEAD_BYTES + if whole { payload.len() } else { 0 });
        head.extend_from_slice(&sum.to_be_bytes());
        // INVARIANT: a payload is at most some 16 MiB, which is some 2,400 pieces.
        head.extend_from_slice(&(pieces.len() as u32).to_be_bytes());
        if whole {
            head.extend_from_slice(payload);
        }
        Self { sum, head, pieces }
    }
}

/// Checksum and number of pieces as a head states them; nothing is checked yet.
///
/// # Errors
/// [`StoreError::Damaged`] where the head is too short.
pub fn read_head(key: &[u8], head: &[u8]) -> Result<(u64, u32), StoreError> {
    let cut = || damaged(key, "is cut off");
    let (sum, rest) = head.split_first_chunk::<8>().ok_or_else(cut)?;
    let (pieces, _) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    Ok((u64::from_be_bytes(*sum), u32::from_be_bytes(*pieces)))
}

/// The payload of a head that was read, checked, with its sum; `read` fetches the pieces.
///
/// # Errors
/// [`StoreError::Damaged`] where it does not match its checksum or a piece is missing.
pub fn open(read: impl Fn(&[u8]) -> Read, key: &[u8], head: &[u8]) -> Result<(u64, Vec<u8>), StoreError> {
    let (stated, pieces) = read_head(key, head)?;
    let payload = match pieces {
        // INVARIANT: `read_head` found at least the head's bytes.
        0 => head.get(HEAD_BYTES..).unwrap_or_default().to_vec(),
        _ => read_pieces(read, key, pieces)?,
    };
    if sum(key, &payload) != stated {
        return Err(damaged(key, "does not match its checksum"));
    }
    Ok((stated, payload))
}

fn read_pieces(read: impl Fn(&[u8]) -> Read, key: &[u8], pieces: u32) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::new();
    for number in 0..pieces {
        let piece = read(&keys::piece(key, number))?;
        out.extend_from_slice(&piece.ok_or_else(|| damaged(key, "has lost a part"))?);
    }
    Ok(out)
}

/// The payload under a key, checked; `None` where there is none.
///
/// # Errors
/// As [`open`], and the backend's.
pub fn get(kv: &dyn Kv, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    match kv.get(key)? {
        Some(head) => Ok(Some(open(|key| kv.get(key), key, &head)?.1)),
        None => Ok(None),
    }
}

/// The error for an entry, named as far as its key tells.
pub fn damaged(key: &[u8], what: &str) -> StoreError {
    StoreError::Damaged(format!("{} {what}", name(key)))
}

/// What a key holds, in words.
pub fn name(key: &[u8]) -> String {
    let of_doc = |what: &str| match keys::read_first_doc(key) {
        Some(doc) => format!("{what} of document {doc}"),
        None => what.to_owned(),
    };
    match key.get(..1).unwrap_or_default() {
        keys::FORMAT => "the format number".to_owned(),
        keys::GLOBAL => "the manifest of the store".to_owned(),
        keys::STATEMENTS => format!("statement {}", to_hex(&key[1..])),
        keys::BEACONS => "a beacon".to_owned(),
        keys::STATE => format!("the value {}", keys::read_state(key).unwrap_or_default()),
        keys::DEVICES => format!("the device of actor {}", to_hex(&key[1..])),
        keys::MANIFESTS => of_doc("the manifest"),
        keys::METAS => of_doc("the meta"),
        keys::SNAPSHOTS => of_doc("the snapshot"),
        keys::CHANGES => of_doc("a change"),
        keys::RUNS => of_doc("a run"),
        keys::ROWS => of_doc("a record"),
        keys::INDEX | keys::CONFLICTS => match keys::read_entry(key) {
            Some((record, doc)) => format!("record {record} of document {doc}"),
            None => "a record".to_owned(),
        },
        _ => format!("entry {}", to_hex(key)),
    }
}
