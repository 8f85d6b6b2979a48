//! A workbook: the sheet that is most like a table of the kind, read cell by cell.

use super::RowError;
use super::table::{Grid, HEAD_ROWS, Reading, Source, Table, from_grid, header, header_row, whole};
use crate::i18n::Lang;
use crate::limits::{IMPORT_COLUMNS_MAX, IMPORT_ROWS_MAX, IMPORT_UNPACKED_MAX};
use crate::views::fold_words;
use crate::views::kind_label;
use calamine::{DataRef, Reader, Xlsx, XlsxError};
use std::io::{Cursor, Read};

/// Whether a file is a ZIP archive, as workbooks are.
pub fn is_xlsx(file: &[u8]) -> bool {
    file.starts_with(b"PK\x03\x04")
}

/// Reads a workbook.
///
/// # Errors
/// The first thing that keeps it from being a table.
pub fn read(file: &[u8], reading: &Reading<'_>) -> Result<Table, RowError> {
    check_size(file)?;
    let unreadable = |error: XlsxError| whole(0, format!("is no workbook that can be read: {error}"));
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(file)).map_err(unreadable)?;
    let sheets = book.sheet_names();
    let sheet = match reading.sheet {
        Some(name) => sheets
            .iter()
            .find(|sheet| *sheet == name)
            .cloned()
            .ok_or_else(|| whole(0, format!("has no sheet {name:?}; its sheets are {}", sheets.join(", "))))?,
        None => likeliest(&mut book, &sheets, reading).map_err(unreadable)?.ok_or_else(|| whole(0, "has no sheet"))?,
    };
    let mut grid = grid(&mut book, &sheet, usize::MAX).map_err(unreadable)?;
    // What stands beside the named columns is told, and is no fault as it is in a text, where a quote may be missing.
    let width = grid.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    let at = header_row(&grid, reading.score);
    if let Some((_, names)) = grid.get_mut(at) {
        names.resize(width, String::new());
    }
    let source = Source { form: "xlsx", sheet: Some(sheet), ..Source::default() };
    from_grid(grid, source, reading.score)
}

/// A small archive can unpack to more than there is memory: it is unpacked once for its size alone.
fn check_size(file: &[u8]) -> Result<(), RowError> {
    let unreadable = |error: &dyn std::fmt::Display| whole(0, format!("is no workbook that can be read: {error}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).map_err(|error| unreadable(&error))?;
    let mut left = IMPORT_UNPACKED_MAX;
    for n in 0..archive.len() {
        let entry = archive.by_index(n).map_err(|error| unreadable(&error))?;
        let read =
            std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(|error| unreadable(&error))?;
        left = left.checked_sub(read).ok_or_else(|| {
            whole(0, format!("unpacks to more than {} MiB; save the sheet as CSV", IMPORT_UNPACKED_MAX / 1024 / 1024))
        })?;
    }
    Ok(())
}

/// The sheet whose header is most like one; one that is called as the kind is, in any language, before others.
fn likeliest<R: Read + std::io::Seek>(
    book: &mut Xlsx<R>,
    sheets: &[String],
    reading: &Reading<'_>,
) -> Result<Option<String>, XlsxError> {
    let mut best: Option<((bool, usize), &String)> = None;
    for sheet in sheets {
        let rows = grid(book, sheet, HEAD_ROWS)?;
        let rank = (is_called(sheet, reading.kind), header(&rows, reading.score).1);
        if best.is_none_or(|(other, _)| rank > other) {
            best = Some((rank, sheet));
        }
    }
    Ok(best.map(|(_, sheet)| sheet.clone()))
}

fn is_called(sheet: &str, kind: &str) -> bool {
    let labels = Lang::ALL.into_iter().map(|lang| kind_label(lang, kind)).chain([kind.to_owned()]);
    labels.into_iter().any(|label| fold_words(&label) == fold_words(sheet))
}

/// The first rows of a sheet. What lies to the right of the most columns is left out.
fn grid<R: Read + std::io::Seek>(book: &mut Xlsx<R>, sheet: &str, rows: usize) -> Result<Grid, XlsxError> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let mut grid = Grid::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let (line, column) = (u64::from(row) + 1, column as usize);
        let text = text(cell.get_value());
        if text.is_empty() || column >= IMPORT_COLUMNS_MAX {
            continue;
        }
        if grid.last().is_none_or(|(last, _)| *last != line) {
            if grid.len() >= rows.min(IMPORT_ROWS_MAX + HEAD_ROWS + 1) {
                break;
            }
            grid.push((line, Vec::new()));
        }
        if let Some((_, cells)) = grid.last_mut() {
            cells.resize(cells.len().max(column + 1), String::new());
            if let Some(place) = cells.get_mut(column) {
                *place = text;
            }
        }
    }
    Ok(grid)
}

/// A cell as people would have typed it.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // The shortest digits that give the number back, and none after the point of a whole one.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute) == (0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}") }
        }
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}
