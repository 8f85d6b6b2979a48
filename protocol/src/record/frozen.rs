//! Frozen bytes of the changes that `write` makes (WIRE.md, "Records"), and of the row that they read as.
//!
//! A vector that changes means that data written before would be written differently now: actors and times
//! are fixed, so nothing but the layout of records can be the reason.

use super::{DELETED, FieldChange, FieldOp, OriginIndex, Scalar, project_all, write};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{ActorId, DeviceKey, DocId, LINKS_PART, PartnerId, RecordKey, RegisterId, from_hex, to_hex};
use automerge::transaction::CommitOptions;
use automerge::{Automerge, Change};
use std::collections::BTreeMap;

const FROZEN: &str = include_str!("../../tests/frozen/records.txt");

fn part(number: u32) -> DocId {
    DocId { register: RegisterId::partner(&PartnerId([7; 32])), part: number }
}

/// Writes an edit with a fixed actor and time and gives the change.
fn change(doc: &mut Automerge, id: &DocId, key: &RecordKey, create: bool, changes: &[FieldChange]) -> Vec<u8> {
    let mut tx = doc.transaction();
    assert_eq!(write(&mut tx, id, key, create, changes), Ok(true), "the edit writes");
    tx.commit_with(CommitOptions::default().with_time(1_766_000_000_000));
    doc.get_last_local_change().expect("a change was made").raw_bytes().to_vec()
}

fn op(key: &str, op: FieldOp) -> FieldChange {
    FieldChange { key: key.to_owned(), op }
}

fn made() -> BTreeMap<&'static str, String> {
    let mut vectors = BTreeMap::new();
    let actor = ActorId([0x11; 16]).to_automerge();
    let organisation = RecordKey::random("organisation", &DeviceKey([9; 32]), [1; 8]);
    let network = RecordKey::random("network", &DeviceKey([9; 32]), [2; 8]);
    let membership = RecordKey::derived("membership", &[&organisation, &network]);

    let mut doc = Automerge::new().with_actor(actor.clone());
    let fields = [
        FieldChange::put("name", "Zavod Brezmir"),
        FieldChange::put("description@sl", "Društvo"),
        FieldChange::put("attendance", 14_i64),
        op("target_groups/youth", FieldOp::Add),
        op("story@it", FieldOp::Prose("uno".to_owned())),
    ];
    vectors.insert("change/create", change(&mut doc, &part(1), &organisation, true, &fields));
    let fields = [
        FieldChange::clear("name"),
        op("target_groups/youth", FieldOp::Remove),
        op("story@it", FieldOp::Prose("un!".to_owned())),
        FieldChange::put(DELETED, true),
    ];
    vectors.insert("change/edit", change(&mut doc, &part(1), &organisation, false, &fields));
    vectors.insert(
        "change/delete-again",
        change(&mut doc, &part(1), &organisation, false, &[FieldChange::put(DELETED, true)]),
    );
    let row = &project_all(&doc, &part(1), &OriginIndex::from_doc(&doc))[0];
    vectors.insert("row/organisation", to_cbor(row));

    let mut doc = Automerge::new().with_actor(actor);
    let fields = [
        FieldChange::put("organisation", organisation.to_string()),
        FieldChange::put("network", network.to_string()),
        FieldChange::put("role", "member"),
    ];
    vectors.insert("change/link", change(&mut doc, &part(LINKS_PART), &membership, false, &fields));
    vectors.into_iter().map(|(name, bytes)| (name, to_hex(&bytes))).collect()
}

fn frozen() -> BTreeMap<&'static str, String> {
    let lines = FROZEN.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once(" = ").map(|(name, hex)| (name, hex.to_owned())).expect("name = hex")).collect()
}

#[test]
fn records_are_written_as_ever() {
    let made = made();
    let lines: Vec<String> = made.iter().map(|(name, hex)| format!("{name} = {hex}")).collect();
    assert_eq!(made, frozen(), "these bytes are not the frozen ones; this version makes\n{}", lines.join("\n"));
}

#[test]
fn frozen_changes_are_read_as_ever() {
    let frozen = frozen();
    let bytes = |name: &str| -> Vec<u8> {
        frozen[name]
            .as_bytes()
            .chunks(2)
            .map(|pair| from_hex::<1>(std::str::from_utf8(pair).unwrap()).unwrap()[0])
            .collect()
    };
    let mut doc = Automerge::new();
    let changes =
        ["change/create", "change/edit", "change/delete-again"].map(|name| Change::from_bytes(bytes(name)).unwrap());
    doc.apply_changes(changes).unwrap();
    let rows = project_all(&doc, &part(1), &OriginIndex::from_doc(&doc));
    let stored = bytes("row/organisation");
    assert_eq!(rows, [from_cbor(&stored).expect("a row")], "the changes read as the row that is frozen");
    let value = |field: &str| rows[0].value(field).cloned();
    assert_eq!(value("story@it"), Some(Scalar::Prose("un!".into())), "prose as it reads after both edits");
    assert_eq!((value("name"), value("target_groups/youth")), (None, None), "what was cleared and removed is gone");
    assert!(rows[0].is_deleted(), "and the record is deleted");
}
