//! What must hold: at every batch and frame, and at the end.

use crate::sim::disk::{Disk, DiskDoc, frontier_of};
use crate::sim::ledger::{Entry, Fate};
use crate::sim::process::{Asked, Node};
use crate::sim::tally::{Did, Rule};
use crate::sim::work::{PROSE, PUBLIC, SECRET};
use crate::sim::world::{Step, World, contains, pair};
use automerge::{Automerge, ObjType, ReadDoc};
use comin_protocol::codec;
use comin_protocol::engine::{Command, Fault, Lag, Status, StoredRun, Write};
use comin_protocol::ids::{ActorId, ChangeHash, DocId, RecordKey, RegisterId, StatementId};
use comin_protocol::record::{self, OriginIndex, Row};
use comin_protocol::roster::Roster;
use comin_protocol::run::Tip;
use comin_protocol::statement::Statement;
use std::collections::{BTreeMap, BTreeSet};

/// The changes of each machine's documents at the end.
type Histories = BTreeMap<(usize, DocId), BTreeSet<ChangeHash>>;

impl World {
    // At every batch -------------------------------------------------------------------------------------

    /// No machine stores what it may not read, nor a change without a valid run of a writer.
    pub(super) fn check_batch(&mut self, node: usize, writes: &[Write]) -> Step {
        if self.nodes[node].is_liar {
            return Ok(());
        }
        let device = self.cast.devices[self.nodes[node].device].key;
        for write in writes {
            let doc = match write {
                Write::PutChange(doc, _) | Write::PutSnapshot(doc, _) | Write::PutRun(doc, ..) => doc,
                Write::PutRow(doc, _) => doc,
                _ => continue,
            };
            let reads = match self.persons.has(&doc.register) {
                true => self.holds_person(node, &doc.register, writes),
                false => self.cast.may_read(&doc.register, &device),
            };
            if !reads {
                return Err(format!("n{node} stores document {doc:?}, which it may not read"));
            }
            self.tally.looked(Rule::Readers);
        }
        let runs = runs_of(writes);
        for write in writes {
            match write {
                Write::PutChange(doc, change) => {
                    let tip = Tip { seq: change.seq, hash: change.hash };
                    self.check_covered(node, doc, &change.actor, tip, &runs)?;
                }
                Write::PutSnapshot(doc, snapshot) => {
                    for (actor, tip) in snapshot.frontier.iter() {
                        self.check_covered(node, doc, actor, *tip, &runs)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A run in this batch, or stored before it, covers the change and is a writer's.
    fn check_covered(
        &mut self,
        node: usize,
        doc: &DocId,
        actor: &ActorId,
        tip: Tip,
        runs: &BTreeMap<(DocId, ActorId), &StoredRun>,
    ) -> Step {
        self.tally.looked(Rule::Covered);
        let covers = |run: &&StoredRun| run.run.seq >= tip.seq;
        let state = &self.nodes[node];
        let pending = state.process.iter().flat_map(|process| process.pending.iter()).rev();
        let stored = || state.disk.docs.get(doc).and_then(|doc| doc.latest_runs().remove(actor));
        let run = runs
            .get(&(*doc, *actor))
            .copied()
            .filter(covers)
            .or_else(|| {
                let mut earlier = pending.filter_map(|batch| runs_of(&batch.writes).remove(&(*doc, *actor)));
                earlier.find(|run| covers(run))
            })
            .cloned()
            .or_else(|| stored().filter(|run| covers(&run)));
        let Some(run) = run else {
            return Err(format!("n{node} stores change {} of {} in {doc:?} without a run", tip.seq, actor.short()));
        };
        if run.run.seq == tip.seq && run.run.hash != tip.hash {
            return Err(format!("n{node} stores a change in {doc:?} that its run does not name"));
        }
        self.check_run(node, doc, actor, &run)
    }

    fn check_run(&mut self, node: usize, doc: &DocId, actor: &ActorId, run: &StoredRun) -> Step {
        if run.run.actor(doc) != *actor {
            return Err(format!("n{node} stores a run of another actor in {doc:?}"));
        }
        let controller = self.controller_of(&doc.register).map(|partner| self.cast.devices_of(partner));
        let writes = match controller {
            Some(mut devices) => devices.any(|device| device.key == run.run.device),
            None => self.cast.may_write(&doc.register, &run.run.device),
        };
        if !writes {
            return Err(format!("n{node} stores a change in {doc:?} by someone who may not write there"));
        }
        if self.runs_seen.contains(&run.run.signature) {
            return Ok(());
        }
        if run.run.clone().verify(doc).is_none() {
            return Err(format!("n{node} stores a run in {doc:?} whose signature is not the device's"));
        }
        self.runs_seen.insert(run.run.signature);
        Ok(())
    }

    // At every frame -------------------------------------------------------------------------------------

    /// Nothing of an internal register leaves its partner, and nothing of any register reaches a stranger.
    pub(super) fn check_frame(&mut self, from: usize, to: usize, frame: &[u8]) -> Step {
        let receiver = self.cast.devices[self.nodes[to].device].partner;
        let sender = self.cast.devices[self.nodes[from].device].partner;
        if receiver == sender {
            return Ok(());
        }
        self.tally.looked(Rule::Frames);
        // The receiver may hold none of these; the sender itself can have those of its own partner.
        let internal = RegisterId::internal(&self.cast.partners[sender].id);
        if contains(frame, &internal.0) || contains(frame, SECRET.as_bytes()) {
            return Err(format!("n{from} sends something of its internal register to n{to}"));
        }
        if !self.is_member(receiver) && contains(frame, PUBLIC.as_bytes()) {
            return Err(format!("n{from} sends records to n{to}, which is no member"));
        }
        Ok(())
    }

    // At the end -----------------------------------------------------------------------------------------

    pub(super) fn is_honest(&self, node: usize) -> bool {
        !self.nodes[node].is_liar
    }

    /// Whether a machine is a member's now.
    pub(super) fn belongs(&self, node: usize) -> bool {
        let partner = self.cast.devices[self.nodes[node].device].partner;
        self.is_member(partner) && !self.is_removed(partner)
    }

    fn reads(&self, node: usize, doc: &DocId) -> bool {
        let key = self.cast.devices[self.nodes[node].device].key;
        let reads = match self.persons.has(&doc.register) {
            true => self.holds_person(node, &doc.register, &[]),
            false => self.cast.may_read(&doc.register, &key),
        };
        reads && self.is_honest(node) && self.belongs(node)
    }

    /// Groups of machines for which `belongs` holds and which are connected through one another.
    fn groups(&self, belongs: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let mut rest: BTreeSet<usize> = (0..self.nodes.len()).filter(|node| belongs(*node)).collect();
        let mut groups = Vec::new();
        while let Some(first) = rest.pop_first() {
            let mut group = vec![first];
            let mut next = 0;
            while let Some(&node) = group.get(next) {
                let near: Vec<usize> =
                    rest.iter().filter(|other| self.links.contains_key(&pair(node, **other))).copied().collect();
                rest.retain(|other| !near.contains(other));
                group.extend(near);
                next += 1;
            }
            groups.push(group);
        }
        groups
    }

    fn all_docs(&self) -> BTreeSet<DocId> {
        let honest = self.nodes.iter().filter(|node| !node.is_liar);
        honest.flat_map(|node| node.disk.docs.keys().copied()).collect()
    }

    /// Why the world is not at rest and in agreement yet; `None`: it is.
    pub(super) fn disagreement(&self) -> Option<String> {
        if self.joining.as_ref().is_some_and(|joining| !joining.is_done()) {
            return Some("the join has not come through".to_owned());
        }
        self.unrest()
            .or_else(|| self.statements_differ())
            .or_else(|| self.all_docs().iter().find_map(|doc| self.doc_differs(doc)))
    }

    fn unrest(&self) -> Option<String> {
        let honest = |wire: &&usize| self.wires[**wire].ends.iter().all(|end| self.is_honest(end.node));
        let moving = |wire: &&usize| self.wires[**wire].toward.iter().any(|frames| !frames.is_empty());
        if let Some(wire) = self.live_wires.iter().filter(honest).find(moving) {
            return Some(format!("frames are on their way over wire {wire}"));
        }
        (0..self.nodes.len()).filter(|node| self.is_honest(*node)).find_map(|node| {
            let Some(process) = &self.nodes[node].process else { return Some(format!("n{node} does not run")) };
            if process.failed {
                return Some(format!("n{node} has stopped"));
            }
            if let Some((request, asked)) = process.asked.iter().next() {
                return Some(format!("n{node} has not answered {} ({asked:?})", request.0));
            }
            (!process.is_idle()).then(|| format!("n{node} is not idle"))
        })
    }

    fn statements_differ(&self) -> Option<String> {
        let groups = self.groups(|node| self.is_honest(node) && self.belongs(node));
        groups.iter().find_map(|group| {
            let sets: Vec<_> = group.iter().map(|node| federal_statements(&self.nodes[*node].disk)).collect();
            let other = sets.iter().position(|set| *set != sets[0])?;
            let (a, b) = (group[0], group[other]);
            let difference: Vec<String> = sets[0]
                .symmetric_difference(&sets[other])
                .map(|id| format!("{} {}", id.short(), self.describe_statement(id)))
                .collect();
            Some(format!("n{a} and n{b} differ in statements {difference:?}"))
        })
    }

    fn describe_statement(&self, id: &StatementId) -> String {
        let signed = self.nodes.iter().find_map(|node| node.disk.statements.get(id));
        let statement = signed.and_then(|signed| codec::from_cbor::<Statement>(&signed.body).ok());
        let text = format!("{statement:?}");
        text.chars().take(40).collect()
    }

    fn doc_differs(&self, doc: &DocId) -> Option<String> {
        let empty = DiskDoc::default();
        let of = |node: usize| self.nodes[node].disk.docs.get(doc).map_or(&empty, |doc| doc.as_ref());
        self.groups(|node| self.reads(node, doc)).iter().find_map(|group| {
            let first = of(group[0]);
            let other = group.iter().find(|node| of(**node).frontier() != first.frontier())?;
            let (a, b) = (first.frontier(), of(*other).frontier());
            Some(format!(
                "n{} and n{other} differ in {doc:?}: {} and {} changes, {} and {} beyond the other",
                group[0],
                a.changes(),
                b.changes(),
                a.beyond(&b),
                b.beyond(&a)
            ))
        })
    }

    /// What all honest machines hold: changes whenever any of it does.
    pub(super) fn fingerprint(&self) -> Vec<(usize, DocId, [u8; 16])> {
        let nodes = self.nodes.iter().enumerate().filter(|(_, node)| !node.is_liar);
        let of_node = |(index, node): (usize, &Node)| {
            node.disk.docs.iter().map(|(id, doc)| (index, *id, doc.frontier().digest())).collect::<Vec<_>>()
        };
        nodes.flat_map(of_node).collect()
    }

    /// Asks every honest machine for its state and for fresh projections.
    pub(super) fn ask_everyone(&mut self) -> Step {
        for node in 0..self.nodes.len() {
            if !self.is_honest(node) {
                continue;
            }
            self.ask(node, Command::Status, Asked::Status)?;
            let docs: Vec<DocId> = self.nodes[node].disk.docs.keys().copied().collect();
            for doc in docs {
                self.ask(node, Command::Project { doc }, Asked::Project(doc))?;
            }
        }
        Ok(())
    }

    /// Everything that must hold once the world is at rest.
    pub(super) fn check_end(&mut self) -> Step {
        self.tally.looked(Rule::Converge);
        let mut histories = Histories::new();
        for node in 0..self.nodes.len() {
            let state = &self.nodes[node];
            let docs: Vec<DocId> = state.disk.docs.keys().filter(|_| !state.is_liar).copied().collect();
            for doc in docs {
                let history = self.check_doc(node, &doc)?;
                histories.insert((node, doc), history);
            }
        }
        for doc in self.all_docs() {
            self.check_rows_equal(&doc)?;
        }
        self.check_views()?;
        self.check_persons()?;
        self.check_ledger(&histories)?;
        self.check_statuses()
    }

    /// What is saved loads again: same frontier, same rows, every actor with a run of a writer.
    fn check_doc(&mut self, node: usize, id: &DocId) -> Step<BTreeSet<ChangeHash>> {
        let Some(doc) = self.nodes[node].disk.docs.get(id).cloned() else { return Ok(BTreeSet::new()) };
        let loaded = doc.load().map_err(|error| format!("n{node}: {id:?} does not load: {error}"))?;
        let (frontier, hashes) = frontier_of(&loaded);
        if frontier != doc.frontier() {
            return Err(format!("n{node}: {id:?} does not load to the frontier that is stored"));
        }
        self.tally.looked(Rule::Reload);
        self.check_shape(node, id, &loaded)?;
        self.check_late(node, id, &loaded)?;
        let rows = record::project_all(&loaded, id, &OriginIndex::from_doc(&loaded));
        let stored: Vec<Row> = doc.rows.values().cloned().collect();
        if let Some(what) = rows_differ(&stored, &rows) {
            return Err(format!("n{node}: the rows of {id:?} differ from a fresh projection: {what}"));
        }
        self.tally.looked(Rule::Views);
        match self.projections.get(&(node, *id)) {
            None => return Err(format!("n{node} did not project {id:?}")),
            Some(projected) if *projected != rows => {
                return Err(format!("n{node}: {id:?} in memory and on disk project to different rows"));
            }
            Some(_) => {}
        }
        let runs = doc.latest_runs();
        for (actor, tip) in frontier.iter() {
            let Some(run) = runs.get(actor).filter(|run| run.run.seq >= tip.seq) else {
                return Err(format!("n{node}: an actor of {id:?} has no run"));
            };
            let tied = if run.tail.is_empty() { run.run.hash == tip.hash } else { run.run.seq > tip.seq };
            if !tied {
                return Err(format!("n{node}: a run of {id:?} does not name the head of its actor"));
            }
            self.check_run(node, id, actor, run)?;
        }
        Ok(hashes)
    }

    /// What pages and searches of a machine read is what its documents say, by the node's own `check`.
    fn check_views(&mut self) -> Step {
        for node in (0..self.nodes.len()).filter(|node| self.is_honest(*node)).collect::<Vec<_>>() {
            let state = &self.nodes[node];
            let Some(views) = &state.views else { continue };
            let docs = state.disk.docs.keys().filter(|doc| !doc.is_person());
            let projected = docs.filter_map(|doc| Some((*doc, self.projections.get(&(node, *doc))?.clone())));
            if let Some(fault) = views.faults(&projected.collect())?.first() {
                return Err(format!("n{node}: {fault}"));
            }
            self.tally.looked(Rule::Search);
        }
        Ok(())
    }

    /// A part of records holds a map under each name of a record, made by one device and never overwritten; read from
    /// the document itself and not through the code that lets changes in. A machine that makes records again after a
    /// divergence and is then put back to an older disk makes them twice.
    fn check_shape(&mut self, node: usize, id: &DocId, doc: &Automerge) -> Step {
        self.tally.looked(Rule::Shape);
        for key in doc.keys(automerge::ROOT) {
            let standing = doc.get_all(automerge::ROOT, key.as_str()).map_err(|error| error.to_string())?;
            let is_map = |value: &automerge::Value<'_>| matches!(value, automerge::Value::Object(ObjType::Map));
            let good = match id.is_links() {
                true => standing.iter().all(|(value, _)| value.is_scalar()),
                false => {
                    (standing.len() == 1 || self.cut_docs().contains(id))
                        && standing.iter().all(|(value, _)| is_map(value))
                }
            };
            if !good {
                return Err(format!("n{node}: something else than a record lies at {key} in {id:?}"));
            }
        }
        Ok(())
    }

    fn check_rows_equal(&mut self, doc: &DocId) -> Step {
        for group in self.groups(|node| self.reads(node, doc)) {
            let rows = |node: usize| -> Vec<Row> {
                let doc = self.nodes[node].disk.docs.get(doc);
                doc.map(|doc| doc.rows.values().cloned().collect()).unwrap_or_default()
            };
            let first = rows(group[0]);
            self.tally.looked(Rule::EqualRows);
            for other in &group[1..] {
                if let Some(what) = rows_differ(&first, &rows(*other)) {
                    return Err(format!("n{} and n{other} show different rows in {doc:?}: {what}", group[0]));
                }
            }
        }
        Ok(())
    }

    // The ledger -----------------------------------------------------------------------------------------

    fn check_ledger(&mut self, histories: &Histories) -> Step {
        let cuts = self.cut_docs();
        self.tally.did_times(Did::Cut, cuts.len() as u64);
        for index in 0..self.ledger.entries.len() {
            let entry = &self.ledger.entries[index].clone();
            if self.nodes[entry.node].is_liar || self.may_be_gone(entry) {
                continue;
            }
            for reader in self.readers_with(index) {
                let held = match entry.fate {
                    Fate::Acknowledged => {
                        self.tally.looked(Rule::EditKept);
                        self.tally.looked(Rule::EditShown);
                        if !self.is_shown(index, entry, reader, &cuts) {
                            return Err(format!("n{reader} does not show what n{} was told: {entry:?}", entry.node));
                        }
                        self.is_kept(index, entry, reader, histories, &cuts)
                    }
                    Fate::Refused => {
                        self.tally.looked(Rule::RefusedAbsent);
                        !entry.is_visible_on(&self.nodes[reader].disk)
                    }
                    Fate::Unknown | Fate::Forgiven => true,
                };
                if !held {
                    return Err(format!("n{reader} breaks what n{} was told: {entry:?}", entry.node));
                }
            }
        }
        Ok(())
    }

    /// Readers of the register that are connected with the machine of the entry through other readers.
    pub(super) fn readers_with(&self, index: usize) -> Vec<usize> {
        let doc = DocId { register: self.ledger.entries[index].register, part: 0 };
        let Some(home) = self.home_of(index) else { return Vec::new() };
        let groups = self.groups(|node| self.reads(node, &doc));
        groups.into_iter().find(|group| group.contains(&home)).unwrap_or_default()
    }

    /// The change is in the reader's history. Where a proven divergence took it away, its author has entered
    /// the value again, unless someone has written the field since.
    fn is_kept(
        &self,
        index: usize,
        entry: &Entry,
        reader: usize,
        histories: &Histories,
        cuts: &BTreeSet<DocId>,
    ) -> bool {
        if let Some(change) = entry.change {
            if histories.get(&(reader, change.doc)).is_some_and(|history| history.contains(&change.hash)) {
                return true;
            }
            if !cuts.contains(&change.doc) {
                return false;
            }
        }
        let disk = &self.nodes[reader].disk;
        entry.text.is_none()
            || self.is_stranded(entry, cuts)
            || entry.is_visible_on(disk)
            || self.ledger.later_writes(index).any(|later| {
                // Who wrote over it is a liar, or has lost that: nobody enters it again.
                let writer = &self.nodes[later.node];
                later.is_visible_on(disk) || writer.is_liar || writer.lost_pushed || later.orphan
            })
    }

    /// A proven divergence has taken it away, and nobody is left who would enter it again: its machine has lost it with
    /// its disk, or the record was made by a liar or by a machine that may have lost it, and nobody else may make that
    /// record again.
    fn is_stranded(&self, entry: &Entry, cuts: &BTreeSet<DocId>) -> bool {
        let gone = |key: &RecordKey| {
            let removed = |node: &Node| self.is_removed(self.cast.devices[node.device].partner);
            let lost = |node: &&Node| node.is_liar || node.was_rolled_back || node.lost_pushed || removed(node);
            let lost = self.nodes.iter().filter(lost);
            let mut lost = lost.map(|node| RecordKey::prefix_of(&self.cast.devices[node.device].key));
            lost.any(|prefix| key.id.starts_with(&prefix))
        };
        let cut = entry.change.is_none_or(|change| cuts.contains(&change.doc));
        // Nor does a removed partner enter anything again.
        let removed = self.is_removed(self.cast.devices[self.nodes[entry.node].device].partner);
        cut && (entry.orphan || removed || entry.key.as_ref().is_some_and(gone))
    }

    /// The value can be read, unless someone has written the field since. Prose is left out: its texts are merged
    /// character by character, and two that were written at once may come to lie inside one another.
    fn is_shown(&self, index: usize, entry: &Entry, reader: usize, cuts: &BTreeSet<DocId>) -> bool {
        entry.text.is_none()
            || entry.field == PROSE
            || self.is_stranded(entry, cuts)
            || entry.is_visible_on(&self.nodes[reader].disk)
            || self.ledger.may_be_replaced(index)
    }

    /// Documents with a proven divergence, on any honest machine.
    fn cut_docs(&self) -> BTreeSet<DocId> {
        let mut cuts = BTreeSet::new();
        for node in self.nodes.iter().filter(|node| !node.is_liar) {
            let own = self.cast.partners[self.cast.devices[node.device].partner].id;
            let statements: Vec<_> = node.disk.statements.values().map(|signed| signed.clone().trusted()).collect();
            cuts.extend(Roster::build(&own, &statements).cuts.keys().map(|(doc, _)| *doc));
        }
        cuts
    }

    // Blame ----------------------------------------------------------------------------------------------

    /// No machine blames an honest device, at any time.
    pub(super) fn check_blame(&mut self, node: usize, status: &Status) -> Step {
        self.tally.looked(Rule::Blame);
        if !self.is_honest(node) {
            return Ok(());
        }
        let copied = self.nodes.iter().filter(|other| other.device == self.nodes[node].device).count() > 1;
        let was_put_back = self.nodes[node].was_rolled_back || self.nodes[node].lost_pushed || copied;
        if status.put_back_ms.is_some() && !was_put_back {
            return Err(format!("n{node} says that it was put back, and never was"));
        }
        match status.faults.iter().find(|fault| !self.is_just(node, fault)) {
            Some(fault) => Err(format!("n{node} blames an honest device: {fault:?}")),
            None => Ok(()),
        }
    }

    /// Whether a fault names a device that did something: a liar, or one that runs twice and signed two histories. A
    /// machine may say of itself that its helper met its limits.
    fn is_just(&self, node: usize, fault: &Fault) -> bool {
        let runs_on = |index: usize| self.cast.devices[self.nodes[index].device].key == fault.device;
        let lies = (0..self.nodes.len()).any(|index| self.nodes[index].is_liar && runs_on(index));
        let copied = (0..self.nodes.len()).filter(|index| runs_on(*index)).count() > 1;
        let divergence = ["was rolled back or copied", "has two branches"];
        // What a machine has said before it was restored can still be on its way, so others may take it for two.
        let restored = (0..self.nodes.len()).any(|index| self.nodes[index].was_rolled_back && runs_on(index));
        lies || copied && divergence.iter().any(|text| fault.what.contains(text))
            || restored && fault.what.contains("on two machines at once")
            || runs_on(node) && fault.what.contains("could not be checked now")
    }

    // What status says -----------------------------------------------------------------------------------

    /// What a machine says about itself and others is true.
    fn check_statuses(&mut self) -> Step {
        for node in (0..self.nodes.len()).filter(|node| self.is_honest(*node)).collect::<Vec<_>>() {
            self.tally.looked(Rule::Status);
            let Some(status) = self.statuses.get(&node) else { return Err(format!("n{node} gave no status")) };
            for doc in &status.docs {
                let stored = self.nodes[node].disk.docs.get(&doc.doc).map(|doc| doc.frontier());
                let stored = stored.unwrap_or_default();
                if doc.digest != stored.digest() || doc.changes != stored.changes() {
                    return Err(format!("n{node} reports another state of {:?} than is stored", doc.doc));
                }
            }
            for peer in status.peers.iter().filter(|peer| peer.connected) {
                let is_peer = |other: &Node| !other.is_liar && self.cast.devices[other.device].key == peer.device;
                let Some(other) = self.nodes.iter().position(is_peer) else { continue };
                let copied = self.nodes.len() > self.cast.devices.len();
                let equal = |lag: Lag| lag == Lag::Exactly(0);
                // Everything is equal and at rest, and that is what has to be said.
                let told = peer.in_sync && equal(peer.lacks) && equal(peer.we_lack);
                if !copied && !told {
                    return Err(format!("n{node} holds what n{other} holds and does not say so: {peer:?}"));
                }
            }
        }
        Ok(())
    }
}

fn runs_of(writes: &[Write]) -> BTreeMap<(DocId, ActorId), &StoredRun> {
    let mut runs: BTreeMap<(DocId, ActorId), &StoredRun> = BTreeMap::new();
    let mut add = |doc: &DocId, actor: &ActorId, run| {
        let known: &mut &StoredRun = runs.entry((*doc, *actor)).or_insert(run);
        if known.run.seq < run.run.seq {
            *known = run;
        }
    };
    for write in writes {
        match write {
            Write::PutRun(doc, actor, run) => add(doc, actor, run),
            Write::PutSnapshot(doc, snapshot) => snapshot.runs.iter().for_each(|(actor, run)| add(doc, actor, run)),
            _ => {}
        }
    }
    runs
}

/// Statements that every member has: all but proofs about documents, which only readers get.
fn federal_statements(disk: &Disk) -> BTreeSet<StatementId> {
    let is_proof = |body: &[u8]| matches!(codec::from_cbor(body), Ok(Statement::Divergence { .. }));
    disk.statements.iter().filter(|(_, signed)| !is_proof(&signed.body)).map(|(id, _)| *id).collect()
}

fn rows_differ(left: &[Row], right: &[Row]) -> Option<String> {
    if left.len() != right.len() {
        return Some(format!("{} and {} rows", left.len(), right.len()));
    }
    let (a, b) = left.iter().zip(right).find(|(a, b)| a != b)?;
    Some(format!("{a:?} and {b:?}"))
}
