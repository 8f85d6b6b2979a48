//! Import of records from a table: CSV with commas or semicolons, whose first line names the fields.
//!
//! All rows are read and checked before anything is written, then written in slices, each whole or not at all. An
//! import that ends in between is completed by a second run. A row without id belongs to the record of the
//! target register with the same name and city; so a second run of one file changes nothing. An empty cell
//! says nothing: it never clears a value.

mod plan;
mod table;

use crate::limits::{IMPORT_ERRORS_LISTED, IMPORT_SLICE_BYTES, IMPORT_SLICE_OPS};
use crate::runtime::NodeHandle;
use crate::store::StoreError;
use comin_protocol::engine::{Command, CommandError, Edit, Reply};
use comin_protocol::ids::{DeviceKey, RegisterId};
use comin_protocol::limits::EDIT_SLICE;
use comin_protocol::record::{FieldChange, FieldOp, Row};
use comin_protocol::schema::Kind;

pub use plan::{Change, Plan};

pub use crate::limits::IMPORT_BYTES_MAX;

/// Rows read from the store in one go.
const SCAN_ROWS: usize = 1_000;

/// A value that cannot be taken.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct RowError {
    /// The line of the file on which the row begins; 1 is the line with the fields' names.
    pub row: u64,
    /// The column's name; empty where the whole row is meant.
    pub column: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// Why nothing, or not everything, was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be taken; nothing was written.
    #[error("{total} values cannot be taken")]
    Rows {
        /// The first of them, in order.
        errors: Vec<RowError>,
        /// How many there are.
        total: usize,
    },
    /// The store cannot be read; nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Writing was refused part of the way. The same import again goes on from there.
    #[error("after {written} of {total} records: {cause}")]
    Refused {
        /// Records written.
        written: usize,
        /// Records to write.
        total: usize,
        /// Why.
        cause: CommandError,
    },
}

/// Values that cannot be taken: so many are listed, all are counted.
#[derive(Debug, Default)]
struct Refusals {
    listed: Vec<RowError>,
    total: usize,
}

impl Refusals {
    fn push(&mut self, error: RowError) {
        self.total += 1;
        if self.listed.len() < IMPORT_ERRORS_LISTED {
            self.listed.push(error);
        }
    }
}

impl From<RowError> for Refusals {
    fn from(error: RowError) -> Self {
        Self { listed: vec![error], total: 1 }
    }
}

/// What an import is about.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The kind of its records.
    pub kind: &'static Kind,
    /// The register that is written.
    pub register: RegisterId,
    /// This device.
    pub device: DeviceKey,
}

/// Reads and checks a file against what the register holds.
///
/// # Errors
/// [`ImportError::Rows`] with every value that cannot be taken; [`ImportError::Store`].
pub async fn plan(
    node: &NodeHandle,
    target: Target,
    language: &str,
    file: impl AsRef<[u8]> + Send + 'static,
) -> Result<Plan, ImportError> {
    let language = language.to_owned();
    let planned = node.read(move |store| {
        let table = match table::read(file.as_ref()) {
            Ok(table) => table,
            Err(error) => return Ok(Err(Refusals::from(error))),
        };
        drop(file);
        let mut rows = Vec::new();
        for kind in plan::kinds_needed(target.kind) {
            rows.extend(scan(|after| store.scan_rows(Some(kind), after, SCAN_ROWS))?);
        }
        Ok(plan::make(&target, &language, &table, &rows))
    });
    planned.await?.map_err(|refused| ImportError::Rows { errors: refused.listed, total: refused.total })
}

/// All rows of one kind, page by page.
fn scan(
    mut page: impl FnMut(
        Option<&(comin_protocol::ids::RecordKey, comin_protocol::ids::DocId)>,
    ) -> Result<Vec<Row>, StoreError>,
) -> Result<Vec<Row>, StoreError> {
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let after = rows.last().map(|row| (row.key.clone(), row.doc));
        let more = page(after.as_ref())?;
        if more.is_empty() {
            return Ok(rows);
        }
        rows.extend(more);
    }
}

/// Writes some edits of a plan, whole or not at all; `written` of `total` are written already. Between two slices
/// the engine takes what people enter meanwhile.
///
/// # Errors
/// [`ImportError::Refused`].
pub async fn write(
    node: &NodeHandle,
    slice: Vec<Edit>,
    (written, total): (usize, usize),
) -> Result<Vec<Row>, ImportError> {
    let refused = |cause| ImportError::Refused { written, total, cause };
    match node.command(Command::Edit(slice)).await {
        Ok(Reply::Edited(rows)) => Ok(rows),
        Ok(other) => Err(refused(CommandError::Stopped(format!("unexpected reply {other:?}")))),
        Err(cause) => Err(refused(cause)),
    }
}

/// Edits in portions that one commit can take, made as they are asked for.
pub fn slices(edits: Vec<Edit>) -> impl Iterator<Item = Vec<Edit>> + Send {
    let mut edits = edits.into_iter().peekable();
    std::iter::from_fn(move || {
        let (mut slice, mut sum): (Vec<Edit>, Cost) = (Vec::new(), Cost::default());
        while let Some(cost) = edits.peek().map(Cost::of) {
            sum = Cost { bytes: sum.bytes + cost.bytes, ops: sum.ops + cost.ops };
            let fits = slice.len() < EDIT_SLICE && sum.bytes <= IMPORT_SLICE_BYTES && sum.ops <= IMPORT_SLICE_OPS;
            // What is too much for a slice is one by itself; the plan has seen to it that a commit takes it.
            if !fits && !slice.is_empty() {
                break;
            }
            slice.extend(edits.next());
        }
        (!slice.is_empty()).then_some(slice)
    })
}

/// About how much an edit adds to a commit, and at most how many operations.
#[derive(Default)]
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

#[cfg(test)]
mod tests;
