//! Contact persons in the columns of a table: made as person documents beside the organisations.
//!
//! Nothing of a person is in an error, a report or a log: a place in the file tells whoever has the file enough.

use super::existing::texts;
use super::mailbox::is_given_name;
use crate::runtime::NodeHandle;
use crate::views::fold_words;
use comin_protocol::codec::to_cbor;
use comin_protocol::engine::{Command, CommandError, Edit, Reply, Target};
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::persons::Personal;
use comin_protocol::record::{FieldChange, Row};
use comin_protocol::schema::{self, FieldError, PERSON};
use comin_protocol::statement::Writers;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

/// Titles before a name, folded: they are no part of it.
const TITLES: &[&str] = &[
    "dott", "dottssa", "ssa", "dr", "mag", "ing", "avv", "sig", "sigra", "ra", "ga", "gospa", "gospod", "mme", "mlle",
    "mr", "mrs", "ms", "prof", "profssa", "univ", "dipl", "arch", "don", "suor",
];
/// Words that begin a family name of several words.
const PARTICLES: &[&str] = &[
    "de", "di", "da", "dal", "dalla", "dei", "del", "della", "delle", "degli", "du", "des", "la", "le", "lo", "van",
    "von", "d",
];

/// What is said once for all persons of a file.
#[derive(Clone, Debug)]
pub struct Terms {
    readers: Writers,
    fields: Personal<Vec<FieldChange>>,
}

impl Terms {
    /// From purpose, legal basis, retention and the like, by field.
    ///
    /// # Errors
    /// The first value that cannot be taken, or a required one that is missing.
    pub fn new(readers: Writers, values: &Map<String, Value>) -> Result<Self, FieldError> {
        let mut fields = Vec::new();
        for (name, value) in values {
            fields.extend(schema::parse_field(&PERSON, name, value, None)?);
        }
        Ok(Self { readers, fields: Personal::new(fields) })
    }
}

/// The organisation of a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Of {
    /// The record that this edit of the plan makes.
    Edit(usize),
    /// A record that is there.
    Record(RecordKey),
}

/// One person to be written.
#[derive(Clone, PartialEq, Debug)]
pub struct PersonEdit {
    of: Of,
    current: Option<(DocId, RecordKey)>,
    fields: Personal<Vec<FieldChange>>,
}

impl PersonEdit {
    /// Hands what it says to a hasher.
    pub fn feed(&self, state: &mut impl Hasher) {
        let of = match &self.of {
            Of::Edit(number) => number.to_string(),
            Of::Record(key) => key.to_string(),
        };
        let current = self.current.as_ref().map(|(_, key)| key.to_string());
        (of, current, to_cbor(self.fields.expose())).hash(state);
    }
}

/// What an import would do to persons.
#[derive(Clone, PartialEq, Debug, Default, serde::Serialize)]
pub struct People {
    /// Persons that are not there yet.
    pub added: usize,
    /// Persons that would change.
    pub changed: usize,
    /// Persons who are there as they are told.
    pub unchanged: usize,
    /// Whether purpose, legal basis and end of retention have to be told before they can be written.
    pub needs_terms: bool,
    /// The edits that do it.
    #[serde(skip)]
    pub edits: Vec<PersonEdit>,
    /// Who has been met in the file, by organisation and folded name.
    #[serde(skip)]
    met: Personal<BTreeSet<(Of, String)>>,
}

/// The persons for whom this partner is answerable, by organisation and name.
#[derive(Default)]
pub struct Known<'a>(Personal<HashMap<(String, String), &'a Row>>);

impl<'a> Known<'a> {
    /// Of their rows.
    pub fn of(rows: &'a [Row]) -> Self {
        let key = |row: &'a Row| {
            let one = |field: &str| texts(row, field).first().copied().unwrap_or_default().to_owned();
            ((one("organisation"), fold_words(&format!("{} {}", one("given_name"), one("family_name")))), row)
        };
        Self(Personal::new(rows.iter().map(key).collect()))
    }
}

/// A contact person of a row.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Contact {
    fields: Personal<Vec<(&'static str, String)>>,
}

impl Contact {
    /// Reads the cells of a row, by part; `None` where all are empty.
    ///
    /// # Errors
    /// What is wrong, without anything of the person.
    pub fn read(cells: &[(&'static str, &str)]) -> Result<Option<Self>, String> {
        let part =
            |name: &str| cells.iter().find(|(part, text)| *part == name && !text.is_empty()).map(|(_, text)| *text);
        if cells.iter().all(|(_, text)| text.is_empty()) {
            return Ok(None);
        }
        let names = match (part("given_name"), part("family_name"), part("name")) {
            (Some(given), Some(family), _) => Some((given.to_owned(), family.to_owned())),
            (.., Some(name)) => divided(name),
            _ => None,
        };
        let (given, family) = names.ok_or("names no person by given and family name")?;
        let rest = ["role", "email", "phone"].into_iter().filter_map(|name| Some((name, part(name)?.to_owned())));
        let fields = [("given_name", given), ("family_name", family)].into_iter().chain(rest).collect();
        Ok(Some(Self { fields: Personal::new(fields) }))
    }

    /// The person's names, to be looked for in addresses.
    pub fn names(&self) -> Vec<&str> {
        let fields = self.fields.expose().iter();
        fields.filter(|(name, _)| name.ends_with("_name")).map(|(_, text)| text.as_str()).collect()
    }

    fn changes(&self) -> Result<Vec<FieldChange>, (&'static str, String)> {
        let mut out = Vec::new();
        for (name, text) in self.fields.expose() {
            let parsed = schema::parse_field(&PERSON, name, &json!(text), None);
            // The reason alone: the value is a person's.
            out.extend(parsed.map_err(|error| (*name, error.reason))?);
        }
        Ok(out)
    }
}

impl People {
    /// Adds the person of a row to the plan.
    ///
    /// # Errors
    /// The part and what is wrong with it.
    pub fn add(&mut self, contact: &Contact, of: &Of, known: &Known<'_>) -> Result<(), (&'static str, String)> {
        let mut fields = contact.changes()?;
        let name = fold_words(&contact.names().join(" "));
        let mut met = std::mem::take(&mut self.met).into_inner();
        let is_new = met.insert((of.clone(), name.clone()));
        self.met = Personal::new(met);
        if !is_new {
            return Ok(());
        }
        let current = match of {
            Of::Record(key) => known.0.expose().get(&(key.to_string(), name)).copied(),
            Of::Edit(_) => None,
        };
        if let Some(row) = current {
            // Case and accents of a name make no other person, and are corrected by hand.
            fields.retain(|change| !change.key.ends_with("_name") && super::plan::differs(row, change));
        }
        match (current, fields.is_empty()) {
            (Some(_), true) => self.unchanged += 1,
            (Some(row), false) => {
                self.changed += 1;
                let current = Some((row.doc, row.key.clone()));
                self.edits.push(PersonEdit { of: of.clone(), current, fields: Personal::new(fields) });
            }
            (None, _) => {
                self.added += 1;
                self.edits.push(PersonEdit { of: of.clone(), current: None, fields: Personal::new(fields) });
            }
        }
        Ok(())
    }
}

/// Writes one person; `written` are the records of the plan's edits, in order.
///
/// # Errors
/// [`CommandError`].
pub async fn write(
    node: &NodeHandle,
    person: PersonEdit,
    written: &[RecordKey],
    terms: Option<&Terms>,
) -> Result<(), CommandError> {
    let mut fields = person.fields.into_inner();
    let command = match person.current {
        Some((doc, key)) => {
            Command::Edit(vec![Edit { target: Target::Record { doc, key }, changes: fields, if_version: None }])
        }
        None => {
            let terms =
                terms.ok_or_else(|| CommandError::Invalid("purpose, legal basis and retention are missing".into()))?;
            let organisation = match &person.of {
                Of::Record(key) => Some(key),
                Of::Edit(n) => written.get(*n),
            };
            fields.extend(organisation.map(|key| FieldChange::put("organisation", key.to_string())));
            fields.extend(terms.fields.expose().iter().cloned());
            Command::AddPerson { readers: terms.readers.clone(), fields: Personal::new(fields) }
        }
    };
    match node.command(command).await? {
        Reply::Edited(_) => Ok(()),
        _ => Err(CommandError::Stopped("unexpected reply".into())),
    }
}

/// Given and family name of one text: by comma, by capitals, by a particle, by what is a given name, else the last word.
fn divided(name: &str) -> Option<(String, String)> {
    if let Some((family, given)) = name.split_once(',') {
        let (family, given) = (family.trim(), given.trim());
        return (!family.is_empty() && !given.is_empty()).then(|| (given.to_owned(), family.to_owned()));
    }
    let is_title = |word: &&str| TITLES.contains(&fold_words(word).replace(' ', "").as_str());
    let words: Vec<&str> = name.split_whitespace().skip_while(is_title).collect();
    let last = words.len().checked_sub(1).filter(|last| *last > 0)?;
    let is_capital = |word: &&str| word.chars().count() > 1 && word.chars().all(|c| !c.is_lowercase());
    let (capital, plain): (Vec<&str>, Vec<&str>) = words.iter().copied().partition(is_capital);
    if !capital.is_empty() && !plain.is_empty() {
        return Some((plain.join(" "), capital.join(" ")));
    }
    let particle =
        words.iter().skip(1).position(|word| PARTICLES.contains(&fold_words(word).as_str())).map(|at| at + 1);
    let is_given = |at: usize| words.get(at).is_some_and(|word| is_given_name(&fold_words(word)));
    let at = match particle.filter(|at| *at < last) {
        Some(at) => at,
        // Family name first, as on lists.
        None if is_given(last) && !is_given(0) => {
            let (family, given) = words.split_at(last);
            return Some((given.join(" "), family.join(" ")));
        }
        None => last,
    };
    let (given, family) = words.split_at(at);
    Some((given.join(" "), family.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_divided_as_people_write_them() {
        for (text, given, family) in [
            ("Maria Rossi", "Maria", "Rossi"),
            ("Rossi Maria", "Maria", "Rossi"),
            ("Rossi, Maria Grazia", "Maria Grazia", "Rossi"),
            ("ROSSI Maria", "Maria", "ROSSI"),
            ("dott.ssa Maria De Luca", "Maria", "De Luca"),
            ("Jean de la Tour", "Jean", "de la Tour"),
            ("mag. Mojca Novak", "Mojca", "Novak"),
            ("Zlatogora Lunavena", "Zlatogora", "Lunavena"),
        ] {
            assert_eq!(divided(text), Some((given.into(), family.into())), "{text}");
        }
        assert_eq!(
            (divided("Segreteria"), divided(""), divided("Dott. Rossi")),
            (None, None, None),
            "one word is no person"
        );
    }

    #[test]
    fn what_is_wrong_tells_nothing_of_the_person() {
        let wrong = Contact::read(&[("name", "Zlatogora"), ("email", "")]).err().expect("refused");
        assert!(!wrong.contains("Zlatogora"), "the name is not repeated: {wrong}");
        let contact =
            Contact::read(&[("name", "Ada Zlatogora"), ("email", "zlatogora at x")]).ok().flatten().expect("a person");
        let (part, reason) = contact.changes().expect_err("no address");
        assert!(part == "email" && !reason.contains("zlatogora"), "nor the address: {reason}");
        assert!(matches!(Contact::read(&[("name", ""), ("email", "")]), Ok(None)), "an empty row has nobody");
    }
}
