//! Changes that arrive: judged in the order length, run and right, scan, then applied, stored, passed on.

use super::document::{Parked, Unfit};
use super::rebuild::tail;
use super::runs::lower;
use super::session::Miss;
use super::{Engine, SessionId, StoredChange, StoredRun, Write};
use crate::admission::{admit, admit_counters};
use crate::bars::{Bars, Judged};
use crate::ids::{ActorId, ChangeHash, DeviceKey, DocId};
use crate::limits;
use crate::message::{BranchShown, Message};
use crate::planted::{Planted, is_planted};
use crate::run::{Frontier, Tip};
use crate::scan::{KeyRef, ObjRef, ScannedChange, scan};
use minicbor::bytes::ByteVec;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What is said of an actor whose divergence is proven.
const TWO_BRANCHES: &str = "its history has two branches";

/// Why changes were not taken.
pub(super) enum Refused {
    /// The sender is at fault: the session ends.
    Sender(String),
    /// The author signed what is not admissible: named, held back.
    Author(DeviceKey, ActorId, Tip, String),
}

impl StoredRun {
    /// The sequence up to which changes are part of the document; beyond it the tail only carries the proof.
    pub fn tip_seq(&self) -> u64 {
        self.run.seq.saturating_sub(self.tail.len() as u64)
    }
}

impl Engine {
    /// Checks the signatures of runs that have just come.
    pub(super) fn verify_runs(doc: &DocId, runs: &[StoredRun]) -> Result<(), Refused> {
        let good = |stored: &StoredRun| is_planted(Planted::SkipRunCheck) || stored.run.clone().verify(doc).is_some();
        match runs.iter().all(good) {
            true => Ok(()),
            false => Err(Refused::Sender("sent a run whose signature is not good".into())),
        }
    }

    /// Judges runs whose signatures are good: the writer's right, and that no proven divergence lies below.
    pub(super) fn judge_runs(&self, doc: &DocId, runs: &[StoredRun]) -> Result<BTreeMap<ActorId, StoredRun>, Refused> {
        let mut out: BTreeMap<ActorId, StoredRun> = BTreeMap::new();
        for stored in runs {
            let actor = stored.run.actor(doc);
            let tip = stored.run.tip();
            if !is_planted(Planted::SkipWriterCheck) && !self.roster.has_written(&doc.register, &stored.run.device) {
                return Err(Refused::Author(
                    stored.run.device,
                    actor,
                    tip,
                    "signed changes in a register that it may not write".into(),
                ));
            }
            if let Some(cut) = self.roster.cuts.get(&(*doc, actor))
                && stored.tip_seq() >= cut.seq
            {
                return Err(Refused::Author(stored.run.device, actor, tip, TWO_BRANCHES.into()));
            }
            let higher = out.get(&actor).is_none_or(|other| other.run.seq < stored.run.seq);
            if higher {
                out.insert(actor, stored.clone());
            }
        }
        Ok(out)
    }

    pub(super) fn handle_push(&mut self, id: SessionId, doc_id: DocId, changes: Vec<ByteVec>, runs: Vec<StoredRun>) {
        let Some(session) = self.sessions.get(&id) else { return };
        let device = session.device;
        if !self.roster.may_read(&doc_id.register, &self.me) || !self.may_send(&doc_id.register, &device) {
            if doc_id.is_person() {
                // Its scope has changed, or it has been erased, and the sender may not have heard of that.
                return;
            }
            return self.end_session(id, "sent changes of a register that it or this node may not read");
        }
        if !self.part_is_open(&doc_id) {
            return;
        }
        if let Some(tips) = self.all_held(&doc_id, &runs) {
            // It came before, or on another way: neither signatures nor changes are looked at again.
            if let (Some(session), Some(doc)) = (self.sessions.get_mut(&id), self.docs.get(&doc_id)) {
                session.holds(doc_id, &tips, &doc.frontier);
            }
            // It has of us what it pushes, as if it had acknowledged that.
            self.note_delivered(device, doc_id);
            self.send(id, Message::Ack { doc: doc_id, tips });
            return self.compare(id, doc_id);
        }
        let judged = Self::verify_runs(&doc_id, &runs).and_then(|()| self.judge_runs(&doc_id, &runs));
        let (runs, below) = match judged {
            Ok(latest) => (latest.clone(), lower(&doc_id, &runs, &latest)),
            Err(refused) => return self.refuse(id, doc_id, refused),
        };
        match self.read_push(&doc_id, &changes, &runs) {
            Ok((fresh, seen)) => {
                let runs = below.into_iter().chain(runs.into_values()).collect();
                self.doc_mut(doc_id);
                if let (Some(session), Some(doc)) = (self.sessions.get_mut(&id), self.docs.get(&doc_id)) {
                    session.holds(doc_id, &seen, &doc.frontier);
                }
                self.take_changes(id, doc_id, fresh, runs);
            }
            Err(refused) => self.refuse(id, doc_id, refused),
        }
    }

    /// The tips of runs that cover nothing but what is here; `None`: something of it may be new.
    fn all_held(&self, doc_id: &DocId, runs: &[StoredRun]) -> Option<BTreeMap<ActorId, Tip>> {
        let doc = self.docs.get(doc_id).filter(|_| !runs.is_empty())?;
        let held = |run: &StoredRun| {
            let (actor, tip) = (run.run.actor(doc_id), run.run.tip());
            let here = match doc.frontier.get(&actor) {
                Some(mine) if mine.seq == tip.seq => *mine == tip,
                Some(mine) if mine.seq > tip.seq => doc.loaded.as_ref()?.hash_at(&actor, tip.seq)? == tip.hash,
                _ => false,
            };
            here.then_some((actor, tip))
        };
        runs.iter().map(held).collect()
    }

    /// Reads pushed changes: scanned, in a row per actor, covered by their run. Gives the changes and the
    /// tips that the sender thereby has.
    fn read_push(
        &self,
        doc_id: &DocId,
        changes: &[ByteVec],
        runs: &BTreeMap<ActorId, StoredRun>,
    ) -> Result<(Vec<StoredChange>, BTreeMap<ActorId, Tip>), Refused> {
        let mut read = Vec::with_capacity(changes.len());
        let mut tips: BTreeMap<ActorId, Tip> = BTreeMap::new();
        for bytes in changes {
            let scanned =
                scan(bytes).map_err(|error| Refused::Sender(format!("sent a change that cannot be read: {error}")))?;
            if !runs.contains_key(&scanned.actor) {
                return Err(Refused::Sender("sent a change without its run".into()));
            }
            if let Some(last) = tips.insert(scanned.actor, Tip { seq: scanned.seq, hash: scanned.hash })
                && (scanned.seq != last.seq + 1 || !scanned.deps.contains(&last.hash))
            {
                return Err(Refused::Sender("sent changes that do not follow one another".into()));
            }
            read.push(StoredChange {
                actor: scanned.actor,
                seq: scanned.seq,
                hash: scanned.hash,
                bytes: bytes.to_vec(),
            });
        }
        for (actor, run) in runs {
            let covered = tips.get(actor).is_some_and(|tip| tip.seq == run.run.seq && tip.hash == run.run.hash);
            let planted = is_planted(Planted::SkipRunCheck);
            if !(covered && run.tail.is_empty() || planted) {
                return Err(Refused::Sender(format!("sent a run of {doc_id:?} that does not cover its changes")));
            }
        }
        Ok((read, tips))
    }

    /// Applies pushed changes whose runs and order have been judged.
    pub(super) fn take_changes(
        &mut self,
        id: SessionId,
        doc_id: DocId,
        changes: Vec<StoredChange>,
        runs: Vec<StoredRun>,
    ) {
        let doc = self.doc_mut(doc_id);
        // What is pushed into a document that is being fetched for the first time waits for it. Into any other one it goes
        // if it fits: a peer that owes an answer must not hold up the others.
        if doc.fetching.is_some() && doc.frontier.is_empty() && doc.parked.len() < limits::PENDING_CHANGES_MAX {
            return doc.parked.push(Parked::Push(id, changes, runs));
        }
        if !self.load_or_park(doc_id, Parked::Push(id, changes.clone(), runs.clone())) {
            return;
        }
        self.take_checked(id, doc_id, changes, runs);
    }

    /// Applies changes that are covered by runs; those held already are passed over.
    pub(super) fn take_checked(
        &mut self,
        id: SessionId,
        doc_id: DocId,
        changes: Vec<StoredChange>,
        runs: Vec<StoredRun>,
    ) {
        if !self.load_or_park(doc_id, Parked::Checked(id, changes.clone(), runs.clone())) {
            return;
        }
        let offered: BTreeMap<ActorId, Tip> =
            changes.iter().map(|change| (change.actor, Tip { seq: change.seq, hash: change.hash })).collect();
        match self.apply_judged(doc_id, &changes, &runs) {
            Ok(Applied::Complete { changes, runs, tips, left }) => {
                let mut offered = offered;
                self.leave(id, doc_id, &mut offered, &left);
                if changes.is_empty() && !offered.is_empty() {
                    // They came on another way first. This sender, too, waits to hear that they are here: what
                    // it sent itself is not passed on to it, so nothing else would tell it.
                    self.ack(id, doc_id, offered);
                } else if !changes.is_empty() {
                    // Runs of changes that were here before cover nothing of what is passed on.
                    let runs: Vec<StoredRun> =
                        runs.into_iter().filter(|run| tips.contains_key(&run.run.actor(&doc_id))).collect();
                    self.push_to_readers(doc_id, &changes, &runs, Some(id));
                    self.send_ack(id, doc_id, offered);
                }
                self.after_growth(doc_id);
            }
            Ok(Applied::MissingDependencies) => {
                let doc = self.doc_mut(doc_id);
                if doc.fetching.is_some_and(|from| from != id) && doc.parked.len() < limits::PENDING_CHANGES_MAX {
                    // They may fit once the answer is here.
                    return doc.parked.push(Parked::Push(id, changes, runs));
                }
                self.want_again(id, doc_id);
                if let Some(device) = self.sessions.get(&id).map(|session| session.device) {
                    self.lose_patience(id, device, limits::PATIENCE_MISFIT);
                }
            }
            Ok(Applied::Diverges { actor, seq }) => {
                // What was sent may prove it here and now: a sender that means harm will not.
                self.take_as_branch(id, doc_id, actor, &changes, &runs);
                self.show_branch(id, doc_id, actor, seq);
                self.ask_this_later(id, doc_id);
            }
            Err(Refused::Author(device, actor, tip, what)) => {
                // No honest node holds what is not admissible, but for two branches that it has not heard of.
                if what != TWO_BRANCHES
                    && let Some(sender) = self.sessions.get(&id).map(|session| session.device)
                {
                    self.lose_patience(id, sender, limits::PATIENCE_FAULT);
                }
                self.refuse(id, doc_id, Refused::Author(device, actor, tip, what));
                self.take_innocent(id, doc_id, changes, runs, actor);
            }
            Err(refused) => self.refuse(id, doc_id, refused),
        }
    }

    /// Looks at changes that do not fit ours as at a branch that is shown.
    fn take_as_branch(
        &mut self,
        id: SessionId,
        doc: DocId,
        actor: ActorId,
        changes: &[StoredChange],
        runs: &[StoredRun],
    ) {
        let run = runs.iter().filter(|run| run.run.actor(&doc) == actor).max_by_key(|run| run.run.seq);
        let branch: Vec<&StoredChange> = changes.iter().filter(|change| change.actor == actor).collect();
        let bytes: usize = branch.iter().map(|change| change.bytes.len()).sum();
        let (Some(run), Some(first)) = (run, branch.first().map(|change| change.seq)) else { return };
        if bytes <= limits::BRANCH_BYTES_MAX {
            let changes = branch.iter().map(|change| change.bytes.clone().into()).chain(run.tail.clone()).collect();
            self.handle_branch(id, BranchShown { doc, run: run.clone(), first, changes });
        }
    }

    /// Takes what is left without an actor at fault and without whatever builds on it.
    fn take_innocent(
        &mut self,
        id: SessionId,
        doc_id: DocId,
        changes: Vec<StoredChange>,
        runs: Vec<StoredRun>,
        bad: ActorId,
    ) {
        let (mut gone, mut hashes) = (BTreeSet::from([bad]), HashSet::new());
        let mut left = changes;
        loop {
            let before = left.len();
            left.retain(|change| {
                let builds_on = || scan(&change.bytes).is_ok_and(|read| read.deps.iter().any(|d| hashes.contains(d)));
                let stays = !gone.contains(&change.actor) && !builds_on();
                if !stays {
                    gone.insert(change.actor);
                    hashes.insert(change.hash);
                }
                stays
            });
            if left.len() == before {
                break;
            }
        }
        if !left.is_empty() {
            let runs = runs.into_iter().filter(|run| !gone.contains(&run.run.actor(&doc_id))).collect();
            self.take_checked(id, doc_id, left, runs);
        }
    }

    fn apply_judged(
        &mut self,
        doc_id: DocId,
        changes: &[StoredChange],
        runs: &[StoredRun],
    ) -> Result<Applied, Refused> {
        let devices: BTreeMap<ActorId, DeviceKey> =
            runs.iter().map(|run| (run.run.actor(&doc_id), run.run.device)).collect();
        // A divergence may have been proven while these were being checked.
        self.judge_cuts(&doc_id, runs)?;
        let Some(loaded) = self.docs.get(&doc_id).and_then(|doc| doc.loaded.as_ref()) else {
            return Ok(Applied::MissingDependencies);
        };
        let mut tips: BTreeMap<ActorId, Tip> = BTreeMap::new();
        let mut batch: Vec<(ScannedChange, Vec<u8>)> = Vec::new();
        // Where the counters of the changes of this batch end.
        let mut known: HashMap<ChangeHash, u64> = HashMap::new();
        for change in changes {
            match loaded.hash_at(&change.actor, change.seq) {
                Some(hash) if hash == change.hash => continue,
                Some(_) => return Ok(Applied::Diverges { actor: change.actor, seq: change.seq }),
                None => {}
            }
            let scanned = scan(&change.bytes).map_err(|error| Refused::Sender(error.to_string()))?;
            let last = tips.get(&change.actor).copied().or_else(|| loaded.ancestry.tip(&change.actor));
            if change.seq != last.map_or(0, |tip| tip.seq) + 1 {
                return Ok(Applied::MissingDependencies);
            }
            if let Some(last) = last
                && !scanned.deps.contains(&last.hash)
            {
                return Ok(Applied::Diverges { actor: change.actor, seq: last.seq });
            }
            let tip = Tip { seq: change.seq, hash: change.hash };
            let device = devices.get(&change.actor).copied().unwrap_or(self.me);
            let author =
                |error: crate::admission::Inadmissible| Refused::Author(device, change.actor, tip, error.to_string());
            admit(&scanned, &doc_id, &device, last.map(|tip| tip.hash)).map_err(author)?;
            let ends: Option<Vec<u64>> =
                scanned.deps.iter().map(|dep| known.get(dep).copied().or_else(|| loaded.end_of(dep))).collect();
            let Some(ends) = ends.or_else(|| is_planted(Planted::DropDependency).then(|| vec![scanned.start_op]))
            else {
                return Ok(Applied::MissingDependencies);
            };
            admit_counters(scanned.start_op, ends.into_iter().max().unwrap_or(1)).map_err(author)?;
            known.insert(change.hash, scanned.start_op + scanned.ops.len() as u64);
            tips.insert(change.actor, tip);
            batch.push((scanned, change.bytes.clone()));
        }
        let barred = self.bars(&doc_id, devices.iter());
        let left = leave_unkept(&barred, &mut batch);
        let runs = match left.is_empty() {
            true => runs.to_vec(),
            false => shortened(&doc_id, runs, &left),
        };
        tips.clear();
        let mut bytes: BTreeMap<ActorId, usize> = BTreeMap::new();
        for (change, raw) in &batch {
            tips.insert(change.actor, Tip { seq: change.seq, hash: change.hash });
            *bytes.entry(change.actor).or_default() += raw.len();
        }
        let applied = self.apply_batch(doc_id, batch, &tips, &devices)?;
        self.put_runs(doc_id, &runs, &bytes);
        if !barred.is_empty() {
            self.note_judged(doc_id);
        } else if bytes.keys().any(|actor| devices.get(actor) == Some(&self.me)) && !doc_id.is_person() {
            self.note_put_back();
        }
        let left = left.iter().map(|(change, _)| (change.actor, Tip { seq: change.seq, hash: change.hash })).collect();
        Ok(Applied::Complete { changes: applied, runs, tips, left })
    }

    /// What the document holds now has been judged under the bars that hold for its actors now.
    pub(super) fn note_judged(&mut self, doc_id: DocId) {
        let Some(judged) = self.docs.get(&doc_id).filter(|doc| !doc.resists).map(|doc| self.bars_in(doc).digest())
        else {
            return;
        };
        self.doc_mut(doc_id).meta.judged = judged;
        self.write_meta(doc_id);
    }

    /// Says of what was offered that late changes of those who may write no more were left. They are not asked for
    /// again, until the roster changes or somebody has built on them.
    fn leave(
        &mut self,
        id: SessionId,
        doc_id: DocId,
        offered: &mut BTreeMap<ActorId, Tip>,
        left: &BTreeMap<ActorId, Tip>,
    ) {
        if left.is_empty() {
            return;
        }
        let doc = self.doc_mut(doc_id);
        doc.held_back.raise(left);
        for actor in left.keys() {
            match doc.frontier.get(actor) {
                Some(tip) => drop(offered.insert(*actor, *tip)),
                None => drop(offered.remove(actor)),
            }
        }
        self.tell_again(id, doc_id);
    }

    /// Something else may count from now on: what was refused is judged again when a peer offers it.
    pub(super) fn forget_refusals(&mut self) {
        for doc in self.docs.values_mut() {
            doc.held_back = Frontier::default();
        }
    }

    /// Takes the runs of changes that have just been applied: the latest of each actor, and those below it.
    fn put_runs(&mut self, doc_id: DocId, runs: &[StoredRun], bytes: &BTreeMap<ActorId, usize>) {
        let mut latest: BTreeMap<ActorId, &StoredRun> = BTreeMap::new();
        for run in runs {
            let known = latest.entry(run.run.actor(&doc_id)).or_insert(run);
            if known.run.seq < run.run.seq {
                *known = run;
            }
        }
        let below = runs.iter().filter(|run| {
            let actor = run.run.actor(&doc_id);
            bytes.contains_key(&actor) && latest.get(&actor).is_some_and(|top| run.run.seq < top.run.seq)
        });
        self.keep_runs(doc_id, below, true);
        for (actor, run) in latest {
            if let Some(bytes) = bytes.get(&actor) {
                self.put_run(doc_id, actor, run.clone(), *bytes);
            }
        }
    }

    fn judge_cuts(&self, doc_id: &DocId, runs: &[StoredRun]) -> Result<(), Refused> {
        for run in runs {
            let actor = run.run.actor(doc_id);
            let cut = self.roster.cuts.get(&(*doc_id, actor));
            if cut.is_some_and(|cut| run.tip_seq() >= cut.seq) {
                let tip = Tip { seq: run.run.seq, hash: run.run.hash };
                return Err(Refused::Author(run.run.device, actor, tip, TWO_BRANCHES.into()));
            }
        }
        Ok(())
    }

    /// Applies to the document and writes changes, rows and meta into the batch.
    fn apply_batch(
        &mut self,
        doc_id: DocId,
        batch: Vec<(ScannedChange, Vec<u8>)>,
        tips: &BTreeMap<ActorId, Tip>,
        devices: &BTreeMap<ActorId, DeviceKey>,
    ) -> Result<Vec<StoredChange>, Refused> {
        // Should these not fit, the document is thrown away: what this slice has written of it before is shown first.
        if self.rows_due.iter().any(|(due, _)| *due == doc_id) {
            self.project_due();
        }
        let doc = self.doc_mut(doc_id);
        let Some(loaded) = doc.loaded.as_mut().filter(|_| !batch.is_empty()) else { return Ok(Vec::new()) };
        let touched = match loaded.apply(&doc_id, &batch) {
            Ok(touched) => touched,
            Err(Unfit { actor, what, intact }) => {
                // What it left behind in memory is not trusted: the next use loads the stored state.
                if !intact {
                    doc.loaded = None;
                }
                let author = actor.and_then(|actor| Some((*devices.get(&actor)?, actor, *tips.get(&actor)?)));
                return Err(match author {
                    Some((device, actor, tip)) => Refused::Author(device, actor, tip, what),
                    None => Refused::Sender(what),
                });
            }
        };
        doc.meta.records = count_records(doc_id, doc, &batch);
        doc.meta.raw_changes += batch.len() as u64;
        for (actor, tip) in tips {
            doc.advance(*actor, *tip);
        }
        self.note_late(doc_id, batch.iter().map(|(scanned, _)| scanned));
        let mut applied = Vec::with_capacity(batch.len());
        for (scanned, bytes) in batch {
            let change = StoredChange { actor: scanned.actor, seq: scanned.seq, hash: scanned.hash, bytes };
            self.batch.push(Write::PutChange(doc_id, change.clone()));
            applied.push(change);
        }
        self.rows_due.extend(touched.into_iter().map(|key| (doc_id, key)));
        self.write_meta(doc_id);
        Ok(applied)
    }

    /// Passes changes on to every connected reader that has their dependencies; the others are told.
    pub(super) fn push_to_readers(
        &mut self,
        doc_id: DocId,
        changes: &[StoredChange],
        runs: &[StoredRun],
        from: Option<SessionId>,
    ) {
        let Some(doc) = self.docs.get_mut(&doc_id) else { return };
        let digest = doc.digest();
        let tips: BTreeMap<ActorId, Tip> =
            changes.iter().map(|change| (change.actor, Tip { seq: change.seq, hash: change.hash })).collect();
        let size: usize = changes.iter().map(|change| change.bytes.len() + 16).sum();
        let small = changes.len() <= limits::PUSH_CHANGES_MAX && size <= limits::MESSAGE_BYTES_MAX / 2;
        // A run that reaches beyond what is part of the document travels in answers only.
        let pushable = small && runs.iter().all(|run| run.tail.is_empty());
        let mut push: Option<Arc<Message>> = None;
        let mut tell = Vec::new();
        let nothing = Frontier::default();
        let readers: Vec<SessionId> = self.sessions.keys().copied().filter(|id| Some(*id) != from).collect();
        for id in readers {
            let Some(session) = self.sessions.get(&id).filter(|s| s.matched && s.compared) else { continue };
            if !self.may_send(&doc_id.register, &session.device) {
                continue;
            }
            let Some(doc) = self.docs.get(&doc_id) else { return };
            let sent = session.sent.get(&doc_id).unwrap_or(&nothing);
            let lacking = changes.iter().filter(|change| change.seq > sent.seq(&change.actor)).count() as u64;
            if lacking == 0 {
                continue;
            }
            if doc.frontier.beyond(sent) != changes.len() as u64 || !pushable {
                tell.push(id);
                continue;
            }
            let message = push.get_or_insert_with(|| Arc::new(push_of(doc_id, changes, runs))).clone();
            self.staged.push(super::Staged::Send { session: id, message, at_once: from.is_none() });
            if let Some(session) = self.sessions.get_mut(&id) {
                session.will_hold(doc_id, &tips, &doc.frontier);
                session.told.insert(doc_id, digest);
            }
        }
        for id in tell {
            self.tell(id, &[doc_id]);
        }
    }

    pub(super) fn send_ack(&mut self, id: SessionId, doc: DocId, tips: BTreeMap<ActorId, Tip>) {
        let mine = self.doc_mut(doc).digest();
        let (Some(session), Some(held)) = (self.sessions.get_mut(&id), self.docs.get(&doc)) else { return };
        session.holds(doc, &tips, &held.frontier);
        session.told.insert(doc, mine);
        let device = session.device;
        self.ack(id, doc, tips);
        self.note_delivered(device, doc);
    }

    /// Says that changes are here, unless their sender reads them no more: the scope of a person may have moved away.
    fn ack(&mut self, id: SessionId, doc: DocId, tips: BTreeMap<ActorId, Tip>) {
        if self.sessions.get(&id).is_some_and(|session| self.may_send(&doc.register, &session.device)) {
            self.send(id, Message::Ack { doc, tips });
        }
    }

    /// A document has grown: compare it again with every session.
    pub(super) fn after_growth(&mut self, doc: DocId) {
        for id in self.sessions.keys().copied().collect::<Vec<_>>() {
            self.compare(id, doc);
        }
    }

    /// What was sent does not fit what we hold: ask the sender for everything that we lack.
    fn want_again(&mut self, id: SessionId, doc_id: DocId) {
        let doc = self.doc_mut(doc_id);
        if doc.fetching.is_some() {
            return;
        }
        let digest = doc.digest();
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.missed.get(&doc_id).is_some_and(|miss| miss.digest == digest) {
            // The same question gets the same answer, and that did not fit.
            return self.ask_this_later(id, doc_id);
        }
        session.missed.insert(doc_id, Miss { digest, not_before_ms: 0 });
        self.want(id, doc_id);
    }

    /// Asks one peer for a document no more for a while: what it sends does not fit. The others are asked.
    pub(super) fn ask_this_later(&mut self, id: SessionId, doc_id: DocId) {
        let (now, digest) = (self.now.mono_ms, self.doc_mut(doc_id).digest());
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let miss = session.missed.entry(doc_id).or_insert(Miss { digest, not_before_ms: 0 });
        miss.digest = digest;
        if miss.not_before_ms <= now {
            // A delay that runs already is not made longer.
            miss.not_before_ms = now + limits::CHECK_RETRY_MS;
            self.retry_by(now + limits::CHECK_RETRY_MS);
        }
    }

    /// Names the one at fault. The sender's session ends; what an author signed is held back for good.
    pub(super) fn refuse(&mut self, id: SessionId, doc_id: DocId, refused: Refused) {
        match refused {
            Refused::Sender(text) => self.end_session(id, text),
            Refused::Author(device, actor, tip, text) => {
                self.fault(device, text);
                let doc = self.doc_mut(doc_id);
                if doc.held_back.seq(&actor) < tip.seq {
                    doc.held_back.insert(actor, tip);
                }
                self.tell_again(id, doc_id);
                self.ask_this_later(id, doc_id);
                self.compare(id, doc_id);
            }
        }
    }

    /// Part n+1 is accepted once part n holds enough records.
    pub(super) fn part_is_open(&self, doc: &DocId) -> bool {
        if doc.is_person() || !self.is_place(doc) {
            return self.is_place(doc);
        }
        let before = DocId { register: doc.register, part: doc.part.saturating_sub(1) };
        doc.part <= 1
            || doc.part <= limits::PART_NUMBER_MAX
                && self.docs.get(&before).is_some_and(|before| before.meta.records >= limits::PART_RECORDS_MIN)
    }
}

/// What became of judged changes.
enum Applied {
    Complete {
        changes: Vec<StoredChange>,
        /// Their runs, cut down to what was taken.
        runs: Vec<StoredRun>,
        tips: BTreeMap<ActorId, Tip>,
        /// The last of the changes that were left out, by actor.
        left: BTreeMap<ActorId, Tip>,
    },
    MissingDependencies,
    Diverges {
        actor: ActorId,
        seq: u64,
    },
}

impl ScannedChange {
    fn judged(&self) -> Judged<'_> {
        Judged { actor: self.actor, seq: self.seq, hash: self.hash, deps: &self.deps }
    }
}

/// Takes out of changes, dependencies first, what bars keep out.
fn leave_unkept(bars: &Bars, batch: &mut Vec<(ScannedChange, Vec<u8>)>) -> Vec<(ScannedChange, Vec<u8>)> {
    let unkept = bars.unkept(batch.iter().map(|(change, _)| change.judged()));
    if unkept.is_empty() || is_planted(Planted::TakeBarred) {
        return Vec::new();
    }
    batch.extract_if(.., |(change, _)| unkept.contains(&change.hash)).collect()
}

/// The runs of what is taken: where an actor's last changes were left out, those up to its next run become the tail of
/// that run, which ties the signature to what stays.
fn shortened(doc: &DocId, runs: &[StoredRun], left: &[(ScannedChange, Vec<u8>)]) -> Vec<StoredRun> {
    let mut ends: BTreeMap<ActorId, u64> = BTreeMap::new();
    for (change, _) in left {
        let end = ends.entry(change.actor).or_insert(change.seq - 1);
        *end = (*end).min(change.seq - 1);
    }
    let mut covering: BTreeMap<ActorId, u64> = BTreeMap::new();
    for run in runs {
        let (actor, seq) = (run.run.actor(doc), run.run.seq);
        if ends.get(&actor).is_some_and(|end| *end <= seq) {
            let first = covering.entry(actor).or_insert(seq);
            *first = (*first).min(seq);
        }
    }
    let within = |run: &&StoredRun| covering.get(&run.run.actor(doc)).is_none_or(|last| run.run.seq <= *last);
    let shorten = |run: &StoredRun| StoredRun { tail: tail(run, &run.run.actor(doc), 0, left), run: run.run.clone() };
    runs.iter().filter(within).map(shorten).collect()
}

fn push_of(doc: DocId, changes: &[StoredChange], runs: &[StoredRun]) -> Message {
    let changes = changes.iter().map(|change| change.bytes.clone().into()).collect();
    Message::Push { doc, changes, runs: runs.to_vec() }
}

/// Records after a batch: in a random part each creation is one; a links part is counted where a batch
/// wrote a key that nothing stood at.
fn count_records(id: DocId, doc: &super::document::Document, batch: &[(ScannedChange, Vec<u8>)]) -> u64 {
    let creations =
        batch.iter().flat_map(|(change, _)| &change.ops).filter(|op| op.obj == ObjRef::Root && op.predecessors == 0);
    if !id.is_links() {
        return doc.meta.records + creations.filter(|op| matches!(op.key, KeyRef::Map(_))).count() as u64;
    }
    match (&doc.loaded, creations.count()) {
        (Some(loaded), 1..) => crate::record::keys(&loaded.am, &id).len() as u64,
        _ => doc.meta.records,
    }
}
