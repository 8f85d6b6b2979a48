//! Records as JSON: one on each line, an array of them, or what `export --format json` writes.
//!
//! A record is either flat (`{"name": "Alfa", "city": "Padova"}`), or it has `fields`, or, as in an export, `values` with
//! its fields in each register that holds it.

use super::RowError;
use super::existing::key_fields;
use super::table::{Cell, Named, Reading, Source, Table, TableRow, whole};
use crate::limits::IMPORT_COLUMNS_MAX;
use comin_protocol::schema::{self, Field};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Within so many bytes the records of an export begin.
const PREFIX_BYTES: usize = 256;

/// Reads records.
///
/// # Errors
/// The first thing that is no record.
pub fn read(text: &str, reading: &Reading<'_>) -> Result<Table, RowError> {
    let mut reader = Records { text, at: beginning(text), line: 1, counted: 0 };
    let mut maker = Maker { table: Table::default(), places: HashMap::new() };
    maker.table.source = Source { form: "json", ..Source::default() };
    while let Some((line, value)) = reader.next()? {
        let Value::Object(record) = value else { return Err(whole(line, "is no record: write {\"name\": …}")) };
        maker.record(line, record, reading)?;
    }
    let width = maker.table.columns.len();
    if width > IMPORT_COLUMNS_MAX {
        return Err(whole(1, "the records have too many fields"));
    }
    maker.table.rows.iter_mut().for_each(|row| row.cells.resize(width, Cell::Empty));
    Ok(maker.table)
}

/// Where the first record begins: behind the bracket of an array, alone or in an export's member `records`.
fn beginning(text: &str) -> usize {
    let start = text.len() - text.trim_start().len();
    let rest = text.get(start..).unwrap_or_default();
    if rest.starts_with('[') {
        return start + 1;
    }
    let Some(name) = rest.find("\"records\"").filter(|at| *at < PREFIX_BYTES) else { return start };
    let tail = rest.get(name + "\"records\"".len()..).unwrap_or_default();
    let bracket = tail.trim_start().strip_prefix(':').map(str::trim_start).filter(|tail| tail.starts_with('['));
    bracket.map_or(start, |tail| text.len() - tail.len() + 1)
}

/// The values of a text one by one, so that only one is in memory as a tree.
struct Records<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    counted: usize,
}

impl Records<'_> {
    fn next(&mut self) -> Result<Option<(u64, Value)>, RowError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let value = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        self.at = self.text.len() - value.len();
        let passed = self.text.get(self.counted..self.at).unwrap_or_default();
        self.line += passed.matches('\n').count() as u64;
        self.counted = self.at;
        if value.is_empty() || value.starts_with(']') {
            return Ok(None);
        }
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<Value>();
        let read = values.next().unwrap_or(Ok(Value::Null));
        self.at += values.byte_offset();
        // The parser's own line counts from the record's first.
        read.map(|value| Some((self.line, value))).map_err(|error| {
            whole(self.line + (error.line() as u64).saturating_sub(1), "is no JSON, or the file ends within it")
        })
    }
}

struct Maker {
    table: Table,
    places: HashMap<String, usize>,
}

impl Maker {
    fn record(&mut self, line: u64, mut record: Map<String, Value>, reading: &Reading<'_>) -> Result<(), RowError> {
        let kind = record.get("kind").and_then(Value::as_str).map(str::to_owned);
        let exported = matches!(record.get("values"), Some(Value::Array(_)));
        let nested = exported || matches!(record.get("fields"), Some(Value::Object(_)));
        let id = record.get("id").and_then(Value::as_str).map(str::to_owned);
        let fields = match nested {
            true => fields(&mut record, exported, &reading.register),
            false => record,
        };
        if let Some(id) = &id {
            let kind = kind.clone().unwrap_or_else(|| reading.kind.to_owned());
            let (mut names, mut key) = (Vec::new(), Vec::new());
            if let Some(kind) = schema::kind(&kind) {
                names = texts(fields.get(kind.title));
                let text = |field: &Field| fields.get(field.name).map(text).unwrap_or_default();
                key.extend(key_fields(kind).map(text).filter(|_| kind.title.is_empty()));
            }
            self.table.named.push(Named { id: id.clone(), kind, names, key });
        }
        if kind.is_some_and(|kind| kind != reading.kind) {
            return Ok(());
        }
        let id = id.filter(|_| nested).map(|id| ("id".to_owned(), Value::String(id)));
        let mut row = TableRow { line, cells: vec![Cell::Empty; self.table.columns.len()] };
        for (name, value) in id.into_iter().chain(fields) {
            if value.is_null() || matches!(name.as_str(), "kind" | "_invalid" | "_meta") {
                continue;
            }
            let place = self.place(name);
            row.cells.resize(row.cells.len().max(place + 1), Cell::Empty);
            if let Some(cell) = row.cells.get_mut(place) {
                *cell = match value {
                    Value::String(text) if text.trim().is_empty() => Cell::Empty,
                    Value::String(text) => Cell::Text(text.trim().to_owned()),
                    value => Cell::Json(Box::new(value)),
                };
            }
        }
        self.table.push(row)
    }

    fn place(&mut self, name: String) -> usize {
        if let Some(place) = self.places.get(&name) {
            return *place;
        }
        let place = self.table.columns.len();
        self.table.columns.push(name.clone());
        self.places.insert(name, place);
        place
    }
}

/// The fields of a record: of an exported one those in the register that is written, else the first.
fn fields(record: &mut Map<String, Value>, exported: bool, register: &str) -> Map<String, Value> {
    let mut version = match exported.then(|| record.remove("values")).flatten() {
        Some(Value::Array(mut versions)) => {
            let ours = |version: &Value| version.get("register").and_then(Value::as_str) == Some(register);
            let at = versions.iter().position(ours).unwrap_or(0);
            if versions.is_empty() { Value::Null } else { versions.swap_remove(at) }
        }
        _ => Value::Object(std::mem::take(record)),
    };
    match version.get_mut("fields").map(Value::take) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// A value as one text.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The texts of a field, of a translated one in every language.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Object(texts)) => texts.values().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn table(text: &str) -> Result<Table, RowError> {
        let register = "aa".to_owned();
        read(text, &Reading { kind: "organisation", encoding: None, sheet: None, register, score: &|_| 0 })
    }

    #[test]
    fn lines_arrays_and_exports_are_the_same_records() {
        let rows = |text: &str| {
            let table = table(text).expect("records");
            let rows: Vec<_> = table.rows.iter().map(|row| (row.line, row.cells.clone())).collect();
            (table.columns, rows)
        };
        let (text, list) = (|t: &str| Cell::Text(t.to_owned()), |v: Value| Cell::Json(Box::new(v)));
        let lines = rows("{\"name\":\"Alfa\",\"city\":null}\n\n{\"languages\":[\"sl\"],\"name\":\" Beta \"}\n");
        let expected = vec![(1, vec![text("Alfa"), Cell::Empty]), (3, vec![text("Beta"), list(json!(["sl"]))])];
        assert_eq!(lines, (vec!["name".into(), "languages".into()], expected), "one on each line, blank ones between");
        let array = rows("[\n{\"name\":\"Alfa\"},\n{\"languages\":[\"sl\"],\"name\":\"Beta\"}\n]\n");
        assert_eq!(array.1.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 3], "an array, with its lines");
        assert_eq!(array.1[1].1, lines.1[1].1, "and the same cells");
    }

    #[test]
    fn of_an_export_the_values_of_the_register_count() {
        let text = r#"{"schema":1,"records":[
{"id":"organisation:1","kind":"organisation","values":[{"register":"bb","fields":{"name":"B"}},{"register":"aa","fields":{"name":"A","city":"X"}}]},
{"id":"network:2","kind":"network","values":[{"register":"aa","fields":{"name":{"it":"Rete","sl":"Mreža"}}}]}
]}
"#;
        let table = table(text).expect("an export");
        assert_eq!(table.columns, ["id", "name", "city"], "id and fields");
        assert_eq!(table.rows.len(), 1, "other kinds are no rows");
        assert_eq!(table.rows[0].cells[1], Cell::Text("A".into()), "the register's own values");
        let network = Named {
            id: "network:2".into(),
            kind: "network".into(),
            names: vec!["Rete".into(), "Mreža".into()],
            key: vec![],
        };
        assert_eq!(table.named[1], network, "and what other records are called is known");
    }

    #[test]
    fn half_a_file_is_refused_with_its_line() {
        let error = table("{\"name\":\"Alfa\"}\n{\"name\":\"Be").expect_err("refused");
        assert_eq!(error.row, 2, "the line is named: {error:?}");
        assert_eq!(table("{\"name\":\"Alfa\"}\n3\n").expect_err("refused").row, 2, "a number is no record");
    }
}
