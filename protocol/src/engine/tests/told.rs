//! What peers tell of what they hold, and send again.

use super::*;
use crate::limits;
use crate::message::Rest;
use crate::run::Buckets;

/// Changes the record's phone on the first node. Nobody hears of it yet.
fn edit_quietly(world: &mut World, row: &Row, phone: &str) {
    world.next += 1;
    let changes = vec![FieldChange { key: "phone".into(), op: FieldOp::Put(Scalar::from(phone)) }];
    let edit = Command::Edit(vec![Edit { target: at(row), changes, if_version: None }]);
    world.handle(0, Input::Command(RequestId(world.next), edit));
}

/// Changes it, and gives the push with which it tells the second one, which has not had it.
fn pushed(world: &mut World, row: &Row, phone: &str) -> (SessionId, Message) {
    edit_quietly(world, row, phone);
    let read = |(_, session, frame): &(usize, SessionId, Vec<u8>)| {
        let message = Message::from_frame(frame).expect("our own");
        matches!(message, Message::Push { .. }).then_some((*session, message))
    };
    world.frames.iter().find_map(read).expect("it is pushed")
}

#[test]
fn what_is_here_is_acknowledged_without_being_looked_at_again() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    world.connect(0, 1);
    let (session, push) = pushed(&mut world, &row, "1");
    world.run();
    let Message::Push { doc, changes, mut runs } = push else { unreachable!("a push") };
    runs[0].run.signature[0] ^= 1;
    let again = Message::Push { doc, changes: changes.clone(), runs: runs.clone() };
    world.handle(1, Input::Received(session, again.to_frame()));
    let answers: Vec<Message> =
        world.frames.drain(..).map(|(_, _, frame)| Message::from_frame(&frame).expect("our own")).collect();
    assert!(matches!(answers[..], [Message::Ack { .. }]), "whoever signed it, it is here: {answers:?}");
    // With a hash that is not here it is not.
    runs[0].run.hash.0[0] ^= 1;
    world.handle(1, Input::Received(session, Message::Push { doc, changes, runs }.to_frame()));
    world.run();
    let faults = world.status(1).faults;
    assert!(matches!(&faults[..], [fault] if fault.what.contains("signature is not good")), "{faults:?}");
}

#[test]
fn nobody_acknowledges_what_we_do_not_hold() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    world.connect(0, 1);
    let session = *world.nodes[0].engine.sessions.keys().next().expect("a session");
    let tip = Tip { seq: 1, hash: crate::ids::ChangeHash([7; 32]) };
    let tips = (0..1_000_u32).map(|n| {
        let mut actor = [0; 16];
        actor[..4].copy_from_slice(&n.to_be_bytes());
        (crate::ids::ActorId(actor), tip)
    });
    world.handle(0, Input::Received(session, Message::Ack { doc: row.doc, tips: tips.collect() }.to_frame()));
    let engine = &world.nodes[0].engine;
    assert_eq!(engine.sessions[&session].weight(&engine.docs), 0, "nothing of it is kept");
}

#[test]
fn a_meta_that_follows_what_moves_says_what_one_read_anew_says() {
    let (mut frontier, mut runs, mut meta) = (Frontier::default(), BTreeMap::new(), DocMeta::default());
    let mut dice = 7_u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    for step in 0..400 {
        let mut moved = BTreeSet::new();
        for _ in 0..=roll(3) {
            let (actor, seq) = (crate::ids::ActorId([roll(6) as u8; 16]), 1 + roll(3));
            let hash = crate::ids::ChangeHash([seq as u8; 32]);
            moved.insert(actor);
            match roll(5) {
                0 => frontier = frontier.iter().filter(|(known, _)| **known != actor).map(|(a, t)| (*a, *t)).collect(),
                1 | 2 => frontier.insert(actor, Tip { seq, hash }),
                _ => {
                    let (device, nonce) = (DeviceKey([1; 32]), Nonce([2; 16]));
                    let run = crate::run::Run { device, nonce, seq, hash, roster_hint: [0; 8], signature: [0; 64] };
                    runs.insert(actor, StoredRun { run, tail: Vec::new() });
                }
            }
        }
        meta.note_moved(&moved, &frontier, &runs);
        let mut anew = DocMeta::default();
        anew.note_frontier(&frontier, &runs);
        assert_eq!(meta, anew, "step {step}");
        assert_eq!(meta.frontier(&runs), frontier, "step {step}: and gives the state back");
    }
}

#[test]
fn a_peer_that_tells_of_one_document_many_times_in_a_message_is_not_listened_to() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    world.connect(0, 1);
    let session = *world.nodes[0].engine.sessions.keys().next().expect("a session");
    let told = |docs: &[DocId]| {
        let told = docs.iter().map(|doc| DocFrontier::of(*doc, Frontier::default())).collect();
        Input::Received(session, Message::Frontiers(told).to_frame())
    };
    let other = DocId { part: row.doc.part + 1, ..row.doc };
    world.handle(0, told(&[row.doc, other]));
    assert!(world.nodes[0].engine.sessions.contains_key(&session), "of several it may tell");
    world.handle(0, told(&[row.doc, other, row.doc]));
    assert!(!world.nodes[0].engine.sessions.contains_key(&session), "of each once");
}

#[test]
fn an_acknowledgement_of_what_is_not_here_costs_patience() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    world.connect(0, 1);
    let engine = &world.nodes[0].engine;
    let session = *engine.sessions.keys().next().expect("a session");
    let cost = |doc: DocId, actor: [u8; 16], n: u64| {
        let tip = Tip { seq: n, hash: crate::ids::ChangeHash([7; 32]) };
        engine.cost_of(session, &Message::Ack { doc, tips: [(crate::ids::ActorId(actor), tip)].into() })
    };
    assert_eq!(cost(row.doc, [7; 16], 1), 1, "an actor that nobody knows");
    assert_eq!(cost(DocId { part: 77, ..row.doc }, [7; 16], 1), 1, "a document that is not here");
    let (actor, tip) = engine.docs[&row.doc].frontier.iter().next().expect("an actor");
    assert_eq!(
        (cost(row.doc, actor.0, tip.seq + 1), cost(row.doc, actor.0, tip.seq)),
        (1, 1),
        "and what was told before"
    );
}

/// Two nodes that tell each state in part and hold the same of one document, of many actors.
fn told_in_part() -> (World, Row) {
    let (world, row) = told_in_part_among(2);
    world.assert_equal();
    (world, row)
}

/// The same beside others that hold nothing yet.
fn told_in_part_among(count: u8) -> (World, Row) {
    let (mut world, shared) = World::new(count);
    world.whole_tips = 0;
    let mut row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    for n in 0..12 {
        world.restart(1);
        world.restart(0);
        world.connect(0, 1);
        row = world.edit(n % 2, at(&row), &[("phone", &n.to_string())]);
    }
    (world, row)
}

/// Parts the two, and edits on both sides.
fn edit_apart(world: &mut World, row: &Row, round: u64) {
    world.disconnect(0);
    world.edit(0, at(row), &[("phone", &format!("040 {round}"))]);
    world.edit(1, at(row), &[("city", &format!("Trst {round}"))]);
    forget_digests(world);
}

fn forget_digests(world: &mut World) {
    world.nodes.iter_mut().for_each(|node| node.digests = 0);
}

#[test]
fn whoever_comes_back_is_told_what_has_moved_and_nothing_of_the_rest() {
    let (mut world, row) = told_in_part();
    for round in 0..5 {
        edit_apart(&mut world, &row, round);
        world.connect(0, 1);
        world.assert_equal();
        let told = [world.nodes[0].digests, world.nodes[1].digests];
        assert_eq!(told, [0, 0], "round {round}: each knows how the other was when they parted");
    }
}

#[test]
fn whoever_was_cut_off_before_a_word_came_back_is_told_no_more() {
    let (mut world, row) = told_in_part();
    for round in 0..5 {
        edit_apart(&mut world, &row, round);
        world.link(0, 1);
        while let Some((to, session, frame)) = world.frames.pop_front() {
            // What they held is known, and not that they have what was sent.
            if !matches!(Message::from_frame(&frame), Ok(Message::Ack { .. })) {
                world.handle(to, Input::Received(session, frame));
            }
        }
        world.assert_equal();
        let told = [world.nodes[0].digests, world.nodes[1].digests];
        assert_eq!(told, [0, 0], "round {round}: each says from which of the other's states it goes on");
    }
}

#[test]
fn how_a_peer_was_is_known_whoever_passes_its_word_on() {
    let (mut world, row) = told_in_part_among(3);
    let third = 2;
    world.meet(third, 0);
    world.assert_equal();
    // The two part with what neither has acknowledged, and the third one passes on what the second one says of itself.
    edit_quietly(&mut world, &row, "040 1");
    world.frames.clear();
    world.disconnect(0);
    world.edit(1, at(&row), &[("city", "Trst")]);
    world.tick(6_000);
    world.meet(1, third);
    world.meet(0, third);
    forget_digests(&mut world);
    world.connect(0, 1);
    assert_eq!([world.nodes[0].digests, world.nodes[1].digests], [0, 0]);
    world.connect(0, third);
    world.assert_equal();
}

#[test]
fn states_of_many_actors_are_told_in_messages_that_can_be_sent() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    world.connect(0, 1);
    let session = *world.nodes[0].engine.sessions.keys().next().expect("a session");
    // How many states each message tells, of so many documents of so many actors.
    let mut told = |parts: std::ops::Range<u32>, actors: usize, whole_tips: usize| {
        let tip = Tip { seq: 1, hash: crate::ids::ChangeHash([7; 32]) };
        let actor = |n: usize| {
            let mut actor = [n as u8; 16];
            actor[8..].copy_from_slice(&n.to_be_bytes());
            crate::ids::ActorId(actor)
        };
        let many: Frontier = (0..actors).map(|n| (actor(n), tip)).collect();
        let engine = &mut world.nodes[0].engine;
        let docs: Vec<DocId> = parts.map(|part| DocId { part, ..row.doc }).collect();
        docs.iter().for_each(|doc| engine.doc_mut(*doc).set_frontier(many.clone()));
        engine.whole_tips = whole_tips;
        engine.tell(session, &docs);
        world.handle(0, Input::Tick);
        let (mut pieces, mut told) = (Vec::new(), Vec::new());
        for (_, _, frame) in world.frames.drain(..) {
            let mut message = Message::from_frame(&frame).expect("our own");
            if let Message::Piece { last, bytes } = message {
                pieces.extend_from_slice(&bytes);
                assert!(pieces.len() <= limits::PIECED_BYTES_MAX, "the other takes it");
                if !last {
                    continue;
                }
                message = crate::codec::from_cbor(&std::mem::take(&mut pieces)).expect("our own");
            }
            if let Message::Frontiers(states) = message {
                told.push(states.len());
            }
        }
        told
    };
    assert_eq!(told(2..6, limits::TIPS_AT_ONCE / 2, usize::MAX), [2, 2], "with all tips");
    let at_once = limits::TIPS_AT_ONCE.div_ceil(1 + 256 / 3);
    assert_eq!(told(10..1_010, 256, 0), [at_once, at_once, 1_000 - 2 * at_once], "by the digests of all buckets");
}

#[test]
fn of_what_a_peer_invents_nothing_is_kept_when_it_goes() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    world.connect(0, 1);
    let session = *world.nodes[0].engine.sessions.keys().next().expect("a session");
    let invented = |part: u32| {
        let tips =
            (0..64_u8).map(|n| (crate::ids::ActorId([n; 16]), Tip { seq: 1, hash: crate::ids::ChangeHash([n; 32]) }));
        DocFrontier::of(DocId { part, ..row.doc }, tips.collect())
    };
    let told = Message::Frontiers((2..100).map(invented).collect());
    world.handle(0, Input::Received(session, told.to_frame()));
    world.disconnect(0);
    let kept: usize =
        world.nodes[0].engine.beside.values().flat_map(BTreeMap::values).map(|held| held.tips.len()).sum();
    assert_eq!(kept, 0);
}

#[test]
fn who_says_that_it_has_more_than_was_written_holds_nothing_of_what_comes() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    world.connect(0, 1);
    edit_quietly(&mut world, &row, "lost on the way");
    world.frames.clear();
    let session = *world.nodes[0].engine.sessions.keys().next().expect("a session");
    let (actor, tip) = world.nodes[0].engine.docs[&row.doc].frontier.iter().next().expect("its actor");
    let beyond = Frontier::from_iter([(*actor, Tip { seq: tip.seq + 10, ..*tip })]);
    let told = Message::Frontiers(vec![DocFrontier::of(row.doc, beyond)]);
    world.handle(0, Input::Received(session, told.to_frame()));
    world.disconnect(0);
    world.edit(0, at(&row), &[("phone", "1")]);
    assert_eq!(world.status(0).unsent_changes, 1);
}

#[test]
fn a_beacon_tells_whoever_starts_again_how_the_others_were() {
    let (mut world, row) = told_in_part();
    world.tick(6_000);
    world.restart(0);
    world.restart(1);
    world.edit(0, at(&row), &[("phone", "040 7")]);
    world.edit(1, at(&row), &[("city", "Trst")]);
    forget_digests(&mut world);
    world.connect(0, 1);
    world.assert_equal();
    assert_eq!([world.nodes[0].digests, world.nodes[1].digests], [0, 0]);
}

#[test]
fn whoever_is_not_as_it_was_asks_and_is_told_by_digests() {
    let (mut world, row) = told_in_part();
    // What the first one writes reaches the second one by nobody, for its disk is that of before.
    let before = world.nodes[1].disk.clone();
    world.edit(0, at(&row), &[("phone", "040 7")]);
    world.edit(1, at(&row), &[("city", "Trst")]);
    world.assert_equal();
    world.disconnect(0);
    world.start_on(1, before);
    world.edit(1, at(&row), &[("website", "https://lunavena.example")]);
    forget_digests(&mut world);
    world.connect(0, 1);
    world.assert_equal();
    let told = world.nodes[0].digests + world.nodes[1].digests;
    assert!(told > 0, "the first one was wrong about it");
}

#[test]
fn what_comes_in_pieces_costs_as_much_as_what_comes_at_once() {
    let heard = |in_pieces: bool| {
        let (mut world, row) = told_in_part();
        let session = *world.nodes[0].engine.sessions.keys().next().expect("a session");
        let whole: Buckets = (0..=u8::MAX).collect();
        let rest = Rest { whole, digest: [9; 16], digests: BTreeMap::new(), ask: false, base: None };
        let told = DocFrontier { rest: Some(rest), ..DocFrontier::of(row.doc, Frontier::default()) };
        let message = Message::Frontiers(vec![told]);
        let frame = match in_pieces {
            true => Message::Piece { last: true, bytes: crate::codec::to_cbor(&message) }.to_frame(),
            false => message.to_frame(),
        };
        let heard = |world: &mut World| {
            world.handle(0, Input::Received(session, frame.clone()));
            world.nodes[0].engine.sessions.contains_key(&session)
        };
        (0..limits::PATIENCE_MAX).take_while(|_| heard(&mut world)).count() as u64
    };
    let (at_once, in_pieces) = (heard(false), heard(true));
    assert!(at_once <= limits::PATIENCE_MAX / limits::PATIENCE_ASKED, "each may be answered with all tips: {at_once}");
    assert!(in_pieces <= at_once, "{in_pieces} and {at_once}");
}

#[test]
fn whose_want_cannot_be_made_out_does_not_take_itself_for_equal() {
    let (mut world, row) = told_in_part();
    pushed(&mut world, &row, "lost on the way");
    world.frames.clear();
    let (_, push) = pushed(&mut world, &row, "1");
    let (_, session, _) = world.frames.drain(..).next().expect("to the other one");
    world.handle(1, Input::Received(session, push.to_frame()));
    let (_, theirs, frame) = world.frames.pop_front().expect("it asks for what lies between");
    let Ok(Message::Want(mut want)) = Message::from_frame(&frame) else { panic!("a want") };
    want.rest.as_mut().expect("told in part").digest = [9; 16];
    world.handle(0, Input::Received(theirs, Message::Want(want).to_frame()));
    let (_, session, answer) = world.frames.pop_front().expect("an answer");
    world.handle(1, Input::Received(session, answer));
    assert!(world.status(1).peers.iter().all(|peer| !peer.in_sync), "it knows that the other has more");
    world.run();
    world.assert_equal();
    assert!(world.status(1).peers.iter().all(|peer| peer.in_sync));
}

/// Edits on the first node 600 times while the second one hears that it lacks something, and no more: it fetches other
/// documents, say. How often it is told of those.
fn told_while_busy(world: &mut World, row: &Row) -> usize {
    let mut held = Vec::new();
    let mut hear = |world: &mut World| {
        while let Some((to, session, frame)) = world.frames.pop_front() {
            let told = matches!(Message::from_frame(&frame), Ok(Message::Frontiers(_)));
            match to == 1 && (told || !held.is_empty()) {
                true => held.push((to, session, frame)),
                false => world.handle(to, Input::Received(session, frame)),
            }
        }
        held.len()
    };
    world.link(0, 1);
    let first = hear(world);
    assert!(first > 0, "it lacks something");
    for phone in 0..600 {
        edit_quietly(world, row, &phone.to_string());
        hear(world);
    }
    let told = held.len() - first;
    world.frames.extend(held);
    world.run();
    world.assert_equal();
    assert!(world.status(1).faults.is_empty(), "nobody is at fault");
    // What it was not told it hears of all the same.
    edit_quietly(world, row, "the last");
    world.run();
    world.assert_equal();
    told
}

#[test]
fn whoever_edits_while_the_other_is_busy_is_not_at_fault() {
    let (mut world, row) = told_in_part();
    world.disconnect(0);
    world.edit(0, at(&row), &[("city", "Trst")]);
    told_while_busy(&mut world, &row);
}

#[test]
fn whoever_is_wrong_about_a_busy_peer_tells_it_of_no_step() {
    let (mut world, row) = told_in_part();
    world.disconnect(0);
    // It has gone on, and knows no state of before.
    world.edit(1, at(&row), &[("city", "Trst")]);
    world.restart(1);
    assert_eq!(told_while_busy(&mut world, &row), 0);
}

#[test]
fn who_does_not_know_what_a_busy_peer_holds_tells_it_of_no_step() {
    let (mut world, row) = told_in_part();
    world.restart(0);
    world.restart(1);
    world.edit(0, at(&row), &[("city", "Trst")]);
    assert_eq!(told_while_busy(&mut world, &row), 0);
}
