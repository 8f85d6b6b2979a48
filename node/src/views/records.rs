//! Records as they are read: the values of every register, who wrote them, and what is in conflict.

use super::fields::{self, scalar_json};
use super::members::register_label;
use super::time::rfc3339;
use crate::i18n::Lang;
use crate::store::{Store, StoreError};
use crate::work::translations::stale;
use comin_protocol::ids::{ActorId, DeviceKey, PERSON_KIND, PartnerId, RecordKey};
use comin_protocol::persons::Personal;
use comin_protocol::record::{self, Cell, Origin, Row, Scalar};
use comin_protocol::roster::Roster;
use comin_protocol::schema;
use serde_json::{Map, Value as Json, json};
use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

/// One concurrent value of a conflict.
#[derive(Clone, PartialEq, Debug)]
pub struct Value {
    /// The value; `Null`: removed.
    pub value: Scalar,
    /// The partner that wrote it, if this node knows the actor.
    pub partner: Option<(PartnerId, String)>,
    /// The device that wrote it.
    pub device: Option<(DeviceKey, String)>,
    /// When, by that device's clock, in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// Where it stands for an edit that a deletion had not seen: the flat key and what was written.
    pub edited: Option<(String, Scalar)>,
}

/// Several values of one field.
#[derive(Clone, PartialEq, Debug)]
pub struct Conflict {
    /// The flat key.
    pub field: String,
    /// The values; the first is the one shown.
    pub values: Vec<Value>,
}

/// A record in one register.
#[derive(Clone, PartialEq, Debug)]
pub struct Version {
    /// The row.
    pub row: Row,
    /// What the register is called.
    pub register_name: String,
    /// Whether this device may write it.
    pub writable: bool,
    /// Who made the record.
    pub creator: Value,
    /// What is in conflict.
    pub conflicts: Vec<Conflict>,
}

/// A record with its values per register. Of a person `Debug` shows nothing but which one.
#[derive(Clone, PartialEq)]
pub struct Group {
    /// The record.
    pub key: RecordKey,
    /// What it is called.
    pub title: String,
    /// One per register that holds it, this partner's own first.
    pub versions: Vec<Version>,
    /// Fields on which the registers differ.
    pub differs: Vec<String>,
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Group");
        out.field("key", &self.key);
        match self.key.kind == PERSON_KIND {
            true => out.field("values", &Personal::new(())),
            false => out.field("title", &self.title).field("versions", &self.versions).field("differs", &self.differs),
        };
        out.finish()
    }
}

/// Reads rows for people: knows the roster, this device and the language.
pub struct Reader<'a> {
    /// The store.
    pub store: &'a dyn Store,
    /// Who is who.
    pub roster: &'a Roster,
    /// This partner.
    pub partner: PartnerId,
    /// This device.
    pub device: DeviceKey,
    /// The language of titles and labels.
    pub lang: Lang,
    devices: RefCell<HashMap<ActorId, Option<DeviceKey>>>,
}

impl<'a> Reader<'a> {
    /// A reader.
    pub fn new(store: &'a dyn Store, roster: &'a Roster, own: (PartnerId, DeviceKey), lang: Lang) -> Self {
        Self { store, roster, partner: own.0, device: own.1, lang, devices: RefCell::default() }
    }

    /// Makes a group of the rows of one record; `None` where there are none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn group(&self, rows: Vec<Row>) -> Result<Option<Group>, StoreError> {
        let differs = differing(&rows);
        let mut versions = rows.into_iter().map(|row| self.version(row)).collect::<Result<Vec<_>, _>>()?;
        // This partner's own words first, then what it may write: that is what its people mean by the record.
        versions.sort_by_key(|v| {
            let register = self.roster.registers.get(&v.row.doc.register);
            (register.and_then(|r| r.owner) != Some(self.partner), !v.writable)
        });
        let Some(first) = versions.first() else { return Ok(None) };
        let title = self.title(&first.row)?;
        Ok(Some(Group { key: first.row.key.clone(), title, versions, differs }))
    }

    /// One record in one register.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn version(&self, row: Row) -> Result<Version, StoreError> {
        let creator_cell = Cell { value: Scalar::Null, origin: 0 };
        Ok(Version {
            register_name: register_label(self.lang, self.roster, &self.partner, &row.doc.register),
            writable: self.roster.may_write(&row.doc.register, &self.device),
            creator: self.value(&row, &creator_cell)?,
            conflicts: self.conflicts(&row)?,
            row,
        })
    }

    fn conflicts(&self, row: &Row) -> Result<Vec<Conflict>, StoreError> {
        row.conflicts().into_iter().map(|conflict| self.conflict(row, conflict)).collect()
    }

    /// A deletion beside edits that it had not seen: keeping an edit means that the record is restored.
    fn conflict(&self, row: &Row, conflict: record::Conflict) -> Result<Conflict, StoreError> {
        let mut values = conflict.cells.iter().map(|cell| self.value(row, cell)).collect::<Result<Vec<_>, _>>()?;
        for (field, cell) in &conflict.unseen_edits {
            let value = self.value(row, cell)?;
            let edited = Some((field.clone(), value.value));
            values.push(Value { value: Scalar::Null, edited, ..value });
        }
        Ok(Conflict { field: conflict.field, values })
    }

    /// A value of a row with who wrote it, and when.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn value(&self, row: &Row, cell: &Cell) -> Result<Value, StoreError> {
        self.written(cell.value.clone(), row.origin(cell))
    }

    /// A value with who wrote it, and when.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn written(&self, value: Scalar, origin: Option<&Origin>) -> Result<Value, StoreError> {
        let device = match origin {
            Some(origin) => self.device_of(&origin.actor)?,
            None => None,
        };
        let known = device.and_then(|key| self.roster.devices.get(&key));
        let partner = known.and_then(|d| self.roster.partners.get(&d.partner));
        Ok(Value {
            value,
            partner: partner.map(|p| (p.id, p.name.clone())),
            device: device.map(|key| (key, known.map_or_else(|| key.short(), |d| d.name.clone()))),
            time_ms: origin.and_then(|o| u64::try_from(o.time_ms).ok()).unwrap_or(0),
            edited: None,
        })
    }

    fn device_of(&self, actor: &ActorId) -> Result<Option<DeviceKey>, StoreError> {
        if let Some(known) = self.devices.borrow().get(actor) {
            return Ok(*known);
        }
        let device = self.store.device_of(actor)?;
        self.devices.borrow_mut().insert(*actor, device);
        Ok(device)
    }

    /// What a record is called; without a title, by the records that name it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn title(&self, row: &Row) -> Result<String, StoreError> {
        let named_by = fields::named_by(row);
        if named_by.is_empty() {
            return Ok(fields::title(row, self.lang));
        }
        let titles = named_by.iter().map(|key| self.title_of(key)).collect::<Result<Vec<_>, _>>()?;
        Ok(titles.join(" – "))
    }

    /// What a record that is referred to is called; its id where it is not here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn title_of(&self, key: &RecordKey) -> Result<String, StoreError> {
        Ok(self.store.rows_of(key)?.first().map_or_else(|| key.to_string(), |row| fields::title(row, self.lang)))
    }
}

/// What referenced records are called.
pub type Titles = HashMap<RecordKey, String>;

impl Reader<'_> {
    /// What the records are called to which these rows refer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn titles(&self, rows: &[&Row]) -> Result<Titles, StoreError> {
        let mut titles = Titles::new();
        for key in rows.iter().flat_map(|row| fields::references(row)) {
            if let Entry::Vacant(place) = titles.entry(key) {
                let title = self.title_of(place.key())?;
                place.insert(title);
            }
        }
        Ok(titles)
    }
}

/// The fields whose values are not the same in all rows.
fn differing(rows: &[Row]) -> Vec<String> {
    let Some((first, others)) = rows.split_first() else { return Vec::new() };
    if others.is_empty() {
        return Vec::new();
    }
    let first = fields::to_json(first);
    let mut out = BTreeSet::new();
    for other in others.iter().map(fields::to_json) {
        let names: BTreeSet<&String> = first.keys().chain(other.keys()).collect();
        out.extend(names.into_iter().filter(|name| first.get(*name) != other.get(*name)).cloned());
    }
    out.into_iter().collect()
}

impl Value {
    /// For programs.
    pub fn to_json(&self) -> Json {
        json!({
            "value": scalar_json(&self.value),
            "edited": self.edited.as_ref().map(|(field, value)| json!({"field": field, "value": scalar_json(value)})),
            "partner": self.partner.as_ref().map(|(id, _)| id),
            "partner_name": self.partner.as_ref().map(|(_, name)| name),
            "device": self.device.as_ref().map(|(key, _)| key),
            "device_name": self.device.as_ref().map(|(_, name)| name),
            "time": rfc3339(self.time_ms),
        })
    }
}

impl Conflict {
    /// For programs; `take` counts from 1.
    pub fn to_json(&self) -> Json {
        let values = self.values.iter().enumerate().map(|(n, value)| {
            let mut value = value.to_json();
            if let Some(members) = value.as_object_mut() {
                members.insert("take".into(), json!(n + 1));
            }
            value
        });
        json!({"field": self.field, "values": values.collect::<Vec<_>>()})
    }
}

impl Version {
    /// For programs.
    pub fn to_json(&self) -> Json {
        json!({
            "register": self.row.doc.register,
            "register_name": self.register_name,
            "part": self.row.doc.part,
            "version": self.row.version().to_text(),
            "writable": self.writable,
            "deleted": self.row.is_deleted(),
            "created": {
                "partner": self.creator.partner.as_ref().map(|(id, _)| id),
                "partner_name": self.creator.partner.as_ref().map(|(_, name)| name),
                "device_name": self.creator.device.as_ref().map(|(_, name)| name),
                "time": rfc3339(self.creator.time_ms),
            },
            "status": schema::status(&self.row),
            "fields": fields::to_json(&self.row),
            "stale_translations": stale(&self.row),
            "conflicts": self.conflicts.iter().map(Conflict::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Group {
    /// For programs.
    pub fn to_json(&self) -> Map<String, Json> {
        let members: BTreeMap<&str, Json> = BTreeMap::from([
            ("id", json!(self.key)),
            ("kind", json!(self.key.kind)),
            ("title", json!(self.title)),
            ("values", self.versions.iter().map(Version::to_json).collect()),
            ("differs", json!(self.differs)),
        ]);
        let order = ["id", "kind", "title", "values", "differs"];
        order.into_iter().filter_map(|name| Some((name.to_owned(), members.get(name)?.clone()))).collect()
    }
}
