//! GraphML: networkx reads the records as nodes, and memberships and references as edges.

use super::foreign::read;
use super::scene::{Machine, Record, word};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const GRAPHML: &str = r#"
import sys, json, networkx
graph = networkx.read_graphml(sys.argv[1])
print(json.dumps({"directed": graph.is_directed(), "nodes": dict(graph.nodes(data=True)), "edges": [[u, v, d] for u, v, d in graph.edges(data=True)]}))
"#;

/// What a record points at, by field.
fn references(record: &Record) -> Vec<(String, String)> {
    let fields =
        ["network", "implementing_organisation", "organiser", "networks", "organisations", "practices", "coordinators"];
    let targets = |field: &str| match record.fields.get(field) {
        Some(Value::Array(members)) => members.iter().map(word).collect(),
        Some(value) => vec![word(value)],
        None => Vec::new(),
    };
    fields.iter().flat_map(|field| targets(field).into_iter().map(|target| ((*field).to_owned(), target))).collect()
}

#[test]
fn networkx_reads_nodes_and_edges() {
    let machine = Machine::filled();
    let graph = read(GRAPHML, &machine.export("graphml", &[]));
    let records = machine.records();
    let listed = || records.values().filter(|record| !record.deleted);
    let nodes = graph["nodes"].as_object().expect("nodes");
    let expected: BTreeSet<&String> = listed().filter(|r| r.kind != "membership").map(|r| &r.id).collect();
    assert_eq!(nodes.keys().collect::<BTreeSet<_>>(), expected, "every record but links is a node");
    let mut compared = 0;
    for (id, node) in nodes {
        let record = &records[id];
        assert_eq!(
            (&node["kind"], &node["label"]),
            (&json!(record.kind), &json!(record.title)),
            "kind and title of {id}"
        );
        let points: BTreeSet<String> = references(record).into_iter().map(|(field, _)| field).collect();
        for (name, value) in record.cells().iter().filter(|(name, _)| *name != "position" && !points.contains(*name)) {
            assert_eq!(&node[name], value, "{id} has the same {name}");
            compared += 1;
        }
        if let Some(position) = record.fields.get("position") {
            assert_eq!((&node["lat"], &node["lon"]), (&position["lat"], &position["lon"]), "the place, as numbers");
        }
    }
    assert!(compared > 40, "{compared} values compared");

    let edges: BTreeSet<(String, String, String)> = graph["edges"]
        .as_array()
        .expect("edges")
        .iter()
        .map(|edge| (word(&edge[0]), word(&edge[1]), word(&edge[2]["kind"])))
        .collect();
    let mut expected: BTreeSet<(String, String, String)> = listed()
        .filter(|record| record.kind != "membership")
        .flat_map(|record| references(record).into_iter().map(|(field, target)| (record.id.clone(), target, field)))
        .collect();
    for membership in listed().filter(|record| record.kind == "membership") {
        let [organisation, network] = ["organisation", "network"].map(|end| word(&membership.fields[end]));
        expected.insert((organisation, network, "membership".into()));
    }
    assert_eq!(edges, expected, "memberships and references");
    let member = graph["edges"].as_array().expect("edges").iter().find(|edge| edge[2]["role"] == "member");
    let member = member.expect("the membership with a role");
    assert_eq!(member[2]["since"], "2026-04-01", "edges carry what the membership says");
}
