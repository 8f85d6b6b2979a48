//! Records that are about one and the same: which are confirmed to be, which look as if they were, and what they say
//! together.
//!
//! Nothing is merged where it lies. Links that are confirmed tie records together when they are read (union-find); taking
//! a link back separates them again.

use crate::import::similar::{Core, bare, host};
use crate::runtime::NodeHandle;
use crate::store::{Store, StoreError};
use crate::views::{Changed, Changes, Group, Reader, fold, for_each_group, to_json};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most suggestions that are told at once.
const SUGGESTIONS_MAX: usize = 200;
/// Records of one city that are compared with one another: beyond it a city is no area any more.
const AREA_MAX: usize = 400;
/// Records that are confirmed to be one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clusters(HashMap<RecordKey, RecordKey>);

impl Clusters {
    /// The kind of the links.
    pub const KIND: &str = "sameas";

    /// Reads the confirmed links. A link counts that somebody confirms and nobody refuses.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(store: &dyn Store) -> Result<Self, StoreError> {
        let mut clusters = Self::default();
        for_each_group(store, "sameas", |rows| {
            let said: BTreeSet<&str> =
                rows.iter().filter(|row| row.is_listed()).filter_map(|row| row.text("state")).collect();
            if said.contains("confirmed")
                && !said.contains("refused")
                && let Some([a, b]) = rows.first().and_then(ends)
            {
                clusters.join(&a, &b);
            }
        })?;
        Ok(clusters)
    }

    fn join(&mut self, a: &RecordKey, b: &RecordKey) {
        let (a, b) = (self.representative(a), self.representative(b));
        if a != b {
            // The lesser one stands for both, whatever the order of the links.
            self.0.insert(a.clone().max(b.clone()), a.min(b));
        }
    }

    /// The record that stands for this one: the least of those that are one with it, itself where there are none.
    pub fn representative(&self, key: &RecordKey) -> RecordKey {
        let mut at = key;
        while let Some(next) = self.0.get(at) {
            at = next;
        }
        at.clone()
    }

    /// All records that are one with this one, itself among them, in order.
    pub fn members(&self, key: &RecordKey) -> Vec<RecordKey> {
        let representative = self.representative(key);
        let tied = self.0.keys().filter(|other| self.representative(other) == representative);
        let mut members: BTreeSet<RecordKey> = tied.cloned().collect();
        members.insert(representative);
        members.into_iter().collect()
    }
}

/// The ends of a link, as they lie.
fn ends(row: &Row) -> Option<[RecordKey; 2]> {
    Some([RecordKey::parse(row.text("a")?)?, RecordKey::parse(row.text("b")?)?])
}

/// What the records that are one with `key` say together, with the source of each value; `None` where it stands alone.
///
/// # Shape
/// `records`: id and title of each. `fields`: by field (a translated one by `name@it`) its different values, each with
/// `sources` (record and register); of a set each member is one. The first value is the one of the record itself, where
/// it has one.
///
/// # Errors
/// [`StoreError`].
pub fn merged(reader: &Reader<'_>, clusters: &Clusters, key: &RecordKey) -> Result<Option<Value>, StoreError> {
    let mut members = clusters.members(key);
    if members.len() < 2 {
        return Ok(None);
    }
    members.sort_by_key(|member| (member != key, member.clone()));
    let mut groups: Vec<Group> = Vec::new();
    for member in &members {
        groups.extend(reader.group(reader.store.rows_of(member)?)?);
    }
    let mut fields: Map<String, Value> = Map::new();
    for version in groups.iter().flat_map(|group| &group.versions).filter(|version| version.row.is_listed()) {
        let source = json!({
            "id": version.row.key, "register": version.row.doc.register, "register_name": version.register_name,
        });
        for (field, value) in flat(&version.row) {
            let values = fields.entry(field).or_insert_with(|| json!([]));
            let Some(values) = values.as_array_mut() else { continue };
            match values.iter_mut().find(|known| known["value"] == value) {
                Some(known) => {
                    if let Some(sources) = known["sources"].as_array_mut() {
                        sources.push(source.clone());
                    }
                }
                None => values.push(json!({"value": value, "sources": [source.clone()]})),
            }
        }
    }
    let records: Vec<Value> = groups.iter().map(|group| json!({"id": group.key, "title": group.title})).collect();
    Ok(Some(json!({"records": records, "fields": fields})))
}

/// Field and value of what a row says, each member of a set and each translation for itself.
fn flat(row: &Row) -> Vec<(String, Value)> {
    let known = schema::kind(&row.key.kind);
    let mut out = Vec::new();
    for (name, value) in to_json(row) {
        let field = known.and_then(|kind| kind.field(&name));
        if name.starts_with('_') || schema::RECORD_FIELDS.iter().any(|field| field.name == name) {
            continue;
        }
        match value {
            Value::Object(texts) if field.is_some_and(schema::Field::is_translated) => {
                out.extend(texts.into_iter().map(|(lang, text)| (format!("{name}@{lang}"), text)));
            }
            Value::Array(members) => out.extend(members.into_iter().map(|member| (name.clone(), member))),
            value => out.push((name, value)),
        }
    }
    out
}

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

/// Pairs of organisations that look as if they were one and about which nobody has decided; those with the most reasons
/// first, at most 200.
///
/// # Errors
/// [`StoreError`].
pub fn suggest(store: &dyn Store) -> Result<Vec<Suggestion>, StoreError> {
    let mut rows: Vec<Row> = Vec::new();
    for_each_group(store, "organisation", |group| rows.extend(group.iter().find(|row| !row.is_deleted()).cloned()))?;
    let mut decided: BTreeSet<RecordKey> = BTreeSet::new();
    for_each_group(store, "sameas", |group| {
        let open = |row: &&Row| row.is_deleted() || row.text("state").is_none_or(|state| state == "suggested");
        if !group.iter().all(|row| open(&row)) {
            decided.extend(group.first().map(|row| row.key.clone()));
        }
    })?;
    let mut found: BTreeMap<[usize; 2], BTreeSet<Reason>> = BTreeMap::new();
    share(
        &rows,
        &mut found,
        |row| crate::views::words(row, "identifiers").iter().map(|id| bare(id)).filter(|id| id.len() > 3).collect(),
        Reason::Identifier,
    );
    share(&rows, &mut found, |row| row.text("website").and_then(host).into_iter().collect(), Reason::Website);
    similar_names(&rows, &mut found);
    let Some(kind) = schema::kind("sameas") else { return Ok(Vec::new()) };
    let mut pairs: Vec<([usize; 2], BTreeSet<Reason>)> = found.into_iter().collect();
    // Rows lie in the order of their keys. A hash of each of very many pairs would cost more than all that was compared.
    pairs.sort_by(|(a, why_a), (b, why_b)| (why_b.len(), why_a, a).cmp(&(why_a.len(), why_b, b)));
    let suggestion = |([a, b], reasons): ([usize; 2], BTreeSet<Reason>)| {
        let mut ends = [rows[a].key.clone(), rows[b].key.clone()]; // INVARIANT: indexes of rows.
        ends.sort_by_key(ToString::to_string);
        Suggestion { key: kind.derived_key(&ends), ends, reasons }
    };
    let open = |suggestion: &Suggestion| !decided.contains(&suggestion.key);
    Ok(pairs.into_iter().map(suggestion).filter(open).take(SUGGESTIONS_MAX).collect())
}

/// Which records are one and which look as if they were, kept from one request to the next: what the records of
/// organisations and the links say is read again once one of them has changed.
pub struct SameIndex {
    changes: Changes,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    clusters: Option<Arc<Clusters>>,
    suggestions: Option<Arc<Vec<Suggestion>>>,
}

impl SameIndex {
    /// Nothing yet; listens to the node.
    pub fn new(node: &NodeHandle) -> Self {
        Self { changes: Changes::new(node.subscribe()), kept: Mutex::default() }
    }

    /// Reads these records again before the next answer: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey>) {
        self.changes.touch(keys);
    }

    /// Which records are one. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn clusters(&self, store: &dyn Store) -> Result<Arc<Clusters>, StoreError> {
        let mut kept = self.current();
        match &kept.clusters {
            Some(clusters) => Ok(clusters.clone()),
            None => Ok(kept.clusters.insert(Arc::new(Clusters::read(store)?)).clone()),
        }
    }

    /// As [`suggest`]. Blocks; the first time, and where an organisation has changed, it reads all organisations.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn suggestions(&self, store: &dyn Store) -> Result<Arc<Vec<Suggestion>>, StoreError> {
        let mut kept = self.current();
        match &kept.suggestions {
            Some(suggestions) => Ok(suggestions.clone()),
            None => Ok(kept.suggestions.insert(Arc::new(suggest(store)?)).clone()),
        }
    }

    /// What is kept, without what has changed.
    fn current(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = self.changes.take();
        let has = |kind: &str| match &changed {
            Changed::Records(keys) => keys.iter().any(|key| key.kind == kind),
            Changed::All => true,
        };
        if has(Clusters::KIND) {
            kept.clusters = None;
        }
        if has(Clusters::KIND) || has("organisation") {
            kept.suggestions = None;
        }
        kept
    }
}

/// Notes the pairs that have a text in common.
fn share(
    rows: &[Row],
    found: &mut BTreeMap<[usize; 2], BTreeSet<Reason>>,
    texts: impl Fn(&Row) -> Vec<String>,
    reason: impl Fn(String) -> Reason,
) {
    let mut with: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        texts(row).into_iter().for_each(|text| with.entry(text).or_default().push(at));
    }
    // What very many share tells nothing: the site of an umbrella organisation.
    for (text, places) in with.into_iter().filter(|(_, places)| places.len() <= 10) {
        for_each_pair(&places, |pair| {
            found.entry(pair).or_default().insert(reason(text.clone()));
        });
    }
}

fn similar_names(rows: &[Row], found: &mut BTreeMap<[usize; 2], BTreeSet<Reason>>) {
    let mut areas: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let text = |field: &str| row.text(field).map(fold).filter(|text| !text.is_empty());
        if let (Some(country), Some(city)) = (text("country"), text("city")) {
            areas.entry((country, city)).or_default().push(at);
        }
    }
    let names: Vec<Core> = rows.iter().map(|row| Core::of(row.text("name").unwrap_or_default())).collect();
    for places in areas.into_values().filter(|places| places.len() <= AREA_MAX) {
        for_each_pair(&places, |[a, b]| {
            // INVARIANT: one name per row.
            if names[a].is_like(&names[b]) {
                let city = rows[a].text("city").unwrap_or_default().to_owned();
                found.entry([a, b]).or_default().insert(Reason::Name(city));
            }
        });
    }
}

fn for_each_pair(places: &[usize], mut each: impl FnMut([usize; 2])) {
    for (n, a) in places.iter().enumerate() {
        places.iter().skip(n + 1).filter(|b| *b != a).for_each(|b| each([*a.min(b), *a.max(b)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open_memory;
    use comin_protocol::engine::Write;
    use comin_protocol::ids::{ActorId, DocId, PartnerId, RegisterId};
    use comin_protocol::record::{Cell, Origin, Scalar};

    fn key(number: u8) -> RecordKey {
        RecordKey { kind: "organisation".into(), id: [number; 16] }
    }

    fn put(store: &dyn Store, key: &RecordKey, fields: &[(&str, &str)]) {
        let cell = |text: &str| vec![Cell { value: Scalar::Str(text.to_owned()), origin: 0 }];
        let row = Row {
            key: key.clone(),
            doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
            origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
            fields: fields.iter().map(|(name, text)| ((*name).to_owned(), cell(text))).collect(),
            unseen_edits: Vec::new(),
        };
        store.commit(&[vec![Write::put_row(&row)]]).expect("memory takes it");
    }

    fn link(store: &dyn Store, a: &RecordKey, b: &RecordKey, state: &str) {
        let key = schema::kind("sameas").unwrap().derived_key(&[a.clone(), b.clone()]);
        put(store, &key, &[("a", &a.to_string()), ("b", &b.to_string()), ("state", state)]);
    }

    #[test]
    fn confirmed_links_tie_and_refused_ones_do_not() {
        let store = open_memory();
        link(&store, &key(1), &key(2), "confirmed");
        link(&store, &key(3), &key(2), "confirmed");
        link(&store, &key(3), &key(4), "suggested");
        let clusters = Clusters::read(&store).expect("reads");
        assert_eq!(clusters.members(&key(3)), [key(1), key(2), key(3)], "through one another");
        assert_eq!(clusters.representative(&key(3)), key(1), "the least stands for all");
        assert_eq!(clusters.members(&key(4)), [key(4)], "a suggestion ties nothing");
        link(&store, &key(1), &key(2), "suggested");
        assert_eq!(Clusters::read(&store).expect("reads").members(&key(1)), [key(1)], "taken back, they are apart");
    }

    #[test]
    fn suggestions_say_why() {
        let store = open_memory();
        let base = [("country", "IT"), ("city", "Treviso")];
        let with = |name, more: &[(&'static str, &'static str)]| [&[("name", name)], &base[..], more].concat();
        put(&store, &key(1), &with("Cooperativa Sociale Lunavena", &[("website", "https://www.lunavena.example/chi")]));
        put(&store, &key(2), &with("Lunavena ONLUS", &[("website", "http://lunavena.example")]));
        put(&store, &key(3), &with("Associazione Ponte", &[("identifiers/IT 01234567890", "1")]));
        put(&store, &key(4), &with("Altra", &[("identifiers/IT01234567890", "1")]));
        put(&store, &key(5), &[("name", "Lunavena"), ("country", "IT"), ("city", "Belluno")]);
        let found = suggest(&store).expect("reads");
        let reasons = |n: usize| -> Vec<&str> { found[n].reasons.iter().map(Reason::code).collect() };
        assert_eq!((found.len(), &found[0].ends), (2, &[key(1), key(2)]), "most reasons first: {found:?}");
        assert_eq!((reasons(0), reasons(1)), (vec!["website", "name"], vec!["identifier"]), "each says why");
        link(&store, &key(1), &key(2), "refused");
        assert_eq!(suggest(&store).expect("reads").len(), 1, "what was decided is not asked again");
    }
}
