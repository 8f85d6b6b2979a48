//! vCard: the persons that this machine reads, and only there.

use super::foreign::read;
use super::scene::{Machine, content, unzipped};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

const VCF: &str = r#"
import sys, json, vobject
cards = list(vobject.readComponents(open(sys.argv[1], encoding="utf-8", newline="").read()))
print(json.dumps([{
    "version": c.version.value, "name": c.fn.value, "family": c.n.value.family, "given": c.n.value.given,
    "email": c.email.value, "phone": c.tel.value, "role": c.role.value, "language": c.lang.value, "organisation": c.org.value,
} for c in cards]))
"#;

#[test]
fn vobject_reads_the_persons() {
    let machine = Machine::filled();
    let file = machine.export("vcf", &[]);
    let cards = read(VCF, &file);
    let card = json!([{
        "version": "4.0", "name": "Ada Zupan; ml.", "family": "Zupan; ml.", "given": "Ada",
        "email": "ada.zupan@most.example", "phone": "+386 1 5550142", "role": "Coordinatrice, rete", "language": "sl",
        "organisation": ["Zavod Šentžiga"],
    }]);
    assert_eq!(cards, card, "the person as it was entered");
    let mode = std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "for its owner alone");
    let persons: Value = serde_json::from_str(&machine.comin(&["--json", "person", "list"])).expect("JSON");
    let id = persons["items"][0]["id"].as_str().expect("an id");
    let erased = machine.comin(&["person", "erase", id, "--reason", "request"]);
    assert!(erased.contains("out-.vcf"), "an erasure names the file: {erased}");
}

#[test]
fn persons_are_in_no_other_form() {
    let machine = Machine::filled();
    let mut texts = Vec::new();
    for format in ["json", "geojson", "graphml", "ics"] {
        texts.push(content(&machine.export(format, &[])));
    }
    for kind in ["organisation", "network", "membership", "practice", "event"] {
        texts.push(content(&machine.export("csv", &["--kind", kind])));
    }
    texts.push(unzipped(&machine.export("xlsx", &[])));
    for text in &texts {
        assert!(!text.contains("Zupan") && !text.contains("5550142"), "nothing of a person is in {text}");
    }
    for refused in [
        &["--format", "csv", "--kind", "person"][..],
        &["--format", "vcf", "--public"],
        &["--format", "vcf", "--kind", "event"],
    ] {
        let output = machine.output(&[&["export"], refused].concat());
        assert_eq!(output.status.code(), Some(1), "{refused:?} is refused");
        assert!(String::from_utf8_lossy(&output.stderr).contains("Hint: "), "with a way out");
    }
}
