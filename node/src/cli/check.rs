//! `check`: what pages read against the documents, and what to do when the store is damaged.

use super::client::STORE_WAIT;
use super::error::{CliError, CliResult, Exit};
use super::output::Output;
use comin_node::datadir::DataDir;
use comin_node::helper::HelperCommand;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::{self, Store, StoreError};
use comin_protocol::engine::{Command, CommandError, Reply};
use comin_protocol::ids::DocId;
use comin_protocol::record::Row;
use serde_json::json;
use std::sync::Arc;

/// What a whole comparison found.
#[derive(Debug, Default)]
struct Findings {
    documents: usize,
    records: usize,
    differences: Vec<String>,
}

/// `check` without `--repair`.
pub fn run(dir: &DataDir, out: &Output) -> CliResult<Exit> {
    let signer = dir.signer()?;
    let store: Arc<dyn Store> = Arc::new(open(dir)?);
    let documents: Vec<DocId> = store.boot()?.docs.into_keys().collect();
    let helper = HelperCommand::own().map_err(|error| CliError::new(error.to_string()))?;
    let (handle, node) = Node::start(NodeConfig { signer, net: None, helper }, store.clone())?;
    let found = super::block_on(compare(&handle, &documents));
    drop(handle);
    node.stop();
    drop(store);
    report(&found??, out)
}

fn open(dir: &DataDir) -> CliResult<store::SledStore> {
    store::open_sled(&dir.store(), STORE_WAIT).map_err(|error| match error {
        StoreError::Busy => CliError::new("the node is running and holds the store")
            .exit(Exit::Busy)
            .hint("stop it, then run this again"),
        other => other.into(),
    })
}

/// Projects every document afresh and compares it with the rows that pages read.
async fn compare(handle: &NodeHandle, documents: &[DocId]) -> CliResult<Findings> {
    let mut found = Findings { documents: documents.len(), ..Findings::default() };
    for doc in documents {
        let id = *doc;
        let (loaded, stored) = (handle.read(move |store| store.load_doc(&id)).await?, id);
        let runs = handle.read(move |store| store.runs_of_doc(&stored)).await?;
        drop((loaded, runs));
        let projected = match handle.command(Command::Project { doc: id }).await {
            Ok(Reply::Projected(rows)) => rows,
            Ok(other) => return Err(CliError::new(format!("unexpected reply {other:?}"))),
            Err(CommandError::Stopped(reason)) => return Err(StoreError::Damaged(reason).into()),
            Err(error) => return Err(CliError::new(error.to_string())),
        };
        let rows = handle.read(move |store| store.rows_of_doc(&id)).await?;
        found.records += projected.len();
        found.differences.extend(differences(&projected, &rows));
    }
    Ok(found)
}

/// Records whose row is not what the document says, by id.
fn differences(projected: &[Row], rows: &[Row]) -> Vec<String> {
    let stored = |row: &Row| rows.iter().find(|other| other.key == row.key);
    let of_document = projected.iter().filter_map(|row| match stored(row) {
        None => Some(format!("{} is in the document and not in the view", row.key)),
        Some(other) if other.version() != row.version() => Some(format!("{} reads differently in the view", row.key)),
        Some(_) => None,
    });
    let known: std::collections::BTreeSet<_> = projected.iter().map(|row| &row.key).collect();
    let of_view = rows.iter().filter(|row| !known.contains(&row.key));
    of_document.chain(of_view.map(|row| format!("{} is in the view and not in the document", row.key))).collect()
}

fn report(found: &Findings, out: &Output) -> CliResult<Exit> {
    let good = found.differences.is_empty();
    if out.json {
        out.object(json!({"documents": found.documents, "records": found.records, "differences": found.differences}));
    } else {
        found.differences.iter().for_each(|difference| out.line(difference));
        let told = if good {
            "view and documents agree".to_owned()
        } else {
            format!("{} differences", found.differences.len())
        };
        out.line(format!("{} documents, {} records: {told}.", found.documents, found.records));
    }
    if good {
        Ok(Exit::Ok)
    } else {
        Err(CliError::new("the view is not what the documents say").hint("comin check --repair"))
    }
}
