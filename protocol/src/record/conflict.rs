//! What of a record people have to decide about.

use super::{Cell, DELETED, Row, Scalar, is_set_key};
use crate::schema::{self, FieldType};

/// Values written to one field without knowing of one another.
#[derive(Clone, PartialEq, Debug)]
pub struct Conflict {
    /// The flat key of the field.
    pub field: String,
    /// The values, the one that Automerge shows first; a removal is `Null`. Origins are those of the row.
    pub cells: Vec<Cell>,
    /// Where the field is `deleted`: the edits that the deletion had not seen, by field.
    pub unseen_edits: Vec<(String, Cell)>,
}

impl Row {
    /// The conflicts of the record, by field. Writing the field decides one: a value for a field; for
    /// `deleted`, true again (it stays deleted) or null (it is restored); for a log that is in several states at once an
    /// entry that follows all its ends.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for (field, cells) in &self.fields {
            let unseen_edits = if field == DELETED { self.unseen_edits.clone() } else { Vec::new() };
            if (cells.len() > 1 && !is_set_key(field)) || !unseen_edits.is_empty() {
                conflicts.push(Conflict { field: field.clone(), cells: cells.clone(), unseen_edits });
            }
        }
        conflicts.extend(self.split_logs());
        conflicts
    }

    /// The logs that are in several states at once, with each state once.
    fn split_logs(&self) -> impl Iterator<Item = Conflict> {
        let logs = schema::kind(&self.key.kind).into_iter().flat_map(|kind| kind.fields).filter_map(|field| {
            let FieldType::Log(list) = field.field_type else { return None };
            Some((field.name, schema::steps(self, field, list)))
        });
        logs.filter(|(_, steps)| schema::states(steps).len() > 1).map(|(name, steps)| {
            let mut cells: Vec<Cell> = Vec::new();
            for end in schema::log_ends(&steps) {
                let value = Scalar::Str(end.to.clone());
                let origin = self.fields.get(&format!("{name}/{}", end.id)).and_then(|cells| cells.first());
                if let (Some(cell), true) = (origin, cells.iter().all(|cell| cell.value != value)) {
                    cells.push(Cell { value, origin: cell.origin });
                }
            }
            Conflict { field: name.to_owned(), cells, unseen_edits: Vec::new() }
        })
    }

    /// Whether anything of the record waits for a decision. Cheaper than [`Row::conflicts`].
    pub fn has_conflict(&self) -> bool {
        !self.unseen_edits.is_empty()
            || self.fields.iter().any(|(field, cells)| cells.len() > 1 && !is_set_key(field))
            || self.split_logs().next().is_some()
    }

    /// Whether lists show the record: it is not deleted, or whether it is waits for a decision.
    pub fn is_listed(&self) -> bool {
        !self.is_deleted()
            || !self.unseen_edits.is_empty()
            || self.fields.get(DELETED).is_some_and(|cells| cells.len() > 1)
    }
}
