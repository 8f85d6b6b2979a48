//! Writing: from field changes to the few operations that records use.

use super::project::maps;
use super::{DELETED, Scalar};
use crate::ids::{DocId, RecordKey};
use crate::limits;
use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, TextEncoding, Value};
use minicbor::{Decode, Encode};

/// What one edit does to one flat field of a record.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct FieldChange {
    /// The flat key, such as `phone`, `name@it` or `targets/youth`.
    #[n(0)]
    pub key: String,
    /// What happens to it.
    #[n(1)]
    pub op: FieldOp,
}

impl FieldChange {
    /// About how many bytes it adds to a change. Of a long text most stands there already, and what a change may
    /// write of it is bounded by its operations.
    pub fn bytes_about(&self) -> usize {
        let value = match &self.op {
            FieldOp::Put(Scalar::Prose(text)) | FieldOp::Prose(text) => text.len().min(limits::CHANGE_OPS_MAX as usize),
            FieldOp::Put(value) => value.as_str().map_or(8, str::len),
            FieldOp::Add | FieldOp::Remove => 8,
        };
        self.key.len() + value
    }

    /// Sets a field.
    pub fn put(key: impl Into<String>, value: impl Into<Scalar>) -> Self {
        Self { key: key.into(), op: FieldOp::Put(value.into()) }
    }

    /// Clears a field.
    pub fn clear(key: impl Into<String>) -> Self {
        Self { key: key.into(), op: FieldOp::Put(Scalar::Null) }
    }
}

/// The operations on a field.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub enum FieldOp {
    /// Sets a scalar; `Null` clears it. Skipped where the field already holds just this one value.
    #[n(0)]
    Put(#[n(0)] Scalar),
    /// Adds a set value: always a fresh write, so that it wins over a concurrent removal.
    #[n(1)]
    Add,
    /// Removes a set value.
    #[n(2)]
    Remove,
    /// Changes a prose field to read so, by the smallest splice.
    #[n(3)]
    Prose(#[n(0)] String),
}

/// Why a write was refused. Nothing was written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WriteError {
    /// The record does not exist in this document.
    #[error("record {0} is not in this register")]
    NoRecord(RecordKey),
    /// The record exists already.
    #[error("record {0} exists already")]
    Exists(RecordKey),
    /// A key or value beyond its bound.
    #[error("{0}")]
    Limit(String),
    /// Automerge refused.
    #[error("the document refused the write: {0}")]
    Automerge(String),
}

impl From<automerge::AutomergeError> for WriteError {
    fn from(error: automerge::AutomergeError) -> Self {
        Self::Automerge(error.to_string())
    }
}

/// Writes an edit inside a transaction. `create`: the record is a new one with a random id (without meaning
/// in a links part, where the first field makes the record). Values equal to the one value that stands are
/// skipped, but for `deleted` = true, which is written afresh: it decides about edits that the deletion
/// before it had not seen. Returns whether anything was written.
///
/// # Errors
/// [`WriteError`]; the caller rolls the transaction back.
pub fn write(
    tx: &mut Transaction<'_>,
    doc: &DocId,
    key: &RecordKey,
    create: bool,
    changes: &[FieldChange],
) -> Result<bool, WriteError> {
    changes.iter().try_for_each(check_bounds)?;
    let before = tx.pending_ops();
    let (objs, prefix) = open(tx, doc, key, create)?;
    for change in changes {
        let prop = format!("{prefix}{}", change.key);
        // Of a record that was made twice each map gets it, or the other one's value would go on standing.
        for obj in &objs {
            match &change.op {
                FieldOp::Put(Scalar::Prose(_)) | FieldOp::Prose(_) if doc.is_links() => {
                    return Err(WriteError::Limit(format!("field {}: a link holds no prose", change.key)));
                }
                FieldOp::Put(Scalar::Prose(text)) | FieldOp::Prose(text) => put_prose(tx, obj, &prop, text)?,
                FieldOp::Put(value) => put_scalar(tx, obj, &prop, to_automerge(&change.key, value)?)?,
                FieldOp::Add => add(tx, obj, &prop)?,
                FieldOp::Remove => remove(tx, obj, &prop)?,
            }
        }
    }
    // A transaction becomes one change, whatever edits are written in it.
    if tx.pending_ops() as u64 > limits::CHANGE_OPS_MAX {
        return Err(WriteError::Limit(format!(
            "with this edit of {key} more than {} characters and values change at once; save it in smaller steps",
            limits::CHANGE_OPS_MAX
        )));
    }
    Ok(tx.pending_ops() > before)
}

/// The objects that the record's fields lie in, and what stands before their keys.
fn open(
    tx: &mut Transaction<'_>,
    doc: &DocId,
    key: &RecordKey,
    create: bool,
) -> Result<(Vec<ObjId>, String), WriteError> {
    if doc.is_links() {
        return Ok((vec![ROOT], format!("{key}/")));
    }
    let name = key.to_string();
    let objs = match (tx.get(ROOT, name.as_str())?.is_some(), create) {
        (true, true) => return Err(WriteError::Exists(key.clone())),
        (false, true) => vec![tx.put_object(ROOT, name, ObjType::Map)?],
        (_, false) => maps(tx, key),
    };
    if objs.is_empty() { Err(WriteError::NoRecord(key.clone())) } else { Ok((objs, String::new())) }
}

fn check_bounds(change: &FieldChange) -> Result<(), WriteError> {
    let key = &change.key;
    if key.is_empty() || key.len() > limits::FIELD_KEY_BYTES_MAX {
        let max = limits::FIELD_KEY_BYTES_MAX;
        return Err(WriteError::Limit(format!("field name {key:?} has {} bytes; 1 to {max} are allowed", key.len())));
    }
    let (bytes, max) = match &change.op {
        FieldOp::Put(Scalar::Str(text)) => (text.len(), limits::SCALAR_BYTES_MAX),
        FieldOp::Put(Scalar::Prose(text)) | FieldOp::Prose(text) => (text.len(), limits::PROSE_BYTES_MAX),
        _ => (0, 0),
    };
    match bytes > max {
        true => Err(WriteError::Limit(format!("field {key} has {bytes} bytes; at most {max} are allowed"))),
        false => Ok(()),
    }
}

fn to_automerge(key: &str, value: &Scalar) -> Result<ScalarValue, WriteError> {
    Ok(match value {
        Scalar::Null => ScalarValue::Null,
        Scalar::Bool(value) => ScalarValue::Boolean(*value),
        Scalar::Int(value) => ScalarValue::Int(*value),
        Scalar::Str(text) | Scalar::Prose(text) => ScalarValue::Str(text.as_str().into()),
        Scalar::Foreign(_) => {
            return Err(WriteError::Limit(format!("field {key}: a value of this type is not written")));
        }
    })
}

fn put_scalar(tx: &mut Transaction<'_>, obj: &ObjId, prop: &str, value: ScalarValue) -> Result<(), WriteError> {
    let standing = tx.get_all(obj, prop)?;
    let clears = value.is_null();
    match standing.as_slice() {
        [] if clears => return Ok(()),
        // Null over a text would hide what others write into it meanwhile; emptied, it keeps their words.
        [(Value::Object(ObjType::Text), text)] if clears => {
            let text = text.clone();
            return splice_to(tx, &text, "");
        }
        [(Value::Scalar(one), _)] if **one == value && !decides_again(prop, &value) => return Ok(()),
        _ => {}
    }
    drop(standing);
    put_afresh(tx, obj, prop, value)
}

/// Puts a value over whatever stands, always as an operation that sets. Automerge turns a put of the winning
/// value into deletions of the losers, or into nothing; records delete nothing, so another value steps in
/// between.
fn put_afresh(tx: &mut Transaction<'_>, obj: &ObjId, prop: &str, value: ScalarValue) -> Result<(), WriteError> {
    let winner = tx.get(obj, prop)?.map(|(winner, _)| winner.into_owned());
    if matches!(winner, Some(Value::Scalar(winner)) if *winner == value) {
        let step = if value.is_null() { ScalarValue::Boolean(false) } else { ScalarValue::Null };
        tx.put(obj, prop, step)?;
    }
    Ok(tx.put(obj, prop, value)?)
}

/// A deletion said again is a decision about the edits that the first one had not seen.
fn decides_again(prop: &str, value: &ScalarValue) -> bool {
    *value == ScalarValue::Boolean(true) && prop.rsplit('/').next() == Some(DELETED)
}

/// Writes an integer above all that stand: always an operation of its own.
fn add(tx: &mut Transaction<'_>, obj: &ObjId, prop: &str) -> Result<(), WriteError> {
    let greatest = tx
        .get_all(obj, prop)?
        .iter()
        .filter_map(|(value, _)| match value {
            Value::Scalar(value) if matches!(**value, ScalarValue::Int(_)) => value.as_i64(),
            _ => None,
        })
        .max();
    // A hostile peer may have written the greatest integer there is: then any other is as good.
    let fresh = greatest.map_or(1, |greatest| greatest.checked_add(1).unwrap_or(1));
    put_afresh(tx, obj, prop, ScalarValue::Int(fresh))
}

fn remove(tx: &mut Transaction<'_>, obj: &ObjId, prop: &str) -> Result<(), WriteError> {
    let present = tx.get_all(obj, prop)?.iter().any(|(value, _)| !matches!(value, Value::Scalar(v) if v.is_null()));
    if present { put_scalar(tx, obj, prop, ScalarValue::Null) } else { Ok(()) }
}

/// Makes a prose field read `text`. Where anything but one text stands (nothing, competing texts, another
/// type), a new text replaces it.
fn put_prose(tx: &mut Transaction<'_>, obj: &ObjId, prop: &str, text: &str) -> Result<(), WriteError> {
    let standing = tx.get_all(obj, prop)?;
    if let [(Value::Object(ObjType::Text), one)] = standing.as_slice() {
        let one = one.clone();
        return splice_to(tx, &one, text);
    }
    let nothing = standing.iter().all(|(value, _)| matches!(value, Value::Scalar(v) if v.is_null()));
    drop(standing);
    if nothing && text.is_empty() {
        return Ok(());
    }
    let made = tx.put_object(obj, prop, ObjType::Text)?;
    Ok(tx.splice_text(&made, 0, 0, text)?)
}

/// Characters on either side up to which a change inside a text is compared character by character, so that
/// two distant corrections stay two small operations. The comparison costs their product at worst.
const FINE_DIFF_CHARS_MAX: usize = 2_000;

/// Makes a text read `new`: the common beginning and end stay untouched.
fn splice_to(tx: &mut Transaction<'_>, text: &ObjId, new: &str) -> Result<(), WriteError> {
    let old = tx.text(text)?;
    if old == new {
        return Ok(());
    }
    let (start, old_mid, new_mid) = differing_middle(&old, new);
    let fine = old_mid.len().max(new_mid.len()) <= FINE_DIFF_CHARS_MAX;
    let encoding = tx.text_encoding();
    if encoding == TextEncoding::GraphemeCluster || (fine && !old_mid.is_empty() && !new_mid.is_empty()) {
        return Ok(tx.update_text(text, new)?);
    }
    let deleted = isize::try_from(width(encoding, old_mid)).unwrap_or(isize::MAX);
    Ok(tx.splice_text(text, width(encoding, start), deleted, new_mid)?)
}

/// The common beginning, and what differs of `old` and `new` before their common end.
fn differing_middle<'a, 'b>(old: &'a str, new: &'b str) -> (&'a str, &'a str, &'b str) {
    let equal = |(a, b): &(char, char)| a == b;
    let head: usize = old.chars().zip(new.chars()).take_while(equal).map(|(a, _)| a.len_utf8()).sum();
    // INVARIANT: `head` ends a common run of whole characters of both, `tail` begins one of both remainders.
    let (start, old_rest, new_rest) = (&old[..head], &old[head..], &new[head..]);
    let tail: usize =
        old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(equal).map(|(a, _)| a.len_utf8()).sum();
    (start, &old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail])
}

/// The length of a text in the document's unit of positions.
fn width(encoding: TextEncoding, text: &str) -> usize {
    match encoding {
        TextEncoding::Utf8CodeUnit => text.len(),
        TextEncoding::Utf16CodeUnit => text.encode_utf16().count(),
        TextEncoding::UnicodeCodePoint | TextEncoding::GraphemeCluster => text.chars().count(),
    }
}
