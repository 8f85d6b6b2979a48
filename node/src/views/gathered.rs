//! All that this node holds of the networks, gathered for whole views: the survey, the pictures, the numbers.
//!
//! One record is one thing here: what several registers say of it is read from one of them (a shared register before a
//! partner's own), and records that people have confirmed to be one (`sameas`) are one, with what either says. Internal
//! registers and persons are never gathered.

use super::collate::sort_key;
use super::index::for_each_group;
use super::record::Record;
use super::time::rfc3339;
use crate::export::public;
use crate::i18n::Lang;
use crate::store::{Store, StoreError};
use crate::work::same::Clusters;
use comin_protocol::ids::{ActorId, PartnerId, RecordKey};
use comin_protocol::record::Row;
use comin_protocol::roster::{RegisterKind, Roster};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

/// For whom records are gathered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Audience {
    /// The partners: all that they share with one another.
    #[default]
    Partnership,
    /// Everybody: what is marked as public.
    Public,
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
    kinds: BTreeMap<&'static str, Kind>,
    same: Arc<Clusters>,
    /// By partner.
    pub shares: BTreeMap<PartnerId, Share>,
}

/// The records of a kind.
#[derive(Clone, Debug, Default)]
struct Kind {
    records: BTreeMap<RecordKey, Arc<Record>>,
    /// The same by title, in each of [`Lang::ALL`]; made when one first asks for it.
    by_title: [OnceLock<Vec<Placed>>; Lang::ALL.len()],
}

/// A record in the order of titles, behind its key for that.
type Placed = (Box<str>, Arc<Record>);

/// The kinds that whole views read.
const GATHERED: [&str; 7] = ["network", "organisation", "membership", "practice", "event", "interest", "programme"];

/// What each record of the partnership says by itself, before those that are one become one: where one record changes, the
/// others are not read again.
pub struct Gathering {
    taken: BTreeMap<RecordKey, Taken>,
    partners: Partners,
    same: Arc<Clusters>,
}

/// What the rows of one record say.
#[derive(PartialEq, Default)]
struct Taken {
    record: Option<Arc<Record>>,
    /// What each partner wrote of it.
    shares: Box<[(PartnerId, Share)]>,
}

/// The partner of each actor; `None` of one that is not known, which is asked for once in each reading.
type Partners = HashMap<ActorId, Option<PartnerId>>;

/// What is different after a reading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Different {
    /// These records.
    Records(BTreeSet<RecordKey>),
    /// Which records are one: all of them may be.
    All,
}

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
        Ok(Self { taken, partners, same: Arc::new(Clusters::read(store)?) })
    }

    /// Reads these records again; what is different now.
    ///
    /// # Errors
    /// [`StoreError`]; what is held is of no use then.
    pub fn read_again(
        &mut self,
        store: &dyn Store,
        roster: &Roster,
        keys: impl IntoIterator<Item = RecordKey>,
    ) -> Result<Different, StoreError> {
        let (mut different, mut links) = (BTreeSet::new(), false);
        for key in keys {
            links |= key.kind == Clusters::KIND;
            if !GATHERED.contains(&key.kind.as_str()) {
                continue;
            }
            let now = take(store, roster, &store.rows_of(&key)?, &mut self.partners)?;
            let before = self.taken.get(&key);
            if before.map_or(now != Taken::default(), |before| *before != now) {
                different.insert(key.clone());
            }
            self.taken.insert(key, now);
        }
        self.partners.retain(|_, partner| partner.is_some());
        if links {
            let same = Clusters::read(store)?;
            if same != *self.same {
                self.same = Arc::new(same);
                return Ok(Different::All);
            }
        }
        Ok(Different::Records(different))
    }

    /// All of it, each thing once.
    pub fn gathered(&self) -> Gathered {
        let mut out = Gathered { same: self.same.clone(), ..Gathered::default() };
        self.taken.values().for_each(|taken| out.put(taken));
        out
    }

    /// The same, where what was gathered before differs in these records alone.
    pub fn gathered_again(&self, mut before: Gathered, different: &BTreeSet<RecordKey>) -> Gathered {
        let things: BTreeSet<RecordKey> = different.iter().map(|key| self.same.representative(key)).collect();
        for thing in things {
            let members = self.same.members(&thing);
            let said = members.iter().filter_map(|member| self.taken.get(member)?.record.clone());
            let now = said.fold(None, |all, record| Some(joined(&thing, all, record)));
            if let Some(kind) = before.kind_mut(&thing.kind) {
                kind.set(&thing, now);
            }
        }
        before.kinds.retain(|_, kind| !kind.records.is_empty());
        before.shares.clear();
        self.taken.values().for_each(|taken| before.count(taken));
        before
    }
}

impl Kind {
    /// Puts a record in the place of what was there.
    fn set(&mut self, key: &RecordKey, now: Option<Arc<Record>>) {
        let before = self.records.remove(key);
        for (lang, place) in Lang::ALL.into_iter().zip(&mut self.by_title) {
            let Some(placed) = place.get_mut() else { continue };
            if let Some(at) = before.as_ref().and_then(|record| find(placed, lang, record).ok()) {
                placed.remove(at);
            }
            if let Some(record) = &now
                && let Err(at) = find(placed, lang, record)
            {
                placed.insert(at, placed_in(lang, record));
            }
        }
        if let Some(record) = now {
            self.records.insert(key.clone(), record);
        }
    }

    fn in_order(&self, lang: Lang) -> &[Placed] {
        let Some((_, place)) = Lang::ALL.into_iter().zip(&self.by_title).find(|(known, _)| *known == lang) else {
            return &[];
        };
        place.get_or_init(|| {
            let mut all: Vec<Placed> = self.records.values().map(|record| placed_in(lang, record)).collect();
            all.sort_by(|a, b| order(a).cmp(&order(b)));
            all
        })
    }
}

/// The order of titles is made from the records: whether there is one already says nothing of them.
impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.records == other.records
    }
}

fn placed_in(lang: Lang, record: &Arc<Record>) -> Placed {
    (sort_key(lang, &record.title(lang.code()).text).into(), record.clone())
}

fn order(placed: &Placed) -> (&str, &RecordKey) {
    (&placed.0, &placed.1.key)
}

/// Where a record stands in the order of titles, or would.
fn find(all: &[Placed], lang: Lang, record: &Arc<Record>) -> Result<usize, usize> {
    let wanted = placed_in(lang, record);
    all.binary_search_by(|placed| order(placed).cmp(&order(&wanted)))
}

/// What a thing says once a record is added to what others said of it. `thing`: the record that gives them its name, which
/// says what they are; what it does not say, the others say.
fn joined(thing: &RecordKey, others: Option<Arc<Record>>, mut record: Arc<Record>) -> Arc<Record> {
    if let Some(others) = others {
        let (first, second) = if record.key == *thing { (record, others) } else { (others, record) };
        let mut first = Arc::unwrap_or_clone(first);
        first.add(&second);
        record = Arc::new(first);
    }
    if record.key != *thing {
        Arc::make_mut(&mut record).key = thing.clone();
    }
    record
}

impl Gathered {
    /// What is for the public, all of it read anew: what is cut out of a record depends on others.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn public(store: &dyn Store, roster: &Roster) -> Result<Self, StoreError> {
        let mut out = Self { same: Arc::new(Clusters::read(store)?), ..Self::default() };
        let mut partners = Partners::new();
        each_group(store, |rows| {
            out.put(&take(store, roster, &public::cut(store, roster, rows.to_vec())?, &mut partners)?);
            Ok(())
        })?;
        Ok(out)
    }

    fn put(&mut self, taken: &Taken) {
        self.count(taken);
        let Some(record) = &taken.record else { return };
        let thing = self.one(&record.key);
        if let Some(kind) = self.kind_mut(&thing.kind) {
            let others = kind.records.remove(&thing);
            let record = joined(&thing, others, record.clone());
            kind.records.insert(thing, record);
        }
    }

    fn count(&mut self, taken: &Taken) {
        for (partner, part) in &taken.shares {
            let share = self.shares.entry(*partner).or_default();
            share.newest_ms = share.newest_ms.max(part.newest_ms);
            share.records += part.records;
        }
    }

    fn kind_mut(&mut self, kind: &str) -> Option<&mut Kind> {
        let name = *GATHERED.iter().find(|name| **name == kind)?;
        Some(self.kinds.entry(name).or_default())
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
    pub fn of_kind(&self, kind: &str) -> impl ExactSizeIterator<Item = &Record> {
        self.kinds.get(kind).map_or(&NONE, |kind| &kind.records).values().map(Arc::as_ref)
    }

    /// The records of a kind by what they are called in a language.
    pub fn by_title(&self, kind: &str, lang: &str) -> impl ExactSizeIterator<Item = &Record> {
        let lang = Lang::parse(lang).unwrap_or_default();
        self.kinds.get(kind).map_or(&[][..], |kind| kind.in_order(lang)).iter().map(|(_, record)| record.as_ref())
    }

    /// A record that another one refers to.
    pub fn get(&self, key: &RecordKey) -> Option<&Record> {
        self.kinds.get(key.kind.as_str())?.records.get(&self.one(key)).map(Arc::as_ref)
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

static NONE: BTreeMap<RecordKey, Arc<Record>> = BTreeMap::new();

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
        let registers: BTreeSet<_> = shown.iter().map(|row| row.doc.register).collect();
        Arc::new(Record::of(first, registers.into_iter().collect()))
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

#[cfg(test)]
mod tests;
