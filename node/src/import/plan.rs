//! What an import would do: every row checked, matched with a record, and compared with it.

use super::edits::Edits;
use super::existing::{Existing, Names, each_row, identity, kinds_needed};
use super::mailbox::{personal_in, without_personal};
use super::mapping::{Holds, Mapping};
use super::people::{Contact, Known, Of, People};
use super::places::{Places, Positions};
use super::similar::{Looks, Other, Similar, Suggestion};
use super::table::{Cell, Source, Table, TableRow};
use super::{Options, PersonalEmail, Persons, Refusals, RowError, Target, values};
use crate::limits::{IMPORT_CHANGES_LISTED, IMPORT_DUPLICATES_LISTED};
use crate::store::{Store, StoreError};
use crate::views::{Place, refusal};
use crate::work::proposals;
use comin_protocol::engine::{Edit, Target as EditTarget};
use comin_protocol::ids::RecordKey;
use comin_protocol::limits::{CHANGE_OPS_MAX, EDIT_BYTES_MAX};
use comin_protocol::record::{FieldChange, FieldOp, Row, Scalar};
use comin_protocol::schema::{self, Field, FieldError, FieldType, Kind};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};

/// What an import would do.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plan {
    /// Records that are not there yet.
    pub added: usize,
    /// Records that would change.
    pub changed: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
    /// Rows of records in other registers, which say what is there.
    pub elsewhere: usize,
    /// Rows with an id that nobody here knows: their key fields count.
    pub ids_unknown: usize,
    /// Records of the register that no row speaks of: they stay.
    pub absent: usize,
    /// The first of them, by id and title.
    pub absent_records: Vec<(String, String)>,
    /// E-mail addresses that look like a person's and were left out.
    pub emails_left: usize,
    /// Positions that were filled in.
    pub positions: Positions,
    /// What becomes of contact persons.
    pub people: People,
    /// Records that new ones may be: the first [`IMPORT_DUPLICATES_LISTED`].
    pub duplicates: Vec<Suggestion>,
    /// What would change, row by row: the first [`IMPORT_CHANGES_LISTED`].
    pub changes: Vec<Change>,
    /// The edits that do it.
    pub edits: Edits,
    /// Which column goes where.
    pub mapping: Option<Mapping>,
    /// How the file was read.
    pub source: Source,
}

impl Plan {
    /// Names what would be written, the same for plans that write the same.
    pub fn name(&self, names: &RandomState) -> String {
        let mut state = names.build_hasher();
        self.edits.feed(&mut state);
        self.people.edits.iter().for_each(|person| person.feed(&mut state));
        format!("{:016x}", state.finish())
    }
}

/// What one row would do.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Change {
    /// The line of the file on which the row begins.
    pub row: u64,
    /// `add`, or `change` with the flat fields that differ.
    pub what: String,
}

/// What is there.
pub struct Stock<'a> {
    /// The rows of all registers.
    pub store: &'a dyn Store,
    /// The persons for whom this partner is answerable.
    pub persons: &'a [Row],
}

/// A row's values: field, flat name, value.
type Values = Vec<(&'static Field, String, Value)>;

/// A row that has been matched.
enum Matched {
    /// A record of the register.
    Own(Row),
    /// A record of another register.
    Elsewhere(Row),
    /// A link that is not there yet.
    Link(RecordKey),
    New,
}

impl Matched {
    fn current(&self) -> Option<&Row> {
        match self {
            Self::Own(row) | Self::Elsewhere(row) => Some(row),
            Self::Link(_) | Self::New => None,
        }
    }
}

/// A record that a row of the file speaks of.
struct Seen {
    line: u64,
    /// A hash of what the row says of it.
    says: u64,
    of: Of,
}

struct Maker<'a> {
    target: &'a Target,
    options: &'a Options,
    mapping: &'a Mapping,
    existing: Existing<'a>,
    names: Names,
    known: Known<'a>,
    store: &'a dyn Store,
    /// Made when the first record is added: it takes as much memory as the names of all records.
    similar: Option<Similar>,
    /// What every row says where its cells say nothing: flat field, what it holds, value.
    constants: Vec<(String, Holds, Cell)>,
    places: Places,
    seen: HashMap<String, Seen>,
    plan: Plan,
    errors: Refusals,
}

/// Makes the plan, or lists every value that cannot be taken.
///
/// # Errors
/// [`StoreError`].
pub fn make(
    target: &Target,
    options: &Options,
    mapping: &Mapping,
    table: Table,
    stock: &Stock<'_>,
) -> Result<Result<Plan, Refusals>, StoreError> {
    let kind = target.kind;
    let mut existing = Existing::new(stock.store, kind, target.register, &mapping.key);
    let needed = kinds_needed(kind, &table.named);
    let mut names = Names::new(kind, table.named);
    for needed in needed {
        each_row(stock.store, needed, |row| {
            existing.add(row);
            names.add(row);
        })?;
    }
    let mut maker = Maker {
        target,
        options,
        mapping,
        existing,
        names,
        known: Known::of(stock.persons),
        store: stock.store,
        similar: None,
        constants: constants(kind, mapping, options.language),
        places: Places::of(kind, options.positions),
        seen: HashMap::new(),
        plan: Plan { mapping: Some(mapping.clone()), source: table.source, ..Plan::default() },
        errors: Refusals::default(),
    };
    // Each row makes room for what it comes to.
    table.rows.into_iter().try_for_each(|row| maker.row(&row))?;
    maker.end()
}

fn constants(kind: &'static Kind, mapping: &Mapping, language: &'static str) -> Vec<(String, Holds, Cell)> {
    let read = |(name, text): &(String, String)| {
        Some((name.clone(), Holds::parse(kind, name, language).ok()?, Cell::Text(text.clone())))
    };
    mapping.set.iter().filter_map(read).collect()
}

impl Maker<'_> {
    fn end(mut self) -> Result<Result<Plan, Refusals>, StoreError> {
        if self.plan.people.added > 0 && matches!(self.options.persons, Persons::Ask) {
            self.plan.people.needs_terms = true;
        }
        let absent = self.existing.absent();
        self.plan.absent = absent.len();
        for key in absent.iter().take(IMPORT_CHANGES_LISTED) {
            let row = self.existing.own(key)?;
            let title = row.map_or_else(|| key.to_string(), |row| schema::title(&row, self.options.language));
            self.plan.absent_records.push((key.to_string(), title));
        }
        self.plan.positions = self.places.counts;
        Ok(if self.errors.total == 0 { Ok(self.plan) } else { Err(self.errors) })
    }

    fn refuse(&mut self, line: u64, column: impl Into<String>, reason: impl Into<String>) {
        self.errors.push(RowError { row: line, column: column.into(), reason: reason.into(), text: None });
    }

    /// Refuses with words for the reader.
    fn refuse_in_words(
        &mut self,
        line: u64,
        column: impl Into<String>,
        reason: impl Into<String>,
        text: impl Into<Option<String>>,
    ) {
        let (column, reason, text) = (column.into(), reason.into(), text.into());
        self.errors.push(RowError { row: line, column, reason, text });
    }

    /// A field is empty that may not be.
    fn refuse_missing(&mut self, line: u64, column: impl Into<String>) {
        let text = self.options.lang.text("refused-required");
        self.refuse_in_words(line, column, "is missing", text);
    }

    /// The heading of the column that holds something, else its name.
    fn heading(&self, name: &str) -> String {
        let holds = |holds: &Holds| matches!(holds, Holds::Field(field, _) if *field == name);
        self.mapping.columns.iter().find(|(_, it)| holds(it)).map_or(name, |(heading, _)| heading).to_owned()
    }

    /// Adds one row to the plan.
    fn row(&mut self, row: &TableRow) -> Result<(), StoreError> {
        let errors_before = self.errors.total;
        let contact = self.contact(row);
        let (mut values, refused) = self.values(row, contact.as_ref());
        if self.target.kind.name == proposals::KIND {
            self.turn_to_record(&mut values)?;
        }
        let Some((matched, identity)) = self.matched(row, &values, &refused)? else { return Ok(()) };
        let says = says(&values);
        if let Some(seen) = self.seen.get(&identity) {
            // One organisation has a row for each of its persons.
            let has_persons = self.mapping.columns.iter().any(|(_, holds)| matches!(holds, Holds::Person(_)));
            match seen.says == says && has_persons {
                true => self.person(row.line, contact, seen.of.clone()),
                false => {
                    let text = self.options.lang.text_with("refused-same-row", &[("row", seen.line.into())]);
                    self.refuse_in_words(row.line, "", format!("is the same record as row {}", seen.line), text);
                }
            }
            return Ok(());
        }
        let mut changes = self.changes(row.line, &values, matched.current());
        if matched.current().is_none() {
            self.check_complete(row.line, &changes, &refused);
        }
        let of = match matched.current() {
            Some(row) => Of::Record(row.key.clone()),
            None => Of::Edit(self.plan.edits.len()),
        };
        self.seen.insert(identity, Seen { line: row.line, says, of: of.clone() });
        if self.errors.total > errors_before {
            return Ok(());
        }
        if !matches!(matched, Matched::Elsewhere(_)) {
            changes.extend(self.places.fill(&values, matched.current()));
        }
        self.add(row.line, &matched, changes, &values)?;
        self.person(row.line, contact, of);
        Ok(())
    }

    /// The contact person of a row.
    fn contact(&mut self, row: &TableRow) -> Option<Contact> {
        if matches!(self.options.persons, Persons::Leave) {
            return None;
        }
        let mut cells = Vec::new();
        let mut first = None;
        for ((heading, holds), cell) in self.mapping.columns.iter().zip(&row.cells) {
            if let (Holds::Person(part), Cell::Text(text)) = (holds, cell) {
                first = first.or(Some(heading.clone()));
                cells.push((*part, text.as_str()));
            }
        }
        match Contact::read(&cells) {
            Ok(contact) => contact,
            Err(reason) => {
                self.refuse(row.line, first.unwrap_or_default(), reason);
                None
            }
        }
    }

    fn person(&mut self, line: u64, contact: Option<Contact>, of: Of) {
        let Some(contact) = contact else { return };
        if let Err((part, reason)) = self.plan.people.add(&contact, &of, &self.known) {
            let part = self.mapping.columns.iter().find(|(_, holds)| *holds == Holds::Person(part));
            let heading = part.map(|(heading, _)| heading.clone()).unwrap_or_default();
            self.refuse(line, heading, reason);
        }
    }

    /// The values of a row's cells, and of what every row says; with the fields whose value cannot be taken.
    fn values(&mut self, row: &TableRow, contact: Option<&Contact>) -> (Values, BTreeSet<&'static str>) {
        let kind = self.target.kind;
        let (mut out, mut refused): (Values, _) = (Vec::new(), BTreeSet::new());
        let mapping = self.mapping;
        let (mut lat, mut lon) = (None, None);
        let constants = std::mem::take(&mut self.constants);
        let columns = mapping.columns.iter().zip(&row.cells).map(|((heading, holds), cell)| (heading, *holds, cell));
        for (heading, holds, cell) in columns.chain(constants.iter().map(|(name, holds, cell)| (name, *holds, cell))) {
            match (holds, cell) {
                (_, Cell::Empty) => {}
                (Holds::Latitude, Cell::Text(text)) => lat = Some((heading, text)),
                (Holds::Longitude, Cell::Text(text)) => lon = Some((heading, text)),
                (Holds::Field(name, tongue), cell) => {
                    let Some(field) = kind.field(name) else { continue };
                    let flat = flat_name(name, tongue, cell);
                    // What every row says gives way to what this one says.
                    if out.iter().any(|(_, other, _): &(_, String, _)| *other == flat) {
                        continue;
                    }
                    match values::value(field, cell, &self.names) {
                        Ok(value) => out.push((field, flat, value)),
                        Err(reason) => {
                            refused.insert(field.name);
                            let text = reason.text(self.options.lang);
                            self.refuse_in_words(row.line, heading, reason.to_string(), text);
                        }
                    }
                }
                _ => {}
            }
        }
        if let (Some(field), Some((heading, lat)), Some((_, lon))) = (kind.field("position"), lat, lon) {
            match (values::degrees(lat), values::degrees(lon)) {
                (Some(lat), Some(lon)) => out.push((field, "position".to_owned(), json!({"lat": lat, "lon": lon}))),
                _ => self.refuse(row.line, heading, "is no number of degrees; write it as 45,956"),
            }
        }
        self.constants = constants;
        self.keep_mailboxes(row.line, &mut out, contact);
        (out, refused)
    }

    /// A proposal from elsewhere names a register that may not hold its record here: then the one that does is meant.
    fn turn_to_record(&self, values: &mut Values) -> Result<(), StoreError> {
        let text = |name: &str| values.iter().find(|(field, ..)| field.name == name).map(|(.., value)| text_of(value));
        let Some(about) = text("about").and_then(RecordKey::parse) else { return Ok(()) };
        let registers: Vec<String> =
            self.store.rows_of(&about)?.iter().map(|row| row.doc.register.to_string()).collect();
        if registers.is_empty() || text("register").is_some_and(|named| registers.iter().any(|held| held == named)) {
            return Ok(());
        }
        match registers.as_slice() {
            [one] => {
                let of_register = |value: &&mut (&'static Field, String, Value)| value.0.name == "register";
                if let Some((.., value)) = values.iter_mut().find(of_register) {
                    *value = json!(one);
                }
            }
            // Any of them may decide.
            _ => values.retain(|(field, ..)| field.name != "register"),
        }
        Ok(())
    }

    /// Refuses or leaves out e-mail addresses that look like a person's.
    fn keep_mailboxes(&mut self, line: u64, values: &mut Values, contact: Option<&Contact>) {
        if matches!(self.options.personal_email, PersonalEmail::Allow) {
            return;
        }
        let names: Vec<String> = values
            .iter()
            .filter(|(field, ..)| field.name == self.target.kind.title)
            .map(|(.., value)| text_of(value).to_owned())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let person = contact.map(Contact::names).unwrap_or_default();
        let of = |(_, _, value): &(&'static Field, String, Value)| -> usize {
            texts_of(value).into_iter().map(|text| personal_in(text, &names, &person).len()).sum()
        };
        if matches!(self.options.personal_email, PersonalEmail::Leave) {
            self.plan.emails_left += values.iter().map(of).sum::<usize>();
            values.retain(|one| !matches!(one.0.field_type, FieldType::Email) || of(one) == 0);
            for (_, _, value) in values {
                leave_out(value, &names, &person);
            }
            return;
        }
        let personal: Vec<&str> = values.iter().filter(|value| of(value) > 0).map(|(field, ..)| field.name).collect();
        for field in personal {
            let reason = "holds what looks like a person's address, which belongs to a contact person; take an address \
                          of function, leave such ones out (--leave-personal-email) or take them all the same (--allow-personal-email)";
            let (heading, text) = (self.heading(field), self.options.lang.text("refused-personal-email"));
            self.refuse_in_words(line, heading, reason, text);
        }
    }

    /// Finds the record that a row speaks of, and what makes two rows of a file the same record. `None` where that cannot
    /// be told, which has been refused.
    fn matched(
        &mut self,
        row: &TableRow,
        values: &Values,
        refused: &BTreeSet<&str>,
    ) -> Result<Option<(Matched, String)>, StoreError> {
        let kind = self.target.kind;
        let id = self.mapping.columns.iter().zip(&row.cells).find(|((_, holds), _)| *holds == Holds::Id);
        if let Some(((heading, _), Cell::Text(id))) = id {
            let Some(key) = RecordKey::parse(id).filter(|key| key.kind == kind.name) else {
                self.refuse(row.line, heading, format!("is no id of a record of kind {}", kind.name));
                return Ok(None);
            };
            if let Some(current) = self.existing.own(&key)? {
                return Ok(Some((Matched::Own(current), key.to_string())));
            }
            if let Some(current) = self.existing.elsewhere(&key)? {
                return Ok(Some((Matched::Elsewhere(current), key.to_string())));
            }
            // As from another node: what it is called decides.
            self.plan.ids_unknown += 1;
        }
        let text =
            |name: &str| values.iter().find(|(field, ..)| field.name == name).map_or("", |(.., value)| text_of(value));
        if !kind.ends.is_empty() {
            let ends: Vec<(&str, Option<RecordKey>)> =
                kind.ends.iter().map(|end| (*end, RecordKey::parse(text(end)))).collect();
            for (end, _) in ends.iter().filter(|(end, key)| key.is_none() && !refused.contains(end)) {
                self.refuse_missing(row.line, self.heading(end));
            }
            let ends: Option<Vec<&RecordKey>> = ends.iter().map(|(_, key)| key.as_ref()).collect();
            let Some(ends) = ends else { return Ok(None) };
            let key = RecordKey::derived(kind.name, &ends);
            let identity = key.to_string();
            return Ok(Some((self.existing.own(&key)?.map_or(Matched::Link(key), Matched::Own), identity)));
        }
        let keys: Vec<&str> = self.mapping.key.iter().map(|name| text(name)).collect();
        let needed = self.mapping.key.iter().zip(&keys).find(|(name, text)| text.is_empty() && **name == kind.title);
        if needed.is_some() || keys.iter().all(|text| text.is_empty()) {
            let name = self.mapping.key.first().copied().unwrap_or(kind.title);
            if !refused.contains(name) {
                self.refuse_missing(row.line, self.heading(name));
            }
            return Ok(None);
        }
        let identity = identity(&keys);
        let deleted = text("deleted") == "true"
            || values.iter().any(|(field, _, value)| field.name == "deleted" && *value == json!(true));
        let mut found = self.existing.identified(&identity, deleted)?;
        Ok(match (found.pop(), found.len()) {
            (None, _) => Some((Matched::New, identity)),
            // By its id, as a row that names it: two rows are not to make one record in turn.
            (Some(current), 0) => {
                let key = current.key.to_string();
                Some((Matched::Own(current), key))
            }
            (Some(_), others) => {
                let reason =
                    format!("{} records have this {}; add a column id", others + 1, self.mapping.key.join(" and "));
                let name = self.mapping.key.first().copied().unwrap_or(kind.title);
                self.refuse(row.line, self.heading(name), reason);
                None
            }
        })
    }

    fn changes(&mut self, line: u64, values: &Values, current: Option<&Row>) -> Vec<FieldChange> {
        let mut out = Vec::new();
        for (field, name, value) in values {
            match schema::parse_field(self.target.kind, name, value, current) {
                Ok(parsed) => out.extend(parsed),
                Err(error) => {
                    let shown = if error.value.is_empty() { String::new() } else { format!("{:?} ", error.value) };
                    let text = self.words(field, &error);
                    self.refuse_in_words(line, self.heading(field.name), format!("{shown}{}", error.reason), text);
                }
            }
        }
        out
    }

    /// Why the schema does not take a value, in the reader's language. A value that is a list of entries has parts of its own,
    /// of which the schema alone can tell.
    fn words(&self, field: &Field, error: &FieldError) -> Option<String> {
        let is_whole =
            !error.value.is_empty() && !matches!(field.field_type, FieldType::Entries(_) | FieldType::Log(_));
        is_whole.then(|| refusal(self.options.lang, field, &error.value, Place::Table))
    }

    fn check_complete(&mut self, line: u64, changes: &[FieldChange], refused: &BTreeSet<&str>) {
        let has = |field: &Field| changes.iter().any(|change| schema::base_of(&change.key) == field.name);
        let missing = self
            .target
            .kind
            .fields
            .iter()
            .filter(|field| field.required && !has(field) && !refused.contains(field.name));
        for field in missing.collect::<Vec<_>>() {
            let heading = self.heading(field.name);
            let told = self
                .errors
                .listed
                .iter()
                .rev()
                .take_while(|error| error.row == line)
                .any(|error| error.column == heading);
            if !told {
                self.refuse_missing(line, heading);
            }
        }
    }

    fn add(
        &mut self,
        line: u64,
        matched: &Matched,
        changes: Vec<FieldChange>,
        values: &Values,
    ) -> Result<(), StoreError> {
        let register = Some(self.target.register);
        if let Some(current) = matched.current() {
            self.existing.meet(&current.key);
            let changes: Vec<_> = changes.into_iter().filter(|change| differs(current, change)).collect();
            let keys: Vec<&str> = changes.iter().map(|change| change.key.as_str()).collect();
            match (matched, keys.is_empty()) {
                (Matched::Elsewhere(_), true) => self.plan.elsewhere += 1,
                (Matched::Elsewhere(_), false) => {
                    let reason = format!(
                        "is a record of another register and would change in {}; name that one: --register {}",
                        keys.join(", "),
                        current.doc.register
                    );
                    self.refuse(line, "id", reason);
                }
                (_, true) => self.plan.unchanged += 1,
                (_, false) => {
                    self.plan.changed += 1;
                    self.check_size(line, Some(current), &changes);
                    let what = format!("change {}", keys.join(", "));
                    let target = EditTarget::Record { doc: current.doc, key: current.key.clone() };
                    self.edit(line, what, Edit { target, changes, if_version: None });
                }
            }
            return Ok(());
        }
        self.plan.added += 1;
        let defaults = schema::new_record(self.target.kind, self.options.language).into_iter();
        let mut all: Vec<_> =
            defaults.filter(|default| changes.iter().all(|change| change.key != default.key)).collect();
        all.extend(changes);
        self.check_size(line, None, &all);
        let target = match matched {
            Matched::Link(key) => EditTarget::Link { register, key: key.clone() },
            _ => EditTarget::New { register, kind: self.target.kind.name.to_owned() },
        };
        if self.target.kind.ends.is_empty() {
            self.suggest(line, values)?;
        }
        self.edit(line, "add".to_owned(), Edit { target, changes: all, if_version: None });
        Ok(())
    }

    fn edit(&mut self, line: u64, what: String, edit: Edit) {
        if self.plan.changes.len() < IMPORT_CHANGES_LISTED {
            self.plan.changes.push(Change { row: line, what });
        }
        self.plan.edits.push(edit);
    }

    /// What is there that a new record may be.
    fn suggest(&mut self, line: u64, values: &Values) -> Result<(), StoreError> {
        let of = |name: &'static str| values.iter().filter(move |(field, ..)| field.name == name);
        let texts = |name: &'static str| of(name).flat_map(|(.., value)| texts_of(value)).collect::<Vec<_>>();
        let looks = Looks {
            names: texts(self.target.kind.title),
            city: texts("city").first().copied().unwrap_or_default(),
            identifiers: texts("identifiers"),
            website: texts("website").first().copied().unwrap_or_default(),
        };
        let mut similar = match self.similar.take() {
            Some(similar) => similar,
            None => Similar::of(self.target.kind, self.store)?,
        };
        for (other, reason) in similar.to(&looks) {
            if self.plan.duplicates.len() < IMPORT_DUPLICATES_LISTED {
                let suggestion = match other {
                    Other::Record(key, doc) => {
                        let title = self.store.row(&key, &doc)?.map(|row| schema::title(&row, self.options.language));
                        Suggestion {
                            row: line,
                            id: Some(key.to_string()),
                            other_row: None,
                            title: title.unwrap_or_else(|| key.to_string()),
                            register: doc.register.to_string(),
                            reason,
                        }
                    }
                    Other::Row(other) => Suggestion {
                        row: line,
                        id: None,
                        other_row: Some(other),
                        // The other row's own name may differ by a letter: which one it is, its line says.
                        title: looks.names.first().copied().unwrap_or_default().to_owned(),
                        register: self.target.register.to_string(),
                        reason,
                    },
                };
                self.plan.duplicates.push(suggestion);
            }
        }
        similar.add(Other::Row(line), &looks);
        self.similar = Some(similar);
        Ok(())
    }

    /// A row is one commit at least: what a commit does not take is refused before anything is written.
    fn check_size(&mut self, line: u64, current: Option<&Row>, changes: &[FieldChange]) {
        let bytes: usize = changes.iter().map(FieldChange::bytes_about).sum();
        let characters: usize = changes.iter().map(|change| characters(current, change)).sum();
        if bytes > EDIT_BYTES_MAX {
            let reason = format!("has more than {} KiB; leave something out and add it by hand", EDIT_BYTES_MAX / 1024);
            self.refuse(line, "", reason);
        } else if characters as u64 > CHANGE_OPS_MAX {
            let reason = format!("changes more than {CHANGE_OPS_MAX} characters of long texts; shorten them");
            self.refuse(line, "", reason);
        }
    }
}

/// The flat name of a column's values. A program's object holds all languages at once.
fn flat_name(name: &str, tongue: Option<&str>, cell: &Cell) -> String {
    match (tongue, cell) {
        (Some(_), Cell::Json(value)) if value.is_object() => name.to_owned(),
        (Some(tongue), _) => format!("{name}@{tongue}"),
        (None, _) => name.to_owned(),
    }
}

/// The first text of a value.
fn text_of(value: &Value) -> &str {
    texts_of(value).first().copied().unwrap_or_default()
}

/// The texts of a value: itself, its members, or in its languages.
fn texts_of(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(members) => members.iter().flat_map(texts_of).collect(),
        Value::Object(texts) => texts.values().flat_map(texts_of).collect(),
        _ => Vec::new(),
    }
}

/// Takes the addresses that look like a person's out of the texts of a value.
fn leave_out(value: &mut Value, names: &[&str], person: &[&str]) {
    match value {
        Value::String(text) => {
            if let Some(left) = without_personal(text, names, person) {
                *text = left;
            }
        }
        Value::Array(members) => members.iter_mut().for_each(|member| leave_out(member, names, person)),
        Value::Object(texts) => texts.values_mut().for_each(|text| leave_out(text, names, person)),
        _ => {}
    }
}

fn says(values: &Values) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (_, name, value) in values {
        (name, value.to_string()).hash(&mut hasher);
    }
    hasher.finish()
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

/// Whether a change says anything that the record does not say already. Of concurrent values any counts: an
/// import decides no conflict by accident.
pub fn differs(current: &Row, change: &FieldChange) -> bool {
    let standing = || current.fields.get(&change.key).into_iter().flatten().map(|cell| &cell.value);
    match &change.op {
        FieldOp::Put(Scalar::Null) => standing().any(|cell| *cell != Scalar::Null),
        FieldOp::Put(value) => standing().all(|cell| cell != value),
        FieldOp::Prose(text) => standing().all(|cell| cell.as_str() != Some(text)),
        FieldOp::Add => standing().all(|cell| *cell == Scalar::Null),
        FieldOp::Remove => standing().any(|cell| *cell != Scalar::Null),
    }
}
