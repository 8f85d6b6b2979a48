//! All that this node holds of the networks, gathered for whole views: the survey, the pictures, the numbers.
//!
//! One record is one thing here: what several registers say of it is read from one of them (a shared register before a
//! partner's own), and records that people have confirmed to be one (`sameas`) are one, with what either says. Internal
//! registers and persons are never gathered.

use super::collate::sort_key;
use super::fields::to_json;
use super::index::for_each_group;
use super::time::rfc3339;
use crate::export::public;
use crate::i18n::Lang;
use crate::store::{Store, StoreError};
use crate::work::same::Clusters;
use comin_protocol::ids::{ActorId, PartnerId, RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::roster::{RegisterKind, Roster};
use comin_protocol::schema::{self, Field, LANGUAGES};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// For whom records are gathered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Audience {
    /// The partners: all that they share with one another.
    #[default]
    Partnership,
    /// Everybody: what is marked as public.
    Public,
}

/// One record as whole views read it.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// What names it; of records that are one, the least.
    pub key: RecordKey,
    /// Its fields in the shape of the API.
    pub fields: Map<String, Value>,
    /// The registers that hold it.
    pub registers: BTreeSet<RegisterId>,
}

/// A text and the language that it is in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Text {
    /// The text.
    pub text: String,
    /// The language's code; empty where texts have no language, such as names.
    pub lang: String,
}

impl Record {
    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_str().filter(|text| !text.is_empty())
    }

    /// The text of a translated field in a language; else in the original one, in English, in any.
    pub fn translated(&self, field: &str, lang: &str) -> Option<Text> {
        let texts = self.fields.get(field)?.as_object()?;
        let original = self.text("original_language").unwrap_or_default();
        let order = [lang, original, "en"].into_iter().chain(LANGUAGES);
        order
            .filter_map(|lang| Some((texts.get(lang)?.as_str()?, lang)))
            .find(|(text, _)| !text.is_empty())
            .map(|(text, lang)| Text { text: text.to_owned(), lang: lang.to_owned() })
    }

    /// What it is called in a language.
    pub fn title(&self, lang: &str) -> Text {
        let plain = || self.text("name").map(|text| Text { text: text.to_owned(), lang: String::new() });
        let translated = || self.translated("name", lang).or_else(|| self.translated("title", lang));
        plain().or_else(translated).unwrap_or_else(|| Text { text: self.key.to_string(), lang: String::new() })
    }

    /// The members of a set of texts or codes.
    pub fn set(&self, field: &str) -> impl Iterator<Item = &str> {
        self.fields.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// The record that a field refers to.
    pub fn reference(&self, field: &str) -> Option<RecordKey> {
        RecordKey::parse(self.text(field)?)
    }

    /// The records that a set refers to.
    pub fn references(&self, field: &str) -> impl Iterator<Item = RecordKey> {
        self.set(field).filter_map(RecordKey::parse)
    }

    /// Degrees north and east.
    pub fn position(&self) -> Option<(f64, f64)> {
        let position = self.fields.get("position")?;
        Some((position.get("lat")?.as_f64()?, position.get("lon")?.as_f64()?))
    }

    /// When it begins, as the schema writes moments.
    pub fn start(&self) -> Option<&str> {
        self.fields.get("when")?.get("start")?.as_str()
    }

    /// The day on which it begins, as `YYYY-MM-DD`.
    pub fn begins(&self) -> Option<&str> {
        self.start()?.get(..10)
    }

    /// Start, end and zone in one text, as records hold them.
    pub fn when(&self) -> Option<String> {
        let part = |name: &str| self.fields.get("when")?.get(name)?.as_str();
        let (start, end) = (part("start")?, part("end")?);
        Some(part("tzid").map_or_else(|| format!("{start}/{end}"), |zone| format!("{start}/{end}[{zone}]")))
    }

    /// The first and the last of its days. What ends at midnight ends on the day before.
    pub fn days(&self) -> Option<(Date, Date)> {
        let first: Date = self.begins()?.parse().ok()?;
        let end = self.fields.get("when")?.get("end")?.as_str()?;
        let day: Date = end.get(..10)?.parse().ok()?;
        let last = if end.ends_with("T00:00") { day.yesterday().ok()? } else { day };
        Some((first, last.max(first)))
    }
}

/// What one partner's devices wrote of what is held here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Share {
    /// Records that it made and that are gathered.
    pub records: usize,
    /// Its newest change, in milliseconds since the Unix epoch by its own clock.
    pub newest_ms: u64,
}

/// Everything that was gathered.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Gathered {
    kinds: BTreeMap<String, BTreeMap<RecordKey, Arc<Record>>>,
    same: Clusters,
    /// By partner.
    pub shares: BTreeMap<PartnerId, Share>,
}

/// The kinds that whole views read.
const GATHERED: [&str; 7] = ["network", "organisation", "membership", "practice", "event", "interest", "programme"];

/// What each record of the partnership says by itself, before those that are one become one: where one record changes, the
/// others are not read again.
pub struct Gathering {
    taken: BTreeMap<RecordKey, Taken>,
    partners: Partners,
    same: Clusters,
}

/// What the rows of one record say.
#[derive(PartialEq, Default)]
struct Taken {
    record: Option<Arc<Record>>,
    /// What each partner wrote of it.
    shares: Vec<(PartnerId, Share)>,
}

/// The partner of each actor; `None` of one that is not known, which is asked for once in each reading.
type Partners = HashMap<ActorId, Option<PartnerId>>;

impl Gathering {
    /// Reads all rows. Blocks; memory grows with the number of records.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(store: &dyn Store, roster: &Roster) -> Result<Self, StoreError> {
        let (mut taken, mut partners) = (BTreeMap::new(), Partners::new());
        each_group(store, |rows| {
            if let Some(first) = rows.first() {
                taken.insert(first.key.clone(), take(store, roster, rows, &mut partners)?);
            }
            Ok(())
        })?;
        partners.retain(|_, partner| partner.is_some());
        Ok(Self { taken, partners, same: Clusters::read(store)? })
    }

    /// Reads these records again; whether anything is different now.
    ///
    /// # Errors
    /// [`StoreError`]; what is held is of no use then.
    pub fn read_again(
        &mut self,
        store: &dyn Store,
        roster: &Roster,
        keys: impl IntoIterator<Item = RecordKey>,
    ) -> Result<bool, StoreError> {
        let (mut different, mut links) = (false, false);
        for key in keys {
            links |= key.kind == Clusters::KIND;
            if !GATHERED.contains(&key.kind.as_str()) {
                continue;
            }
            let now = take(store, roster, &store.rows_of(&key)?, &mut self.partners)?;
            let before = self.taken.get(&key);
            different |= before.map_or(now != Taken::default(), |before| *before != now);
            self.taken.insert(key, now);
        }
        self.partners.retain(|_, partner| partner.is_some());
        if links {
            let same = Clusters::read(store)?;
            different |= same != self.same;
            self.same = same;
        }
        Ok(different)
    }

    /// All of it, each thing once.
    pub fn gathered(&self) -> Gathered {
        let mut out = Gathered { same: self.same.clone(), ..Gathered::default() };
        self.taken.values().for_each(|taken| out.put(taken));
        out
    }
}

impl Gathered {
    /// What is for the public: read anew each time, since what is cut out of a record depends on others.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn public(store: &dyn Store, roster: &Roster) -> Result<Self, StoreError> {
        let mut out = Self { same: Clusters::read(store)?, ..Self::default() };
        let mut partners = Partners::new();
        each_group(store, |rows| {
            out.put(&take(store, roster, &public::cut(store, roster, rows.to_vec())?, &mut partners)?);
            Ok(())
        })?;
        Ok(out)
    }

    fn put(&mut self, taken: &Taken) {
        for (partner, part) in &taken.shares {
            let share = self.shares.entry(*partner).or_default();
            share.newest_ms = share.newest_ms.max(part.newest_ms);
            share.records += part.records;
        }
        if let Some(record) = &taken.record {
            self.add(record.clone());
        }
    }

    fn add(&mut self, mut record: Arc<Record>) {
        let key = self.one(&record.key);
        if !self.kinds.contains_key(&key.kind) {
            self.kinds.insert(key.kind.clone(), BTreeMap::new());
        }
        let Some(kind) = self.kinds.get_mut(&key.kind) else { return };
        if let Some(other) = kind.remove(&key) {
            // The record that gives the others its name says what they are; what it does not say, they say.
            let (first, second) = if record.key == key { (record, other) } else { (other, record) };
            let (mut first, second) = (Arc::unwrap_or_clone(first), Arc::unwrap_or_clone(second));
            first.registers.extend(&second.registers);
            for (field, value) in second.fields {
                let translated =
                    schema::kind(&first.key.kind).and_then(|kind| kind.field(&field)).is_some_and(Field::is_translated);
                if translated
                    && let (Some(Value::Object(texts)), Value::Object(more)) = (first.fields.get_mut(&field), &value)
                {
                    for (lang, text) in more {
                        texts.entry(lang).or_insert_with(|| text.clone());
                    }
                    continue;
                }
                let (Some(Value::Array(members)), Value::Array(more)) = (first.fields.get_mut(&field), &value) else {
                    first.fields.entry(field).or_insert(value);
                    continue;
                };
                let new: Vec<Value> = more.iter().filter(|member| !members.contains(member)).cloned().collect();
                members.extend(new);
            }
            record = Arc::new(first);
        }
        if record.key != key {
            Arc::make_mut(&mut record).key = key.clone();
        }
        kind.insert(key, record);
    }

    /// The key under which a record is gathered: of records that are one, the least.
    pub fn one(&self, key: &RecordKey) -> RecordKey {
        self.same.representative(key)
    }

    /// The organisation and the network that a membership or an expression of interest ties.
    pub fn ends(&self, record: &Record) -> Option<(RecordKey, RecordKey)> {
        Some((self.one(&record.reference("organisation")?), self.one(&record.reference("network")?)))
    }

    /// The records of a kind, by key.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Record> {
        self.kinds.get(kind).into_iter().flat_map(BTreeMap::values).map(Arc::as_ref)
    }

    /// The records of a kind by what they are called in a language.
    pub fn by_title(&self, kind: &str, lang: &str) -> Vec<&Record> {
        let order = Lang::parse(lang).unwrap_or_default();
        let mut all: Vec<(String, &Record)> =
            self.of_kind(kind).map(|record| (sort_key(order, &record.title(lang).text), record)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.key.cmp(&b.1.key)));
        all.into_iter().map(|(_, record)| record).collect()
    }

    /// A record that another one refers to.
    pub fn get(&self, key: &RecordKey) -> Option<&Record> {
        self.kinds.get(&key.kind)?.get(&self.one(key)).map(Arc::as_ref)
    }

    /// The newest change of all, in milliseconds since the Unix epoch by its author's clock; 0 where there is none.
    pub fn newest_ms(&self) -> u64 {
        self.shares.values().map(|share| share.newest_ms).max().unwrap_or(0)
    }

    /// The day of the data: that of the newest change, in UTC; a change from a clock that runs ahead counts as today's.
    pub fn as_of(&self, now_ms: u64) -> String {
        let ms = match self.newest_ms() {
            0 => now_ms,
            newest => newest.min(now_ms),
        };
        rfc3339(ms).get(..10).unwrap_or_default().to_owned()
    }
}

/// Calls `each` with the rows of every record that whole views read, in the order of its kinds.
fn each_group(store: &dyn Store, mut each: impl FnMut(&[Row]) -> Result<(), StoreError>) -> Result<(), StoreError> {
    for kind in GATHERED {
        let mut done = Ok(());
        for_each_group(store, kind, |rows| {
            if done.is_ok() {
                done = each(rows);
            }
        })?;
        done?;
    }
    Ok(())
}

/// What the rows of one record say.
fn take(store: &dyn Store, roster: &Roster, rows: &[Row], partners: &mut Partners) -> Result<Taken, StoreError> {
    let rank =
        |row: &Row| (roster.registers.get(&row.doc.register).map(|r| r.kind) != Some(RegisterKind::Shared), row.doc);
    let shared = rows.iter().filter(|row| is_shared(roster, row));
    let mut shares: BTreeMap<PartnerId, Share> = BTreeMap::new();
    for row in shared.clone() {
        count(store, roster, row, partners, &mut shares)?;
    }
    let mut shown: Vec<&Row> = shared.filter(|row| row.is_listed()).collect();
    shown.sort_by_key(|row| rank(row));
    let record = shown.first().map(|first| {
        let registers = shown.iter().map(|row| row.doc.register).collect();
        Arc::new(Record { key: first.key.clone(), fields: to_json(first), registers })
    });
    Ok(Taken { record, shares: shares.into_iter().collect() })
}

fn count(
    store: &dyn Store,
    roster: &Roster,
    row: &Row,
    partners: &mut Partners,
    shares: &mut BTreeMap<PartnerId, Share>,
) -> Result<(), StoreError> {
    for (n, origin) in row.origins.iter().enumerate() {
        let partner = match partners.get(&origin.actor) {
            Some(known) => *known,
            None => {
                let of = |key| roster.devices.get(&key).or_else(|| roster.former.get(&key)).map(|d| d.partner);
                *partners.entry(origin.actor).or_insert(store.device_of(&origin.actor)?.and_then(of))
            }
        };
        let Some(partner) = partner else { continue };
        let share = shares.entry(partner).or_default();
        share.newest_ms = share.newest_ms.max(u64::try_from(origin.time_ms).unwrap_or(0));
        share.records += usize::from(n == 0 && row.is_listed());
    }
    Ok(())
}

/// Whether a row lies where others read it.
fn is_shared(roster: &Roster, row: &Row) -> bool {
    let register = roster.registers.get(&row.doc.register);
    register.is_some_and(|register| register.kind != RegisterKind::Internal)
        && row.text("visibility") != Some("partner")
}
