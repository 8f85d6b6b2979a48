//! Import of records from a table: CSV with commas or semicolons, whose first line names the fields.
//!
//! All rows are read and checked before anything is written. A row without id belongs to the record of the
//! target register with the same name and city; so a second run of one file changes nothing. An empty cell
//! says nothing: it never clears a value.

mod plan;
mod table;

use crate::runtime::NodeHandle;
use crate::store::StoreError;
use comin_protocol::engine::{Command, CommandError, Edit};
use comin_protocol::ids::{DeviceKey, RegisterId};
use comin_protocol::limits::EDIT_SLICE;
use comin_protocol::record::{FieldChange, FieldOp, Row};
use comin_protocol::schema::Kind;

pub use plan::{Change, Plan};

/// Largest file in bytes: 10,000 organisations of 400 bytes.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of values written in one commit, far below the largest change.
const BATCH_BYTES: usize = 128 * 1024;
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
    #[error("{} values cannot be taken", .0.len())]
    Rows(Vec<RowError>),
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
pub async fn plan(node: &NodeHandle, target: Target, language: &str, file: Vec<u8>) -> Result<Plan, ImportError> {
    let table = table::read(&file).map_err(|error| ImportError::Rows(vec![error]))?;
    let language = language.to_owned();
    let planned = node.read(move |store| {
        let rows = scan(|after| store.scan_rows(None, after, SCAN_ROWS))?;
        Ok(plan::make(&target, &language, &table, &rows))
    });
    planned.await?.map_err(ImportError::Rows)
}

/// All rows, page by page.
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

/// Writes what a plan says, in batches that are each written whole or not at all.
///
/// # Errors
/// [`ImportError::Refused`].
pub async fn apply(node: &NodeHandle, plan: Plan) -> Result<Vec<Row>, ImportError> {
    let total = plan.edits.len();
    let mut rows = Vec::with_capacity(total);
    for batch in batches(plan.edits) {
        match node.command(Command::Edit(batch)).await {
            Ok(comin_protocol::engine::Reply::Edited(edited)) => rows.extend(edited),
            Ok(other) => {
                let cause = CommandError::Stopped(format!("unexpected reply {other:?}"));
                return Err(ImportError::Refused { written: rows.len(), total, cause });
            }
            Err(cause) => return Err(ImportError::Refused { written: rows.len(), total, cause }),
        }
    }
    Ok(rows)
}

/// Edits in portions that one commit can take.
fn batches(edits: Vec<Edit>) -> Vec<Vec<Edit>> {
    let mut out: Vec<Vec<Edit>> = Vec::new();
    let mut bytes = 0;
    for edit in edits {
        let size: usize = edit.changes.iter().map(change_bytes).sum();
        match out.last_mut() {
            Some(batch) if batch.len() < EDIT_SLICE && bytes + size <= BATCH_BYTES => {
                bytes += size;
                batch.push(edit);
            }
            _ => {
                bytes = size;
                out.push(vec![edit]);
            }
        }
    }
    out
}

/// About how much a change adds to a commit.
fn change_bytes(change: &FieldChange) -> usize {
    let value = match &change.op {
        FieldOp::Put(value) => value.as_str().map_or(8, str::len),
        FieldOp::Prose(text) => text.len(),
        FieldOp::Add | FieldOp::Remove => 1,
    };
    change.key.len() + value
}

#[cfg(test)]
mod tests;
