//! What pages and API read: records grouped over registers, lists, conflicts, and the exchange in words.
//!
//! Everything here is made from rows in the store and from the roster; no document is loaded to be read.

pub mod exchange;
mod fields;
mod fold;
mod index;
mod members;
mod records;
pub mod time;

pub use fields::{
    FieldError, derived_key, kind_label, openapi_kinds, parse, parse_flat, schema_json, title, to_columns, to_json,
};
pub use fold::fold;
pub use index::{Filter, ListPage, RecordIndex, Summary, scan_groups};
pub use members::{Ambiguous, find_partner, find_register, register_label};
pub use records::{Conflict, Group, Reader, Value, Version, is_conflicted};
