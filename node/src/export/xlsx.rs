//! An Excel workbook: a sheet for each kind.
//!
//! # Shape
//! The first row holds the fields' labels in the chosen language, the second their names, by which an import knows
//! them. Columns without a name are for people: what the records are called that a reference points at, and a moment
//! range as start and end. Days are dates, whole numbers are numbers; everything else is text, so that a telephone
//! number stays one and nothing is taken for a formula.

use super::{Entry, ExportError, Writer};
use crate::cells;
use crate::i18n::Lang;
use crate::views::{Titles, field_label_in, kind_label, to_columns, to_json};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema::{self, Field, FieldType};
use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::collections::{BTreeMap, HashMap};

/// Longest text of a cell in UTF-16 units, as Excel has it.
const CELL_UNITS_MAX: usize = 32_767;
/// At the end of a text that is longer.
const CUT: &str = " […]";
/// Longest name of a sheet in characters.
const SHEET_NAME_CHARS_MAX: usize = 31;
/// The first year of which Excel has days.
const YEAR_MIN: i16 = 1900;
/// Width of a column in characters, by what it holds.
const WIDTHS: [(&str, f64); 3] = [("id", 14.0), ("register", 20.0), ("name", 40.0)];
/// Width of all others.
const WIDTH: f64 = 18.0;

/// A value as it lies in a cell.
enum Cell {
    Text(String),
    Number(i64),
    Flag(bool),
    Day(Date),
    Moment(DateTime),
}

/// A column: its field's flat name and what of it stands there, in the order of the schema.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    /// Place of the field in its kind; fields that this version does not know come last.
    place: usize,
    name: String,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    /// The value, which an import reads.
    Value,
    /// What the records are called that it points at.
    Titles,
    Start,
    End,
}

/// One line: id, register, and what it says in which column.
struct Line {
    id: String,
    register: String,
    cells: Vec<(Column, Cell)>,
}

/// Gathers lines by kind.
pub struct Xlsx {
    lang: Lang,
    kinds: BTreeMap<(usize, String), Vec<Line>>,
    /// The latest change of a record, in milliseconds since the Unix epoch.
    latest_ms: i64,
}

impl Xlsx {
    pub fn new(lang: Lang) -> Self {
        Self { lang, kinds: BTreeMap::new(), latest_ms: 0 }
    }
}

impl Writer for Xlsx {
    fn begin(&mut self, _: &mut Vec<u8>) {}

    fn add(&mut self, entry: &Entry, _: &mut Vec<u8>) -> Result<(), ExportError> {
        let kind = &entry.group.key.kind;
        let place = schema::KINDS.iter().position(|known| known.name == kind).unwrap_or(usize::MAX);
        for version in &entry.group.versions {
            let cells = cells_of(&version.row, &entry.titles);
            let (id, register) = (version.row.key.to_string(), version.register_name.clone());
            self.latest_ms = version.row.origins.iter().map(|o| o.time_ms).chain([self.latest_ms]).max().unwrap_or(0);
            self.kinds.entry((place, kind.clone())).or_default().push(Line { id, register, cells });
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        let written = self.workbook().and_then(|mut book| book.save_to_buffer());
        let bytes = written.map_err(|error| ExportError::TooMuch { form: "xlsx", what: error.to_string() })?;
        out.extend_from_slice(&bytes);
        Ok(())
    }
}

impl Xlsx {
    fn workbook(&mut self) -> Result<Workbook, XlsxError> {
        let mut book = Workbook::new();
        // Made when its data last changed: the same data gives the same file.
        let made = ExcelDateTime::from_timestamp(self.latest_ms / 1_000)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let mut taken: Vec<String> = Vec::new();
        for ((_, kind), lines) in std::mem::take(&mut self.kinds) {
            let label = sheet_name(&kind_label(self.lang, &kind));
            // Names of sheets are one without regard to case.
            let free = |name: &String| !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase());
            let number = taken.len() + 1;
            let name = [label, sheet_name(&kind)].into_iter().find(free).unwrap_or_else(|| format!("{number}"));
            let sheet = book.add_worksheet();
            sheet.set_name(&name)?;
            taken.push(name);
            fill(sheet, (self.lang, &kind), lines)?;
        }
        if taken.is_empty() {
            book.add_worksheet();
        }
        Ok(book)
    }
}

/// A name that a sheet may have.
fn sheet_name(label: &str) -> String {
    let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') && !c.is_control();
    let name: String = label.chars().filter(allowed).take(SHEET_NAME_CHARS_MAX).collect();
    if name.trim().is_empty() { "-".to_owned() } else { name }
}

fn fill(sheet: &mut Worksheet, (lang, kind): (Lang, &str), lines: Vec<Line>) -> Result<(), XlsxError> {
    let mut columns: Vec<Column> =
        lines.iter().flat_map(|line| &line.cells).map(|(column, _)| column.clone()).collect();
    columns.sort();
    columns.dedup();
    let places: HashMap<(&str, Part), u16> = columns.iter().map(|c| (c.name.as_str(), c.part)).zip(2..).collect();
    let bold = Format::new().set_bold();
    let names = Format::new().set_italic().set_font_color("#666666");
    let label = |column: &Column| {
        let label = field_label_in(lang, kind, &column.name);
        match column.part {
            Part::Value => label,
            Part::Titles => format!("{label}: {}", lang.text("export-column-title")),
            Part::Start => format!("{label}: {}", lang.text("export-column-start")),
            Part::End => format!("{label}: {}", lang.text("export-column-end")),
        }
    };
    let head = [
        ("id".to_owned(), lang.text("export-column-id")),
        ("register".to_owned(), lang.text("export-column-register")),
    ];
    let named = columns.iter().map(|column| {
        let name = if column.part == Part::Value { column.name.clone() } else { String::new() };
        (name, label(column))
    });
    let mut last = 0;
    for (n, (name, label)) in (0u16..).zip(head.into_iter().chain(named)) {
        put_text(sheet, 0, n, &label, &bold)?;
        if !name.is_empty() {
            put_text(sheet, 1, n, &name, &names)?;
        }
        let base = schema::base_of(&name);
        let width = WIDTHS.iter().find(|(field, _)| *field == base).map_or(WIDTH, |(_, width)| *width);
        sheet.set_column_width(n, width)?;
        last = n;
    }
    sheet.set_freeze_panes(2, 0)?;
    let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    sheet.autofilter(1, 0, 1u32.saturating_add(count), last)?;
    let forms = Forms::default();
    for (n, line) in (2u32..).zip(&lines) {
        put_text(sheet, n, 0, &line.id, &forms.plain)?;
        put_text(sheet, n, 1, &line.register, &forms.plain)?;
        for (column, cell) in &line.cells {
            let place = places.get(&(column.name.as_str(), column.part)).copied().unwrap_or_default();
            forms.put(sheet, n, place, cell)?;
        }
    }
    Ok(())
}

/// How cells look.
struct Forms {
    plain: Format,
    day: Format,
    moment: Format,
}

impl Default for Forms {
    fn default() -> Self {
        let number = |form: &str| Format::new().set_num_format(form);
        Self { plain: number("@"), day: number("yyyy-mm-dd"), moment: number("yyyy-mm-dd hh:mm") }
    }
}

impl Forms {
    fn put(&self, sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        match cell {
            Cell::Text(text) => put_text(sheet, row, column, text, &self.plain)?,
            Cell::Number(number) => drop(sheet.write_number(row, column, *number as f64)?),
            Cell::Flag(flag) => drop(sheet.write_boolean(row, column, *flag)?),
            Cell::Day(day) => {
                let day = excel_day(*day)?;
                sheet.write_datetime_with_format(row, column, &day, &self.day)?;
            }
            Cell::Moment(at) => {
                let (hour, minute) = (at.hour().unsigned_abs().into(), at.minute().unsigned_abs());
                let moment = excel_day(at.date())?.and_hms(hour, minute, 0)?;
                sheet.write_datetime_with_format(row, column, &moment, &self.moment)?;
            }
        }
        Ok(())
    }
}

fn excel_day(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs())
}

/// A text cell. One that looks like a formula is marked as text for good, as if somebody had typed `'` before it.
fn put_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str, form: &Format) -> Result<(), XlsxError> {
    let text = fitting(text);
    if cells::is_formula(&text) {
        sheet.write_string_with_format(row, column, text, &form.clone().set_quote_prefix())?;
    } else {
        sheet.write_string_with_format(row, column, text, form)?;
    }
    Ok(())
}

/// As much of a text as a cell holds.
fn fitting(text: &str) -> String {
    if text.encode_utf16().count() <= CELL_UNITS_MAX {
        return text.to_owned();
    }
    let mut room = CELL_UNITS_MAX - CUT.encode_utf16().count();
    let fits = |c: &char| {
        let kept = c.len_utf16() <= room;
        room = if kept { room - c.len_utf16() } else { 0 };
        kept
    };
    text.chars().take_while(fits).chain(CUT.chars()).collect()
}

fn cells_of(row: &Row, titles: &Titles) -> Vec<(Column, Cell)> {
    let kind = schema::kind(&row.key.kind);
    let mut out = Vec::new();
    let fields = to_json(row);
    for (name, text) in to_columns(row) {
        let base = schema::base_of(&name);
        let place = kind.and_then(|kind| kind.all_fields().position(|field| field.name == base));
        let field = kind.and_then(|kind| kind.field(base));
        let column = |part| Column { place: place.unwrap_or(usize::MAX), name: name.clone(), part };
        if let Some(names) = field.and_then(|field| names_of(field, row, titles)) {
            out.push((column(Part::Titles), Cell::Text(names)));
        }
        if let Some(FieldType::MomentRange) = field.map(|field| field.field_type) {
            let at = |part: &str| fields.get(&name).and_then(|when| when.get(part)?.as_str());
            let moment = |part: &str| match at(part)? {
                text if text.contains('T') => {
                    text.parse().ok().filter(|at: &DateTime| at.year() >= YEAR_MIN).map(Cell::Moment)
                }
                text => text.parse().ok().filter(|day: &Date| day.year() >= YEAR_MIN).map(Cell::Day),
            };
            out.extend(moment("start").map(|cell| (column(Part::Start), cell)));
            out.extend(moment("end").map(|cell| (column(Part::End), cell)));
        }
        out.push((column(Part::Value), cell_of(field, text)));
    }
    out
}

fn cell_of(field: Option<&Field>, text: String) -> Cell {
    let read = match field.map(|field| field.field_type) {
        Some(FieldType::Integer { .. }) => text.parse().ok().map(Cell::Number),
        Some(FieldType::Flag) => text.parse().ok().map(Cell::Flag),
        Some(FieldType::Date) => text.parse().ok().filter(|day: &Date| day.year() >= YEAR_MIN).map(Cell::Day),
        _ => None,
    };
    read.unwrap_or(Cell::Text(text))
}

/// What the records are called that a field points at, as far as they are known.
fn names_of(field: &Field, row: &Row, titles: &Titles) -> Option<String> {
    if !matches!(field.field_type, FieldType::Reference(_) | FieldType::References(_)) {
        return None;
    }
    let keys = crate::views::words(row, field.name).into_iter().filter_map(|text| RecordKey::parse(&text));
    let names: Vec<&str> = keys.filter_map(|key| titles.get(&key)).map(String::as_str).collect();
    (!names.is_empty()).then(|| names.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_long_as_a_cell_allows() {
        let short = "č".repeat(CELL_UNITS_MAX);
        assert_eq!(fitting(&short), short, "what fits stays");
        let long = fitting(&"🜁".repeat(CELL_UNITS_MAX));
        assert!(long.encode_utf16().count() <= CELL_UNITS_MAX && long.ends_with(CUT), "what does not says so");
    }

    #[test]
    fn sheets_have_names_that_they_may_have() {
        assert_eq!(sheet_name("a/b: [c]?"), "ab c", "without what is not allowed");
        assert_eq!(sheet_name(&"x".repeat(40)).len(), SHEET_NAME_CHARS_MAX, "not too long");
        assert_eq!(sheet_name("[]"), "-", "and never empty");
    }
}
