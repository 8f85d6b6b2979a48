//! Documents made again without what is part of them no more.
//!
//! Two things take changes back. A proven divergence ends an actor at the first difference, with all that descends
//! from it; each honest device then issues its own dropped edits again, under a new actor. A decision that ends the
//! writing of a partner, of a key or of a device bars what nothing keeps ([`crate::bars`]). In a document that the
//! decision does not name, whoever still may write adopts what it holds, with one empty change: then that keeps it.

use super::again::Texts;
use super::document::{Document, Loaded, Parked};
use super::{Engine, StoredRun, StoredSnapshot, Write};
use crate::bars::Bars;
use crate::check;
use crate::codec::to_cbor;
use crate::ids::{ActorId, DeviceKey, DocId};
use crate::limits;
use crate::planted::{Planted, is_planted};
use crate::record::{Dropped, dropped_changes, keys};
use crate::run::Frontier;
use crate::scan::{ScannedChange, scan};
use crate::statement::Stays;
use automerge::transaction::CommitOptions;
use automerge::{Automerge, Change};
use minicbor::bytes::ByteVec;
use std::collections::BTreeMap;

/// Changes with what the scan says of them.
type Scanned = Vec<(ScannedChange, Vec<u8>)>;

impl Engine {
    /// The bars that hold for some actors of a document. A device that is out itself judges nobody: it keeps all that it
    /// has, for the day on which it is a member again, or for itself.
    pub(super) fn bars<'a>(&self, id: &DocId, actors: impl Iterator<Item = (&'a ActorId, &'a DeviceKey)>) -> Bars {
        if self.roster.former.contains_key(&self.me) { Bars::default() } else { self.roster.bars(id, actors) }
    }

    /// The bars that hold for the actors of some runs of a document.
    pub(super) fn bars_of(&self, id: &DocId, runs: &BTreeMap<ActorId, StoredRun>) -> Bars {
        self.bars(id, runs.iter().map(|(actor, run)| (actor, &run.run.device)))
    }

    /// The bars that hold in a document.
    pub(super) fn bars_in(&self, doc: &Document) -> Bars {
        self.bars_of(&doc.id, &doc.runs)
    }

    /// Rebuilds every document that holds what a proven divergence ends, or that other bars than those of now have
    /// been looked at for: those in memory at once, the others one after the other, or all of them would be in memory.
    pub(super) fn rebuild_due(&mut self) {
        let waits = |doc: &Document| doc.parked.iter().any(|parked| matches!(parked, Parked::Rebuild));
        let mut waiting = self.docs.values().any(waits);
        for id in self.docs.keys().copied().collect::<Vec<_>>() {
            let Some(doc) = self.docs.get(&id).filter(|_| self.is_rebuild_due(&id)) else { continue };
            let at_once = doc.loaded.is_some() || doc.frontier.is_empty() || self.stays_as_it_is(&id);
            if at_once || !waiting {
                self.rebuild(id);
                waiting |= self.docs.get(&id).is_some_and(waits);
            }
        }
    }

    /// Whether nothing of a document goes under the bars of now, as far as that can be told without loading it.
    fn stays_as_it_is(&self, id: &DocId) -> bool {
        let Some(doc) = self.docs.get(id) else { return false };
        let bars = self.bars_in(doc);
        self.cuts_due(doc).is_empty() && bars.0.iter().all(|(actor, stays)| doc.frontier.seq(actor) <= *stays)
    }

    pub(super) fn rebuild_if_due(&mut self, id: DocId) {
        if self.is_rebuild_due(&id) {
            self.rebuild(id);
        }
    }

    pub(super) fn is_rebuild_due(&self, id: &DocId) -> bool {
        let Some(doc) = self.docs.get(id).filter(|doc| !doc.resists) else { return false };
        !self.cuts_due(doc).is_empty() || self.bars_in(doc).digest() != doc.meta.judged
    }

    /// The proven divergences of which the document still holds something: actor → first sequence dropped.
    fn cuts_due(&self, doc: &Document) -> BTreeMap<ActorId, u64> {
        let lowest = (doc.id, ActorId([0; 16]));
        let here = self.roster.cuts.range(lowest..).take_while(|((id, _), _)| *id == doc.id);
        let due = here.filter(|((_, actor), cut)| doc.frontier.seq(actor) >= cut.seq);
        due.map(|((_, actor), cut)| (*actor, cut.seq)).collect()
    }

    /// Rebuilds a document without what its proven divergences end and what its bars keep out.
    fn rebuild(&mut self, id: DocId) {
        if self.stays_as_it_is(&id) {
            // The usual case of a decision: all that is here was named.
            return self.note_judged(id);
        }
        if !self.load_or_park(id, Parked::Rebuild) {
            return;
        }
        let Some(doc) = self.docs.get(&id) else { return };
        let (cuts, mut bars) = (self.cuts_due(doc), self.bars_in(doc));
        let unnamed = self.unnamed(doc, &bars);
        bars.0.retain(|actor, _| !unnamed.contains(actor));
        let rebuilt = doc.loaded.as_ref().map(|loaded| loaded.without(&cuts, &bars));
        match rebuilt {
            Some(Ok(Some((am, gone)))) => self.replace(id, am, &gone, &cuts),
            Some(Ok(None)) | None => {}
            // It stays as it is; nothing that anybody wrote may stop the node.
            Some(Err(text)) => {
                let me = self.me;
                self.doc_mut(id).resists = true;
                return self.fault(me, format!("document {id:?} could not be rebuilt: {text}"));
            }
        }
        match unnamed.is_empty() || self.adopt(id) {
            true => self.note_judged(id),
            false => self.doc_mut(id).resists = true,
        }
    }

    /// The barred actors whose changes this device adopts here: no decision names the document.
    fn unnamed(&self, doc: &Document, bars: &Bars) -> Vec<ActorId> {
        if !self.roster.may_write(&doc.id.register, &self.me) || is_planted(Planted::AdoptNothing) {
            return Vec::new();
        }
        let named =
            |actor: &&ActorId| doc.runs.get(*actor).is_none_or(|run| self.roster.is_named(&doc.id, &run.run.device));
        bars.0.keys().filter(|actor| !named(actor)).copied().collect()
    }

    /// Builds on what the document holds of those who may write no more, unless somebody has done so; whether it is kept.
    fn adopt(&mut self, id: DocId) -> bool {
        let Some(doc) = self.docs.get(&id) else { return false };
        let bars = self.bars_in(doc);
        let kept = doc.loaded.as_ref().is_none_or(|loaded| loaded.unkept(&bars).is_empty());
        if kept {
            return true;
        }
        if let Err(error) = self.join_heads(id) {
            let me = self.me;
            self.fault(me, error.to_string());
            return false;
        }
        let (actor, wall_ms) = (self.own_actor(&id).0, self.now.wall_ms as i64);
        let Some(loaded) = self.doc_mut(id).loaded.as_mut() else { return false };
        loaded.am.set_actor(actor.to_automerge());
        let hash = loaded.am.empty_commit(CommitOptions::default().with_time(wall_ms));
        if let Err(error) = self.note_own_change(id, actor, hash.into()) {
            let me = self.me;
            self.fault(me, format!("what somebody wrote who may write no more could not be kept: {error}"));
            return false;
        }
        true
    }

    /// What this device holds of some writers' changes, for the decision that ends their writing.
    pub(super) fn held_of(&self, wrote: impl Fn(&DocId, &DeviceKey) -> bool) -> Stays {
        let mut stays = Stays::new();
        for doc in self.docs.values() {
            let theirs = doc.runs.iter().filter(|(_, run)| wrote(&doc.id, &run.run.device));
            let tips: BTreeMap<ActorId, u64> = theirs.map(|(actor, _)| (*actor, doc.frontier.seq(actor))).collect();
            if !tips.is_empty() {
                stays.insert(doc.id, tips);
            }
        }
        fitting(stays, limits::STAYS_BYTES_MAX)
    }

    /// Puts the rebuilt document in the place of the old one and sees to what follows for users and peers.
    fn replace(&mut self, id: DocId, am: Automerge, gone: &[Change], cuts: &BTreeMap<ActorId, u64>) {
        let loaded = Loaded::index(am, self.now.mono_ms);
        let frontier = loaded.frontier();
        let Some(doc) = self.docs.get_mut(&id) else { return };
        let runs = doc.runs_down_to(&frontier);
        let authors = doc.runs.iter().map(|(actor, run)| (*actor, run.run.device)).collect();
        let Some(old) = doc.loaded.take() else { return };
        let gone: Scanned = gone
            .iter()
            .filter_map(|change| Some((scan(change.raw_bytes()).ok()?, change.raw_bytes().to_vec())))
            .collect();
        self.name_divergent(&id, cuts);
        // A record of which nothing stays has changed as well: whoever shows it reads that it is gone.
        self.changed.extend(keys(&old.am, &id).into_iter().map(|key| (id, key)));
        self.install(id, loaded, runs, &gone);
        let left = self.doc_mut(id).frontier.clone();
        self.issue_again(id, &old.am, &gone, &authors);
        for session in self.sessions.values_mut() {
            session.told.remove(&id);
            session.ahead.remove(&id);
            session.missed.remove(&id);
            // A peer that has rebuilt before us holds what we hold now; of the others nothing is known.
            if session.acked.get(&id) == Some(&left) {
                session.sent.insert(id, left.clone());
                session.says(id, Some(left.clone()));
            } else {
                session.sent.remove(&id);
                session.says(id, None);
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
    fn install(
        &mut self,
        id: DocId,
        loaded: Loaded,
        mut runs: BTreeMap<ActorId, StoredRun>,
        gone: &[(ScannedChange, Vec<u8>)],
    ) {
        let frontier = loaded.frontier();
        for (actor, run) in &mut runs {
            run.tail = tail(run, actor, frontier.seq(actor), gone);
        }
        let doc = self.doc_mut(id);
        let rows = loaded.all_rows(&id);
        doc.meta.records = rows.len() as u64;
        doc.meta.snapshot_changes = frontier.changes();
        doc.meta.raw_changes = 0;
        doc.set_frontier(frontier.clone());
        doc.held_back = Frontier::default();
        doc.moved.extend(doc.runs.keys().chain(runs.keys()).copied());
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

    /// Issues this device's own dropped edits again, field by field, under a new actor, and keeps those that others had
    /// replaced, for the day on which what these write again is gone as well.
    /// `authors` are the actors of the old document.
    fn issue_again(&mut self, id: DocId, old: &Automerge, gone: &Scanned, authors: &BTreeMap<ActorId, DeviceKey>) {
        let gone: Vec<&ScannedChange> = gone.iter().map(|(change, _)| change).collect();
        if !gone.iter().any(|change| self.is_own(&id, &change.actor)) || is_planted(Planted::KeepNoDroppedEdits) {
            return;
        }
        let Dropped { standing, replaced } = dropped_changes(old, &id, &gone, |actor| self.is_own(&id, actor));
        self.keep_replaced(id, old, replaced, authors);
        match self.roster.may_write(&id.register, &self.me) {
            true => self.write_dropped(id, old, standing, Texts::Merged),
            false => self.wait_for_right(id, standing),
        }
    }

    fn is_own(&self, id: &DocId, actor: &ActorId) -> bool {
        self.docs.get(id).is_some_and(|doc| doc.own.has(actor))
    }
}

/// What of it one statement has room for: the documents with the most actors go first.
fn fitting(mut stays: Stays, bytes_max: usize) -> Stays {
    let mut sizes: Vec<(usize, DocId)> = stays.iter().map(|(id, actors)| (to_cbor(&(id, actors)).len(), *id)).collect();
    sizes.sort_unstable();
    let mut bytes: usize = sizes.iter().map(|(size, _)| size).sum();
    while bytes > bytes_max
        && let Some((size, largest)) = sizes.pop()
    {
        stays.remove(&largest);
        bytes -= size;
    }
    stays
}

/// The changes between an actor's new last change and its run: they tie the signature to what stays.
pub(super) fn tail(run: &StoredRun, actor: &ActorId, seq: u64, gone: &[(ScannedChange, Vec<u8>)]) -> Vec<ByteVec> {
    let dropped =
        gone.iter().filter(|(change, _)| change.actor == *actor && change.seq > seq && change.seq <= run.run.seq);
    let mut dropped: Vec<(u64, ByteVec)> = dropped.map(|(change, bytes)| (change.seq, bytes.clone().into())).collect();
    dropped.sort_by_key(|(seq, _)| *seq);
    dropped.into_iter().map(|(_, bytes)| bytes).chain(run.tail.iter().cloned()).collect()
}
