//! Our own reader of Automerge change chunks: bounded, before Automerge sees a byte.

use crate::ids::{ActorId, ChangeHash};

/// The id of an operation or object: counter and actor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OpId {
    /// The counter.
    pub counter: u64,
    /// The actor.
    pub actor: ActorId,
}

/// The object that an operation changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ObjRef {
    /// The root map.
    Root,
    /// An object made by an operation.
    Object(OpId),
}

/// Where in the object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyRef {
    /// A map key.
    Map(String),
    /// A sequence element: the operation that it follows or changes; `None` is the head.
    Element(Option<OpId>),
}

/// What an operation does, reduced to what admission asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Makes a map.
    MakeMap,
    /// Makes a text.
    MakeText,
    /// Sets a scalar of so many bytes.
    Set {
        /// Length of the value in bytes.
        bytes: usize,
    },
    /// Deletes.
    Delete,
    /// Anything else: list, table, increment, mark, unknown.
    Other(u64),
}

/// One operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScannedOp {
    /// Its id.
    pub id: OpId,
    /// The object.
    pub obj: ObjRef,
    /// The place.
    pub key: KeyRef,
    /// Whether it inserts.
    pub insert: bool,
    /// What it does.
    pub action: Action,
    /// How many operations it overwrites.
    pub predecessors: u64,
}

/// A change, read within bounds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScannedChange {
    /// SHA-256 as Automerge defines it; the chunk's checksum has been compared with it.
    pub hash: ChangeHash,
    /// The author.
    pub actor: ActorId,
    /// Its sequence.
    pub seq: u64,
    /// Counter of the first operation.
    pub start_op: u64,
    /// The author's wall clock; Automerge's field is in seconds by convention, ours is in milliseconds.
    pub time_ms: i64,
    /// Direct dependencies.
    pub deps: Vec<ChangeHash>,
    /// The operations.
    pub ops: Vec<ScannedOp>,
}

/// Why a change cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScanError {
    /// Beyond a bound of `limits`.
    #[error("change exceeds the limit of {0}")]
    Limit(&'static str),
    /// Not a well-formed, uncompressed change chunk.
    #[error("change is malformed: {0}")]
    Malformed(&'static str),
}

/// Reads one uncompressed change chunk; allocates nothing in proportion to a claimed length.
///
/// # Errors
/// [`ScanError`]; the change is not admissible.
pub fn scan(bytes: &[u8]) -> Result<ScannedChange, ScanError> {
    let _ = bytes;
    todo!()
}
