//! The names of everything in the store: one byte of group, then fixed-length parts, so that a group, a
//! document or a kind is one contiguous range.
//!
//! | group | key | value |
//! |---|---|---|
//! | `f` | | format number, u32 big endian |
//! | `g` | | [`Global`](super::manifest::Global) |
//! | `s` | statement id | statement |
//! | `b` | device, audience | beacon |
//! | `t` | name | a small value of the engine's own |
//! | `a` | actor | device key |
//! | `n` | document | [`DocManifest`](super::manifest::DocManifest) |
//! | `m` | document | meta |
//! | `p` | document | snapshot |
//! | `x` | document, position, actor, sequence | raw change |
//! | `r` | document, actor, sequence | run |
//! | `w` | document, slot | row |
//! | `i` | kind, 0, record id, document | slot, u64 big endian, without checksum: the row names itself |
//! | `c` | kind, 0, record id, document | empty: rows with a conflict |
//! | `~` | any key above, piece number | what does not fit into one value |
//!
//! A document is 32 bytes of register and 4 of part; numbers are big endian, so that order is by number.
//!
//! Rows lie in slots, numbered as they come, because sled writes neighbours together: 10,000 rows imported
//! under their random ids took 37 MB and grew to 87 with edits, in slots 23 MB for good.

use comin_protocol::beacon::{Audience, Beacon};
use comin_protocol::ids::{ActorId, DocId, RecordKey, RegisterId, StatementId};

/// The store's format.
pub const FORMAT: &[u8] = b"f";
/// The manifest over everything.
pub const GLOBAL: &[u8] = b"g";
/// All statements.
pub const STATEMENTS: &[u8] = b"s";
/// All beacons.
pub const BEACONS: &[u8] = b"b";
/// All small values of the engine.
pub const STATE: &[u8] = b"t";
/// All actors' devices.
pub const DEVICES: &[u8] = b"a";
/// All documents' manifests.
pub const MANIFESTS: &[u8] = b"n";
/// All documents' metas.
pub const METAS: &[u8] = b"m";
/// All snapshots.
pub const SNAPSHOTS: &[u8] = b"p";
/// All raw changes.
pub const CHANGES: &[u8] = b"x";
/// All runs.
pub const RUNS: &[u8] = b"r";
/// All rows.
pub const ROWS: &[u8] = b"w";
/// All rows' slots.
pub const INDEX: &[u8] = b"i";
/// All rows with a conflict.
pub const CONFLICTS: &[u8] = b"c";
/// All pieces.
pub const PIECES: &[u8] = b"~";

/// Bytes of a document in a key.
const DOC_BYTES: usize = 36;

fn join(group: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    out.extend_from_slice(group);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

fn doc_bytes(doc: &DocId) -> [u8; DOC_BYTES] {
    let mut out = [0; DOC_BYTES];
    out[..32].copy_from_slice(&doc.register.0);
    out[32..].copy_from_slice(&doc.part.to_be_bytes());
    out
}

fn read_doc(bytes: &[u8]) -> Option<DocId> {
    let (register, part) = bytes.split_first_chunk::<32>()?;
    Some(DocId { register: RegisterId(*register), part: u32::from_be_bytes(part.try_into().ok()?) })
}

/// A statement.
pub fn statement(id: &StatementId) -> Vec<u8> {
    join(STATEMENTS, &[&id.0])
}

/// The id in the key of a statement.
pub fn read_statement(key: &[u8]) -> Option<StatementId> {
    key.strip_prefix(STATEMENTS)?.try_into().ok().map(StatementId)
}

/// The beacon of one device and audience.
pub fn beacon(beacon: &Beacon) -> Vec<u8> {
    match &beacon.audience {
        Audience::Federation => join(BEACONS, &[&beacon.device.0]),
        Audience::Register(register) => join(BEACONS, &[&beacon.device.0, &register.0]),
    }
}

/// A small value of the engine.
pub fn state(name: &str) -> Vec<u8> {
    join(STATE, &[name.as_bytes()])
}

/// The name in the key of a small value.
pub fn read_state(key: &[u8]) -> Option<String> {
    String::from_utf8(key.strip_prefix(STATE)?.to_vec()).ok()
}

/// The device of an actor.
pub fn device(actor: &ActorId) -> Vec<u8> {
    join(DEVICES, &[&actor.0])
}

/// A document's entry in a group, or the range of its entries.
pub fn doc(group: &[u8], doc: &DocId) -> Vec<u8> {
    join(group, &[&doc_bytes(doc)])
}

/// A key after all entries of a document in a group, and before those of any other: no part of a key that
/// follows a document is so long and so great.
pub fn after_doc(group: &[u8], doc: &DocId) -> Vec<u8> {
    join(group, &[&doc_bytes(doc), &[0xff; 40]])
}

/// The document that a key of a group with documents names first.
pub fn read_first_doc(key: &[u8]) -> Option<DocId> {
    read_doc(key.get(1..1 + DOC_BYTES)?)
}

/// A raw change at its position in the order of application.
pub fn change(doc_id: &DocId, position: u64, actor: &ActorId, seq: u64) -> Vec<u8> {
    join(CHANGES, &[&doc_bytes(doc_id), &position.to_be_bytes(), &actor.0, &seq.to_be_bytes()])
}

/// Actor and sequence in the key of a raw change.
pub fn read_change(key: &[u8]) -> Option<(ActorId, u64)> {
    read_actor_seq(key.get(1 + DOC_BYTES + 8..)?)
}

/// A run.
pub fn run(doc_id: &DocId, actor: &ActorId, seq: u64) -> Vec<u8> {
    join(RUNS, &[&doc_bytes(doc_id), &actor.0, &seq.to_be_bytes()])
}

/// Actor and sequence in the key of a run.
pub fn read_run(key: &[u8]) -> Option<(ActorId, u64)> {
    read_actor_seq(key.get(1 + DOC_BYTES..)?)
}

fn read_actor_seq(bytes: &[u8]) -> Option<(ActorId, u64)> {
    let (actor, seq) = bytes.split_first_chunk::<16>()?;
    Some((ActorId(*actor), u64::from_be_bytes(seq.try_into().ok()?)))
}

/// A row in its slot.
pub fn row(doc: &DocId, slot: u64) -> Vec<u8> {
    join(ROWS, &[&doc_bytes(doc), &slot.to_be_bytes()])
}

/// The range of a kind's entries in the groups of slots and conflicts.
pub fn kind(group: &[u8], kind: &str) -> Vec<u8> {
    join(group, &[kind.as_bytes(), &[0]])
}

/// The range of a record's entries in the groups of slots and conflicts.
pub fn record(group: &[u8], key: &RecordKey) -> Vec<u8> {
    join(group, &[key.kind.as_bytes(), &[0], &key.id])
}

/// A record of a document in the groups of slots and conflicts.
pub fn entry(group: &[u8], key: &RecordKey, doc: &DocId) -> Vec<u8> {
    join(group, &[key.kind.as_bytes(), &[0], &key.id, &doc_bytes(doc)])
}

/// Record and document in the key of a slot or conflict.
pub fn read_entry(key: &[u8]) -> Option<(RecordKey, DocId)> {
    let (record, doc) = key.get(1..)?.split_last_chunk::<DOC_BYTES>()?;
    Some((read_record(record)?, read_doc(doc)?))
}

fn read_record(bytes: &[u8]) -> Option<RecordKey> {
    let (kind, id) = bytes.split_last_chunk::<16>()?;
    let kind = std::str::from_utf8(kind.strip_suffix(&[0])?).ok()?;
    Some(RecordKey { kind: kind.to_owned(), id: *id })
}

/// A piece of what does not fit into one value.
pub fn piece(key: &[u8], number: u32) -> Vec<u8> {
    join(PIECES, &[key, &number.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back() {
        let doc_id = DocId { register: RegisterId([7; 32]), part: 258 };
        let record = RecordKey { kind: "organisation".to_owned(), id: [0; 16] };
        let actor = ActorId([9; 16]);
        assert_eq!(read_entry(&entry(INDEX, &record, &doc_id)), Some((record, doc_id)), "an index entry reads back");
        assert_eq!(read_change(&change(&doc_id, 3, &actor, 4)), Some((actor, 4)), "a change's key reads back");
        assert_eq!(read_run(&run(&doc_id, &actor, 5)), Some((actor, 5)), "a run's key reads back");
        assert_eq!(read_first_doc(&doc(METAS, &doc_id)), Some(doc_id), "a document's key reads back");
        assert_eq!(read_entry(b"i"), None, "a key that is cut off is no entry");
    }

    #[test]
    fn rows_sort_by_kind_id_and_document() {
        let doc_id = DocId { register: RegisterId([255; 32]), part: 1 };
        let short = RecordKey { kind: "a".to_owned(), id: [255; 16] };
        let long = RecordKey { kind: "ab".to_owned(), id: [0; 16] };
        assert!(entry(INDEX, &short, &doc_id) < entry(INDEX, &long, &doc_id), "a kind sorts before those it begins");
    }
}
