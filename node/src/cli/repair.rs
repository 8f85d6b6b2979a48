//! `check --repair`: a damaged store becomes a sound one, with what survives, what the statements' copy says and
//! what an export holds; peers bring the rest.

use super::check::{busy, compare, open};
use super::client::STORE_WAIT;
use super::error::{CliError, CliResult, Exit};
use super::output::{Output, plain};
use super::take_back::{Part, exported_parts, own_partner, take_back};
use comin_node::datadir::{DataDir, quoted, read_text};
use comin_node::store::{self, Place, Rebuilt, Store, StoreError};
use comin_protocol::engine::Write;
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::kit::RecoveryKit;
use comin_protocol::record::Row;
use comin_protocol::roster::Roster;
use comin_protocol::schema;
use comin_protocol::statement::{Rights, SignedStatement};
use comin_protocol::statement_set::{Inserted, StatementSet};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Lost records that are named to people; programs get all.
const LOST_SHOWN: usize = 50;

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
    /// What became of each part of the export.
    parts: Vec<Part>,
    /// Persons that this machine reads and that are not here: id, and whether another machine may hold them.
    persons: Vec<(String, bool)>,
}

/// `check --repair`.
pub fn run(dir: &DataDir, kit: Option<&Path>, export: Option<&Path>, out: &Output) -> CliResult<Exit> {
    let signer = dir.signer()?;
    // Before anything is moved: a directory that does not read is a slip of the hand.
    let export = export.map(exported_parts).transpose()?;
    let rebuilt = if is_whole(dir)? { None } else { Some(rebuild(dir)?) };
    let store: Arc<dyn Store> = Arc::new(open(dir)?);
    // Also where the store is whole: an earlier repair may have been interrupted before this.
    let restated = restate(dir, store.as_ref())?;
    let boot = store.boot()?;
    if !has_certificate(&signer, &boot.statements) {
        store.commit(&[vec![new_certificate(dir, &signer, kit)?]])?;
    }
    let parts = export.map(|export| take_back(dir, store.as_ref(), export)).transpose()?.unwrap_or_default();
    let documents: Vec<DocId> = store.boot()?.docs.into_keys().collect();
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
        parts,
        persons: persons_away(dir, &signer, store.as_ref())?,
    };
    told(&repair, out);
    let refused = repair.parts.iter().filter(|part| part.outcome.is_err()).count();
    match refused {
        0 => Ok(Exit::Ok),
        _ => Err(CliError::new(format!("{refused} files of the export were not taken; everything else is done"))
            .hint("the reason stands beside each file; run the same command again when it is mended")),
    }
}

/// Brings statements back that only their copy beside the store has, and says how many.
fn restate(dir: &DataDir, store: &dyn Store) -> CliResult<usize> {
    let mut held = StatementSet::default();
    for signed in store.statements()? {
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
        let certified = signed.clone().trusted().statement.and_then(|statement| statement.certifies());
        certified.is_some_and(|(_, device)| device == signer.key())
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
    batch.extend(rows.iter().map(Write::put_row));
    Ok(store.commit(&[batch])?)
}

/// Records of which rows or index entries survive, and which the new store does not hold.
fn lost(rebuilt: &Rebuilt, store: &dyn Store) -> CliResult<Vec<(String, String)>> {
    let mut traces: BTreeMap<_, String> = BTreeMap::new();
    for damage in &rebuilt.salvaged.damaged {
        if let Place::Record(doc, key) = &damage.place
            && !doc.is_person()
        {
            traces.entry((key.clone(), *doc)).or_default();
        }
    }
    // Of persons the statements tell which ones are missing, without those that have been erased.
    for (doc, salvaged) in rebuilt.salvaged.partial.iter().filter(|(doc, _)| !doc.is_person()) {
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

/// The persons that the statements let this machine read and that the store does not hold. Whatever a trace in the
/// damaged store says, one that has been erased is not among them.
fn persons_away(dir: &DataDir, signer: &DeviceSigner, store: &dyn Store) -> CliResult<Vec<(String, bool)>> {
    let statements: Vec<_> = store.statements()?.into_iter().map(SignedStatement::trusted).collect();
    let roster = Roster::build(&own_partner(dir)?, &statements);
    let me = signer.key();
    let mut out = Vec::new();
    for register in roster.persons.keys().filter(|register| roster.may_read(register, &me)) {
        let key = RecordKey::person(register);
        if store.row(&key, &DocId::person(*register))?.is_none() {
            out.push((key.to_string(), roster.readers(register).any(|device| device.key != me)));
        }
    }
    Ok(out)
}

fn told(repair: &Repair, out: &Output) {
    if out.json {
        let lost: Vec<_> = repair.lost.iter().map(|(id, title)| json!({"id": id, "title": title})).collect();
        let persons: Vec<_> =
            repair.persons.iter().map(|(id, elsewhere)| json!({"id": id, "elsewhere": elsewhere})).collect();
        out.object(json!({
            "persons": persons,
            "aside": repair.aside, "damaged": repair.damaged, "lost": lost, "documents": repair.documents,
            "records": repair.records, "projected": repair.projected,
            "restated": repair.restated, "export": repair.parts.iter().map(Part::to_json).collect::<Vec<_>>(),
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
    repair.parts.iter().for_each(|part| out.line(plain(&part.to_line())));
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
    if !repair.persons.is_empty() {
        out.line(format!("Contact persons that this machine reads and that are not here: {}", repair.persons.len()));
        for (id, elsewhere) in &repair.persons {
            let from = match elsewhere {
                true => "another machine reads it too: from there it comes back by itself",
                false => "no other machine reads it: a backup has it, with its file of keys (comin restore FILE)",
            };
            out.line(format!("  {id}  {from}"));
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
