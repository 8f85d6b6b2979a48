//! What leads to a record: expressions of interest, notes, proposals and links of sameness that name it.

use crate::store::{Store, StoreError};
use crate::views::{Reader, RecordIndex, references};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use serde_json::{Value, json};

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

/// The records that lead to `key`: interests, notes, proposals and links of sameness that name it, and between an
/// expression of interest and its membership both ways.
///
/// # Errors
/// [`StoreError`].
pub fn of(reader: &Reader<'_>, index: &RecordIndex, key: &RecordKey) -> Result<Vec<Link>, StoreError> {
    let mut found: Vec<Row> = Vec::new();
    for other in index.leading_to(reader.store, key)? {
        let names = |row: &Row| {
            let leads = references(row).contains(key) || super::interest::membership_of(row).as_ref() == Some(key);
            row.is_listed() && leads
        };
        found.extend(reader.store.rows_of(&other)?.into_iter().find(names));
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

/// Whether a membership lies in none of the registers that hold its network: there somebody claims it whom the network has
/// not asked.
///
/// # Errors
/// [`StoreError`].
pub fn is_claimed(store: &dyn Store, memberships: &[Row]) -> Result<bool, StoreError> {
    let Some(network) = memberships.first().and_then(|row| RecordKey::parse(row.text("network")?)) else {
        return Ok(false);
    };
    let homes = store.rows_of(&network)?;
    let at_home = |row: &Row| homes.iter().any(|home| home.doc.register == row.doc.register);
    Ok(!homes.is_empty() && !memberships.iter().any(at_home))
}

fn link(reader: &Reader<'_>, row: &Row) -> Result<Link, StoreError> {
    let state = match row.key.kind.as_str() {
        "proposal" => Some(super::proposals::state(reader.store, row)?.code().to_owned()),
        _ => schema::status(row).or_else(|| row.text("state").map(str::to_owned)),
    };
    Ok(Link { key: row.key.clone(), title: reader.title(row)?, state })
}
