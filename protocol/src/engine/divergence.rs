//! Equivocation: two run-valid changes of one actor with the same sequence.
//!
//! Whoever sees that a peer holds another branch shows its own; the peer finds the first difference, which
//! makes a proof that travels like a statement. Everyone ends the actor there and rebuilds the document
//! ([`super::rebuild`]).

use super::document::Parked;
use super::{Engine, SessionId};
use crate::divergence::prove;
use crate::ids::{ActorId, ChangeHash, DocId};
use crate::limits;
use crate::message::{BranchShown, Message};
use crate::run::Tip;
use crate::scan::{ScannedChange, scan};
use crate::statement::{Branch, SignedStatement};
use minicbor::bytes::ByteVec;
use std::cmp::Ordering;

impl Engine {
    /// Compares a peer's tips with ours: the same sequence with another hash is another branch.
    pub(super) fn look_for_divergence(&mut self, id: SessionId, doc_id: DocId) {
        let Some(doc) = self.docs.get(&doc_id) else { return };
        let Some(theirs) = self.sessions.get(&id).and_then(|session| session.acked.get(&doc_id)) else { return };
        let differs = |actor: &ActorId, mine: &Tip, tip: &Tip| match mine.seq.cmp(&tip.seq) {
            Ordering::Equal => mine.hash != tip.hash,
            Ordering::Greater => {
                doc.loaded.as_ref().and_then(|l| l.hash_at(actor, tip.seq)).is_some_and(|hash| hash != tip.hash)
            }
            Ordering::Less => false,
        };
        let both = doc.frontier.apart(theirs).filter_map(|(actor, mine, theirs)| Some((actor, mine?, theirs?)));
        let apart = both.filter(|(actor, mine, theirs)| differs(actor, mine, theirs));
        let found: Vec<(ActorId, u64)> = apart.map(|(actor, _, theirs)| (*actor, theirs.seq)).collect();
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
        self.send(id, Message::Branch(shown));
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
}

enum Difference {
    None,
    At { seq: u64, base: Option<ChangeHash> },
    Below(u64),
}
