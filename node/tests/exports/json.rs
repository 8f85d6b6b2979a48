//! JSON: Python reads the file, and has of every record everything that the node tells over its interface.

use super::foreign::read;
use super::scene::Machine;
use comin_protocol::schema::KINDS;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Prints what the file holds as pairs of a path and a value that holds no other. No member may stand twice, and nothing
/// may be there that JSON has no name for.
const JSON: &str = r#"
import sys, json
def members(pairs):
    assert len({name for name, _ in pairs}) == len(pairs), pairs
    return dict(pairs)
def refuse(name): raise ValueError(name)
def flat(value, path):
    inner = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    if not inner: return [[path, value]]
    return [leaf for name, held in inner for leaf in flat(held, path + [str(name)])]
with open(sys.argv[1], encoding="utf-8") as f: held = json.load(f, object_pairs_hook=members, parse_constant=refuse)
records = held.pop("records")
print(json.dumps({"head": held, "records": [[record["id"], flat(record, [])] for record in records]}))
"#;

/// The same of what the interface tells.
fn flat(value: &Value, path: &[String], out: &mut BTreeMap<Vec<String>, Value>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, held)| (name.clone(), held)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, held)| (n.to_string(), held)).collect(),
        _ => Vec::new(),
    };
    if inner.is_empty() {
        out.insert(path.to_vec(), value.clone());
    }
    for (name, held) in inner {
        flat(held, &[path, &[name]].concat(), out);
    }
}

#[test]
fn python_reads_everything_that_the_interface_tells() {
    let machine = Machine::whole();
    let file = read(JSON, &machine.export("json", &[]));
    assert_eq!(file["head"], json!({"schema": 1}), "what stands beside the records");
    let records = file["records"].as_array().expect("records");
    let ids: BTreeSet<String> = records.iter().map(|record| record[0].as_str().expect("an id").to_owned()).collect();
    assert_eq!(ids.len(), records.len(), "each stands there once");
    assert_eq!(ids, machine.told().into_keys().collect(), "all that the lists have, and those that were deleted");
    let (mut compared, mut kinds) = (0, BTreeSet::new());
    for record in records {
        let id = record[0].as_str().expect("an id");
        let kind = id.split(':').next().expect("a kind");
        let leaves = record[1].as_array().expect("leaves").iter();
        let theirs: BTreeMap<Vec<String>, Value> =
            leaves.map(|leaf| (serde_json::from_value(leaf[0].clone()).expect("a path"), leaf[1].clone())).collect();
        let shown = machine.show(kind, id);
        let mut ours = BTreeMap::new();
        // What leads to a record, and which are one with it, is told of it and stands in the file with those others.
        for name in ["id", "kind", "title", "values", "differs"] {
            flat(&shown[name], &[name.to_owned()], &mut ours);
        }
        assert_eq!(theirs, ours, "{id} is the same, value by value");
        compared += theirs.len();
        kinds.insert(kind.to_owned());
    }
    let known: BTreeSet<String> = KINDS.iter().map(|kind| kind.name.to_owned()).collect();
    assert!(kinds == known && compared > 500, "{compared} values of {kinds:?} compared");
}
