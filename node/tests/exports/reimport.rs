//! What was exported brings the same state back.

use super::scene::{Machine, content};
use serde_json::Value;
use std::collections::BTreeMap;

/// The kinds, those first to which others refer.
const KINDS: [&str; 5] = ["organisation", "network", "membership", "practice", "event"];

/// Every record by id with what it says.
fn state(machine: &Machine) -> BTreeMap<String, Value> {
    machine.records().into_iter().map(|(id, record)| (id, Value::Object(record.fields))).collect()
}

#[test]
fn csv_says_nothing_new() {
    let machine = Machine::filled();
    let before = state(&machine);
    for kind in KINDS {
        let file = machine.export("csv", &["--kind", kind]);
        let file = file.to_string_lossy();
        let report: Value =
            serde_json::from_str(&machine.comin(&["--json", "import", &file, "--kind", kind])).expect("JSON");
        assert_eq!((&report["added"], &report["changed"]), (&Value::from(0), &Value::from(0)), "{kind}: {report}");
        assert!(report["unchanged"].as_u64() > Some(0), "its rows were read: {report}");
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
    machine.comin(&["import", &file.to_string_lossy(), "--kind", "organisation"]);
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

#[test]
fn another_partner_gets_the_same_values() {
    let (ours, theirs) = (Machine::filled(), Machine::empty());
    let file = content(&ours.export("csv", &["--kind", "organisation"]));
    // Their records get ids of their own: ids say which machine made a record.
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(reader.headers().expect("names").iter().skip(1)).expect("a line");
    for line in reader.records() {
        writer.write_record(line.expect("a line").iter().skip(1)).expect("a line");
    }
    let bytes = writer.into_inner().expect("bytes");
    theirs.write("in.csv", &String::from_utf8(bytes).expect("UTF-8"));
    theirs.comin(&["import", "in.csv", "--kind", "organisation"]);
    let by_name = |machine: &Machine| -> BTreeMap<String, Value> {
        let organisations = machine.records().into_values().filter(|record| record.kind == "organisation");
        organisations.map(|record| (record.title, Value::Object(record.fields))).collect()
    };
    assert_eq!(by_name(&theirs), by_name(&ours), "value by value");
}
