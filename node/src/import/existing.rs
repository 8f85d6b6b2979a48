//! What is there already: the records that rows may mean, and those that cells refer to.

use super::table::Named;
use crate::i18n::Lang;
use crate::store::{Store, StoreError};
use crate::text::folded;
use crate::views::{kind_label, quoted};
use crate::work::proposals;
use comin_protocol::ids::{DocId, RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::schema::{self, Field, FieldType, Kind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};

/// The kinds whose records a plan needs: those that are imported, and those that cells refer to by name, or by the id of
/// a record of the file.
pub fn kinds_needed(kind: &'static Kind, named: &[Named]) -> BTreeSet<&'static str> {
    referred_kinds(kind, named).into_iter().chain([kind.name]).collect()
}

/// The kinds of the records that cells may mean. Where any kind may be meant, and where records name proposals, which may be
/// about any kind, those of the file.
fn referred_kinds(kind: &'static Kind, named: &[Named]) -> BTreeSet<&'static str> {
    // Any record may name the proposals that were decided.
    let mut out = BTreeSet::from([proposals::KIND]);
    let mut any = named.iter().any(|named| named.kind == proposals::KIND);
    for field in kind.fields {
        match field.field_type {
            FieldType::Reference([]) | FieldType::References([]) | FieldType::Changes => any = true,
            FieldType::Reference(kinds) | FieldType::References(kinds) => out.extend(kinds),
            _ => {}
        }
    }
    if any {
        out.extend(named.iter().filter_map(|named| schema::kind(&named.kind)).map(|kind| kind.name));
    }
    out
}

/// Rows read from the store in one go.
const SCAN_ROWS: usize = 1_000;

/// Every row of a kind, one after the other.
pub fn each_row(store: &dyn Store, kind: &str, mut visit: impl FnMut(&Row)) -> Result<(), StoreError> {
    let mut after: Option<(RecordKey, DocId)> = None;
    loop {
        let rows = store.scan_rows(Some(kind), after.as_ref(), SCAN_ROWS)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some((last.key.clone(), last.doc));
        rows.iter().for_each(&mut visit);
    }
}

/// The records of the kind that is imported: which there are and what tells them apart. A row is read again once the
/// file speaks of its record; to keep all of them would take far more memory than the file.
pub struct Existing<'a> {
    store: &'a dyn Store,
    kind: &'static Kind,
    register: RegisterId,
    key: &'a [&'static str],
    /// Those of the register that is written.
    own: HashMap<[u8; 16], Own>,
    /// Those of other registers.
    elsewhere: HashMap<[u8; 16], DocId>,
    /// Hashes of identities, with who has them.
    identities: BTreeSet<(u64, [u8; 16])>,
    hashes: RandomState,
}

/// A record of the register that is written.
struct Own {
    part: u32,
    is_deleted: bool,
    /// A row of the file speaks of it.
    is_met: bool,
}

impl<'a> Existing<'a> {
    /// Nothing yet; records are told apart by key fields.
    pub fn new(store: &'a dyn Store, kind: &'static Kind, register: RegisterId, key: &'a [&'static str]) -> Self {
        Self {
            store,
            kind,
            register,
            key,
            own: HashMap::new(),
            elsewhere: HashMap::new(),
            identities: BTreeSet::new(),
            hashes: RandomState::new(),
        }
    }

    /// Takes a row in.
    pub fn add(&mut self, row: &Row) {
        let id = row.key.id;
        if row.key.kind != self.kind.name {
            return;
        }
        if row.doc.register != self.register {
            self.elsewhere.insert(id, row.doc);
            return;
        }
        self.own.insert(id, Own { part: row.doc.part, is_deleted: row.is_deleted(), is_met: false });
        let hashes = &self.hashes;
        self.identities.extend(identities(self.key, row).iter().map(|identity| (hashes.hash_one(identity), id)));
    }

    /// The record of this id in the register.
    pub fn own(&self, key: &RecordKey) -> Result<Option<Row>, StoreError> {
        let Some(own) = self.own.get(&key.id).filter(|_| key.kind == self.kind.name) else { return Ok(None) };
        self.store.row(key, &DocId { register: self.register, part: own.part })
    }

    /// The record of this id in another register.
    pub fn elsewhere(&self, key: &RecordKey) -> Result<Option<Row>, StoreError> {
        match self.elsewhere.get(&key.id).filter(|_| key.kind == self.kind.name) {
            Some(doc) => self.store.row(key, doc),
            None => Ok(None),
        }
    }

    /// The records of an identity: those that are not deleted, and where the row says that it is, those that are.
    pub fn identified(&self, identity: &str, deleted: bool) -> Result<Vec<Row>, StoreError> {
        let hash = self.hashes.hash_one(identity);
        let mut out = Vec::new();
        for (_, id) in self.identities.range((hash, [0; 16])..=(hash, [u8::MAX; 16])) {
            let found = self.own(&self.key_of(*id))?;
            // Two identities may have one hash.
            let is_one = |row: &Row| row.is_deleted() == deleted && identities(self.key, row).contains(identity);
            out.extend(found.filter(is_one));
        }
        Ok(out)
    }

    /// A row of the file speaks of this record.
    pub fn meet(&mut self, key: &RecordKey) {
        if let Some(own) = self.own.get_mut(&key.id) {
            own.is_met = true;
        }
    }

    /// The records of the register of which no row speaks and which are not deleted, sorted.
    pub fn absent(&self) -> Vec<RecordKey> {
        let left = self.own.iter().filter(|(_, own)| !own.is_deleted && !own.is_met);
        let mut out: Vec<RecordKey> = left.map(|(id, _)| self.key_of(*id)).collect();
        out.sort_unstable();
        out
    }

    fn key_of(&self, id: [u8; 16]) -> RecordKey {
        RecordKey { kind: self.kind.name.to_owned(), id }
    }
}

/// Values of key fields as they are compared.
pub fn identity(values: &[&str]) -> String {
    values.iter().map(|value| folded(value)).collect::<Vec<_>>().join("\n")
}

/// Everything by which a record may be identified: of a translated key field every language counts, of a set every
/// member.
fn identities(key: &[&str], row: &Row) -> BTreeSet<String> {
    let mut out = vec![Vec::new()];
    for name in key {
        let texts = texts(row, name);
        // A key that is empty here is met by rows whose cell is empty.
        let texts: Vec<&str> = if texts.is_empty() { vec![""] } else { texts };
        out = out
            .iter()
            .flat_map(|before: &Vec<&str>| texts.iter().map(move |text| [&before[..], &[*text]].concat()))
            .collect();
    }
    out.iter().map(|values| identity(values)).collect()
}

/// The texts of a field.
pub fn texts<'a>(row: &'a Row, name: &str) -> Vec<&'a str> {
    let of_field = row.fields.keys().filter(|key| schema::base_of(key) == name && row.value(key).is_some());
    let text = |key: &'a String| key.split_once('/').map(|(_, member)| member).or_else(|| row.text(key));
    of_field.filter_map(text).collect()
}

/// The names of a record: of a translated one every language counts.
pub fn names_of<'a>(kind: &Kind, row: &'a Row) -> BTreeSet<&'a str> {
    texts(row, kind.title).into_iter().collect()
}

/// What tells records of a kind without names apart: the texts of the fields that it cannot do without.
pub fn key_fields(kind: &'static Kind) -> impl Iterator<Item = &'static Field> {
    kind.fields.iter().filter(|field| field.required)
}

/// Ends that may change places are in one order.
fn key_identity(kind: &Kind, mut texts: Vec<String>) -> String {
    if kind.is_symmetric {
        texts.sort();
    }
    identity(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// How many records of a file name one another before one of them is called by name: a proposal about an expression of
/// interest, which names an organisation.
const NAMED_BY_MAX: usize = 3;

/// Why a cell means no record.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unresolved {
    /// Nobody here knows it.
    #[error("{0:?} is neither the id nor the name of a record that is known here")]
    Unknown(String),
    /// So many records are called so.
    #[error("{1} records are called {0:?}; write the id")]
    Several(String, usize),
    /// It is a record of the file, of a kind that has not been imported yet.
    #[error("means a record of this file that is not here yet; import it first: --kind {0}")]
    Later(String),
    /// It is a record of the file, and it cannot be told which one that is here.
    #[error("means a record of this file whose name several records have")]
    FileSeveral,
}

impl Unresolved {
    /// The same in the reader's language, where there are words for it.
    pub fn text(&self, lang: Lang) -> Option<String> {
        let (key, name, value) = match self {
            Self::Unknown(cell) => ("refused-record", "value", quoted(lang, cell)),
            Self::Several(cell, _) => ("refused-record-several", "value", quoted(lang, cell)),
            Self::Later(kind) => ("refused-record-later", "kind", kind_label(lang, kind)),
            Self::FileSeveral => return None,
        };
        Some(lang.text_with(key, &[(name, value.into())]))
    }
}

/// Records that cells may refer to, by name; and what the ids of a file mean here.
#[derive(Default)]
pub struct Names {
    /// By name; of kinds without names by what tells their records apart.
    by_name: BTreeMap<&'static str, HashMap<String, Vec<RecordKey>>>,
    known: BTreeSet<RecordKey>,
    /// What a record of the file is called, by its id there. Where that is known here, it counts for nothing.
    foreign: HashMap<String, Named>,
}

impl Names {
    /// No record yet but those that a file names.
    pub fn new(kind: &'static Kind, named: Vec<Named>) -> Self {
        let by_name = referred_kinds(kind, &named).into_iter().map(|name| (name, HashMap::new())).collect();
        let foreign = named.into_iter().map(|named| (named.id.clone(), named)).collect();
        Self { by_name, known: BTreeSet::new(), foreign }
    }

    /// Takes a row in.
    pub fn add(&mut self, row: &Row) {
        let Some((kind, index)) = schema::kind(&row.key.kind).zip(self.by_name.get_mut(row.key.kind.as_str())) else {
            return;
        };
        self.known.insert(row.key.clone());
        if row.is_deleted() {
            return;
        }
        let names: BTreeSet<String> = match kind.title.is_empty() {
            true => {
                let texts = key_fields(kind).map(|field| row.text(field.name).unwrap_or_default().to_owned());
                [key_identity(kind, texts.collect())].into()
            }
            false => names_of(kind, row).into_iter().map(folded).collect(),
        };
        for name in names {
            let called = index.entry(name).or_default();
            if !called.contains(&row.key) {
                called.push(row.key.clone());
            }
        }
    }

    /// The id that a cell means. One that nobody here knows stays what it is: its record may arrive later; but where
    /// the file itself tells what that record is called, it is the one of that name.
    ///
    /// # Errors
    /// A name that is not known, or that several records have.
    pub fn resolve(&self, kinds: &[&str], cell: &str) -> Result<String, Unresolved> {
        self.resolve_within(kinds, cell, NAMED_BY_MAX)
    }

    fn resolve_within(&self, kinds: &[&str], cell: &str, depth: usize) -> Result<String, Unresolved> {
        let key = RecordKey::parse(cell);
        match (&key, self.foreign.get(cell)) {
            (Some(key), _) if self.known.contains(key) => Ok(cell.to_owned()),
            (_, Some(named)) => match self.meant(named, depth).into_iter().collect::<Vec<_>>().as_slice() {
                [one] => Ok(one.clone()),
                [] => Err(Unresolved::Later(named.kind.clone())),
                _ => Err(Unresolved::FileSeveral),
            },
            (Some(_), None) => Ok(cell.to_owned()),
            (None, None) => match self.named(kinds, cell).as_slice() {
                [key] => Ok(key.to_string()),
                [] => Err(Unresolved::Unknown(cell.to_owned())),
                several => Err(Unresolved::Several(cell.to_owned(), several.len())),
            },
        }
    }

    /// The proposal that a cell means, if it is here.
    pub fn proposal(&self, cell: &str) -> Option<String> {
        let id = self.resolve(&[proposals::KIND], cell).ok()?;
        RecordKey::parse(&id).filter(|key| self.known.contains(key)).map(|_| id)
    }

    /// The records that a record of the file may be here.
    fn meant(&self, named: &Named, depth: usize) -> BTreeSet<String> {
        let found: Vec<&RecordKey> = match schema::kind(&named.kind).filter(|kind| kind.title.is_empty()) {
            None => named.names.iter().flat_map(|name| self.named(&[&named.kind], name)).collect(),
            Some(kind) => {
                let here = key_fields(kind).zip(&named.key).map(|(field, text)| match field.field_type {
                    FieldType::Reference(kinds) => self.resolve_within(kinds, text, depth.checked_sub(1)?).ok(),
                    FieldType::Changes => Some(self.changes(&Value::String(text.clone()))),
                    _ => Some(text.clone()),
                });
                let here: Option<Vec<String>> = here.collect();
                let index = self.by_name.get(kind.name);
                let keys = here.and_then(|texts| index?.get(&key_identity(kind, texts)));
                keys.into_iter().flatten().collect()
            }
        };
        found.into_iter().map(ToString::to_string).collect()
    }

    /// What a proposal would change as its record holds it, with the ids that the records of a file have here.
    pub fn changes(&self, value: &Value) -> String {
        let read: Option<Value> = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        let mut changes = read.unwrap_or_else(|| value.clone());
        self.replace(&mut changes);
        changes.sort_all_objects();
        changes.as_str().map_or_else(|| changes.to_string(), str::to_owned)
    }

    fn replace(&self, value: &mut Value) {
        match value {
            Value::String(text) if self.foreign.contains_key(text.as_str()) => {
                if let Ok(here) = self.resolve(&[], text) {
                    *text = here;
                }
            }
            Value::Array(members) => members.iter_mut().for_each(|member| self.replace(member)),
            Value::Object(members) => members.values_mut().for_each(|member| self.replace(member)),
            _ => {}
        }
    }

    fn named<'a>(&'a self, kinds: &[&str], name: &str) -> Vec<&'a RecordKey> {
        let name = folded(name);
        let indexes = kinds.iter().filter_map(|kind| self.by_name.get(*kind));
        indexes.filter_map(|index| index.get(&name)).flatten().collect()
    }
}
