//! What leads to a record: who has expressed interest in it, proposals, notes, memberships.

use crate::store::StoreError;
use crate::views::{Reader, for_each_group, references};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use serde_json::{Value, json};

/// The kinds of which there are few enough to look through all.
const LOOKED_THROUGH: [&str; 4] = ["interest", "note", "proposal", "sameas"];

/// A record that leads here.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// The record.
    pub key: RecordKey,
    /// What it is called.
    pub title: String,
    /// The state of its log or its field `state`, if it has one.
    pub state: Option<String>,
}

impl Link {
    /// For programs.
    pub fn to_json(&self) -> Value {
        json!({"id": self.key, "kind": self.key.kind, "title": self.title, "state": self.state})
    }
}

/// The records that lead to `key`: those that name it, and between an expression of interest and its membership both ways.
///
/// # Errors
/// [`StoreError`].
pub fn of(reader: &Reader<'_>, key: &RecordKey) -> Result<Vec<Link>, StoreError> {
    let mut found: Vec<Row> = Vec::new();
    for kind in LOOKED_THROUGH {
        for_each_group(reader.store, kind, |rows| {
            let names = |row: &&Row| {
                let by_membership =
                    key.kind == "membership" && super::interest::membership_of(row).as_ref() == Some(key);
                row.is_listed() && row.key != *key && (by_membership || references(row).contains(key))
            };
            found.extend(rows.iter().find(names).cloned());
        })?;
    }
    if key.kind == "interest" {
        let memberships =
            reader.store.rows_of(key)?.iter().filter_map(super::interest::membership_of).collect::<Vec<_>>();
        for membership in memberships {
            found.extend(reader.store.rows_of(&membership)?.into_iter().find(Row::is_listed));
        }
    }
    found.iter().map(|row| link(reader, row)).collect()
}

fn link(reader: &Reader<'_>, row: &Row) -> Result<Link, StoreError> {
    let state = match row.key.kind.as_str() {
        "proposal" => Some(super::proposals::state(reader.store, row)?.code().to_owned()),
        _ => schema::status(row).or_else(|| row.text("state").map(str::to_owned)),
    };
    Ok(Link { key: row.key.clone(), title: reader.title(row)?, state })
}
