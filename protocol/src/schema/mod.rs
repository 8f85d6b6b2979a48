//! The schema: one table of kinds and fields from which validation, forms, columns and labels come.
//!
//! [`KINDS`] says which fields a kind has and of which type; [`FieldType`] says how a type is entered, how it
//! lies in a record and how it is read (WIRE.md, "Scalars"). Values are checked when they are entered here; a
//! wrong value that arrives from elsewhere is kept and shown as invalid, and so is a field or kind that this
//! version does not know.

mod entries;
mod error;
mod json;
mod kinds;
mod log;
mod order;
mod parse;
mod text;
mod value;
mod vocabulary;

pub use entries::{Entry, entries};
pub use error::FieldError;
pub use json::{fields_to_json, to_json};
pub use kinds::{KINDS, PERSON, RECORD_FIELDS};
pub use log::{Step, log_ends, states, status, steps};
pub use parse::{missing, new_record, parse_assignment, parse_field, sort_ends};
pub use text::{title, translated};
pub use vocabulary::{Term, VOCABULARIES, Vocabulary, vocabulary};

use crate::ids::RecordKey;
use crate::limits::SCALAR_BYTES_MAX;

/// The languages in which texts are translated, in the order in which one stands in for another.
pub const LANGUAGES: [&str; 4] = ["it", "sl", "fr", "en"];

/// The schema version that new records carry in their field `schema`.
pub const SCHEMA_VERSION: i64 = 1;

/// A kind of record.
#[derive(Debug)]
pub struct Kind {
    /// Its name, as in record keys.
    pub name: &'static str,
    /// Its own fields, in the order in which forms and columns show them. [`RECORD_FIELDS`] come on top.
    pub fields: &'static [Field],
    /// The field that names a record in lists; empty where its ends do.
    pub title: &'static str,
    /// The references from which the id is derived, in order; empty for a kind with random ids.
    pub ends: &'static [&'static str],
    /// Whether its two ends are equal among themselves: then they lie sorted.
    pub is_symmetric: bool,
    /// The references by which a record without a title is called; of a link its ends.
    pub named_by: &'static [&'static str],
    /// Whether new records go to the internal register, for the partner alone, unless it is said otherwise.
    pub is_internal: bool,
}

impl Kind {
    /// The field of this name, record-wide ones included.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.all_fields().find(|field| field.name == name)
    }

    /// The key of the link between these ends, which are in the order of [`Kind::ends`] or, of a symmetric kind, in any.
    pub fn derived_key(&self, ends: &[RecordKey]) -> RecordKey {
        let mut ends: Vec<&RecordKey> = ends.iter().collect();
        if self.is_symmetric {
            ends.sort_by_key(|end| end.to_string());
        }
        RecordKey::derived(self.name, &ends)
    }

    /// Its own fields, then the record-wide ones.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.fields.iter().chain(RECORD_FIELDS)
    }
}

/// The kind of this name, [`PERSON`] included, if this version knows it.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().chain([&PERSON]).find(|kind| kind.name == name)
}

/// A field of a kind.
#[derive(Debug)]
pub struct Field {
    /// Its name, and the beginning of its flat keys.
    pub name: &'static str,
    /// Its type.
    pub field_type: FieldType,
    /// Whether a record cannot do without it.
    pub required: bool,
    /// Longest text in bytes (of a set: of one member).
    pub bytes_max: usize,
}

impl Field {
    /// Whether people write several lines into it.
    pub fn is_long(&self) -> bool {
        matches!(self.field_type, FieldType::Prose | FieldType::TranslatedProse) || self.bytes_max >= SCALAR_BYTES_MAX
    }

    /// Whether it has a text in each language, at `name@it` and so on.
    pub fn is_translated(&self) -> bool {
        matches!(self.field_type, FieldType::TranslatedLine | FieldType::TranslatedProse)
    }

    /// Whether it holds any number of members, at `name/member`.
    pub fn is_set(&self) -> bool {
        use FieldType::{Codes, Lines, Links, References};
        matches!(self.field_type, Codes(_) | References(_) | Lines | Links)
    }
}

/// The name of the field to which a flat key belongs: what stands before a language, a member or an entry.
pub fn base_of(key: &str) -> &str {
    key.split(['@', '/', '.']).next().unwrap_or(key)
}

/// The types of fields. How each lies in a record is a table in WIRE.md, "Scalars".
#[derive(Clone, Copy, Debug)]
pub enum FieldType {
    /// One text.
    Line,
    /// One text in each language.
    TranslatedLine,
    /// A long text that several people write at once.
    Prose,
    /// A long text in each language.
    TranslatedProse,
    /// A code from a vocabulary.
    Code(&'static Vocabulary),
    /// A set of codes.
    Codes(&'static Vocabulary),
    /// A reference to a record of one of these kinds; none named: of any.
    Reference(&'static [&'static str]),
    /// A set of references.
    References(&'static [&'static str]),
    /// A set of texts.
    Lines,
    /// A set of web addresses.
    Links,
    /// A day.
    Date,
    /// A month.
    Month,
    /// From a moment to a moment, with the time zone in which they are meant, as one value.
    MomentRange,
    /// A place on the earth with its precision, as one value.
    Position,
    /// A whole number.
    Integer {
        /// The least allowed.
        min: i64,
        /// The greatest allowed.
        max: i64,
    },
    /// A web address.
    Link,
    /// A functional e-mail address.
    Email,
    /// A country: ISO 3166-1 alpha-2.
    Country,
    /// Yes or no.
    Flag,
    /// A SHA-256 checksum.
    Digest,
    /// Steps from state to state that only grow in number; the states are those of the vocabulary.
    Log(&'static Vocabulary),
    /// A list of entries with these sub-fields, in an order that people change.
    Entries(&'static [Field]),
    /// Values for fields of another record, as one value.
    Changes,
}

#[cfg(test)]
mod lists_tests;
#[cfg(test)]
mod tests;
