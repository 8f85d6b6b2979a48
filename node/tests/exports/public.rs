//! `--public`: only what is for everybody, in every form.

use super::scene::{Machine, content, unzipped};
use serde_json::Value;

/// Everything that must not get out: titles of records that are not public, a deleted one, persons, an
/// address that looks like a person's, who wrote it.
const CLOSED: [&str; 10] = [
    "maja.kos",
    "HYPERLINK",
    "Atelier",
    "Incontro interno",
    "Fiera",
    "Mentor",
    "Cancellata",
    "Zupan",
    "ufficio-di-ada",
    "deleted",
];

#[test]
fn only_what_is_public_gets_out() {
    let machine = Machine::filled();
    let records: Value = serde_json::from_str(&machine.comin(&["--json", "organisation", "list"])).expect("JSON");
    let open = records["items"].as_array().expect("a list").iter().find(|item| item["title"] == "Zavod Šentžiga");
    let id = open.expect("the public one")["id"].as_str().expect("an id").to_owned();
    machine.comin(&["organisation", "edit", &id, "--set", "email=maja.kos@sentziga.example"]);
    machine.comin(&["organisation", "edit", &id, "--set", "phone=05 123 (maja.kos@sentziga.example)"]);
    let said = "description@sl=Delavnica, pišite na maja.kos@sentziga.example ali pridite";
    machine.comin(&[
        "organisation",
        "edit",
        &id,
        "--set",
        said,
        "--set",
        "other_names=Žiga (maja.kos@sentziga.example)",
    ]);
    assert!(content(&machine.export("json", &[])).contains("maja.kos"), "partners read the address");
    let mut texts = Vec::new();
    for format in ["json", "geojson", "graphml", "ics"] {
        texts.push((format, content(&machine.export(format, &["--public"]))));
    }
    for kind in ["organisation", "network", "membership", "practice", "event"] {
        texts.push((kind, content(&machine.export("csv", &["--public", "--kind", kind]))));
    }
    texts.push(("xlsx", unzipped(&machine.export("xlsx", &["--public"]))));
    for (form, text) in &texts {
        for closed in CLOSED {
            assert!(!text.contains(closed), "{closed} is not in {form}: {text}");
        }
    }
    let with =
        |form: &str| texts.iter().find(|(name, _)| *name == form).map(|(_, text)| text.as_str()).expect("is there");
    for open in ["Zavod Šentžiga", "Mreža", "Seminario"] {
        assert!(with("json").contains(open) && with("xlsx").contains(open), "{open} is for everybody");
    }
    for words in ["05 123 (…)", "Delavnica, pišite na … ali pridite"] {
        assert!(with("json").contains(words) && with("xlsx").contains(words), "nothing else goes: {words}");
    }
    assert!(with("ics").contains("Seminario") && with("geojson").contains("45.956"), "in every form");

    let json: Value = serde_json::from_str(with("json")).expect("JSON");
    let records = json["records"].as_array().expect("a list");
    let fields = |record: &Value| record["values"][0]["fields"].clone();
    assert!(records.iter().all(|record| fields(record)["visibility"] == "public"), "all of them are public");
    assert!(records.iter().all(|record| record["values"][0].get("created").is_none()), "nobody is named who wrote it");
    let memberships = records.iter().filter(|record| record["kind"] == "membership").count();
    assert_eq!(memberships, 1, "a membership of an organisation that is not public says too much");
    let event = records.iter().find(|record| record["kind"] == "event").map(fields).expect("the event");
    assert!(event.get("practices").is_none() && event.get("organiser").is_some(), "references follow the same rule");
    let refused = machine.output(&["export", "--format", "automerge", "--public", "--out", "am"]);
    assert_eq!(refused.status.code(), Some(2), "whole documents are never public");
}
