//! `--public`: only what is for everybody, in every form.

use super::scene::{Machine, content};
use serde_json::Value;
use std::io::Read;
use std::process::Command;

/// Everything that must not get out: titles of records that are not public, a deleted one, persons, who wrote it.
const CLOSED: [&str; 8] =
    ["HYPERLINK", "Atelier", "Incontro interno", "Mentor", "Cancellata", "Zupan", "ufficio-di-ada", "deleted"];

#[test]
fn only_what_is_public_gets_out() {
    let machine = Machine::filled();
    let mut texts = Vec::new();
    for format in ["json", "geojson", "graphml", "ics"] {
        texts.push((format, content(&machine.export(format, &["--public"]))));
    }
    for kind in ["organisation", "network", "membership", "practice", "event"] {
        texts.push((kind, content(&machine.export("csv", &["--public", "--kind", kind]))));
    }
    let sheet = machine.export("xlsx", &["--public"]);
    let mut unzipped = Vec::new();
    let unzip = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nfor n in z.namelist(): sys.stdout.buffer.write(z.read(n))";
    let mut child = Command::new("python3")
        .arg("-c")
        .arg(unzip)
        .arg(&sheet)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdout.take().expect("a pipe").read_to_end(&mut unzipped).expect("reads");
    assert!(child.wait().expect("ends").success(), "the workbook is an archive");
    texts.push(("xlsx", String::from_utf8_lossy(&unzipped).into_owned()));
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
