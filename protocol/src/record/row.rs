//! A record as it is read: the projection of its fields, with every concurrent value and who wrote it.
//!
//! Rows are made from documents, stored by the node in the same batch as the changes that caused them,
//! and read by pages and API without a document in memory.

use crate::ids::{ActorId, DocId, PERSON_KIND, RecordKey, tagged_hash, to_hex};
use crate::persons::Personal;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;
use std::fmt;

/// A value as Automerge holds it, reduced to what records use.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Encode, Decode)]
pub enum Scalar {
    /// Removed or never set.
    #[n(0)]
    Null,
    /// True or false.
    #[n(1)]
    Bool(#[n(0)] bool),
    /// A whole number.
    #[n(2)]
    Int(#[n(0)] i64),
    /// A string; how each field type is written as one is in WIRE.md, "Scalars".
    #[n(3)]
    Str(#[n(0)] String),
    /// The text of a prose field (an Automerge Text), as it reads now.
    #[n(4)]
    Prose(#[n(0)] String),
    /// A value of a type that no field of ours has: kept, shown as invalid. Its text form.
    #[n(5)]
    Foreign(#[n(0)] String),
}

impl Scalar {
    /// The string or prose inside.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) | Self::Prose(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Scalar {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

/// Who wrote a value, and when by that device's clock. Of prose: who changed it last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Origin {
    /// The actor; the node knows its device and partner.
    #[n(0)]
    pub actor: ActorId,
    /// The author's wall clock in milliseconds since the Unix epoch, UTC: information, never a rule.
    #[n(1)]
    pub time_ms: i64,
}

/// One value of a field with its origin.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Cell {
    /// The value.
    #[n(0)]
    pub value: Scalar,
    /// Index into [`Row::origins`].
    #[n(1)]
    pub origin: u16,
}

/// A record in one register, as it reads now. Of a person `Debug` shows nothing but which one.
#[derive(Clone, PartialEq, Encode, Decode)]
#[cbor(array)]
pub struct Row {
    /// The record.
    #[n(0)]
    pub key: RecordKey,
    /// The document that it lies in.
    #[n(1)]
    pub doc: DocId,
    /// Everyone who wrote a value shown here. Entry 0 is the record's creator (for a record with a derived
    /// id: the earliest writer).
    #[n(2)]
    pub origins: Vec<Origin>,
    /// Flat field key → values. The first is the one that Automerge shows; more than one means that they
    /// were written concurrently. Removed values (null) appear only beside others.
    #[n(3)]
    pub fields: BTreeMap<String, Vec<Cell>>,
    /// Of a deleted record: the values (or removals) that no author of the deletion had seen, by field.
    /// Not empty: deletion and edit are in conflict until `deleted` is written again.
    #[n(4)]
    pub unseen_edits: Vec<(String, Cell)>,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Row");
        out.field("key", &self.key).field("doc", &self.doc).field("origins", &self.origins);
        match self.doc.is_person() || self.key.kind == PERSON_KIND {
            true => out.field("fields", &Personal::new(())),
            false => out.field("fields", &self.fields).field("unseen_edits", &self.unseen_edits),
        };
        out.finish()
    }
}

/// The version of a row, for `ETag` and `If-Match`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowVersion(pub [u8; 8]);

impl RowVersion {
    /// As text.
    pub fn to_text(self) -> String {
        to_hex(&self.0)
    }

    /// From text.
    pub fn parse(text: &str) -> Option<Self> {
        crate::ids::from_hex(text).map(Self)
    }
}

impl Row {
    /// Changes whenever anything shown of the record changes.
    pub fn version(&self) -> RowVersion {
        let mut out = [0; 8];
        out.copy_from_slice(&tagged_hash("comin/row/1", &[&crate::codec::to_cbor(self)])[..8]);
        RowVersion(out)
    }

    /// The value that stands in `field`, if it is neither absent nor removed.
    pub fn value(&self, field: &str) -> Option<&Scalar> {
        self.fields.get(field)?.first().map(|cell| &cell.value).filter(|value| **value != Scalar::Null)
    }

    /// The text in `field`.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.value(field)?.as_str()
    }

    /// Whether any of the values of `deleted` is true.
    pub fn is_deleted(&self) -> bool {
        self.fields.get("deleted").is_some_and(|cells| cells.iter().any(|cell| cell.value == Scalar::Bool(true)))
    }

    /// The origin of a cell.
    pub fn origin(&self, cell: &Cell) -> Option<&Origin> {
        self.origins.get(usize::from(cell.origin))
    }
}
