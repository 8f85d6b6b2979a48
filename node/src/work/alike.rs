//! Organisations that look as if they were one: kept by what makes them alike, so that an edit costs a look at its record
//! and at those of its city, and not a search through all.

use crate::import::similar::{Core, bare, host};
use crate::store::{Store, StoreError};
use crate::views::{fold, for_each_group, words};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most suggestions that are told at once.
const SUGGESTIONS_MAX: usize = 200;
/// Records of one city that are compared with one another: beyond it a city is no area any more.
const AREA_MAX: usize = 400;
/// What more than these share tells nothing: the site of an umbrella organisation.
const SHARED_MAX: usize = 10;
/// Shortest identifier that tells something, in letters and digits.
const IDENTIFIER_MIN: usize = 4;
/// The kind of the records.
const KIND: &str = "organisation";
/// The kind of the links.
const LINK: &str = "sameas";

/// Why two records look as if they were one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// They share an identifier.
    Identifier(String),
    /// Their web sites have one host.
    Website(String),
    /// Their names are similar, in this place.
    Name(String),
}

impl Reason {
    /// A stable word for programs; the message's key is `same-` and this.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Identifier(_) => "identifier",
            Self::Website(_) => "website",
            Self::Name(_) => "name",
        }
    }

    /// What they share.
    pub fn value(&self) -> &str {
        match self {
            Self::Identifier(value) | Self::Website(value) | Self::Name(value) => value,
        }
    }
}

/// Two records that look as if they were one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// The key of the link between them.
    pub key: RecordKey,
    /// The records, sorted.
    pub ends: [RecordKey; 2],
    /// Why.
    pub reasons: BTreeSet<Reason>,
}

/// An organisation's id; its kind is known.
type Id = [u8; 16];

/// What an organisation says that may be another one's as well.
#[derive(PartialEq)]
struct Said {
    identifiers: BTreeSet<String>,
    host: Option<String>,
    /// City and country, folded; the city as it is written.
    area: Option<(Place, Box<str>)>,
    name: Core,
}

/// City and country.
type Place = (Box<str>, Box<str>);

/// The organisations of a city.
#[derive(Default)]
struct Area {
    members: BTreeSet<u32>,
    /// Pairs whose names are alike; `None` where nobody has looked for them since they were too many, or ever.
    alike: Option<Vec<[u32; 2]>>,
}

/// All organisations by what makes them alike.
pub struct Alike {
    slots: Vec<Option<(Id, Said)>>,
    places: HashMap<Id, u32>,
    free: Vec<u32>,
    identifiers: HashMap<String, Vec<u32>>,
    hosts: HashMap<String, Vec<u32>>,
    areas: BTreeMap<Place, Area>,
    /// Links about which somebody has decided.
    decided: BTreeSet<Id>,
    area_max: usize,
}

impl Said {
    fn of(row: &Row) -> Self {
        let text = |field: &str| row.text(field).map(fold).filter(|text| !text.is_empty());
        let area = text("city")
            .zip(text("country"))
            .map(|(city, country)| ((city.into(), country.into()), row.text("city").unwrap_or_default().into()));
        let identifiers = words(row, "identifiers").into_iter().map(|id| bare(&id));
        Self {
            identifiers: identifiers.filter(|id| id.len() >= IDENTIFIER_MIN).collect(),
            host: row.text("website").and_then(host),
            area,
            name: Core::of(row.text("name").unwrap_or_default()),
        }
    }
}

impl Alike {
    /// Of all organisations and links. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of(store: &dyn Store) -> Result<Self, StoreError> {
        Self::with(store, AREA_MAX)
    }

    fn with(store: &dyn Store, area_max: usize) -> Result<Self, StoreError> {
        let mut alike = Self {
            slots: Vec::new(),
            places: HashMap::new(),
            free: Vec::new(),
            identifiers: HashMap::new(),
            hosts: HashMap::new(),
            areas: BTreeMap::new(),
            decided: BTreeSet::new(),
            area_max,
        };
        for kind in [KIND, LINK] {
            for_each_group(store, kind, |rows| {
                if let Some(first) = rows.first() {
                    alike.put(&first.key, rows);
                }
            })?;
        }
        Ok(alike)
    }

    /// Whether records of this kind are in it.
    pub fn has(kind: &str) -> bool {
        kind == KIND || kind == LINK
    }

    /// Takes the rows of a record in the place of what was known of it; whether that is something else.
    pub fn put(&mut self, key: &RecordKey, rows: &[Row]) -> bool {
        if key.kind == LINK {
            let is_open = |row: &Row| row.is_deleted() || row.text("state").is_none_or(|state| state == "suggested");
            return match rows.iter().all(is_open) {
                true => self.decided.remove(&key.id),
                false => self.decided.insert(key.id),
            };
        }
        let now = rows.iter().find(|row| !row.is_deleted()).map(Said::of);
        let slot = self.places.get(&key.id).copied();
        if slot.and_then(|slot| self.said(slot)) == now.as_ref() {
            return false;
        }
        if let Some(slot) = slot {
            self.take_out(slot);
        }
        if let Some(said) = now {
            self.put_in(key.id, said);
        }
        true
    }

    fn said(&self, slot: u32) -> Option<&Said> {
        Some(&self.slots.get(slot as usize)?.as_ref()?.1)
    }

    fn id(&self, slot: u32) -> Id {
        self.slots.get(slot as usize).and_then(Option::as_ref).map_or([0; 16], |(id, _)| *id)
    }

    fn take_out(&mut self, slot: u32) {
        let Some((id, said)) = self.slots.get_mut(slot as usize).and_then(Option::take) else { return };
        self.places.remove(&id);
        self.free.push(slot);
        said.identifiers.iter().for_each(|text| leave(&mut self.identifiers, text, slot));
        if let Some(host) = &said.host {
            leave(&mut self.hosts, host, slot);
        }
        if let Some((place, _)) = &said.area
            && let Some(area) = self.areas.get_mut(place)
        {
            area.members.remove(&slot);
            if let Some(pairs) = &mut area.alike {
                pairs.retain(|pair| !pair.contains(&slot));
            }
            if area.members.is_empty() {
                self.areas.remove(place);
            }
        }
    }

    fn put_in(&mut self, id: Id, said: Said) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        for text in &said.identifiers {
            self.identifiers.entry(text.clone()).or_default().push(slot);
        }
        if let Some(host) = &said.host {
            self.hosts.entry(host.clone()).or_default().push(slot);
        }
        if let Some((place, _)) = &said.area {
            let area = self.areas.entry(place.clone()).or_default();
            if area.members.len() >= self.area_max {
                area.alike = None;
            }
            if let Some(pairs) = &mut area.alike {
                let name = |slot: u32| Some(&self.slots.get(slot as usize)?.as_ref()?.1.name);
                let like = |other: &&u32| name(**other).is_some_and(|name| name.is_like(&said.name));
                pairs.extend(area.members.iter().filter(like).map(|other| [*other, slot]));
            }
            area.members.insert(slot);
        }
        self.places.insert(id, slot);
        if let Some(entry) = self.slots.get_mut(slot as usize) {
            *entry = Some((id, said));
        }
    }

    /// Pairs that look as if they were one and about which nobody has decided, at most 200: those with the most reasons
    /// first, then those with an identifier in common before those with a web site, then names by their city. The names of
    /// a city are compared when its turn comes, and only once.
    pub fn suggestions(&mut self) -> Vec<Suggestion> {
        let Some(kind) = schema::kind(LINK) else { return Vec::new() };
        let suggestion = |(ends, reasons): (Pair, BTreeSet<Reason>)| {
            let ends = ends.map(|id| RecordKey { kind: KIND.to_owned(), id });
            Suggestion { key: kind.derived_key(&ends), ends, reasons }
        };
        // So many may have been decided about.
        let wanted = SUGGESTIONS_MAX + self.decided.len();
        let shared = self.sharing();
        let mut pairs: Vec<(Pair, BTreeSet<Reason>)> = shared.clone().into_iter().collect();
        pairs.sort_by(|(a, why_a), (b, why_b)| (why_b.len(), why_a, a).cmp(&(why_a.len(), why_b, b)));
        let places: Vec<Place> = self.areas.keys().cloned().collect();
        for place in places {
            if pairs.len() >= wanted {
                break;
            }
            let here = self.alike_in(&place).into_iter().filter(|(pair, _)| !shared.contains_key(pair));
            pairs.extend(here.map(|(pair, city)| (pair, BTreeSet::from([Reason::Name(city)]))));
        }
        let open = |suggestion: &Suggestion| !self.decided.contains(&suggestion.key.id);
        pairs.into_iter().map(suggestion).filter(open).take(SUGGESTIONS_MAX).collect()
    }

    /// The pairs that have an identifier or a web site in common, and whether their names are alike as well.
    fn sharing(&self) -> BTreeMap<Pair, BTreeSet<Reason>> {
        let mut found: BTreeMap<Pair, BTreeSet<Reason>> = BTreeMap::new();
        let mut share = |with: &HashMap<String, Vec<u32>>, reason: fn(String) -> Reason| {
            for (text, slots) in with.iter().filter(|(_, slots)| (2..=SHARED_MAX).contains(&slots.len())) {
                for_each_pair(slots, |pair| {
                    found.entry(self.pair(pair)).or_default().insert(reason(text.clone()));
                });
            }
        };
        share(&self.identifiers, Reason::Identifier);
        share(&self.hosts, Reason::Website);
        for (pair, reasons) in &mut found {
            let [a, b] = pair.map(|id| self.places.get(&id).and_then(|slot| self.said(*slot)));
            if let (Some(a), Some(b)) = (a, b)
                && let (Some((place, city)), Some((other, _))) = (&a.area, &b.area)
                && place == other
                && self.areas.get(place).is_some_and(|area| area.members.len() <= self.area_max)
                && a.name.is_like(&b.name)
            {
                reasons.insert(Reason::Name(city.as_ref().to_owned()));
            }
        }
        found
    }

    /// The pairs of a city whose names are alike, in order, with the city as it is written.
    fn alike_in(&mut self, place: &Place) -> Vec<(Pair, String)> {
        let names = |slot: u32| Some(&self.slots.get(slot as usize)?.as_ref()?.1.name);
        let Some(area) = self.areas.get_mut(place).filter(|area| area.members.len() <= self.area_max) else {
            return Vec::new();
        };
        if area.alike.is_none() {
            let members: Vec<u32> = area.members.iter().copied().collect();
            let mut pairs = Vec::new();
            for_each_pair(&members, |pair| {
                if let [Some(a), Some(b)] = pair.map(names)
                    && a.is_like(b)
                {
                    pairs.push(pair);
                }
            });
            area.alike = Some(pairs);
        }
        let pairs = self.areas.get(place).and_then(|area| area.alike.as_deref()).unwrap_or_default();
        let mut pairs: Vec<Pair> = pairs.iter().map(|pair| self.pair(*pair)).collect();
        pairs.sort_unstable();
        let city = |id: &Id| Some(&self.said(*self.places.get(id)?)?.area.as_ref()?.1);
        pairs.into_iter().map(|pair| (pair, city(&pair[0]).map(|city| city.to_string()).unwrap_or_default())).collect()
    }

    fn pair(&self, slots: [u32; 2]) -> Pair {
        let mut ids = slots.map(|slot| self.id(slot));
        ids.sort_unstable();
        ids
    }
}

/// Two organisations, the lesser id first.
type Pair = [Id; 2];

/// Takes a record out of those that share a text.
fn leave(with: &mut HashMap<String, Vec<u32>>, text: &str, slot: u32) {
    if let Some(slots) = with.get_mut(text) {
        slots.retain(|other| *other != slot);
        if slots.is_empty() {
            with.remove(text);
        }
    }
}

fn for_each_pair(slots: &[u32], mut each: impl FnMut([u32; 2])) {
    for (n, a) in slots.iter().enumerate() {
        slots.iter().skip(n + 1).for_each(|b| each([*a, *b]));
    }
}

#[cfg(test)]
mod tests;
