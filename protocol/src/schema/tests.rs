use super::value::{decode, encode};
use super::*;
use crate::ids::{ActorId, DocId, PartnerId, RecordKey, RegisterId};
use crate::record::{Cell, FieldChange, FieldOp, Origin, Row, Scalar};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const DEMO: &str = include_str!("../../../node/data/demo.json");
const IMPORT: &str = include_str!("../../../node/data/offline-import.csv");

fn key_of(kind: &str) -> RecordKey {
    RecordKey { kind: kind.to_owned(), id: [0xab; 16] }
}

/// A row with these flat fields.
fn row(kind: &str, fields: &[(&str, Scalar)]) -> Row {
    let cell = |value: &Scalar| vec![Cell { value: value.clone(), origin: 0 }];
    Row {
        key: key_of(kind),
        doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
        origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
        fields: fields.iter().map(|(key, value)| ((*key).to_owned(), cell(value))).collect(),
        unseen_edits: Vec::new(),
    }
}

/// The row after these changes, as a document would have it.
fn apply(kind: &Kind, changes: &[FieldChange]) -> Row {
    let mut fields = BTreeMap::new();
    for change in changes {
        let value = match &change.op {
            FieldOp::Put(value) => value.clone(),
            FieldOp::Add => Scalar::Int(1),
            FieldOp::Remove => Scalar::Null,
            FieldOp::Prose(text) => Scalar::Prose(text.clone()),
        };
        fields.insert(change.key.clone(), value);
    }
    let fields: Vec<(&str, Scalar)> = fields.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    row(kind.name, &fields)
}

fn field_of(kind_name: &str, name: &str) -> &'static Field {
    kind(kind_name).and_then(|kind| kind.field(name)).expect("the field is in the table")
}

fn ops(changes: Vec<FieldChange>) -> Vec<(String, FieldOp)> {
    changes.into_iter().map(|change| (change.key, change.op)).collect()
}

fn add(key: &str) -> (String, FieldOp) {
    (key.to_owned(), FieldOp::Add)
}

fn remove(key: &str) -> (String, FieldOp) {
    (key.to_owned(), FieldOp::Remove)
}

#[test]
fn the_table_is_sound() {
    for kind in KINDS {
        let names: BTreeSet<&str> = kind.all_fields().map(|field| field.name).collect();
        assert_eq!(names.len(), kind.all_fields().count(), "{}: every field once", kind.name);
        assert!(
            kind.ends.iter().all(|end| kind.field(end).is_some_and(|f| f.required)),
            "{}: ends are required",
            kind.name
        );
        assert!(kind.title.is_empty() || kind.field(kind.title).is_some(), "{}: its title is a field", kind.name);
        let refers = |name: &str| matches!(kind.field(name).map(|f| f.field_type), Some(FieldType::Reference(_)));
        assert!(kind.named_by.iter().all(|name| refers(name)), "{}: it is named by references", kind.name);
        assert!(!kind.title.is_empty() || !kind.named_by.is_empty(), "{}: it has a name", kind.name);
        for field in kind.all_fields() {
            let plain = field.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(plain, "{}: {} is a plain name", kind.name, field.name);
            let longest = match field.field_type {
                FieldType::Entries(subs) => {
                    field.name.len() + 1 + 16 + 1 + subs.iter().map(|sub| sub.name.len() + 3).max().unwrap_or(0)
                }
                _ => field.name.len() + 1 + if field.is_set() { field.bytes_max } else { 2 },
            };
            assert!(longest <= crate::limits::FIELD_KEY_BYTES_MAX, "{}: {} fits into a key", kind.name, field.name);
        }
    }
    let names: BTreeSet<&str> = VOCABULARIES.iter().map(|list| list.name).collect();
    assert_eq!(names.len(), VOCABULARIES.len(), "every vocabulary once");
    for list in VOCABULARIES {
        let codes: BTreeSet<&str> = list.codes().collect();
        assert_eq!(codes.len(), list.terms.len(), "{}: every code once", list.name);
        assert!(
            list.terms.iter().all(|term| term.labels.iter().all(|label| !label.is_empty())),
            "{}: all labels",
            list.name
        );
    }
}

/// The frozen texts of WIRE.md, "Scalars": what is entered, what lies in the record, what is read.
#[test]
fn values_have_one_frozen_text() {
    let reference = key_of("organisation").to_string();
    let moment = json!({"start": "2026-02-11T09:00", "end": "2026-02-11T12:00", "tzid": "Europe/Ljubljana"});
    let moment_text = "2026-02-11T09:00/2026-02-11T12:00[Europe/Ljubljana]";
    let cases = [
        ("organisation", "name", json!("  Zavod Brezmir "), Scalar::from("Zavod Brezmir"), json!("Zavod Brezmir")),
        ("organisation", "type", json!("association"), "association".into(), json!("association")),
        (
            "organisation",
            "type",
            json!("Centro per l'impiego / collocamento mirato"),
            "employment_centre".into(),
            json!("employment_centre"),
        ),
        ("organisation", "country", json!("it"), "IT".into(), json!("IT")),
        (
            "organisation",
            "position",
            json!({"lat": 45.956, "lon": 13.6480, "precision": "city"}),
            "45.956,13.648;city".into(),
            json!({"lat": 45.956, "lon": 13.648, "precision": "city"}),
        ),
        (
            "organisation",
            "position",
            json!("-0.0000001, 10"),
            "0,10;exact".into(),
            json!({"lat": 0.0, "lon": 10.0, "precision": "exact"}),
        ),
        ("organisation", "last_verified", json!("2024-02-29"), "2024-02-29".into(), json!("2024-02-29")),
        (
            "organisation",
            "website",
            json!("https://a.example/x?y"),
            "https://a.example/x?y".into(),
            json!("https://a.example/x?y"),
        ),
        ("organisation", "email", json!("office@a.example"), "office@a.example".into(), json!("office@a.example")),
        ("organisation", "deleted", json!("true"), Scalar::Bool(true), json!(true)),
        ("network", "since", json!("2026-03"), "2026-03".into(), json!("2026-03")),
        ("membership", "organisation", json!(reference), reference.as_str().into(), json!(reference)),
        ("event", "attendance", json!("14"), Scalar::Int(14), json!(14)),
        ("event", "when", moment.clone(), moment_text.into(), moment.clone()),
        ("event", "when", json!(moment_text), moment_text.into(), moment),
        ("publication", "sha256", json!("AB".repeat(32)), "ab".repeat(32).into(), json!("ab".repeat(32))),
        ("note", "about", json!(reference), reference.as_str().into(), json!(reference)),
        ("note", "text", json!("Uno.\r\nDue."), "Uno.\nDue.".into(), json!("Uno.\nDue.")),
        (
            "proposal",
            "changes",
            json!({"website": null, "name": {"sl": "B", "it": "A"}}),
            r#"{"name":{"it":"A","sl":"B"},"website":null}"#.into(),
            json!({"name": {"it": "A", "sl": "B"}, "website": null}),
        ),
    ];
    for (kind, name, input, stored, read) in cases {
        let field = field_of(kind, name);
        let encoded = encode(field, &input);
        assert_eq!(encoded.as_ref(), Ok(&stored), "{name}: {input} lies in the record so");
        assert_eq!(decode(field, &stored), Some(read.clone()), "{name}: and reads so");
        assert_eq!(encode(field, &read), encoded, "{name}: what is read can be written");
    }
}

#[test]
fn wrong_values_are_refused_with_a_remedy() {
    let cases = [
        ("organisation", "type", json!("circus"), "is not one of"),
        ("organisation", "country", json!("XX"), "ISO code"),
        ("organisation", "country", json!("I"), "ISO code"),
        ("organisation", "position", json!({"lat": 91, "lon": 0}), "is not a position"),
        ("organisation", "position", json!({"lat": 9, "lon": 0, "precision": "roughly"}), "is not a position"),
        ("organisation", "position", json!("NaN,0"), "is not a position"),
        ("organisation", "last_verified", json!("2026-02-29"), "is not a day"),
        ("organisation", "last_verified", json!("1.3.2026"), "is not a day"),
        ("organisation", "website", json!("www.a.example"), "https://"),
        ("organisation", "website", json!("javascript:alert(1)"), "https://"),
        ("organisation", "email", json!("office"), "e-mail"),
        ("organisation", "name", json!("a\nb"), "several lines"),
        ("organisation", "name", json!("a\u{7}b"), "cannot be shown"),
        ("organisation", "name", json!("n".repeat(501)), "at most 500"),
        ("organisation", "name", json!(7), "is not a text"),
        ("organisation", "name@it", json!("x"), "is not translated"),
        ("organisation", "nam", json!("x"), "did you mean name"),
        ("organisation", "description", json!("x"), "needs a language"),
        ("organisation", "description@xx", json!("x"), "is not one of it, sl, fr, en"),
        ("organisation", "target_groups", json!(["youth", "circus"]), "is not one of"),
        ("organisation", "target_groups", json!({"add": ["youth"], "set": []}), "is unknown here"),
        ("network", "since", json!("2026-13"), "is not a month"),
        ("membership", "organisation", json!(key_of("network").to_string()), "kind organisation"),
        ("event", "attendance", json!(-1), "from 0 to"),
        ("event", "attendance", json!(1.5), "whole number"),
        (
            "event",
            "when",
            json!({"start": "2026-02-11T09:00", "end": "2026-02-11T08:00", "tzid": "Europe/Rome"}),
            "ends before",
        ),
        ("event", "when", json!({"start": "2026-02-11T24:00", "tzid": "Europe/Rome"}), "is not a time"),
        ("event", "when", json!("2026-02-11T09:00[x y]"), "is not a time"),
        ("event", "when", json!("2026-02-11T09:00/2026-02-11T12:00"), "is not a time"),
        ("event", "when", json!("2026-02-11/2026-02-11T12:00[Europe/Rome]"), "is not a time"),
        ("event", "when", json!("2026-02-13/2026-02-11"), "ends before"),
        ("event", "when", json!({"start": "2026-02-30"}), "is not a time"),
        ("event", "deleted", json!("perhaps"), "neither true nor false"),
        ("publication", "sha256", json!("abc"), "64 hex digits"),
        ("note", "about", json!("org-1"), "is not the id of a record"),
        ("note", "about", json!(key_of("person").to_string()), "is not the id of a record"),
        ("proposal", "changes", json!({}), "object of fields"),
        ("interest", "transitions", json!([{"to": "married", "at": "2026-02-11"}]), "leads to none of received"),
        ("interest", "transitions", json!([{"to": "received"}]), "needs a day"),
        ("interest", "transitions", json!([{"to": "received", "at": "2026-02-11", "from": ["x"]}]), "16 hex digits"),
        ("interest", "transitions", json!([{"to": "received", "at": "2026-02-11", "by": 1}]), "unknown part"),
        ("interest", "transitions", json!(5), "neither an array nor a text"),
        ("programme", "modules", json!([{"hours": 6}]), "needs title"),
        ("programme", "modules", json!([{"title": {"it": "Uno"}, "pages": 6}]), "unknown part"),
        ("programme", "modules", json!("Uno"), "is not JSON"),
        ("programme", "modules", json!({"remove": ["0123456789abcdef"]}), "not there"),
        ("programme", "modules", json!({"set": []}), "add, move and remove"),
    ];
    for (kind_name, name, input, remedy) in cases {
        let error = parse_field(kind(kind_name).unwrap(), name, &input, None).expect_err("refused");
        assert!(error.reason.contains(remedy), "{name} {input}: {error}");
        assert_eq!(error.field, name, "the error names the field");
    }
}

#[test]
fn sets_are_compared_with_what_stands() {
    let kind = kind("organisation").unwrap();
    let current = row(kind.name, &[("target_groups/youth", Scalar::Int(4)), ("target_groups/women", Scalar::Int(1))]);
    let parse = |input: Value| ops(parse_field(kind, "target_groups", &input, Some(&current)).unwrap());
    assert_eq!(
        parse(json!(["youth", "migrants"])),
        [add("target_groups/migrants"), remove("target_groups/women")],
        "only what differs"
    );
    assert_eq!(parse(json!("giovani; women, youth")), [], "labels and codes in a text, each once");
    assert_eq!(parse(Value::Null), [remove("target_groups/women"), remove("target_groups/youth")], "null empties");
    assert_eq!(
        parse(json!({"add": ["youth"], "remove": "women"})),
        [add("target_groups/youth"), remove("target_groups/women")],
        "steps are taken as they are"
    );
    let assigned = |key: &str, text: &str| ops(parse_assignment(kind, key, text, Some(&current)).unwrap());
    assert_eq!(assigned("target_groups+", "migrants"), [add("target_groups/migrants")], "+= adds");
    assert_eq!(assigned("target_groups-", "youth"), [remove("target_groups/youth")], "-= removes");
    assert_eq!(
        assigned("other_names", "Lunavena, ONLUS; L."),
        [add("other_names/Lunavena, ONLUS"), add("other_names/L.")],
        "a comma may be part of a name"
    );
    assert!(parse_assignment(kind, "name+", "x", None).is_err(), "a name is no set");
}

#[test]
fn texts_are_set_by_language() {
    let practice = kind("practice").unwrap();
    let changes = parse_field(practice, "description", &json!({"it": "Uno.\r\nDue.", "fr": null}), None).unwrap();
    let expected = [
        ("description@it".to_owned(), FieldOp::Prose("Uno.\nDue.".into())),
        ("description@fr".to_owned(), FieldOp::Prose(String::new())),
    ];
    assert_eq!(ops(changes), expected, "only the languages named; an emptied prose text stays a text");
    let changes = parse_assignment(practice, "title@it", " Mentore ", None).unwrap();
    assert_eq!(changes, [FieldChange::put("title@it", "Mentore")], "one language from the command line");
    let changes = parse_field(practice, "title@it", &json!(" "), None).unwrap();
    assert_eq!(changes, [FieldChange::clear("title@it")], "an empty text clears");
    let all = parse_field(practice, "title", &Value::Null, None).unwrap();
    assert_eq!(all.len(), LANGUAGES.len(), "null clears every language");
}

#[test]
fn required_fields_are_missed() {
    let kind = kind("network").unwrap();
    assert_eq!(missing(kind, None, &[]).map(|field| field.name), Some("name"), "a network needs a name");
    let named = [FieldChange::put("name@sl", "Mreža")];
    assert!(missing(kind, None, &named).is_none(), "in any language");
    let current = apply(kind, &named);
    assert!(missing(kind, Some(&current), &[]).is_none(), "what stands counts");
    assert!(missing(kind, Some(&current), &[FieldChange::clear("name@sl")]).is_some(), "unless it is cleared");
    let moved = [FieldChange::clear("name@sl"), FieldChange::put("name@it", "Rete")];
    assert!(missing(kind, Some(&current), &moved).is_none(), "or written in another language");
}

#[test]
fn json_shows_all_that_is_there() {
    let fields = [
        ("name", Scalar::from("Zavod")),
        ("type", Scalar::from("circus")),
        ("description@it", Scalar::from("Uno")),
        ("description@xx", Scalar::from("?")),
        ("target_groups/youth", Scalar::Int(3)),
        ("target_groups/unheard_of", Scalar::Int(1)),
        ("position", Scalar::from("45.9560,13.648;city")),
        ("mood@it", Scalar::from("lieto")),
        ("country", Scalar::Int(39)),
    ];
    let shown = to_json(&row("organisation", &fields));
    assert_eq!(shown["name"], "Zavod", "a plain field");
    assert_eq!(shown["description"], json!({"it": "Uno"}), "a translated one");
    assert_eq!(shown["target_groups"], json!(["youth"]), "a set");
    assert_eq!(shown["mood@it"], "lieto", "a field of a later version under its flat key");
    let invalid: Vec<&String> = shown["_invalid"].as_object().unwrap().keys().collect();
    let expected = ["type", "country", "position", "target_groups/unheard_of", "description@xx"];
    assert_eq!(invalid, expected, "what is not of its field's type, another form of a value included");
    assert_eq!(shown["_meta"]["created"]["time_ms"], 3, "and when it was made");
    let unknown = to_json(&row("lighthouse", &[("height", Scalar::Int(30))]));
    assert_eq!(
        (&unknown["height"], &unknown["_meta"]["kind"]),
        (&json!(30), &json!("lighthouse")),
        "an unknown kind too"
    );
}

#[test]
fn titles_fall_back_between_languages() {
    let network = row(
        "network",
        &[("name@sl", "Mreža".into()), ("name@en", "Network".into()), ("original_language", "sl".into())],
    );
    assert_eq!(translated(&network, "name", "en"), Some(("en", "Network")), "the language asked for");
    assert_eq!(translated(&network, "name", "fr"), Some(("sl", "Mreža")), "else the original");
    assert_eq!(translated(&network, "vision", "fr"), None, "nothing is nothing");
    assert_eq!(title(&row("network", &[("name@hr", "Mreža".into())]), "it"), "Mreža", "else any other");
    assert_eq!(title(&row("organisation", &[("name", "Zavod".into())]), "it"), "Zavod", "an untranslated name");
    assert_eq!(title(&row("lighthouse", &[("title@it", "Faro".into())]), "it"), "Faro", "an unknown kind by its title");
    assert_eq!(title(&row("membership", &[]), "it"), key_of("membership").to_string(), "else the key");
}

/// Puts keys in the place of the slugs in reference fields.
fn resolve(kind: &Kind, name: &str, value: &Value, keys: &BTreeMap<String, RecordKey>) -> Value {
    let key = |slug: &Value| json!(keys[slug.as_str().expect("a slug")].to_string());
    match (kind.field(name).map(|field| field.field_type), value) {
        (Some(FieldType::Reference(_)), slug) => key(slug),
        (Some(FieldType::References(_)), Value::Array(slugs)) => slugs.iter().map(key).collect(),
        _ => value.clone(),
    }
}

#[test]
fn the_demo_data_is_accepted_and_read_back() {
    let demo: Value = serde_json::from_str(DEMO).expect("the file is JSON");
    let slugs = |list: &str| -> BTreeSet<&str> {
        demo[list].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect()
    };
    let (partners, registers) = (slugs("partners"), slugs("registers"));
    assert_eq!(partners.len(), 3, "three partners");
    let own = |slug: &&str| (format!("partner:{slug}"), key_of("organisation"));
    let mut keys: BTreeMap<String, RecordKey> = partners.iter().map(own).collect();
    for record in demo["records"].as_array().unwrap() {
        let slug = record["slug"].as_str().unwrap();
        let kind = kind(record["kind"].as_str().unwrap()).expect("a kind of the schema");
        let register = record["register"].as_str().unwrap();
        assert!(register == "own" || registers.contains(register), "{slug} lies in a register of the demo");
        assert!(partners.contains(record["created_by"].as_str().unwrap()), "{slug} is made by one of the three");
        let mut changes = Vec::new();
        let mut expected = serde_json::Map::new();
        for (name, value) in record["fields"].as_object().unwrap() {
            let value = resolve(kind, name, value, &keys);
            let parsed = parse_field(kind, name, &value, None);
            changes.extend(parsed.unwrap_or_else(|error| panic!("{slug}: {error}")));
            expected.insert(name.clone(), value);
        }
        assert!(missing(kind, None, &changes).is_none(), "{slug} has what it needs");
        let mut shown = to_json(&apply(kind, &changes));
        shown.remove("_meta");
        // It follows from the steps and is never given.
        shown.remove("status");
        for (name, value) in &mut shown {
            without_ids(value);
            sort_members(value);
            let mut given = expected.remove(name).unwrap_or_else(|| panic!("{slug}: {name} was not given"));
            without_ids(&mut given);
            sort_members(&mut given);
            assert_eq!(*value, given, "{slug}: {name} reads as given");
        }
        assert!(expected.is_empty(), "{slug}: nothing is lost: {expected:?}");
        assert!(keys.insert(slug.to_owned(), key_of(kind.name)).is_none(), "{slug} is there once");
    }
}

/// Steps and entries as they are given: an id is drawn for each, and what a step follows is read from the log.
fn without_ids(value: &mut Value) {
    for entry in value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        entry.remove("id");
        entry.remove("from");
        entry.sort_keys();
    }
}

fn sort_members(value: &mut Value) {
    if let Value::Array(members) = value {
        members.sort_by_key(Value::to_string);
        members.dedup();
    }
}

#[test]
fn the_spreadsheet_of_the_demo_is_accepted() {
    let kind = kind("organisation").unwrap();
    let mut lines = IMPORT.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut rows = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), header.len(), "no cell of this file needs quotes: {line}");
        for (name, cell) in header.iter().zip(cells) {
            parse_assignment(kind, name, cell, None).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        rows += 1;
    }
    assert_eq!(rows, 200, "200 organisations");
}
