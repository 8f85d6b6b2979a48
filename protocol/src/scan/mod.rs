//! Our own reader of Automerge change chunks: bounded, before Automerge sees a byte.
//!
//! It reads one uncompressed change (chunk type 1) and only in the exact form in which Automerge writes it:
//! shortest numbers, merged runs, sorted dependencies, actors and predecessors, nothing unused, nothing after
//! the end. Whatever else Automerge might accept is refused: it could apply and never load again.

mod bytes;
mod column;
mod document;
mod ops;
mod order;
#[cfg(test)]
pub(crate) mod tests;

use crate::ids::{ActorId, ChangeHash};
use crate::limits::{CHANGE_ACTORS_MAX, CHANGE_BYTES_MAX, CHANGE_DEPS_MAX, CHANGE_MESSAGE_BYTES_MAX, COUNTER_MAX};
use crate::record::Scalar;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub(crate) use document::document_parts;

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
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Makes a map.
    MakeMap,
    /// Makes a text.
    MakeText,
    /// Sets a plain scalar. [`Scalar::Foreign`] stands for the types that no field of ours has (bytes as hex,
    /// floating point, timestamps, numbers beyond i64): wrong values, but values.
    Set(Scalar),
    /// Deletes.
    Delete,
    /// Anything else, by Automerge's number: list, table, increment, mark; 1 is the setting of a counter.
    Other(u64),
}

/// One operation.
#[derive(Clone, PartialEq, Debug)]
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
#[derive(Clone, PartialEq, Debug)]
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
    /// The operations that `ops` overwrite, op after op; each op says how many of them are its own.
    pub predecessors: Vec<OpId>,
}

impl ScannedChange {
    /// Of each other actor whose operations it names, as object, place or overwritten: the highest counter named.
    pub(crate) fn refers(&self) -> Vec<(ActorId, u64)> {
        let mut highest: BTreeMap<ActorId, u64> = BTreeMap::new();
        let mut name = |id: &OpId| {
            if id.actor != self.actor {
                let named = highest.entry(id.actor).or_default();
                *named = id.counter.max(*named);
            }
        };
        for op in &self.ops {
            if let ObjRef::Object(id) = &op.obj {
                name(id);
            }
            if let KeyRef::Element(Some(id)) = &op.key {
                name(id);
            }
        }
        self.predecessors.iter().for_each(name);
        highest.into_iter().collect()
    }

    /// Each operation with those that it overwrites.
    pub fn ops_with_predecessors(&self) -> impl Iterator<Item = (&ScannedOp, &[OpId])> {
        let mut rest = self.predecessors.as_slice();
        self.ops.iter().map(move |op| {
            // INVARIANT: `scan` makes the list as long as the counts say; a change put together otherwise
            // gives what there is.
            let count = usize::try_from(op.predecessors).unwrap_or(usize::MAX).min(rest.len());
            let (own, others) = rest.split_at(count);
            rest = others;
            (op, own)
        })
    }
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

/// The first bytes of every Automerge chunk.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Chunk type of an uncompressed change.
const CHUNK_CHANGE: u8 = 1;
/// Bytes of an actor id of ours.
const ACTOR_BYTES: usize = 16;

/// Reads one uncompressed change chunk; allocates nothing in proportion to a claimed length.
///
/// # Shape
/// Magic, first 4 bytes of the hash, type 1, length, then: dependencies, actor, sequence, first operation
/// counter, time, message, other actors, column table, columns. The hash is SHA-256 over everything from the
/// type on.
///
/// # Errors
/// [`ScanError`]; the change is not admissible.
pub fn scan(bytes: &[u8]) -> Result<ScannedChange, ScanError> {
    let (hash, mut body) = open(bytes)?;
    let deps = read_deps(&mut body)?;
    let actor = read_actor(&mut body)?;
    let seq = read_counter(&mut body)?;
    let start_op = read_counter(&mut body)?;
    let time_ms = body.sleb()?;
    skip_message(&mut body)?;
    let actors = read_actors(&mut body, actor)?;
    let (ops, predecessors) = ops::read(body, &actors, start_op)?;
    Ok(ScannedChange { hash, actor, seq, start_op, time_ms, deps, ops, predecessors })
}

/// The hash of a change chunk, whatever its body says; `None` where it is no such chunk.
pub(crate) fn hash_of(bytes: &[u8]) -> Option<ChangeHash> {
    open(bytes).map(|(hash, _)| hash).ok()
}

/// Checks header and checksum of a change; the body is exactly the rest.
fn open(bytes: &[u8]) -> Result<(ChangeHash, Bytes<'_>), ScanError> {
    if bytes.len() > CHANGE_BYTES_MAX {
        return Err(ScanError::Limit("bytes of a change"));
    }
    open_chunk(bytes, CHUNK_CHANGE)
}

fn open_chunk(bytes: &[u8], chunk_type: u8) -> Result<(ChangeHash, Bytes<'_>), ScanError> {
    let mut reader = Bytes::new(bytes);
    if reader.array::<4>()? != MAGIC {
        return Err(ScanError::Malformed("not an Automerge chunk"));
    }
    let checksum = reader.array::<4>()?;
    let hashed = reader;
    if reader.array::<1>()? != [chunk_type] {
        return Err(ScanError::Malformed("chunk of another type"));
    }
    let length = reader.uleb()?;
    if length != reader.len() as u64 {
        return Err(ScanError::Malformed("length does not fit"));
    }
    let hash: [u8; 32] = Sha256::digest(hashed.rest()).into();
    match hash.starts_with(&checksum) {
        true => Ok((ChangeHash(hash), reader)),
        false => Err(ScanError::Malformed("checksum does not fit")),
    }
}

fn read_deps(body: &mut Bytes<'_>) -> Result<Vec<ChangeHash>, ScanError> {
    let count = body.bounded(CHANGE_DEPS_MAX, "dependencies")?;
    let mut deps = Vec::new();
    for _ in 0..count {
        let dep = ChangeHash(body.array()?);
        if deps.last() >= Some(&dep) {
            return Err(ScanError::Malformed("dependencies out of order"));
        }
        deps.push(dep);
    }
    Ok(deps)
}

fn read_actor(body: &mut Bytes<'_>) -> Result<ActorId, ScanError> {
    match body.uleb()? == ACTOR_BYTES as u64 {
        true => body.array().map(ActorId),
        false => Err(ScanError::Malformed("actor is not 16 bytes")),
    }
}

/// A sequence or operation counter: from 1 to what Automerge can hold.
fn read_counter(body: &mut Bytes<'_>) -> Result<u64, ScanError> {
    match body.uleb()? {
        0 => Err(ScanError::Malformed("counter is zero")),
        value if value > COUNTER_MAX => Err(ScanError::Limit("counter")),
        value => Ok(value),
    }
}

fn skip_message(body: &mut Bytes<'_>) -> Result<(), ScanError> {
    let length = body.bounded(CHANGE_MESSAGE_BYTES_MAX, "message")?;
    let message = std::str::from_utf8(body.take(length)?);
    message.map(|_| ()).map_err(|_| ScanError::Malformed("message is not UTF-8"))
}

/// The author and the other actors, which are sorted and not the author.
fn read_actors(body: &mut Bytes<'_>, author: ActorId) -> Result<Vec<ActorId>, ScanError> {
    let count = body.bounded(CHANGE_ACTORS_MAX, "actors")?;
    let mut actors = vec![author];
    for index in 0..count {
        let actor = read_actor(body)?;
        let sorted = index == 0 || actors.last() < Some(&actor);
        if !sorted || actor == author {
            return Err(ScanError::Malformed("actors out of order"));
        }
        actors.push(actor);
    }
    Ok(actors)
}
