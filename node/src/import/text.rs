//! A table as text: its encoding, and what divides its cells.

use super::RowError;
use super::table::{Grid, HEAD_ROWS, Reading, Source, Table, from_grid, header, whole};
use crate::cells::unguarded;
use crate::limits::IMPORT_ROWS_MAX;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252};
use std::borrow::Cow;

/// What may divide cells. The last is ASCII's own separator, which no spreadsheet writes: a table of one column.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', NO_DELIMITER];
const NO_DELIMITER: u8 = 0x1f;
/// Bytes from which the delimiter is found out.
const HEAD_BYTES: usize = 256 * 1024;

/// The text of a file and its encoding: UTF-8 or UTF-16 by its mark, UTF-8 where it is, else one of the two that
/// spreadsheets write without a mark in our countries.
///
/// # Errors
/// An encoding that is asked for and not known, or that does not fit the file.
pub fn decode<'a>(file: &'a [u8], asked: Option<&str>) -> Result<(Cow<'a, str>, &'static str), RowError> {
    let encoding = match (asked, Encoding::for_bom(file)) {
        (Some(label), _) => Encoding::for_label(label.as_bytes())
            .ok_or_else(|| whole(0, format!("{label:?} is no encoding; write utf-8, windows-1252 or windows-1250")))?,
        (None, Some((encoding, _))) => encoding,
        (None, None) if std::str::from_utf8(file).is_ok() => UTF_8,
        (None, None) => one_byte(file),
    };
    let (text, faulty) = encoding.decode_with_bom_removal(file);
    if faulty && [UTF_8, UTF_16LE, UTF_16BE].contains(&encoding) {
        let before = text.split('\u{fffd}').next().unwrap_or_default();
        let line = 1 + before.matches('\n').count() as u64;
        return Err(whole(line, format!("is not {}; save the file as “CSV UTF-8”", encoding.name())));
    }
    let name = [UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1250, WINDOWS_1252].into_iter().find(|known| *known == encoding);
    Ok((text, name.unwrap_or(encoding).name()))
}

/// Windows-1252, but Windows-1250 where `š` or `ž`, which lie at the same places in both, stand beside no letter that
/// Italian and French need and Slovene does not.
fn one_byte(file: &[u8]) -> &'static Encoding {
    let has = |bytes: &[u8]| file.iter().any(|byte| bytes.contains(byte));
    let (slovene, western) = (&[0x8a, 0x8e, 0x9a, 0x9e], &[0xe0, 0xf2, 0xf9, 0xec, 0xea, 0xc0, 0xd2, 0xd9, 0xcc, 0xca]);
    if has(slovene) && !has(western) { WINDOWS_1250 } else { WINDOWS_1252 }
}

/// Reads a text with delimiters.
///
/// # Errors
/// The first thing that keeps it from being a table.
pub fn read(text: &str, encoding: &'static str, reading: &Reading<'_>) -> Result<Table, RowError> {
    let (named, text, skipped) = separator_line(text);
    let delimiter = named.unwrap_or_else(|| delimiter(text, reading.score));
    let grid = grid(text, delimiter, usize::MAX, skipped)?;
    let shown = (delimiter != NO_DELIMITER).then_some(char::from(delimiter));
    let source = Source { form: "csv", encoding: Some(encoding), delimiter: shown, ..Source::default() };
    from_grid(grid, source, reading.score)
}

/// The line `sep=;` with which Excel is told the delimiter, and what follows it.
fn separator_line(text: &str) -> (Option<u8>, &str, u64) {
    let Some((first, rest)) = text.split_once('\n') else { return (None, text, 0) };
    match first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        Some(&[delimiter]) => (Some(delimiter), rest, 1),
        _ => (None, text, 0),
    }
}

/// Rows as they lie in the file: at most `rows`, and one more than an import takes.
fn grid(text: &str, delimiter: u8, rows: usize, skipped: u64) -> Result<Grid, RowError> {
    let reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut grid = Grid::new();
    let mut lines = Lines { text: text.as_bytes(), passed: 0, line: skipped + 1 };
    for record in reader.into_records().take(rows.min(IMPORT_ROWS_MAX + HEAD_ROWS + 1)) {
        let record = record.map_err(|error| whole(lines.line, error.to_string()))?;
        let line = record.position().map_or(0, |position| lines.at(position.byte()));
        grid.push((line, record.iter().map(|cell| unguarded(cell.trim()).to_owned()).collect()));
    }
    Ok(grid)
}

/// Counts the lines up to a place that only moves on. (The parser's own count is one short after `\\r\\n`.)
struct Lines<'a> {
    text: &'a [u8],
    passed: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at or behind this place: what is left of the last line's end, and empty
    /// lines, are passed over.
    fn at(&mut self, byte: u64) -> u64 {
        let begin = usize::try_from(byte).unwrap_or(usize::MAX);
        let behind = self.text.get(begin..).unwrap_or_default();
        let begin = begin + behind.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.get(self.passed..begin).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.passed = begin.max(self.passed);
        self.line
    }
}

/// The delimiter under which the file has the header that is most like one, with the most columns.
fn delimiter(text: &str, score: &dyn Fn(&str) -> usize) -> u8 {
    let mut end = text.len().min(HEAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or(text);
    let rank = |delimiter: u8| {
        let Ok(rows) = grid(head, delimiter, HEAD_ROWS, 0) else { return (0, 0) };
        let (at, like) = header(&rows, score);
        (like, rows.get(at).map_or(0, |(_, cells)| cells.len()))
    };
    let ranked = DELIMITERS.map(|delimiter| (rank(delimiter), delimiter));
    // Of equals the first; a header of one cell is not divided at all, whatever its rows hold.
    let best = ranked.iter().rev().max_by_key(|(rank, _)| *rank);
    best.filter(|((_, columns), _)| *columns > 1).map_or(NO_DELIMITER, |(_, delimiter)| *delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::table::Cell;

    fn score(cell: &str) -> usize {
        usize::from(["name", "city", "phone", "Città"].contains(&cell))
    }

    fn table(file: &[u8], encoding: Option<&str>) -> Result<Table, RowError> {
        let reading = Reading { kind: "organisation", encoding, sheet: None, register: String::new(), score: &score };
        crate::import::table::read(file, &reading)
    }

    fn cells(text: impl AsRef<[u8]>) -> Vec<Vec<String>> {
        let table = table(text.as_ref(), None).expect("a table");
        let text = |cell: Cell| if let Cell::Text(text) = cell { text } else { String::new() };
        table.rows.into_iter().map(|row| row.cells.into_iter().map(text).collect()).collect()
    }

    #[test]
    fn reads_what_spreadsheets_write() {
        assert_eq!(cells("a,b\n1,2\n"), [["1", "2"]], "commas");
        let marked = "\u{feff}a;b\r\n\"1;x\";2\r\n;\r\n";
        assert_eq!(cells(marked), [["1;x", "2"]], "semicolons, a mark, quotes, an empty line");
        assert_eq!(cells("a\tb\n1,5\t2,5\n"), [["1,5", "2,5"]], "tabs, and decimal commas between them");
        assert_eq!(cells("name;city\n\"a,b,c\";d,e,f,g\n"), [["a,b,c", "d,e,f,g"]], "more commas than semicolons");
        assert_eq!(cells("\"a,b;c\";d\n1;2"), [["1", "2"]], "a comma within quotes divides nothing");
        assert_eq!(cells("name\nOne; two, three"), [["One; two, three"]], "one column has no delimiter");
        assert_eq!(cells("a,b\n 1 \n"), [["1", ""]], "blanks go, short rows are filled");
        assert_eq!(cells("sep=;\nname;city\n1;2\n"), [["1", "2"]], "Excel's own line for the delimiter");
        assert_eq!(
            cells("name,phone\n1,'+386 1\n2,'quoted'\n"),
            [["1", "+386 1"], ["2", "'quoted'"]],
            "the guard goes"
        );
    }

    #[test]
    fn finds_the_header_below_titles() {
        let file =
            "Elenco enti 2026;;\n;;\nAggiornato al;01.10.2026;\nname;city;Note\nAlfa;Padova;x\n;;\nBeta;Verona;\n";
        let table = table(file.as_bytes(), None).expect("a table");
        assert_eq!(table.columns, ["name", "city", "Note"], "title rows and the empty one are passed over");
        assert_eq!(table.source.header_row, Some(4), "the header's line is told");
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [5, 7], "rows keep their lines");
        let unknown = self::table(b"Enti 2026;;\nChi;Dove;Cosa\nAlfa;Padova;x\n", None).expect("a table");
        assert_eq!(unknown.columns, ["Chi", "Dove", "Cosa"], "a title has one cell, also where no heading is known");
        let lines = |text: &str| {
            let table = self::table(text.as_bytes(), None).expect("a table");
            table.rows.iter().map(|row| row.line).collect::<Vec<_>>()
        };
        assert_eq!(lines("name;city\r\nA;1\r\n\r\n\"B\r\nb\";2\r\nC;3\r\n"), [2, 4, 6], "as editors count them");
        assert_eq!(lines("sep=;\r\nname;city\r\nA;1\r\n"), [3], "with the line for the delimiter");
    }

    #[test]
    fn reads_encodings_without_a_mark() {
        let read = |bytes: &[u8]| {
            let table = table(bytes, None).expect("a table");
            (table.rows[0].cells[0].clone(), table.source.encoding)
        };
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(
            read(b"name;city\nCitt\xe0 di Forl\xec;x\n"),
            (text("Città di Forlì"), Some("windows-1252")),
            "Italian"
        );
        assert_eq!(
            read(b"name;city\nDru\x9atvo \x8ee\xe8;x\n"),
            (text("Društvo Žeč"), Some("windows-1250")),
            "Slovene"
        );
        assert_eq!(read("name;city\nDruštvo;x\n".as_bytes()), (text("Društvo"), Some("UTF-8")), "UTF-8 without a mark");
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("name\tcity\nŽ\tx\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(&utf16), (text("Ž"), Some("UTF-16LE")), "what Excel calls Unicode text");
        let asked = table(b"name;city\nDru\x9atvo \xe8;\xe0\n", Some("windows-1250")).expect("a table");
        assert_eq!(asked.rows[0].cells[0], text("Društvo č"), "who knows better says so");
    }

    #[test]
    fn says_where_it_cannot_read() {
        let error = |bytes: &[u8], encoding| table(bytes, encoding).expect_err("refused");
        assert_eq!(error(b"a,b\n1,2\n\xe8,2\n", Some("utf-8")).row, 3, "the line that is not what was asked for");
        assert!(error(b"a\n", Some("klingon")).reason.contains("windows-1252"), "an unknown encoding names known ones");
        assert_eq!(error(b"a,b\n1,2,3\n", None).row, 2, "a row with more cells than columns");
        assert_eq!(error(b"", None).row, 1, "nothing at all");
    }

    #[test]
    fn columns_have_each_a_name_of_its_own() {
        let columns = table(b"name,name,,city\n1,2,3,4\n", None).expect("a table").columns;
        assert_eq!(columns, ["name", "name (2)", "column 3", "city"], "so that a mapping can name them");
    }
}
