//! Logs and ordered entries: frozen texts, and what stays when several people write at once.

use super::*;
use crate::ids::{ActorId, DeviceKey, DocId, PartnerId, RecordKey, RegisterId};
use crate::record::{FieldChange, OriginIndex, Row, project, write};
use automerge::Automerge;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn doc_id() -> DocId {
    DocId { register: RegisterId::partner(&PartnerId([7; 32])), part: 1 }
}

fn key_of(kind: &str) -> RecordKey {
    RecordKey::random(kind, &DeviceKey([9; 32]), [1; 8])
}

/// A document with one record of this kind.
fn start(kind: &str, fields: &Value) -> Automerge {
    let mut doc = Automerge::new().with_actor(ActorId([1; 16]).to_automerge());
    edit_as(&mut doc, kind, fields, true);
    doc
}

/// Another person's copy.
fn copy(doc: &Automerge, actor: u8) -> Automerge {
    doc.fork().with_actor(ActorId([actor; 16]).to_automerge())
}

fn edit_as(doc: &mut Automerge, kind_name: &str, fields: &Value, create: bool) {
    let known = kind(kind_name).expect("a kind");
    let before = (!create).then(|| read(doc, kind_name));
    let mut changes = Vec::new();
    for (name, value) in fields.as_object().expect("fields") {
        changes.extend(parse_field(known, name, value, before.as_ref()).unwrap_or_else(|error| panic!("{error}")));
    }
    let mut tx = doc.transaction();
    write(&mut tx, &doc_id(), &key_of(kind_name), create, &changes).expect("the edit writes");
    tx.commit();
}

fn edit(doc: &mut Automerge, kind: &str, fields: &Value) {
    edit_as(doc, kind, fields, false);
}

fn read(doc: &Automerge, kind: &str) -> Row {
    project(doc, &doc_id(), &OriginIndex::from_doc(doc), &key_of(kind)).expect("the record is there")
}

fn modules(doc: &Automerge) -> Vec<Value> {
    to_json(&read(doc, "programme")).get("modules").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn titles(doc: &Automerge) -> Vec<String> {
    modules(doc).iter().map(|module| module["title"]["it"].as_str().unwrap_or("–").to_owned()).collect()
}

fn ids(doc: &Automerge) -> Vec<String> {
    modules(doc).iter().map(|module| module["id"].as_str().expect("an id").to_owned()).collect()
}

fn programme() -> Automerge {
    let module = |title: &str| json!({"title": {"it": title}, "hours": 6});
    let fields = json!({"title@it": "Corso", "modules": [module("A"), module("B"), module("C")]});
    start("programme", &fields)
}

fn merged(left: &Automerge, right: &Automerge) -> Automerge {
    let (mut one, mut other) = (left.fork(), right.fork());
    one.merge(&mut right.fork()).expect("merges");
    other.merge(&mut left.fork()).expect("merges");
    assert_eq!(to_json(&read_any(&one)), to_json(&read_any(&other)), "both see the same");
    one
}

fn read_any(doc: &Automerge) -> Row {
    let index = OriginIndex::from_doc(doc);
    crate::record::project_all(doc, &doc_id(), &index).pop().expect("one record")
}

/// The frozen texts of WIRE.md, "Scalars".
#[test]
fn logs_and_entries_have_frozen_keys_and_texts() {
    let fields =
        json!({"transitions": [{"to": "received", "at": "2026-02-11"}, {"to": "contacted", "at": "2026-02-18"}]});
    let row = read(&start("interest", &fields), "interest");
    let texts: Vec<(&str, &str)> = row.fields.keys().map(|key| (key.as_str(), row.text(key).unwrap())).collect();
    let frozen = [
        ("transitions/03891d335207fc5b", "received 2026-02-11 -"),
        ("transitions/6d8732fa168ae0f3", "contacted 2026-02-18 03891d335207fc5b"),
    ];
    assert_eq!(texts, frozen, "a log");
    let fields = json!({"modules": [{"title": {"it": "Uno", "sl": "Ena"}, "hours": 6}, {"title": {"it": "Due"}}]});
    let row = read(&start("programme", &fields), "programme");
    let keys: Vec<(&str, String)> = row
        .fields
        .keys()
        .map(|key| (key.as_str(), row.text(key).map_or_else(|| format!("{:?}", row.value(key)), str::to_owned)))
        .collect();
    let frozen = [
        ("modules.8a01e63c0e59527d.title@it", "Due"),
        ("modules.c8ae43e5852f14b6.hours", "Some(Int(6))"),
        ("modules.c8ae43e5852f14b6.title@it", "Uno"),
        ("modules.c8ae43e5852f14b6.title@sl", "Ena"),
        ("modules/8a01e63c0e59527d", "2"),
        ("modules/c8ae43e5852f14b6", "1"),
    ];
    let keys: Vec<(&str, &str)> = keys.iter().map(|(key, text)| (*key, text.as_str())).collect();
    assert_eq!(keys, frozen, "ordered entries");
}

#[test]
fn a_log_reads_as_it_was_written_and_is_not_written_twice() {
    let interest = kind("interest").unwrap();
    let given = json!([{"to": "ricevuta", "at": "2026-02-11"}, {"to": "contacted", "at": "2026-02-18"}]);
    let doc = start("interest", &json!({"transitions": given}));
    let row = read(&doc, "interest");
    let shown = to_json(&row)["transitions"].clone();
    assert_eq!((&shown[0]["to"], &shown[1]["to"]), (&json!("received"), &json!("contacted")), "in order, as codes");
    assert_eq!(shown[1]["from"][0], shown[0]["id"], "the second follows the first");
    for again in [shown, given, json!("received 2026-02-11; contacted 2026-02-18")] {
        let changes = parse_field(interest, "transitions", &again, Some(&row)).unwrap();
        assert!(changes.is_empty(), "the same list, however written, is the same entries: {again}");
    }
    let error = parse_field(interest, "transitions", &Value::Null, Some(&row)).expect_err("refused");
    assert!(error.reason.contains("only grows"), "nothing is taken out: {error}");
    let more = parse_assignment(interest, "transitions+", "accepted 2026-03-01", Some(&row)).unwrap();
    assert_eq!(more.len(), 1, "+= goes on");
}

#[test]
fn two_steps_from_one_state_are_both_there_until_one_follows_both() {
    let status = |doc: &Automerge| -> BTreeSet<String> {
        let row = read(doc, "interest");
        let steps = steps(&row, kind("interest").unwrap().field("transitions").unwrap(), &vocabulary::INTEREST_STATUS);
        states(&steps).into_iter().map(str::to_owned).collect()
    };
    let step = |to: &str| json!({"transitions": {"add": [{"to": to, "at": "2026-03-01"}]}});
    let mut left = start("interest", &json!({"transitions": [{"to": "received", "at": "2026-02-11"}]}));
    let mut right = copy(&left, 2);
    edit(&mut left, "interest", &step("accepted"));
    edit(&mut right, "interest", &step("declined"));
    let mut both = merged(&left, &right).with_actor(ActorId([3; 16]).to_automerge());
    assert_eq!(status(&both), BTreeSet::from(["accepted".to_owned(), "declined".to_owned()]), "both are ends");
    let conflicts = read(&both, "interest").conflicts();
    let values: BTreeSet<&str> = conflicts[0].cells.iter().filter_map(|cell| cell.value.as_str()).collect();
    assert_eq!((conflicts.len(), conflicts[0].field.as_str()), (1, "transitions"), "which is a conflict");
    assert_eq!(values, BTreeSet::from(["accepted", "declined"]), "of the two states");
    edit(&mut both, "interest", &step("accepted"));
    assert_eq!(status(&both), BTreeSet::from(["accepted".to_owned()]), "a step that follows both decides");
    assert!(!read(&both, "interest").has_conflict(), "and nothing is left to decide");

    let mut right = copy(&left, 2);
    let mut left = copy(&left, 4);
    edit(&mut left, "interest", &step("withdrawn"));
    edit(&mut right, "interest", &step("withdrawn"));
    assert_eq!(status(&merged(&left, &right)).len(), 1, "the same step twice is one");
}

#[test]
fn what_is_no_entry_of_a_log_is_shown_as_invalid() {
    let mut doc = start("interest", &json!({"transitions": [{"to": "received", "at": "2026-02-11"}]}));
    let mut tx = doc.transaction();
    let forged = [FieldChange::put("transitions/0123456789abcdef", "accepted 2026-02-11 -")];
    write(&mut tx, &doc_id(), &key_of("interest"), false, &forged).unwrap();
    tx.commit();
    let shown = to_json(&read(&doc, "interest"));
    assert_eq!(shown["transitions"].as_array().map(Vec::len), Some(1), "an id that is not the text's is no entry");
    assert_eq!(shown["_invalid"]["transitions/0123456789abcdef"], "accepted 2026-02-11 -", "but it is not hidden");
}

#[test]
fn modules_read_as_written_and_are_not_written_twice() {
    let doc = programme();
    let known = kind("programme").unwrap();
    let row = read(&doc, "programme");
    assert_eq!(titles(&doc), ["A", "B", "C"], "in their order");
    for list in [Value::Array(modules(&doc)), json!(Value::Array(modules(&doc)).to_string())] {
        assert_eq!(parse_field(known, "modules", &list, Some(&row)), Ok(Vec::new()), "read back, nothing changes");
    }
    let without_ids: Vec<Value> =
        modules(&doc).into_iter().map(|m| json!({"title": m["title"], "hours": m["hours"]})).collect();
    let changes = parse_field(known, "modules", &json!(without_ids), Some(&row));
    assert_eq!(changes, Ok(Vec::new()), "a file without ids is the same list the second time");
    let twin = json!([{"title": {"it": "A"}}, {"title": {"it": "A"}}]);
    assert_eq!(modules(&start("programme", &json!({"modules": twin}))).len(), 2, "equal ones in one list are two");
}

#[test]
fn modules_moved_at_the_same_time_are_all_kept() {
    let left_start = programme();
    let [a, b, c] = <[String; 3]>::try_from(ids(&left_start)).expect("three");
    let (mut left, mut right) = (copy(&left_start, 2), copy(&left_start, 3));
    edit(&mut left, "programme", &json!({"modules": {"move": [{"id": c, "after": null}]}}));
    edit(
        &mut right,
        "programme",
        &json!({"modules": {"move": [{"id": a, "after": b}], "add": [{"title": {"it": "D"}}]}}),
    );
    assert_eq!(
        (titles(&left), titles(&right)),
        (vec!["C".into(), "A".into(), "B".into()], vec!["B".into(), "A".into(), "C".into(), "D".into()]),
        "each as moved"
    );
    let both = merged(&left, &right);
    assert_eq!(titles(&both).iter().collect::<BTreeSet<_>>().len(), 4, "all modules: {:?}", titles(&both));
    assert!(!read(&both, "programme").has_conflict(), "and nothing to decide");

    let (mut left, mut right) = (copy(&left_start, 2), copy(&left_start, 3));
    edit(&mut left, "programme", &json!({"modules": {"move": [{"id": c, "after": null}]}}));
    edit(&mut right, "programme", &json!({"modules": {"move": [{"id": c, "after": a}]}}));
    let both = merged(&left, &right);
    assert_eq!(titles(&both).len(), 3, "one module moved to two places is in one of them");
    assert!(!read(&both, "programme").has_conflict(), "and nothing to decide");
}

#[test]
fn sub_fields_merge_and_conflict_like_fields() {
    let begun = programme();
    let a = ids(&begun)[0].clone();
    let (mut left, mut right) = (copy(&begun, 2), copy(&begun, 3));
    edit(&mut left, "programme", &json!({format!("modules.{a}.title@it"): "A1", format!("modules.{a}.hours"): 8}));
    edit(
        &mut right,
        "programme",
        &json!({format!("modules.{a}.content@it"): "Testo", format!("modules.{a}.hours"): 9}),
    );
    let both = merged(&left, &right);
    assert_eq!(
        (&modules(&both)[0]["title"]["it"], &modules(&both)[0]["content"]["it"]),
        (&json!("A1"), &json!("Testo")),
        "different sub-fields merge"
    );
    let conflicts: Vec<String> = read(&both, "programme").conflicts().into_iter().map(|c| c.field).collect();
    assert_eq!(conflicts, [format!("modules.{a}.hours")], "one sub-field written twice is a conflict");
    let mut decided = both.with_actor(ActorId([4; 16]).to_automerge());
    edit(&mut decided, "programme", &json!({format!("modules.{a}.hours"): "9"}));
    assert!(!read(&decided, "programme").has_conflict(), "which writing it decides");
}

#[test]
fn a_removed_module_that_somebody_edits_stays_in_conflict() {
    let begun = programme();
    let [a, b, c] = <[String; 3]>::try_from(ids(&begun)).expect("three");
    let (mut left, mut right) = (copy(&begun, 2), copy(&begun, 3));
    edit(&mut left, "programme", &json!({"modules": {"remove": [a, b]}}));
    assert_eq!(ids(&left), std::slice::from_ref(&c), "two are gone");
    edit(&mut right, "programme", &json!({format!("modules.{a}.title@it"): "A1"}));
    edit(&mut right, "programme", &json!({"modules": {"move": [{"id": b, "after": c}]}}));
    let both = merged(&left, &right);
    assert!(ids(&both).contains(&a) && !ids(&both).contains(&b), "an edit keeps it, a move alone does not");
    assert!(read(&both, "programme").has_conflict(), "and that waits for a decision");
}

#[test]
fn both_ends_of_a_sameas_lie_sorted() {
    let sameas = kind("sameas").unwrap();
    let (a, b) = (key_of("network"), key_of("organisation"));
    assert_eq!(sameas.derived_key(&[a.clone(), b.clone()]), sameas.derived_key(&[b.clone(), a.clone()]), "one link");
    let sorted = |first: &RecordKey, second: &RecordKey| {
        let ends = json!({"a": first.to_string(), "b": second.to_string(), "state": "confirmed"});
        let mut fields = ends.as_object().unwrap().clone();
        sort_ends(sameas, &mut fields);
        Value::Object(fields)
    };
    assert_eq!(sorted(&a, &b), sorted(&b, &a), "and one text of its ends");
    let membership = kind("membership").unwrap();
    assert_ne!(membership.derived_key(&[a.clone(), b.clone()]), membership.derived_key(&[b, a]), "not of a membership");
}

#[test]
fn notes_stay_inside_unless_it_is_said_otherwise() {
    let visibility = |name: &str| new_record(kind(name).unwrap(), "it").into_iter().find(|c| c.key == "visibility");
    assert_eq!(visibility("note"), Some(FieldChange::put("visibility", "partner")), "a note");
    assert_eq!(visibility("event"), Some(FieldChange::put("visibility", "federation")), "an event");
}
