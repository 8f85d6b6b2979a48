//! Records that are about one and the same: which are confirmed to be, and what they say together.
//!
//! Nothing is merged where it lies. Links that are confirmed tie records together when they are read (union-find); taking
//! a link back separates them again.

use super::alike::{Alike, Suggestion};
use crate::runtime::NodeHandle;
use crate::store::{Store, StoreError};
use crate::views::{Changed, Changes, Group, Reader, for_each_group, to_json};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// Which records are one and which look as if they were, kept from one request to the next: what has changed is looked at
/// again. Whoever asks which are one does not wait for whoever looks for likely duplicates.
pub struct SameIndex {
    links: Changes,
    clusters: Mutex<Option<Arc<Clusters>>>,
    records: Changes,
    alike: Mutex<Option<Kept>>,
    /// What was found last, for those who ask while all is read anew; `None`: nobody does so.
    meanwhile: Mutex<Option<Arc<Vec<Suggestion>>>>,
}

struct Kept {
    alike: Alike,
    found: Arc<Vec<Suggestion>>,
}

impl SameIndex {
    /// Nothing yet; listens to the node.
    pub fn new(node: &NodeHandle) -> Self {
        Self {
            links: Changes::new(node.subscribe()),
            clusters: Mutex::default(),
            records: Changes::new(node.subscribe()),
            alike: Mutex::default(),
            meanwhile: Mutex::default(),
        }
    }

    /// Reads these records again before the next answer: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey> + Clone) {
        self.links.touch(keys.clone());
        self.records.touch(keys);
    }

    /// Which records are one. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn clusters(&self, store: &dyn Store) -> Result<Arc<Clusters>, StoreError> {
        let mut kept = self.clusters.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = match self.links.take() {
            Changed::Records(keys) => keys.iter().all(|key| key.kind != Clusters::KIND),
            Changed::All => false,
        };
        let clusters = match kept.take().filter(|_| is_same) {
            Some(clusters) => clusters,
            None => Arc::new(Clusters::read(store)?),
        };
        Ok(kept.insert(clusters).clone())
    }

    /// As [`Alike::suggestions`]. Blocks; the first time it reads all organisations, and again where events were missed: then who asks
    /// meanwhile gets what was found last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn suggestions(&self, store: &dyn Store) -> Result<Arc<Vec<Suggestion>>, StoreError> {
        if let Some(found) = self.meanwhile().clone() {
            return Ok(found);
        }
        let mut place = self.alike.lock().unwrap_or_else(PoisonError::into_inner);
        // A failure leaves nothing behind: the next one who asks reads all anew.
        let kept = match (place.take(), self.records.take()) {
            (Some(kept), Changed::Records(keys)) => kept.current(store, keys)?,
            (kept, _) => {
                *self.meanwhile() = kept.map(|kept| kept.found);
                let read = Alike::of(store).map(Kept::of);
                *self.meanwhile() = None;
                read?
            }
        };
        Ok(place.insert(kept).found.clone())
    }

    fn meanwhile(&self) -> MutexGuard<'_, Option<Arc<Vec<Suggestion>>>> {
        self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn of(mut alike: Alike) -> Self {
        Self { found: Arc::new(alike.suggestions()), alike }
    }

    /// With these records read again.
    fn current(mut self, store: &dyn Store, keys: HashSet<RecordKey>) -> Result<Self, StoreError> {
        let mut different = false;
        for key in keys.into_iter().filter(|key| Alike::has(&key.kind)) {
            different |= self.alike.put(&key, &store.rows_of(&key)?);
        }
        Ok(if different { Self::of(self.alike) } else { self })
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
}
