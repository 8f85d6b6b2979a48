//! Further machines of a partner, certified by machines of it.

use super::*;
use crate::limits;
use crate::machine::{MachineCertificate, MachineError, MachineRequest};

impl World {
    /// The certificate that node `by` makes for a new machine.
    fn certify(
        &mut self,
        by: usize,
        signer: &DeviceSigner,
        rights: Rights,
    ) -> Result<MachineCertificate, CommandError> {
        let request = MachineRequest::parse(&MachineRequest::new(signer, "laptop").to_text()).expect("it reads back");
        match self.command(by, Command::CertifyDevice { request, rights }) {
            Ok(Reply::Certified(certificate)) => Ok(certificate),
            Err(error) => Err(error),
            other => panic!("no certificate: {other:?}"),
        }
    }

    /// Sets a new machine up with its certificate; its node.
    fn set_up(&mut self, signer: DeviceSigner, certificate: MachineCertificate) -> usize {
        let text = certificate.to_text();
        let accepted = MachineCertificate::parse(&text).expect("it reads back").accept(&signer).expect("it is ours");
        let mut disk = Disk::default();
        disk.boot.statements = accepted.statements;
        self.start(disk, signer);
        self.nodes.len() - 1
    }

    /// The new machine joins by a ticket of `inviter`.
    fn let_in(&mut self, machine: usize, inviter: usize) -> Result<Reply, CommandError> {
        let invite = Command::Invite { name: "Ours".into(), country: "IT".into(), valid_ms: 60_000 };
        let Ok(Reply::Invited(ticket)) = self.command(inviter, invite) else { panic!("no ticket") };
        self.command(machine, Command::Join { ticket: ticket.text.expect("an open ticket") })?;
        self.connect_join(machine, inviter);
        let pending = self.status(inviter).approvals;
        let reply = self.command(inviter, Command::Approve { id: pending[0].id.clone() });
        self.run();
        reply
    }
}

fn laptop(number: u8) -> DeviceSigner {
    DeviceSigner::from_secret(&[number; 32])
}

#[test]
fn a_machine_with_the_admin_right_certifies_further_ones() {
    let (mut world, _) = World::new(3);
    let certificate = world.certify(1, &laptop(60), Rights::ALL).expect("the first machine may");
    let machine = world.set_up(laptop(60), certificate);
    assert_eq!(world.let_in(machine, 1), Ok(Reply::Done), "its own partner's machine lets it in");
    world.connect(machine, 1);
    let internal = RegisterId::internal(&world.partner(1));
    world.edit(1, new_in(internal), &[("name", "for our machines alone")]);
    assert_eq!(world.nodes[machine].disk.rows.len(), 1, "it is a machine of the partner like the other");
    world.meet(1, 0);
    world.connect(machine, 0);
    let own = RegisterId::partner(&world.partner(1));
    world.edit(machine, new_in(own), &[("name", "by the new machine")]);
    assert!(world.nodes[0].disk.rows.values().any(|row| row.text("name") == Some("by the new machine")), "all take it");

    // The first machine is lost. The second one revokes it, and certifies a third.
    let lost = world.nodes[1].signer.key();
    world.command(machine, Command::RevokeDevice { device: lost, by_key: None }).expect("it has the admin right");
    let certificate =
        world.certify(machine, &laptop(61), Rights(Rights::EDIT.0 | Rights::INVITE.0)).expect("it may too");
    let third = world.set_up(laptop(61), certificate);
    assert_eq!(world.let_in(third, 0), Ok(Reply::Done), "another partner lets it in");
    world.connect(third, 0);
    assert_eq!(
        world.nodes[third].engine.roster.devices_of(&world.partner(1)).count(),
        2,
        "two machines of the partner"
    );
    let refused = world.certify(third, &laptop(62), Rights::EDIT);
    assert!(matches!(refused, Err(CommandError::NotAllowed { .. })), "it has no admin right: {refused:?}");
    assert!(world.nodes[third].engine.roster.may_write(&own, &laptop(61).key()), "but may edit");
}

#[test]
fn a_machine_gives_no_right_that_it_does_not_have() {
    let (mut world, _) = World::new(2);
    let own = Rights(Rights::EDIT.0 | Rights::ADMIN.0);
    let certificate = world.certify(1, &laptop(60), own).expect("the first machine may");
    let machine = world.set_up(laptop(60), certificate);
    world.let_in(machine, 0).expect("it is let in");
    let refused = world.certify(machine, &laptop(61), Rights::ALL);
    assert!(matches!(refused, Err(CommandError::NotAllowed { .. })), "it has no steward right: {refused:?}");
    // One that says so all the same gives what it has and no more.
    let engine = &world.nodes[machine].engine;
    let partner = engine.own_partner().expect("its partner");
    let statement = Statement::DeviceCertificate {
        partner: partner.id,
        partner_key: partner.key,
        by: engine.me,
        device: laptop(61).key(),
        rights: Rights::ALL,
        partner_name: partner.name,
        country: partner.country,
        device_name: "laptop".into(),
    };
    let forged = SignedStatement::unsigned(&statement).sign_device(&laptop(60)).sign_device(&laptop(61));
    world.nodes[0].engine.adopt_statements(vec![forged]);
    let devices = &world.nodes[0].engine.roster.devices;
    assert_eq!(devices[&laptop(61).key()].rights, own, "what is more than its own does not count");
}

#[test]
fn a_machines_certificate_rests_on_nothing_that_others_have_made_up() {
    let (mut world, _) = World::new(3);
    let partner = world.partner(1);
    let made_up: Vec<SignedStatement> = (0..40)
        .map(|number| {
            let key = PartnerSigner::from_secret(&[100 + number; 32]);
            SignedStatement::certificate_of(partner, &key, &laptop(80), Rights::ALL, ("Partner", "IT", "office"))
        })
        .collect();
    world.nodes[1].engine.adopt_statements(made_up);
    let certificate = world.certify(1, &laptop(60), Rights::ALL).expect("the first machine may");
    assert_eq!(certificate.rests_on.len(), 1, "on its own certificate alone");
    let machine = world.set_up(laptop(60), certificate);
    assert_eq!(world.let_in(machine, 1), Ok(Reply::Done));
    let further = world.certify(machine, &laptop(61), Rights::ALL).expect("it may too");
    assert_eq!(further.rests_on.len(), 2, "on the chain to the key");
}

#[test]
fn what_a_revoked_machine_certifies_does_not_count_where_the_kit_has_spoken() {
    let (mut world, _) = World::new(3);
    let before = world.certify(1, &laptop(60), Rights::ALL).expect("in time");
    let machine = world.set_up(laptop(60), before);
    world.let_in(machine, 1).expect("it is let in");
    world.connect(machine, 1);
    world.meet(1, 0);
    world.connect(machine, 1);
    // The thief certifies one more, which nobody has seen when the kit speaks.
    let late = world.certify(1, &laptop(61), Rights::ALL).expect("a stolen machine signs anything");
    let stolen = world.nodes[1].signer.key();
    world.disconnect(1);
    let Ok(Reply::Unsigned(revocation)) = world.command(machine, Command::Revocation { device: stolen }) else {
        panic!("nothing to sign")
    };
    let kit = PartnerSigner::from_secret(&[2; 32]);
    let by_key = Some(revocation.sign_partner(&kit));
    world.command(machine, Command::RevokeDevice { device: stolen, by_key }).expect("the kit may");
    let me = world.nodes[machine].signer.key();
    assert!(world.nodes[machine].engine.roster.is_member(&me), "what it certified before stays");
    world.connect(machine, 0);
    assert!(world.nodes[0].engine.roster.is_member(&me), "for everyone");
    let thief = world.set_up(laptop(61), late);
    let refused = world.let_in(thief, 0);
    assert!(matches!(refused, Err(CommandError::Precondition { .. })), "what it certifies later does not: {refused:?}");
    assert!(!world.nodes[0].engine.roster.is_member(&laptop(61).key()), "it is no member");
}

#[test]
fn a_copied_data_directory_is_named_on_both_sides_and_loses_nothing() {
    let (mut world, shared) = World::new(3);
    for index in [1, 2] {
        world.connect(0, index);
    }
    world.edit(0, new_in(shared), &[("name", "before")]);
    world.tick(limits::BEACON_INTERVAL_MS);
    // The machine is switched off, its disk copied, and both are started.
    world.disconnect(0);
    let copy = world.copy(0);
    for index in [0, copy] {
        world.tick(1_000);
        world.restart(index);
    }
    let copied = |world: &mut World, index: usize| {
        let mut faults = world.status(index).faults.into_iter();
        faults.any(|fault| fault.device == world.nodes[0].signer.key() && fault.what.contains("copied"))
    };
    world.connect(0, 1);
    world.connect(copy, 2);
    world.connect(1, 2);
    for round in 0..4 {
        for (index, whose) in [(0, "original"), (copy, "copy")] {
            world.edit(index, new_in(shared), &[("name", &format!("{whose} {round}"))]);
            world.tick(limits::BEACON_INTERVAL_MS);
        }
    }
    for _ in 0..3 {
        world.tick(limits::BEACON_INTERVAL_MS);
    }
    for index in [0, 1, 2, copy] {
        assert_eq!(world.nodes[index].disk.rows.len(), 9, "node {index} holds what both have written");
        assert!(copied(&mut world, index), "node {index} names it");
    }
    world.assert_equal();
}

#[test]
fn a_machine_that_is_started_again_or_restored_is_not_taken_for_two() {
    let (mut world, shared) = World::new(2);
    world.connect(0, 1);
    world.edit(0, new_in(shared), &[("name", "one")]);
    world.tick(limits::BEACON_INTERVAL_MS);
    let older = world.nodes[0].disk.clone();
    for name in ["two", "three", "four"] {
        world.edit(0, new_in(shared), &[("name", name)]);
        world.tick(limits::BEACON_INTERVAL_MS);
        world.restart(0);
        world.connect(0, 1);
    }
    world.disconnect(0);
    world.nodes[0].disk = older;
    world.restart(0);
    world.tick(1_000);
    world.connect(0, 1);
    for name in ["five", "six"] {
        world.edit(0, new_in(shared), &[("name", name)]);
        world.tick(limits::BEACON_INTERVAL_MS);
    }
    for index in [0, 1] {
        assert_eq!(world.status(index).faults, [], "nobody is blamed");
    }
    let said = [0, 1].map(|index| world.status(index).put_back_ms.is_some());
    assert_eq!(said, [true, false], "the machine alone says what has happened to it");
}

#[test]
fn a_certificate_is_for_one_machine() {
    let (mut world, _) = World::new(2);
    let certificate = world.certify(1, &laptop(60), Rights::ALL).expect("the first machine may");
    assert_eq!(certificate.clone().accept(&laptop(61)), Err(MachineError::OtherMachine), "no other can take it");
    world.nodes[0].engine.adopt_statements(vec![certificate.certificate]);
    assert!(!world.nodes[0].engine.roster.is_member(&laptop(60).key()), "and unsigned by its machine it says nothing");
    let text = MachineRequest::new(&laptop(60), "laptop").to_text();
    assert!(MachineRequest::parse(&text[..text.len() - 9]).is_err(), "a cut request is refused");
}
