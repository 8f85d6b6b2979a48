//! Programs that others wrote: another implementation of Automerge reads the same values from our export, and we read the
//! workbook that a program for spreadsheets makes.

use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The version of `@automerge/automerge` that reads our export.
const AUTOMERGE_JS: &str = "3.5.0";

const READER: &str = r#"
import { readFileSync } from "node:fs";
import * as Automerge from "@automerge/automerge";
const records = {};
for (const file of process.argv.slice(2)) {
  const plain = Automerge.toJS(Automerge.load(readFileSync(file)));
  for (const [key, value] of Object.entries(plain)) {
    const slash = key.indexOf("/");
    if (slash < 0) records[key] = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, v !== null && typeof v === "object" ? v.toString() : v]));
    else (records[key.slice(0, slash)] ??= {})[key.slice(slash + 1)] = value;
  }
}
console.log(JSON.stringify(records));
"#;

fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    assert!(output.status.success(), "{command:?} works: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn comin(dir: &Path, args: &[&str]) -> String {
    run(Command::new(env!("CARGO_BIN_EXE_comin")).arg("--data-dir").arg(dir.join("node")).args(args).current_dir(dir))
}

/// Where the foreign package is installed: once per target directory.
fn javascript() -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("automerge-js-{AUTOMERGE_JS}"));
    if !dir.join("node_modules/@automerge/automerge").exists() {
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(dir.join("package.json"), r#"{"private":true,"type":"module"}"#).expect("a file");
        let package = format!("@automerge/automerge@{AUTOMERGE_JS}");
        run(Command::new("npm").args(["install", "--no-fund", "--no-audit", "--silent", &package]).current_dir(&dir));
    }
    std::fs::write(dir.join("read.mjs"), READER).expect("a file");
    dir
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

#[test]
fn javascript_reads_the_same_values() {
    let temp = tempfile::tempdir().expect("a directory");
    let dir = temp.path();
    comin(dir, &["init", "--name", "Partner Esempio", "--country", "IT"]);
    let csv = "name,city,country,phone,website\n\
               Cooperativa Lunavena,Padova,IT,+39 049 000,https://lunavena.example\n\
               Društvo Šentvid,Ljubljana,SI,,https://sentvid.example\n";
    std::fs::write(dir.join("two.csv"), csv).expect("a file");
    comin(dir, &["import", "two.csv", "--kind", "organisation"]);
    comin(dir, &["practice", "add", "--set", "title@it=Mentore", "--set", "description@it=Testo lungo, a più mani"]);
    comin(dir, &["export", "--format", "automerge", "--register", "own", "--out", "parts"]);
    let ours: Value = serde_json::from_str(&comin(dir, &["export", "--format", "json"])).expect("JSON");

    let files = std::fs::read_dir(dir.join("parts")).expect("a directory of parts");
    let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("an entry").path()).collect();
    // Beside each lies who signed it, which is ours alone.
    files.retain(|file| file.extension().is_some_and(|extension| extension == "automerge"));
    assert!(!files.is_empty(), "every part is a file");
    let js = javascript();
    let theirs: Map<String, Value> =
        serde_json::from_str(&run(Command::new("node").arg(js.join("read.mjs")).args(&files).current_dir(&js)))
            .expect("JSON");

    let records = ours["records"].as_array().expect("a list of records");
    assert_eq!(records.len(), theirs.len(), "both read as many records");
    let mut compared = 0;
    for record in records {
        let id = record["id"].as_str().expect("an id");
        let foreign = theirs.get(id).unwrap_or_else(|| panic!("JavaScript reads {id}"));
        let fields = record["values"][0]["fields"].as_object().expect("fields");
        for (field, value) in fields {
            if let Some(text) = text(value) {
                assert_eq!(foreign[field].as_str(), Some(text), "{id} has the same {field}");
                compared += 1;
            }
            if field == "position" {
                // Filled in from the city by the import; one value, as WIRE.md has it.
                let precision = value["precision"].as_str().expect("a precision");
                let wire = format!("{},{};{precision}", value["lat"], value["lon"]);
                assert_eq!(foreign[field].as_str(), Some(wire.as_str()), "{id} has the same position");
                compared += 1;
                continue;
            }
            for (language, value) in value.as_object().into_iter().flatten() {
                if let Some(text) = text(value) {
                    assert_eq!(
                        foreign[format!("{field}@{language}")].as_str(),
                        Some(text),
                        "{id} has the same {field} in {language}"
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared >= 12, "names, cities, texts were compared: {compared}");
}

/// The version of `openpyxl` that makes a workbook.
const OPENPYXL: &str = "3.1.5";

/// Two sheets; titles over merged cells, a day of its own type, a number for a telephone, an empty row, a formula, and
/// something beside the columns.
const WORKBOOK: &str = r#"
import datetime, openpyxl, sys
book = openpyxl.Workbook()
book.active.title = "Istruzioni"
book.active["A1"] = "nome"
sheet = book.create_sheet("Enti")
sheet.merge_cells("A1:H1")
sheet["A1"] = "Elenco degli enti della rete"
sheet["A2"], sheet["B2"] = "Aggiornato al", datetime.date(2026, 10, 1)
for row in [
    [],
    ["Ragione sociale", "Città", "Paese", "Telefono", "Verificato", "Lat", "Lon", "Destinatari", "Note"],
    ["Cooperativa Lunavena", "Padova", "Italia", 390498001122, datetime.date(2026, 10, 5), 45.41, 11.88, "giovani, immigrati", "x"],
    [None],
    ["Društvo Šentvid", "Ljubljana", "Slovenija", "+386 1 5550142", datetime.datetime(2026, 9, 1), None, None, "invalidi in osebe z ovirami", None, "y"],
    ["Alfa Beta", "Lyon", "France", "04 55", "12.03.2025", None, None, "=A1"],
]:
    sheet.append(row)
book.save(sys.argv[1])
"#;

/// Python with the foreign package: once per target directory.
fn python() -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("openpyxl-{OPENPYXL}"));
    let whole = dir.join("whole");
    if !whole.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir));
        let package = format!("openpyxl=={OPENPYXL}");
        run(Command::new(dir.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", &package]));
        std::fs::write(whole, "").expect("a file");
    }
    dir.join("bin/python")
}

#[test]
fn a_workbook_of_another_program_is_imported() {
    let temp = tempfile::tempdir().expect("a directory");
    let dir = temp.path();
    comin(dir, &["init", "--name", "Partner Esempio", "--country", "IT"]);
    run(Command::new(python()).args(["-c", WORKBOOK, "enti.xlsx"]).current_dir(dir));
    let import = |more: &[&str]| -> Value {
        let args = [&["--json", "import", "enti.xlsx", "--kind", "organisation"], more].concat();
        serde_json::from_str(&comin(dir, &args)).expect("JSON")
    };
    let report = import(&[]);
    assert_eq!(
        (&report["added"], &report["file"]["sheet"]),
        (&3.into(), &"Enti".into()),
        "of the sheet that has a header"
    );
    assert_eq!(report["file"]["header_row"], 4, "below its titles: {report}");
    assert_eq!(report["not_taken"], serde_json::json!(["Note", "column 10"]), "what is not taken is told");
    let list: Value = serde_json::from_str(&comin(dir, &["--json", "organisation", "list"])).expect("JSON");
    let of = |name: &str| {
        let record = list["items"].as_array().expect("a list").iter().find(|item| item["title"] == name);
        record.unwrap_or_else(|| panic!("{name} is there"))["values"][0]["fields"].clone()
    };
    let first = of("Cooperativa Lunavena");
    assert_eq!((&first["phone"], &first["last_verified"]), (&"390498001122".into(), &"2026-10-05".into()), "{first}");
    assert_eq!(first["position"]["lon"], 11.88, "numbers as they are");
    let second = of("Društvo Šentvid");
    assert_eq!(
        (&second["last_verified"], &second["target_groups"][0]),
        (&"2026-09-01".into(), &"disability".into()),
        "{second}"
    );
    assert_eq!(of("Alfa Beta")["last_verified"], "2025-03-12", "a day that is a text");
    assert_eq!(import(&[])["unchanged"], 3, "a second run changes nothing");
}
