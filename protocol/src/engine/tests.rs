//! A small world of engines on one thread: everything is persisted at once, links are perfect. The faults
//! are the simulator's business; here each rule is seen once, by name.

mod again;
mod arrivals;
mod bars;
mod carrying;
mod crowded;
mod delivered;
mod machines;
mod persons;
mod places;
mod stewards;
mod told;

use super::*;
use crate::identity::PartnerSigner;
use crate::ids::{PartnerId, RegisterId};
use crate::message::DocFrontier;
use crate::record::{FieldChange, FieldOp, Scalar};
use crate::run::{Frontier, Tip};
use crate::statement::{Rights, SignedStatement, Statement, Writers};
use std::collections::{BTreeMap, VecDeque};

/// What one engine has written, as the store would hold it.
#[derive(Clone, Default)]
struct Disk {
    boot: Boot,
    docs: BTreeMap<DocId, StoredDoc>,
    rows: BTreeMap<(DocId, RecordKey), Row>,
}

impl Disk {
    /// What the engine has applied, as it would know when it starts.
    fn frontier(&self, doc: &DocId) -> Frontier {
        let runs = self.boot.runs.get(doc).cloned().unwrap_or_default();
        self.boot.docs.get(doc).map(|meta| meta.frontier(&runs)).unwrap_or_default()
    }

    fn apply(&mut self, write: Write) {
        match write {
            Write::PutStatement(id, signed) => {
                self.boot.statements.retain(|s| s.id() != id);
                self.boot.statements.push(signed);
            }
            Write::DropStatement(id) => self.boot.statements.retain(|s| s.id() != id),
            Write::PutChange(doc, change) => self.docs.entry(doc).or_default().changes.push(change),
            Write::PutRun(doc, actor, run) => {
                let latest = self.boot.runs.entry(doc).or_default();
                let lower = match latest.get(&actor) {
                    Some(known) if known.run.seq > run.run.seq => Some(run),
                    _ => latest.insert(actor, run),
                };
                self.boot.kept.entry(doc).or_default().extend(lower);
            }
            Write::DropRun(doc, actor, seq) => {
                let kept = self.boot.kept.entry(doc).or_default();
                kept.retain(|run| run.run.actor(&doc) != actor || run.run.seq != seq);
            }
            Write::PutSnapshot(doc, snapshot) => {
                let stored = self.docs.entry(doc).or_default();
                stored.changes.retain(|change| change.seq > snapshot.frontier.seq(&change.actor));
                stored.snapshot = Some(snapshot);
            }
            Write::ClearDoc(doc) | Write::DropPerson(doc) => {
                if doc.is_person() {
                    self.boot.docs.remove(&doc);
                }
                self.docs.remove(&doc);
                self.boot.runs.remove(&doc);
                self.boot.kept.remove(&doc);
                self.rows.retain(|(id, _), _| *id != doc);
            }
            Write::PutDocMeta(doc, meta) => {
                self.boot.docs.insert(doc, meta);
            }
            Write::PutRow(doc, row) => {
                let read = Row::from_stored(doc, &row.bytes).expect("a row");
                self.rows.insert((doc, row.key), read);
            }
            Write::PutBeacon(signed) => {
                let same = |b: &crate::beacon::SignedBeacon| {
                    (b.beacon.device, b.beacon.audience) == (signed.beacon.device, signed.beacon.audience)
                };
                self.boot.beacons.retain(|b| !same(b));
                self.boot.beacons.push(signed);
            }
            Write::PutState(key, value) => {
                self.boot.state.insert(key, value);
            }
            Write::DropState(key) => {
                self.boot.state.remove(&key);
            }
        }
    }
}

struct Node {
    engine: Engine,
    disk: Disk,
    signer: DeviceSigner,
    replies: BTreeMap<RequestId, Result<Reply, CommandError>>,
    links: BTreeMap<SessionId, (usize, SessionId)>,
    bytes_sent: usize,
    wants: usize,
    /// How often it has told a state by the digests of all its buckets.
    digests: usize,
    /// Helper and store are slow: their answers wait in `late`.
    slow: bool,
    late: Vec<Input>,
}

impl Node {
    fn new(engine: Engine, disk: Disk, signer: DeviceSigner) -> Self {
        let (replies, links) = (BTreeMap::new(), BTreeMap::new());
        let (bytes_sent, wants, digests) = (0, 0, 0);
        Self { engine, disk, signer, replies, links, bytes_sent, wants, digests, slow: false, late: Vec::new() }
    }
}

struct World {
    nodes: Vec<Node>,
    now: Now,
    whole_tips: usize,
    frames: VecDeque<(usize, SessionId, Vec<u8>)>,
    next: u64,
}

fn certificate(partner: &PartnerSigner, device: &DeviceSigner, name: &str) -> SignedStatement {
    let statement = Statement::Certificate {
        partner: PartnerId::from_first_key(&partner.key()),
        partner_key: partner.key(),
        device: device.key(),
        rights: Rights::ALL,
        partner_name: name.into(),
        country: "IT".into(),
        device_name: "office".into(),
    };
    SignedStatement::unsigned(&statement).sign_partner(partner)
}

impl World {
    /// `count` partners in one federation with one shared register that all may write.
    fn new(count: u8) -> (Self, RegisterId) {
        let keys: Vec<(PartnerSigner, DeviceSigner)> = (0..count)
            .map(|i| (PartnerSigner::from_secret(&[i + 1; 32]), DeviceSigner::from_secret(&[i + 101; 32])))
            .collect();
        let mut statements: Vec<SignedStatement> = keys
            .iter()
            .enumerate()
            .map(|(i, (partner, device))| certificate(partner, device, &format!("Partner {i}")))
            .collect();
        let (founder, device) = &keys[0];
        let founding = Statement::Founding {
            name: "Demo".into(),
            founder: PartnerId::from_first_key(&founder.key()),
            founder_key: founder.key(),
            nonce: [0; 16],
        };
        let founding = SignedStatement::unsigned(&founding).sign_device(device);
        let (federation, position) = (crate::ids::FederationId(founding.id().0), founding.id());
        for (i, (partner, _)) in keys.iter().enumerate().skip(1) {
            let admission = Statement::Admission {
                federation,
                position,
                partner: PartnerId::from_first_key(&partner.key()),
                partner_key: partner.key(),
                name: format!("Partner {i}"),
                country: "IT".into(),
            };
            statements.push(SignedStatement::unsigned(&admission).sign_device(device));
        }
        let register = Statement::SharedRegister {
            federation,
            position,
            name: "net".into(),
            writers: Writers::All,
            nonce: [1; 16],
        };
        let register = SignedStatement::unsigned(&register).sign_device(device);
        let shared = RegisterId::shared(&register.id());
        statements.extend([founding, register]);
        let now = Now { wall_ms: 1_790_000_000_000, mono_ms: 1_000 };
        let whole_tips = limits::WHOLE_FRONTIER_TIPS;
        let mut world = Self { nodes: Vec::new(), now, whole_tips, frames: VecDeque::new(), next: 1 };
        for (_, signer) in keys {
            let mut disk = Disk::default();
            disk.boot.statements = statements.clone();
            world.start(disk, signer);
        }
        (world, shared)
    }

    fn start(&mut self, disk: Disk, signer: DeviceSigner) {
        self.next += 1;
        let config = EngineConfig {
            signer: signer.clone(),
            seed: [self.next as u8; 32],
            now: self.now,
            whole_tips: self.whole_tips,
        };
        let engine = Engine::new(config, disk.boot.clone()).expect("the store is this device's");
        self.nodes.push(Node::new(engine, disk, signer));
    }

    /// Starts a node again on another disk, as a backup brings it.
    fn start_on(&mut self, index: usize, disk: Disk) {
        let signer = self.nodes[index].signer.clone();
        self.start(disk, signer);
        self.nodes.swap_remove(index);
    }

    /// Copies a machine while it runs: both go on with the same actor.
    fn copy(&mut self, index: usize) -> usize {
        let original = &self.nodes[index];
        let copy = Node::new(original.engine.clone(), original.disk.clone(), original.signer.clone());
        self.nodes.push(copy);
        self.nodes.len() - 1
    }

    /// Ends a process and starts it again from its disk.
    fn restart(&mut self, index: usize) {
        self.disconnect(index);
        let disk = self.nodes[index].disk.clone();
        self.start_on(index, disk);
    }

    fn handle(&mut self, index: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let node = &mut self.nodes[index];
            node.engine.handle(self.now, input);
            while let Some(output) = node.engine.poll() {
                match output {
                    Output::Persist(task, writes) => {
                        writes.into_iter().for_each(|write| node.disk.apply(write));
                        inputs.push_back(Input::Persisted(task));
                    }
                    Output::Load(task, doc) => {
                        let loaded = Input::Loaded(task, node.disk.docs.get(&doc).cloned().unwrap_or_default());
                        match node.slow {
                            true => node.late.push(loaded),
                            false => inputs.push_back(loaded),
                        }
                    }
                    Output::Check(task, job) => {
                        assert!(job.base.len() <= job.runs.len(), "another process gets what it needs");
                        let checked = Input::Checked(task, crate::check::run(&job));
                        match node.slow {
                            true => node.late.push(checked),
                            false => inputs.push_back(checked),
                        }
                    }
                    Output::Reply { request, reply, .. } => {
                        node.replies.insert(request, *reply);
                    }
                    Output::Send { session, frame, .. } => {
                        node.bytes_sent += frame.len();
                        let told = match Message::from_frame(&frame) {
                            Ok(Message::Want(want)) => {
                                node.wants += 1;
                                vec![want]
                            }
                            Ok(Message::Frontiers(told)) => told,
                            _ => Vec::new(),
                        };
                        let by_digests =
                            |told: &&DocFrontier| told.rest.as_ref().is_some_and(|rest| !rest.digests.is_empty());
                        node.digests += told.iter().filter(by_digests).count();
                        if let Some((peer, theirs)) = node.links.get(&session) {
                            self.frames.push_back((*peer, *theirs, frame));
                        }
                    }
                    Output::Disconnect(session, text) => {
                        if let Some((peer, theirs)) = node.links.remove(&session) {
                            eprintln!("node {index} ends the session with {peer}: {text}");
                            self.nodes[peer].links.remove(&theirs);
                            self.handle(peer, Input::Disconnected(theirs));
                        }
                        break;
                    }
                    Output::Changed { .. } | Output::RosterChanged(_) | Output::Dial(_) | Output::WakeAt(_) => {}
                }
            }
        }
    }

    /// Helper and store of a slow machine are done.
    fn catch_up(&mut self, index: usize) {
        self.nodes[index].slow = false;
        for late in std::mem::take(&mut self.nodes[index].late) {
            self.handle(index, late);
        }
        self.run();
    }

    fn run(&mut self) {
        let mut steps = 0;
        while let Some((index, session, frame)) = self.frames.pop_front() {
            self.handle(index, Input::Received(session, frame));
            steps += 1;
            assert!(steps < 100_000, "the world does not come to rest");
        }
    }

    fn tick(&mut self, ms: u64) {
        self.now.wall_ms += ms;
        self.now.mono_ms += ms;
        (0..self.nodes.len()).for_each(|index| self.handle(index, Input::Tick));
        self.run();
    }

    fn connect(&mut self, a: usize, b: usize) {
        self.link(a, b);
        self.run();
    }

    /// Connects two nodes; they have heard nothing of each other yet.
    fn link(&mut self, a: usize, b: usize) {
        let (left, right) = (SessionId(self.next), SessionId(self.next + 1));
        self.next += 2;
        self.nodes[a].links.insert(left, (b, right));
        self.nodes[b].links.insert(right, (a, left));
        let (key_a, key_b) = (self.nodes[a].signer.key(), self.nodes[b].signer.key());
        self.handle(a, Input::Connected(left, key_b));
        self.handle(b, Input::Connected(right, key_a));
    }

    fn connect_join(&mut self, newcomer: usize, inviter: usize) {
        let (left, right) = (SessionId(self.next), SessionId(self.next + 1));
        self.next += 2;
        self.nodes[newcomer].links.insert(left, (inviter, right));
        self.nodes[inviter].links.insert(right, (newcomer, left));
        let (theirs, ours) = (self.nodes[newcomer].signer.key(), self.nodes[inviter].signer.key());
        self.handle(inviter, Input::JoinConnected(right, theirs, false));
        self.handle(newcomer, Input::JoinConnected(left, ours, true));
        self.run();
    }

    /// Two nodes exchange everything and part again.
    fn meet(&mut self, a: usize, b: usize) {
        self.connect(a, b);
        self.disconnect(a);
    }

    fn disconnect(&mut self, index: usize) {
        for (session, (peer, theirs)) in std::mem::take(&mut self.nodes[index].links) {
            self.nodes[peer].links.remove(&theirs);
            self.handle(peer, Input::Disconnected(theirs));
            self.handle(index, Input::Disconnected(session));
        }
    }

    fn command(&mut self, index: usize, command: Command) -> Result<Reply, CommandError> {
        self.next += 1;
        let request = RequestId(self.next);
        self.handle(index, Input::Command(request, command));
        self.nodes[index].replies.remove(&request).expect("every command is answered")
    }

    fn edit(&mut self, index: usize, target: Target, fields: &[(&str, &str)]) -> Row {
        let changes =
            fields.iter().map(|(k, v)| FieldChange { key: (*k).into(), op: FieldOp::Put(Scalar::from(*v)) }).collect();
        let edit = Edit { target, changes, if_version: None };
        let reply = self.command(index, Command::Edit(vec![edit]));
        self.run();
        match reply {
            Ok(Reply::Edited(mut rows)) => rows.pop().expect("one row"),
            other => panic!("edit refused: {other:?}"),
        }
    }

    fn status(&mut self, index: usize) -> Status {
        match self.command(index, Command::Status) {
            Ok(Reply::Status(status)) => *status,
            other => panic!("no status: {other:?}"),
        }
    }

    fn assert_equal(&self) {
        for pair in self.nodes.windows(2) {
            for (left, right) in pair[0].disk.rows.values().zip(pair[1].disk.rows.values()) {
                assert_eq!(left, right, "two nodes show a record differently");
            }
            assert_eq!(pair[0].disk.rows.len(), pair[1].disk.rows.len(), "two nodes show as many records");
            let frontiers = |node: &Node| -> BTreeMap<DocId, _> {
                node.disk.boot.docs.keys().map(|id| (*id, node.disk.frontier(id))).collect()
            };
            assert_eq!(frontiers(&pair[0]), frontiers(&pair[1]), "two nodes hold different changes");
        }
    }
}

fn new_in(register: RegisterId) -> Target {
    Target::New { register: Some(register), kind: "organisation".into() }
}

fn at(row: &Row) -> Target {
    Target::Record { doc: row.doc, key: row.key.clone() }
}

#[test]
fn edits_made_apart_come_together() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena"), ("phone", "1")]);
    world.connect(0, 1);
    world.assert_equal();
    world.disconnect(0);
    world.edit(0, at(&row), &[("phone", "2"), ("city", "Padova")]);
    world.edit(1, at(&row), &[("phone", "3"), ("website", "https://lunavena.example")]);
    world.connect(0, 1);
    world.assert_equal();
    let row = world.nodes[0].disk.rows.values().next().expect("one record").clone();
    assert_eq!(row.fields["phone"].len(), 2, "both phone numbers stay visible");
    assert_eq!(row.text("city"), Some("Padova"), "the other fields merge");
    world.edit(1, at(&row), &[("phone", "3")]);
    world.assert_equal();
    let row = world.nodes[0].disk.rows.values().next().expect("one record").clone();
    assert_eq!(row.fields["phone"].len(), 1, "the decision syncs");
}

#[test]
fn live_edits_are_pushed_and_acknowledged() {
    let (mut world, shared) = World::new(3);
    world.connect(0, 1);
    world.connect(1, 2);
    for i in 0..300 {
        world.edit(0, new_in(shared), &[("name", &format!("Org {i}"))]);
    }
    world.assert_equal();
    assert_eq!(world.nodes[2].disk.rows.len(), 300, "C has A's records through B");
    let status = world.status(0);
    assert_eq!(status.unsent_changes, 0, "B has acknowledged everything");
    assert!(status.peers.iter().any(|peer| peer.connected && peer.in_sync), "the session with B is in sync");
    world.tick(6_000);
    let status = world.status(0);
    let c = world.nodes[2].signer.key();
    let peer = status.peers.iter().find(|peer| peer.device == c).expect("C is a peer");
    assert_eq!(peer.lacks, Lag::Exactly(0), "C's beacon came through B");
    assert_eq!(peer.through, Some(world.nodes[1].signer.key()), "and says so");
}

#[test]
fn a_change_that_comes_on_two_ways_at_once_is_acknowledged_on_both() {
    let (mut world, shared) = World::new(3);
    let row = world.edit(0, new_in(shared), &[("name", "Lunavena")]);
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
        world.connect(a, b);
    }
    // C starts again and has not loaded the document when both its peers send the same change.
    world.restart(2);
    world.connect(0, 2);
    world.connect(1, 2);
    let changes = vec![FieldChange { key: "phone".into(), op: FieldOp::Put(Scalar::from("1")) }];
    world.next += 1;
    let edit = Command::Edit(vec![Edit { target: at(&row), changes, if_version: None }]);
    world.handle(0, Input::Command(RequestId(world.next), edit));
    let (to_c, to_b): (Vec<_>, Vec<_>) = std::mem::take(&mut world.frames).into_iter().partition(|frame| frame.0 == 2);
    to_b.into_iter().for_each(|(index, session, frame)| world.handle(index, Input::Received(session, frame)));
    let (more_to_c, others): (Vec<_>, Vec<_>) =
        std::mem::take(&mut world.frames).into_iter().partition(|frame| frame.0 == 2);
    assert!(!to_c.is_empty() && !more_to_c.is_empty(), "A and B both send it to C");
    for (_, session, frame) in to_c.into_iter().chain(more_to_c) {
        let now = world.now;
        world.nodes[2].engine.handle(now, Input::Received(session, frame));
    }
    world.frames.extend(others);
    world.handle(2, Input::Tick);
    world.run();
    world.assert_equal();
    let c = world.nodes[2].signer.key();
    for index in [0, 1] {
        let status = world.status(index);
        let peer = status.peers.iter().find(|peer| peer.device == c).expect("C is a peer");
        assert!(peer.in_sync && peer.lacks == Lag::Exactly(0), "{index} knows that C has the change: {peer:?}");
    }
}

#[test]
fn a_newcomer_takes_a_snapshot_and_a_gap_is_one_answer() {
    let (mut world, shared) = World::new(2);
    let rows: Vec<Row> = (0..50).map(|i| world.edit(0, new_in(shared), &[("name", &format!("Org {i}"))])).collect();
    world.connect(0, 1);
    world.assert_equal();
    world.disconnect(0);
    for i in 0..1_000 {
        world.edit(0, at(&rows[i % 50]), &[("phone", &i.to_string())]);
    }
    let before = world.nodes[0].bytes_sent;
    world.connect(0, 1);
    world.assert_equal();
    let spent = world.nodes[0].bytes_sent - before;
    assert!(spent < 30_000, "1,000 edits travel as one bundle ({spent} bytes)");
}

fn apart(world: &mut World) {
    world.now.mono_ms += 5;
    world.now.wall_ms += 5;
}

#[test]
fn who_asks_beyond_another_branch_than_its_own_is_shown_it() {
    for (unloaded, longer) in [(false, false), (true, false), (false, true), (true, true)] {
        let (mut world, shared) = World::new(2);
        let row = world.edit(1, new_in(shared), &[("name", "one")]);
        world.connect(0, 1);
        world.disconnect(1);
        let copy = world.copy(1);
        world.edit(copy, at(&row), &[("name", "there")]);
        apart(&mut world);
        world.edit(1, at(&row), &[("name", "here")]);
        if longer {
            // Then the copy's tip is neither ours nor beyond ours: it cannot be compared without the document.
            world.edit(1, at(&row), &[("city", "further")]);
        }
        world.connect(0, 1);
        world.edit(0, at(&row), &[("phone", "on top of it")]);
        world.disconnect(1);
        if unloaded {
            world.restart(0);
        }
        let before = world.nodes[copy].wants;
        world.connect(copy, 0);
        let named = format!("unloaded {unloaded}, longer {longer}");
        assert_eq!(world.status(copy).roster.cuts.len(), 1, "{named}: the divergence is proven");
        let frontier = |index: usize| world.nodes[index].disk.frontier(&row.doc);
        assert_eq!(frontier(0), frontier(copy), "{named}: and both hold the same");
        assert!(world.nodes[copy].wants - before <= 3, "{named}: without asking again and again");
    }
}

#[test]
fn a_peer_whose_changes_do_not_fit_keeps_nobody_else_from_being_asked() {
    let (mut world, shared) = World::new(3);
    let row = world.edit(0, new_in(shared), &[("name", "one")]);
    world.connect(0, 1);
    world.connect(1, 2);
    world.assert_equal();
    world.disconnect(0);
    world.edit(0, at(&row), &[("name", "two")]);
    world.edit(0, at(&row), &[("name", "three")]);
    let last = world.nodes[0].disk.docs[&row.doc].changes.last().expect("a raw change").clone();
    let run = world.nodes[0].disk.boot.runs[&row.doc][&last.actor].clone();
    let push = Message::Push { doc: row.doc, changes: vec![last.bytes.into()], runs: vec![run] }.to_frame();
    let from_1 = *world.nodes[2].links.iter().find(|(_, (peer, _))| *peer == 1).expect("a session").0;
    let wants = world.nodes[2].wants;
    for _ in 0..5 {
        world.handle(2, Input::Received(from_1, push.clone()));
        world.run();
    }
    assert_eq!(world.nodes[2].wants - wants, 1, "the same question is not asked again at once");
    world.connect(0, 2);
    let frontier = |index: usize| world.nodes[index].disk.frontier(&row.doc);
    assert_eq!(frontier(2), frontier(0), "who has what is lacking is asked at once");
}

#[test]
fn what_a_divergence_has_emptied_on_both_sides_is_not_lacking() {
    let (mut world, shared) = World::new(3);
    // Its first write gives the process its nonce, which the copy then has as well.
    world.edit(1, Target::New { register: None, kind: "organisation".into() }, &[("name", "elsewhere")]);
    let copy = world.copy(1);
    world.edit(1, new_in(shared), &[("name", "here")]);
    apart(&mut world);
    world.edit(copy, new_in(shared), &[("name", "there")]);
    world.connect(0, 1);
    world.disconnect(1);
    world.connect(copy, 2);
    world.disconnect(copy);
    world.connect(0, 2);
    assert_eq!(world.status(0).roster.cuts.len(), 1, "the divergence is proven");
    for (one, other) in [(0, 2), (2, 0)] {
        let (key, status) = (world.nodes[other].signer.key(), world.status(one));
        let peer = status.peers.iter().find(|peer| peer.device == key).expect("known");
        let said = (peer.in_sync, peer.lacks, peer.we_lack);
        assert_eq!(said, (true, Lag::Exactly(0), Lag::Exactly(0)), "{one} of {other}");
    }
}

#[test]
fn a_restored_machine_is_heard_again_by_those_that_meet_it_through_others() {
    let (mut world, shared) = World::new(3);
    world.connect(0, 1);
    world.connect(1, 2);
    let row = world.edit(0, new_in(shared), &[("name", "one")]);
    world.tick(limits::BEACON_INTERVAL_MS);
    let older = world.nodes[0].disk.clone();
    for name in ["two", "three", "four"] {
        world.edit(0, at(&row), &[("name", name)]);
        world.tick(limits::BEACON_INTERVAL_MS);
    }
    world.nodes[0].disk = older;
    world.restart(0);
    world.connect(0, 1);
    world.edit(0, at(&row), &[("name", "five")]);
    world.tick(limits::BEACON_INTERVAL_MS);
    world.tick(limits::BEACON_INTERVAL_MS);
    let (restored, status) = (world.nodes[0].signer.key(), world.status(2));
    let peer = status.peers.iter().find(|peer| peer.device == restored).expect("known");
    assert_eq!((peer.lacks, peer.we_lack), (Lag::Exactly(0), Lag::Exactly(0)), "what it says now counts");
    assert!(world.status(0).put_back_ms.is_some() && world.status(1).put_back_ms.is_none(), "it knows what it is");
    assert_eq!(world.status(0).faults, [], "which is no fault");
}

#[test]
fn two_that_will_never_hold_the_same_statements_exchange_what_they_write() {
    let (mut world, shared) = World::new(3);
    // Of a federation that the other one takes nothing of.
    let (partner, device) = (PartnerSigner::from_secret(&[77; 32]), DeviceSigner::from_secret(&[78; 32]));
    let (founder_key, nonce) = (partner.key(), [1; 16]);
    let founder = PartnerId::from_first_key(&founder_key);
    let founding = Statement::Founding { name: "Elsewhere".into(), founder, founder_key, nonce };
    let founding = SignedStatement::unsigned(&founding).sign_device(&device).trusted();
    world.nodes[0].engine.statements.insert(founding);
    world.connect(0, 1);
    let row = world.edit(0, new_in(shared), &[("name", "one")]);
    world.edit(1, at(&row), &[("phone", "1")]);
    assert_eq!(world.nodes[0].disk.rows, world.nodes[1].disk.rows, "both hold both");
    let statements = [0, 1].map(|index| world.nodes[index].engine.statements.digest());
    assert_ne!(statements[0], statements[1], "they differ");
    assert!(world.status(0).peers.iter().any(|peer| peer.connected && peer.in_sync), "and are in sync");
    let partner = world.nodes[2].engine.partner;
    world.command(0, Command::RemovePartner { partner }).expect("the steward decides");
    world.run();
    assert_eq!(world.status(1).roster.members().count(), 2, "what is new is heard all the same");
    world.edit(0, at(&row), &[("phone", "2")]);
    world.edit(1, new_in(shared), &[("name", "three")]);
    assert_eq!(world.nodes[0].disk.rows, world.nodes[1].disk.rows, "and they go on exchanging what they write");
    assert!(world.status(0).peers.iter().any(|peer| peer.connected && peer.in_sync), "and are in sync again");
}

#[test]
fn what_a_peer_lacks_is_known_from_the_moment_it_goes() {
    let (mut world, shared) = World::new(3);
    world.connect(0, 1);
    world.connect(1, 2);
    let row = world.edit(0, new_in(shared), &[("name", "one")]);
    world.disconnect(0);
    let (b, lags) = (world.nodes[1].signer.key(), |status: Status, of: DeviceKey| {
        let peer = status.peers.into_iter().find(|peer| peer.device == of).expect("known");
        (peer.lacks, peer.we_lack)
    });
    assert_eq!(lags(world.status(0), b), (Lag::Exactly(0), Lag::Exactly(0)), "long before its beacon comes");
    world.edit(0, at(&row), &[("name", "two")]);
    assert_eq!(lags(world.status(0), b), (Lag::Exactly(1), Lag::Exactly(0)), "and what is written since");
    // What it says itself, through others, is newer.
    world.edit(1, new_in(shared), &[("name", "three")]);
    world.tick(limits::BEACON_INTERVAL_MS);
    world.disconnect(1);
    world.connect(0, 2);
    let (lacks, we_lack) = lags(world.status(0), b);
    assert_eq!(lacks, Lag::AtLeast(1), "a state that this node never had");
    assert_eq!(we_lack, Lag::AtLeast(1));
}

#[test]
fn a_part_that_becomes_full_is_compacted_without_a_pause() {
    let (mut world, shared) = World::new(1);
    let first = world.edit(0, new_in(shared), &[("name", "one")]);
    for i in 2..limits::PART_RECORDS_FULL {
        world.edit(0, new_in(shared), &[("name", &i.to_string())]);
    }
    assert!(world.nodes[0].disk.docs[&first.doc].snapshot.is_none(), "no time has passed, and it is not full");
    world.edit(0, new_in(shared), &[("name", "last")]);
    let stored = &world.nodes[0].disk.docs[&first.doc];
    assert!(stored.changes.is_empty(), "nothing is left to replay");
    let frontier = &stored.snapshot.as_ref().expect("it is full").frontier;
    assert_eq!(frontier.changes(), limits::PART_RECORDS_FULL, "every edit is in it");
    let is_loaded = |status: Status| status.docs.iter().any(|doc| doc.doc == first.doc && doc.loaded);
    assert!(!is_loaded(world.status(0)), "new records go to the next part: this one is not kept in memory");
    let edited = world.edit(0, at(&first), &[("name", "again")]);
    assert_eq!(edited.text("name"), Some("again"), "and is there when somebody edits a record of it");
    assert!(is_loaded(world.status(0)), "it stays for the next edit");
}

#[test]
fn a_part_that_a_liar_tells_of_takes_no_records() {
    let (mut world, shared) = World::new(2);
    world.connect(0, 1);
    let far = DocId { register: shared, part: 900 };
    let tip = Tip { seq: 1, hash: crate::ids::ChangeHash([5; 32]) };
    let frontier = Frontier::from_iter([(crate::ids::ActorId([7; 16]), tip)]);
    let told = vec![DocFrontier::of(far, frontier)];
    let session = *world.nodes[0].links.keys().next().expect("a session");
    world.handle(0, Input::Received(session, Message::Frontiers(told).to_frame()));
    world.run();
    let row = world.edit(0, new_in(shared), &[("name", "honest")]);
    assert_eq!(row.doc.part, 1, "a new record goes where others take it");
    world.disconnect(0);
    world.connect(0, 1);
    world.assert_equal();
}

#[test]
fn a_document_is_asked_for_once_while_its_answer_is_checked() {
    let (mut world, shared) = World::new(3);
    let row = world.edit(0, new_in(shared), &[("name", "one")]);
    world.connect(0, 1);
    world.connect(0, 2);
    world.restart(2);
    world.edit(0, at(&row), &[("name", "two")]);
    world.nodes[2].slow = true;
    world.connect(2, 0);
    assert_eq!(world.nodes[2].wants, 1, "it lacks a change and asks for it");
    world.disconnect(2);
    world.connect(2, 1);
    assert_eq!(world.nodes[2].wants, 1, "the answer is here and being checked: nobody else is asked");
    world.catch_up(2);
    assert_eq!(world.nodes[2].wants, 1, "nothing is lacking any more");
    world.assert_equal();
    assert_eq!(world.status(2).faults, Vec::new(), "nobody is to blame");
}

#[test]
fn an_edit_and_a_want_that_wait_for_one_document_are_both_covered_by_runs() {
    let (mut world, shared) = World::new(2);
    let row = world.edit(0, new_in(shared), &[("name", "one")]);
    world.command(0, Command::Compact { from_changes: 1 }).expect("compacts");
    world.restart(0);
    world.edit(1, new_in(shared), &[("name", "another")]);
    world.nodes[0].slow = true;
    let edit = Edit { target: at(&row), changes: vec![FieldChange::put("name", "two")], if_version: None };
    world.handle(0, Input::Command(RequestId(999), Command::Edit(vec![edit])));
    world.connect(0, 1);
    world.catch_up(0);
    assert_eq!(world.status(1).faults, Vec::new(), "the answer holds the edit, and its run");
    world.assert_equal();
}

#[test]
fn a_part_that_is_checked_before_the_one_before_it_travels_once() {
    let (mut world, shared) = World::new(2);
    for slice in 0..=limits::PART_RECORDS_FULL / 100 {
        let edit = |i| {
            let changes =
                vec![FieldChange { key: "name".into(), op: FieldOp::Put(Scalar::from(format!("{slice} {i}"))) }];
            Edit { target: new_in(shared), changes, if_version: None }
        };
        world.command(0, Command::Edit((0..100).map(edit).collect())).expect("records are made");
    }
    world.nodes[1].slow = true;
    world.connect(0, 1);
    assert_eq!(world.nodes[1].late.len(), 2, "both parts wait for their helpers");
    let before = world.nodes[0].bytes_sent;
    world.nodes[1].late.reverse();
    world.catch_up(1);
    world.assert_equal();
    let spent = world.nodes[0].bytes_sent - before;
    assert!(spent < 2_000, "nothing is asked for again ({spent} bytes)");
}

/// A disk that holds a shared document which `count` processes of the device have written, one after the other.
fn written_by_many(disk: &mut Disk, id: DocId, signer: &DeviceSigner, count: u32) {
    written(disk, id, signer, count, Apart::Never);
}

/// How processes have written one document.
#[derive(Clone, Copy, PartialEq)]
enum Apart {
    /// Each after the others.
    Never,
    /// None of them knew of the others.
    Always,
    /// The same, all of them the same field.
    InOneField,
    /// Each made the same record.
    MakingOneRecord,
}

/// A document that many processes have written.
fn written(disk: &mut Disk, id: DocId, signer: &DeviceSigner, count: u32, apart: Apart) {
    let (mut am, mut all) = (automerge::Automerge::new(), automerge::Automerge::new());
    let mut runs = BTreeMap::new();
    for n in 0..count {
        let mut nonce = [0; 16];
        nonce[..4].copy_from_slice(&n.to_le_bytes());
        let actor = crate::ids::ActorId::derive(&id, &signer.key(), &Nonce(nonce));
        if apart != Apart::Never {
            am = automerge::Automerge::new();
        }
        am.set_actor(actor.to_automerge());
        let (network, value) = match apart {
            Apart::InOneField | Apart::MakingOneRecord => ([9; 16], format!("as {n} has it")),
            Apart::Never | Apart::Always => (nonce, "member".to_owned()),
        };
        let key = RecordKey::derived("membership", &[&RecordKey { kind: "network".into(), id: network }]);
        let role = FieldChange { key: "role".into(), op: FieldOp::Put(Scalar::Str(value)) };
        let mut tx = am.transaction();
        let create = apart == Apart::MakingOneRecord;
        crate::record::write(&mut tx, &id, &key, create, &[role]).expect("a record takes a field");
        let (hash, _) = tx.commit_with(automerge::transaction::CommitOptions::default().with_time(0));
        let hash = hash.expect("a change").into();
        let run = crate::run::Run::sign(signer, &id, Nonce(nonce), 1, hash, [0; 8]).run;
        runs.insert(actor, StoredRun { run, tail: Vec::new() });
        if apart != Apart::Never {
            all.merge(&mut am).expect("merges");
        }
    }
    let loaded = document::Loaded::index(if apart == Apart::Never { am } else { all }, 0);
    let (frontier, rows) = (loaded.frontier(), loaded.all_rows(&id));
    let bytes = crate::check::encode_snapshot(&loaded.am);
    let snapshot = StoredSnapshot { bytes, frontier, runs: runs.clone() };
    let meta = DocMeta::of_snapshot(&snapshot, rows.len() as u64);
    disk.docs.insert(id, StoredDoc { snapshot: Some(snapshot), changes: Vec::new() });
    disk.rows.extend(rows.into_iter().map(|row| ((id, row.key.clone()), row)));
    disk.boot.docs.insert(id, meta);
    disk.boot.runs.insert(id, runs);
}

#[test]
fn a_document_with_too_many_heads_for_one_change_is_written_all_the_same() {
    const HEADS: u32 = limits::CHANGE_DEPS_MAX as u32 + 100;
    let (mut world, shared) = World::new(2);
    let id = DocId { register: shared, part: 0 };
    let signer = world.nodes[0].signer.clone();
    written(&mut world.nodes[0].disk, id, &signer, HEADS, Apart::Always);
    world.restart(0);
    world.connect(0, 1);
    let key = RecordKey::derived("membership", &[&RecordKey { kind: "network".into(), id: [9; 16] }]);
    for node in [0, 1] {
        let target = Target::Link { register: Some(shared), key: key.clone() };
        world.edit(node, target, &[("role", &format!("of {node}"))]);
    }
    let heads = world.nodes[1].engine.docs[&id].loaded.as_ref().expect("in memory").am.get_heads().len();
    assert!(heads <= limits::HEADS_MAX, "they have been joined: {heads}");
    world.assert_equal();
    assert_eq!((world.status(0).faults, world.status(1).faults), (vec![], vec![]), "by changes that all take");
}

#[test]
fn a_document_that_thousands_of_processes_have_written_still_travels() {
    const PROCESSES: u32 = if cfg!(debug_assertions) { 100 } else { 7_000 };
    let (mut world, shared) = World::new(2);
    let id = DocId { register: shared, part: 0 };
    let signer = world.nodes[0].signer.clone();
    written_by_many(&mut world.nodes[0].disk, id, &signer, PROCESSES);
    world.restart(0);
    world.connect(0, 1);
    let frontier = |world: &World, node: usize| world.nodes[node].disk.frontier(&id);
    assert_eq!(frontier(&world, 1), frontier(&world, 0), "who has nothing gets all of it");
    assert_eq!(world.status(0).faults, [], "and nobody is blamed for its length");
    world.disconnect(0);
    world.edit(1, new_in(shared), &[("name", "after")]);
    world.restart(1);
    world.connect(0, 1);
    world.assert_equal();
    // What moves is told, and not what thousands have finished long ago.
    world.disconnect(0);
    for node in [0, 1] {
        let key = RecordKey { kind: "sameas".to_owned(), id: [node as u8; 16] };
        world.edit(node, Target::Link { register: Some(shared), key }, &[("state", "suggested")]);
    }
    let before: usize = world.nodes.iter().map(|node| node.bytes_sent).sum();
    world.connect(0, 1);
    world.assert_equal();
    let spent = world.nodes.iter().map(|node| node.bytes_sent).sum::<usize>() - before;
    assert!(spent < 80_000, "{spent} bytes for one edit of each side");
    for node in [0, 1] {
        let engine = &world.nodes[node].engine;
        let weights: Vec<usize> = engine.sessions.values().map(|session| session.weight(&engine.docs)).collect();
        assert_eq!(weights, [0], "what the peer holds as well takes no room");
    }
}

#[test]
fn an_idle_reconnect_is_small() {
    let (mut world, shared) = World::new(2);
    for i in 0..20 {
        world.edit(0, new_in(shared), &[("name", &format!("Org {i}"))]);
    }
    world.connect(0, 1);
    world.tick(6_000);
    world.tick(6_000);
    world.disconnect(0);
    world.restart(0);
    world.restart(1);
    let before: usize = world.nodes.iter().map(|node| node.bytes_sent).sum();
    world.connect(0, 1);
    let spent: usize = world.nodes.iter().map(|node| node.bytes_sent).sum::<usize>() - before;
    assert!(spent < 600, "an idle reconnect costs {spent} bytes");
}

#[test]
fn internal_registers_stay_at_home() {
    let (mut world, _) = World::new(2);
    let internal = RegisterId::internal(&world.nodes[0].engine.partner);
    world.edit(0, new_in(internal), &[("name", "secret")]);
    world.connect(0, 1);
    assert!(world.nodes[1].disk.rows.is_empty(), "nothing of the internal register has arrived");
}

#[test]
fn a_partner_that_is_no_writer_is_refused() {
    let (mut world, _) = World::new(2);
    let other = RegisterId::partner(&world.nodes[0].engine.partner);
    let edit = Edit { target: new_in(other), changes: Vec::new(), if_version: None };
    let refused = world.command(1, Command::Edit(vec![edit]));
    assert!(matches!(refused, Err(CommandError::NotAllowed { .. })), "only the owner writes: {refused:?}");
}

#[test]
fn a_cloned_machine_is_found_out_and_loses_nothing() {
    let (mut world, shared) = World::new(3);
    world.connect(0, 1);
    let first = world.edit(0, new_in(shared), &[("name", "before")]);
    world.disconnect(0);
    // The machine is copied while it runs: both copies go on with the same actor.
    world.copy(0);
    world.edit(0, at(&first), &[("phone", "original")]);
    world.now.mono_ms += 5;
    world.now.wall_ms += 5;
    world.edit(3, at(&first), &[("city", "copy")]);
    world.edit(3, new_in(shared), &[("name", "only in the copy")]);
    world.connect(0, 1);
    world.edit(1, at(&first), &[("website", "https://depends.example")]);
    world.connect(3, 2);
    world.connect(1, 2);
    world.tick(1_000);
    world.connect(0, 2);
    world.connect(3, 1);
    world.tick(1_000);
    world.assert_equal();
    let rows: Vec<&Row> = world.nodes[1].disk.rows.values().collect();
    let row = rows.iter().find(|row| row.key == first.key).expect("the record is there");
    assert_eq!(row.text("phone"), Some("original"), "the original's edit was issued again");
    assert_eq!(row.text("city"), Some("copy"), "the copy's edit was issued again");
    assert_eq!(row.text("website"), Some("https://depends.example"), "what depended on it was issued again");
    assert!(rows.iter().any(|row| row.text("name") == Some("only in the copy")), "the copy's record is there");
    let status = world.status(0);
    assert!(status.faults.iter().any(|fault| fault.what.contains("copied")), "the machine says what happened");
}

#[test]
fn a_cloned_machine_with_long_branches_is_found_out() {
    let (mut world, shared) = World::new(4);
    world.connect(0, 1);
    world.disconnect(0);
    let first = world.edit(0, new_in(shared), &[("name", "before")]);
    let twin = world.copy(0);
    // Each copy writes 12 slices of 60 kB: a branch that no message and no statement could hold as a whole.
    let slice = "x".repeat(15_000);
    let fields = ["a", "b", "c", "d"].map(|field| (field, slice.as_str()));
    for copy in [0, twin] {
        for _ in 0..12 {
            world.now.mono_ms += 5;
            world.now.wall_ms += 5;
            world.edit(copy, new_in(shared), &fields);
        }
    }
    // One copy is gone for good once it has told partner 1, in one answer; partner 2 knows the other.
    world.connect(twin, 1);
    world.disconnect(twin);
    world.connect(0, 2);
    world.disconnect(0);
    // What partners know outlasts a restart.
    world.restart(3);
    world.connect(1, 3);
    world.disconnect(3);
    world.restart(3);
    world.connect(2, 3);
    assert_eq!(world.status(3).roster.cuts.len(), 1, "partner 3 sees both branches and proves it");
    world.connect(1, 3);
    world.connect(0, 1);
    assert_eq!(world.status(0).roster.cuts.len(), 1, "the device itself is told");
    let rows = |node: usize| world.nodes[node].disk.rows.len();
    assert_eq!((rows(1), rows(0)), (rows(2), rows(1)), "everyone holds the same");
    assert!(world.nodes[1].disk.rows.contains_key(&(first.doc, first.key.clone())), "what lies before is kept");
    assert_eq!(rows(1), 13, "one copy is here and has issued its twelve records again");
}

#[test]
fn an_edit_too_large_for_one_change_is_refused_before_anything_is_written() {
    let (mut world, shared) = World::new(1);
    let text = "x".repeat(limits::SCALAR_BYTES_MAX);
    let edit = |count: usize| {
        let changes = (0..count).map(|field| FieldChange::put(format!("f{field}"), text.as_str())).collect();
        Command::Edit(vec![Edit { target: new_in(shared), changes, if_version: None }])
    };
    let fits = limits::EDIT_BYTES_MAX / limits::SCALAR_BYTES_MAX - 1;
    assert!(matches!(world.command(0, edit(fits)), Ok(Reply::Edited(_))), "just below the bound");
    let refused = world.command(0, edit(fits + 1));
    assert!(matches!(refused, Err(CommandError::Invalid(_))), "beyond it: {refused:?}");
    assert_eq!(world.nodes[0].disk.rows.len(), 1, "nothing of it was written");
    assert!(matches!(world.command(0, edit(1)), Ok(Reply::Edited(_))), "the document is as usable as before");
}

#[test]
fn a_newcomer_joins_by_ticket_and_then_exchanges() {
    let (mut world, shared) = World::new(1);
    world.edit(0, new_in(shared), &[("name", "before the join")]);
    let (partner, signer) = (PartnerSigner::from_secret(&[50; 32]), DeviceSigner::from_secret(&[51; 32]));
    let mut disk = Disk::default();
    disk.boot.statements = vec![certificate(&partner, &signer, "Newcomer")];
    world.start(disk, signer);
    let own = RegisterId::partner(&world.nodes[1].engine.partner);
    world.edit(1, new_in(own), &[("name", "made alone")]);

    let invited = world.command(0, Command::Invite { name: "Newcomer".into(), country: "IT".into(), valid_ms: 60_000 });
    let Ok(Reply::Invited(ticket)) = invited else { panic!("no ticket: {invited:?}") };
    let joined = world.command(1, Command::Join { ticket: ticket.text.expect("an open ticket has its text") });
    assert_eq!(joined, Ok(Reply::Joining), "the join is under way");
    world.connect_join(1, 0);
    let pending = world.status(0).approvals;
    assert_eq!(pending.len(), 1, "the inviter is asked");
    let theirs = world.status(1).joining.expect("the newcomer waits");
    assert_eq!(theirs.stage, "waiting", "and says so");
    assert_eq!(theirs.check_number.as_ref(), Some(&pending[0].check_number), "both show the same number");
    assert!(world.nodes[1].disk.boot.docs.keys().all(|doc| doc.register == own), "no data before admission");

    world.command(0, Command::Approve { id: pending[0].id.clone() }).expect("the steward admits");
    world.run();
    assert!(world.status(1).roster.federation.is_some(), "the newcomer is a member");
    world.connect(0, 1);
    world.assert_equal();
    assert_eq!(world.nodes[1].disk.rows.len(), 2, "what was made before joining is exchanged in both directions");
    let again = world.command(1, Command::Join { ticket: "comin1-x".into() });
    assert!(matches!(again, Err(CommandError::Precondition { .. })), "a member does not join again: {again:?}");
}
