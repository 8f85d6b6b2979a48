//! Equivocation: two run-valid changes of one actor with the same sequence.
//!
//! Whoever sees that a peer holds another branch shows its own; the peer finds the first difference, which
//! makes a proof that travels like a statement. Everyone ends the actor there, drops what descends from it
//! and rebuilds; each device issues its own dropped edits again under a new actor.

use super::again::Texts;
use super::document::{Loaded, Parked};
use super::{Engine, SessionId, StoredRun, StoredSnapshot, Write};
use crate::check;
use crate::divergence::prove;
use crate::ids::{ActorId, ChangeHash, DocId};
use crate::limits;
use crate::message::{BranchShown, Message};
use crate::planted::{Planted, is_planted};
use crate::record::dropped_changes;
use crate::run::Tip;
use crate::scan::{ScannedChange, scan};
use crate::statement::{Branch, SignedStatement};
use automerge::Automerge;
use minicbor::bytes::ByteVec;
use std::collections::BTreeMap;

impl Engine {
    /// Compares a peer's tips with ours: the same sequence with another hash is another branch.
    pub(super) fn look_for_divergence(&mut self, id: SessionId, doc_id: DocId) {
        let Some(doc) = self.docs.get(&doc_id) else { return };
        let Some(theirs) = self.sessions.get(&id).and_then(|session| session.acked.get(&doc_id)) else { return };
        let differs = |(actor, tip): &(&ActorId, &Tip)| match doc.meta.frontier.0.get(actor) {
            Some(mine) if mine.seq == tip.seq => mine.hash != tip.hash,
            Some(mine) if mine.seq > tip.seq => {
                doc.loaded.as_ref().and_then(|l| l.hash_at(actor, tip.seq)).is_some_and(|hash| hash != tip.hash)
            }
            _ => false,
        };
        let found: Vec<(ActorId, u64)> = theirs.0.iter().filter(differs).map(|(a, tip)| (*a, tip.seq)).collect();
        for (actor, seq) in found {
            self.show_branch(id, doc_id, actor, seq);
        }
    }

    /// Shows our branch of an actor around `seq` to a peer, once per session: from the run that stays below it to the
    /// one above. Where the branches part further down, the peer says so by showing its own there.
    pub(super) fn show_branch(&mut self, id: SessionId, doc_id: DocId, actor: ActorId, seq: u64) {
        if self.sessions.get(&id).is_none_or(|s| s.shown.contains(&(doc_id, actor, seq))) {
            return;
        }
        if !self.load_or_park(doc_id, Parked::ShowBranch(id, actor, seq)) {
            return;
        }
        let Some(doc) = self.docs.get(&doc_id) else { return };
        let Some((loaded, run)) = doc.loaded.as_ref().zip(doc.run_covering(&actor, seq)) else { return };
        let first = seq.saturating_sub(limits::RUN_KEEP_EVERY).max(doc.kept_below(&actor, seq) + 1);
        let Some(changes) = loaded.branch(&actor, first, run.tip_seq()) else { return };
        let changes: Vec<ByteVec> = changes.into_iter().map(ByteVec::from).chain(run.tail.iter().cloned()).collect();
        if changes.iter().map(|change| change.len()).sum::<usize>() > limits::BRANCH_BYTES_MAX {
            // Only a history whose runs were made by something else than this code is that far from a run.
            return;
        }
        let shown = BranchShown { doc: doc_id, run: run.clone(), first, changes };
        if let Some(session) = self.sessions.get_mut(&id) {
            session.shown.insert((doc_id, actor, seq));
        }
        self.send(id, &Message::Branch(shown));
    }

    /// A peer shows its branch: find the first difference and prove it.
    pub(super) fn handle_branch(&mut self, id: SessionId, shown: BranchShown) {
        let doc_id = shown.doc;
        let actor = shown.run.run.actor(&doc_id);
        let Some(session) = self.sessions.get(&id) else { return };
        if !self.may_send(&doc_id.register, &session.device) || !self.roster.may_read(&doc_id.register, &self.me) {
            return;
        }
        if shown.run.run.clone().verify(&doc_id).is_none() {
            return self.end_session(id, "showed a branch whose run is not good");
        }
        if !self.load_or_park(doc_id, Parked::Branch(id, shown.clone())) {
            return;
        }
        let scanned: Result<Vec<ScannedChange>, _> = shown.changes.iter().map(|bytes| scan(bytes)).collect();
        let Ok(theirs) = scanned else { return self.end_session(id, "showed a branch that cannot be read") };
        match self.first_difference(&doc_id, &actor, &theirs) {
            Difference::None => {}
            Difference::Below(seq) => self.show_branch(id, doc_id, actor, seq),
            Difference::At { seq, base } => {
                let proof = self.proof(&doc_id, &actor, seq, base, &shown);
                if let Some(proof) = proof {
                    self.adopt_statements(vec![proof]);
                }
            }
        }
    }

    fn first_difference(&self, doc_id: &DocId, actor: &ActorId, theirs: &[ScannedChange]) -> Difference {
        let Some(loaded) = self.docs.get(doc_id).and_then(|doc| doc.loaded.as_ref()) else { return Difference::None };
        for (index, change) in theirs.iter().enumerate() {
            match loaded.hash_at(actor, change.seq) {
                Some(mine) if mine == change.hash => {}
                None => return Difference::None,
                Some(_) => {
                    let base = loaded.hash_at(actor, change.seq - 1);
                    let same_base = base.is_none_or(|base| change.deps.contains(&base));
                    return match same_base {
                        true => Difference::At { seq: change.seq, base },
                        // Their first change shown does not follow ours: the branches part further down.
                        false if index == 0 => Difference::Below(change.seq.saturating_sub(1).max(1)),
                        false => Difference::None,
                    };
                }
            }
        }
        Difference::None
    }

    fn proof(
        &self,
        doc_id: &DocId,
        actor: &ActorId,
        seq: u64,
        base: Option<ChangeHash>,
        shown: &BranchShown,
    ) -> Option<SignedStatement> {
        let doc = self.docs.get(doc_id)?;
        let (loaded, run) = (doc.loaded.as_ref()?, doc.run_covering(actor, seq)?);
        let mine =
            loaded.branch(actor, seq, run.tip_seq())?.into_iter().map(ByteVec::from).chain(run.tail.iter().cloned());
        let skip = usize::try_from(seq.checked_sub(shown.first)?).ok()?;
        let theirs = shown.changes.iter().skip(skip).cloned();
        let left = Branch { run: run.run.clone(), changes: mine.collect() };
        let right = Branch { run: shown.run.run.clone(), changes: theirs.collect() };
        let statement = prove(*doc_id, base, seq, left, right);
        SignedStatement::unsigned(&statement).verify().ok().map(|verified| verified.signed)
    }

    // ── the consequence ─────────────────────────────────────────────────────────────────────────────────

    /// Cuts every document that still holds what a proven divergence ends.
    pub(super) fn cut_proven(&mut self) {
        let roster = self.roster.clone();
        let mut due: Vec<DocId> = roster
            .cuts
            .iter()
            .filter(|((id, actor), cut)| self.docs.get(id).is_some_and(|doc| doc.meta.frontier.seq(actor) >= cut.seq))
            .map(|((id, _), _)| *id)
            .collect();
        due.dedup();
        for id in due {
            self.cut_document(id);
        }
    }

    /// Rebuilds a document without what its proven divergences end and what descends from it.
    pub(super) fn cut_document(&mut self, id: DocId) {
        if !self.load_or_park(id, Parked::Cut) {
            return;
        }
        let cuts: BTreeMap<ActorId, u64> = self
            .roster
            .cuts
            .iter()
            .filter(|((doc, _), _)| *doc == id)
            .map(|((_, actor), cut)| (*actor, cut.seq))
            .collect();
        let Some(loaded) = self.docs.get_mut(&id).and_then(|doc| doc.loaded.take()) else { return };
        let (am, gone) = match loaded.without(&cuts) {
            Ok(rebuilt) => rebuilt,
            Err(text) => return self.stop(format!("document {id:?} could not be rebuilt: {text}")),
        };
        let gone: Vec<(ScannedChange, Vec<u8>)> = gone
            .iter()
            .filter_map(|change| Some((scan(change.raw_bytes()).ok()?, change.raw_bytes().to_vec())))
            .collect();
        self.name_divergent(&id, &cuts);
        self.install_cut(id, am, &gone);
        let left = self.doc_mut(id).meta.frontier.clone();
        self.issue_again(id, &loaded.am, &gone);
        for session in self.sessions.values_mut() {
            session.told.remove(&id);
            session.ahead.remove(&id);
            session.missed.remove(&id);
            // A peer that has cut before us holds what we hold now; of the others nothing is known.
            if session.acked.get(&id) == Some(&left) {
                session.sent.insert(id, left.clone());
            } else {
                session.sent.remove(&id);
                session.acked.remove(&id);
            }
        }
        self.send_hello_to_all();
    }

    fn name_divergent(&mut self, id: &DocId, cuts: &BTreeMap<ActorId, u64>) {
        for actor in cuts.keys() {
            let device = self.docs.get(id).and_then(|doc| doc.runs.get(actor)).map(|run| run.run.device);
            match device {
                Some(device) if device == self.me => {
                    self.renew_actor();
                    self.fault(
                        device,
                        "this machine was rolled back or copied while it ran: its edits were issued again",
                    );
                }
                Some(device) => {
                    self.fault(device, "signed two different histories: its machine was rolled back or copied")
                }
                None => {}
            }
        }
    }

    /// Puts the rebuilt document in place, in memory and in one batch on disk.
    fn install_cut(&mut self, id: DocId, am: Automerge, gone: &[(ScannedChange, Vec<u8>)]) {
        let loaded = Loaded::index(am, self.now.mono_ms);
        let frontier = loaded.frontier();
        let doc = self.doc_mut(id);
        let mut runs = std::mem::take(&mut doc.runs);
        runs.retain(|actor, _| frontier.seq(actor) > 0);
        for (actor, run) in &mut runs {
            run.tail = tail(run, actor, frontier.seq(actor), gone);
        }
        let rows = loaded.all_rows(&id);
        doc.meta.records = rows.len() as u64;
        doc.meta.snapshot = frontier.clone();
        doc.meta.raw_changes = 0;
        doc.set_frontier(frontier.clone());
        doc.held_back = crate::run::Frontier::default();
        doc.runs = runs.clone();
        let kept: Vec<(ActorId, StoredRun)> =
            doc.kept.cut(&frontier).map(|(actor, run)| (actor, run.clone())).collect();
        let bytes = check::encode_snapshot(&loaded.am);
        doc.loaded = Some(loaded);
        // Whatever this slice had written of the document before is part of what was rebuilt.
        self.fresh.remove(&id);
        self.batch.push(Write::ClearDoc(id));
        let latest = runs.iter().map(|(actor, run)| (*actor, run.clone()));
        self.batch.extend(kept.into_iter().chain(latest).map(|(actor, run)| Write::PutRun(id, actor, run)));
        self.batch.push(Write::PutSnapshot(id, StoredSnapshot { bytes, frontier, runs }));
        self.changed.extend(rows.iter().map(|row| (id, row.key.clone())));
        self.batch.extend(rows.iter().map(Write::put_row));
        self.write_meta(id);
    }

    /// Issues this device's own dropped edits again, field by field, under a new actor.
    fn issue_again(&mut self, id: DocId, old: &Automerge, gone: &[(ScannedChange, Vec<u8>)]) {
        let own: Vec<&ScannedChange> =
            gone.iter().map(|(change, _)| change).filter(|change| self.is_own(&id, &change.actor)).collect();
        if own.is_empty() || is_planted(Planted::KeepNoDroppedEdits) {
            return;
        }
        self.write_dropped(id, old, dropped_changes(old, &id, &own), Texts::Merged);
    }

    fn is_own(&self, id: &DocId, actor: &ActorId) -> bool {
        self.docs.get(id).is_some_and(|doc| doc.own_actors.contains(actor))
    }
}

enum Difference {
    None,
    At { seq: u64, base: Option<ChangeHash> },
    Below(u64),
}

/// The changes between an actor's new last change and its run: they tie the signature to what stays.
fn tail(run: &StoredRun, actor: &ActorId, seq: u64, gone: &[(ScannedChange, Vec<u8>)]) -> Vec<ByteVec> {
    let dropped =
        gone.iter().filter(|(change, _)| change.actor == *actor && change.seq > seq && change.seq <= run.run.seq);
    let mut dropped: Vec<(u64, ByteVec)> = dropped.map(|(change, bytes)| (change.seq, bytes.clone().into())).collect();
    dropped.sort_by_key(|(seq, _)| *seq);
    dropped.into_iter().map(|(_, bytes)| bytes).chain(run.tail.iter().cloned()).collect()
}
