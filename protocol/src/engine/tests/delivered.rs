//! What is remembered of own changes that others hold.

use super::*;
use crate::roster::RegisterKind;

/// Bytes of the memory of peers on a node's disk.
fn memory(world: &World, index: usize) -> usize {
    world.nodes[index].disk.boot.state["peers"].len()
}

/// A record to which the first node has written in two starts; the second one holds all, and the first remembers that.
fn written_in_two_starts() -> (World, Row) {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    world.restart(0);
    world.edit(0, at(&row), &[("city", "Trieste")]);
    world.connect(0, 1);
    world.tick(31_000);
    (world, row)
}

#[test]
fn what_others_hold_is_remembered_however_many_starts_have_written() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    let mut sizes = Vec::new();
    for start in 0..40 {
        world.connect(0, 1);
        world.edit(0, at(&row), &[("phone", &format!("040 {start}"))]);
        world.assert_equal();
        world.tick(31_000);
        world.restart(0);
        assert_eq!(world.status(0).unsent_changes, 0, "after {start} starts the other is known to hold all");
        sizes.push(memory(&world, 0));
    }
    assert!(sizes[39] <= sizes[1] + 8, "finished actors take no room: {sizes:?}");

    // Cut off and killed: what nobody has is counted, and nothing else.
    for phone in ["1", "2"] {
        world.edit(0, at(&row), &[("phone", phone)]);
    }
    world.restart(0);
    assert_eq!(world.status(0).unsent_changes, 2);
    world.edit(0, at(&row), &[("phone", "3")]);
    assert_eq!(world.status(0).unsent_changes, 3, "an actor more");
    world.connect(0, 1);
    world.assert_equal();
    assert_eq!(world.status(0).unsent_changes, 0);
    // Of the actor that is writing the memory is older than its last change.
    world.tick(31_000);
    world.disconnect(0);
    world.edit(0, at(&row), &[("phone", "4")]);
    world.restart(0);
    assert_eq!(world.status(0).unsent_changes, 1);
}

#[test]
fn of_registers_that_nobody_else_reads_nothing_is_remembered() {
    let (mut world, _) = World::new(2);
    let engine = &world.nodes[0].engine;
    let mut internal = engine.roster.registers.values().filter(|register| register.kind == RegisterKind::Internal);
    let internal = internal.find(|register| register.owner == Some(engine.partner)).expect("its own").id;
    let row = world.edit(0, new_in(internal), &[("name", "Lunavena")]);
    let mut sizes = Vec::new();
    for start in 0..20 {
        world.connect(0, 1);
        world.tick(31_000);
        sizes.push(memory(&world, 0));
        world.restart(0);
        world.edit(0, at(&row), &[("phone", &format!("040 {start}"))]);
    }
    assert!(sizes[19] <= sizes[1] + 8, "{sizes:?}");
    assert_eq!(world.status(0).unsent_changes, 0, "they are not for others");
}

#[test]
fn own_changes_that_the_memory_does_not_know_count_as_unsent() {
    let (mut world, row) = written_in_two_starts();
    let old = world.nodes[0].disk.boot.state["peers"].clone();
    world.restart(0);
    assert_eq!(world.status(0).unsent_changes, 0);
    world.edit(0, at(&row), &[("phone", "1")]);
    // The memory of before the change, as after a disk of two ages.
    world.nodes[0].disk.boot.state.insert("peers".into(), old);
    world.restart(0);
    assert_eq!(world.status(0).unsent_changes, 2, "what is not known is not hidden");
    world.connect(0, 1);
    assert_eq!(world.status(0).unsent_changes, 0, "until the other tells");
}

#[test]
fn what_others_hold_is_remembered_over_a_crash_after_a_restored_disk_has_caught_up() {
    let (mut world, row) = written_in_two_starts();
    world.restart(0);
    world.edit(0, at(&row), &[("phone", "1")]);
    world.connect(0, 1);
    world.tick(31_000);
    let before = world.nodes[0].disk.clone();
    world.edit(0, at(&row), &[("phone", "2")]);
    world.assert_equal();
    world.disconnect(0);
    world.start_on(0, before);
    world.connect(0, 1);
    world.assert_equal();
    // It goes down before the memory is due.
    world.restart(0);
    assert_eq!(world.status(0).unsent_changes, 0);
}

#[test]
fn own_changes_that_a_peer_gives_back_are_known_after_the_next_start() {
    let (mut world, row) = written_in_two_starts();
    let before = world.nodes[0].disk.clone();
    world.restart(0);
    world.connect(0, 1);
    world.edit(0, at(&row), &[("phone", "1")]);
    world.assert_equal();
    world.disconnect(0);
    world.start_on(0, before);
    world.connect(0, 1);
    world.assert_equal();
    assert_eq!(world.status(0).unsent_changes, 0, "it has them from another partner");
    world.restart(0);
    assert_eq!(world.status(0).unsent_changes, 0, "and remembers that");
}

#[test]
fn who_finds_a_peer_equal_knows_that_it_holds_everything() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    for city in ["Trieste", "Gorizia"] {
        world.restart(0);
        world.edit(0, at(&row), &[("city", city)]);
    }
    world.connect(0, 1);
    world.assert_equal();
    world.disconnect(0);
    world.nodes[0].disk.boot.state.remove("peers");
    world.restart(0);
    assert_eq!(world.status(0).unsent_changes, 3, "nothing is known");
    world.connect(0, 1);
    assert_eq!(world.status(0).unsent_changes, 0, "it takes no further change to see");
}
