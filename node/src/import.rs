//! Import of records from a table: CSV in the encodings and with the delimiters of our countries, the sheet of a workbook,
//! or JSON, one record on each line or as `export` writes it.
//!
//! All rows are read and checked before anything is written, then written in slices, each whole or not at all. An
//! import that ends in between is completed by a second run. A row without id belongs to the record of the
//! target register with the same key, which is name and city unless the mapping says otherwise; so a second run of one
//! file changes nothing. An empty cell says nothing: it never clears a value.

mod edits;
mod existing;
mod headings;
mod json;
pub mod mailbox;
mod mapping;
mod people;
mod places;
mod plan;
pub(crate) mod similar;
mod table;
mod text;
mod values;
mod xlsx;

use crate::i18n::Lang;
use crate::limits::IMPORT_ERRORS_LISTED;
use crate::runtime::NodeHandle;
use crate::store::{Store, StoreError};
use comin_protocol::engine::{Command, CommandError, Edit, Reply};
use comin_protocol::ids::{DocId, PartnerId, RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::roster::Roster;
use comin_protocol::schema::Kind;
use plan::Stock;
use std::cell::RefCell;
use std::collections::HashMap;
use table::Reading;

pub use edits::Edits;
pub use mapping::{Mapping, PERSON_PARTS, WITH_PERSONS, Wishes, Written, mapping_file};
pub use people::{People, PersonEdit, Terms, write as write_person};
pub use plan::{Change, Plan};

pub use crate::limits::IMPORT_BYTES_MAX;

/// A value that cannot be taken.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct RowError {
    /// The line of the file on which the row begins, or its row in a sheet; 0 where the whole file is meant.
    pub row: u64,
    /// The column's heading; empty where the whole row is meant.
    pub column: String,
    /// What is wrong and what would be right.
    pub reason: String,
    /// The same in the reader's language, where there are words for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Why nothing, or not everything, was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be taken; nothing was written.
    #[error("{total} values cannot be taken")]
    Rows {
        /// The first of them, in order.
        errors: Vec<RowError>,
        /// How many there are.
        total: usize,
        /// Which column was taken for what, as far as that is known.
        mapping: Option<Box<Mapping>>,
    },
    /// The file names contact persons, and it was not told why and for how long they may be kept; nothing was written.
    #[error("the file names {persons} contact persons, and it is not told why and for how long they may be kept")]
    Terms {
        /// Persons that would be added.
        persons: usize,
    },
    /// The store cannot be read; nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Writing was refused part of the way. The same import again goes on from there.
    #[error("after {written} of {total} records: {cause}")]
    Refused {
        /// Records written.
        written: usize,
        /// Records to write.
        total: usize,
        /// Why.
        cause: CommandError,
    },
}

/// Values that cannot be taken: so many are listed, all are counted.
#[derive(Debug, Default)]
struct Refusals {
    listed: Vec<RowError>,
    total: usize,
}

impl Refusals {
    fn push(&mut self, error: RowError) {
        self.total += 1;
        if self.listed.len() < IMPORT_ERRORS_LISTED {
            self.listed.push(error);
        }
    }

    fn into_error(self, mapping: Option<Mapping>) -> ImportError {
        ImportError::Rows { errors: self.listed, total: self.total, mapping: mapping.map(Box::new) }
    }
}

impl From<Vec<RowError>> for Refusals {
    fn from(errors: Vec<RowError>) -> Self {
        let mut out = Self::default();
        errors.into_iter().for_each(|error| out.push(error));
        out
    }
}

/// What an import is about.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The kind of its records.
    pub kind: &'static Kind,
    /// The register that is written.
    pub register: RegisterId,
    /// This partner, which is answerable for the contact persons.
    pub partner: PartnerId,
}

/// How an import is to be done.
#[derive(Clone, Debug)]
pub struct Options {
    /// The language of the reader, in which refusals are told.
    pub lang: Lang,
    /// The language of texts whose column names none, one of `schema::LANGUAGES`.
    pub language: &'static str,
    /// Which column goes where.
    pub wishes: Wishes,
    /// The encoding of a text; found out where it is not told.
    pub encoding: Option<String>,
    /// The sheet of a workbook; found out where it is not told.
    pub sheet: Option<String>,
    /// Whether positions are filled in from city and country.
    pub positions: bool,
    /// What becomes of e-mail addresses that look like a person's.
    pub personal_email: PersonalEmail,
    /// What becomes of contact persons.
    pub persons: Persons,
}

/// What becomes of e-mail addresses that look like a person's and are to go into a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonalEmail {
    /// The file is refused.
    #[default]
    Refuse,
    /// They are left out.
    Leave,
    /// They are taken.
    Allow,
}

/// What becomes of contact persons.
#[derive(Clone, Debug)]
pub enum Persons {
    /// Nothing has been told: the file is refused if it would add any.
    Ask,
    /// They are made, on these terms.
    Take(Terms),
    /// Their columns are not taken.
    Leave,
}

/// Reads and checks a file against what the register holds.
///
/// # Errors
/// [`ImportError::Rows`] with every value that cannot be taken; [`ImportError::Store`].
pub async fn plan(
    node: &NodeHandle,
    target: Target,
    options: Options,
    file: impl AsRef<[u8]> + Send + 'static,
) -> Result<Plan, ImportError> {
    let roster = node.roster();
    let planned = node.read(move |store| {
        let (mapping, table) = match read(&target, &options, file.as_ref()) {
            Ok(read) => read,
            Err(refused) => return Ok(Err(refused.into_error(None))),
        };
        drop(file);
        let persons = persons(store, &roster, &target.partner)?;
        let made = plan::make(&target, &options, &mapping, table, &Stock { store, persons: &persons })?;
        Ok(made.map_err(|refused| refused.into_error(Some(mapping))))
    });
    planned.await?
}

/// The file as a table, and which column goes where.
fn read(target: &Target, options: &Options, file: &[u8]) -> Result<(Mapping, table::Table), Refusals> {
    // Each heading is asked about under every delimiter, and the dearest answer is that it is none.
    let known: RefCell<HashMap<String, usize>> = RefCell::default();
    let score = |cell: &str| {
        if let Some(score) = known.borrow().get(cell) {
            return *score;
        }
        let score = mapping::score(target.kind, &options.wishes, cell);
        known.borrow_mut().insert(cell.to_owned(), score);
        score
    };
    let reading = Reading {
        kind: target.kind.name,
        encoding: options.encoding.as_deref(),
        sheet: options.sheet.as_deref(),
        register: target.register.to_string(),
        score: &score,
    };
    let table = table::read(file, &reading).map_err(|error| Refusals::from(vec![error]))?;
    let mapping = Mapping::of(target.kind, &table, &options.wishes, options.language)?;
    Ok((mapping, table))
}

/// The persons for whom a partner is answerable.
fn persons(store: &dyn Store, roster: &Roster, partner: &PartnerId) -> Result<Vec<Row>, StoreError> {
    let own = roster.persons.iter().filter(|(_, facts)| facts.controller == *partner);
    let rows = own.map(|(register, _)| store.row(&RecordKey::person(register), &DocId::person(*register)));
    rows.filter_map(Result::transpose).collect()
}

/// Writes some edits of a plan, whole or not at all; `written` of `total` are written already. Between two slices
/// the engine takes what people enter meanwhile.
///
/// # Errors
/// [`ImportError::Refused`].
pub async fn write(
    node: &NodeHandle,
    slice: Vec<Edit>,
    (written, total): (usize, usize),
) -> Result<Vec<Row>, ImportError> {
    let refused = |cause| ImportError::Refused { written, total, cause };
    match node.command(Command::Edit(slice)).await {
        Ok(Reply::Edited(rows)) => Ok(rows),
        Ok(other) => Err(refused(CommandError::Stopped(format!("unexpected reply {other:?}")))),
        Err(cause) => Err(refused(cause)),
    }
}

#[cfg(test)]
mod tests;
