//! Which column goes where: guessed from the headings, or as somebody has written it down.

use super::RowError;
use super::headings::{self, HEADINGS};
use super::table::Table;
use crate::i18n::Lang;
use crate::text::nearest;
use crate::views::{field_label_in, fold_words};
use comin_protocol::schema::{Field, Kind, LANGUAGES};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Most bytes of a mapping as a file: more than all headings of a table that people keep.
const MAPPING_BYTES_MAX: usize = 64 * 1024;
/// What stands above a mapping in its file.
const MAPPING_HEAD: &str = "# Which column goes where; an empty text: it is not taken. Use it with: comin import FILE --map THIS\n\
    # key: the fields by which a row without id is found again. set: what every row says where it says nothing.\n";
/// Longer cells are texts and no headings.
const HEADING_BYTES_MAX: usize = 120;
/// The kind of whose records a table can have contact persons.
pub const WITH_PERSONS: &str = "organisation";
/// What a column can hold of a contact person besides the fields that it names: both names in one cell.
pub const PERSON_PARTS: [&str; 6] = ["name", "given_name", "family_name", "role", "email", "phone"];

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Holds {
    /// The record's id.
    Id,
    /// A field, in a language where it is translated.
    Field(&'static str, Option<&'static str>),
    /// The latitude of a position.
    Latitude,
    /// Its longitude.
    Longitude,
    /// Something of a contact person, by [`PERSON_PARTS`].
    Person(&'static str),
    /// The register's name, which an export writes for people.
    Register,
    /// Nothing that is taken.
    Nothing,
}

impl Holds {
    /// Reads a target as it is written in a mapping.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(kind: &'static Kind, text: &str, language: &'static str) -> Result<Self, String> {
        let (base, tongue) = match text.split_once('@') {
            Some((base, tongue)) => (base, Some(tongue)),
            None => (text, None),
        };
        match (text, text.strip_prefix("person."), kind.field(base)) {
            ("", ..) => return Ok(Self::Nothing),
            ("id", ..) => return Ok(Self::Id),
            ("register", _, None) => return Ok(Self::Register),
            ("position.lat", ..) if kind.field("position").is_some() => return Ok(Self::Latitude),
            ("position.lon", ..) if kind.field("position").is_some() => return Ok(Self::Longitude),
            (_, Some(part), _) if kind.name == WITH_PERSONS => {
                let known = PERSON_PARTS.into_iter().find(|known| *known == part);
                return known.map(Self::Person).ok_or_else(|| {
                    format!(
                        "{text:?} is nothing of a person; write one of {}",
                        PERSON_PARTS.map(|p| format!("person.{p}")).join(", ")
                    )
                });
            }
            (.., Some(field)) => return Self::of(field, tongue, language),
            _ => {}
        }
        let like = nearest(base, kind.all_fields().map(|field| field.name)).unwrap_or_default();
        Err(format!("{text:?} is no field of {}; did you mean {like}?", kind.name))
    }

    fn of(field: &'static Field, tongue: Option<&str>, language: &'static str) -> Result<Self, String> {
        match (field.is_translated(), tongue) {
            (true, Some(tongue)) => match LANGUAGES.into_iter().find(|known| *known == tongue) {
                Some(tongue) => Ok(Self::Field(field.name, Some(tongue))),
                None => Err(format!("{tongue:?} is not one of {}", LANGUAGES.join(", "))),
            },
            (true, None) => Ok(Self::Field(field.name, Some(language))),
            (false, Some(_)) => Err(format!("{} is not translated; write it without a language", field.name)),
            (false, None) => Ok(Self::Field(field.name, None)),
        }
    }

    /// As it is written in a mapping.
    pub fn text(self) -> String {
        match self {
            Self::Id => "id".to_owned(),
            Self::Field(field, Some(language)) => format!("{field}@{language}"),
            Self::Field(field, None) => field.to_owned(),
            Self::Latitude => "position.lat".to_owned(),
            Self::Longitude => "position.lon".to_owned(),
            Self::Person(part) => format!("person.{part}"),
            Self::Register => "register".to_owned(),
            Self::Nothing => String::new(),
        }
    }
}

/// Which column goes where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// The kind of the records.
    pub kind: &'static str,
    /// By heading, in the order of the columns.
    pub columns: Vec<(String, Holds)>,
    /// The fields by which rows without id are told apart.
    pub key: Vec<&'static str>,
    /// What every row says where its cells say nothing: flat field and value.
    pub set: Vec<(String, String)>,
}

/// What somebody asks of a mapping.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wishes {
    /// A mapping as it was written down: `{"kind", "key", "columns", "set"}`.
    pub written: Option<Written>,
    /// Other key fields.
    pub key: Vec<String>,
    /// More constant values, flat field and value.
    pub set: Vec<(String, String)>,
}

/// A mapping as it was written down, not yet looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The kind that it is for.
    #[serde(default)]
    pub kind: Option<String>,
    /// Key fields; none: the default ones.
    #[serde(default)]
    pub key: Vec<String>,
    /// Target by heading; an empty one is not taken.
    #[serde(default)]
    pub columns: std::collections::BTreeMap<String, String>,
    /// Constant values by field.
    #[serde(default)]
    pub set: std::collections::BTreeMap<String, String>,
}

impl Written {
    /// Reads it from its file, which is TOML.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        if file.len() > MAPPING_BYTES_MAX {
            return Err(format!("a mapping has at most {MAPPING_BYTES_MAX} bytes"));
        }
        // Editors of Windows put a mark in front.
        let text = std::str::from_utf8(file).map_err(|error| error.to_string())?.trim_start_matches('\u{feff}');
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }
}

/// A mapping as reports tell it, as a file for people to change and use again: [`Written::read`] takes it back.
///
/// # Errors
/// It has what TOML cannot say.
pub fn mapping_file(mapping: &Value) -> Result<String, String> {
    let table = toml::to_string(mapping).map_err(|error| error.to_string())?;
    Ok(format!("{MAPPING_HEAD}{table}"))
}

/// How sure it is that a cell is a heading: by a mapping, or as a field's name, more than by a guess.
pub fn score(kind: &'static Kind, wishes: &Wishes, cell: &str) -> usize {
    match &wishes.written {
        Some(written) => 2 * usize::from(written.columns.keys().any(|heading| same(heading, cell))),
        None if cell.is_empty() => 0,
        None if Holds::parse(kind, cell, LANGUAGES[0]).is_ok() => 2,
        None => usize::from(!candidates(kind, cell, LANGUAGES[0]).is_empty()),
    }
}

fn same(one: &str, other: &str) -> bool {
    fold_words(one) == fold_words(other)
}

impl Mapping {
    /// The mapping of a table.
    ///
    /// # Errors
    /// What is wrong with the wishes, by column.
    pub fn of(
        kind: &'static Kind,
        table: &Table,
        wishes: &Wishes,
        language: &'static str,
    ) -> Result<Self, Vec<RowError>> {
        let line = table.source.header_row.unwrap_or(1);
        let refused =
            |column: &str, reason: String| RowError { row: line, column: column.to_owned(), reason, text: None };
        let columns = match &wishes.written {
            Some(written) => written_columns(kind, table, written, language, &refused)?,
            None => guessed(kind, &table.columns, language),
        };
        let written = wishes.written.as_ref();
        let key = if wishes.key.is_empty() { written.map_or(&[][..], |written| &written.key) } else { &wishes.key };
        let key = keys(kind, key).map_err(|reason| vec![refused("", reason)])?;
        let constant = written.into_iter().flat_map(|written| written.set.clone());
        let mut set: Vec<(String, String)> = Vec::new();
        for (field, value) in constant.chain(wishes.set.iter().cloned()) {
            let holds = Holds::parse(kind, &field, language).map_err(|reason| vec![refused("", reason)])?;
            set.retain(|(other, _)| *other != holds.text());
            set.push((holds.text(), value));
        }
        Ok(Self { kind: kind.name, columns, key, set })
    }

    /// As it is written down.
    pub fn to_json(&self) -> Value {
        let columns: Map<String, Value> =
            self.columns.iter().map(|(name, holds)| (name.clone(), json!(holds.text()))).collect();
        let set: Map<String, Value> = self.set.iter().map(|(field, value)| (field.clone(), json!(value))).collect();
        json!({"kind": self.kind, "key": self.key, "columns": columns, "set": set})
    }

    /// The columns that are not taken.
    pub fn not_taken(&self) -> Vec<&str> {
        let columns = self.columns.iter().filter(|(_, holds)| *holds == Holds::Nothing);
        columns.map(|(name, _)| name.as_str()).collect()
    }
}

fn written_columns(
    kind: &'static Kind,
    table: &Table,
    written: &Written,
    language: &'static str,
    refused: &dyn Fn(&str, String) -> RowError,
) -> Result<Vec<(String, Holds)>, Vec<RowError>> {
    let mut errors = Vec::new();
    if let Some(other) = written.kind.as_ref().filter(|other| *other != kind.name) {
        errors.push(refused("", format!("the mapping is for {other}, and the import for {}", kind.name)));
    }
    let mut taken = BTreeSet::new();
    for (heading, target) in &written.columns {
        let there = table.columns.iter().any(|column| same(column, heading));
        match Holds::parse(kind, target, language) {
            Err(reason) => errors.push(refused(heading, reason)),
            Ok(holds) if holds != Holds::Nothing && !taken.insert(holds) => {
                errors.push(refused(heading, format!("{target} has two columns in the mapping")));
            }
            Ok(holds) if holds != Holds::Nothing && !there && table.source.form != "json" => {
                errors.push(refused(heading, "is in the mapping and no column of the file".to_owned()));
            }
            Ok(_) => {}
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let holds = |column: &String| {
        let target = written.columns.iter().find(|(heading, _)| same(heading, column)).map_or("", |(_, target)| target);
        (column.clone(), Holds::parse(kind, target, language).unwrap_or(Holds::Nothing))
    };
    Ok(table.columns.iter().map(holds).collect())
}

/// The fields by which rows are told apart: those named, else what records are called and their city; of a kind without
/// names what its records cannot do without.
fn keys(kind: &'static Kind, named: &[String]) -> Result<Vec<&'static str>, String> {
    let known = |name: &str| kind.field(name).map(|field| field.name);
    if named.is_empty() {
        let called: Vec<&str> = [kind.title, "city"].into_iter().filter_map(known).collect();
        let required = || kind.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
        return Ok(if called.is_empty() { required() } else { called });
    }
    let field = |name: &String| {
        known(name).ok_or_else(|| format!("{name:?} is no field of {} to tell rows apart by", kind.name))
    };
    named.iter().map(field).collect()
}

/// Guesses by the headings: first those that can mean one thing only, then the others what is left for them.
fn guessed(kind: &'static Kind, columns: &[String], language: &'static str) -> Vec<(String, Holds)> {
    let all: Vec<Vec<Holds>> = columns.iter().map(|column| candidates(kind, column, language)).collect();
    let mut holds = vec![Holds::Nothing; columns.len()];
    let mut taken = BTreeSet::new();
    for certain in [true, false] {
        for (place, candidates) in
            holds.iter_mut().zip(&all).filter(|(_, candidates)| (candidates.len() == 1) == certain)
        {
            if let Some(free) = candidates.iter().find(|holds| !taken.contains(*holds)) {
                taken.insert(*free);
                *place = *free;
            }
        }
    }
    columns.iter().cloned().zip(holds).collect()
}

/// Everything that a heading can mean, likeliest first.
fn candidates(kind: &'static Kind, heading: &str, language: &'static str) -> Vec<Holds> {
    if heading.is_empty() || heading.len() > HEADING_BYTES_MAX {
        return Vec::new();
    }
    if let Ok(exact) = Holds::parse(kind, heading, language) {
        return vec![exact];
    }
    // Notes in brackets are none of the name; a language there says in which one the texts are.
    let whole = fold_words(heading);
    let bare = fold_words(heading.split(['(', '[']).next().unwrap_or_default());
    let (without, tongue) = match whole.rsplit_once(' ') {
        Some((before, last)) => (before.to_owned(), headings::language(last)),
        None => (String::new(), None),
    };
    let mut out = Vec::new();
    for (words, tongue) in [(whole.as_str(), None), (without.as_str(), tongue), (bare.as_str(), tongue)] {
        // A trailing language is only one of a translated field.
        for target in targets(kind, words) {
            let base = kind.field(target).is_some_and(Field::is_translated);
            let named = if base { format!("{target}@{}", tongue.unwrap_or(language)) } else { target.to_owned() };
            let usable = base || words == whole || words == bare;
            out.extend(Holds::parse(kind, &named, language).ok().filter(|holds| usable && !out.contains(holds)));
        }
        if !out.is_empty() {
            break;
        }
    }
    out
}

/// The targets that have these words.
fn targets(kind: &'static Kind, words: &str) -> Vec<&'static str> {
    let of_kind = HEADINGS.iter().filter(|heading| heading.kind.is_empty() || heading.kind == kind.name);
    let known = of_kind.filter(|heading| heading.words.iter().any(|list| list.split('|').any(|word| word == words)));
    let is_label = |lang: Lang, name: &str| fold_words(&field_label_in(lang, kind.name, name)) == words;
    let names = kind.all_fields().map(|field| field.name);
    let labelled = names.filter(|name| Lang::ALL.into_iter().any(|lang| is_label(lang, name)));
    let mut out: Vec<&'static str> = Vec::new();
    for target in known.map(|heading| heading.target).chain(labelled).filter(|_| !words.is_empty()) {
        if !out.contains(&target) {
            out.push(target);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::schema;

    fn guess(kind: &str, columns: &[&str]) -> Vec<String> {
        let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        let kind = schema::kind(kind).expect("a known kind");
        guessed(kind, &columns, "it").into_iter().map(|(_, holds)| holds.text()).collect()
    }

    #[test]
    fn headings_are_understood_in_four_languages() {
        let italian =
            guess("organisation", &["Ragione sociale", "Comune", "E-mail", "Sito web", "Destinatari", "Prot."]);
        assert_eq!(italian, ["name", "city", "email", "website", "target_groups", ""], "Italian");
        let slovene =
            guess("organisation", &["Naziv organizacije", "Kraj", "E-pošta", "Spletna stran", "Država", "Opis"]);
        assert_eq!(slovene, ["name", "city", "email", "website", "country", "description@it"], "Slovene");
        let french =
            guess("organisation", &["Dénomination", "Ville", "Courriel", "Téléphone", "Public accueilli", "N° SIRET"]);
        assert_eq!(french, ["name", "city", "email", "phone", "target_groups", "identifiers"], "French");
        let english = guess(
            "organisation",
            &["Organization name", "TOWN", "VAT number", "Legal form *", "Description (Slovene)"],
        );
        assert_eq!(
            english,
            ["name", "city", "identifiers", "type", "description@sl"],
            "English, case, marks, a language"
        );
        let event = guess("event", &["Titolo evento", "Data", "Luogo", "Organizzatore", "N. partecipanti"]);
        assert_eq!(event, ["title@it", "when", "place", "organiser", "attendance"], "another kind");
        assert_eq!(guess("membership", &["Ente", "Rete", "Ruolo"]), ["organisation", "network", "role"], "a link");
    }

    #[test]
    fn what_a_word_means_depends_on_the_others() {
        let alone = guess("organisation", &["Nome", "Città", "Email"]);
        assert_eq!(alone, ["name", "city", "email"], "the organisation's own");
        let people =
            guess("organisation", &["Nome", "Cognome", "Ente", "Email", "E-mail referente", "Tel", "Cellulare"]);
        let expected =
            ["person.given_name", "person.family_name", "name", "email", "person.email", "phone", "person.phone"];
        assert_eq!(people, expected, "beside a family name and an organisation it is a person's");
        let french = guess("organisation", &["Structure", "Nom", "Prénom", "Fonction"]);
        assert_eq!(french, ["name", "person.family_name", "person.given_name", "person.role"], "in French too");
        let twice =
            guess("organisation", &["Ente", "Telefono", "Email", "Referente", "Telefono referente", "Email (2)"]);
        assert_eq!(twice[3..], ["person.name", "person.phone", ""], "a second column of one name is not guessed at");
    }

    #[test]
    fn a_mapping_comes_back_from_its_file_and_what_is_none_is_refused() {
        let mapping = json!({"kind": "event", "key": ["title"], "columns": {"Titolo": "title@it", "Note": ""}, "set": {"type": "meeting"}});
        let file = mapping_file(&mapping).expect("a file");
        let back = Written::read(file.as_bytes()).expect("a mapping");
        assert_eq!(back.kind.as_deref(), Some("event"), "of the kind");
        assert_eq!((back.key, back.columns.len()), (vec!["title".to_owned()], 2), "its key and its columns");
        assert_eq!(back.set.get("type").map(String::as_str), Some("meeting"), "and what every row says");
        let marked = format!("\u{feff}{file}");
        assert!(Written::read(marked.as_bytes()).is_ok(), "also with the mark that editors of Windows put in front");
        for wrong in ["kind = [", "colums = {}", "[columns]\nTitolo = 1"] {
            assert!(Written::read(wrong.as_bytes()).is_err(), "{wrong:?} is none");
        }
        assert!(Written::read(b"\xff\xfe").is_err(), "nor is what is no text");
        let long = format!("# {}\n{file}", "x".repeat(MAPPING_BYTES_MAX));
        assert!(Written::read(long.as_bytes()).is_err(), "nor what is longer than any");
    }

    #[test]
    fn every_field_of_every_kind_is_understood_by_its_name() {
        for kind in schema::KINDS {
            for field in kind.all_fields() {
                let name = if field.is_translated() { format!("{}@sl", field.name) } else { field.name.to_owned() };
                assert_eq!(guess(kind.name, &[&name]), [name.as_str()], "{} of {}", field.name, kind.name);
            }
        }
    }
}
