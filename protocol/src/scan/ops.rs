//! The operations of a change, put together from its columns.

use super::bytes::Bytes;
use super::column::{Booleans, Delta, Rle};
use super::{Action, KeyRef, ObjRef, OpId, ScanError, ScannedOp};
use crate::ids::{ActorId, to_hex};
use crate::limits::{
    CHANGE_OPS_MAX, CHANGE_PREDECESSORS_MAX, COUNTER_MAX, FIELD_KEY_BYTES_MAX, KIND_BYTES_MAX, SCALAR_BYTES_MAX,
};
use crate::record::Scalar;

/// The columns that record changes use, by their specification (id << 4 | type), in the order of the format.
/// Marks (0x94, 0xa5) are not among them, nor is any column with the bit for DEFLATE (0x08).
const COLUMNS: [u64; 12] = [0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73];

/// `kind:id/field`, the longest map key.
const MAP_KEY_BYTES_MAX: usize = KIND_BYTES_MAX + 1 + 32 + 1 + FIELD_KEY_BYTES_MAX;

/// Actions, as Automerge numbers them.
mod code {
    pub(super) const MAKE_MAP: u64 = 0;
    pub(super) const SET: u64 = 1;
    pub(super) const DELETE: u64 = 3;
    pub(super) const MAKE_TEXT: u64 = 4;
    pub(super) const INCREMENT: u64 = 5;
    pub(super) const MARK: u64 = 7;
}

/// Reads what follows the header fields of a change: column table and columns, to the last byte.
/// `actors`: the author, then the others. Returns the operations and what they overwrite, op after op.
pub(super) fn read(
    mut bytes: Bytes<'_>,
    actors: &[ActorId],
    start_op: u64,
) -> Result<(Vec<ScannedOp>, Vec<OpId>), ScanError> {
    let columns = split(&mut bytes)?;
    let mut reader = OpReader::new(&columns, actors);
    let (mut ops, mut predecessors) = (Vec::new(), Vec::new());
    while !reader.action.is_done() {
        let counter = start_op + ops.len() as u64;
        ops.push(reader.op(counter, &mut predecessors)?);
    }
    reader.finish(ops.is_empty(), columns.iter().all(|column| column.is_empty()))?;
    Ok((ops, predecessors))
}

/// Cuts the data into columns: known ones, each at most once, in order, none empty, nothing after the last.
fn split<'a>(bytes: &mut Bytes<'a>) -> Result<[&'a [u8]; COLUMNS.len()], ScanError> {
    let count = bytes.bounded(COLUMNS.len(), "columns")?;
    let mut lengths = [0; COLUMNS.len()];
    let mut next = 0;
    for _ in 0..count {
        let spec = bytes.uleb()?;
        let at = COLUMNS.iter().position(|known| *known == spec).ok_or(ScanError::Malformed("unknown column"))?;
        if at < next {
            return Err(ScanError::Malformed("columns out of order"));
        }
        next = at + 1;
        let length = bytes.bounded(bytes.len(), "column bytes")?;
        if length == 0 {
            return Err(ScanError::Malformed("empty column"));
        }
        // INVARIANT: `at` is a position in COLUMNS, and `lengths` is as long.
        lengths[at] = length;
    }
    let mut columns: [&[u8]; COLUMNS.len()] = [&[]; COLUMNS.len()];
    for (column, length) in columns.iter_mut().zip(lengths) {
        *column = bytes.take(length)?;
    }
    match bytes.is_empty() {
        true => Ok(columns),
        false => Err(ScanError::Malformed("bytes after the operations")),
    }
}

struct OpReader<'a> {
    actors: &'a [ActorId],
    /// Which of `actors` the operations name; the author counts as named.
    named: Vec<bool>,
    obj_actor: Rle<'a, u64>,
    obj_counter: Rle<'a, u64>,
    key_actor: Rle<'a, u64>,
    key_counter: Delta<'a>,
    key_text: Rle<'a, &'a str>,
    insert: Booleans<'a>,
    action: Rle<'a, u64>,
    value_meta: Rle<'a, u64>,
    value: Bytes<'a>,
    pred_count: Rle<'a, u64>,
    pred_actor: Rle<'a, u64>,
    pred_counter: Delta<'a>,
}

impl<'a> OpReader<'a> {
    fn new(columns: &[&'a [u8]; COLUMNS.len()], actors: &'a [ActorId]) -> Self {
        let [
            obj_actor,
            obj_counter,
            key_actor,
            key_counter,
            key_text,
            insert,
            action,
            value_meta,
            value,
            pred_count,
            pred_actor,
            pred_counter,
        ] = *columns;
        let numbers = |column| Rle::new(column, CHANGE_OPS_MAX, 0);
        let mut named = vec![false; actors.len()];
        if let Some(author) = named.first_mut() {
            *author = true;
        }
        Self {
            actors,
            named,
            obj_actor: numbers(obj_actor),
            obj_counter: numbers(obj_counter),
            key_actor: numbers(key_actor),
            key_counter: Delta::new(key_counter, CHANGE_OPS_MAX),
            key_text: Rle::new(key_text, CHANGE_OPS_MAX, MAP_KEY_BYTES_MAX),
            insert: Booleans::new(insert, CHANGE_OPS_MAX),
            action: numbers(action),
            value_meta: numbers(value_meta),
            value: Bytes::new(value),
            pred_count: numbers(pred_count),
            pred_actor: Rle::new(pred_actor, CHANGE_PREDECESSORS_MAX, 0),
            pred_counter: Delta::new(pred_counter, CHANGE_PREDECESSORS_MAX),
        }
    }

    fn op(&mut self, counter: u64, predecessors: &mut Vec<OpId>) -> Result<ScannedOp, ScanError> {
        let obj = self.obj(counter)?;
        let key = self.key(counter)?;
        let insert = self.insert.next()?;
        let action = self.action()?;
        let count = self.predecessors(counter, predecessors)?;
        // INVARIANT: `scan` refuses a change without an author.
        let author = self.actors[0];
        Ok(ScannedOp { id: OpId { counter, actor: author }, obj, key, insert, action, predecessors: count })
    }

    fn obj(&mut self, before: u64) -> Result<ObjRef, ScanError> {
        match (self.obj_actor.next()?, self.obj_counter.next()?) {
            (None, None) => Ok(ObjRef::Root),
            (Some(actor), Some(counter)) => Ok(ObjRef::Object(self.op_id(actor, counter, before)?)),
            _ => Err(ScanError::Malformed("object half given")),
        }
    }

    fn key(&mut self, before: u64) -> Result<KeyRef, ScanError> {
        match (self.key_actor.next()?, self.key_counter.next()?, self.key_text.next()?) {
            (None, None, Some(text)) => Ok(KeyRef::Map(text.to_owned())),
            (None, Some(0), None) => Ok(KeyRef::Element(None)),
            (Some(actor), Some(counter), None) => Ok(KeyRef::Element(Some(self.op_id(actor, counter, before)?))),
            _ => Err(ScanError::Malformed("key is neither text nor element")),
        }
    }

    fn action(&mut self) -> Result<Action, ScanError> {
        let code = self.action.value()?;
        let meta = self.value_meta.value()?;
        let value = read_value(&mut self.value, meta)?;
        let bare = meta == 0;
        match (code, value) {
            (code::SET, Some(value)) => Ok(Action::Set(value)),
            (code::MAKE_MAP, _) if bare => Ok(Action::MakeMap),
            (code::MAKE_TEXT, _) if bare => Ok(Action::MakeText),
            (code::DELETE, _) if bare => Ok(Action::Delete),
            (code::MAKE_MAP | code::MAKE_TEXT | code::DELETE, _) => Err(ScanError::Malformed("value without use")),
            (code::INCREMENT, Some(Scalar::Int(_))) => Ok(Action::Other(code)),
            (code::INCREMENT, _) => Err(ScanError::Malformed("increment that is no number")),
            (..=code::MARK, _) => Ok(Action::Other(code)),
            _ => Err(ScanError::Malformed("unknown action")),
        }
    }

    /// Reads what one operation overwrites: ascending by counter, then actor, as Automerge orders them.
    fn predecessors(&mut self, before: u64, into: &mut Vec<OpId>) -> Result<u64, ScanError> {
        let count = self.pred_count.value()?;
        if count > CHANGE_PREDECESSORS_MAX - into.len() as u64 {
            return Err(ScanError::Limit("predecessors"));
        }
        let mut last = None;
        for _ in 0..count {
            let (Some(actor), Some(counter)) = (self.pred_actor.next()?, self.pred_counter.next()?) else {
                return Err(ScanError::Malformed("null where a value belongs"));
            };
            let id = self.op_id(actor, counter, before)?;
            let order = Some((id.counter, id.actor));
            if order <= last {
                return Err(ScanError::Malformed("predecessors out of order"));
            }
            last = order;
            into.push(id);
        }
        Ok(count)
    }

    /// An operation that another one refers to: of a known actor, and with a lower counter, since counters
    /// grow along every chain of dependencies.
    fn op_id(&mut self, actor: u64, counter: u64, before: u64) -> Result<OpId, ScanError> {
        let index = usize::try_from(actor).unwrap_or(usize::MAX);
        let (Some(actor), Some(named)) = (self.actors.get(index), self.named.get_mut(index)) else {
            return Err(ScanError::Malformed("unknown actor index"));
        };
        if counter == 0 || counter >= before {
            return Err(ScanError::Malformed("reference to a later operation"));
        }
        *named = true;
        Ok(OpId { counter, actor: *actor })
    }

    fn finish(self, no_ops: bool, no_bytes: bool) -> Result<(), ScanError> {
        if !self.named.iter().all(|named| *named) {
            return Err(ScanError::Malformed("actor that no operation names"));
        }
        if no_ops {
            return if no_bytes { Ok(()) } else { Err(ScanError::Malformed("columns of different length")) };
        }
        self.obj_actor.finish()?;
        self.obj_counter.finish()?;
        self.key_actor.finish()?;
        self.key_counter.finish()?;
        self.key_text.finish()?;
        self.insert.finish()?;
        self.action.finish()?;
        self.value_meta.finish()?;
        self.pred_count.finish()?;
        self.pred_actor.finish()?;
        self.pred_counter.finish()?;
        match self.value.is_empty() {
            true => Ok(()),
            false => Err(ScanError::Malformed("bytes after the last value")),
        }
    }
}

/// Reads one value; `None` for a counter, which is no plain scalar.
fn read_value(bytes: &mut Bytes<'_>, meta: u64) -> Result<Option<Scalar>, ScanError> {
    let length = usize::try_from(meta >> 4).unwrap_or(usize::MAX);
    if length > SCALAR_BYTES_MAX {
        return Err(ScanError::Limit("value bytes"));
    }
    let mut raw = Bytes::new(bytes.take(length)?);
    let value = match meta & 0x0f {
        0 => Some(Scalar::Null),
        1 => Some(Scalar::Bool(false)),
        2 => Some(Scalar::Bool(true)),
        3 => Some(whole_number(raw.uleb()?)),
        4 => Some(Scalar::Int(raw.sleb()?)),
        5 => Some(Scalar::Foreign(f64::from_le_bytes(raw.array()?).to_string())),
        6 => Some(Scalar::Str(text(raw.take(length)?)?.to_owned())),
        7 => Some(Scalar::Foreign(to_hex(raw.take(length)?))),
        8 => raw.sleb().map(|_| None)?,
        9 => Some(Scalar::Foreign(raw.sleb()?.to_string())),
        _ => return Err(ScanError::Malformed("value of an unknown type")),
    };
    match raw.is_empty() {
        true => Ok(value),
        false => Err(ScanError::Malformed("value longer than its type")),
    }
}

fn whole_number(value: u64) -> Scalar {
    i64::try_from(value).map_or_else(|_| Scalar::Foreign(value.to_string()), Scalar::Int)
}

fn text(bytes: &[u8]) -> Result<&str, ScanError> {
    std::str::from_utf8(bytes).map_err(|_| ScanError::Malformed("text is not UTF-8"))
}

const _: () = assert!(COUNTER_MAX + CHANGE_OPS_MAX <= u32::MAX as u64);
