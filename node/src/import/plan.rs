//! What an import would do: every row checked, matched with a record, and compared with it.

use super::table::{Table, TableRow};
use super::{Refusals, RowError, Target};
use crate::limits::IMPORT_CHANGES_LISTED;
use crate::text::{folded, nearest};
use comin_protocol::engine::{Edit, Target as EditTarget};
use comin_protocol::ids::{RecordKey, RegisterId};
use comin_protocol::limits::{CHANGE_OPS_MAX, EDIT_BYTES_MAX};
use comin_protocol::record::{FieldChange, FieldOp, Row, Scalar};
use comin_protocol::schema::{self, Field, FieldType, Kind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an import would do.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plan {
    /// Records that are not there yet.
    pub added: usize,
    /// Records that would change.
    pub changed: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
    /// What would change, row by row: the first [`IMPORT_CHANGES_LISTED`].
    pub changes: Vec<Change>,
    /// The edits that do it.
    pub edits: Vec<Edit>,
}

/// What one row would do.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Change {
    /// The line of the file on which the row begins.
    pub row: u64,
    /// `add`, or `change` with the flat fields that differ.
    pub what: String,
}

/// What a column holds.
enum Column {
    Id,
    /// Written by an export for people; the target register is chosen by option.
    Ignored,
    Field(&'static Field, String),
}

/// A row that has been matched.
struct Matched<'a> {
    /// The record as it stands.
    current: Option<&'a Row>,
    /// The derived key of a new link.
    link: Option<RecordKey>,
    /// What makes two rows of a file the same record.
    identity: String,
}

/// What the register holds already, by what rows are keyed by.
struct Existing<'a> {
    by_key: HashMap<&'a RecordKey, &'a Row>,
    by_name: HashMap<String, Vec<&'a Row>>,
}

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

/// Makes the plan, or lists every value that cannot be taken.
pub fn make(target: &Target, language: &str, table: &Table, rows: &[Row]) -> Result<Plan, Refusals> {
    let columns = columns(target.kind, &table.columns).map_err(|listed| Refusals { total: listed.len(), listed })?;
    let existing = Existing::of(target.kind, target.register, rows);
    let names = Names::of(target.kind, rows);
    let mut maker =
        Maker { target, language, columns, existing, names, plan: Plan::default(), errors: Refusals::default() };
    let mut seen: HashMap<String, u64> = HashMap::new();
    for row in &table.rows {
        if let Some(identity) = maker.row(row)
            && let Some(before) = seen.insert(identity, row.line)
        {
            maker.errors.push(row_error(row.line, "", format!("is the same record as row {before}")));
        }
    }
    if maker.errors.total == 0 { Ok(maker.plan) } else { Err(maker.errors) }
}

fn row_error(row: u64, column: &str, reason: impl Into<String>) -> RowError {
    RowError { row, column: column.to_owned(), reason: reason.into() }
}

fn columns(kind: &'static Kind, names: &[String]) -> Result<Vec<Column>, Vec<RowError>> {
    let mut errors = Vec::new();
    let mut out = Vec::new();
    for name in names {
        let base = name.split('@').next().unwrap_or(name);
        match (name.as_str(), kind.field(base)) {
            ("id", _) => out.push(Column::Id),
            ("register", None) => out.push(Column::Ignored),
            (_, Some(field)) if field.is_translated() == name.contains('@') => {
                out.push(Column::Field(field, name.clone()));
            }
            (_, Some(field)) if field.is_translated() => {
                errors.push(row_error(1, name, format!("needs a language, such as {base}@it")));
            }
            (_, Some(_)) => errors.push(row_error(1, name, format!("is not translated; name the column {base}"))),
            (_, None) => {
                let like = nearest(base, kind.all_fields().map(|field| field.name)).unwrap_or_default();
                errors.push(row_error(1, name, format!("is no field of {}; did you mean {like}?", kind.name)));
            }
        }
    }
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}

impl<'a> Existing<'a> {
    fn of(kind: &Kind, register: RegisterId, rows: &'a [Row]) -> Self {
        let own = || rows.iter().filter(|row| row.key.kind == kind.name && row.doc.register == register);
        let mut by_name: HashMap<String, Vec<&Row>> = HashMap::new();
        for row in own().filter(|row| !row.is_deleted()) {
            for name in names_of(kind, row) {
                by_name.entry(identity(&name, row.text("city"))).or_default().push(row);
            }
        }
        Self { by_key: own().map(|row| (&row.key, row)).collect(), by_name }
    }
}

/// Name and city, as they are compared.
fn identity(name: &str, city: Option<&str>) -> String {
    format!("{}\n{}", folded(name), folded(city.unwrap_or_default()))
}

/// The names of a record: of a translated one every language counts.
fn names_of(kind: &Kind, row: &Row) -> BTreeSet<String> {
    let is_title = |key: &&String| key.split('@').next() == Some(kind.title);
    let keys = row.fields.keys().filter(is_title);
    keys.filter_map(|key| row.text(key)).map(str::to_owned).collect()
}

/// Records that cells may refer to by name.
struct Names(BTreeMap<&'static str, HashMap<String, BTreeSet<RecordKey>>>);

impl Names {
    fn of(kind: &'static Kind, rows: &[Row]) -> Self {
        let mut out: BTreeMap<&'static str, HashMap<String, BTreeSet<RecordKey>>> =
            referred_kinds(kind).map(|name| (name, HashMap::new())).collect();
        for row in rows.iter().filter(|row| !row.is_deleted()) {
            if let (Some(kind), Some(index)) = (schema::kind(&row.key.kind), out.get_mut(row.key.kind.as_str())) {
                for name in names_of(kind, row) {
                    index.entry(folded(&name)).or_default().insert(row.key.clone());
                }
            }
        }
        Self(out)
    }

    /// The id that a cell means.
    fn resolve(&self, kinds: &[&str], cell: &str) -> Result<String, String> {
        if RecordKey::parse(cell).is_some() {
            return Ok(cell.to_owned());
        }
        let name = folded(cell);
        let indexes = kinds.iter().filter_map(|kind| self.0.get(kind));
        let found: Vec<&RecordKey> = indexes.filter_map(|index| index.get(&name)).flatten().collect();
        match found.as_slice() {
            [key] => Ok(key.to_string()),
            [] => Err(format!("{cell:?} is neither the id nor the name of a record that is known here")),
            several => Err(format!("{} records are called {cell:?}; write the id", several.len())),
        }
    }
}

struct Maker<'a> {
    target: &'a Target,
    language: &'a str,
    columns: Vec<Column>,
    existing: Existing<'a>,
    names: Names,
    plan: Plan,
    errors: Refusals,
}

impl<'a> Maker<'a> {
    /// Adds one row to the plan; gives what makes it the same record as another row.
    fn row(&mut self, row: &TableRow) -> Option<String> {
        let errors_before = self.errors.total;
        let matched = match self.matched(row) {
            Ok(matched) => matched,
            Err(error) => {
                self.errors.push(error);
                return None;
            }
        };
        let (mut changes, mut refused) = (Vec::new(), BTreeSet::new());
        for (column, cell) in self.columns.iter().zip(&row.cells) {
            let Column::Field(field, name) = column else { continue };
            if cell.is_empty() {
                continue;
            }
            let value = self.value(field, cell);
            let parsed = value.and_then(|value| {
                schema::parse_field(self.target.kind, name, &value, matched.current).map_err(|error| error.to_string())
            });
            match parsed {
                Ok(parsed) => changes.extend(parsed),
                Err(reason) => {
                    refused.insert(field.name);
                    self.errors.push(row_error(row.line, name, without_name(&reason, name)));
                }
            }
        }
        if matched.current.is_none() {
            self.check_complete(row.line, &changes, &refused);
        }
        if self.errors.total == errors_before {
            self.add(row.line, &matched, changes);
        }
        Some(matched.identity)
    }

    fn check_complete(&mut self, line: u64, changes: &[FieldChange], refused: &BTreeSet<&str>) {
        let has = |field: &Field| changes.iter().any(|change| schema::base_of(&change.key) == field.name);
        for field in self.target.kind.fields.iter().filter(|field| field.required && !has(field)) {
            if !refused.contains(field.name) {
                self.errors.push(row_error(line, field.name, "is missing"));
            }
        }
    }

    fn add(&mut self, line: u64, matched: &Matched<'_>, changes: Vec<FieldChange>) {
        let register = Some(self.target.register);
        let (target, changes, what) = match (matched.current, &matched.link) {
            (Some(current), _) => {
                let changes: Vec<_> = changes.into_iter().filter(|change| differs(current, change)).collect();
                if changes.is_empty() {
                    self.plan.unchanged += 1;
                    return;
                }
                self.plan.changed += 1;
                self.check_size(line, Some(current), &changes);
                let keys: Vec<&str> = changes.iter().map(|change| change.key.as_str()).collect();
                let what = format!("change {}", keys.join(", "));
                (EditTarget::Record { doc: current.doc, key: current.key.clone() }, changes, what)
            }
            (None, link) => {
                self.plan.added += 1;
                let changes: Vec<_> =
                    schema::new_record(self.target.kind, self.language).into_iter().chain(changes).collect();
                self.check_size(line, None, &changes);
                let target = match link {
                    Some(key) => EditTarget::Link { register, key: key.clone() },
                    None => EditTarget::New { register, kind: self.target.kind.name.to_owned() },
                };
                (target, changes, "add".to_owned())
            }
        };
        if self.plan.changes.len() < IMPORT_CHANGES_LISTED {
            self.plan.changes.push(Change { row: line, what });
        }
        self.plan.edits.push(Edit { target, changes, if_version: None });
    }

    /// A row is one commit at least: what a commit does not take is refused before anything is written.
    fn check_size(&mut self, line: u64, current: Option<&Row>, changes: &[FieldChange]) {
        let bytes: usize = changes.iter().map(FieldChange::bytes_about).sum();
        let characters: usize = changes.iter().map(|change| characters(current, change)).sum();
        if bytes > EDIT_BYTES_MAX {
            let reason = format!("has more than {} KiB; leave something out and add it by hand", EDIT_BYTES_MAX / 1024);
            self.errors.push(row_error(line, "", reason));
        } else if characters as u64 > CHANGE_OPS_MAX {
            let reason = format!("changes more than {CHANGE_OPS_MAX} characters of long texts; shorten them");
            self.errors.push(row_error(line, "", reason));
        }
    }

    fn cell<'r>(&self, row: &'r TableRow, wanted: impl Fn(&Column) -> bool) -> Option<&'r str> {
        let cells = self.columns.iter().zip(&row.cells).filter(|(column, _)| wanted(column));
        cells.map(|(_, cell)| cell.as_str()).find(|cell| !cell.is_empty())
    }

    fn field_cell<'r>(&self, row: &'r TableRow, name: &str) -> Option<&'r str> {
        self.cell(row, |column| matches!(column, Column::Field(field, _) if field.name == name))
    }

    /// Finds the record that a row speaks of.
    fn matched(&self, row: &TableRow) -> Result<Matched<'a>, RowError> {
        let kind = self.target.kind;
        if let Some(id) = self.cell(row, |column| matches!(column, Column::Id)) {
            let key = RecordKey::parse(id).ok_or_else(|| row_error(row.line, "id", "is no record id"))?;
            let known = self.existing.by_key.get(&key).copied();
            let missing = "no such record in this register; leave the id empty to add one";
            let current = known.ok_or_else(|| row_error(row.line, "id", missing))?;
            return Ok(Matched { current: Some(current), link: None, identity: key.to_string() });
        }
        if !kind.ends.is_empty() {
            let key = self.derived(row)?;
            let current = self.existing.by_key.get(&key).copied();
            return Ok(Matched { current, identity: key.to_string(), link: Some(key) });
        }
        let name = self.field_cell(row, kind.title).ok_or_else(|| row_error(row.line, kind.title, "is missing"))?;
        let identity = identity(name, self.field_cell(row, "city"));
        let known = self.existing.by_name.get(&identity).map_or(&[][..], Vec::as_slice);
        match known {
            [] => Ok(Matched { current: None, link: None, identity }),
            [current] => Ok(Matched { current: Some(current), link: None, identity }),
            several => Err(row_error(
                row.line,
                kind.title,
                format!("{} records have this name and city; add a column id", several.len()),
            )),
        }
    }

    /// The id of a link, from the records at its ends.
    fn derived(&self, row: &TableRow) -> Result<RecordKey, RowError> {
        let kind = self.target.kind;
        let mut ends = Vec::new();
        for end in kind.ends {
            let cell = self.field_cell(row, end).ok_or_else(|| row_error(row.line, end, "is missing"))?;
            let kinds = match kind.field(end).map(|field| field.field_type) {
                Some(FieldType::Reference(kinds)) => kinds,
                _ => &[],
            };
            let id = self.names.resolve(kinds, cell).map_err(|reason| row_error(row.line, end, reason))?;
            ends.push(RecordKey::parse(&id).ok_or_else(|| row_error(row.line, end, "is no record id"))?);
        }
        Ok(kind.derived_key(&ends))
    }

    /// A cell as the schema takes it.
    fn value(&self, field: &Field, cell: &str) -> Result<Value, String> {
        let members = || cell.split(['|', ';']).map(str::trim).filter(|member| !member.is_empty());
        match field.field_type {
            FieldType::Reference(kinds) => self.names.resolve(kinds, cell).map(Value::from),
            FieldType::References(kinds) => members().map(|member| self.names.resolve(kinds, member)).collect(),
            _ if field.is_set() => Ok(json!(members().collect::<Vec<_>>())),
            _ => Ok(json!(cell)),
        }
    }
}

/// How many operations a change of a long text takes: its characters, but for the beginning and end that stay.
fn characters(current: Option<&Row>, change: &FieldChange) -> usize {
    let FieldOp::Prose(new) = &change.op else { return 1 };
    let old = current.and_then(|row| row.text(&change.key)).unwrap_or_default();
    let (before, after) = (old.chars().count(), new.chars().count());
    let same = |(a, b): &(char, char)| a == b;
    let head = old.chars().zip(new.chars()).take_while(same).count();
    let tail = old.chars().rev().zip(new.chars().rev()).take_while(same).count();
    let kept = (head + tail).min(before).min(after);
    before + after - 2 * kept
}

/// A reason without the column's name before it, which is shown beside it.
fn without_name(reason: &str, name: &str) -> String {
    let base = name.split('@').next().unwrap_or(name);
    let cut = [name, base].iter().find_map(|name| reason.strip_prefix(*name)?.strip_prefix(": "));
    cut.unwrap_or(reason).to_owned()
}

/// Whether a change says anything that the record does not say already. Of concurrent values any counts: an
/// import decides no conflict by accident.
fn differs(current: &Row, change: &FieldChange) -> bool {
    let standing = || current.fields.get(&change.key).into_iter().flatten().map(|cell| &cell.value);
    match &change.op {
        FieldOp::Put(Scalar::Null) => standing().any(|cell| *cell != Scalar::Null),
        FieldOp::Put(value) => standing().all(|cell| cell != value),
        FieldOp::Prose(text) => standing().all(|cell| cell.as_str() != Some(text)),
        FieldOp::Add => standing().all(|cell| *cell == Scalar::Null),
        FieldOp::Remove => standing().any(|cell| *cell != Scalar::Null),
    }
}
