//! What a divergence drops and its author enters again: at once, when its record is back, or when what had replaced it
//! is gone.

use super::*;
use crate::limits;

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

/// A record that nodes 0 to 3 hold, and node 4, a copy of node 1 that will go on as its own.
fn copied() -> (World, Row) {
    let (mut world, shared) = World::new(4);
    world.edit(1, Target::New { register: None, kind: "organisation".into() }, &[("name", "elsewhere")]);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    for node in [1, 2, 3] {
        world.connect(0, node);
    }
    world.edit(1, at(&row), &[("phone", "before")]);
    // So that a decision about node 2 names the document.
    world.edit(2, at(&row), &[("website", "https://lunavena.example")]);
    world.disconnect(0);
    world.copy(1);
    (world, row)
}

/// Node 1 was copied while it ran and wrote a phone number, over which node 2 wrote another; the divergence has taken
/// both, and node 2 does not know that yet.
fn dropped() -> (World, Row) {
    let (mut world, row) = copied();
    world.edit(1, at(&row), &[("phone", "first")]);
    world.replace(&row, &["phone"]);
    world.cut(&row);
    assert_eq!(world.phones(1, &row), ["before"], "the divergence has taken both, and node 2 is not here");
    (world, row)
}

/// The same, and node 2 has entered its own again, which nodes 1 and 2 hold.
fn replaced_and_dropped() -> (World, Row) {
    let (mut world, row) = dropped();
    world.restart(1);
    world.meet(1, 2);
    assert_eq!(world.phones(1, &row), ["second"], "what was replaced stays so");
    (world, row)
}

impl World {
    /// Node 2 writes over what node 1 shows.
    fn replace(&mut self, row: &Row, fields: &[&str]) {
        self.connect(1, 2);
        let fields: Vec<(&str, &str)> = fields.iter().map(|field| (*field, "second")).collect();
        self.edit(2, at(row), &fields);
        self.disconnect(1);
    }

    /// The copy goes on as well, and nodes 3 and 1 find that out.
    fn cut(&mut self, row: &Row) {
        apart(self);
        self.edit(4, at(row), &[("email", "copy@lunavena.example")]);
        self.meet(4, 3);
        self.meet(3, 1);
    }

    fn phones(&self, node: usize, row: &Row) -> Vec<String> {
        let shown = &self.nodes[node].disk.rows[&(row.doc, row.key.clone())];
        shown.fields["phone"].iter().filter_map(|cell| cell.value.as_str().map(str::to_owned)).collect()
    }

    /// What those who are left show, sorted.
    fn assert_phones(&self, row: &Row, expected: &[&str]) {
        for node in [0, 1, 3] {
            let mut phones = self.phones(node, row);
            phones.sort();
            assert_eq!(phones, expected, "node {node}");
        }
    }

    /// Node 0 removes node 2, and 1 and 3 hear of it.
    fn remove_second(&mut self) {
        let partner = self.nodes[2].engine.partner;
        assert_eq!(self.command(0, Command::RemovePartner { partner }), Ok(Reply::Done));
        for node in [1, 3, 1] {
            self.meet(0, node);
        }
    }
}

#[test]
fn what_was_replaced_is_back_when_what_replaced_it_goes_as_well() {
    let (mut world, row) = replaced_and_dropped();
    world.remove_second();
    world.assert_phones(&row, &["first"]);
}

#[test]
fn what_was_replaced_stays_so_where_the_decision_names_what_replaced_it() {
    let (mut world, row) = replaced_and_dropped();
    world.meet(1, 0);
    world.remove_second();
    world.assert_phones(&row, &["second"]);
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
    world.assert_phones(&row, &["anew"]);
}

#[test]
fn what_was_replaced_comes_beside_what_was_written_meanwhile() {
    let (mut world, row) = replaced_and_dropped();
    world.edit(3, at(&row), &[("phone", "elsewhere")]);
    world.remove_second();
    world.assert_phones(&row, &["elsewhere", "first"]);
}

#[test]
fn what_was_replaced_stays_so_for_whoever_was_away_while_it_was_written_again_and_its_author_removed() {
    let (mut world, row) = dropped();
    world.meet(3, 2);
    world.meet(2, 0);
    world.remove_second();
    world.assert_phones(&row, &["second"]);
}

#[test]
fn what_was_replaced_is_back_where_the_removal_takes_what_it_was_built_on() {
    let (mut world, row) = copied();
    world.connect(1, 2);
    world.edit(2, at(&row), &[("city", "Padova")]);
    world.disconnect(1);
    world.edit(1, at(&row), &[("phone", "first")]);
    world.replace(&row, &["phone"]);
    world.cut(&row);
    world.meet(1, 2);
    world.remove_second();
    world.assert_phones(&row, &["first"]);
    for node in [0, 1, 3] {
        let shown = &world.nodes[node].disk.rows[&(row.doc, row.key.clone())];
        assert_eq!(shown.text("city"), None, "node {node}: that went with its author");
    }
}

#[test]
fn what_was_written_at_the_same_time_and_before_the_replacement_replaces_nothing() {
    let (mut world, row) = copied();
    world.edit(2, at(&row), &[("phone", "beside")]);
    world.meet(2, 0);
    world.edit(1, at(&row), &[("phone", "first")]);
    world.replace(&row, &["phone"]);
    world.cut(&row);
    world.meet(1, 2);
    world.remove_second();
    world.assert_phones(&row, &["beside", "first"]);
}

#[test]
fn what_was_replaced_comes_back_in_its_order() {
    let (mut world, row) = copied();
    world.edit(3, at(&row), &[("phone", "third")]);
    world.edit(1, at(&row), &[("phone", "first")]);
    world.meet(1, 3);
    // It is written having seen the third, the phone was not.
    world.edit(1, at(&row), &[("city", "Trieste")]);
    world.replace(&row, &["phone", "city"]);
    world.cut(&row);
    world.meet(1, 2);
    world.remove_second();
    world.assert_phones(&row, &["first", "third"]);
    for node in [0, 1, 3] {
        let shown = &world.nodes[node].disk.rows[&(row.doc, row.key.clone())];
        assert_eq!(shown.text("city"), Some("Trieste"), "node {node}");
    }
}

#[test]
fn a_long_text_that_was_dropped_is_issued_again_in_pieces() {
    let (mut world, row) = copied();
    let piece = limits::CHANGE_OPS_MAX as usize / 4;
    let text: String = "A text of many lines. ".chars().cycle().take(6 * piece).collect();
    for end in 1..=6 {
        world.edit_prose(1, &row, &text[..end * piece]);
    }
    world.cut(&row);
    for node in [1, 3] {
        let shown = &world.nodes[node].disk.rows[&(row.doc, row.key.clone())];
        assert_eq!(shown.text("description@it"), Some(text.as_str()), "node {node}");
    }
    assert!(world.status(1).faults.iter().all(|fault| !fault.what.contains("issued again:")), "nothing is missing");
}

impl World {
    fn edit_prose(&mut self, node: usize, row: &Row, text: &str) {
        let changes = vec![FieldChange { key: "description@it".into(), op: FieldOp::Prose(text.into()) }];
        let edit = Edit { target: at(row), changes, if_version: None };
        assert!(matches!(self.command(node, Command::Edit(vec![edit])), Ok(Reply::Edited(_))));
        self.run();
    }
}
