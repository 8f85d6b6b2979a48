//! Several stewards: what they decide together, also where they never meet.

use super::*;
use crate::engine::drafts::check_room;
use crate::ids::StatementId;
use crate::limits;
use crate::statement::Draft;
use proptest::prelude::*;
use std::collections::BTreeSet;

impl World {
    pub(super) fn partner(&self, index: usize) -> PartnerId {
        self.nodes[index].engine.partner
    }

    fn partners(&self, indices: &[usize]) -> BTreeSet<PartnerId> {
        indices.iter().map(|index| self.partner(*index)).collect()
    }

    /// The first `stewards` of `count` partners are stewards, and all know it.
    pub(super) fn governed(count: u8, stewards: usize) -> (Self, RegisterId) {
        let (mut world, shared) = Self::new(count);
        let all: Vec<usize> = (0..stewards).collect();
        let stewards = world.partners(&all);
        let reply = world.command(0, Command::SetStewards { stewards });
        assert_eq!(reply, Ok(Reply::Done), "the sole steward decides at once");
        for index in 1..world.nodes.len() {
            world.meet(0, index);
        }
        (world, shared)
    }

    fn position(&self, index: usize) -> StatementId {
        self.nodes[index].engine.roster.federation.as_ref().expect("in the federation").position
    }

    /// The drafts that wait for the user of a node.
    pub(super) fn asked(&mut self, index: usize) -> Vec<StatementId> {
        let status = self.status(index);
        status.drafts.iter().filter(|draft| status.awaits_me(draft)).map(|draft| draft.id).collect()
    }

    pub(super) fn approve(&mut self, index: usize, id: StatementId) -> Result<Reply, CommandError> {
        let reply = self.command(index, Command::Approve { id: id.to_string() });
        self.run();
        reply
    }

    fn faults(&mut self, index: usize) -> Vec<String> {
        self.status(index).faults.into_iter().map(|fault| fault.what).collect()
    }
}

#[test]
fn a_draft_collects_signatures_of_stewards_that_never_meet() {
    let (mut world, _) = World::governed(4, 3);
    let reply = world.command(0, Command::AddRegister { name: "Posočje".into(), writers: Writers::All });
    let Ok(Reply::Proposed { draft, waits_for }) = reply else { panic!("one of three decides nothing: {reply:?}") };
    assert_eq!(waits_for.into_iter().collect::<BTreeSet<_>>(), world.partners(&[1, 2]), "it says for whom it waits");
    assert_eq!(world.asked(0), [], "who proposes has signed");
    world.meet(0, 3);
    assert_eq!(world.asked(3), [], "who is no steward is not asked");
    let refused = world.approve(3, draft);
    assert!(matches!(refused, Err(CommandError::NotAllowed { .. })), "nor may sign: {refused:?}");
    world.meet(3, 1);
    assert_eq!(world.asked(1), [draft], "a member has carried it");
    assert_eq!(world.approve(1, draft), Ok(Reply::Done), "two of three decide");
    let register = RegisterId::shared(&draft);
    world.edit(1, new_in(register), &[("name", "made at once")]);
    world.meet(1, 3);
    world.meet(3, 0);
    assert_eq!(world.nodes[0].engine.roster.shared_name(&register), Some("Posočje"), "the proposer has it");
    assert_eq!(world.nodes[0].disk.rows.len(), 1, "with what was written meanwhile");
    assert_eq!(world.status(0).drafts, [], "and nothing waits any more");
    let (_, own, refused) = world.nodes[0].engine.own_drafts();
    assert!(own.is_empty() && refused.is_empty(), "what is decided is kept no longer");
}

#[test]
fn a_newcomer_waits_for_the_majority_and_reads_for_whom() {
    let (mut world, _) = World::governed(4, 3);
    let (partner, signer) = (PartnerSigner::from_secret(&[50; 32]), DeviceSigner::from_secret(&[51; 32]));
    let mut disk = Disk::default();
    disk.boot.statements = vec![certificate(&partner, &signer, "Newcomer")];
    world.start(disk, signer);
    // Partner 3, no steward, invites.
    let invited = world.command(3, Command::Invite { name: "Newcomer".into(), country: "IT".into(), valid_ms: 60_000 });
    let Ok(Reply::Invited(ticket)) = invited else { panic!("no ticket: {invited:?}") };
    world.command(4, Command::Join { ticket: ticket.text.expect("an open ticket") }).expect("it begins");
    world.connect_join(4, 3);
    let pending = world.status(3).approvals;
    let reply = world.command(3, Command::Approve { id: pending[0].id.clone() });
    world.run();
    let Ok(Reply::Proposed { draft, .. }) = reply else { panic!("a member decides nothing: {reply:?}") };
    assert_eq!(world.status(3).approvals, [], "the number has been compared");
    let told = world.status(4).joining.expect("it waits").text;
    for steward in ["Partner 0", "Partner 1", "Partner 2"] {
        assert!(told.contains(steward), "the newcomer waits for {steward}: {told}");
    }
    world.disconnect(4);
    world.meet(3, 0);
    assert!(matches!(world.approve(0, draft), Ok(Reply::Proposed { .. })), "one of three");
    world.meet(0, 3);
    world.meet(3, 2);
    world.connect_join(4, 3);
    let told = world.status(4).joining.expect("it waits").text;
    assert!(told.contains("Partner 1") && !told.contains("Partner 0"), "who has signed is not waited for: {told}");
    assert_eq!(world.approve(2, draft), Ok(Reply::Done), "two of three");
    world.meet(2, 1);
    world.connect(1, 3);
    assert!(world.status(4).roster.federation.is_some(), "the newcomer, still waiting, is a member at once");
    world.disconnect(4);
    world.connect(4, 3);
    assert!(world.status(4).peers.iter().any(|peer| peer.in_sync), "and exchanges");
    assert_eq!(world.status(4).roster.stewards(), (3, 2), "the chain came with the admission");
}

#[test]
fn a_removed_partner_is_refused_at_the_next_contact_and_its_records_stay() {
    let (mut world, shared) = World::governed(4, 3);
    world.edit(3, new_in(shared), &[("name", "from before")]);
    world.meet(3, 0);
    let partner = world.partner(3);
    let steward = world.partner(1);
    let refused = world.command(0, Command::RemovePartner { partner: steward });
    assert!(matches!(refused, Err(CommandError::Precondition { .. })), "a steward is replaced first: {refused:?}");
    let Ok(Reply::Proposed { draft, .. }) = world.command(0, Command::RemovePartner { partner }) else {
        panic!("one of three removes nobody")
    };
    world.connect(3, 1);
    world.meet(0, 2);
    world.approve(2, draft).expect("the second signs");
    world.connect(2, 1);
    assert!(world.nodes[3].links.is_empty(), "the session that was open has ended");
    world.connect(3, 1);
    assert!(world.nodes[3].links.is_empty(), "the next is not taken");
    world.connect(0, 1);
    world.meet(2, 0);
    // Who comes later takes the removed partner's records like all others.
    let disk = Disk {
        boot: Boot { statements: world.nodes[2].disk.boot.statements.clone(), ..Boot::default() },
        ..Disk::default()
    };
    let signer = world.nodes[2].signer.clone();
    world.start(disk, signer);
    world.connect(4, 0);
    assert_eq!(world.nodes[4].disk.rows.len(), 1, "a store made anew gets what the removed partner wrote");
    let late = world.nodes[0].engine.roster.may_write(&shared, &world.nodes[3].signer.key());
    assert!(!late, "it writes nothing more");
}

#[test]
fn a_key_is_replaced_by_stewards_and_the_machine_goes_on() {
    let (mut world, shared) = World::governed(4, 3);
    let key = PartnerSigner::from_secret(&[60; 32]);
    let (partner, device) = (world.partner(3), world.nodes[3].signer.clone());
    let names = ("Partner 3", "IT", "office");
    let certificate = Some(SignedStatement::certificate_of(partner, &key, &device, Rights::ALL, names));
    let Ok(Reply::Proposed { draft, .. }) =
        world.command(3, Command::RekeyPartner { partner, key: key.key(), certificate })
    else {
        panic!("nobody replaces his key alone")
    };
    for steward in [0, 1] {
        world.meet(3, steward);
        world.approve(steward, draft).expect("a steward signs");
        world.meet(steward, 3);
    }
    assert_eq!(world.nodes[3].engine.roster.partners[&partner].key, key.key(), "the new key is in force");
    world.edit(3, new_in(shared), &[("name", "under the new key")]);
    world.meet(3, 0);
    assert_eq!(world.nodes[0].disk.rows.len(), 1, "the machine writes on");
}

#[test]
fn a_refused_draft_goes_away() {
    let (mut world, _) = World::governed(3, 3);
    let Ok(Reply::Proposed { draft, .. }) =
        world.command(0, Command::AddRegister { name: "unwanted".into(), writers: Writers::All })
    else {
        panic!("one of three decides nothing")
    };
    let id = draft.to_string()[..8].to_owned();
    for steward in [1, 2] {
        world.meet(0, steward);
        world.command(steward, Command::Reject { id: id.clone() }).expect("a steward refuses");
        world.meet(0, steward);
    }
    let status = world.status(0);
    assert!(status.drafts[0].is_refused(), "the proposer reads that it cannot be decided any more");
    world.command(0, Command::Reject { id }).expect("and withdraws it");
    world.meet(0, 1);
    world.meet(0, 2);
    for index in 0..3 {
        assert_eq!(world.status(index).drafts, [], "then it is gone everywhere");
        let (_, own, refused) = world.nodes[index].engine.own_drafts();
        assert!(own.is_empty() && refused.is_empty(), "and takes no room");
    }
}

#[test]
fn a_steward_signs_one_change_of_stewards_in_a_round_and_a_liar_is_named() {
    let (mut world, _) = World::governed(3, 3);
    let alone = |world: &World, index| Command::SetStewards { stewards: world.partners(&[index]) };
    for index in 0..2 {
        let command = alone(&world, index);
        assert!(matches!(world.command(index, command), Ok(Reply::Proposed { .. })), "one signature");
    }
    world.meet(0, 1);
    let other = world.asked(0);
    assert_eq!(other.len(), 1, "it sees the other proposal");
    let refused = world.approve(0, other[0]);
    assert!(matches!(refused, Err(CommandError::Precondition { .. })), "and may not sign it too: {refused:?}");
    let own = world.nodes[0].engine.own_drafts().1[0].id();
    let refused = world.command(0, Command::Reject { id: own.to_string() });
    assert!(matches!(refused, Err(CommandError::Precondition { .. })), "nor take its signature back: {refused:?}");

    // A node of Partner 0 that does not keep to it hides its first vote under a higher number.
    let body = world.nodes[0].engine.roster.drafts[&other[0]].signed.body.clone();
    let signer = world.nodes[0].signer.clone();
    let signed = SignedStatement { body, signatures: Vec::new() }.sign_device(&signer);
    let drafts = vec![Draft { signature: signed.signatures[0].signature, body: signed.body }];
    let lie = Statement::Drafts { device: signer.key(), number: 9, drafts, refused: BTreeSet::new() };
    let lie = SignedStatement::unsigned(&lie).sign_device(&signer);
    world.nodes[0].engine.adopt_statements(vec![lie]);
    world.meet(0, 1);
    world.meet(1, 2);
    let named = world.status(1).faults;
    let by_name = named.iter().find(|fault| fault.what.contains("in one round"));
    assert_eq!(by_name.map(|fault| fault.device), Some(signer.key()), "the double signer is named: {named:?}");
}

#[test]
fn a_restored_steward_signs_nothing_until_that_is_confirmed() {
    let (mut world, _) = World::governed(3, 3);
    let old = world.nodes[0].disk.clone();
    let stewards = world.partners(&[0]);
    world.command(0, Command::SetStewards { stewards: stewards.clone() }).expect("it proposes");
    world.meet(0, 1);
    let vote = world.nodes[0].engine.own_drafts().1;
    assert_eq!(vote.len(), 1, "a vote that the backup does not know");

    let restore = |world: &mut World| {
        let mut disk = old.clone();
        disk.apply(Write::PutState(STATE_UNCONFIRMED.into(), Vec::new()));
        world.nodes[0].disk = disk;
        world.restart(0);
    };
    restore(&mut world);
    assert!(world.status(0).unconfirmed, "it says so");
    let stewards = world.partners(&[1]);
    let other = Command::SetStewards { stewards };
    let refused = world.command(0, other.clone());
    assert!(matches!(refused, Err(CommandError::NotAllowed { .. })), "it would sign a second time: {refused:?}");
    let register = Command::AddRegister { name: "net 2".into(), writers: Writers::All };
    assert!(matches!(world.command(0, register), Err(CommandError::NotAllowed { .. })), "nor anything else");
    world.restart(0);
    assert!(world.status(0).unconfirmed, "also after another start");
    world.meet(0, 2);
    let refused = world.command(0, other.clone());
    let told = refused.expect_err("who never saw the vote does not confirm that there is none").to_string();
    assert!(told.contains("Partner 1") && !told.contains("Partner 2"), "it says for whom it waits: {told}");
    world.restart(0);
    assert!(world.status(0).unconfirmed, "also after another start");
    world.meet(0, 1);
    assert!(!world.status(0).unconfirmed, "every other steward has confirmed it");
    assert_eq!(world.nodes[0].engine.own_drafts().1, vote, "one of them has given the vote back");
    let refused = world.command(0, other);
    assert!(matches!(refused, Err(CommandError::Precondition { .. })), "which binds it: {refused:?}");
    world.restart(0);
    assert!(!world.status(0).unconfirmed, "for good");

    restore(&mut world);
    world.command(0, Command::ConfirmAlone).expect("a person says that nobody else is left");
    let register = Command::AddRegister { name: "net 2".into(), writers: Writers::All };
    assert!(matches!(world.command(0, register), Ok(Reply::Proposed { .. })), "then it signs");
    assert_eq!(world.faults(0), [] as [&str; 0], "and nobody is blamed");
}

/// What happens in a race for the next stewards.
#[derive(Clone, Debug)]
enum Step {
    Propose { steward: usize, set: usize },
    Approve { steward: usize },
    Meet { a: usize, b: usize },
    Restart { steward: usize },
}

fn step(nodes: usize) -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..nodes, 0..SETS.len()).prop_map(|(steward, set)| Step::Propose { steward, set }),
        3 => (0..nodes).prop_map(|steward| Step::Approve { steward }),
        4 => (0..nodes, 0..nodes).prop_map(|(a, b)| Step::Meet { a, b }),
        1 => (0..nodes).prop_map(|steward| Step::Restart { steward }),
    ]
}

const SETS: [&[usize]; 5] = [&[0], &[1], &[2], &[0, 1, 3], &[1, 2, 3]];

impl World {
    fn propose_set(&mut self, steward: usize, set: usize) {
        let stewards = self.partners(SETS[set]);
        let _ = self.command(steward, Command::SetStewards { stewards });
    }

    /// A person who signs whatever comes first.
    fn approve_first(&mut self, steward: usize) {
        if let Some(id) = self.asked(steward).first() {
            let _ = self.approve(steward, *id);
        }
    }

    fn all_meet(&mut self) {
        for a in 0..self.nodes.len() {
            (a + 1..self.nodes.len()).for_each(|b| self.meet(a, b));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whoever proposes what while whoever meets whom: once all meet the race ends, the same for everybody,
    /// and no honest steward has signed twice in a round.
    #[test]
    fn races_of_drafts_end(steps in proptest::collection::vec(step(4), 1..24)) {
        let (mut world, _) = World::governed(4, 3);
        let begin = world.position(0);
        for step in steps {
            match step {
                Step::Propose { steward, set } => world.propose_set(steward, set),
                Step::Approve { steward } => world.approve_first(steward),
                Step::Meet { a, b } if a != b => world.meet(a, b),
                Step::Meet { .. } => {}
                Step::Restart { steward } => world.restart(steward),
            }
        }
        world.propose_set(0, 0);
        for _ in 0..12 {
            world.all_meet();
            (0..4).for_each(|steward| world.approve_first(steward));
            if world.status(0).drafts.iter().all(|draft| draft.dormant) && world.position(0) == begin {
                world.propose_set(0, 0);
            }
        }
        world.all_meet();
        prop_assert_ne!(world.position(0), begin, "somebody has won");
        for index in 0..4 {
            prop_assert_eq!(world.position(index), world.position(0), "all follow the same stewards");
            prop_assert!(world.asked(index).is_empty(), "nobody is asked any more");
            prop_assert_eq!(world.faults(index), Vec::<String>::new(), "nobody has signed twice");
        }
    }
}

#[test]
fn the_last_steward_that_can_decide_keeps_its_key() {
    let (mut world, _) = World::new(3);
    let rekey = |partner, secret| Command::RekeyPartner {
        partner,
        key: PartnerSigner::from_secret(&[secret; 32]).key(),
        certificate: None,
    };
    let (sole, other) = (world.partner(0), world.partner(1));
    let refused = world.command(0, rekey(sole, 61));
    assert!(matches!(refused, Err(CommandError::Precondition { .. })), "nobody could name its new key: {refused:?}");
    assert!(world.command(0, rekey(other, 62)).is_ok(), "who is no steward gets a new key");
    assert!(world.nodes[0].engine.roster.decides_alone(&world.nodes[0].signer.key()), "the steward still decides");
}

#[test]
fn a_proposal_that_cannot_be_kept_is_told_why() {
    let (mut world, _) = World::governed(3, 3);
    let propose =
        |world: &mut World, name: String| world.command(0, Command::AddRegister { name, writers: Writers::All });
    for number in 0..limits::DRAFTS_MAX {
        let reply = propose(&mut world, format!("net {number}"));
        assert!(matches!(reply, Ok(Reply::Proposed { .. })), "as many as a device keeps: {reply:?}");
    }
    let refused = propose(&mut world, "one more".into());
    let Err(CommandError::Precondition { what, hint }) = refused else { panic!("one too many: {refused:?}") };
    assert!(what.contains("16 open drafts") && hint.contains("approvals reject"), "{what}; {hint}");

    let draft = |bytes: usize| Draft { body: vec![0; bytes], signature: [0; 64] };
    let told = |drafts: &[Draft]| check_room(drafts).map_err(|error| error.to_string());
    let half = limits::DRAFTS_BYTES_MAX / 2;
    assert_eq!(told(&[draft(half), draft(half)]), Ok(()), "as many bytes as a device keeps");
    let several = told(&[draft(half), draft(half + 1)]).expect_err("more bytes together");
    assert!(several.contains("would be more than 192 KiB"), "of several it is the sum: {several}");
    let large = told(&[draft(limits::DRAFTS_BYTES_MAX + 1)]).expect_err("too large by itself");
    assert!(large.contains("the proposal is larger"), "withdrawing others would not help: {large}");
}
