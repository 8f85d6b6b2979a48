//! Whether what pages and searches read is what the documents say.
//!
//! Three steps, each against the one before: every document is projected afresh and compared with its rows, then every
//! row with what lies in the search index. The indexes of rows by record are the store's own (`Store::verify`).

use crate::runtime::NodeHandle;
use crate::search::SearchIndex;
use crate::store::{Store, StoreError};
use comin_protocol::engine::{Command, CommandError, Reply};
use comin_protocol::ids::DocId;
use comin_protocol::record::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Looks at a running node, in which records change meanwhile: a fault is one that every look finds.
const LOOKS: usize = 3;

/// What a comparison found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Findings {
    /// Records in the documents, each once for each document.
    pub records: usize,
    /// Of documents whose rows are not what they say: the rows that they should have.
    pub wrong: BTreeMap<DocId, Vec<Row>>,
    /// Every fault, in words.
    pub faults: Vec<String>,
}

/// Compares documents, rows and the search index of a node.
///
/// # Errors
/// [`CommandError`]: the engine stopped or cannot load a document.
pub async fn compare(
    node: &NodeHandle,
    search: Arc<SearchIndex>,
    documents: &[DocId],
) -> Result<Findings, CommandError> {
    let mut found = Findings::default();
    for doc in documents {
        let (records, fault) = document(node, *doc).await?;
        found.records += records;
        if let Some((rows, faults)) = fault {
            found.wrong.insert(*doc, rows);
            found.faults.extend(faults);
        }
    }
    found.faults.extend(index(node, &search).await?);
    Ok(found)
}

/// The same where nothing changes meanwhile: in what the rows of a store and a search index differ from documents that
/// have been projected.
///
/// # Errors
/// [`StoreError`].
pub fn at_rest(
    store: &dyn Store,
    search: &SearchIndex,
    projected: &BTreeMap<DocId, Vec<Row>>,
) -> Result<Vec<String>, StoreError> {
    let mut faults = Vec::new();
    for (doc, rows) in projected {
        faults.extend(differences(rows, &store.rows_of_doc(doc)?));
    }
    faults.extend(search.differences(store)?);
    Ok(faults)
}

/// In what the search index differs from the rows.
async fn index(node: &NodeHandle, search: &Arc<SearchIndex>) -> Result<Vec<String>, CommandError> {
    let mut faults = None;
    for _ in 0..LOOKS {
        let search = search.clone();
        let seen = node.read(move |store| search.differences(store)).await.map_err(stopped)?;
        let left = lasting(faults, seen);
        if left.is_empty() {
            return Ok(left);
        }
        faults = Some(left);
    }
    Ok(faults.unwrap_or_default())
}

/// The records of a document, and where its rows differ the right ones and what is wrong with those.
async fn document(node: &NodeHandle, doc: DocId) -> Result<(usize, Option<(Vec<Row>, Vec<String>)>), CommandError> {
    let (mut projected, mut faults) = (Vec::new(), None);
    for _ in 0..LOOKS {
        projected = match node.command(Command::Project { doc }).await? {
            Reply::Projected(rows) => rows,
            other => return Err(CommandError::Stopped(format!("unexpected reply {other:?}"))),
        };
        let rows = node.read(move |store| store.rows_of_doc(&doc)).await.map_err(stopped)?;
        let left = lasting(faults, differences(&projected, &rows));
        if left.is_empty() {
            return Ok((projected.len(), None));
        }
        faults = Some(left);
    }
    Ok((projected.len(), faults.map(|faults| (projected, faults))))
}

/// The faults that this look has found as well as all before it.
fn lasting(before: Option<Vec<String>>, seen: Vec<String>) -> Vec<String> {
    match before {
        None => seen,
        Some(before) => {
            let seen: BTreeSet<String> = seen.into_iter().collect();
            before.into_iter().filter(|fault| seen.contains(fault)).collect()
        }
    }
}

fn stopped(error: StoreError) -> CommandError {
    CommandError::Stopped(error.to_string())
}

/// Records whose row is not what the document says.
fn differences(projected: &[Row], rows: &[Row]) -> Vec<String> {
    let stored: BTreeMap<_, _> = rows.iter().map(|row| (&row.key, row)).collect();
    let known: BTreeSet<_> = projected.iter().map(|row| &row.key).collect();
    let of_document = projected.iter().filter_map(|row| match stored.get(&row.key) {
        None => Some(format!("{} is in the document and not in the view", row.key)),
        Some(other) if other.version() != row.version() => Some(format!("{} reads differently in the view", row.key)),
        Some(_) => None,
    });
    let of_view = rows.iter().filter(|row| !known.contains(&row.key));
    of_document.chain(of_view.map(|row| format!("{} is in the view and not in the document", row.key))).collect()
}
