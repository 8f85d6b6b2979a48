//! Persons: who gets one, and that an erasure ends it everywhere in whatever order things come.

use super::*;
use crate::ids::{ActorId, ChangeHash, PERSON_KIND};
use crate::persons::{Personal, Reason};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

const NAME: &str = "Ada Zupan";

fn change(key: &str, value: &str) -> FieldChange {
    FieldChange { key: key.into(), op: FieldOp::Put(Scalar::from(value)) }
}

fn only(partners: &[PartnerId]) -> Writers {
    Writers::Partners(partners.iter().copied().collect())
}

impl World {
    fn add_person(&mut self, index: usize, readers: Writers) -> Row {
        let fields = Personal::new(vec![change("family_name", NAME), change("phone", "1")]);
        let reply = self.command(index, Command::AddPerson { readers, fields });
        self.run();
        match reply {
            Ok(Reply::Edited(mut rows)) => rows.pop().expect("one row"),
            other => panic!("no person: {other:?}"),
        }
    }

    fn erase(&mut self, index: usize, person: RegisterId) {
        let reply = self.command(index, Command::ErasePerson { person, reason: Reason::Request.number() });
        assert_eq!(reply, Ok(Reply::Done), "node {index} may erase it");
        self.run();
    }

    /// Whether anything of the person is on a node's disk: in a change, a row or a state.
    fn holds(&self, index: usize, person: RegisterId) -> bool {
        let (disk, doc) = (&self.nodes[index].disk, DocId::person(person));
        let row = disk.rows.keys().any(|(id, _)| *id == doc);
        row || disk.docs.contains_key(&doc) || disk.boot.docs.contains_key(&doc) || disk.boot.runs.contains_key(&doc)
    }

    fn receipts(&self, index: usize, person: RegisterId) -> usize {
        self.nodes[index].engine.roster.persons[&person].receipts.len()
    }

    fn mesh(&mut self) {
        for a in 0..self.nodes.len() {
            for b in 0..a {
                self.connect(a, b);
            }
        }
    }
}

#[test]
fn documents_that_come_in_one_go_do_not_all_stay_in_memory() {
    let (mut world, _) = World::new(1);
    let rows: Vec<Row> = (0..60).map(|_| world.add_person(0, only(&[]))).collect();
    let loaded = |world: &World| world.nodes[0].engine.docs.values().filter(|doc| doc.loaded.is_some()).count();
    assert!(loaded(&world) <= limits::DOCS_LOADED_PEAK, "{} are in memory without a tick", loaded(&world));
    // One command that needs more of them at once gets them all.
    let change = |row: &Row| Edit { target: at(row), changes: vec![change("phone", "2")], if_version: None };
    let edited = world.command(0, Command::Edit(rows.iter().map(change).collect()));
    assert!(matches!(edited, Ok(Reply::Edited(edited)) if edited.len() == rows.len()), "all are edited");
    assert!(loaded(&world) <= limits::DOCS_LOADED_PEAK, "and are let go again: {}", loaded(&world));
}

#[test]
fn a_person_goes_to_its_scope_and_to_nobody_else() {
    let (mut world, _) = World::new(4);
    world.mesh();
    let row = world.add_person(0, only(&[world.partner(1)]));
    let person = row.doc.register;
    assert!(row.doc.is_person() && row.key.kind == PERSON_KIND, "it is a document of its own");
    let held: Vec<bool> = (0..4).map(|index| world.holds(index, person)).collect();
    assert_eq!(held, [true, true, false, false], "the controller and the partner in scope hold it");

    let key = row.key.clone();
    let edit = Edit {
        target: Target::Record { doc: row.doc, key: key.clone() },
        changes: vec![change("phone", "2")],
        if_version: None,
    };
    let refused = world.command(1, Command::Edit(vec![edit.clone()]));
    assert!(matches!(refused, Err(CommandError::NotAllowed { .. })), "a reader does not write: {refused:?}");
    world.command(0, Command::Edit(vec![edit])).expect("the controller does");
    world.run();
    let phone = world.nodes[1].disk.rows[&(row.doc, key)].text("phone").map(str::to_owned);
    assert_eq!(phone.as_deref(), Some("2"), "and the reader has the edit");

    let share = |readers| Command::SharePerson { person, readers };
    assert!(world.command(1, share(Writers::All)).is_err(), "nor does a reader share it");
    world.command(0, share(only(&[world.partner(2)]))).expect("the controller does");
    world.run();
    let held: Vec<bool> = (0..4).map(|index| world.holds(index, person)).collect();
    assert_eq!(held, [true, false, true, false], "who is out of scope drops it, who has come gets it");
    world.command(0, share(Writers::All)).expect("shared with all");
    world.run();
    let held: Vec<bool> = (0..4).map(|index| world.holds(index, person)).collect();
    assert_eq!(held, [true; 4], "being out of scope is not for ever");
    let status = world.status(0);
    assert!(status.peers.iter().all(|peer| peer.in_sync), "everyone is in sync: {:?}", status.peers);
}

#[test]
fn an_erased_person_is_gone_from_all_and_the_absent_erases_on_return() {
    let (mut world, _) = World::new(4);
    world.mesh();
    let row = world.add_person(0, Writers::All);
    let person = row.doc.register;
    let before = world.nodes[2].disk.clone();
    world.disconnect(3);
    world.erase(0, person);
    for index in 0..3 {
        assert!(!world.holds(index, person), "node {index} holds nothing of it");
    }
    assert_eq!(world.receipts(0, person), 3, "three of four have given their receipt");
    assert!(world.holds(3, person), "who is away still has it");
    world.connect(3, 1);
    assert!(!world.holds(3, person), "it erases as soon as it hears of it");
    assert_eq!(world.receipts(0, person), 4, "and its receipt reaches the controller through another");

    // A machine is put back to before the erasure.
    world.disconnect(2);
    world.start_on(2, before);
    assert!(world.holds(2, person), "it has the person again");
    world.connect(2, 0);
    for index in 0..4 {
        assert!(!world.holds(index, person), "and brings it back nowhere: node {index}");
    }
    world.restart(1);
    world.mesh();
    assert!((0..4).all(|index| !world.holds(index, person)), "nor does a restart");
    let again = world.command(0, Command::SharePerson { person, readers: Writers::All });
    assert!(again.is_err(), "the id is refused for ever");
}

#[test]
fn another_partner_erases_twenty_at_once_and_more_wait() {
    let (mut world, _) = World::new(3);
    world.mesh();
    let persons: Vec<RegisterId> = (0..22).map(|_| world.add_person(0, Writers::All).doc.register).collect();
    let outside = world.add_person(0, only(&[])).doc.register;
    let refused = world.command(1, Command::ErasePerson { person: outside, reason: 0 });
    assert!(refused.is_err(), "who does not read a person does not erase it");
    persons.iter().for_each(|person| world.erase(1, *person));
    let held = |world: &World, index| persons.iter().filter(|person| world.holds(index, **person)).count();
    assert_eq!((held(&world, 0), held(&world, 1), held(&world, 2)), (2, 0, 2), "here all, elsewhere twenty");
    let waiting = world.status(0).erasures_waiting;
    assert_eq!(waiting.len(), 2, "the controller is asked");
    world.tick(limits::ERASURES_WITHIN_MS + 1);
    assert_eq!(held(&world, 0), 2, "a day later they wait still");

    // An administrator of the third partner agrees to one, the controller to the other.
    world.erase(2, waiting[0]);
    assert_eq!((held(&world, 0), held(&world, 2)), (2, 1), "an administrator decides for its partner");
    world.erase(0, waiting[0]);
    world.erase(0, waiting[1]);
    assert_eq!((held(&world, 0), held(&world, 2)), (0, 0), "the controller for all");
    assert!(world.status(2).erasures_waiting.is_empty(), "and nothing waits any more");
    assert!(world.holds(0, outside), "what nobody asked for stays");
}

#[test]
fn a_stranger_scope_or_erasure_says_nothing() {
    let (mut world, _) = World::new(3);
    world.mesh();
    let person = world.add_person(0, only(&[])).doc.register;
    let facts = world.nodes[0].engine.roster.persons[&person].clone();
    let (controller, nonce) = (facts.controller, facts.nonce);
    let signer = world.nodes[1].signer.clone();
    for statement in [
        Statement::PersonScope { controller, nonce, number: 9, readers: Writers::All },
        Statement::Erasure { controller, nonce, reason: 0 },
    ] {
        let signed = SignedStatement::unsigned(&statement).sign_device(&signer);
        world.nodes[1].engine.adopt_statements(vec![signed]);
        world.handle(1, Input::Tick);
        world.run();
    }
    assert!(world.holds(0, person), "the controller has it still");
    assert!(!world.holds(1, person) && !world.holds(2, person), "and the stranger has not got it");
}

#[test]
fn who_reads_a_person_no_more_is_told_and_asked_nothing_of_it() {
    let (mut world, _) = World::new(2);
    world.connect(0, 1);
    let row = world.add_person(0, Writers::All);
    let person = row.doc.register;
    world.command(0, Command::SharePerson { person, readers: only(&[]) }).expect("the controller says so");
    world.run();
    // What it sent before it heard of that arrives now, and tells of changes that are not here.
    let session = *world.nodes[0].links.keys().next().expect("they are connected");
    let tips = BTreeMap::from([(ActorId([7; 16]), Tip { seq: 3, hash: ChangeHash([7; 32]) })]);
    world.handle(0, Input::Received(session, Message::Ack { doc: row.doc, tips }.to_frame()));
    world.handle(0, Input::Tick);
    let names = |frame: &[u8]| frame.windows(32).any(|piece| piece == person.0);
    assert!(!world.frames.iter().any(|(.., frame)| names(frame)), "nothing that names the person goes out");
    // Nor is anybody at fault who asks or sends because it has not heard of it.
    let want = Message::Want(DocFrontier::of(row.doc, Frontier::default()));
    let push = Message::Push { doc: row.doc, changes: Vec::new(), runs: Vec::new() };
    [want, push].into_iter().for_each(|message| world.handle(0, Input::Received(session, message.to_frame())));
    let answers: Vec<_> = world.frames.drain(..).filter(|(.., frame)| names(frame)).collect();
    assert_eq!(answers.len(), 1, "who asks gets an answer");
    let answer = Message::from_frame(&answers[0].2);
    assert!(matches!(answer, Ok(Message::Answer(answer)) if answer.bytes == 0), "which holds nothing");
    assert!(world.status(0).faults.is_empty() && !world.nodes[0].links.is_empty(), "and nobody is blamed");
}

#[test]
fn what_comes_of_a_person_is_not_acknowledged_to_who_reads_it_no_more() {
    let (mut world, _) = World::new(3);
    let row = world.add_person(0, Writers::All);
    let person = row.doc.register;
    world.connect(0, 2);
    // The helper is still checking what the second one sent when it goes out of scope.
    world.nodes[1].slow = true;
    world.connect(1, 2);
    world.disconnect(0);
    let readers = only(&[world.partner(1)]);
    world.command(0, Command::SharePerson { person, readers }).expect("the controller says so");
    world.connect(0, 1);
    let late = std::mem::take(&mut world.nodes[1].late);
    assert!(!late.is_empty(), "it is being checked");
    late.into_iter().for_each(|late| world.handle(1, late));
    assert!(world.holds(1, person), "it is taken");
    let named =
        |(to, _, frame): &(usize, SessionId, Vec<u8>)| *to == 2 && frame.windows(32).any(|piece| piece == person.0);
    assert!(!world.frames.iter().any(named), "and whoever sent it hears nothing of it any more");
}

#[test]
fn whoever_is_removed_has_no_readers_any_more() {
    let (mut world, _) = World::new(3);
    world.mesh();
    let person = world.add_person(1, Writers::All).doc.register;
    let other = world.add_person(0, Writers::All).doc.register;
    let gone = world.partner(1);
    world.command(0, Command::RemovePartner { partner: gone }).expect("the steward removes it");
    world.run();
    let held = |world: &World, person| (0..3).map(|index| world.holds(index, person)).collect::<Vec<_>>();
    assert_eq!(held(&world, person), [false, true, false], "its person is its own alone");
    assert!(world.holds(0, other) && world.holds(2, other), "those of others stay");

    // It goes on stating scopes, also of a new person, and somebody brings them to a member.
    let facts = world.nodes[1].engine.roster.persons[&person].clone();
    let (controller, nonce, signer) = (facts.controller, facts.nonce, world.nodes[1].signer.clone());
    let scopes = [(nonce, facts.number + 1), ([9; 16], 1)];
    let late = scopes.map(|(nonce, number)| {
        let statement = Statement::PersonScope { controller, nonce, number, readers: Writers::All };
        SignedStatement::unsigned(&statement).sign_device(&signer)
    });
    world.nodes[2].engine.adopt_statements(late.to_vec());
    world.handle(2, Input::Tick);
    world.run();
    for index in [0, 2] {
        let roster = &world.nodes[index].engine.roster;
        let readers = [person, RegisterId::person(&controller, &[9; 16])].map(|one| roster.readers(&one).count());
        assert_eq!(readers, [0, 0], "node {index} takes none of it for a scope");
        assert!(!world.holds(index, person), "nor does the person come back");
    }

    // Its word for an erasure still counts.
    let statement = Statement::Erasure { controller, nonce, reason: 0 };
    world.nodes[2].engine.adopt_statements(vec![SignedStatement::unsigned(&statement).sign_device(&signer)]);
    world.handle(2, Input::Tick);
    world.run();
    assert!(world.nodes[0].engine.roster.persons[&person].is_erased(), "nobody takes it again");
}

#[test]
fn what_is_shown_of_a_person_is_which_one() {
    let (mut world, _) = World::new(1);
    let row = world.add_person(0, Writers::All);
    let edit = |target, key: &str| Edit { target, changes: vec![change(key, NAME)], if_version: None };
    let target = Target::Record { doc: row.doc, key: row.key.clone() };
    let command = Command::Edit(vec![edit(target, "family_name")]);
    let reply = world.command(0, command.clone());
    let of_person = format!("{command:?} {row:?} {reply:?} {:?}", Parked::Command(RequestId(1), command.clone()));
    assert!(of_person.contains(&row.key.to_string()) && !of_person.contains("Zupan"), "{of_person}");
    let shown = format!("{:?}", edit(new_in(RegisterId::partner(&world.partner(0))), "name"));
    assert!(shown.contains(NAME), "of other records it is all shown: {shown}");
}

#[test]
fn a_restart_and_a_slow_helper_end_without_the_person() {
    let (mut world, _) = World::new(2);
    let row = world.add_person(0, Writers::All);
    // The helper of the reader is checking the document when the erasure comes.
    world.nodes[1].slow = true;
    world.connect(0, 1);
    assert!(!world.nodes[1].late.is_empty(), "the transfer is being checked");
    world.erase(0, row.doc.register);
    world.catch_up(1);
    assert!(!world.holds(1, row.doc.register), "what was checked is not taken any more");
    assert!(!world.nodes[1].links.is_empty(), "and nobody is at fault");
    assert!(world.status(1).faults.is_empty(), "no device is named: {:?}", world.status(1).faults);
}

/// Steps that a seed puts in some order: whatever it is, an erased person is on no node in the end.
#[test]
fn any_order_of_edits_shares_and_erasures_ends_without_the_person() {
    for seed in 0..40u8 {
        let mut rng = ChaCha20Rng::from_seed([seed; 32]);
        let (mut world, _) = World::new(3);
        let mut pick = |n: usize| rng.next_u32() as usize % n;
        let row = world.add_person(0, Writers::All);
        let person = row.doc.register;
        let eraser = pick(2);
        let mut erased = false;
        for _ in 0..30 {
            match pick(7) {
                0 | 1 => {
                    let (a, b) = (pick(3), pick(3));
                    let linked = world.nodes[a].links.values().any(|(peer, _)| *peer == b);
                    if a != b && !linked {
                        world.connect(a, b);
                    }
                }
                2 => world.disconnect(pick(3)),
                3 => {
                    let edit = Edit {
                        target: at(&row),
                        changes: vec![change("phone", &pick(9).to_string())],
                        if_version: None,
                    };
                    let _ = world.command(0, Command::Edit(vec![edit]));
                    if pick(2) == 0 {
                        world.run();
                    }
                }
                4 => {
                    let readers = if pick(2) == 0 { Writers::All } else { only(&[world.partner(1)]) };
                    let _ = world.command(0, Command::SharePerson { person, readers });
                }
                5 => world.restart_in_place(pick(3)),
                _ => {
                    let reply = world.command(eraser, Command::ErasePerson { person, reason: 1 });
                    erased |= reply.is_ok();
                }
            }
        }
        world.run();
        (0..3).for_each(|index| world.disconnect(index));
        world.mesh();
        world.tick(120_000);
        if erased {
            let held: Vec<bool> = (0..3).map(|index| world.holds(index, person)).collect();
            assert_eq!(held, [false; 3], "seed {seed}: the person is gone");
            assert_eq!(world.receipts(0, person), 3, "seed {seed}: all have given receipts");
        }
        for index in 0..3 {
            let status = world.status(index);
            assert!(status.peers.iter().all(|peer| peer.in_sync), "seed {seed}: node {index}: {:?}", status.peers);
            assert!(status.faults.is_empty(), "seed {seed}: nobody is at fault: {:?}", status.faults);
        }
    }
}

impl World {
    fn restart_in_place(&mut self, index: usize) {
        self.disconnect(index);
        let (disk, signer) = (self.nodes[index].disk.clone(), self.nodes[index].signer.clone());
        self.start(disk, signer);
        let last = self.nodes.pop().expect("just started");
        self.nodes[index] = last;
    }
}
