//! What is there already: the records that rows may mean, and those that cells refer to.

use super::table::Named;
use crate::text::folded;
use comin_protocol::ids::{RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::schema::{self, FieldType, Kind};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The kinds whose records a plan needs: those that are imported, and those that cells refer to by name.
pub fn kinds_needed(kind: &'static Kind) -> BTreeSet<&'static str> {
    referred_kinds(kind).chain([kind.name]).collect()
}

fn referred_kinds(kind: &'static Kind) -> impl Iterator<Item = &'static str> {
    let referred = kind.fields.iter().filter_map(|field| match field.field_type {
        FieldType::Reference(kinds) | FieldType::References(kinds) => Some(kinds),
        _ => None,
    });
    referred.flatten().copied()
}

/// The records of the kind that is imported.
pub struct Existing<'a> {
    /// Those of the register that is written.
    own: HashMap<&'a RecordKey, &'a Row>,
    /// Those of other registers.
    elsewhere: HashMap<&'a RecordKey, &'a Row>,
    by_identity: HashMap<String, Vec<&'a Row>>,
}

impl<'a> Existing<'a> {
    /// Of rows, by key fields.
    pub fn of(kind: &Kind, register: RegisterId, key: &[&'static str], rows: &'a [Row]) -> Self {
        let of_kind = rows.iter().filter(|row| row.key.kind == kind.name);
        let (own, elsewhere): (Vec<&Row>, Vec<&Row>) = of_kind.partition(|row| row.doc.register == register);
        let mut by_identity: HashMap<String, Vec<&Row>> = HashMap::new();
        for row in &own {
            for identity in identities(key, row) {
                by_identity.entry(identity).or_default().push(row);
            }
        }
        let by_key = |rows: Vec<&'a Row>| rows.into_iter().map(|row| (&row.key, row)).collect();
        Self { own: by_key(own), elsewhere: by_key(elsewhere), by_identity }
    }

    /// The record of this id in the register.
    pub fn own(&self, key: &RecordKey) -> Option<&'a Row> {
        self.own.get(key).copied()
    }

    /// The record of this id in another register.
    pub fn elsewhere(&self, key: &RecordKey) -> Option<&'a Row> {
        self.elsewhere.get(key).copied()
    }

    /// The records of an identity: those that are not deleted, and where the row says that it is, those that are.
    pub fn identified(&self, identity: &str, deleted: bool) -> Vec<&'a Row> {
        let found = self.by_identity.get(identity).map_or(&[][..], Vec::as_slice);
        found.iter().copied().filter(|row| row.is_deleted() == deleted).collect()
    }

    /// The records of the register that are not among these keys and not deleted.
    pub fn without(&self, met: &BTreeSet<RecordKey>) -> Vec<&'a Row> {
        let mut out: Vec<&Row> =
            self.own.values().copied().filter(|row| !row.is_deleted() && !met.contains(&row.key)).collect();
        out.sort_by(|a, b| a.key.cmp(&b.key));
        out
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

/// Records that cells may refer to, by name; and what the ids of a file mean here.
#[derive(Default)]
pub struct Names {
    by_name: BTreeMap<&'static str, HashMap<String, BTreeSet<RecordKey>>>,
    known: BTreeSet<RecordKey>,
    /// What a record of the file is called whose id is not known here.
    foreign: HashMap<String, Named>,
}

impl Names {
    /// Of rows, and of the records that a file names.
    pub fn of(kind: &'static Kind, rows: &[Row], named: &[Named]) -> Self {
        let mut by_name: BTreeMap<&'static str, HashMap<String, BTreeSet<RecordKey>>> =
            referred_kinds(kind).map(|name| (name, HashMap::new())).collect();
        let mut known = BTreeSet::new();
        for row in rows {
            if let (Some(kind), Some(index)) = (schema::kind(&row.key.kind), by_name.get_mut(row.key.kind.as_str())) {
                known.insert(row.key.clone());
                for name in names_of(kind, row).into_iter().filter(|_| !row.is_deleted()) {
                    index.entry(folded(name)).or_default().insert(row.key.clone());
                }
            }
        }
        let foreign = named.iter().filter(|named| RecordKey::parse(&named.id).is_none_or(|key| !known.contains(&key)));
        let foreign = foreign.map(|named| (named.id.clone(), named.clone())).collect();
        Self { by_name, known, foreign }
    }

    /// The id that a cell means. One that nobody here knows stays what it is: its record may arrive later; but where
    /// the file itself tells what that record is called, it is the one of that name.
    ///
    /// # Errors
    /// A name that is not known, or that several records have.
    pub fn resolve(&self, kinds: &[&str], cell: &str) -> Result<String, String> {
        let key = RecordKey::parse(cell);
        match (&key, self.foreign.get(cell)) {
            // Where any kind may be meant, names tell nothing.
            (Some(key), _) if kinds.is_empty() || self.known.contains(key) => Ok(cell.to_owned()),
            (_, Some(named)) => {
                let found: BTreeSet<String> =
                    named.names.iter().flat_map(|name| self.named(kinds, name)).map(ToString::to_string).collect();
                match found.into_iter().collect::<Vec<_>>().as_slice() {
                    [one] => Ok(one.clone()),
                    [] => Err(format!(
                        "means a record of this file that is not here yet; import it first: --kind {}",
                        named.kind
                    )),
                    _ => Err("means a record of this file whose name several records have".to_owned()),
                }
            }
            (Some(_), None) => Ok(cell.to_owned()),
            (None, None) => match self.named(kinds, cell).as_slice() {
                [key] => Ok(key.to_string()),
                [] => Err(format!("{cell:?} is neither the id nor the name of a record that is known here")),
                several => Err(format!("{} records are called {cell:?}; write the id", several.len())),
            },
        }
    }

    fn named<'a>(&'a self, kinds: &[&str], name: &str) -> Vec<&'a RecordKey> {
        let name = folded(name);
        let indexes = kinds.iter().filter_map(|kind| self.by_name.get(*kind));
        indexes.filter_map(|index| index.get(&name)).flatten().collect()
    }
}
