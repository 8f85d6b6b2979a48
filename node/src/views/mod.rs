//! What pages and API read: records grouped over registers, lists, conflicts, and the exchange in words.
//!
//! Everything here is made from rows in the store and from the roster; no document is loaded to be read.

pub mod approvals;
mod changes;
mod collate;
pub mod exchange;
mod fields;
pub mod figures;
mod fold;
mod gathered;
mod index;
mod leading;
mod members;
mod record;
mod records;
mod refusal;
mod ties;
pub mod time;
mod whole;

pub use changes::{Changed, Changes};
pub use collate::sort_key;
pub use fields::{
    FieldError, derived_key, field_label, field_label_in, kind_label, known_kind, openapi_kinds, parse, parse_flat,
    references, scalar_json, scalar_text, schema_json, title, to_columns, to_json, type_name, words, write_op,
};
pub use fold::{fold, fold_words};
pub use gathered::{Audience, Gathered};
pub use index::{
    Filter, ListPage, Membership, Memberships, RecordIndex, Summary, for_each_group, for_each_record, scan_groups,
};
pub use members::{Ambiguous, find_partner, find_register, register_label};
pub use record::{Record, Text};
pub use records::{Conflict, Group, Reader, Titles, Value, Version};
pub use refusal::{Place, quoted, refusal};
pub use whole::{Made, Scene, Whole};
