//! What was exported brings the same state back.

use super::scene::Machine;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// All kinds, those first to which others refer.
const EVERY_KIND: [&str; 11] = [
    "organisation",
    "network",
    "practice",
    "programme",
    "event",
    "membership",
    "interest",
    "publication",
    "note",
    "sameas",
    "proposal",
];

/// Every record by id with what it says.
fn state(machine: &Machine) -> BTreeMap<String, Value> {
    machine.records().into_iter().map(|(id, record)| (id, Value::Object(record.fields))).collect()
}

#[test]
fn an_export_says_nothing_new() {
    let machine = Machine::whole();
    let before = state(&machine);
    let json = machine.export("json", &[]);
    for kind in EVERY_KIND {
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

/// What the records say, by kind and by what they are called; ids, which each partner gives anew, as what they stand for.
fn told(machine: &Machine) -> BTreeMap<(String, String, String), Vec<Value>> {
    let records = machine.records();
    let plain = |value: &Value| {
        let mut text = value.to_string();
        for record in records.values() {
            let title = Value::from(record.title.as_str()).to_string();
            text = text.replace(&record.id, &title[1..title.len() - 1]);
            text = text.replace(&record.register_id, &record.register);
        }
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        value.sort_all_objects();
        value
    };
    let mut told: BTreeMap<_, Vec<Value>> = BTreeMap::new();
    for record in records.values() {
        let mut fields = plain(&Value::Object(record.fields.clone()));
        for (_, value) in fields.as_object_mut().expect("fields") {
            if let Value::Array(members) = value
                && members.iter().all(Value::is_string)
            {
                members.sort_by_key(ToString::to_string);
            }
        }
        // Which end is named first goes by their ids.
        if record.kind == "sameas"
            && let [Some(a), Some(b)] = ["a", "b"].map(|end| fields[end].as_str().map(str::to_owned))
        {
            (fields["a"], fields["b"]) = (a.clone().min(b.clone()).into(), a.max(b).into());
        }
        let title = match record.kind.as_str() {
            "sameas" => String::new(),
            _ => record.title.clone(),
        };
        told.entry((record.kind.clone(), title, record.register.clone())).or_default().push(fields);
    }
    told.values_mut().for_each(|said| said.sort_by_key(ToString::to_string));
    told
}

#[test]
fn another_partner_gets_the_same_records() {
    let (ours, theirs) = (Machine::whole(), Machine::empty());
    assert_eq!(EVERY_KIND.len(), comin_protocol::schema::KINDS.len(), "no kind is left out");
    let there: BTreeSet<String> = ours.records().into_values().map(|record| record.kind).collect();
    assert_eq!(there, EVERY_KIND.map(str::to_owned).into(), "and there is a record of each");
    let json = ours.export("json", &[]).to_string_lossy().into_owned();
    let import = |kind: &str| -> Value {
        let told = theirs.comin(&["--json", "import", &json, "--kind", kind, "--no-positions"]);
        serde_json::from_str(&told).expect("JSON")
    };
    EVERY_KIND.iter().for_each(|kind| drop(import(kind)));
    // What was decided about proposals stands with the records that they are about, which come before them.
    EVERY_KIND.iter().for_each(|kind| drop(import(kind)));
    assert_eq!(told(&theirs), told(&ours), "from one JSON file, references and decisions included");
    for kind in EVERY_KIND {
        let report = import(kind);
        assert_eq!((&report["added"], &report["changed"]), (&0.into(), &0.into()), "{kind}, once more: {report}");
    }
    let open: Value = serde_json::from_str(&theirs.comin(&["--json", "proposals"])).expect("JSON");
    assert_eq!(
        (open["items"].as_array().map(Vec::len), &open["items"][0]["decidable"]),
        (Some(1), &true.into()),
        "{open}"
    );
    assert!(open["items"][0]["current"].get("coordinators").is_some(), "about a record that is here: {open}");
}

/// Kinds whose records may be about a record of any kind: a table of one kind does not tell what that one is called.
const ABOUT_ANY: [&str; 3] = ["note", "sameas", "proposal"];

#[test]
fn another_partner_gets_the_same_records_from_tables_with_names() {
    let (ours, theirs) = (Machine::whole(), Machine::empty());
    let kinds: Vec<&str> = EVERY_KIND.into_iter().filter(|kind| !ABOUT_ANY.contains(kind)).collect();
    let import = |kind: &str| -> Value {
        let file = ours.export("csv", &["--kind", kind, "--names"]).to_string_lossy().into_owned();
        let told = theirs.comin(&["--json", "import", &file, "--kind", kind, "--no-positions"]);
        serde_json::from_str(&told).expect("JSON")
    };
    kinds.iter().for_each(|kind| drop(import(kind)));
    let of_tables = |machine: &Machine| {
        let mut told = told(machine);
        told.retain(|(kind, ..), _| !ABOUT_ANY.contains(&kind.as_str()));
        // Without the proposals nothing tells what was decided about them.
        let decided = ["accepted_proposals", "declined_proposals"];
        told.values_mut().flatten().filter_map(Value::as_object_mut).for_each(|fields| {
            decided.iter().for_each(|field| drop(fields.remove(*field)));
        });
        told
    };
    assert_eq!(of_tables(&theirs), of_tables(&ours), "references included");
    let undecided = theirs.records().into_values().all(|record| !record.fields.contains_key("accepted_proposals"));
    assert!(undecided, "no record names a proposal that nobody has here");
    for kind in kinds {
        let report = import(kind);
        assert_eq!((&report["added"], &report["changed"]), (&0.into(), &0.into()), "{kind}, once more: {report}");
    }
    let misplaced = ours.output(&["export", "--format", "json", "--names"]);
    assert_eq!(misplaced.status.code(), Some(2), "JSON says what its records are called anyway");
}
