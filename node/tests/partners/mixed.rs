//! Two versions in one partnership: one knows a kind, two fields and a code that the other does not. Nothing of it is
//! lost on the way through the other's hands.

use super::office::{Partner, eventually};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program with the table of a later version, built beside the one under test.
fn later_version() -> PathBuf {
    let this = Path::new(env!("CARGO_BIN_EXE_comin"));
    let built = this.parent().expect("a directory of the profile");
    let target = built.parent().expect("the target directory");
    let profile = match built.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--locked", "--package", "comin-node", "--bin", "comin-next", "--features", "schema-next"]);
    // Its own packages need not be quick: the packages that they use are those of the version under test.
    for package in ["comin-protocol", "comin-node"] {
        cargo.args(["--config", &format!("profile.{profile}.package.{package}.opt-level=0")]);
    }
    cargo.args(["--profile", profile, "--target-dir"]).arg(target).current_dir(env!("CARGO_MANIFEST_DIR"));
    let done = cargo.stdin(Stdio::null()).status().expect("cargo starts");
    assert!(done.success(), "the later version is built");
    built.join("comin-next")
}

fn first_value(partner: &Partner, id: &str) -> Value {
    let exported = partner.json(&["export", "--format", "json"]);
    let records = exported["records"].as_array().expect("records");
    let record = records.iter().find(|record| record["id"] == id).unwrap_or_else(|| panic!("{id} is exported"));
    record["values"][0]["fields"].clone()
}

/// What a partner holds, without a word of what it makes of it: versions of rows do not depend on the table.
fn versions(partner: &Partner) -> BTreeSet<String> {
    let exported = partner.json(&["export", "--format", "json"]);
    let records = exported["records"].as_array().expect("records").iter();
    let of_record = |record: &Value| -> Vec<String> {
        let values = record["values"].as_array().expect("values").iter();
        values.map(|value| format!("{} {} {}", record["id"], value["register"], value["version"])).collect()
    };
    records.flat_map(of_record).collect()
}

fn meet(one: &Partner, other: &Partner) {
    eventually("both hold the same", || (versions(one) == versions(other)).then_some(()));
}

#[test]
fn what_one_version_does_not_know_goes_through_its_hands_unharmed() {
    let program = later_version();
    let later = Partner::start_with(program.clone(), "Slovenia", "SI");
    let this = Partner::start("Italia", "IT");
    later.json(&["found", "Two versions"]);
    later.json(&["registers", "add", "Common"]);
    later.admit(&this, &later.invite("Italia", "IT", "1h"));
    let refused = this.run(&["organisation", "add", "--set", "name=Prima", "--set", "motto@it=Insieme"]);
    assert_eq!(refused.status.code(), Some(2), "this version does not know the field");

    let organisation = later.json(&[
        "organisation",
        "add",
        "--register",
        "Common",
        "--set",
        "name=Lunavena",
        "--set",
        "country=IT",
        "--set",
        "motto@it=Insieme",
        "--set",
        "motto@sl=Skupaj",
        "--set",
        "seats=12",
    ]);
    let organisation = organisation["id"].as_str().expect("an id").to_owned();
    let event =
        later.json(&["event", "add", "--register", "Common", "--set", "title@it=A distanza", "--set", "type=webinar"]);
    let event = event["id"].as_str().expect("an id").to_owned();
    // No verb is named after the kind: rows of a file bring its records.
    let file = later.temp.path().join("visits.jsonl");
    let visit = json!({"title": {"it": "Visita"}, "host": organisation});
    std::fs::write(&file, format!("{visit}\n")).expect("a file");
    later.json(&["import", &file.to_string_lossy(), "--kind", "visit", "--register", "Common"]);
    let visits = later.json(&["export", "--format", "json", "--kind", "visit"]);
    let visit = visits["records"][0]["id"].as_str().expect("a visit").to_owned();
    meet(&later, &this);

    // What is not known is kept, exported, found, and told from what is.
    let read = first_value(&this, &organisation);
    assert_eq!((&read["motto@it"], &read["seats"]), (&json!("Insieme"), &json!(12)), "fields as they lie: {read}");
    assert_eq!(first_value(&this, &event)["_invalid"]["type"], "webinar", "a code that it cannot read is shown");
    assert_eq!(first_value(&this, &visit)["title@it"], "Visita", "and so is a record of a kind that it does not know");
    let hits = this.json(&["search", "insieme"]);
    assert_eq!(hits["items"][0]["id"], organisation.as_str(), "searches read it too");

    // An export by the version that does not know, read again by either, changes nothing.
    let file = this.temp.path().join("export.json").to_string_lossy().into_owned();
    this.json(&["export", "--format", "json", "--kind", "organisation", "--register", "Common", "--out", &file]);
    let before = versions(&later);
    for partner in [&this, &later] {
        let told = partner.json(&["import", &file, "--kind", "organisation", "--register", "Common"]);
        assert_eq!((&told["added"], &told["changed"]), (&json!(0), &json!(0)), "nothing to do: {told}");
        assert_eq!(versions(partner), before, "and nothing is lost");
    }

    // It is edited here, known fields beside unknown ones, while the other edits what only it knows.
    later.json(&["sync", "pause"]);
    this.json(&["organisation", "edit", &organisation, "--set", "city=Treviso", "--set", "name=Lunavena ONLUS"]);
    this.json(&["event", "edit", &event, "--set", "place=Online"]);
    later.json(&["organisation", "edit", &organisation, "--set", "motto@it=Meglio insieme", "--set", "seats=14"]);
    later.json(&["sync", "resume"]);
    meet(&later, &this);
    let both = eventually("both edits", || {
        let read = first_value(&later, &organisation);
        (read["city"] == "Treviso").then_some(read)
    });
    assert_eq!(both["motto"], json!({"it": "Meglio insieme", "sl": "Skupaj"}), "the later version reads its own again");
    assert_eq!((&both["seats"], &both["name"]), (&json!(14), &json!("Lunavena ONLUS")), "with what the other wrote");
    assert_eq!(first_value(&later, &event)["type"], "webinar", "the code went through the other's hands");

    // A conflict in what this version does not know is seen by it, and can be decided with it.
    let mut third = Partner::start_with(program, "Francia", "FR");
    later.admit(&third, &later.invite("Francia", "FR", "1h"));
    meet(&later, &third);
    third.json(&["sync", "pause"]);
    third.json(&["organisation", "edit", &organisation, "--set", "seats=20"]);
    later.json(&["organisation", "edit", &organisation, "--set", "seats=30"]);
    third.json(&["sync", "resume"]);
    let seen = eventually("the conflict", || {
        let conflicts = this.json(&["conflicts"]);
        conflicts["items"].get(0).cloned()
    });
    assert_eq!(seen["field"], "seats", "this version shows it as well");
    this.json(&["conflicts", "resolve", &organisation, "--field", "seats", "--take", "1"]);
    eventually("the decision", || {
        let conflicts = later.json(&["conflicts"]);
        conflicts["items"].as_array().is_some_and(Vec::is_empty).then_some(())
    });
    let told = this.json(&["history", &organisation]);
    assert_eq!(told["items"][0]["fields"][0]["field"], "seats", "and its history names the field: {told}");
    third.kill();
    for partner in [&later, &this] {
        assert!(partner.run(&["check"]).status.success(), "pages and searches read what the documents say");
    }
}
