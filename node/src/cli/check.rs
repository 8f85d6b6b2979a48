//! `check`: the store, and what pages read against the documents.

use super::client::STORE_WAIT;
use super::error::{CliError, CliResult, Exit};
use super::output::{Output, plain};
use comin_node::datadir::DataDir;
use comin_node::helper::HelperCommand;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::{self, Store, StoreError};
use comin_protocol::engine::{Command, CommandError, Reply};
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::DocId;
use comin_protocol::record::Row;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a whole comparison found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub records: usize,
    /// Of documents whose rows are not what they say: the rows that they should have.
    pub wrong: BTreeMap<DocId, Vec<Row>>,
    /// Every fault, in words.
    faults: Vec<String>,
}

/// `check` without `--repair`.
pub fn run(dir: &DataDir, out: &Output) -> CliResult<Exit> {
    let signer = dir.signer()?;
    let sled = open(dir)?;
    let verified = sled.verify()?;
    let damaged: Vec<String> = verified.damaged.iter().map(|damage| damage.to_string()).collect();
    if !damaged.is_empty() {
        return Err(report_faults(&damaged, out).unwrap_or_else(|| CliError::new("the store is damaged")));
    }
    let (disk_bytes, live_bytes) =
        (store::disk_bytes(&dir.store()).unwrap_or(0), store::live_bytes(sled.inner().backend())?);
    let store: Arc<dyn Store> = Arc::new(sled);
    let documents: Vec<DocId> = store.boot()?.docs.into_keys().collect();
    let found = compare(&signer, store, &documents)?;
    if let Some(error) = report_faults(&found.faults, out) {
        return Err(error);
    }
    if out.json {
        out.object(
            json!({"documents": documents.len(), "records": found.records, "entries": verified.entries, "faults": [],
                "live_bytes": live_bytes, "disk_bytes": disk_bytes}),
        );
    } else {
        let counts = [("documents", documents.len().into()), ("records", found.records.into())];
        out.say("cli-check-good", &[&counts[..], &[("entries", verified.entries.into())]].concat());
        out.say("cli-check-size", &[("live", (live_bytes / 1_000).into()), ("disk", (disk_bytes / 1_000).into())]);
    }
    Ok(Exit::Ok)
}

/// Prints faults; the error to end with where there are any.
fn report_faults(faults: &[String], out: &Output) -> Option<CliError> {
    if faults.is_empty() {
        return None;
    }
    if out.json {
        out.object(json!({"faults": faults}));
    } else {
        faults.iter().for_each(|fault| out.line(plain(fault)));
    }
    let cause = format!("{} faults in the store", faults.len());
    Some(CliError::new(cause).hint("comin check --repair"))
}

pub(super) fn open(dir: &DataDir) -> CliResult<store::SealedStore<store::SledStore>> {
    dir.existing_store()?;
    store::open_node(dir, STORE_WAIT).map_err(|error| match error {
        StoreError::Busy => busy(),
        other => other.into(),
    })
}

pub(super) fn busy() -> CliError {
    CliError::new("the node is running and holds the store").exit(Exit::Busy).hint("stop it, then run this again")
}

/// Projects every document afresh and compares it with the rows that pages read.
pub(super) fn compare(signer: &DeviceSigner, store: Arc<dyn Store>, documents: &[DocId]) -> CliResult<Findings> {
    let helper = HelperCommand::own().map_err(|error| CliError::new(error.to_string()))?;
    let (handle, node) = Node::start(NodeConfig { signer: signer.clone(), net: None, helper }, store)?;
    let found = super::block_on(compare_all(&handle, documents));
    drop(handle);
    node.stop();
    found?
}

async fn compare_all(handle: &NodeHandle, documents: &[DocId]) -> CliResult<Findings> {
    let mut found = Findings::default();
    for doc in documents {
        let id = *doc;
        let projected = match handle.command(Command::Project { doc: id }).await {
            Ok(Reply::Projected(rows)) => rows,
            Ok(other) => return Err(CliError::new(format!("unexpected reply {other:?}"))),
            Err(CommandError::Stopped(reason)) => return Err(StoreError::Damaged(reason).into()),
            Err(error) => return Err(CliError::new(error.to_string())),
        };
        let rows = handle.read(move |store| store.rows_of_doc(&id)).await?;
        found.records += projected.len();
        let different = differences(&projected, &rows);
        if !different.is_empty() {
            found.faults.extend(different);
            found.wrong.insert(id, projected);
        }
    }
    Ok(found)
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
