//! What is told of a record's changes.

use super::*;

fn told(replica: &Replica, key: &RecordKey) -> Vec<Entry> {
    let history = History::read(&replica.doc, &replica.id, key).expect("what was written is read");
    history.ranks().filter_map(|(change, _)| history.entry(&change)).collect()
}

/// The steps of an entry: field, what stood there, what was written.
fn steps(entry: &Entry) -> Vec<(&str, Vec<Scalar>, Scalar)> {
    entry.steps.iter().map(|step| (step.field.as_str(), step.before.clone(), step.after.clone())).collect()
}

fn text(text: &str) -> Scalar {
    Scalar::Str(text.to_owned())
}

#[test]
fn each_change_tells_what_stood_there_before() {
    let (mut a, mut b, key) = pair(&[FieldChange::put("name", "Zavod"), op("targets/youth", FieldOp::Add)]);
    let other = RecordKey::random("event", &AUTHOR, [2; 8]);
    a.try_edit(&other, true, 1_500, &[FieldChange::put("name", "Another")]).unwrap();
    a.edit(&key, 2_000, &[FieldChange::put("name", "Zavod Brezmir"), prose("text", "One two")]);
    a.edit(&key, 3_000, &[op("targets/youth", FieldOp::Remove), prose("text", "One, two")]);
    a.edit(&key, 4_000, &[FieldChange::clear("name"), prose("text", "")]);
    a.edit(&key, 5_000, &[FieldChange::put(DELETED, true)]);
    sync(&mut a, &mut b);
    let entries = told(&b, &key);
    let times: Vec<i64> = entries.iter().map(|entry| entry.time_ms).collect();
    assert_eq!(times, [5_000, 4_000, 3_000, 2_000, 1_000], "its own changes and no others, newest first");
    assert_eq!(steps(&entries[0]), [(DELETED, vec![], Scalar::Bool(true))], "the deletion");
    let cleared = [
        ("name", vec![text("Zavod Brezmir")], Scalar::Null),
        ("text", vec![Scalar::Prose("One, two".into())], Scalar::Null),
    ];
    assert_eq!(steps(&entries[1]), cleared, "what was removed, with what it was");
    let third = [
        ("targets/youth", vec![Scalar::Bool(true)], Scalar::Null),
        ("text", vec![Scalar::Prose("One two".into())], Scalar::Prose("One, two".into())),
    ];
    assert_eq!(steps(&entries[2]), third, "of a set its member, of a text both states");
    let second =
        [("name", vec![text("Zavod")], text("Zavod Brezmir")), ("text", vec![], Scalar::Prose("One two".into()))];
    assert_eq!(steps(&entries[3]), second, "a value and its predecessor");
    let first = [("name", vec![], text("Zavod")), ("targets/youth", vec![], Scalar::Bool(true))];
    assert_eq!((entries[4].creates, steps(&entries[4])), (true, first.to_vec()), "the creation is the first");
    assert!(entries[..4].iter().all(|entry| !entry.creates), "and no other");
    assert_eq!(told(&a, &key), entries, "every node that holds the same tells the same");
}

#[test]
fn a_decision_names_the_values_that_it_decided_between() {
    let (mut a, mut b, key) = pair(&[FieldChange::put("phone", "0")]);
    a.edit(&key, 2_000, &[FieldChange::put("phone", "1")]);
    // A clock that is behind puts nothing before what it builds on.
    b.edit(&key, 500, &[FieldChange::put("phone", "2")]);
    sync(&mut a, &mut b);
    a.edit(&key, 100, &[FieldChange::put("phone", "2")]);
    let entries = told(&a, &key);
    let (mut before, after) = (entries[0].steps[0].before.clone(), &entries[0].steps[0].after);
    before.sort_by_key(|value| value.as_str().map(str::to_owned));
    assert_eq!((before, after), (vec![text("1"), text("2")], &text("2")), "both were seen");
    for entry in &entries[1..3] {
        assert_eq!(entry.steps[0].before, [text("0")], "each of the two had seen the first value");
    }
    assert!(entries[3].creates, "the creation lies below all");
}

#[test]
fn a_link_begins_with_its_first_change() {
    let (mut a, key) = (Replica::new(LINKS_PART, IT), membership());
    a.edit(&key, 1_000, &[FieldChange::put("role", "member")]);
    a.edit(&key, 2_000, &[FieldChange::put("role", "coordinator")]);
    let entries = told(&a, &key);
    assert_eq!(steps(&entries[0]), [("role", vec![text("member")], text("coordinator"))], "by its root keys");
    assert_eq!((entries.len(), entries[1].creates), (2, true), "nobody makes a link but by its first value");
}
