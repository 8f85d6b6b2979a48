//! Reading: from a document to rows.

use super::origin::author;
use super::{Cell, DELETED, Origin, OriginIndex, Row, Scalar, is_set_key};
use crate::ids::{ActorId, DocId, RecordKey, to_hex};
use automerge::iter::{DocItem, DocObjItem, MapRangeItem};
use automerge::{Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValueRef, Value, ValueRef};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// Reads one record; `None` where the document has none of that key.
pub fn project(doc: &Automerge, doc_id: &DocId, index: &OriginIndex, key: &RecordKey) -> Option<Row> {
    let places =
        if doc_id.is_links() { vec![Place::link(key)] } else { maps(doc, key).into_iter().map(Place::map).collect() };
    let fields = fields(doc, &places);
    let is_there = places.first()?.is_map() || !fields.is_empty();
    is_there.then(|| row(doc, doc_id, index, key.clone(), &places, fields))
}

/// The maps of a record with a random id, the one that Automerge shows first. Its creator makes one; a machine that was
/// put back to a time before it had made a record again makes it a second time. What stands in either is shown.
pub(super) fn maps(doc: &impl ReadDoc, key: &RecordKey) -> Vec<ObjId> {
    let standing = doc.get_all(ROOT, key.to_string()).unwrap_or_default();
    standing
        .into_iter()
        .rev()
        .filter(|(value, _)| matches!(value, Value::Object(ObjType::Map)))
        .map(|(_, id)| id)
        .collect()
}

/// Reads every record of the document, sorted by key.
pub fn project_all(doc: &Automerge, doc_id: &DocId, index: &OriginIndex) -> Vec<Row> {
    if doc_id.is_links() { project_links(doc, doc_id, index) } else { project_maps(doc, doc_id, index) }
}

/// The records of the document, sorted.
pub fn keys(doc: &Automerge, doc_id: &DocId) -> Vec<RecordKey> {
    let mut keys: Vec<RecordKey> = Vec::new();
    for root_key in doc.keys(ROOT) {
        let name = if doc_id.is_links() { root_key.split_once('/').map(|(name, _)| name) } else { Some(&*root_key) };
        if let Some(key) = name.and_then(RecordKey::parse)
            && keys.last() != Some(&key)
        {
            keys.push(key);
        }
    }
    keys.sort_unstable();
    keys
}

/// How many records the document holds.
pub fn count(doc: &Automerge, doc_id: &DocId) -> u64 {
    keys(doc, doc_id).len() as u64
}

/// One walk over the whole document: to look each record up takes longer than to read it.
fn project_maps(doc: &Automerge, doc_id: &DocId, index: &OriginIndex) -> Vec<Row> {
    let mut several = Vec::new();
    let record = |item: MapRangeItem<'_>| match (RecordKey::parse(&item.key), &item.value, item.conflict) {
        (Some(key), ValueRef::Object(ObjType::Map), false) => Some((item.id(), key)),
        (Some(key), _, true) => {
            several.push(key);
            None
        }
        _ => None,
    };
    let mut keys: HashMap<ObjId, RecordKey> = doc.map_range(ROOT, ..).filter_map(record).collect();
    let mut rows: Vec<Row> = several.iter().filter_map(|key| project(doc, doc_id, index, key)).collect();
    rows.reserve(keys.len());
    let mut finish = |obj: ObjId, key, fields| rows.push(row(doc, doc_id, index, key, &[Place::map(obj)], fields));
    let mut open: Option<(RecordKey, Vec<Field>)> = None;
    let mut at = Arc::new(ROOT);
    for DocObjItem { obj, item } in doc.iter() {
        if obj != at {
            if let Some((key, fields)) = open.take() {
                finish((*at).clone(), key, fields);
            }
            open = keys.remove(&*obj).map(|key| (key, Vec::new()));
            at = obj;
        }
        if let (Some((_, fields)), DocItem::Map(item)) = (&mut open, item) {
            fields.push(Field::read(doc, &at, &item, &item.key));
        }
    }
    if let Some((key, fields)) = open {
        finish((*at).clone(), key, fields);
    }
    // The walk passes over records in which nothing stands.
    keys.into_iter().for_each(|(obj, key)| finish(obj, key, Vec::new()));
    rows.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    rows
}

fn project_links(doc: &Automerge, doc_id: &DocId, index: &OriginIndex) -> Vec<Row> {
    let mut records: BTreeMap<RecordKey, Vec<Field>> = BTreeMap::new();
    for item in doc.map_range(ROOT, ..) {
        let Some((name, field)) = item.key.split_once('/') else { continue };
        if let Some(key) = RecordKey::parse(name) {
            let field = Field::read(doc, &ROOT, &item, field);
            records.entry(key).or_default().push(field);
        }
    }
    let make = |(key, fields): (RecordKey, _)| row(doc, doc_id, index, key.clone(), &[Place::link(&key)], fields);
    records.into_iter().map(make).collect()
}

/// Where a record's fields lie: in a map of their own, or at root keys that begin with `prefix`.
struct Place {
    obj: ObjId,
    prefix: String,
}

impl Place {
    fn map(obj: ObjId) -> Self {
        Self { obj, prefix: String::new() }
    }

    fn link(key: &RecordKey) -> Self {
        Self { obj: ROOT, prefix: format!("{key}/") }
    }

    fn is_map(&self) -> bool {
        self.obj != ROOT
    }

    /// The keys that begin with the prefix: `/` is followed by `0`.
    fn range(&self) -> (std::ops::Bound<String>, std::ops::Bound<String>) {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        match self.prefix.strip_suffix('/') {
            Some(name) => (Included(self.prefix.clone()), Excluded(format!("{name}0"))),
            None => (Unbounded, Unbounded),
        }
    }

    fn fields(&self, doc: &Automerge) -> Vec<Field> {
        doc.map_range(&self.obj, self.range())
            .filter_map(|item| Some(Field::read(doc, &self.obj, &item, item.key.strip_prefix(self.prefix.as_str())?)))
            .collect()
    }
}

/// The fields of a record in all its places, each field once.
fn fields(doc: &Automerge, places: &[Place]) -> Vec<Field> {
    let mut lists = places.iter().map(|place| place.fields(doc));
    let mut out = lists.next().unwrap_or_default();
    for field in lists.flatten() {
        match out.iter_mut().find(|known| known.name == field.name) {
            Some(known) => known.standing.extend(field.standing),
            None => out.push(field),
        }
    }
    out
}

/// One flat field with every value that stands in it, the one that Automerge shows first.
struct Field {
    name: String,
    standing: Vec<Standing>,
}

/// One value and the operation that wrote it; for prose the operation is the text's id.
#[derive(Clone)]
struct Standing {
    value: Scalar,
    id: ObjId,
    is_text: bool,
}

impl Field {
    fn read(doc: &Automerge, obj: &ObjId, item: &MapRangeItem<'_>, name: &str) -> Self {
        let standing = if item.conflict {
            // Automerge sorts ascending and shows the last.
            let all = doc.get_all(obj, &*item.key).unwrap_or_default().into_iter().rev();
            let standing = |(value, id): (Value<'_>, ObjId)| {
                let is_text = matches!(value, Value::Object(ObjType::Text));
                Standing { value: read_owned(doc, value, &id), id, is_text }
            };
            all.map(standing).collect()
        } else {
            let id = item.id();
            let is_text = matches!(item.value, ValueRef::Object(ObjType::Text));
            vec![Standing { value: read_value(doc, &item.value, &id), id, is_text }]
        };
        Self { name: name.to_owned(), standing }
    }

    /// The values to show: equal ones once, removed ones only beside others, and of a set's member just that
    /// it is there.
    fn into_shown(mut self) -> (String, Vec<Standing>) {
        let present = self.standing.iter().position(|one| one.value != Scalar::Null);
        match present {
            None => self.standing.clear(),
            Some(at) if is_set_key(&self.name) => self.standing = vec![self.standing.swap_remove(at)],
            Some(_) if self.standing.len() == 1 => {}
            Some(_) => {
                let mut seen = HashSet::new();
                let firsts: Vec<bool> = self.standing.iter().map(|one| seen.insert(&one.value)).collect();
                let mut firsts = firsts.into_iter();
                self.standing.retain(|_| firsts.next() == Some(true));
            }
        }
        (self.name, self.standing)
    }
}

fn read_owned(doc: &Automerge, value: Value<'_>, id: &ObjId) -> Scalar {
    match value {
        Value::Object(typ) => read_object(doc, typ, id),
        Value::Scalar(scalar) => read_scalar(&scalar.into_owned().into()),
    }
}

fn read_value(doc: &Automerge, value: &ValueRef<'_>, id: &ObjId) -> Scalar {
    match value {
        ValueRef::Object(typ) => read_object(doc, *typ, id),
        ValueRef::Scalar(scalar) => read_scalar(scalar),
    }
}

/// An emptied text counts as removed.
fn read_object(doc: &Automerge, typ: ObjType, id: &ObjId) -> Scalar {
    match (typ, doc.text(id)) {
        (ObjType::Text, Ok(text)) if !text.is_empty() => Scalar::Prose(text),
        (ObjType::Text, _) => Scalar::Null,
        (other, _) => Scalar::Foreign(other.to_string()),
    }
}

fn read_scalar(scalar: &ScalarValueRef<'_>) -> Scalar {
    match scalar {
        ScalarValueRef::Null => Scalar::Null,
        ScalarValueRef::Boolean(value) => Scalar::Bool(*value),
        ScalarValueRef::Int(value) => Scalar::Int(*value),
        ScalarValueRef::Uint(value) => i64::try_from(*value).map_or(Scalar::Foreign(value.to_string()), Scalar::Int),
        ScalarValueRef::Str(text) => Scalar::Str(text.to_string()),
        ScalarValueRef::Bytes(bytes) => Scalar::Foreign(to_hex(bytes)),
        other => Scalar::Foreign(other.to_string()),
    }
}

fn row(
    doc: &Automerge,
    doc_id: &DocId,
    index: &OriginIndex,
    key: RecordKey,
    places: &[Place],
    standing: Vec<Field>,
) -> Row {
    let mut origins = Origins { doc, index, list: Vec::with_capacity(2), last: None };
    if let Some(map) = places.first().filter(|place| place.is_map()) {
        origins.entry(&map.obj);
    } else if let Some(first) = standing
        .iter()
        .flat_map(|field| &field.standing)
        .min_by_key(|one| (index.origin(&one.id).time_ms, index.origin(&one.id).actor))
    {
        origins.entry(&first.id);
    }
    let unseen: Vec<(String, Standing)> = unseen_by_deletion(doc, places, &standing)
        .into_iter()
        .map(|(name, one)| (name.to_owned(), one.clone()))
        .collect();
    let mut fields = Vec::with_capacity(standing.len());
    for (name, shown) in standing.into_iter().map(Field::into_shown) {
        if !shown.is_empty() {
            fields.push((name, shown.into_iter().map(|one| origins.cell(one)).collect()));
        }
    }
    let unseen_edits = unseen.into_iter().map(|(name, one)| (name, origins.cell(one))).collect();
    // Made of a sorted list at once: that is quicker than one by one.
    Row { key, doc: *doc_id, origins: origins.list, fields: fields.into_iter().collect(), unseen_edits }
}

/// The table of origins of a row, as it grows.
struct Origins<'a> {
    doc: &'a Automerge,
    index: &'a OriginIndex,
    list: Vec<Origin>,
    /// The change asked for last, as actor and operation counters, and its entry: a record's fields mostly
    /// come from one change.
    last: Option<(ActorId, Range<u64>, u16)>,
}

impl Origins<'_> {
    /// A value with the entry of who wrote it; of a text, of who changed it last.
    fn cell(&mut self, one: Standing) -> Cell {
        let changed = one.is_text.then(|| self.index.last_change_of_text(self.doc, &one.id)).flatten();
        let origin = match changed {
            Some(origin) => self.place(origin),
            None => self.entry(&one.id),
        };
        Cell { value: one.value, origin }
    }

    /// The entry for the author of this operation.
    fn entry(&mut self, id: &ObjId) -> u16 {
        let (actor, counter) = author(id);
        if let Some((last, counters, entry)) = &self.last
            && *last == actor
            && counters.contains(&counter)
        {
            return *entry;
        }
        let (time_ms, counters) = self.index.change_of(&actor, counter);
        let entry = self.place(Origin { actor, time_ms });
        self.last = Some((actor, counters, entry));
        entry
    }

    /// The entry of an origin. Beyond 65,536 authors of one record, which only a hostile document has, the last entry
    /// stands for all.
    fn place(&mut self, origin: Origin) -> u16 {
        let at = self.list.iter().rposition(|other| *other == origin).unwrap_or_else(|| {
            if self.list.len() <= usize::from(u16::MAX) {
                self.list.push(origin);
            }
            self.list.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }
}

/// The values that the authors of a deletion had not seen. A deletion speaks of what lay before its author;
/// what came beside or after it stands against it until `deleted` is written again.
///
/// Ancestry is asked of Automerge at the heads of the deleting changes, so that every node that holds the
/// same document finds the same.
fn unseen_by_deletion<'a>(doc: &Automerge, places: &[Place], fields: &'a [Field]) -> Vec<(&'a str, &'a Standing)> {
    let deletions: Vec<&ObjId> = fields
        .iter()
        .filter(|field| field.name == DELETED)
        .flat_map(|field| &field.standing)
        .filter(|one| one.value == Scalar::Bool(true))
        .map(|one| &one.id)
        .collect();
    if deletions.is_empty() {
        return Vec::new();
    }
    let mut seen = SeenAt::new(doc, places, &deletions);
    let mut unseen = Vec::new();
    for field in fields.iter().filter(|field| field.name != DELETED) {
        let (known, new): (Vec<&Standing>, Vec<&Standing>) =
            field.standing.iter().partition(|one| seen.covers(&field.name, one));
        let mut news: Vec<&Standing> =
            new.into_iter().filter(|one| known.iter().all(|other| other.value != one.value)).collect();
        if is_set_key(&field.name) {
            news.sort_by_key(|one| one.value == Scalar::Null);
            news.truncate(1);
        }
        news.dedup_by(|a, b| a.value == b.value);
        unseen.extend(news.into_iter().map(|one| (field.name.as_str(), one)));
    }
    unseen
}

/// What the authors of some deletions had seen of the record.
struct SeenAt<'a> {
    doc: &'a Automerge,
    places: &'a [Place],
    deletions: &'a [&'a ObjId],
    heads: Vec<ChangeHash>,
    fields: Option<HashMap<String, Vec<ObjId>>>,
}

impl<'a> SeenAt<'a> {
    fn new(doc: &'a Automerge, places: &'a [Place], deletions: &'a [&'a ObjId]) -> Self {
        let heads = deletions.iter().filter_map(|id| doc.hash_for_opid(id)).collect();
        Self { doc, places, deletions, heads, fields: None }
    }

    fn covers(&mut self, field: &str, one: &Standing) -> bool {
        match &one.value {
            Scalar::Prose(text) => return self.doc.text_at(&one.id, &self.heads).is_ok_and(|then| then == *text),
            Scalar::Null => {
                if let Ok(then) = self.doc.text_at(&one.id, &self.heads) {
                    return then.is_empty();
                }
            }
            _ => {}
        }
        // Most often one device has written it all; then its counters tell, and no history is read.
        if self.deletions.iter().any(|deletion| written_before(&one.id, deletion)) {
            return true;
        }
        let (doc, places, heads) = (self.doc, self.places, &self.heads);
        let fields = self.fields.get_or_insert_with(|| fields_at(doc, places, heads));
        fields.get(field).is_some_and(|ids| ids.contains(&one.id))
    }
}

/// Whether one actor wrote both, this one first.
fn written_before(id: &ObjId, other: &ObjId) -> bool {
    match (id, other) {
        (ObjId::Id(counter, actor, _), ObjId::Id(other, other_actor, _)) => actor == other_actor && counter < other,
        _ => false,
    }
}

/// The operations that stood in each field at `heads`.
fn fields_at(doc: &Automerge, places: &[Place], heads: &[ChangeHash]) -> HashMap<String, Vec<ObjId>> {
    let mut fields: HashMap<String, Vec<ObjId>> = HashMap::new();
    for place in places {
        for item in doc.map_range_at(&place.obj, place.range(), heads) {
            let Some(name) = item.key.strip_prefix(place.prefix.as_str()) else { continue };
            let ids = match item.conflict {
                false => vec![item.id()],
                true => doc
                    .get_all_at(&place.obj, &*item.key, heads)
                    .unwrap_or_default()
                    .into_iter()
                    .map(|(_, id)| id)
                    .collect(),
            };
            fields.entry(name.to_owned()).or_default().extend(ids);
        }
    }
    fields
}
