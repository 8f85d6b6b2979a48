//! What the lists of work need to know of each row, in memory: who is to translate, verify or hear of it is found without
//! reading the rows.
//!
//! No text of a record is in it but the day of its last verification, and nothing of persons. It is made from the rows on
//! first use and kept current from the node's events. A line takes some 200 bytes.

use super::stale::VERIFIED;
use super::translations;
use crate::runtime::NodeHandle;
use crate::store::{Store, StoreError};
use crate::views::{Changed, Changes, for_each_record};
use comin_protocol::ids::{DocId, PERSON_KIND, RecordKey};
use comin_protocol::record::{DELETED, Origin, Row, Scalar};
use comin_protocol::schema::{self, LANGUAGES};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// The document that holds it.
    pub doc: DocId,
    /// Who wrote it, and when: as in the row.
    pub origins: Box<[Origin]>,
    /// Those of them that say that it is deleted.
    pub deleted_by: Box<[u16]>,
    /// The day of its last verification, `None` for never; `None` at all where it is not verified: deleted, or of another
    /// kind.
    pub verified: Option<Option<Box<str>>>,
    /// Texts to translate into each of [`LANGUAGES`].
    pub to_do: [u16; LANGUAGES.len()],
}

impl Line {
    fn of(row: &Row) -> Self {
        let cells = row.fields.get(DELETED).into_iter().flatten();
        let has_day = schema::kind(&row.key.kind).is_some_and(|kind| kind.field(VERIFIED).is_some());
        Self {
            doc: row.doc,
            origins: row.origins.clone().into_boxed_slice(),
            deleted_by: cells.filter(|cell| cell.value == Scalar::Bool(true)).map(|cell| cell.origin).collect(),
            verified: (has_day && !row.is_deleted()).then(|| row.text(VERIFIED).map(Box::from)),
            to_do: translations::counts(row),
        }
    }
}

/// The lines of all rows, by record.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lines(BTreeMap<RecordKey, Box<[Line]>>);

impl Lines {
    /// Reads all rows. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(store: &dyn Store) -> Result<Self, StoreError> {
        let mut lines = Self::default();
        for_each_record(store, |rows| {
            if let Some(first) = rows.first() {
                lines.put(&first.key, rows);
            }
        })?;
        Ok(lines)
    }

    fn put(&mut self, key: &RecordKey, rows: &[Row]) {
        match rows.is_empty() {
            true => self.0.remove(key),
            false => self.0.insert(key.clone(), rows.iter().map(Line::of).collect()),
        };
    }

    /// Every line with the record of its row, by kind, id and document.
    pub fn iter(&self) -> impl Iterator<Item = (&RecordKey, &Line)> {
        self.0.iter().flat_map(|(key, lines)| lines.iter().map(move |line| (key, line)))
    }
}

/// The lines of a running node.
pub struct WorkIndex {
    changes: Changes,
    kept: Mutex<Option<Lines>>,
}

impl WorkIndex {
    /// Nothing yet; listens to the node.
    pub fn new(node: &NodeHandle) -> Self {
        Self { changes: Changes::new(node.subscribe()), kept: Mutex::new(None) }
    }

    /// Reads these records again before the next list: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey>) {
        self.changes.touch(keys);
    }

    /// What `look` finds in the lines as the rows are now. Blocks; the first time it reads all rows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn look<T>(&self, store: &dyn Store, look: impl FnOnce(&Lines) -> T) -> Result<T, StoreError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // A failure leaves nothing behind: the next list makes it anew.
        let lines = match (kept.take(), self.changes.take()) {
            (Some(mut lines), Changed::Records(keys)) => {
                for key in keys.into_iter().filter(|key| key.kind != PERSON_KIND) {
                    lines.put(&key, &store.rows_of(&key)?);
                }
                lines
            }
            _ => Lines::read(store)?,
        };
        Ok(look(kept.insert(lines)))
    }
}
