//! Those who may write no more: what stays of what they wrote, whoever hears of it when.

use super::*;

impl World {
    /// The steward (node 0) removes the partner of a node.
    fn remove(&mut self, index: usize) {
        let partner = self.nodes[index].engine.partner;
        assert_eq!(self.command(0, Command::RemovePartner { partner }), Ok(Reply::Done), "the sole steward decides");
        self.run();
    }

    /// The names of the records that a node shows in a register, sorted.
    fn names(&self, index: usize, register: RegisterId) -> Vec<String> {
        let rows = self.nodes[index].disk.rows.values().filter(|row| row.doc.register == register);
        let mut names: Vec<String> = rows.filter_map(|row| row.text("name").map(str::to_owned)).collect();
        names.sort();
        names
    }

    fn frontier(&self, index: usize, register: RegisterId) -> crate::run::Frontier {
        let doc = DocId { register, part: 1 };
        self.nodes[index].disk.frontier(&doc)
    }
}

#[test]
fn what_a_removed_partner_wrote_before_stays_and_what_comes_later_goes() {
    let (mut world, shared) = World::new(4);
    world.edit(3, new_in(shared), &[("name", "early")]);
    world.meet(3, 0);
    world.meet(0, 1);
    world.meet(0, 2);
    // The stewards decide while the partner still exchanges with another one.
    world.remove(3);
    world.edit(3, new_in(shared), &[("name", "late")]);
    world.meet(3, 1);
    assert_eq!(world.names(1, shared), ["early", "late"], "who has not heard of it takes it");
    world.meet(0, 2);
    world.meet(1, 2);
    for node in [1, 2] {
        assert_eq!(world.names(node, shared), ["early"], "node {node} drops it once it has heard");
    }
    world.meet(0, 1);
    assert_eq!(world.names(0, shared), ["early"], "and the steward never takes it");
    assert_eq!(world.frontier(0, shared), world.frontier(1, shared), "all hold the same");
    assert_eq!(world.frontier(0, shared), world.frontier(2, shared), "all hold the same");
    world.connect(3, 1);
    assert!(world.nodes[3].links.is_empty(), "the removed device is refused at the next contact");
    assert_eq!(world.names(3, shared), ["early", "late"], "and keeps what it has");
    world.restart(1);
    assert_eq!(world.names(1, shared), ["early"], "also after a restart");
    let mut status = world.status(1);
    assert_eq!(status.faults.pop(), None, "nobody is blamed for what was honest when it was sent");
}

#[test]
fn a_late_change_stays_where_an_honest_one_builds_on_it() {
    let (mut world, shared) = World::new(4);
    world.edit(3, new_in(shared), &[("name", "early")]);
    world.meet(3, 0);
    world.remove(3);
    let late = world.edit(3, new_in(shared), &[("name", "late")]);
    world.meet(3, 1);
    // Without the removal the other one goes on with the record.
    world.edit(1, at(&late), &[("phone", "+386 1 234")]);
    world.edit(3, new_in(shared), &[("name", "later")]);
    world.meet(3, 1);
    assert_eq!(world.names(1, shared), ["early", "late", "later"], "both are there before it hears");
    world.meet(0, 2);
    world.meet(1, 2);
    world.meet(0, 1);
    for node in 0..3 {
        assert_eq!(
            world.names(node, shared),
            ["early", "late"],
            "node {node}: an honest change keeps what it builds on, no more"
        );
    }
    assert_eq!(world.frontier(0, shared), world.frontier(1, shared), "whatever came first");
    assert_eq!(world.frontier(0, shared), world.frontier(2, shared), "whatever came first");
    // A newcomer to the document takes it as a snapshot.
    let disk = Disk {
        boot: Boot { statements: world.nodes[2].disk.boot.statements.clone(), ..Boot::default() },
        ..Disk::default()
    };
    let signer = world.nodes[2].signer.clone();
    world.start(disk, signer);
    world.connect(4, 0);
    assert_eq!(world.names(4, shared), ["early", "late"], "who comes later gets the same");
    assert_eq!(world.frontier(4, shared), world.frontier(0, shared), "exactly");
}

#[test]
fn what_the_decision_could_not_name_is_adopted_by_those_who_write_on() {
    let (mut world, shared) = World::new(3);
    world.edit(2, new_in(shared), &[("name", "seen by one")]);
    world.meet(2, 1);
    // The steward holds nothing of this document.
    world.remove(2);
    world.meet(0, 1);
    for node in [0, 1] {
        assert_eq!(world.names(node, shared), ["seen by one"], "node {node}: nothing that a member held is lost");
    }
    assert_eq!(world.frontier(0, shared), world.frontier(1, shared), "both hold the adoption");
    world.restart(0);
    world.connect(0, 1);
    assert_eq!(world.frontier(0, shared), world.frontier(1, shared), "which is made once");
    assert!(world.status(0).peers[0].in_sync, "and said to be equal");
}

#[test]
fn who_has_run_thousands_of_processes_is_removed_all_the_same() {
    const PROCESSES: u32 = if cfg!(debug_assertions) { 100 } else { 14_000 };
    let (mut world, shared) = World::new(3);
    let large = DocId { register: shared, part: 0 };
    let signer = world.nodes[2].signer.clone();
    written_by_many(&mut world.nodes[2].disk, large, &signer, PROCESSES);
    world.restart(2);
    world.edit(2, new_in(shared), &[("name", "early")]);
    world.meet(2, 0);
    world.meet(2, 1);
    let held = world.nodes[0].disk.frontier(&large);
    assert_eq!(held.len(), PROCESSES as usize, "everybody has all of it");
    world.remove(2);
    world.edit(2, new_in(shared), &[("name", "late")]);
    world.meet(2, 1);
    world.meet(0, 1);
    for node in [0, 1] {
        assert_eq!(world.names(node, shared), ["early"], "node {node}: the removal names what it has room for");
        let frontier = world.nodes[node].disk.frontier(&large);
        assert!(held.iter().all(|(actor, tip)| frontier.get(actor) == Some(tip)), "and the rest is adopted");
    }
}

#[test]
fn a_thousand_late_changes_leave_a_short_proof() {
    let (mut world, shared) = World::new(3);
    let row = world.edit(2, new_in(shared), &[("name", "early")]);
    world.meet(2, 0);
    world.meet(2, 1);
    world.remove(2);
    for number in 0..600 {
        world.edit(2, at(&row), &[("phone", &format!("+386 {number}"))]);
    }
    world.meet(2, 1);
    world.meet(0, 1);
    let doc = DocId { register: shared, part: 1 };
    let tails = |world: &World, node: usize| -> Vec<usize> {
        world.nodes[node].disk.boot.runs[&doc].values().map(|run| run.tail.len()).collect()
    };
    let longest = tails(&world, 1).into_iter().max().unwrap_or_default();
    assert!(longest <= limits::RUN_KEEP_EVERY as usize, "up to the next run that stays, and not {longest}");
    world.restart(1);
    let disk = Disk {
        boot: Boot { statements: world.nodes[1].disk.boot.statements.clone(), ..Boot::default() },
        ..Disk::default()
    };
    let signer = world.nodes[0].signer.clone();
    world.start(disk, signer);
    world.connect(3, 1);
    assert_eq!(world.names(3, shared), ["early"], "which is proof enough for whoever has nothing");
    assert_eq!(world.status(3).faults, [], "and nobody is blamed");
}

#[test]
fn where_nobody_writes_on_what_no_decision_has_named_stays() {
    let (mut world, _) = World::new(3);
    let theirs = RegisterId::partner(&world.nodes[2].engine.partner);
    world.edit(2, new_in(theirs), &[("name", "seen by one")]);
    world.meet(2, 1);
    // The steward has nothing of it, and nobody else writes there who could adopt it.
    world.remove(2);
    world.meet(0, 1);
    for node in [0, 1] {
        assert_eq!(world.names(node, theirs), ["seen by one"], "node {node}: nothing that a member held is lost");
    }
}

#[test]
fn a_decision_of_former_days_names_nothing_for_a_new_one() {
    let (mut world, shared) = World::new(3);
    world.edit(2, new_in(shared), &[("name", "first")]);
    world.meet(2, 0);
    world.meet(0, 1);
    let set = |world: &mut World, writers: Writers| {
        let set = world.command(0, Command::SetWriters { register: shared, writers });
        assert_eq!(set, Ok(Reply::Register(shared)), "the steward decides");
        world.meet(0, 2);
        world.meet(0, 1);
    };
    let others = [0, 1].map(|node| world.nodes[node].engine.partner);
    set(&mut world, Writers::Partners(others.into_iter().collect()));
    set(&mut world, Writers::All);
    // A writer again, it writes what only one of the others has seen, in a document that the steward then forgets.
    world.edit(2, new_in(shared), &[("name", "second")]);
    world.meet(2, 1);
    world.disconnect(0);
    let disk = &mut world.nodes[0].disk;
    disk.boot.docs.clear();
    disk.boot.runs.clear();
    disk.boot.kept.clear();
    disk.docs.clear();
    disk.rows.clear();
    world.restart(0);
    world.remove(2);
    world.meet(0, 1);
    for node in [0, 1] {
        assert_eq!(world.names(node, shared), ["first", "second"], "node {node} keeps what the removal did not name");
    }
}

#[test]
fn a_removed_owner_takes_nobody_elses_work_with_it() {
    let (mut world, _) = World::new(3);
    let theirs = RegisterId::partner(&world.nodes[2].engine.partner);
    let guest = world.nodes[1].engine.partner;
    let set = |world: &mut World, writers: &[PartnerId]| {
        let writers = Writers::Partners(writers.iter().copied().collect());
        let set = world.command(2, Command::SetWriters { register: theirs, writers });
        assert_eq!(set, Ok(Reply::Register(theirs)), "the owner decides");
        world.meet(2, 1);
        world.meet(2, 0);
    };
    set(&mut world, &[guest]);
    world.edit(1, new_in(theirs), &[("name", "by a guest")]);
    world.meet(1, 2);
    world.meet(2, 0);
    set(&mut world, &[]);
    world.remove(2);
    world.meet(0, 1);
    for node in [0, 1] {
        assert_eq!(world.names(node, theirs), ["by a guest"], "node {node}: what a writer of former days wrote stays");
    }
}

/// The frame of a change that names what it does not build on, signed by the device of a node.
fn beyond_its_ancestors(world: &World, node: usize, doc: DocId, key: &RecordKey) -> (Vec<u8>, crate::ids::ChangeHash) {
    use crate::scan::tests::{body, seal};
    use automerge::ReadDoc;
    let node = &world.nodes[node];
    let engine = &node.engine;
    let mut am = engine.docs[&doc].loaded.as_ref().expect("in memory").am.clone();
    let theirs = |change: &&automerge::Change| {
        let actor = crate::ids::ActorId::from_automerge(change.actor_id()).expect("ours");
        change.seq() == 2 && engine.docs[&doc].runs[&actor].run.device != engine.me
    };
    let foreign: [u8; 32] = am.get_changes(&[]).iter().find(theirs).expect("is there").hash().0;
    let nonce = Nonce([9; 16]);
    let actor = crate::ids::ActorId::derive(&doc, &node.signer.key(), &nonce);
    am.set_actor(actor.to_automerge());
    let mut tx = am.transaction();
    let phone = FieldChange { key: "phone".into(), op: FieldOp::Put(Scalar::from("over it")) };
    crate::record::write(&mut tx, &doc, key, false, &[phone]).expect("writes");
    let (hash, _) = tx.commit_with(automerge::transaction::CommitOptions::default().with_time(0));
    let honest = am.get_change_by_hash(&hash.expect("a change")).expect("is there");
    let mut inner = body(honest.raw_bytes()).to_vec();
    let at = inner.windows(32).position(|bytes| bytes == foreign).expect("is a dependency");
    inner.drain(at..at + 32);
    inner[0] -= 1;
    let forged = seal(1, &inner);
    let hash = crate::scan::hash_of(&forged).expect("a chunk");
    let run = crate::run::Run::sign(&node.signer, &doc, nonce, 1, hash, [0; 8]).run;
    let runs = vec![StoredRun { run, tail: Vec::new() }];
    (Message::Push { doc, changes: vec![forged.into()], runs }.to_frame(), hash)
}

#[test]
fn a_change_that_names_what_it_does_not_build_on_is_refused() {
    let (mut world, shared) = World::new(3);
    // Two write at the same time, so that what comes after both can pass for coming after one.
    let row = world.edit(2, new_in(shared), &[("name", "record")]);
    world.meet(2, 1);
    world.edit(2, at(&row), &[("phone", "theirs")]);
    world.edit(1, at(&row), &[("phone", "ours")]);
    world.connect(1, 2);
    let doc = DocId { register: shared, part: 1 };
    let (frame, hash) = beyond_its_ancestors(&world, 1, doc, &row.key);
    let sessions: Vec<SessionId> = world.nodes[2].links.keys().copied().collect();
    world.handle(2, Input::Received(sessions[0], frame));
    world.run();
    let frontier = world.nodes[2].disk.frontier(&doc);
    assert!(frontier.iter().all(|(_, tip)| tip.hash != hash), "it is not taken");
    let blamed = world.status(2).faults.pop().map(|fault| fault.device);
    assert_eq!(blamed, Some(world.nodes[1].signer.key()), "and its author is named");
}

#[test]
fn many_documents_are_made_again_one_after_the_other() {
    let (mut world, first) = World::new(3);
    let mut registers = vec![first];
    for number in 0..5 {
        let made = world.command(0, Command::AddRegister { name: format!("net {number}"), writers: Writers::All });
        let Ok(Reply::Register(register)) = made else { panic!("a register: {made:?}") };
        registers.push(register);
    }
    world.meet(0, 1);
    world.meet(0, 2);
    for register in &registers {
        world.edit(2, new_in(*register), &[("name", "early")]);
    }
    world.meet(2, 0);
    world.remove(2);
    for register in &registers {
        world.edit(2, new_in(*register), &[("name", "late")]);
    }
    world.meet(2, 1);
    world.restart(1);
    world.nodes[1].slow = true;
    world.connect(0, 1);
    let is_made_again = |doc: &&document::Document| doc.parked.iter().any(|p| matches!(p, document::Parked::Rebuild));
    let waiting = |world: &World| world.nodes[1].engine.docs.values().filter(is_made_again).count();
    for number in 0..3 {
        assert_eq!(waiting(&world), 1, "document {number}: one at a time");
        let late = std::mem::take(&mut world.nodes[1].late);
        late.into_iter().for_each(|input| world.handle(1, input));
        world.run();
    }
    world.catch_up(1);
    for register in &registers {
        assert_eq!(world.names(1, *register), ["early"], "every document has been made again");
    }
}

#[test]
fn what_was_adopted_travels_with_what_keeps_it() {
    let (mut world, shared) = World::new(4);
    world.edit(3, new_in(shared), &[("name", "seen by one")]);
    world.meet(3, 1);
    world.remove(3);
    world.meet(0, 1);
    // Its store has a snapshot without the adoption, which came after it.
    world.restart(1);
    world.connect(1, 2);
    assert_eq!(world.names(2, shared), ["seen by one"], "who has nothing yet gets both");
    assert!(world.status(2).peers.iter().any(|peer| peer.in_sync), "and both say that they are equal");
}

#[test]
fn a_dropped_writer_keeps_its_seat_at_the_table_but_not_its_pen() {
    let (mut world, shared) = World::new(3);
    world.edit(2, new_in(shared), &[("name", "early")]);
    world.meet(2, 0);
    let others = [0, 1].map(|node| world.nodes[node].engine.partner);
    let writers = Writers::Partners(others.into_iter().collect());
    let set = world.command(0, Command::SetWriters { register: shared, writers });
    assert_eq!(set, Ok(Reply::Register(shared)), "a writer can be dropped");
    world.edit(2, new_in(shared), &[("name", "late")]);
    world.meet(2, 1);
    world.meet(0, 1);
    world.connect(0, 2);
    world.connect(1, 2);
    for node in 0..3 {
        assert_eq!(world.names(node, shared), ["early"], "node {node}: what came before stays, also with itself");
    }
    let edit = Edit { target: new_in(shared), changes: vec![], if_version: None };
    let refused = world.command(2, Command::Edit(vec![edit]));
    assert!(matches!(refused, Err(CommandError::NotAllowed { .. })), "its next edit is refused at once: {refused:?}");
    assert_eq!(world.status(2).edits_waiting.len(), 1, "what it wrote between waits in sight");
    // Named again it writes again, and what waited is written as well.
    let set = world.command(0, Command::SetWriters { register: shared, writers: Writers::All });
    assert_eq!(set, Ok(Reply::Register(shared)), "and named again");
    world.run();
    world.edit(2, new_in(shared), &[("name", "again")]);
    for node in 0..3 {
        assert_eq!(world.names(node, shared), ["again", "early", "late"], "node {node} takes what it writes now");
    }
    assert_eq!(world.status(2).edits_waiting, [], "nothing waits any more");
    assert_eq!(world.frontier(2, shared).len(), 2, "under a new actor: no sequence comes twice");
}

#[test]
fn a_machine_that_is_out_itself_lets_go_of_nothing() {
    let (mut world, shared) = World::new(3);
    let second = second_device(&mut world, 2, 150);
    for node in [second, 0, 1] {
        world.meet(2, node);
    }
    let internal = RegisterId::internal(&world.nodes[2].engine.partner);
    // While the stewards replace the key, the second machine works apart.
    world.edit(second, new_in(shared), &[("name", "apart")]);
    world.edit(second, new_in(internal), &[("name", "ours")]);
    let new = PartnerSigner::from_secret(&[77; 32]);
    let partner = world.nodes[2].engine.partner;
    let anew = |device: &DeviceSigner| {
        SignedStatement::certificate_of(partner, &new, device, Rights::ALL, ("Partner 2", "IT", "office"))
    };
    let certificate = Some(anew(&world.nodes[2].signer));
    let rekey = Command::RekeyPartner { partner, key: new.key(), certificate };
    assert_eq!(world.command(0, rekey), Ok(Reply::Done), "the key is replaced");
    // It hears of that before it has a certificate under the new key.
    let said = world.nodes[0].disk.boot.statements.clone();
    world.nodes[second].disk.boot.statements.extend(said);
    world.restart(second);
    assert_eq!(world.names(second, shared), ["apart"], "it keeps what it has");
    assert_eq!(world.names(second, internal), ["ours"], "in its internal register too");
    let late = anew(&world.nodes[second].signer);
    for node in [0, second] {
        world.disconnect(node);
        world.nodes[node].disk.boot.statements.push(late.clone());
        world.restart(node);
    }
    world.connect(0, second);
    world.connect(0, 1);
    world.connect(0, 2);
    world.connect(2, second);
    for node in 0..3 {
        assert_eq!(world.names(node, shared), ["apart"], "node {node} takes it once the machine is a member again");
    }
    assert_eq!(world.names(2, internal), ["ours"], "nothing is lost among its own");
}

#[test]
fn a_replaced_key_takes_its_devices_with_it_and_the_rest_stays() {
    let (mut world, shared) = World::new(3);
    let theirs = RegisterId::partner(&world.nodes[2].engine.partner);
    world.edit(2, new_in(theirs), &[("name", "before")]);
    world.meet(2, 0);
    world.meet(0, 1);
    let (old, new) = (PartnerSigner::from_secret(&[3; 32]), PartnerSigner::from_secret(&[77; 32]));
    let partner = world.nodes[2].engine.partner;
    let rekey = Command::RekeyPartner { partner, key: new.key(), certificate: None };
    assert_eq!(world.command(0, rekey), Ok(Reply::Done), "the stewards replace the key");
    // Whoever has the old key certifies a device of his own and writes.
    let thief = DeviceSigner::from_secret(&[200; 32]);
    let mut disk = Disk::default();
    disk.boot.statements = world.nodes[1].disk.boot.statements.clone();
    disk.boot.statements.push(SignedStatement::certificate_of(
        partner,
        &old,
        &thief,
        Rights::ALL,
        ("Partner 2", "IT", "thief"),
    ));
    world.start(disk, thief);
    world.edit(3, new_in(theirs), &[("name", "forged")]);
    world.meet(3, 1);
    let honest = world.nodes[2].signer.clone();
    let anew = SignedStatement::certificate_of(partner, &new, &honest, Rights::ALL, ("Partner 2", "IT", "office"));
    world.disconnect(2);
    world.nodes[2].disk.boot.statements.push(anew.clone());
    world.nodes[0].disk.boot.statements.push(anew);
    world.restart(2);
    world.restart(0);
    world.connect(0, 1);
    world.connect(0, 2);
    world.edit(2, new_in(theirs), &[("name", "after")]);
    for node in 0..3 {
        assert_eq!(
            world.names(node, theirs),
            ["after", "before"],
            "node {node} has the partner's own and nothing else"
        );
    }
    assert_eq!(world.frontier(0, shared), world.frontier(1, shared), "the rest is as it was");
}

#[test]
fn beacons_of_a_removed_partner_end_no_session() {
    let (mut world, _) = World::new(4);
    let removed = RegisterId::partner(&world.nodes[3].engine.partner);
    world.edit(3, new_in(removed), &[("name", "told")]);
    world.tick(limits::BEACON_INTERVAL_MS);
    world.meet(3, 0);
    world.meet(3, 1);
    world.remove(3);
    world.connect(0, 1);
    assert_eq!(world.status(1).faults, [], "who holds its beacon does not send it, or is not blamed for it");
    assert_eq!(world.status(0).peers.iter().filter(|peer| peer.connected).count(), 1, "and the session stays");
}

/// A further device of the partner of node `index`, which knows what that one knows.
fn second_device(world: &mut World, index: usize, secret: u8) -> usize {
    let partner = PartnerSigner::from_secret(&[index as u8 + 1; 32]);
    let device = DeviceSigner::from_secret(&[secret; 32]);
    let certificate = certificate(&partner, &device, &format!("Partner {index}"));
    world.disconnect(index);
    world.nodes[index].disk.boot.statements.push(certificate);
    world.restart(index);
    let mut disk = Disk::default();
    disk.boot.statements = world.nodes[index].disk.boot.statements.clone();
    world.start(disk, device);
    world.nodes.len() - 1
}

fn revoke(world: &mut World, by: usize, device: DeviceKey) -> Result<Reply, CommandError> {
    let reply = world.command(by, Command::RevokeDevice { device, by_key: None });
    world.run();
    reply
}

#[test]
fn a_revoked_machine_is_refused_and_what_it_wrote_before_stays() {
    let (mut world, shared) = World::new(3);
    let stolen = second_device(&mut world, 1, 150);
    let internal = RegisterId::internal(&world.nodes[1].engine.partner);
    world.meet(1, stolen);
    world.edit(stolen, new_in(shared), &[("name", "early")]);
    world.edit(stolen, new_in(internal), &[("name", "ours")]);
    for other in [0, 2, stolen] {
        world.meet(1, other);
    }
    let key = world.nodes[stolen].signer.key();
    assert!(matches!(revoke(&mut world, 2, key), Err(CommandError::NotFound(_))), "only its own partner revokes it");
    assert!(matches!(revoke(&mut world, stolen, key), Err(CommandError::Precondition { .. })), "not itself");
    assert_eq!(revoke(&mut world, 1, key), Ok(Reply::Done), "another machine with the right does");
    world.edit(stolen, new_in(shared), &[("name", "late")]);
    world.edit(stolen, new_in(internal), &[("name", "late")]);
    world.meet(stolen, 2);
    world.meet(1, 0);
    world.meet(0, 2);
    for node in 0..3 {
        assert_eq!(world.names(node, shared), ["early"], "node {node}: what it wrote before stays, and no more");
        world.connect(node, stolen);
        world.tick(limits::APPEAL_MS);
        assert!(world.nodes[stolen].links.is_empty(), "node {node} refuses it, since its key says nothing for it");
    }
    assert_eq!(world.names(1, internal), ["ours"], "in the internal register as well");
    let again = revoke(&mut world, 1, key);
    assert!(matches!(again, Err(CommandError::Precondition { .. })), "once is enough: {again:?}");
}

#[test]
fn a_machine_that_a_thief_has_revoked_says_the_same_of_the_thief() {
    let (mut world, _) = World::new(2);
    let thief = second_device(&mut world, 1, 150);
    world.meet(1, thief);
    let (mine, theirs) = (world.nodes[1].signer.key(), world.nodes[thief].signer.key());
    assert_eq!(revoke(&mut world, thief, mine), Ok(Reply::Done), "the thief speaks first");
    world.disconnect(1);
    world.disconnect(thief);
    world.nodes[1].disk.boot.statements = world.nodes[thief].disk.boot.statements.clone();
    world.restart(1);
    let is_member = |world: &World, key: &DeviceKey| world.nodes[1].engine.roster.is_member(key);
    assert!(!is_member(&world, &mine), "the first one has heard that");
    assert_eq!(revoke(&mut world, 1, theirs), Ok(Reply::Done), "and may answer");
    assert!(!is_member(&world, &theirs), "the word of both counts, until the kit speaks");
    // Whom the partner key has revoked has no word.
    let third = second_device(&mut world, 1, 151);
    let third = world.nodes[third].signer.key();
    let Ok(Reply::Unsigned(unsigned)) = world.command(1, Command::Revocation { device: mine }) else {
        panic!("the kit needs something to sign")
    };
    let by_key = Some(unsigned.sign_partner(&PartnerSigner::from_secret(&[2; 32])));
    let said = world.command(1, Command::RevokeDevice { device: mine, by_key });
    assert_eq!(said, Ok(Reply::Done), "the kit revokes the first one");
    let more = revoke(&mut world, 1, third);
    assert!(matches!(more, Err(CommandError::NotAllowed { .. })), "{more:?}");
}

#[test]
fn of_two_machines_that_revoke_each_other_the_kit_gives_one_back() {
    let (mut world, shared) = World::new(3);
    let other = second_device(&mut world, 1, 150);
    for node in [0, 2, other] {
        world.meet(1, node);
    }
    let (mine, theirs) = (world.nodes[1].signer.key(), world.nodes[other].signer.key());
    assert_eq!(revoke(&mut world, 1, theirs), Ok(Reply::Done), "one revokes the other");
    assert_eq!(revoke(&mut world, other, mine), Ok(Reply::Done), "which has not heard of it and revokes the first");
    // Who hears the thief first refuses the first one: no word of it comes through any more.
    for node in [0, 2] {
        world.meet(other, node);
    }
    let is_member = |world: &World, node: usize, key: &DeviceKey| world.nodes[node].engine.roster.is_member(key);
    assert!(!is_member(&world, 0, &mine) && is_member(&world, 0, &theirs), "the thief has the word");
    world.connect(0, 1);
    assert!(is_member(&world, 0, &theirs), "what the other one says without the kit is not heard");
    world.tick(limits::APPEAL_MS);
    assert!(world.nodes[1].links.is_empty(), "and it is sent away");
    let Ok(Reply::Unsigned(unsigned)) = world.command(1, Command::Revocation { device: theirs }) else {
        panic!("the kit needs something to sign")
    };
    let by_key = Some(unsigned.sign_partner(&PartnerSigner::from_secret(&[2; 32])));
    let reply = world.command(1, Command::RevokeDevice { device: theirs, by_key });
    assert_eq!(reply, Ok(Reply::Done), "the kit revokes the other one");
    let statements = world.nodes[0].disk.boot.statements.len();
    world.connect(1, 0);
    assert!(is_member(&world, 0, &mine) && !is_member(&world, 0, &theirs), "and so gives the first one back");
    assert_eq!(world.nodes[0].disk.boot.statements.len(), statements + 1, "nothing else was taken from it");
    world.meet(0, 2);
    assert!(is_member(&world, 2, &mine) && !is_member(&world, 2, &theirs), "for everyone");
    world.disconnect(1);
    world.connect(0, 1);
    world.edit(1, new_in(shared), &[("name", "back")]);
    assert_eq!(world.names(0, shared), ["back"], "which writes again");
}

#[test]
fn a_thief_takes_back_nothing_that_was_decided() {
    let (mut world, _) = World::new(2);
    let second = second_device(&mut world, 0, 150);
    world.meet(0, second);
    world.meet(0, 1);
    let first = world.nodes[0].signer.key();
    assert_eq!(
        revoke(&mut world, second, first),
        Ok(Reply::Done),
        "whoever stole the second machine revokes the first"
    );
    let Some(held) = world.nodes[second].disk.boot.statements.last().cloned() else { panic!("the revocation") };
    let Some(Statement::Revocation { partner, partner_key, device, stays, .. }) = held.trusted().statement else {
        panic!("the revocation")
    };
    // It need not list what the first one has signed.
    let bare = Statement::Revocation { partner, partner_key, device, stays, signed: Default::default() };
    let bare = SignedStatement::unsigned(&bare).sign_device(&world.nodes[second].signer);
    world.disconnect(1);
    world.nodes[1].disk.boot.statements.push(bare);
    world.restart(1);
    let roster = &world.nodes[1].engine.roster;
    assert!(!roster.is_member(&first), "the machine is out");
    assert_eq!((roster.members().count(), roster.registers.len()), (2, 5), "the federation and its decisions stand");
}

#[test]
fn what_a_revoked_steward_machine_has_decided_stands_and_it_decides_nothing_more() {
    let (mut world, _) = World::new(2);
    let second = second_device(&mut world, 0, 150);
    world.meet(0, second);
    let lost = world.nodes[0].signer.key();
    assert_eq!(revoke(&mut world, second, lost), Ok(Reply::Done), "the founder's first machine is revoked");
    let Ok(Reply::Unsigned(unsigned)) = world.command(second, Command::Revocation { device: lost }) else {
        panic!("the kit needs something to sign")
    };
    let by_key = Some(unsigned.sign_partner(&PartnerSigner::from_secret(&[1; 32])));
    let reply = world.command(second, Command::RevokeDevice { device: lost, by_key });
    assert_eq!(reply, Ok(Reply::Done), "also by the kit: what it signs from now on decides nothing");
    let roster = world.nodes[second].engine.roster.clone();
    assert_eq!(roster.members().count(), 2, "the federation and its admissions stand");
    assert_eq!(roster.registers.len(), 5, "and its registers");
    world.disconnect(0);
    let made = world.command(0, Command::AddRegister { name: "made by a thief".into(), writers: Writers::All });
    assert!(made.is_ok(), "who has the machine may still say what it likes");
    let said = world.nodes[0].disk.boot.statements.clone();
    let forged = PartnerSigner::from_secret(&[99; 32]);
    let device = world.nodes[0].signer.clone();
    // A certificate by a key of nobody, and a revocation by that key that says what it likes.
    let founder = world.nodes[0].engine.partner;
    let names = ("Partner 0", "IT", "stolen");
    let certified = SignedStatement::certificate_of(founder, &forged, &device, Rights::ALL, names);
    let invented = certificate(&forged, &device, "Nobody").sign_device(&device);
    let signed = said.iter().map(SignedStatement::id).collect();
    let blessed = revocation_by(&forged, founder, lost, BTreeMap::new(), signed);
    let before = ids_of(&world, second);
    world.nodes[second].disk.boot.statements.extend(said);
    let later: Vec<_> = ids_of(&world, second).difference(&before).copied().collect();
    world.nodes[second].disk.boot.statements.extend([certified, invented, blessed]);
    world.restart(second);
    assert_eq!(world.nodes[second].engine.roster.registers.len(), 5, "and nobody who has heard of it listens");
    let Ok(Reply::Unsigned(unsigned)) = world.command(second, Command::Revocation { device: lost }) else {
        panic!("the kit needs something to sign")
    };
    let Some(Statement::Revocation { signed, .. }) = unsigned.trusted().statement else { panic!("a revocation") };
    assert!(!signed.is_empty() && !later.is_empty(), "what it decided in time is listed");
    assert!(later.iter().all(|id| !signed.contains(id)), "what it said later stays unsaid when the kit speaks as well");
}

fn ids_of(world: &World, node: usize) -> std::collections::BTreeSet<crate::ids::StatementId> {
    world.nodes[node].disk.boot.statements.iter().map(SignedStatement::id).collect()
}

fn revocation_by(
    key: &PartnerSigner,
    partner: PartnerId,
    device: DeviceKey,
    stays: crate::statement::Stays,
    signed: std::collections::BTreeSet<crate::ids::StatementId>,
) -> SignedStatement {
    let statement = Statement::Revocation { partner, partner_key: key.key(), device, stays, signed };
    SignedStatement::unsigned(&statement).sign_partner(key)
}

#[test]
fn nobody_says_himself_what_stays_of_him() {
    let (mut world, shared) = World::new(3);
    let second = second_device(&mut world, 2, 150);
    for node in [second, 0, 1] {
        world.meet(2, node);
    }
    world.edit(second, new_in(shared), &[("name", "early")]);
    world.meet(second, 0);
    world.meet(0, 1);
    let others = [0, 1].map(|node| world.nodes[node].engine.partner);
    let writers = Writers::Partners(others.into_iter().collect());
    let set = world.command(0, Command::SetWriters { register: shared, writers });
    assert_eq!(set, Ok(Reply::Register(shared)), "the partner is dropped");
    world.edit(second, new_in(shared), &[("name", "late")]);
    // Its own key revokes its own machine, and says that everything of it stays.
    let key = PartnerSigner::from_secret(&[3; 32]);
    let doc = DocId { register: shared, part: 1 };
    let all = world.frontier(second, shared).iter().map(|(actor, _)| (*actor, u64::MAX)).collect();
    let (partner, device) = (world.nodes[2].engine.partner, world.nodes[second].signer.key());
    let said = revocation_by(&key, partner, device, BTreeMap::from([(doc, all)]), Default::default());
    world.meet(second, 1);
    assert_eq!(world.names(1, shared), ["early", "late"], "who has not heard of the decision takes it");
    for node in [0, 1] {
        world.disconnect(node);
        world.nodes[node].disk.boot.statements.push(said.clone());
        world.restart(node);
    }
    world.connect(0, 1);
    for node in [0, 1] {
        assert_eq!(world.names(node, shared), ["early"], "node {node}: the stewards say what stays");
    }
}

#[test]
fn who_revokes_before_it_has_fetched_takes_nothing_away() {
    let (mut world, _) = World::new(3);
    let theirs = RegisterId::partner(&world.nodes[2].engine.partner);
    world.edit(2, new_in(theirs), &[("name", "years of work")]);
    world.meet(2, 0);
    world.meet(0, 1);
    let lost = world.nodes[2].signer.key();
    // The only machine is lost; another one is set up with the kit, and revokes it before anything has come.
    let partner = PartnerSigner::from_secret(&[3; 32]);
    let device = DeviceSigner::from_secret(&[150; 32]);
    let certificate = certificate(&partner, &device, "Partner 2");
    world.disconnect(0);
    world.nodes[0].disk.boot.statements.push(certificate);
    world.restart(0);
    let mut disk = Disk::default();
    disk.boot.statements = world.nodes[0].disk.boot.statements.clone();
    world.start(disk, device);
    let Ok(Reply::Unsigned(unsigned)) = world.command(3, Command::Revocation { device: lost }) else {
        panic!("the kit needs something to sign")
    };
    let by_key = Some(unsigned.sign_partner(&partner));
    let revoked = world.command(3, Command::RevokeDevice { device: lost, by_key });
    assert_eq!(revoked, Ok(Reply::Done), "the kit says so");
    world.connect(3, 0);
    world.meet(0, 1);
    for node in [0, 1, 3] {
        assert_eq!(world.names(node, theirs), ["years of work"], "node {node} has what the lost machine wrote");
    }
}

/// Writes one change of a device into a document, past its engine; and the device's run of it.
fn forged(
    am: &mut automerge::Automerge,
    (doc, signer): (DocId, &DeviceSigner),
    key: &RecordKey,
    value: &str,
) -> (minicbor::bytes::ByteVec, StoredRun) {
    use automerge::ReadDoc;
    let nonce = Nonce([9; 16]);
    am.set_actor(crate::ids::ActorId::derive(&doc, &signer.key(), &nonce).to_automerge());
    let mut tx = am.transaction();
    let phone = FieldChange { key: "phone".into(), op: FieldOp::Put(Scalar::from(value)) };
    crate::record::write(&mut tx, &doc, key, false, &[phone]).expect("writes");
    let (hash, _) = tx.commit_with(automerge::transaction::CommitOptions::default().with_time(0));
    let change = am.get_change_by_hash(&hash.expect("a change")).expect("is there");
    let run = crate::run::Run::sign(signer, &doc, nonce, change.seq(), change.hash().into(), [0; 8]).run;
    (change.raw_bytes().to_vec().into(), StoredRun { run, tail: Vec::new() })
}

#[test]
fn what_is_taken_in_part_is_passed_on_with_what_covers_it() {
    let (mut world, shared) = World::new(4);
    let row = world.edit(3, new_in(shared), &[("name", "early")]);
    world.meet(3, 0);
    world.remove(3);
    world.connect(0, 1);
    world.connect(0, 2);
    // A member passes on what the removed one has written since: it has built on the first of it.
    let doc = DocId { register: shared, part: 1 };
    let mut am = world.nodes[0].engine.docs[&doc].loaded.as_ref().expect("in memory").am.clone();
    let (removed, member) = (world.nodes[3].signer.clone(), world.nodes[1].signer.clone());
    let (first, _) = forged(&mut am, (doc, &removed), &row.key, "late");
    let (kept, kept_run) = forged(&mut am, (doc, &member), &row.key, "built on that");
    let (last, last_run) = forged(&mut am, (doc, &removed), &row.key, "later");
    let push = Message::Push { doc, changes: vec![first, kept, last], runs: vec![last_run, kept_run] };
    let session = world.nodes[0].links.iter().find(|(_, (peer, _))| *peer == 1).map(|(id, _)| *id).expect("a session");
    world.handle(0, Input::Received(session, push.to_frame()));
    world.run();
    let shown = |world: &World, node: usize| {
        world.nodes[node].disk.rows.get(&(doc, row.key.clone())).and_then(|row| row.text("phone").map(str::to_owned))
    };
    for node in [0, 2] {
        assert_eq!(
            shown(&world, node).as_deref(),
            Some("built on that"),
            "node {node} takes what is kept, and no more"
        );
        assert_eq!(world.status(node).faults, [], "node {node} blames nobody for passing it on");
    }
    assert_eq!(world.frontier(0, shared), world.frontier(2, shared), "both hold the same");
}

#[test]
fn a_key_that_is_no_partners_keeps_nothing() {
    let (mut world, shared) = World::new(3);
    world.edit(2, new_in(shared), &[("name", "early")]);
    world.meet(2, 0);
    world.remove(2);
    world.edit(2, new_in(shared), &[("name", "late")]);
    world.meet(2, 1);
    let forged = PartnerSigner::from_secret(&[99; 32]);
    let (partner, device) = (world.nodes[2].engine.partner, world.nodes[2].signer.clone());
    let doc = DocId { register: shared, part: 1 };
    let all = world.frontier(1, shared).iter().map(|(actor, _)| (*actor, u64::MAX)).collect();
    let names = ("Partner 2", "IT", "office");
    let said = [
        SignedStatement::certificate_of(partner, &forged, &device, Rights::ALL, names),
        revocation_by(&forged, partner, device.key(), BTreeMap::from([(doc, all)]), Default::default()),
    ];
    for node in [0, 1] {
        world.nodes[node].disk.boot.statements.extend(said.clone());
        world.restart(node);
    }
    world.connect(0, 1);
    for node in [0, 1] {
        assert_eq!(world.names(node, shared), ["early"], "node {node}: whoever makes a key says nothing with it");
    }
}
