//! Automerge: its implementation for JavaScript opens the documents that we save, and finds in them every record with
//! every field, no other and none too few. What is expected there is made here of what the node tells over its
//! interface, as WIRE.md says how it lies in a document.

use super::foreign::run;
use super::scene::{Machine, Record, word};
use comin_protocol::schema::KINDS;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

/// The version of `@automerge/automerge` that reads our export.
const AUTOMERGE_JS: &str = "3.5.0";

/// Prints every record's flat fields with their values as `[type, value]`. Fails at what none of them may be.
const READER: &str = r#"
import { readFileSync } from "node:fs";
import * as Automerge from "@automerge/automerge";
const told = (value) => {
  if (value === null) return ["null", null];
  if (typeof value === "string") return ["text", value];
  if (Automerge.isImmutableString(value)) return ["scalar", value.toString()];
  if (typeof value === "number" || typeof value === "boolean") return ["scalar", value];
  throw new Error(`a value of no known type: ${JSON.stringify(value)}`);
};
const records = {};
const put = (id, key, value) => {
  const record = (records[id] ??= {});
  if (key in record) throw new Error(`${id} has ${key} twice`);
  record[key] = told(value);
};
for (const file of process.argv.slice(2)) {
  const document = Automerge.load(readFileSync(file));
  for (const [key, value] of Object.entries(Automerge.toJS(document))) {
    const slash = key.indexOf("/");
    if (slash >= 0) put(key.slice(0, slash), key.slice(slash + 1), value);
    else for (const [field, inner] of Object.entries(value)) put(key, field, inner);
  }
}
console.log(JSON.stringify(records));
"#;

/// Where the foreign package is installed: once per target directory.
fn javascript() -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("automerge-js-{AUTOMERGE_JS}"));
    let whole = dir.join("whole");
    if !whole.exists() {
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(dir.join("package.json"), r#"{"private":true,"type":"module"}"#).expect("a file");
        let package = format!("@automerge/automerge@{AUTOMERGE_JS}");
        run(Command::new("npm").args(["install", "--no-fund", "--no-audit", "--silent", &package]).current_dir(&dir));
        std::fs::write(whole, "").expect("a file");
    }
    std::fs::write(dir.join("read.mjs"), READER).expect("a file");
    dir
}

/// A value in a document: whether it is a text that is edited character by character, and what it is.
type Held = (String, Value);

fn scalar(value: impl Into<Value>) -> Held {
    ("scalar".to_owned(), value.into())
}

/// JSON with its members in order at every level, as changes are written.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<&String, Value> = members.iter().map(|(name, value)| (name, sorted(value))).collect();
            json!(members)
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// How a field of the interface lies in a document, below this key.
fn laid(kind: &str, key: &str, value: &Value, out: &mut BTreeMap<String, Held>) {
    match (key, value) {
        ("position", Value::Object(at)) => {
            let text = format!("{},{};{}", at["lat"], at["lon"], word(&at["precision"]));
            out.insert(key.to_owned(), scalar(text));
        }
        ("when", Value::Object(when)) => {
            let zone = when.get("tzid").map(|zone| format!("[{}]", word(zone))).unwrap_or_default();
            out.insert(key.to_owned(), scalar(format!("{}/{}{zone}", word(&when["start"]), word(&when["end"]))));
        }
        ("changes", changes) => drop(out.insert(key.to_owned(), scalar(sorted(changes).to_string()))),
        ("transitions", Value::Array(steps)) => {
            for step in steps {
                let from: Vec<String> = step["from"].as_array().expect("a list").iter().map(word).collect();
                let from = if from.is_empty() { "-".to_owned() } else { from.join(",") };
                let text = format!("{} {} {from}", word(&step["to"]), word(&step["at"]));
                out.insert(format!("{key}/{}", word(&step["id"])), scalar(text));
            }
        }
        ("modules", Value::Array(entries)) => {
            for entry in entries {
                let id = word(&entry["id"]);
                for (name, value) in entry.as_object().expect("fields").iter().filter(|(name, _)| *name != "id") {
                    laid(kind, &format!("{key}.{id}.{name}"), value, out);
                }
            }
        }
        // The number that a member of a set has there tells nothing but that it is one.
        (_, Value::Array(members)) => {
            out.extend(members.iter().map(|member| (format!("{key}/{}", word(member)), scalar("member"))));
        }
        (_, Value::Object(texts)) => {
            let form = if (kind, key) == ("practice", "description") { "text" } else { "scalar" };
            let of = |(lang, text): (&String, &Value)| (format!("{key}@{lang}"), (form.to_owned(), text.clone()));
            out.extend(texts.iter().map(of));
        }
        (_, value) => drop(out.insert(key.to_owned(), scalar(value.clone()))),
    }
}

fn expected(record: &Record) -> BTreeMap<String, Held> {
    let mut out = BTreeMap::new();
    for (name, value) in &record.fields {
        laid(&record.kind, name, value, &mut out);
    }
    if record.deleted {
        out.insert("deleted".to_owned(), scalar(true));
    }
    out
}

/// What a document has of a record, without what was taken away, with the places of entries apart.
fn found(fields: &Map<String, Value>) -> (BTreeMap<String, Held>, BTreeMap<String, String>) {
    let (mut out, mut places) = (BTreeMap::new(), BTreeMap::new());
    for (key, held) in fields {
        let (form, value) = (word(&held[0]), held[1].clone());
        if form == "null" || (form == "text" && value == "") {
            continue;
        }
        match key.split_once('/') {
            Some(("modules", id)) => drop(places.insert(id.to_owned(), word(&value))),
            Some((set, _)) if set != "transitions" => {
                assert!(value.as_u64() > Some(0), "{key} counts how often it was added: {value}");
                out.insert(key.clone(), scalar("member"));
            }
            _ => drop(out.insert(key.clone(), (form, value))),
        }
    }
    (out, places)
}

#[test]
fn javascript_reads_every_field_of_every_record() {
    let machine = Machine::whole();
    machine.comin(&["export", "--format", "automerge", "--out", "parts"]);
    let files = std::fs::read_dir(machine.path("parts")).expect("a directory of parts");
    let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("an entry").path()).collect();
    // Beside each lies who signed it, which is ours alone.
    files.retain(|file| file.extension().is_some_and(|extension| extension == "automerge"));
    assert!(files.len() >= 3, "records and links of the own register, and the notes of the internal one: {files:?}");
    let js = javascript();
    let printed = run(Command::new("node").arg(js.join("read.mjs")).args(&files).current_dir(&js));
    let theirs: Map<String, Value> = serde_json::from_str(&printed).expect("JSON");

    let ours = machine.told();
    let ids = |kinds: &BTreeMap<String, Record>| kinds.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(theirs.keys().cloned().collect::<BTreeSet<_>>(), ids(&ours), "the same records, and no other");
    let (mut compared, mut texts) = (0, 0);
    for (id, record) in &ours {
        let (fields, places) = found(theirs[id].as_object().expect("fields"));
        assert_eq!(fields, expected(record), "{id} is the same, field by field");
        compared += fields.len();
        texts += fields.values().filter(|(form, _)| form == "text").count();
        let entries = record.fields.get("modules").and_then(Value::as_array).into_iter().flatten();
        let ours: Vec<String> = entries.map(|entry| word(&entry["id"])).collect();
        let mut theirs: Vec<(&String, &String)> = places.iter().map(|(id, place)| (place, id)).collect();
        theirs.sort();
        assert_eq!(theirs.into_iter().map(|(_, id)| id.clone()).collect::<Vec<_>>(), ours, "{id}: entries in order");
    }
    assert!(compared > 150 && texts == 3, "{compared} values compared, {texts} of them prose");
    let there: BTreeSet<(&str, &str)> =
        ours.values().flat_map(|r| r.fields.keys().map(|field| (r.kind.as_str(), field.as_str()))).collect();
    let fields = KINDS.iter().flat_map(|kind| kind.fields.iter().map(|field| (kind.name, field.name)));
    let missing: Vec<(&str, &str)> = fields.filter(|field| !there.contains(field)).collect();
    assert_eq!(missing, [], "every field of every kind is among them");
}
