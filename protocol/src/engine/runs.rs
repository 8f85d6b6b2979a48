//! The runs of a document: the latest one of each actor, and those that stay below it.
//!
//! A run stays at every 256th sequence and wherever 64 KiB of the actor's changes have come together since the last
//! one that stays. Whatever has to show a part of a history, a branch or the proof of a divergence, can therefore end
//! soon after the point that matters instead of at the actor's latest change.

use super::document::Document;
use super::{Engine, StoredRun, Write};
use crate::ids::{ActorId, DocId};
use crate::limits;
use crate::run::Frontier;
use std::collections::BTreeMap;

/// Runs that stay below the latest one, by actor and sequence.
#[derive(Clone, Default)]
pub(super) struct Kept {
    runs: BTreeMap<ActorId, BTreeMap<u64, StoredRun>>,
    /// How many they are, without those that were the latest ones at the start.
    count: usize,
    /// Bytes of each actor's changes since its last run that stays, as far as this process has seen them.
    since: BTreeMap<ActorId, usize>,
}

impl Kept {
    /// From the store. The latest runs stay as well, beyond the number that there is room for: how many bytes lie before
    /// them nobody remembers.
    pub fn new<'a>(lower: &[StoredRun], latest: impl Iterator<Item = (ActorId, &'a StoredRun)>, doc: &DocId) -> Self {
        let mut kept = Self::default();
        for run in lower {
            kept.insert(run.run.actor(doc), run.clone());
        }
        for (actor, run) in latest {
            kept.runs.entry(actor).or_default().insert(run.run.seq, run.clone());
        }
        kept
    }

    /// Whether there was a place for it.
    fn insert(&mut self, actor: ActorId, run: StoredRun) -> bool {
        self.since.remove(&actor);
        if self.count >= limits::RUNS_KEPT_MAX {
            return false;
        }
        let replaced = self.runs.entry(actor).or_default().insert(run.run.seq, run);
        self.count += usize::from(replaced.is_none());
        true
    }

    fn holds(&self, actor: &ActorId, seq: u64) -> bool {
        self.runs.get(actor).is_some_and(|runs| runs.contains_key(&seq))
    }

    /// Whether a run at this sequence stays, where `bytes` of changes have come since the actor's run before it.
    pub fn is_due(&self, actor: &ActorId, seq: u64, bytes: usize) -> bool {
        let last = self.runs.get(actor).and_then(|runs| runs.last_key_value()).map_or(0, |(seq, _)| *seq);
        let since = self.since.get(actor).copied().unwrap_or(0) + bytes;
        since >= limits::RUN_KEEP_BYTES || seq / limits::RUN_KEEP_EVERY > last / limits::RUN_KEEP_EVERY
    }

    /// The runs of an actor beyond a sequence and below another.
    fn between(&self, actor: &ActorId, beyond: u64, below: u64) -> impl Iterator<Item = &StoredRun> {
        let inside = move |(seq, _): &(&u64, &StoredRun)| **seq > beyond && **seq < below;
        self.runs.get(actor).into_iter().flatten().filter(inside).map(|(_, run)| run)
    }

    /// Forgets what lies beyond a frontier, after a cut; what stays.
    pub fn cut(&mut self, frontier: &Frontier) -> impl Iterator<Item = (ActorId, &StoredRun)> {
        self.since.clear();
        for (actor, runs) in &mut self.runs {
            let before = runs.len();
            runs.retain(|seq, _| *seq <= frontier.seq(actor));
            self.count = self.count.saturating_sub(before - runs.len());
        }
        self.runs.iter().flat_map(|(actor, runs)| runs.values().map(|run| (*actor, run)))
    }
}

impl Document {
    /// The runs that cover what a peer with `frontier` lacks, of each actor the latest one last.
    pub fn runs_beyond(&self, frontier: &Frontier) -> Vec<StoredRun> {
        let beyond = self.frontier.apart(frontier).filter(|(_, mine, theirs)| mine != theirs);
        let runs = beyond.filter_map(|(actor, ..)| Some((actor, self.runs.get(actor)?)));
        runs.flat_map(|(actor, run)| self.of_actor(frontier, actor, run)).collect()
    }

    /// These latest runs, each after those that stay below it.
    pub fn with_kept(&self, beyond: &Frontier, latest: &BTreeMap<ActorId, StoredRun>) -> Vec<StoredRun> {
        latest.iter().flat_map(|(actor, run)| self.of_actor(beyond, actor, run)).collect()
    }

    /// An actor's latest run after those that stay below it, if there is anything of the actor beyond a frontier.
    fn of_actor(&self, beyond: &Frontier, actor: &ActorId, run: &StoredRun) -> Vec<StoredRun> {
        let from = beyond.seq(actor);
        if self.frontier.seq(actor) <= from {
            return Vec::new();
        }
        self.kept.between(actor, from, run.tip_seq()).cloned().chain([run.clone()]).collect()
    }

    /// The first run that covers an actor's change: one that stays, or the latest. Whether a run that stays names
    /// the change that is here is seen now: it may have come with a snapshot, which nobody has loaded.
    pub fn run_covering(&self, actor: &ActorId, seq: u64) -> Option<&StoredRun> {
        let kept = self.kept.between(actor, seq.saturating_sub(1), u64::MAX).find(|run| self.names(actor, run));
        let latest = self.runs.get(actor).filter(|run| run.run.seq >= seq);
        [kept, latest].into_iter().flatten().min_by_key(|run| run.run.seq)
    }

    /// Of each actor that a lesser frontier still holds the first run that covers what it holds.
    pub fn runs_down_to(&self, frontier: &Frontier) -> BTreeMap<ActorId, StoredRun> {
        let held = self.runs.iter().filter(|(actor, _)| frontier.seq(actor) > 0);
        held.map(|(actor, latest)| {
            let covering = self.run_covering(actor, frontier.seq(actor)).filter(|run| run.run.seq < latest.tip_seq());
            (*actor, covering.unwrap_or(latest).clone())
        })
        .collect()
    }

    /// The sequence of the last run that stays below an actor's change; 0 where there is none.
    pub fn kept_below(&self, actor: &ActorId, seq: u64) -> u64 {
        let below = self.kept.between(actor, 0, seq).filter(|run| self.names(actor, run));
        below.last().map_or(0, |run| run.run.seq)
    }

    fn names(&self, actor: &ActorId, run: &StoredRun) -> bool {
        self.loaded.as_ref().and_then(|loaded| loaded.hash_at(actor, run.run.seq)) == Some(run.run.hash)
    }
}

impl Engine {
    /// Takes an actor's latest run into memory and batch. `bytes`: of its changes since the run before it.
    pub(super) fn put_run(&mut self, id: DocId, actor: ActorId, run: StoredRun, bytes: usize) {
        if run.run.device == self.me {
            self.note_own(id, actor);
        }
        let Some(doc) = self.docs.get_mut(&id) else { return };
        let seq = run.run.seq;
        if doc.kept.is_due(&actor, seq, bytes) {
            doc.kept.insert(actor, run.clone());
        } else {
            *doc.kept.since.entry(actor).or_default() += bytes;
        }
        doc.moved.insert(actor);
        let old = doc.runs.insert(actor, run.clone());
        let replaced = old.filter(|old| old.run.seq != seq && !doc.kept.holds(&actor, old.run.seq));
        self.batch.push(Write::PutRun(id, actor, run));
        self.metas_due.insert(id);
        if let Some(old) = replaced {
            self.batch.push(Write::DropRun(id, actor, old.run.seq));
        }
    }

    /// Takes runs that stay below the latest ones; `checked`: the document is loaded and tells whether they fit.
    pub(super) fn keep_runs<'a>(&mut self, id: DocId, runs: impl Iterator<Item = &'a StoredRun>, checked: bool) {
        let Some(doc) = self.docs.get_mut(&id) else { return };
        for run in runs.filter(|run| run.tail.is_empty()) {
            let actor = run.run.actor(&id);
            let fits = run.run.seq < doc.frontier.seq(&actor) && (!checked || doc.names(&actor, run));
            if fits && !doc.kept.holds(&actor, run.run.seq) && doc.kept.insert(actor, run.clone()) {
                self.batch.push(Write::PutRun(id, actor, run.clone()));
            }
        }
    }
}

/// The runs of a message below the latest one of their actor.
pub(super) fn lower(doc: &DocId, runs: &[StoredRun], latest: &BTreeMap<ActorId, StoredRun>) -> Vec<StoredRun> {
    let is_lower = |run: &&StoredRun| latest.get(&run.run.actor(doc)).is_some_and(|top| run.run.seq < top.run.seq);
    runs.iter().filter(is_lower).cloned().collect()
}
