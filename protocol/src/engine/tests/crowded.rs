//! A field in which more values stand beside one another than one change may name.

use super::*;

#[test]
fn a_field_with_more_values_than_a_change_may_name_shows_all_of_them_and_is_decided() {
    const VALUES: u32 = limits::CHANGE_ACTORS_MAX as u32 + 100;
    let (mut world, shared) = World::new(2);
    let id = DocId { register: shared, part: 0 };
    let signer = world.nodes[0].signer.clone();
    written(&mut world.nodes[0].disk, id, &signer, VALUES, Apart::InOneField);
    world.restart(0);
    world.connect(0, 1);
    let key = RecordKey::derived("membership", &[&RecordKey { kind: "network".into(), id: [9; 16] }]);
    let standing = |world: &World, node: usize| world.nodes[node].disk.rows[&(id, key.clone())].fields["role"].clone();
    assert_eq!(standing(&world, 1).len(), VALUES as usize, "nothing is lost and nothing hidden");
    let target = Target::Link { register: Some(shared), key: key.clone() };
    world.edit(1, target, &[("role", "decided")]);
    world.assert_equal();
    for node in [0, 1] {
        assert_eq!(standing(&world, node).len(), 1, "one change after the other decides it");
    }
    assert_eq!((world.status(0).faults, world.status(1).faults), (vec![], vec![]), "by changes that all take");
}

#[test]
fn a_record_that_was_made_too_often_is_refused_and_nothing_of_the_edit_stays() {
    const MADE: u32 = limits::FIELD_VALUES_MAX as u32 + 10;
    let (mut world, shared) = World::new(1);
    let id = DocId { register: shared, part: 1 };
    let signer = world.nodes[0].signer.clone();
    written(&mut world.nodes[0].disk, id, &signer, MADE, Apart::MakingOneRecord);
    world.restart(0);
    let (key, row) = world.nodes[0].disk.rows.iter().find(|((doc, _), _)| *doc == id).expect("the record");
    let (key, row) = (key.1.clone(), row.clone());
    let changes = vec![FieldChange { key: "role".into(), op: FieldOp::Put(Scalar::from("decided")) }];
    let target = Target::Record { doc: id, key: key.clone() };
    let edit = Command::Edit(vec![Edit { target, changes, if_version: None }]);
    match world.command(0, edit) {
        Err(CommandError::Invalid(text)) => assert!(text.contains("was made 522 times"), "{text}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.nodes[0].disk.rows[&(id, key)], row, "no part of it is decided");
}

#[test]
fn a_record_made_hundreds_of_times_is_decided() {
    const MADE: u32 = limits::FIELD_VALUES_MAX as u32;
    let (mut world, shared) = World::new(1);
    let id = DocId { register: shared, part: 1 };
    let signer = world.nodes[0].signer.clone();
    written(&mut world.nodes[0].disk, id, &signer, MADE, Apart::MakingOneRecord);
    world.restart(0);
    let key = world.nodes[0].disk.rows.keys().find(|(doc, _)| *doc == id).expect("the record").1.clone();
    for _ in 0..2 {
        world.edit(0, Target::Record { doc: id, key: key.clone() }, &[("role", "decided"), ("city", "Koper")]);
    }
    let row = &world.nodes[0].disk.rows[&(id, key)];
    assert_eq!(row.text("role"), Some("decided"));
    let all = |cells: &[crate::record::Cell]| cells.iter().all(|cell| cell.value == Scalar::from("decided"));
    assert!(all(&row.fields["role"]), "in each of its maps");
}
