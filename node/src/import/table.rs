//! The file as a table: encoding, separator, header.

use super::RowError;
use crate::cells;
use crate::limits::IMPORT_ROWS_MAX;

/// Most columns: every field in every language, twice over.
const COLUMNS_MAX: usize = 200;
/// Divides a table of one column: ASCII's own separator, which no spreadsheet writes.
const NO_DELIMITER: u8 = 0x1f;

/// The cells of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// The names in the first line, trimmed.
    pub columns: Vec<String>,
    /// The rows after it, without those that are all empty.
    pub rows: Vec<TableRow>,
}

/// A row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableRow {
    /// The line of the file on which it begins.
    pub line: u64,
    /// Its cells, trimmed; as many as there are columns.
    pub cells: Vec<String>,
}

/// Reads a file.
///
/// # Errors
/// The first thing that keeps it from being a table.
pub fn read(file: &[u8]) -> Result<Table, RowError> {
    let whole = |row, reason: String| RowError { row, column: String::new(), reason };
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let text = std::str::from_utf8(file).map_err(|error| {
        // INVARIANT: `valid_up_to` lies within the bytes that were checked.
        let line = 1 + file[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64;
        whole(line, "is not UTF-8; save the file as “CSV UTF-8”".to_owned())
    })?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = match records.next() {
        Some(Ok(header)) => header,
        Some(Err(error)) => return Err(whole(1, error.to_string())),
        None => return Err(whole(1, "the file is empty".to_owned())),
    };
    let columns: Vec<String> = header.iter().map(|name| cells::unguarded(name).to_owned()).collect();
    check_columns(&columns)?;
    let mut rows = Vec::new();
    for record in records {
        let record =
            record.map_err(|error| whole(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() > columns.len() && record.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
            let reason =
                format!("has {} cells and there are {} columns; is a quote missing?", record.len(), columns.len());
            return Err(whole(line, reason));
        }
        let cells =
            (0..columns.len()).map(|n| cells::unguarded(record.get(n).unwrap_or_default()).to_owned()).collect();
        rows.push(TableRow { line, cells });
        if rows.len() > IMPORT_ROWS_MAX {
            return Err(whole(line, format!("more than {IMPORT_ROWS_MAX} rows; divide the file")));
        }
    }
    Ok(Table { columns, rows })
}

fn check_columns(columns: &[String]) -> Result<(), RowError> {
    let refused =
        |column: &str, reason: &str| Err(RowError { row: 1, column: column.to_owned(), reason: reason.to_owned() });
    if columns.len() > COLUMNS_MAX {
        return refused("", "has too many columns");
    }
    for (n, column) in columns.iter().enumerate() {
        if column.is_empty() {
            return refused(&format!("column {}", n + 1), "has no name");
        }
        if columns.iter().take(n).any(|other| other == column) {
            return refused(column, "is there twice");
        }
    }
    Ok(())
}

/// Whichever of comma, semicolon and tab divides the first line most often, outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => counts.iter_mut().filter(|(delimiter, _)| *delimiter == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // Of equals the first.
    let most = counts.iter().rev().max_by_key(|(_, n)| *n).filter(|(_, n)| *n > 0);
    most.map_or(NO_DELIMITER, |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        read(text.as_bytes()).expect("a table").rows.into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn reads_what_spreadsheets_write() {
        assert_eq!(cells("a,b\n1,2\n"), [["1", "2"]], "commas");
        assert_eq!(
            cells("\u{feff}a;b\r\n\"1;x\";2\r\n;\r\n"),
            [["1;x", "2"]],
            "semicolons, a mark, quotes, an empty line"
        );
        assert_eq!(cells("\"a,b;c\";d\n1;2"), [["1", "2"]], "a comma within quotes divides nothing");
        assert_eq!(cells("name\nOne; two, three"), [["One; two, three"]], "one column has no delimiter");
        assert_eq!(cells("a,b\n 1 \n"), [["1", ""]], "blanks go, short rows are filled");
    }

    #[test]
    fn says_where_it_cannot_read() {
        let error = |bytes: &[u8]| read(bytes).expect_err("refused");
        assert_eq!(error(b"a,b\n1,2\n\xe8,2\n").row, 3, "the line that is not UTF-8");
        assert_eq!(error(b"a,b\n1,2,3\n").row, 2, "a row with more cells than columns");
        assert_eq!(error(b"a,a\n").column, "a", "a column twice");
        assert_eq!(error(b"a,,c\n").column, "column 2", "a column without a name");
        assert_eq!(error(b"").row, 1, "nothing at all");
    }
}
