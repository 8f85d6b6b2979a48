//! Proposals: what a partner would change in a record that another one keeps.
//!
//! A proposal lies in the proposer's register. The decision stands with the record itself, in the sets
//! `accepted_proposals` and `declined_proposals`, written by who keeps it: taking over the values and naming the proposal
//! is one change, so that the history tells of both partners.

use crate::store::{Store, StoreError};
use crate::views::{Reader, Value as Author, for_each_group, to_json};
use comin_protocol::ids::{RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::schema;
use serde_json::{Map, Value, json};

/// The kind of a proposal's record.
pub const KIND: &str = "proposal";
/// The set of the proposals that were taken over.
pub const ACCEPTED: &str = "accepted_proposals";
/// The set of those that were not.
pub const DECLINED: &str = "declined_proposals";

/// How a proposal stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Nobody has decided.
    Open,
    /// Taken over.
    Accepted,
    /// Not taken over.
    Declined,
    /// Taken back by the proposer.
    Withdrawn,
}

impl State {
    /// A stable word for programs; the message's key is `proposal-` and this.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A proposal with the record that it is about.
#[derive(Clone, PartialEq, Debug)]
pub struct Proposal {
    /// The proposal.
    pub row: Row,
    /// How it stands.
    pub state: State,
    /// The row that it would change; `None` where that is not here.
    pub target: Option<Row>,
    /// The values proposed, by field.
    pub changes: Map<String, Value>,
}

/// The record that a proposal is about.
pub fn about(row: &Row) -> Option<RecordKey> {
    RecordKey::parse(row.text("about")?)
}

/// How a proposal stands.
///
/// # Errors
/// [`StoreError`].
pub fn state(store: &dyn Store, row: &Row) -> Result<State, StoreError> {
    let rows = match about(row) {
        Some(key) => store.rows_of(&key)?,
        None => Vec::new(),
    };
    Ok(state_in(&rows, row))
}

/// How a proposal stands by the rows of the record that it is about.
fn state_in(rows: &[Row], row: &Row) -> State {
    let stands_in = |set: &str| rows.iter().any(|other| other.value(&format!("{set}/{}", row.key)).is_some());
    match () {
        () if stands_in(ACCEPTED) => State::Accepted,
        () if stands_in(DECLINED) => State::Declined,
        () if row.is_deleted() => State::Withdrawn,
        () => State::Open,
    }
}

/// One proposal; `None` for a row that is none.
///
/// # Errors
/// [`StoreError`].
pub fn read(store: &dyn Store, row: Row) -> Result<Option<Proposal>, StoreError> {
    let Some(key) = about(&row).filter(|_| row.key.kind == KIND) else { return Ok(None) };
    let register = row.text("register").and_then(RegisterId::from_hex);
    let rows = store.rows_of(&key)?;
    let state = state_in(&rows, &row);
    let target = rows.into_iter().find(|other| register.is_none_or(|register| other.doc.register == register));
    let changes = match to_json(&row).get("changes") {
        Some(Value::Object(changes)) => changes.clone(),
        _ => Map::new(),
    };
    Ok(Some(Proposal { state, row, target, changes }))
}

/// Every proposal, or only those that nobody has decided about.
///
/// # Errors
/// [`StoreError`].
pub fn list(store: &dyn Store, all: bool) -> Result<Vec<Proposal>, StoreError> {
    let mut rows = Vec::new();
    for_each_group(store, KIND, |group| rows.extend(group.first().cloned()))?;
    let mut found = Vec::new();
    for row in rows {
        found.extend(read(store, row)?.filter(|proposal| all || proposal.state == State::Open));
    }
    Ok(found)
}

impl Proposal {
    /// For programs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn to_json(&self, reader: &Reader<'_>) -> Result<Value, StoreError> {
        let creator = reader.version(self.row.clone())?.creator;
        let name = |author: &Author| author.partner.as_ref().map(|(_, name)| name.clone());
        let now = self.target.as_ref().map(to_json).unwrap_or_default();
        let key = about(&self.row);
        // What stands there now, of the fields that would change; a translated field by its language.
        let standing = |field: &String| match field.split_once('@') {
            Some((base, lang)) => now.get(base).and_then(|texts| texts.get(lang)).cloned(),
            None => now.get(field).cloned(),
        };
        let current: Map<String, Value> =
            self.changes.keys().map(|field| (field.clone(), standing(field).unwrap_or(Value::Null))).collect();
        let version = self.target.clone().map(|row| reader.version(row)).transpose()?;
        Ok(json!({
            "id": self.row.key,
            "state": self.state.code(),
            "about": key,
            "title": match &key { Some(key) => reader.title_of(key)?, None => String::new() },
            "register": version.as_ref().map(|v| v.row.doc.register),
            "register_name": version.as_ref().map(|v| v.register_name.clone()),
            "changes": self.changes,
            "current": current,
            "reason": self.row.text("reason"),
            "partner": creator.partner.as_ref().map(|(id, _)| id),
            "partner_name": name(&creator),
            "time": crate::views::time::rfc3339(creator.time_ms),
            "decidable": self.state == State::Open && version.is_some_and(|v| v.writable),
            "yours": creator.partner.as_ref().is_some_and(|(id, _)| *id == reader.partner),
        }))
    }
}

/// The names of the fields that a proposal may change: those of the kind that people set.
pub fn may_change(kind: &str, field: &str) -> bool {
    let base = schema::base_of(field);
    !matches!(base, ACCEPTED | DECLINED | "deleted" | "schema")
        && schema::kind(kind).is_some_and(|kind| kind.field(base).is_some())
}
