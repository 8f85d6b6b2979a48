//! What a divergence drops and its author enters again: at once, when its record is back, or when what had replaced it
//! is gone.

use super::*;

#[test]
fn an_edit_whose_record_went_with_a_copied_machine_waits_in_sight() {
    let (mut world, shared) = World::new(2);
    world.edit(1, Target::New { register: None, kind: "organisation".into() }, &[("name", "elsewhere")]);
    let copy = world.copy(1);
    let row = world.edit(1, new_in(shared), &[("name", "here")]);
    apart(&mut world);
    world.edit(copy, new_in(shared), &[("name", "there")]);
    world.connect(0, 1);
    world.edit(0, at(&row), &[("phone", "mine")]);
    world.disconnect(1);
    world.connect(copy, 0);
    assert_eq!(world.status(0).edits_waiting, vec![(row.doc, row.key.clone(), 1)], "it is acknowledged, and told");
    world.disconnect(copy);
    world.connect(0, 1);
    assert_eq!(world.status(0).edits_waiting, Vec::new(), "its machine has made the record again");
    let shown = &world.nodes[0].disk.rows[&(row.doc, row.key.clone())];
    assert_eq!((shown.text("name"), shown.text("phone")), (Some("here"), Some("mine")), "with the edit");
}

/// Node 1 was copied while it ran and wrote a phone number, over which node 2 wrote another; the divergence has taken
/// both, and node 2 has entered its own again, which nodes 1 and 2 hold. Node 4 is the copy.
fn replaced_and_dropped() -> (World, Row) {
    let (mut world, shared) = World::new(4);
    world.edit(1, Target::New { register: None, kind: "organisation".into() }, &[("name", "elsewhere")]);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena"), ("phone", "before")]);
    for node in [1, 2, 3] {
        world.connect(0, node);
    }
    // So that a decision about node 2 names the document.
    world.edit(2, at(&row), &[("website", "https://lunavena.example")]);
    world.disconnect(0);
    let copy = world.copy(1);
    world.edit(1, at(&row), &[("phone", "first")]);
    apart(&mut world);
    world.edit(copy, at(&row), &[("city", "Padova")]);
    world.connect(1, 2);
    world.edit(2, at(&row), &[("phone", "second")]);
    world.disconnect(1);
    world.connect(copy, 3);
    world.disconnect(copy);
    world.connect(3, 1);
    assert_eq!(world.phones(1, &row), ["before"], "the divergence has taken both, and node 2 is not here");
    world.disconnect(3);
    world.restart(1);
    world.connect(1, 2);
    assert_eq!(world.phones(1, &row), ["second"], "what was replaced stays so");
    world.disconnect(1);
    (world, row)
}

impl World {
    fn phones(&self, node: usize, row: &Row) -> Vec<String> {
        let shown = &self.nodes[node].disk.rows[&(row.doc, row.key.clone())];
        shown.fields["phone"].iter().filter_map(|cell| cell.value.as_str().map(str::to_owned)).collect()
    }

    /// Node 0 removes node 2, and 1 and 3 hear of it.
    fn remove_second(&mut self) {
        let partner = self.nodes[2].engine.partner;
        assert_eq!(self.command(0, Command::RemovePartner { partner }), Ok(Reply::Done));
        for node in [1, 3, 1] {
            self.connect(0, node);
            self.disconnect(0);
        }
    }
}

#[test]
fn what_was_replaced_is_back_when_what_replaced_it_goes_as_well() {
    let (mut world, row) = replaced_and_dropped();
    world.remove_second();
    for node in [0, 1, 3] {
        assert_eq!(world.phones(node, &row), ["first"], "node {node}");
    }
}

#[test]
fn what_was_replaced_stays_so_where_the_decision_names_what_replaced_it() {
    let (mut world, row) = replaced_and_dropped();
    world.connect(1, 0);
    world.disconnect(1);
    world.remove_second();
    for node in [0, 1, 3] {
        assert_eq!(world.phones(node, &row), ["second"], "node {node}");
    }
    // Nor does it come back later.
    world.connect(0, 3);
    world.edit(3, at(&row), &[("phone", "third")]);
    world.connect(0, 1);
    assert_eq!(world.phones(1, &row), ["third"]);
}

#[test]
fn what_was_replaced_stays_so_where_its_author_has_written_since() {
    let (mut world, row) = replaced_and_dropped();
    world.edit(1, at(&row), &[("phone", "anew")]);
    world.remove_second();
    for node in [0, 1, 3] {
        assert_eq!(world.phones(node, &row), ["anew"], "node {node}");
    }
}

#[test]
fn what_was_replaced_comes_beside_what_was_written_meanwhile() {
    let (mut world, row) = replaced_and_dropped();
    world.edit(3, at(&row), &[("phone", "elsewhere")]);
    world.remove_second();
    for node in [0, 1, 3] {
        let mut phones = world.phones(node, &row);
        phones.sort();
        assert_eq!(phones, ["elsewhere", "first"], "node {node}");
    }
}
