//! Ordered entries: a list of small records inside a record, such as the modules of a programme.
//!
//! The entry's place in the list lies at `name/<id>` (like a member of a set: moving wins over removing, and two places
//! are no conflict), each of its sub-fields at `name.<id>.<sub>`. So people edit different sub-fields, and move
//! different entries, at the same time, and all of it stays. An entry is there while any of its sub-fields is: removing
//! clears them all, and a sub-field that somebody wrote meanwhile is in conflict with that.

use super::order::{arrange, is_place};
use super::parse::{parse_at, refuse};
use super::value::decode;
use super::{Field, FieldError};
use crate::ids::{tagged_hash, to_hex};
use crate::record::{FieldChange, FieldOp, Row, Scalar};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Most entries of one field: a training programme has a dozen modules.
const ENTRIES_MAX: usize = 200;

/// One entry as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What names it in its list: 16 hex digits.
    pub id: String,
    /// Where it stands in the list; `None`: behind all others.
    pub place: Option<String>,
    /// Its flat keys.
    pub keys: Vec<String>,
}

/// The entries of a field in their order.
pub fn entries(row: &Row, field: &Field) -> Vec<Entry> {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for key in row.fields.keys() {
        if let Some((name, id, _)) = split(key)
            && name == field.name
            && is_id(id)
        {
            found.entry(id).or_default().push(key.clone());
        }
    }
    let entry = |(id, keys): (&str, Vec<String>)| {
        let place = row.text(&format!("{}/{id}", field.name)).filter(|place| is_place(place)).map(str::to_owned);
        Entry { id: id.to_owned(), place, keys }
    };
    let mut entries: Vec<Entry> = found.into_iter().map(entry).collect();
    entries.sort_by(|a, b| (a.place.is_none(), &a.place, &a.id).cmp(&(b.place.is_none(), &b.place, &b.id)));
    entries
}

/// `modules.<id>.title@it` as field, id, and sub-field with its language.
pub(super) fn split(key: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = key.split_once('.')?;
    let (id, sub) = rest.split_once('.')?;
    Some((name, id, sub))
}

fn is_id(id: &str) -> bool {
    id.len() == 16 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The sub-field of this name, which may end in a language.
pub(super) fn sub_field(subs: &'static [Field], name: &str) -> Option<&'static Field> {
    subs.iter().find(|sub| Some(sub.name) == name.split('@').next())
}

/// The entries as JSON, and the flat keys of sub-fields that hold something wrong or unknown.
pub(super) fn to_json(row: &Row, field: &Field, subs: &'static [Field]) -> (Vec<Value>, Vec<String>) {
    let mut invalid = Vec::new();
    let mut out = Vec::new();
    for entry in entries(row, field) {
        let mut members = Map::from_iter([("id".to_owned(), json!(entry.id))]);
        // In the table's order, whatever the order of the flat keys.
        let rank =
            |key: &String| subs.iter().position(|sub| split(key).and_then(|s| s.2.split('@').next()) == Some(sub.name));
        let mut keys = entry.keys;
        keys.sort_by_key(|key| rank(key).unwrap_or(subs.len()));
        for key in keys {
            // A removal beside a value is a conflict: the value is what there is to see.
            let standing = row.fields[&key].iter().map(|cell| &cell.value).find(|value| **value != Scalar::Null);
            let (Some((_, _, name)), Some(value)) = (split(&key), standing) else { continue };
            let lang = name.split_once('@').map(|(_, lang)| lang);
            let read = sub_field(subs, name)
                .filter(|sub| sub.is_translated() == lang.is_some_and(|lang| super::LANGUAGES.contains(&lang)));
            match (read.and_then(|sub| Some((sub, decode(sub, value)?))), lang) {
                (Some((sub, text)), Some(lang)) => {
                    if let Value::Object(texts) = members.entry(sub.name).or_insert_with(|| json!({})) {
                        texts.insert(lang.to_owned(), text);
                    }
                }
                (Some((sub, value)), None) => drop(members.insert(sub.name.to_owned(), value)),
                (None, _) => invalid.push(key),
            }
        }
        if members.len() > 1 {
            out.push(Value::Object(members));
        }
    }
    (out, invalid)
}

/// Reads one sub-field by its flat key: `modules.<id>.hours`, `modules.<id>.title@it`.
pub(super) fn parse_sub(subs: &'static [Field], key: &str, input: &Value) -> Result<Vec<FieldChange>, FieldError> {
    let known = split(key).filter(|(_, id, _)| is_id(id)).and_then(|(_, _, name)| sub_field(subs, name));
    let sub = known.ok_or_else(|| {
        let names: Vec<&str> = subs.iter().map(|sub| sub.name).collect();
        FieldError::new(key, "", format!("is no part of an entry; write FIELD.ID. and one of {}", names.join(", ")))
    })?;
    parse_at(sub, key, input)
}

/// Reads a list of entries.
///
/// # Shape
/// An array is the whole list in its order: entries with the id of one that stands are that one (only the sub-fields
/// named are touched), others are new, and what is not named is removed. An object of steps: `add` (entries, at the
/// end), `move` (`[{id, after}]`, `after` null: to the beginning), `remove` (ids). A text is JSON.
pub(super) fn parse(
    field: &Field,
    subs: &'static [Field],
    input: &Value,
    current: Option<&Row>,
) -> Result<Vec<FieldChange>, FieldError> {
    let read: Option<Value> = match input {
        Value::String(text) if text.trim().is_empty() => Some(Value::Null),
        Value::String(text) => {
            let read = serde_json::from_str(text);
            Some(read.map_err(|_| FieldError::new(field.name, text, "is not JSON; write [{\"title\": {\"it\": …}}]"))?)
        }
        _ => None,
    };
    let standing = current.map_or_else(Vec::new, |row| entries(row, field));
    let mut list = List { field, subs, current, standing, wanted: Vec::new(), changes: Vec::new() };
    match read.as_ref().unwrap_or(input) {
        Value::Null => {}
        Value::Array(items) => items.iter().try_for_each(|item| list.push(item, false))?,
        Value::Object(steps) => list.step(steps)?,
        other => return Err(refuse(field.name, other, "is not a list of entries")),
    }
    list.finish()
}

/// A list while it is read.
struct List<'a> {
    field: &'a Field,
    subs: &'static [Field],
    current: Option<&'a Row>,
    standing: Vec<Entry>,
    /// The ids in the order that is wanted.
    wanted: Vec<String>,
    changes: Vec<FieldChange>,
}

impl List<'_> {
    fn refuse(&self, input: &Value, reason: impl Into<String>) -> FieldError {
        refuse(self.field.name, input, reason)
    }

    /// Takes an entry as the next one; `fresh`: also where an equal one stands.
    fn push(&mut self, item: &Value, fresh: bool) -> Result<(), FieldError> {
        let Value::Object(members) = item else {
            return Err(self.refuse(item, "is no entry; write {\"title\": {\"it\": …}}"));
        };
        let mut written = Vec::new();
        for (name, value) in members.iter().filter(|(name, _)| *name != "id") {
            let sub = sub_field(self.subs, name).ok_or_else(|| {
                let names: Vec<&str> = self.subs.iter().map(|sub| sub.name).collect();
                self.refuse(item, format!("has the unknown part {name:?}; an entry has {}", names.join(", ")))
            })?;
            written.extend(parse_at(sub, name, value)?);
        }
        let id = match members.get("id").map(|id| id.as_str().unwrap_or_default()) {
            Some(id) if is_id(id) => id.to_owned(),
            Some(_) => {
                return Err(self.refuse(item, "has no id of an entry (16 hex digits); leave it out for a new one"));
            }
            None => self.fresh_id(&written, fresh),
        };
        if self.wanted.contains(&id) {
            return Err(self.refuse(item, "is there twice"));
        }
        if !self.stands(&id)
            && let Some(sub) = self.subs.iter().find(|sub| sub.required && !written.iter().any(|c| is_of(c, sub)))
        {
            return Err(self.refuse(item, format!("needs {}", sub.name)));
        }
        for change in written {
            let key = format!("{}.{id}.{}", self.field.name, change.key);
            self.change(FieldChange { key, op: change.op });
        }
        self.wanted.push(id);
        Ok(())
    }

    fn stands(&self, id: &str) -> bool {
        self.standing.iter().any(|entry| entry.id == id)
    }

    /// Writes a sub-field unless it reads so already: a list sent back must not decide conflicts.
    fn change(&mut self, change: FieldChange) {
        let now = self.current.and_then(|row| row.value(&change.key));
        let same = match &change.op {
            FieldOp::Put(Scalar::Null) => now.is_none(),
            FieldOp::Put(value) => now == Some(value),
            FieldOp::Prose(text) => now.and_then(|value| value.as_str()).unwrap_or_default() == text,
            FieldOp::Add | FieldOp::Remove => false,
        };
        if !same {
            self.changes.push(change);
        }
    }

    /// An id from the entry's words, so that the same list read twice is one list.
    fn fresh_id(&self, written: &[FieldChange], fresh: bool) -> String {
        let words = crate::codec::to_cbor(&written.to_vec());
        let taken: BTreeSet<&String> = self.wanted.iter().collect();
        let id = |number: u32| {
            to_hex(&tagged_hash("comin/entry/1", &[self.field.name.as_bytes(), &words, &number.to_le_bytes()])[..8])
        };
        let free = |id: &String| !taken.contains(id) && !(fresh && self.stands(id));
        (0..).map(id).find(free).unwrap_or_default()
    }

    fn step(&mut self, steps: &Map<String, Value>) -> Result<(), FieldError> {
        self.wanted = self.standing.iter().map(|entry| entry.id.clone()).collect();
        for (name, value) in steps {
            let items = value.as_array().filter(|_| matches!(name.as_str(), "add" | "move" | "remove"));
            let items =
                items.ok_or_else(|| self.refuse(value, "is no step of a list; steps are add, move and remove"))?;
            for item in items {
                match name.as_str() {
                    "add" => self.push(item, true)?,
                    "move" => self.shift(item)?,
                    _ => drop(self.take(item, item.as_str())?),
                }
            }
        }
        Ok(())
    }

    fn shift(&mut self, item: &Value) -> Result<(), FieldError> {
        let id = self.take(item, item.get("id").and_then(Value::as_str))?;
        let at = match item.get("after") {
            None | Some(Value::Null) => 0,
            Some(after) => {
                let at = self.wanted.iter().position(|other| Some(other.as_str()) == after.as_str());
                at.ok_or_else(|| self.refuse(item, "goes after an entry that is not there"))? + 1
            }
        };
        self.wanted.insert(at, id);
        Ok(())
    }

    fn take(&mut self, item: &Value, id: Option<&str>) -> Result<String, FieldError> {
        let at = self.wanted.iter().position(|other| Some(other.as_str()) == id);
        at.map(|at| self.wanted.remove(at)).ok_or_else(|| self.refuse(item, "names an entry that is not there"))
    }

    fn finish(mut self) -> Result<Vec<FieldChange>, FieldError> {
        if self.wanted.len() > ENTRIES_MAX {
            let reason = format!("has {} entries; at most {ENTRIES_MAX} are allowed", self.wanted.len());
            return Err(FieldError::new(self.field.name, "", reason));
        }
        let place =
            |id: &String| self.standing.iter().find(|entry| entry.id == *id).and_then(|entry| entry.place.as_deref());
        let standing: Vec<Option<&str>> = self.wanted.iter().map(place).collect();
        let arranged = arrange(&standing);
        let moved = arranged.iter().zip(&standing).zip(&self.wanted);
        let places: Vec<FieldChange> = moved
            .filter(|((new, old), _)| Some(new.as_str()) != **old)
            .map(|((new, _), id)| FieldChange::put(format!("{}/{id}", self.field.name), new.as_str()))
            .collect();
        self.changes.extend(places);
        for entry in self.standing.iter().filter(|entry| !self.wanted.contains(&entry.id)) {
            let place = entry.place.as_ref().map(|_| FieldChange::clear(format!("{}/{}", self.field.name, entry.id)));
            self.changes.extend(place);
            self.changes.extend(entry.keys.iter().map(FieldChange::clear));
        }
        Ok(self.changes)
    }
}

/// Whether a change writes something into a sub-field.
fn is_of(change: &FieldChange, sub: &Field) -> bool {
    change.key.split('@').next() == Some(sub.name) && !super::parse::is_clear(&change.op)
}
