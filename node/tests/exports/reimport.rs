//! What was exported brings the same state back.

use super::scene::Machine;
use serde_json::Value;
use std::collections::BTreeMap;

/// The kinds, those first to which others refer.
const KINDS: [&str; 5] = ["organisation", "network", "membership", "practice", "event"];

/// Every record by id with what it says.
fn state(machine: &Machine) -> BTreeMap<String, Value> {
    machine.records().into_iter().map(|(id, record)| (id, Value::Object(record.fields))).collect()
}

#[test]
fn an_export_says_nothing_new() {
    let machine = Machine::filled();
    let before = state(&machine);
    let json = machine.export("json", &[]);
    for kind in KINDS {
        for file in [&machine.export("csv", &["--kind", kind]), &json] {
            let file = file.to_string_lossy();
            let import = ["--json", "import", &file, "--kind", kind, "--no-positions"];
            let report: Value = serde_json::from_str(&machine.comin(&import)).expect("JSON");
            assert_eq!((&report["added"], &report["changed"]), (&0.into(), &0.into()), "{kind} of {file}: {report}");
            assert!(report["unchanged"].as_u64() > Some(0), "its rows were read: {report}");
        }
    }
    assert_eq!(state(&machine), before, "and nothing changed");
}

#[test]
fn nor_does_one_of_logs_and_ordered_entries() {
    let machine = Machine::empty();
    let organisation = machine.add("organisation", &["name=Alfa"]);
    let network = machine.add("network", &["name@it=Rete"]);
    let (of, to) = (format!("organisation={organisation}"), format!("network={network}"));
    let log = "transitions=received 2026-02-11; contacted 2026-02-18";
    machine.add("interest", &[&of, &to, "motivation@it=Volentieri; grazie", log]);
    let modules =
        r#"modules=[{"title":{"it":"Uno; due"},"hours":6},{"title":{"it":"Tre \"quattro\""},"content":{"it":"a\nb"}}]"#;
    machine.add("programme", &["title@it=Corso", "languages=it|sl", modules]);
    machine.add("publication", &["title@it=Reti", "url=https://reti.example/a;b", "language=it"]);
    let before = state(&machine);
    let (json, kinds) = (machine.export("json", &[]), ["interest", "programme", "publication"]);
    for kind in kinds {
        for file in [&machine.export("csv", &["--kind", kind]), &json] {
            let import = ["--json", "import", &file.to_string_lossy(), "--kind", kind, "--no-positions"];
            let report: Value = serde_json::from_str(&machine.comin(&import)).expect("JSON");
            let counts = ["added", "changed", "unchanged"].map(|name| report[name].as_u64());
            assert_eq!(counts, [Some(0), Some(0), Some(1)], "{kind} of {}: {report}", file.display());
        }
    }
    assert_eq!(state(&machine), before, "and nothing changed");
}

#[test]
fn csv_undoes_what_was_changed_since() {
    let machine = Machine::filled();
    let before = state(&machine);
    let file = machine.export("csv", &["--kind", "organisation"]);
    let ids: Vec<String> = before.keys().filter(|id| id.starts_with("organisation:")).cloned().collect();
    for id in &ids {
        machine.comin(&[
            "organisation",
            "edit",
            id,
            "--set",
            "name=Altro",
            "--set",
            "other_names=x",
            "--set",
            "phone=",
        ]);
    }
    machine.comin(&["import", &file.to_string_lossy(), "--kind", "organisation", "--no-positions"]);
    let after = state(&machine);
    for id in &ids {
        let (mut was, mut is) = (before[id].clone(), after[id].clone());
        // An empty cell says nothing: what was added stays.
        if was.get("other_names").is_none() {
            is.as_object_mut().expect("fields").remove("other_names");
        }
        was.sort_all_objects();
        is.sort_all_objects();
        assert_eq!(is, was, "{id} says what it said");
    }
}

/// What the records of a kind say, by what they are called; ids, which each partner gives anew, as what they stand for.
fn told(machine: &Machine) -> BTreeMap<(String, String), Value> {
    let records = machine.records();
    let plain = |value: &Value| {
        let mut text = value.to_string();
        for record in records.values() {
            let title = Value::from(record.title.as_str()).to_string();
            text = text.replace(&record.id, &title[1..title.len() - 1]);
        }
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        value.sort_all_objects();
        value
    };
    let told = records.values().map(|record| {
        let mut fields = record.fields.clone();
        for field in ["networks", "practices"] {
            if let Some(Value::Array(members)) = fields.get_mut(field) {
                members.sort_by_key(|member| records[member.as_str().expect("an id")].title.clone());
            }
        }
        ((record.kind.clone(), record.title.clone()), plain(&Value::Object(fields)))
    });
    told.collect()
}

#[test]
fn another_partner_gets_the_same_records() {
    let (ours, theirs) = (Machine::filled(), Machine::empty());
    let json = ours.export("json", &[]).to_string_lossy().into_owned();
    for kind in ["organisation", "network", "practice", "membership", "event"] {
        theirs.comin(&["import", &json, "--kind", kind, "--no-positions"]);
    }
    assert_eq!(told(&theirs), told(&ours), "from one JSON file, references included");

    let tables = Machine::empty();
    let csv = ours.export("csv", &["--kind", "organisation"]).to_string_lossy().into_owned();
    tables.comin(&["import", &csv, "--kind", "organisation", "--no-positions"]);
    let organisations = |machine: &Machine| {
        told(machine).into_iter().filter(|((kind, _), _)| kind == "organisation").collect::<BTreeMap<_, _>>()
    };
    assert_eq!(organisations(&tables), organisations(&ours), "from a table");
}
