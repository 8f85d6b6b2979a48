//! Spreadsheets: openpyxl and Python's csv read what the node holds, and no cell is a formula.

use super::foreign::read;
use super::scene::{Machine, word};
use serde_json::{Value, json};

const XLSX: &str = r#"
import sys, json, datetime, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
def plain(v):
    if isinstance(v, datetime.datetime) and (v.hour, v.minute) == (0, 0): return "day:" + v.date().isoformat()
    if isinstance(v, datetime.datetime): return "moment:" + v.strftime("%Y-%m-%dT%H:%M")
    return v
out = []
for sheet in book.worksheets:
    rows = [[{"value": plain(c.value), "type": c.data_type, "quoted": bool(c.quotePrefix)} for c in row] for row in sheet.iter_rows()]
    out.append({"name": sheet.title, "rows": rows})
print(json.dumps(out))
"#;

const CSV: &str = r#"
import sys, json, csv
with open(sys.argv[1], newline="", encoding="utf-8") as f: print(json.dumps(list(csv.reader(f))))
"#;

fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

#[test]
fn openpyxl_reads_the_same_values() {
    let machine = Machine::filled();
    let sheets = read(XLSX, &machine.export("xlsx", &["--lang", "it"]));
    let (records, mut seen, mut compared, mut quoted) = (machine.records(), 0, 0, 0);
    let names: Vec<String> = sheets.as_array().expect("sheets").iter().map(|sheet| word(&sheet["name"])).collect();
    assert_eq!(names.first().map(String::as_str), Some("Rete"), "sheets are named in the chosen language: {names:?}");
    for sheet in sheets.as_array().expect("sheets") {
        let rows = sheet["rows"].as_array().expect("rows");
        let column = |name: &str| rows[1].as_array().expect("names").iter().position(|cell| cell["value"] == name);
        assert_ne!(rows[0][2]["value"], rows[1][2]["value"], "labels stand above the names");
        for row in &rows[2..] {
            let record = &records[&word(&row[0]["value"])];
            seen += 1;
            assert!(!record.deleted, "a deleted record is in no sheet");
            assert_eq!(row[1]["value"], json!(record.register), "the register");
            let cells = record.cells();
            for (name, expected) in &cells {
                let cell = &row[column(name).unwrap_or_else(|| panic!("{} has a column {name}", record.id))];
                let expected = match name.as_str() {
                    // Excel has no days before 1900.
                    "last_verified" | "since" if record.kind != "network" && word(expected).as_str() >= "1900" => {
                        json!(format!("day:{}", word(expected)))
                    }
                    _ => expected.clone(),
                };
                assert_eq!(cell["value"], expected, "{} has the same {name}", record.id);
                compared += 1;
            }
            for cell in row.as_array().expect("cells") {
                assert_ne!(cell["type"], "f", "no cell is a formula: {cell}");
                let formula = cell["value"].as_str().is_some_and(looks_like_a_formula);
                assert_eq!(cell["quoted"], json!(formula), "what looks like one is marked as text: {cell}");
                quoted += usize::from(formula);
            }
            let empty =
                rows[1].as_array().expect("names").iter().zip(row.as_array().expect("cells")).filter(|(name, cell)| {
                    !cell["value"].is_null()
                        && name["value"]
                            .as_str()
                            .is_some_and(|n| !["id", "register"].contains(&n) && !cells.contains_key(n))
                });
            assert_eq!(empty.count(), 0, "{} has no value too many", record.id);
        }
    }
    assert_eq!(seen, records.values().filter(|record| !record.deleted).count(), "every record is there once");
    assert!(compared > 60 && quoted >= 4, "{compared} values compared, {quoted} that look like formulas");
}

#[test]
fn openpyxl_reads_names_and_times_for_people() {
    let machine = Machine::filled();
    let sheets = read(XLSX, &machine.export("xlsx", &["--kind", "event", "--lang", "en"]));
    let rows = sheets[0]["rows"].as_array().expect("rows");
    let cell_of = |title: &str, label: &str| {
        let n = rows[0].as_array().expect("labels").iter().position(|cell| cell["value"] == label);
        let n = n.unwrap_or_else(|| panic!("{label} in {}", rows[0]));
        let event = rows[2..].iter().find(|row| row.to_string().contains(title)).expect("the event");
        event[n]["value"].clone()
    };
    let cell = |label: &str| cell_of("Seminario", label);
    assert_eq!(cell("Organiser: name"), "Zavod Šentžiga", "who it is that organises");
    assert_eq!(cell("When: start"), "moment:2026-07-11T09:00", "a time that can be reckoned with");
    assert_eq!(cell("When: end"), "moment:2026-07-11T12:30", "and its end");
    assert_eq!(cell_of("Fiera", "When: start"), "day:2026-02-27", "whole days have no time");
    assert_eq!(cell_of("Fiera", "When: end"), "day:2026-03-01", "the last one is one of them");
}

#[test]
fn python_reads_the_same_csv() {
    let machine = Machine::filled();
    let records = machine.records();
    let mut compared = 0;
    for kind in ["organisation", "network", "membership", "practice", "event"] {
        let lines = read(CSV, &machine.export("csv", &["--kind", kind]));
        let lines = lines.as_array().expect("lines");
        assert_eq!(lines.len() - 1, records.values().filter(|record| record.kind == kind).count(), "every {kind}");
        for line in &lines[1..] {
            let record = &records[&word(&line[0])];
            let cells = record.cells();
            for (n, name) in lines[0].as_array().expect("names").iter().enumerate().skip(2) {
                let expected = cells.get(name.as_str().expect("a name")).map(word).unwrap_or_default();
                let found = line[n].as_str().expect("a text");
                assert!(!looks_like_a_formula(found), "no cell begins like a formula: {found}");
                let read = found.strip_prefix('\'').filter(|text| looks_like_a_formula(text)).unwrap_or(found);
                assert_eq!(read, expected, "{} has the same {name}", record.id);
                compared += usize::from(!expected.is_empty());
            }
        }
    }
    assert!(compared > 60, "{compared} values compared");
    assert_eq!(machine.output(&["export", "--format", "csv"]).status.code(), Some(2), "a table holds one kind");
}

#[test]
fn nothing_is_written_over_by_accident() {
    let machine = Machine::empty();
    machine.write("data.json", "mine");
    let refused = machine.output(&["export", "--out", "data.json"]);
    assert_eq!(refused.status.code(), Some(1), "a file that is there stays");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Hint: "), "and the way out is named");
    assert_eq!(super::scene::content(&machine.path("data.json")), "mine", "as it was");
    machine.comin(&["export", "--out", "data.json", "--force"]);
    let written: Value = serde_json::from_str(&super::scene::content(&machine.path("data.json"))).expect("JSON");
    assert_eq!(written["schema"], 1, "unless somebody means it");
}
