//! What became of a record, in all registers that hold it, and taking a change back.
//!
//! Read from the documents when somebody asks: one after another is loaded and let go, beside the engine and not by it.
//! Who is named is the partner and its device; the people who sign in on a node are known there alone. What was decided
//! about a proposal stands with the record that it is about, so the history of a proposal tells of changes there as well.

use super::proposals;
use crate::store::{Store, StoreError};
use crate::views::{self, Reader};
use comin_protocol::ids::{ChangeHash, DocId, RecordKey, RegisterId};
use comin_protocol::record::{self, DELETED, FieldChange, FieldOp, FieldStep, Origin, Row, Scalar, is_set_key};
use comin_protocol::schema::{self, FieldType};
use serde_json::{Value, json};

/// Hex digits of a change in an entry's id.
const CHANGE_DIGITS: usize = 16;

/// What a change did to the record as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// It made the record.
    Created,
    /// It changed fields.
    Changed,
    /// It deleted the record.
    Deleted,
    /// It took a deletion back.
    Restored,
    /// It decided about the proposal whose history this is, or took the decision back.
    Decided(proposals::State),
}

impl What {
    /// A stable word for programs; the message's key is `history-` and this.
    pub fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::Decided(proposals::State::Accepted) => "accepted",
            Self::Decided(proposals::State::Declined) => "declined",
            Self::Decided(_) => "reopened",
        }
    }

    fn of(entry: &record::Entry) -> Self {
        match entry.steps.iter().find(|step| step.field == DELETED) {
            _ if entry.creates => Self::Created,
            Some(step) if step.after == Scalar::Bool(true) => Self::Deleted,
            Some(_) => Self::Restored,
            None => Self::Changed,
        }
    }
}

/// What a change decided about a proposal.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// The proposal.
    pub proposal: RecordKey,
    /// Accepted, declined, or open again.
    pub state: proposals::State,
    /// The proposer and when it proposed; `None` where the proposal is not here.
    pub by: Option<views::Value>,
}

impl Decision {
    /// What the proposer is called.
    pub fn proposer(&self) -> Option<&str> {
        self.by.as_ref()?.partner.as_ref().map(|(_, name)| name.as_str())
    }

    fn to_json(&self) -> Value {
        let by = self.by.as_ref();
        json!({
            "id": self.proposal, "state": self.state.code(),
            "partner": by.and_then(|by| by.partner.as_ref()).map(|(id, _)| id), "partner_name": self.proposer(),
            "time": by.map(|by| views::time::rfc3339(by.time_ms)),
        })
    }
}

/// One change of the record in one register.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The record that was changed: in the history of a proposal also the one that it is about.
    pub key: RecordKey,
    /// The document that holds it.
    pub doc: DocId,
    /// What its register is called.
    pub register_name: String,
    /// Whether this device may write there, and so take the change back.
    pub writable: bool,
    /// The partner and the device that made it, and when by that device's clock; its value says nothing.
    pub by: views::Value,
    /// What it did to the record.
    pub what: What,
    /// What it did to each field, by flat key: what its author saw there (none, or several that it decided between), and
    /// what it wrote (`Null`: removed). A member of a set reads true.
    pub steps: Vec<FieldStep>,
    /// What it decided about proposals.
    pub decisions: Vec<Decision>,
    change: ChangeHash,
    rank: (i64, u64),
}

impl Entry {
    /// What names it for `undo`: the record and the beginning of the change's hash.
    pub fn id(&self) -> String {
        let change = self.change.to_string();
        format!("{}@{}", self.key, change.get(..CHANGE_DIGITS).unwrap_or(&change))
    }

    /// For programs.
    pub fn to_json(&self, lang: crate::i18n::Lang) -> Value {
        let scalar = views::scalar_json;
        let fields = self.steps.iter().map(|step| {
            json!({
                "field": step.field, "label": views::field_label_in(lang, &self.key.kind, &step.field),
                "old": step.before.iter().map(scalar).collect::<Vec<_>>(), "new": scalar(&step.after),
            })
        });
        let mut out = self.by.to_json();
        if let Some(members) = out.as_object_mut() {
            members.remove("value");
            members.remove("edited");
            members.insert("id".into(), json!(self.key));
            members.insert("change".into(), json!(self.id()));
            members.insert("what".into(), json!(self.what.code()));
            members.insert("register".into(), json!(self.doc.register));
            members.insert("register_name".into(), json!(self.register_name));
            members.insert("writable".into(), json!(self.writable));
            members.insert("fields".into(), fields.collect());
            if !self.decisions.is_empty() {
                members.insert("proposals".into(), self.decisions.iter().map(Decision::to_json).collect());
            }
        }
        out
    }
}

/// A place in a history; the next page begins behind it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    rank: (i64, u64),
    change: ChangeHash,
}

impl Position {
    /// As `next` and `after` carry it.
    pub fn to_text(self) -> String {
        format!("{}.{}.{}", self.rank.0, self.rank.1, self.change)
    }

    /// Reads it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.splitn(3, '.');
        let rank = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some(Self { rank, change: ChangeHash::from_hex(words.next()?)? })
    }
}

/// Some entries, newest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where older ones begin.
    pub next: Option<Position>,
}

/// Reads a record's history: in one register, or in all that hold it. Blocks for as long as it takes to load the
/// documents, about a tenth of a second for each; memory goes with the greatest of them.
///
/// # Errors
/// [`StoreError`].
pub fn read(
    reader: &Reader<'_>,
    key: &RecordKey,
    register: Option<RegisterId>,
    after: Option<Position>,
    limit: usize,
) -> Result<Page, StoreError> {
    let mut entries = Vec::new();
    let behind = |(change, rank): &(ChangeHash, (i64, u64))| {
        after.is_none_or(|after| Position { rank: *rank, change: *change } < after)
    };
    let enough = limit.saturating_add(1);
    for row in rows(reader.store, key, register)? {
        with_history(reader.store, &row, |history| {
            let due: Vec<ChangeHash> = history.ranks().filter(behind).take(enough).map(|(change, _)| change).collect();
            for found in due.iter().filter_map(|change| history.entry(change)) {
                entries.push(entry(reader, &row, found)?);
            }
            Ok(())
        })?;
        for target in decided_in(reader.store, &row, register)? {
            with_history(reader.store, &target, |history| {
                let due: Vec<ChangeHash> = history.ranks().filter(behind).map(|(change, _)| change).collect();
                let found = due.iter().filter_map(|change| history.entry(change));
                for found in found.filter(|found| found.steps.iter().any(|step| decides(step, key))).take(enough) {
                    let mut entry = entry(reader, &target, found)?;
                    let decision = entry.decisions.iter().find(|decision| decision.proposal == *key);
                    entry.what = decision.map_or(entry.what, |decision| What::Decided(decision.state));
                    entries.push(entry);
                }
                Ok(())
            })?;
        }
    }
    let position = |entry: &Entry| Position { rank: entry.rank, change: entry.change };
    entries.sort_by_key(|entry| std::cmp::Reverse(position(entry)));
    let more = entries.len() > limit;
    entries.truncate(limit);
    Ok(Page { next: entries.last().filter(|_| more).map(position), entries })
}

/// A change that is to be taken back.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// The change.
    pub entry: Entry,
    /// The record as it stands now.
    pub row: Row,
    /// Whether the record has been changed since.
    pub is_newest: bool,
}

/// The change of an entry's id; `None` where there is none.
///
/// # Errors
/// [`StoreError`].
pub fn find(reader: &Reader<'_>, id: &str) -> Result<Option<Found>, StoreError> {
    let Some((key, change)) = parse_id(id) else { return Ok(None) };
    for row in rows(reader.store, &key, None)? {
        let found = with_history(reader.store, &row, |history| {
            let wanted = |(change_hash, _): &(ChangeHash, _)| change_hash.to_string().starts_with(change);
            let Some(entry) = history.ranks().find(wanted).and_then(|(change, _)| history.entry(&change)) else {
                return Ok(None);
            };
            let is_newest = history.ranks().next().is_some_and(|(newest, _)| newest == entry.change);
            Ok(Some((self::entry(reader, &row, entry)?, is_newest)))
        })?;
        if let Some((entry, is_newest)) = found {
            return Ok(Some(Found { entry, row, is_newest }));
        }
    }
    Ok(None)
}

/// The record and the digits of the change that an entry's id names.
pub fn parse_id(id: &str) -> Option<(RecordKey, &str)> {
    let (key, change) = id.split_once('@')?;
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (change.len() >= CHANGE_DIGITS && change.bytes().all(is_hex)).then_some((RecordKey::parse(key)?, change))
}

fn rows(store: &dyn Store, key: &RecordKey, register: Option<RegisterId>) -> Result<Vec<Row>, StoreError> {
    let mut rows = store.rows_of(key)?;
    rows.retain(|row| register.is_none_or(|register| row.doc.register == register));
    Ok(rows)
}

/// The rows of the record that a proposal is about. A decision that was taken back leaves nothing in them, so that the
/// documents tell whether there ever was one.
fn decided_in(store: &dyn Store, row: &Row, register: Option<RegisterId>) -> Result<Vec<Row>, StoreError> {
    match proposals::about(row).filter(|_| row.key.kind == proposals::KIND) {
        Some(about) => rows(store, &about, register),
        None => Ok(Vec::new()),
    }
}

/// The proposal that a step decides about, and whether it was accepted.
fn decided(step: &FieldStep) -> Option<(RecordKey, bool)> {
    let (set, member) = step.field.split_once('/')?;
    let accepted = set == proposals::ACCEPTED;
    (accepted || set == proposals::DECLINED).then(|| RecordKey::parse(member).map(|key| (key, accepted)))?
}

fn decides(step: &FieldStep, proposal: &RecordKey) -> bool {
    decided(step).is_some_and(|(key, _)| key == *proposal)
}

/// What a change decided about proposals, and who had proposed.
fn decisions(reader: &Reader<'_>, steps: &[FieldStep]) -> Result<Vec<Decision>, StoreError> {
    let mut out: Vec<Decision> = Vec::new();
    for (step, (proposal, accepted)) in steps.iter().filter_map(|step| Some((step, decided(step)?))) {
        let state = match (&step.after, accepted) {
            (Scalar::Null, _) => proposals::State::Open,
            (_, true) => proposals::State::Accepted,
            (_, false) => proposals::State::Declined,
        };
        let row = reader.store.rows_of(&proposal)?.into_iter().next();
        let by = row.map(|row| reader.version(row)).transpose()?.map(|version| version.creator);
        out.push(Decision { proposal, state, by });
    }
    Ok(out)
}

/// Loads the document of a row for as long as its history is read.
fn with_history<T>(
    store: &dyn Store,
    row: &Row,
    read: impl FnOnce(&record::History<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let damaged = |what: String| StoreError::Damaged(format!("document {}: {what}", row.doc));
    let am = store.load_doc(&row.doc)?.open().map_err(damaged)?;
    let history = record::History::read(&am, &row.doc, &row.key).map_err(|error| damaged(error.to_string()))?;
    read(&history)
}

fn entry(reader: &Reader<'_>, row: &Row, found: record::Entry) -> Result<Entry, StoreError> {
    let origin = Origin { actor: found.actor, time_ms: found.time_ms };
    let register = row.doc.register;
    Ok(Entry {
        key: row.key.clone(),
        doc: row.doc,
        register_name: views::register_label(reader.lang, reader.roster, &reader.partner, &register),
        writable: reader.roster.may_write(&register, &reader.device),
        by: reader.written(Scalar::Null, Some(&origin))?,
        what: What::of(&found),
        change: found.change,
        rank: found.rank,
        decisions: decisions(reader, &found.steps)?,
        steps: found.steps,
    })
}

/// How a change is to be taken back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ask {
    /// Only what it did to this field, by its flat key.
    pub field: Option<String>,
    /// Of several old values the one of this number, from 1.
    pub take: Option<usize>,
    /// Also where the field has changed since.
    pub anyway: bool,
}

/// Why a change is not taken back.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The change did nothing to the field that was named.
    #[error("the change did not touch {0}")]
    NotTouched(String),
    /// Something else stands there now.
    #[error("changed since: {}", .0.join(", "))]
    ChangedSince(Vec<String>),
    /// The change decided between several values, and which of them should stand is not said.
    #[error("{field}: the change decided between {count} values")]
    Several {
        /// The flat key.
        field: String,
        /// How many there were.
        count: usize,
    },
    /// A log keeps all its steps.
    #[error("{0} only grows: no step is taken out of it")]
    Grows(String),
    /// The old value is of a type that no field has.
    #[error("{0}: the old value is of a type that cannot be written")]
    Unwritable(String),
    /// All is as it was before the change.
    #[error("nothing is left of this change to take back")]
    Nothing,
}

/// What to write so that the change is taken back: a new change, by which all old values stay in the history.
///
/// # Errors
/// [`Refusal`]; nothing is to be written.
pub fn undo(found: &Found, ask: &Ask) -> Result<Vec<FieldChange>, Refusal> {
    let Found { entry, row, is_newest } = found;
    if entry.what == What::Created && ask.field.is_none() {
        return match (row.is_deleted(), *is_newest || ask.anyway) {
            (true, _) => Err(Refusal::Nothing),
            (false, false) => Err(Refusal::ChangedSince(vec![entry.key.to_string()])),
            (false, true) => Ok(vec![FieldChange::put(DELETED, true)]),
        };
    }
    let steps: Vec<&FieldStep> =
        entry.steps.iter().filter(|step| ask.field.as_ref().is_none_or(|field| *field == step.field)).collect();
    if let (true, Some(field)) = (steps.is_empty(), &ask.field) {
        return Err(Refusal::NotTouched(field.clone()));
    }
    let changed = steps.iter().filter(|step| !stands(row, step)).map(|step| step.field.clone());
    let changed: Vec<String> = changed.collect();
    if !changed.is_empty() && !ask.anyway {
        return Err(Refusal::ChangedSince(changed));
    }
    let changes = steps.iter().map(|step| before(row, step, ask.take)).collect::<Result<Vec<_>, _>>()?;
    match changes.is_empty() {
        true => Err(Refusal::Nothing),
        false => Ok(changes),
    }
}

/// Whether the field holds what the change wrote, and nothing beside it.
fn stands(row: &Row, step: &FieldStep) -> bool {
    let cells = row.fields.get(&step.field).map_or(&[][..], Vec::as_slice);
    let is_member = is_set_key(&step.field);
    match cells {
        [] => step.after == Scalar::Null,
        [cell] if is_member && matches!(cell.value, Scalar::Int(_)) => step.after == Scalar::Bool(true),
        [cell] => cell.value == step.after,
        _ => false,
    }
}

/// The write by which a field reads as before.
fn before(row: &Row, step: &FieldStep, take: Option<usize>) -> Result<FieldChange, Refusal> {
    let field = step.field.clone();
    let kind = schema::kind(&row.key.kind);
    let known = kind.and_then(|kind| kind.field(schema::base_of(&field)));
    if matches!(known.map(|known| known.field_type), Some(FieldType::Log(_))) {
        return Err(Refusal::Grows(field));
    }
    let old = match (step.before.as_slice(), take) {
        ([], _) => Scalar::Null,
        ([one], _) => one.clone(),
        (several, take) => {
            let chosen = take.and_then(|take| several.get(take.checked_sub(1)?)).cloned();
            chosen.ok_or_else(|| Refusal::Several { field: field.clone(), count: several.len() })?
        }
    };
    let op = match old {
        Scalar::Foreign(_) => return Err(Refusal::Unwritable(field)),
        Scalar::Null if is_set_key(&field) => FieldOp::Remove,
        Scalar::Bool(true) if is_set_key(&field) => FieldOp::Add,
        old => views::write_op(&old),
    };
    Ok(FieldChange { key: field, op })
}
