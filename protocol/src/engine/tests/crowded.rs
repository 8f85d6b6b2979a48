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
