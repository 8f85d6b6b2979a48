//! `check`: the store, and what pages and searches read against the documents.

use super::client::{Client, STORE_WAIT};
use super::error::{CliError, CliResult, Exit};
use super::output::{Output, plain};
use comin_node::check::{self, Findings};
use comin_node::datadir::DataDir;
use comin_node::helper::HelperCommand;
use comin_node::runtime::{Node, NodeConfig};
use comin_node::search::SearchIndex;
use comin_node::store::{self, Store, StoreError};
use comin_protocol::engine::CommandError;
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::DocId;
use serde_json::{Value, json};
use std::sync::Arc;

/// `check` without `--repair`.
pub fn run(dir: &DataDir, out: &Output) -> CliResult<Exit> {
    let signer = dir.signer()?;
    if let Ok(client) = Client::running(dir, Some(out.lang.code())) {
        return of_running(&client, out);
    }
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

/// Has the node that runs compare what it holds, the index of its searches as it is now included.
fn of_running(client: &Client, out: &Output) -> CliResult<Exit> {
    let answer = client.get("check")?;
    let faults = answer.get("faults").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let faults: Vec<String> = faults.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(error) = report_faults(&faults, out) {
        return Err(error);
    }
    if out.json {
        out.object(answer);
        return Ok(Exit::Ok);
    }
    let count = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
    out.say("cli-check-running", &[("documents", count("documents").into()), ("records", count("records").into())]);
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

/// Projects every document afresh, and compares it with the rows that pages read and those with what searches read.
pub(super) fn compare(signer: &DeviceSigner, store: Arc<dyn Store>, documents: &[DocId]) -> CliResult<Findings> {
    let helper = HelperCommand::own().map_err(|error| CliError::new(error.to_string()))?;
    let (handle, node) = Node::start(NodeConfig { signer: signer.clone(), net: None, helper }, store)?;
    let search = Arc::new(SearchIndex::new(handle.subscribe()));
    let found = super::block_on(check::compare(&handle, search, documents));
    drop(handle);
    node.stop();
    found?.map_err(|error| match error {
        CommandError::Stopped(reason) => StoreError::Damaged(reason).into(),
        error => CliError::new(error.to_string()),
    })
}
