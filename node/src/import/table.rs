//! The file as a table, whatever its form: where the header is, what the columns are called, the rows below.

use super::{RowError, json, text, xlsx};
use crate::limits::{IMPORT_COLUMNS_MAX, IMPORT_ROWS_MAX};
use serde_json::Value;

/// Rows at the beginning of a file among which its header is looked for: titles, dates and logos stand above it.
pub const HEAD_ROWS: usize = 25;

/// The cells of a file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    /// What the columns are called, each once; `column 3` for one without a name.
    pub columns: Vec<String>,
    /// The rows below, without those that are all empty.
    pub rows: Vec<TableRow>,
    /// How the file was read.
    pub source: Source,
    /// Records of the file that have an id, with what they are called: cells of other records may refer to them.
    pub named: Vec<Named>,
}

/// A row.
#[derive(Clone, PartialEq, Debug)]
pub struct TableRow {
    /// The line of the file on which it begins, or its row in a sheet.
    pub line: u64,
    /// Its cells; as many as there are columns.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text without blanks around it.
    Text(String),
    /// A value of a JSON record.
    Json(Box<Value>),
}

/// How a file was read, for whoever wonders what became of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Source {
    /// `csv`, `xlsx` or `json`.
    pub form: &'static str,
    /// The encoding of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    /// What divides the cells of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The line or row of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u64>,
}

/// A record of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// Its id in the file.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What it is called, in each language.
    pub names: Vec<String>,
    /// Of a kind without names: the texts of the fields that it cannot do without, in their order.
    pub key: Vec<String>,
}

/// How a file is to be read.
pub struct Reading<'a> {
    /// The kind of its records.
    pub kind: &'static str,
    /// The encoding, where it is not to be found out.
    pub encoding: Option<&'a str>,
    /// The sheet of a workbook, where it is not to be found out.
    pub sheet: Option<&'a str>,
    /// The register that is written: of the values of a JSON record those that lie there are taken.
    pub register: String,
    /// How sure it is that a cell is a column's heading: 0 for not at all.
    pub score: &'a dyn Fn(&str) -> usize,
}

/// Rows as they lie in a file, each with its line.
pub type Grid = Vec<(u64, Vec<String>)>;

/// Reads a file.
///
/// # Errors
/// The first thing that keeps it from being a table.
pub fn read(file: &[u8], reading: &Reading<'_>) -> Result<Table, RowError> {
    if xlsx::is_xlsx(file) {
        return xlsx::read(file, reading);
    }
    let (text, encoding) = text::decode(file, reading.encoding)?;
    match text.trim_start().starts_with(['{', '[']) {
        true => json::read(&text, reading),
        false => text::read(&text, encoding, reading),
    }
}

/// A fault of the whole file, or of one of its rows.
pub fn whole(row: u64, reason: impl Into<String>) -> RowError {
    RowError { row, column: String::new(), reason: reason.into(), text: None }
}

/// The row of the first rows that is most like a header, with how like it is. Of equals the last: labels may stand
/// above the names of fields.
pub fn header(rows: &[(u64, Vec<String>)], score: &dyn Fn(&str) -> usize) -> (usize, usize) {
    let sums = rows.iter().take(HEAD_ROWS).map(|(_, cells)| cells.iter().map(|cell| score(cell)).sum::<usize>());
    let best = sums.enumerate().max_by_key(|(n, sum)| (*sum, *n)).filter(|(_, sum)| *sum > 0);
    let first = || rows.iter().position(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())).unwrap_or(0);
    best.unwrap_or_else(|| (first(), 0))
}

/// The header's row; where no heading is known, the first that has more than a title's one cell.
pub fn header_row(rows: &[(u64, Vec<String>)], score: &dyn Fn(&str) -> usize) -> usize {
    let filled = |(_, cells): &(u64, Vec<String>)| cells.iter().filter(|cell| !cell.is_empty()).count();
    match header(rows, score) {
        (first, 0) => rows.iter().take(HEAD_ROWS).position(|row| filled(row) > 1).unwrap_or(first),
        (at, _) => at,
    }
}

/// Divides rows into header and body.
///
/// # Errors
/// No header, too many columns or rows, or a row of more cells than there are columns.
pub fn from_grid(grid: Grid, source: Source, score: &dyn Fn(&str) -> usize) -> Result<Table, RowError> {
    let at = header_row(&grid, score);
    let mut rows = grid.into_iter().skip(at);
    let (line, names) = rows
        .next()
        .filter(|(_, names)| names.iter().any(|name| !name.is_empty()))
        .ok_or_else(|| whole(1, "the file is empty"))?;
    let columns = columns(names).map_err(|reason| whole(line, reason))?;
    let mut table = Table { columns, source: Source { header_row: Some(line), ..source }, ..Table::default() };
    for (line, cells) in rows.filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())) {
        let (have, want) = (cells.len(), table.columns.len());
        if cells.iter().skip(want).any(|cell| !cell.is_empty()) {
            return Err(whole(line, format!("has {have} cells and there are {want} columns; is a quote missing?")));
        }
        let mut cells = cells.into_iter().map(|cell| if cell.is_empty() { Cell::Empty } else { Cell::Text(cell) });
        let cells = (0..want).map(|_| cells.next().unwrap_or_default()).collect();
        table.push(TableRow { line, cells })?;
    }
    Ok(table)
}

impl Table {
    /// One more row.
    pub(super) fn push(&mut self, row: TableRow) -> Result<(), RowError> {
        if self.rows.len() >= IMPORT_ROWS_MAX {
            return Err(whole(row.line, format!("more than {IMPORT_ROWS_MAX} rows; divide the file")));
        }
        self.rows.push(row);
        Ok(())
    }
}

/// The names of columns, each once.
fn columns(names: Vec<String>) -> Result<Vec<String>, String> {
    let used = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    // Sheets may have something beyond the last name; it is told by its place.
    let names: Vec<String> = match names.len() > IMPORT_COLUMNS_MAX {
        true => names.into_iter().take(used).collect(),
        false => names,
    };
    if names.len() > IMPORT_COLUMNS_MAX {
        return Err("has too many columns".to_owned());
    }
    let mut out: Vec<String> = Vec::new();
    for (n, name) in names.into_iter().enumerate() {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let base = if name.is_empty() { format!("column {}", n + 1) } else { name };
        let mut unique = base.clone();
        for again in 2.. {
            if !out.contains(&unique) {
                break;
            }
            unique = format!("{base} ({again})");
        }
        out.push(unique);
    }
    Ok(out)
}
