//! A program that others wrote: another implementation of Automerge reads the same values from our export.

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
