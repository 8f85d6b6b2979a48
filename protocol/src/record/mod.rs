//! How a record lies in Automerge, how it is written and how it is read (WIRE.md, "Records").
//!
//! A record with a random id is a map under the root key `kind:id`, made by its creator alone (where that made it
//! twice, there are two, and both are read and written); inside it every field is a scalar, or a text for prose, at a
//! flat key. A record with a derived id (it lies in the register's links part) has no map: its fields lie at the root
//! keys `kind:id/field`, so that two creators merge. Nothing outside prose is ever deleted, and no writer makes nested
//! maps, lists or counters: made by two devices at once they would hide one another.

mod conflict;
#[cfg(test)]
mod frozen;
mod history;
mod origin;
mod project;
mod reissue;
mod row;
#[cfg(test)]
mod speed;
mod stored;
#[cfg(test)]
mod tests;
mod touch;
mod write;

pub use conflict::Conflict;
pub use history::{Entry, FieldStep, History};
pub use origin::OriginIndex;
pub use project::{count, keys, project, project_all};
pub use reissue::{
    Dropped, DroppedEdit, Field, ReplacedEdit, creation, dropped_changes, field_writes, times_made, writers,
};
pub use row::{Cell, Origin, Row, RowVersion, Scalar};
pub use stored::StoredRow;
pub use touch::touched;
pub use write::{FieldChange, FieldOp, WriteError, write};

/// The field that says whether a record is deleted.
pub const DELETED: &str = "deleted";

/// Whether a flat key is a member of a set (`targets/youth`) or an entry of a log (`log/<id>`): there, an
/// addition beside a removal wins, and nothing is a conflict.
pub fn is_set_key(field: &str) -> bool {
    field.contains('/')
}
