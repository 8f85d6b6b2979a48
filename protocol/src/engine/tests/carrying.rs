//! A federation whose stewards are lost, and what the others carry over.

use super::*;
use crate::ids::{FederationId, StatementId};
use crate::roster::CarriedOver;

impl World {
    /// Four partners, of which 0, 1 and 2 are the stewards; 3 and 4 are left when 0 and 1 are lost for ever.
    fn orphaned() -> (Self, RegisterId) {
        let (mut world, shared) = Self::governed(5, 3);
        for index in 0..5 {
            world.edit(index, new_in(shared), &[("name", &format!("shared by {index}"))]);
            let own = RegisterId::partner(&world.partner(index));
            world.edit(index, new_in(own), &[("name", &format!("own of {index}"))]);
        }
        for index in [1, 2, 3, 4, 3, 2, 1] {
            world.meet(0, index);
        }
        (world, shared)
    }

    fn carry_over(&mut self, index: usize, name: &str) -> FederationId {
        match self.command(index, Command::Found { name: name.into(), carry_over: true }) {
            Ok(Reply::Founded(id)) => id,
            other => panic!("nothing was founded: {other:?}"),
        }
    }

    fn federation(&self, index: usize) -> FederationId {
        self.nodes[index].engine.roster.federation.as_ref().expect("it is in one").id
    }

    fn offers(&mut self, index: usize) -> Vec<CarriedOver> {
        self.status(index).carried_over
    }

    fn go_along(&mut self, index: usize, id: FederationId) -> Result<Reply, CommandError> {
        let reply = self.command(index, Command::Approve { id: id.to_string() });
        self.run();
        reply
    }

    fn all_names(&self, index: usize) -> Vec<String> {
        self.nodes[index].disk.rows.values().filter_map(|row| row.text("name")).map(str::to_owned).collect()
    }
}

fn signed_decisions(statements: &[(StatementId, Statement)]) -> Vec<&'static str> {
    statements.iter().map(|(_, statement)| statement.kind()).collect()
}

#[test]
fn what_is_left_of_a_federation_goes_on_with_everything_that_stood() {
    let (mut world, shared) = World::orphaned();
    let old = world.federation(3);
    let new = world.carry_over(3, "Demo, carried on");
    assert_ne!(old, new, "it is another federation");
    assert_eq!(world.federation(3), new, "and its founder is in it");
    let roster = world.nodes[3].engine.roster.clone();
    assert_eq!(roster.members().count(), 5, "with all partners of the old one");
    assert_eq!(roster.stewards(), (1, 1), "the founder decides until it names others");
    assert_eq!(roster.shared_name(&shared), Some("net"), "and the shared register");
    let row = world.edit(3, new_in(shared), &[("name", "after it")]);
    assert_eq!(row.doc.register, shared, "which goes on being written under its id");

    world.connect(3, 4);
    assert_eq!(world.federation(4), old, "nobody is moved");
    let offers = world.offers(4);
    assert_eq!(offers.len(), 1, "but everyone hears of it");
    assert_eq!((offers[0].id, offers[0].has_us), (new, true), "and can go along");
    assert_eq!(signed_decisions(&offers[0].left), [""; 0], "everything that stood is carried over");
    assert!(world.status(4).peers.iter().any(|peer| peer.elsewhere), "it says where the other one is");
    assert!(!world.nodes[4].disk.rows.values().any(|r| r.key == row.key), "until then no data is exchanged");
    assert_eq!(world.faults_of(4), [""; 0], "and nobody is blamed");
    assert_eq!(world.go_along(4, new), Ok(Reply::Done), "its people say yes");
    assert_eq!(world.federation(4), new, "then it is in the new one");
    assert!(world.nodes[4].disk.rows.values().any(|r| r.key == row.key), "and exchanges at once, in the same session");
    world.edit(4, at(&row), &[("name", "edited by another")]);
    let own = RegisterId::partner(&world.partner(4));
    world.edit(4, new_in(own), &[("name", "own of 4, later")]);
    assert_eq!(world.nodes[3].disk.rows.len(), world.nodes[4].disk.rows.len(), "both hold the same");
    world.restart(4);
    assert_eq!(world.federation(4), new, "a restart changes nothing");
    world.restart(3);
    assert_eq!(world.federation(3), new, "nor that of the founder");

    // Stewards of the new one decide what those of the old could not any more.
    let stewards = [3, 4, 2].map(|index| world.partner(index)).into_iter().collect();
    assert_eq!(world.command(3, Command::SetStewards { stewards }), Ok(Reply::Done), "three stewards again");
    world.connect(3, 4);
    assert!(world.nodes[4].engine.roster.is_steward_device(&world.nodes[4].signer.key()), "of whom this is one");
}

impl World {
    fn faults_of(&mut self, index: usize) -> Vec<String> {
        self.status(index).faults.into_iter().map(|fault| fault.what).collect()
    }
}

#[test]
fn who_was_away_hears_of_it_from_whomever_it_meets_and_brings_what_it_wrote() {
    let (mut world, shared) = World::orphaned();
    let new = world.carry_over(3, "New");
    world.connect(3, 4);
    world.go_along(4, new).expect("4 goes along");
    world.disconnect(3);
    // 2 was away, and has edited alone meanwhile. It meets 4, which has founded nothing.
    world.edit(2, new_in(shared), &[("name", "written while away")]);
    world.connect(2, 4);
    assert_eq!(world.offers(2).len(), 1, "4 tells it");
    assert!(!world.all_names(4).contains(&"written while away".to_owned()), "nothing flows before it has decided");
    world.go_along(2, new).expect("2 goes along");
    assert!(world.all_names(4).contains(&"written while away".to_owned()), "then what it wrote comes");
    world.meet(4, 3);
    assert!(world.all_names(3).contains(&"written while away".to_owned()), "to everyone");
    assert_eq!(world.nodes[2].disk.rows.len(), world.nodes[3].disk.rows.len(), "nothing is lost");

    // Those that were believed lost come back after all: they are asked like everyone, and stay where they are until then.
    world.edit(0, new_in(shared), &[("name", "from the lost")]);
    world.meet(0, 1);
    world.connect(0, 3);
    assert_eq!(world.offers(0).len(), 1, "0 is asked");
    world.command(0, Command::Reject { id: new.to_string() }).expect("it does not want to");
    assert_eq!(world.offers(0), [], "and is not asked again");
    assert_ne!(world.federation(0), new, "it stays");
    world.restart(0);
    assert_eq!(world.offers(0), [], "also after a restart");
    world.connect(0, 3);
    assert_eq!(world.go_along(0, new), Ok(Reply::Done), "it can still change its mind");
    assert!(world.all_names(3).contains(&"from the lost".to_owned()), "and brings what it has");
}

#[test]
fn what_the_founder_did_not_know_is_asked_of_the_new_stewards() {
    let (mut world, _) = World::orphaned();
    // The stewards 0 and 1 have made a register that 2 knows of and the founder, 3, does not.
    let made = world.command(0, Command::AddRegister { name: "late".into(), writers: Writers::All });
    let Ok(Reply::Proposed { draft, .. }) = made else { panic!("one of three decides nothing: {made:?}") };
    world.meet(0, 1);
    world.approve(1, draft).expect("two of three decide");
    let late = RegisterId::shared(&draft);
    world.meet(1, 2);
    world.edit(2, new_in(late), &[("name", "in the late register")]);
    let new = world.carry_over(3, "New");
    world.connect(2, 3);
    let offers = world.offers(2);
    assert_eq!(signed_decisions(&offers[0].left), ["shared-register"], "what would not be carried over is told before");
    assert_eq!(world.asked(3), [draft], "and the new steward is asked about it");
    world.approve(3, draft).expect("it signs");
    assert_eq!(world.nodes[3].engine.roster.shared_name(&late), Some("late"), "so it counts there too");
    assert_eq!(signed_decisions(&world.offers(2)[0].left), [""; 0], "nothing is left behind any more");
    world.go_along(2, new).expect("2 goes along");
    assert!(world.all_names(3).contains(&"in the late register".to_owned()), "with what lies in it");
}

#[test]
fn of_two_that_carry_over_at_once_each_machine_chooses_and_founders_can_change_over() {
    let (mut world, shared) = World::orphaned();
    let (one, two) = (world.carry_over(3, "One"), world.carry_over(4, "Two"));
    world.edit(4, new_in(shared), &[("name", "written in Two")]);
    world.connect(3, 4);
    assert_eq!(world.offers(3).iter().map(|offer| offer.id).collect::<Vec<_>>(), [two], "3 is told of the other");
    assert_eq!(world.offers(4).iter().map(|offer| offer.id).collect::<Vec<_>>(), [one], "and 4 likewise");
    assert!(!world.all_names(3).contains(&"written in Two".to_owned()), "apart they exchange nothing");
    assert_eq!(world.go_along(4, one), Ok(Reply::Done), "they settle on one");
    assert_eq!((world.federation(3), world.federation(4)), (one, one), "and are together");
    assert!(world.all_names(3).contains(&"written in Two".to_owned()), "with what was written apart");
    world.meet(4, 2);
    assert_eq!(world.offers(2).len(), 2, "the others see both");
    let refused = world.command(2, Command::Found { name: "Three".into(), carry_over: true });
    assert!(matches!(refused, Err(CommandError::Precondition { .. })), "and found no third by mistake: {refused:?}");
}

#[test]
fn nobody_is_moved_or_blamed_by_what_a_liar_founds() {
    let (mut world, _) = World::orphaned();
    let old = world.federation(2);
    // 4 founds in the name of 3, and then in its own name with a key of its own.
    let roster = world.nodes[2].engine.roster.clone();
    let mallory = PartnerSigner::from_secret(&[77; 32]);
    let signer = world.nodes[4].signer.clone();
    let kept: std::collections::BTreeSet<StatementId> =
        roster.in_force.iter().copied().chain([StatementId(old.0)]).collect();
    for (founder, founder_key) in [
        (world.partner(3), roster.partners[&world.partner(3)].key),
        (world.partner(3), mallory.key()),
        (world.partner(2), mallory.key()),
    ] {
        let founding = Statement::CarryOver {
            name: "Trap".into(),
            founder,
            founder_key,
            nonce: [9; 16],
            predecessor: old,
            kept: kept.clone(),
        };
        let certificate =
            SignedStatement::certificate_of(founder, &mallory, &signer, Rights::ALL, ("Partner", "IT", "office"));
        let founding = SignedStatement::unsigned(&founding).sign_device(&signer);
        world.nodes[4].engine.adopt_statements(vec![certificate, founding]);
    }
    world.meet(4, 2);
    assert_eq!(world.offers(2), [], "it is no offer of a partner");
    assert_eq!(world.federation(2), old, "and nobody is in it");
}

#[test]
fn who_decides_alone_has_lost_no_majority() {
    let (mut world, _) = World::new(3);
    let reply = world.command(0, Command::Found { name: "New".into(), carry_over: true });
    assert!(matches!(reply, Err(CommandError::Precondition { .. })), "the only steward can decide: {reply:?}");
}

#[test]
fn a_newcomer_joins_a_federation_that_carries_over_another() {
    let (mut world, shared) = World::orphaned();
    let new = world.carry_over(3, "New");
    let (partner, signer) = (PartnerSigner::from_secret(&[50; 32]), DeviceSigner::from_secret(&[51; 32]));
    let mut disk = Disk::default();
    disk.boot.statements = vec![certificate(&partner, &signer, "Newcomer")];
    world.start(disk, signer);
    let invited = world.command(3, Command::Invite { name: "Newcomer".into(), country: "IT".into(), valid_ms: 60_000 });
    let Ok(Reply::Invited(ticket)) = invited else { panic!("no ticket: {invited:?}") };
    world.command(5, Command::Join { ticket: ticket.text.expect("an open ticket") }).expect("it begins");
    world.connect_join(5, 3);
    let pending = world.status(3).approvals;
    world.command(3, Command::Approve { id: pending[0].id.clone() }).expect("the steward admits");
    world.run();
    assert_eq!(world.federation(5), new, "it is in the new federation");
    world.connect(5, 3);
    assert_eq!(world.nodes[5].engine.roster.shared_name(&shared), Some("net"), "and sees what was carried over");
    assert!(world.all_names(5).contains(&"shared by 0".to_owned()), "with what lies in it");
    world.restart(5);
    assert_eq!(world.federation(5), new, "a restart changes nothing");
}
