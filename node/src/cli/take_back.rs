//! `check --repair --from DIR`: brings the parts of an Automerge export back into the store.

use super::error::{CliError, CliResult};
use comin_node::datadir::DataDir;
use comin_node::store::Store;
use comin_protocol::check::{PartError, PartSignatures, TakenBack};
use comin_protocol::engine::{DocMeta, StoredRun, Write, chosen_federation};
use comin_protocol::ids::{ActorId, DocId, PartnerId};
use comin_protocol::limits::TRANSFER_BYTES_MAX;
use comin_protocol::roster::Roster;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// How the Automerge file of an exported part ends.
pub const SAVE: &str = "automerge";
/// How the file of its signatures ends.
pub const SIGNATURES: &str = "runs";

/// One part of an export and what became of it.
pub struct Part {
    /// The Automerge file.
    pub file: PathBuf,
    /// Which part, once its signatures have been read; how many records it has now, or why it was not taken.
    pub outcome: Result<(DocId, Outcome), String>,
}

/// What became of a part that is sound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The store held all of it.
    Held,
    /// It was taken back; the part has so many records now.
    Taken(usize),
}

impl Part {
    /// For programs.
    pub fn to_json(&self) -> Value {
        match &self.outcome {
            Ok((doc, outcome)) => {
                let records = match outcome {
                    Outcome::Held => None,
                    Outcome::Taken(records) => Some(records),
                };
                json!({"file": self.file, "register": doc.register, "part": doc.part, "records": records,
                    "taken": records.is_some()})
            }
            Err(why) => json!({"file": self.file, "taken": false, "error": why}),
        }
    }

    /// For people.
    pub fn to_line(&self) -> String {
        let file = self.file.display();
        match &self.outcome {
            Ok((_, Outcome::Held)) => format!("{file}: the store holds all of it."),
            Ok((_, Outcome::Taken(records))) => format!("{file}: taken back, {records} records."),
            Err(why) => format!("{file}: not taken: {why}"),
        }
    }
}

/// The Automerge files of an export, in the order of their names.
///
/// # Errors
/// The directory does not read, or there are none in it.
pub fn exported_parts(dir: &Path) -> CliResult<Vec<PathBuf>> {
    let failed = |error: std::io::Error| CliError::new(format!("{}: {error}; nothing was changed", dir.display()));
    let entries: Result<Vec<_>, _> = fs::read_dir(dir).map_err(failed)?.collect();
    let mut files: Vec<PathBuf> = entries.map_err(failed)?.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == SAVE));
    files.sort();
    if files.is_empty() {
        return Err(CliError::new(format!("{} holds no *.{SAVE} file; nothing was changed", dir.display()))
            .hint("name the directory that `comin export --format automerge --out DIR` wrote"));
    }
    Ok(files)
}

/// The partner whose data directory this is.
///
/// # Errors
/// The settings do not read, or name none.
pub fn own_partner(dir: &DataDir) -> CliResult<PartnerId> {
    let settings = dir.settings()?;
    let own = PartnerId::from_hex(&settings.partner);
    own.ok_or_else(|| CliError::new(format!("the settings name no partner: {}", settings.partner)))
}

/// Brings parts back, one after the other.
///
/// # Errors
/// The store fails. A part that cannot be taken stays out, and says why.
pub fn take_back(dir: &DataDir, store: &dyn Store, files: Vec<PathBuf>) -> CliResult<Vec<Part>> {
    let boot = store.boot()?;
    let statements: Vec<_> = boot.statements.into_iter().map(|signed| signed.trusted()).collect();
    let roster = Roster::build_in(&own_partner(dir)?, chosen_federation(&boot.state), &statements);
    let mut parts = Vec::new();
    for file in files {
        let outcome = match read_part(&file) {
            Ok((save, signatures)) => {
                let taken = take_part(store, &roster, &save, &signatures)?;
                taken.map(|outcome| (signatures.doc, outcome)).map_err(|error| error.to_string())
            }
            Err(why) => Err(why),
        };
        parts.push(Part { file, outcome });
    }
    Ok(parts)
}

fn read_part(file: &Path) -> Result<(Vec<u8>, PartSignatures), String> {
    let beside = file.with_extension(SIGNATURES);
    let signatures = read_bounded(&beside).map_err(|error| format!("{}: {error}", beside.display()))?;
    let signatures = PartSignatures::from_bytes(&signatures).map_err(|error| error.to_string())?;
    Ok((read_bounded(file).map_err(|error| error.to_string())?, signatures))
}

fn read_bounded(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(TRANSFER_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    match bytes.len() > TRANSFER_BYTES_MAX {
        true => Err(std::io::Error::other(format!("larger than a part can be ({TRANSFER_BYTES_MAX} bytes)"))),
        false => Ok(bytes),
    }
}

fn take_part(
    store: &dyn Store,
    roster: &Roster,
    save: &[u8],
    signatures: &PartSignatures,
) -> CliResult<Result<Outcome, PartError>> {
    let doc = signatures.doc;
    let boot = store.boot()?;
    let runs = boot.runs.get(&doc).cloned().unwrap_or_default();
    let taken = match comin_protocol::check::take_back(save, signatures, &store.load_doc(&doc)?, &runs, roster) {
        Ok(taken) => taken,
        Err(error) => return Ok(Err(error)),
    };
    if boot.docs.get(&doc).is_some_and(|meta| meta.frontier(&runs) == taken.snapshot.frontier) {
        return Ok(Ok(Outcome::Held));
    }
    let records = taken.rows.len();
    store.commit(&[writes(doc, store.runs_of_doc(&doc)?, taken)])?;
    Ok(Ok(Outcome::Taken(records)))
}

/// The document as it is now in place of what was held, in one batch.
fn writes(doc: DocId, held: Vec<(ActorId, StoredRun)>, taken: TakenBack) -> Vec<Write> {
    let TakenBack { snapshot, rows } = taken;
    // Who may write no more the engine looks at when it starts.
    let meta = DocMeta::of_snapshot(&snapshot, rows.len() as u64);
    let latest = snapshot.runs.clone();
    let mut batch = vec![Write::ClearDoc(doc)];
    batch.extend(held.into_iter().chain(latest).map(|(actor, run)| Write::PutRun(doc, actor, run)));
    batch.push(Write::PutSnapshot(doc, snapshot));
    batch.push(Write::PutDocMeta(doc, meta));
    batch.extend(rows.into_iter().map(|row| Write::PutRow(doc, row)));
    batch
}
