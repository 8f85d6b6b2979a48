//! CSV: one kind, a line for each record and register, a column for each field (translated ones: for each language).

use super::{Entry, ExportError, Writer};
use crate::cells;
use crate::views::{Titles, to_columns, words};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema::{self, FieldType};
use std::collections::BTreeMap;

/// Gathers the lines: which columns there are is known at the end.
#[derive(Default)]
pub struct Csv {
    /// Column → its number, in the order in which they turned up.
    columns: BTreeMap<String, usize>,
    lines: Vec<Line>,
}

/// Id, register, and the cells that say something, by the number of their column.
type Line = (String, String, Vec<(usize, String)>);

impl Writer for Csv {
    fn begin(&mut self, _: &mut Vec<u8>) {}

    fn add(&mut self, entry: &Entry, _: &mut Vec<u8>) -> Result<(), ExportError> {
        for version in &entry.group.versions {
            let mut cells = Vec::new();
            for (name, text) in to_columns(&version.row) {
                let text = names_of(&version.row, &name, &entry.titles).unwrap_or(text);
                let next = self.columns.len();
                cells.push((*self.columns.entry(name).or_insert(next), text));
            }
            self.lines.push((version.row.key.to_string(), version.register_name.clone(), cells));
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        let failed = |error: ::csv::Error| ExportError::TooMuch { form: "csv", what: error.to_string() };
        let mut writer = ::csv::Writer::from_writer(out);
        // Proposals have a field of that name.
        let register = if self.columns.contains_key("register") { "register_name" } else { "register" };
        let header = ["id", register].into_iter().chain(self.columns.keys().map(String::as_str));
        writer.write_record(header.map(|name| cells::guarded(name).into_owned())).map_err(failed)?;
        for (id, register, filled) in std::mem::take(&mut self.lines) {
            let mut texts = vec![""; self.columns.len()];
            for (number, text) in &filled {
                texts[*number] = text; // INVARIANT: numbers are given out from 0, one for each column.
            }
            let cells = self.columns.values().map(|number| texts[*number]); // INVARIANT: as above.
            let line = [id.as_str(), register.as_str()].into_iter().chain(cells);
            writer.write_record(line.map(|text| cells::guarded(text).into_owned())).map_err(failed)?;
        }
        writer.flush().map_err(|error| ExportError::TooMuch { form: "csv", what: error.to_string() })
    }
}

/// What the records are called that a cell refers to, where names are asked for and an import can find them by these.
fn names_of(row: &Row, field: &str, titles: &Titles) -> Option<String> {
    let field = schema::kind(&row.key.kind)?.field(field).filter(|_| !titles.is_empty())?;
    let (FieldType::Reference(kinds) | FieldType::References(kinds)) = field.field_type else { return None };
    let is_called = |kind: &&str| schema::kind(kind).is_some_and(|kind| !kind.title.is_empty());
    if kinds.is_empty() || !kinds.iter().all(is_called) {
        return None;
    }
    let name = |text: String| match RecordKey::parse(&text).and_then(|key| titles.get(&key)) {
        Some(title) => title.clone(),
        None => text,
    };
    let names: Vec<String> = words(row, field.name).into_iter().map(name).collect();
    Some(if field.is_set() { cells::joined(&names) } else { names.concat() })
}
