//! Export: what this node reads, in the forms that other programs take. One file for each form; each is a pure
//! function from entries to bytes, in pieces as they come where the form allows it.
//!
//! | form | holds | given away as it comes |
//! |---|---|---|
//! | `json` | everything: each register's values, who made them, conflicts | yes |
//! | `csv` | one kind, a line for each record and register; imports again | no: its columns are known at the end |
//! | `xlsx` | a sheet for each kind, with labels and names for people | no |
//! | `geojson` | what has a position | yes |
//! | `graphml` | records as nodes, links and references as edges | no: an edge needs both its ends |
//! | `ics` | events that have a time | yes |
//! | `vcf` | the persons that this node reads | yes |
//!
//! *Invariant:* persons are in none of them but `vcf`; a public export passes [`public::cut`], and nothing else
//! decides what is in it.

mod content_lines;
mod csv;
mod geojson;
mod graphml;
mod ics;
mod json;
pub mod public;
mod vcf;
mod xlsx;

use crate::i18n::Lang;
use crate::store::{Store, StoreError};
use crate::views::{Filter, Group, Reader, Titles, Version, scan_groups};
use comin_protocol::ids::{DeviceKey, DocId, PartnerId, RecordKey};
use comin_protocol::record::Row;
use comin_protocol::roster::Roster;

pub use vcf::vcard;

/// The forms that are made of records. Automerge saves are made of documents, elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// JSON, for programs.
    Json,
    /// Comma-separated values, one kind.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// GeoJSON (RFC 7946).
    GeoJson,
    /// GraphML.
    GraphMl,
    /// iCalendar (RFC 5545).
    Ics,
    /// vCard 4.0 (RFC 6350).
    Vcf,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Json, Self::Csv, Self::Xlsx, Self::GeoJson, Self::GraphMl, Self::Ics, Self::Vcf];

    /// The word for it, which is also how its files end.
    pub fn code(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::GeoJson => "geojson",
            Self::GraphMl => "graphml",
            Self::Ics => "ics",
            Self::Vcf => "vcf",
        }
    }

    /// The form that a word means.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::GeoJson => "application/geo+json",
            Self::GraphMl => "application/graphml+xml",
            Self::Ics => "text/calendar; charset=utf-8",
            Self::Vcf => "text/vcard; charset=utf-8",
        }
    }

    /// Whether it holds all that there is, deleted records included, so that it can be brought in again.
    fn is_complete(self) -> bool {
        matches!(self, Self::Json | Self::Csv)
    }

    /// Whether records that are referred to are called by name in it.
    fn has_names(self) -> bool {
        matches!(self, Self::Xlsx | Self::Ics | Self::Vcf)
    }
}

/// What an export is about.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The form.
    pub format: Format,
    /// Kind and register, if not all.
    pub filter: Filter,
    /// Only what is for the public.
    pub public: bool,
    /// Records that are referred to are called by name where a form has their ids otherwise: ids are given anew on another
    /// machine.
    pub names: bool,
    /// The language of labels, and of titles where there is only one.
    pub lang: Lang,
}

impl Selection {
    /// What `format` holds of the records that `filter` names.
    pub fn new(format: Format, filter: Filter, public: bool, lang: Lang) -> Self {
        let deleted = format.is_complete() && !public;
        let kind = if format == Format::Ics { Some("event".to_owned()) } else { filter.kind };
        Self { format, filter: Filter { kind, deleted, ..filter }, public, names: false, lang }
    }
}

/// A record as it is exported.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The record with its values per register; at least one.
    pub group: Group,
    /// What the records are called to which it refers; empty for forms that do not ask.
    pub titles: Titles,
}

impl Entry {
    /// The values that stand for the record where there can be only one: this partner's own, else what it may
    /// write, else the first.
    fn shown(&self) -> Option<&Version> {
        self.group.versions.first()
    }
}

/// What does not fit into a form.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// More than it has room for.
    #[error("a {form} file has no room for this: {what}")]
    TooMuch {
        /// The form's name.
        form: &'static str,
        /// What the library says.
        what: String,
    },
}

/// Makes a file of entries. Whatever is appended to `out` can be given away at once.
pub trait Writer: Send {
    /// What stands before the first entry.
    fn begin(&mut self, out: &mut Vec<u8>);

    /// One entry.
    ///
    /// # Errors
    /// [`ExportError`]: the file cannot be made.
    fn add(&mut self, entry: &Entry, out: &mut Vec<u8>) -> Result<(), ExportError>;

    /// What stands behind the last entry.
    ///
    /// # Errors
    /// [`ExportError`]: the file cannot be made.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError>;
}

/// The writer of a form.
pub fn writer(selection: &Selection) -> Box<dyn Writer> {
    match selection.format {
        Format::Json => Box::new(json::Json::new(selection.public)),
        Format::Csv => Box::new(csv::Csv::default()),
        Format::Xlsx => Box::new(xlsx::Xlsx::new(selection.lang)),
        Format::GeoJson => Box::new(geojson::GeoJson::default()),
        Format::GraphMl => Box::new(graphml::GraphMl::default()),
        Format::Ics => Box::new(ics::Ics::new(selection.lang)),
        Format::Vcf => Box::new(vcf::Vcf),
    }
}

/// Up to `limit` records in order of ids after `after`, and where to go on. Blocks.
///
/// # Errors
/// [`StoreError`].
pub fn page(
    store: &dyn Store,
    roster: &Roster,
    own: (PartnerId, DeviceKey),
    selection: &Selection,
    after: Option<RecordKey>,
    limit: usize,
) -> Result<(Vec<Entry>, Option<RecordKey>), StoreError> {
    let reader = Reader::new(store, roster, own, selection.lang);
    if selection.format == Format::Vcf {
        let persons = readable_persons(store, roster)?.into_iter().map(|row| vec![row]);
        return Ok((entries(&reader, selection, persons)?, None));
    }
    let (found, next) = scan_groups(store, &selection.filter, after, limit)?;
    Ok((entries(&reader, selection, found.into_iter())?, next))
}

fn entries(
    reader: &Reader<'_>,
    selection: &Selection,
    records: impl Iterator<Item = Vec<Row>>,
) -> Result<Vec<Entry>, StoreError> {
    let mut out = Vec::new();
    for mut rows in records {
        rows.retain(|row| selection.filter.register.is_none_or(|register| register == row.doc.register));
        if !selection.format.is_complete() {
            rows.retain(Row::is_listed);
        }
        if selection.public {
            rows = public::cut(reader.store, reader.roster, rows)?;
        }
        let titles = match selection.format.has_names() || selection.names {
            true => reader.titles(&rows.iter().collect::<Vec<_>>())?,
            false => Titles::new(),
        };
        if let Some(mut group) = reader.group(rows)? {
            if selection.public {
                public::name_registers(reader.roster, &mut group);
            }
            out.push(Entry { group, titles });
        }
    }
    Ok(out)
}

/// The persons that this node reads, by id.
///
/// # Errors
/// [`StoreError`].
pub fn readable_persons(store: &dyn Store, roster: &Roster) -> Result<Vec<Row>, StoreError> {
    let row = |register| store.row(&RecordKey::person(register), &DocId::person(*register)).transpose();
    roster.persons.keys().filter_map(row).collect()
}
