//! The edits of an import, in slices that one commit takes.
//!
//! They are kept packed: of 100,000 rows they take some ten MB so, and hundreds as they are.

use crate::limits::{IMPORT_BYTES_MAX, IMPORT_SLICE_BYTES, IMPORT_SLICE_OPS};
use comin_protocol::codec::{compress, expand, from_cbor, to_cbor};
use comin_protocol::engine::{Edit, Target};
use comin_protocol::ids::{DocId, RecordKey, RegisterId};
use comin_protocol::limits::EDIT_SLICE;
use comin_protocol::record::{FieldChange, FieldOp};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// Bytes of a slice before it is compressed: a file full of long texts, with keys and lengths.
const SLICE_BYTES_MAX: usize = 2 * IMPORT_BYTES_MAX;

/// Edits in the order in which they were added. They refuse no version: what they say was read beforehand.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Edits {
    /// Full slices, each as compressed CBOR of [`Coded`].
    packed: VecDeque<Vec<u8>>,
    /// The slice that is being filled.
    open: Vec<Edit>,
    sum: Cost,
    count: usize,
}

/// An edit: register and kind of a new record, register and key of a link, key and document of a record.
type Coded = (Option<RegisterId>, Option<String>, Option<RecordKey>, Option<DocId>, Vec<FieldChange>);

impl Edits {
    /// Adds one.
    pub fn push(&mut self, edit: Edit) {
        let cost = Cost::of(&edit);
        let sum = Cost { bytes: self.sum.bytes + cost.bytes, ops: self.sum.ops + cost.ops };
        let fits = self.open.len() < EDIT_SLICE && sum.bytes <= IMPORT_SLICE_BYTES && sum.ops <= IMPORT_SLICE_OPS;
        // What is too much for a slice is one by itself; the plan has seen to it that a commit takes it.
        if fits || self.open.is_empty() {
            self.sum = sum;
        } else {
            let full = std::mem::take(&mut self.open);
            self.packed.push_back(packed(full));
            self.sum = cost;
        }
        self.open.push(edit);
        self.count += 1;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Hands what they say to a hasher.
    pub fn feed(&self, state: &mut impl Hasher) {
        self.packed.hash(state);
        packed(self.open.clone()).hash(state);
    }

    /// The slices, each unpacked as it is asked for.
    pub fn into_slices(self) -> impl Iterator<Item = Vec<Edit>> + Send {
        let last = Some(self.open).filter(|open| !open.is_empty());
        self.packed.into_iter().map(|slice| unpacked(&slice)).chain(last)
    }
}

fn packed(slice: Vec<Edit>) -> Vec<u8> {
    let coded: Vec<Coded> = slice.into_iter().map(coded).collect();
    compress(&to_cbor(&coded))
}

fn coded(edit: Edit) -> Coded {
    match edit.target {
        Target::New { register, kind } => (register, Some(kind), None, None, edit.changes),
        Target::Link { register, key } => (register, None, Some(key), None, edit.changes),
        Target::Record { doc, key } => (None, None, Some(key), Some(doc), edit.changes),
    }
}

fn unpacked(slice: &[u8]) -> Vec<Edit> {
    let bytes = expand(slice, SLICE_BYTES_MAX).ok();
    let coded: Option<Vec<Coded>> = bytes.and_then(|bytes| from_cbor(&bytes).ok());
    let edits = coded.and_then(|coded| coded.into_iter().map(edit).collect());
    // INVARIANT: `packed` has made these bytes in this process.
    edits.unwrap_or_else(|| unreachable!("a slice unpacks as it was packed"))
}

fn edit((register, kind, key, doc, changes): Coded) -> Option<Edit> {
    let target = match (kind, key, doc) {
        (Some(kind), None, None) => Target::New { register, kind },
        (None, Some(key), None) => Target::Link { register, key },
        (None, Some(key), Some(doc)) => Target::Record { doc, key },
        _ => return None,
    };
    Some(Edit { target, changes, if_version: None })
}

/// About how much an edit adds to a commit, and at most how many operations.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Cost {
    bytes: usize,
    ops: usize,
}

impl Cost {
    fn of(edit: &Edit) -> Self {
        let ops = |change: &FieldChange| match &change.op {
            FieldOp::Prose(text) => 1 + text.chars().count(),
            _ => 1,
        };
        Self {
            bytes: edit.changes.iter().map(FieldChange::bytes_about).sum(),
            ops: 1 + edit.changes.iter().map(ops).sum::<usize>(),
        }
    }
}
