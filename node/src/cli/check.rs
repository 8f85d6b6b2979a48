//! `check`: the store, and what pages read against the documents; `--repair` when something is wrong.

use super::client::STORE_WAIT;
use super::error::{CliError, CliResult, Exit};
use super::output::{Output, plain};
use comin_node::datadir::{DataDir, quoted, read_text};
use comin_node::helper::HelperCommand;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::{self, Place, Rebuilt, Store, StoreError};
use comin_protocol::engine::{Command, CommandError, Reply, Write};
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::DocId;
use comin_protocol::kit::RecoveryKit;
use comin_protocol::record::Row;
use comin_protocol::schema;
use comin_protocol::statement::{Rights, SignedStatement, Statement};
use comin_protocol::statement_set::{Inserted, StatementSet};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Lost records that are named to people; programs get all.
const LOST_SHOWN: usize = 50;

/// What a whole comparison found.
#[derive(Debug, Default)]
struct Findings {
    records: usize,
    /// Of documents whose rows are not what they say: the rows that they should have.
    wrong: BTreeMap<DocId, Vec<Row>>,
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
    let (disk_bytes, live_bytes) = (store::disk_bytes(&dir.store()).unwrap_or(0), store::live_bytes(sled.backend())?);
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

fn open(dir: &DataDir) -> CliResult<store::SledStore> {
    store::open_sled(&dir.existing_store()?, STORE_WAIT).map_err(|error| match error {
        StoreError::Busy => busy(),
        other => other.into(),
    })
}

fn busy() -> CliError {
    CliError::new("the node is running and holds the store").exit(Exit::Busy).hint("stop it, then run this again")
}

/// Projects every document afresh and compares it with the rows that pages read.
fn compare(signer: &DeviceSigner, store: Arc<dyn Store>, documents: &[DocId]) -> CliResult<Findings> {
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

/// What a repair did.
struct Repair {
    /// Where the damaged store lies; `None`: it was whole.
    aside: Option<PathBuf>,
    damaged: Vec<String>,
    /// Records of which only a trace survives: id and name.
    lost: Vec<(String, String)>,
    /// Statements that came back from their copy beside the store.
    restated: usize,
    documents: usize,
    records: usize,
    /// Records whose row was made again.
    projected: usize,
}

/// `check --repair`.
pub fn repair(dir: &DataDir, kit: Option<&Path>, out: &Output) -> CliResult<Exit> {
    let signer = dir.signer()?;
    let rebuilt = if is_whole(dir)? { None } else { Some(rebuild(dir)?) };
    let store: Arc<dyn Store> = Arc::new(open(dir)?);
    // Also where the store is whole: an earlier repair may have been interrupted before this.
    let restated = restate(dir, store.as_ref())?;
    let boot = store.boot()?;
    if !has_certificate(&signer, &boot.statements) {
        store.commit(&[vec![new_certificate(dir, &signer, kit)?]])?;
    }
    let documents: Vec<DocId> = boot.docs.into_keys().collect();
    let found = compare(&signer, store.clone(), &documents)?;
    for (doc, rows) in &found.wrong {
        rewrite_rows(store.as_ref(), doc, rows)?;
    }
    let damaged = rebuilt.iter().flat_map(|rebuilt| &rebuilt.salvaged.damaged).map(|damage| damage.to_string());
    let repair = Repair {
        damaged: damaged.collect(),
        lost: rebuilt.as_ref().map(|rebuilt| lost(rebuilt, store.as_ref())).transpose()?.unwrap_or_default(),
        restated,
        aside: rebuilt.map(|rebuilt| rebuilt.aside),
        documents: documents.len(),
        records: found.records,
        projected: found.wrong.values().map(Vec::len).sum(),
    };
    told(&repair, out);
    Ok(Exit::Ok)
}

/// Brings statements back that only their copy beside the store has, and says how many.
fn restate(dir: &DataDir, store: &dyn Store) -> CliResult<usize> {
    let mut held = StatementSet::default();
    for signed in store.boot()?.statements {
        held.insert(signed.trusted());
    }
    let (mut writes, mut count) = (Vec::new(), 0);
    for signed in dir.statements() {
        // What something newer has taken the place of stays away.
        let replaced = match held.insert(signed.clone().trusted()) {
            Inserted::New => None,
            Inserted::Replaced(older) => Some(Write::DropStatement(older)),
            _ => continue,
        };
        writes.push(Write::PutStatement(signed.id(), signed));
        writes.extend(replaced);
        count += 1;
    }
    if count > 0 {
        store.commit(&[writes])?;
    }
    Ok(count)
}

/// Whether the store opens and every part of it passes.
fn is_whole(dir: &DataDir) -> CliResult<bool> {
    let Ok(place) = dir.existing_store() else { return Ok(false) };
    match store::open_sled(&place, STORE_WAIT) {
        Ok(store) => match store.verify().and_then(|report| store.boot().map(|_| report)) {
            Ok(report) => Ok(report.damaged.is_empty()),
            Err(StoreError::Damaged(_)) => Ok(false),
            Err(error) => Err(error.into()),
        },
        Err(StoreError::Damaged(_)) => Ok(false),
        Err(StoreError::Busy) => Err(busy()),
        Err(error) => Err(error.into()),
    }
}

fn rebuild(dir: &DataDir) -> CliResult<Rebuilt> {
    store::rebuild(&dir.store()).map_err(|error| match error {
        StoreError::Busy => busy(),
        other => CliError::new(format!("nothing was changed: {other}"))
            .hint("the copy needs as much room on the disk as the store; free some and run this again"),
    })
}

fn has_certificate(signer: &DeviceSigner, statements: &[SignedStatement]) -> bool {
    let of_this = |signed: &SignedStatement| {
        let statement = signed.clone().trusted().statement;
        matches!(statement, Some(Statement::Certificate { device, .. }) if device == signer.key())
    };
    statements.iter().any(of_this)
}

/// The machine's certificate, made again with the recovery kit.
fn new_certificate(dir: &DataDir, signer: &DeviceSigner, kit: Option<&Path>) -> CliResult<Write> {
    let path = kit.ok_or_else(|| {
        CliError::new("the certificate of this machine did not survive")
            .hint(format!("comin --data-dir {} check --repair --kit FILE, with the recovery kit", quoted(dir.path())))
    })?;
    let kit =
        RecoveryKit::parse(&read_text(path)?).map_err(|error| CliError::new(format!("{}: {error}", path.display())))?;
    let settings = dir.settings()?;
    if kit.partner_id().to_string() != settings.partner {
        return Err(CliError::new(format!("this is the recovery kit of {}, not of {}", kit.name, settings.name)));
    }
    let names = (settings.name.as_str(), settings.country.as_str(), settings.device.as_str());
    let signed = SignedStatement::certificate_of(kit.partner_id(), &kit.partner, signer, Rights::ALL, names);
    Ok(Write::PutStatement(signed.id(), signed))
}

/// Replaces a document's rows, and with them the document itself, in one batch.
fn rewrite_rows(store: &dyn Store, doc: &DocId, rows: &[Row]) -> CliResult {
    let (stored, runs, boot) = (store.load_doc(doc)?, store.runs_of_doc(doc)?, store.boot()?);
    let mut batch = vec![Write::ClearDoc(*doc)];
    batch.extend(stored.snapshot.map(|snapshot| Write::PutSnapshot(*doc, snapshot)));
    batch.extend(stored.changes.into_iter().map(|change| Write::PutChange(*doc, change)));
    batch.extend(runs.into_iter().map(|(actor, run)| Write::PutRun(*doc, actor, run)));
    batch.extend(boot.docs.get(doc).cloned().map(|meta| Write::PutDocMeta(*doc, meta)));
    batch.extend(rows.iter().map(|row| Write::PutRow(Box::new(row.clone()))));
    Ok(store.commit(&[batch])?)
}

/// Records of which rows or index entries survive, and which the new store does not hold.
fn lost(rebuilt: &Rebuilt, store: &dyn Store) -> CliResult<Vec<(String, String)>> {
    let mut traces: BTreeMap<_, String> = BTreeMap::new();
    for damage in &rebuilt.salvaged.damaged {
        if let Place::Record(doc, key) = &damage.place {
            traces.entry((key.clone(), *doc)).or_default();
        }
    }
    for (doc, salvaged) in &rebuilt.salvaged.partial {
        for row in &salvaged.rows {
            let language = row.text("original_language").unwrap_or("en").to_owned();
            traces.insert((row.key.clone(), *doc), schema::title(row, &language));
        }
    }
    let mut out = Vec::new();
    for ((key, doc), title) in traces {
        if store.row(&key, &doc)?.is_none() {
            out.push((key.to_string(), title));
        }
    }
    Ok(out)
}

fn told(repair: &Repair, out: &Output) {
    if out.json {
        let lost: Vec<_> = repair.lost.iter().map(|(id, title)| json!({"id": id, "title": title})).collect();
        out.object(json!({
            "aside": repair.aside, "damaged": repair.damaged, "lost": lost, "documents": repair.documents,
            "records": repair.records, "projected": repair.projected,
            "restated": repair.restated,
        }));
        return;
    }
    match &repair.aside {
        None => out.line("The store is whole."),
        Some(aside) => {
            out.line(format!("The damaged store lies in {}.", aside.display()));
            repair.damaged.iter().for_each(|damage| out.line(format!("  {}", plain(damage))));
        }
    }
    if repair.restated > 0 {
        out.line(format!("{} statements about members came back from their copy.", repair.restated));
    }
    if repair.projected > 0 {
        out.line(format!("{} records are shown from their documents again.", repair.projected));
    }
    out.line(format!("Here now: {} documents, {} records.", repair.documents, repair.records));
    if !repair.lost.is_empty() {
        out.line(format!("Not here, as far as a trace of it survives: {} records", repair.lost.len()));
        for (id, title) in repair.lost.iter().take(LOST_SHOWN) {
            out.line(format!("  {id}  {}", plain(title)));
        }
        if repair.lost.len() > LOST_SHOWN {
            out.line(format!("  … and {} more; all of them with --json", repair.lost.len() - LOST_SHOWN));
        }
    }
    if repair.aside.is_some() {
        out.line(
            "What no other partner holds and is not listed here is lost without a trace: look at the internal register, \
             and at what was entered last.",
        );
        out.line("Next: comin run. What other partners hold comes back by itself; comin status tells how far it is.");
    }
}
