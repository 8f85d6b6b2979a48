//! How the state of a document is told: whole, or where it has many actors by what has moved.
//!
//! Each start of a process that writes leaves an actor in the document, and after years of daily starts there are
//! thousands that will never move again. Who tells a state names what makes it out of the other's state alone, as far as that
//! is known: what the other has told of, or what it had when the two parted or when its last beacon was written. That is
//! each tip that has moved; where an actor has gone, all tips of its bucket. The state that it goes out from is named: the
//! other takes the rest from that, if it has gone through it, or else from what it knows of the sender, or from what it
//! holds, and sees by the digest of the whole which is right. Where none is, or where nothing is known, the digests of all
//! buckets are told once: from those the other sees which differ, tells its own tips in them and asks for the same. What
//! moves meanwhile moves in one of those.

use super::document::Document;
use super::{Engine, SessionId};
use crate::ids::DocId;
use crate::limits;
use crate::message::{DocFrontier, Message, Rest};
use crate::planted::{Planted, is_planted};
use crate::run::{Buckets, Delta, Frontier};
use minicbor::bytes::ByteArray;
use std::collections::BTreeMap;

impl Document {
    /// Its state for a peer; up to `whole` actors it is told as a whole. `likely`: the peer's state as far as we know.
    pub(super) fn told(&mut self, likely: Option<&Frontier>, whole: usize) -> DocFrontier {
        if self.frontier.len() > whole {
            return match likely {
                Some(likely) => self.told_as(|mine| mine.delta(likely), Some(likely.digest()), false),
                None => self.told_as(|_| Delta::default(), None, false),
            };
        }
        let frontier = planted(&self.frontier).unwrap_or_else(|| self.frontier.clone());
        DocFrontier { held_back: self.held_back.clone(), ..DocFrontier::of(self.id, frontier) }
    }

    /// Its state by what makes it out of the one with the digest `base`; without that, with the digests of all buckets.
    fn told_as(&mut self, delta: impl Fn(&Frontier) -> Delta, base: Option<[u8; 16]>, ask: bool) -> DocFrontier {
        let planted = planted(&self.frontier);
        let digest = planted.as_ref().map_or_else(|| self.digest(), Frontier::digest);
        let state = planted.as_ref().unwrap_or(&self.frontier);
        let Delta { whole, tips } = delta(state);
        let digests = if base.is_none() { digests(state) } else { BTreeMap::new() };
        let rest = Some(Rest { whole, digest, digests, ask, base: base.map(ByteArray::from) });
        DocFrontier { doc: self.id, frontier: tips, held_back: self.held_back.clone(), rest }
    }

    /// A peer's state with all its tips. Where it cannot be made out: our own state beside it, for an answer. `likely`: the
    /// state out of which it tells its own, or else its own as far as we know.
    fn complete(&mut self, told: DocFrontier, likely: Option<&Frontier>) -> Result<DocFrontier, Box<DocFrontier>> {
        let DocFrontier { doc, mut frontier, held_back, rest } = told;
        let whole = |frontier| Ok(DocFrontier { doc, frontier, held_back, rest: None });
        let Some(rest) = rest else {
            frontier.share(&self.frontier);
            return whole(frontier);
        };
        if rest.digest == self.digest() {
            return whole(self.frontier.clone());
        }
        let delta = Delta { whole: rest.whole, tips: frontier };
        // Of a state that we have not gone through the sender believes that we hold it: what it holds itself, or what we do.
        let bases = [likely, Some(&self.frontier)].into_iter().flatten();
        let made = bases.map(|base| base.with(&delta)).find(|made| made.digest() == rest.digest);
        if let Some(mut made) = made {
            made.share(&self.frontier);
            return whole(made);
        }
        if rest.digests.is_empty() {
            let moved = likely.map_or(Buckets::default(), |likely| self.frontier.buckets_apart(likely));
            let apart = moved.union(&delta.whole).union(&delta.tips.buckets());
            return Err(Box::new(self.told_as(|mine| mine.delta_in(apart), None, true)));
        }
        let mine = digests(&self.frontier);
        let apart = (0..=u8::MAX).filter(|bucket| rest.digests.get(bucket) != mine.get(bucket)).collect();
        Err(Box::new(self.told_as(|mine| mine.delta_in(apart), Some(rest.digest), true)))
    }
}

fn digests(state: &Frontier) -> BTreeMap<u8, ByteArray<16>> {
    state.bucket_digests().map(|(bucket, digest)| (bucket, digest.into())).collect()
}

/// Only for the planted bug: a state with a tip less.
fn planted(frontier: &Frontier) -> Option<Frontier> {
    let forgets = is_planted(Planted::ForgetFrontierEntry) && frontier.len() > 1;
    forgets.then(|| frontier.iter().skip(1).map(|(actor, tip)| (*actor, *tip)).collect())
}

impl Engine {
    /// A peer's state of a document: what it has told of in this session, or where that is nothing, what it had when it was
    /// last heard of, if we know that state. It may have moved since.
    pub(super) fn likely(&self, id: SessionId, doc: &DocId) -> Option<Frontier> {
        let session = self.sessions.get(&id)?;
        if let Some(acked) = session.acked.get(doc) {
            return Some(acked.clone());
        }
        let known = self.docs.get(doc)?;
        let gone_through = self.last_told(&session.device, doc).and_then(|digest| known.state_at(&digest));
        gone_through.or_else(|| known.state_beside(self.beside.get(&session.device)?.get(doc)?))
    }

    /// Tells a peer our state of documents, unless it knows; how many tips that takes.
    pub(super) fn tell(&mut self, id: SessionId, docs: &[DocId]) -> usize {
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return 0 };
        let (mut frontiers, mut tips, mut said) = (Vec::new(), 0, 0);
        for doc_id in docs {
            if !self.may_send(&doc_id.register, &device) {
                continue;
            }
            let digest = self.doc_mut(*doc_id).digest();
            let Some(session) = self.sessions.get_mut(&id) else { return said };
            if session.told.insert(*doc_id, digest) == Some(digest) {
                continue;
            }
            let likely = self.likely(id, doc_id);
            let (Some(doc), Some(session)) = (self.docs.get_mut(doc_id), self.sessions.get_mut(&id)) else {
                return said;
            };
            let told = doc.told(likely.as_ref(), self.whole_tips);
            if told.rest.is_some() && !session.acked.contains_key(doc_id) {
                // Until it has answered with what it holds, it need not hear of each step; from digests it can tell only what
                // it does not know yet.
                let first = session.unanswered.insert(*doc_id);
                if !first || likely.is_none() {
                    session.told.remove(doc_id);
                }
                if !first {
                    continue;
                }
            }
            // Three digests are as long as a tip.
            let digests = told.rest.as_ref().map_or(0, |rest| rest.digests.len());
            tips += 1 + told.frontier.len() + told.held_back.len() + digests / 3;
            frontiers.push(told);
            if tips >= limits::TIPS_AT_ONCE {
                self.send(id, Message::Frontiers(std::mem::take(&mut frontiers)));
                said += std::mem::take(&mut tips);
            }
        }
        if !frontiers.is_empty() {
            self.send(id, Message::Frontiers(frontiers));
        }
        said + tips
    }

    /// Counts what a peer has made us tell: it may ask for all tips of all documents again and again.
    pub(super) fn count_told(&mut self, id: SessionId, tips: usize) {
        if let Some(device) = self.sessions.get(&id).map(|session| session.device) {
            self.lose_patience(id, device, (tips / limits::PATIENCE_TIPS) as u64);
        }
    }

    /// Tells a peer our state of a document, whatever it knows.
    pub(super) fn tell_again(&mut self, id: SessionId, doc: DocId) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.told.remove(&doc);
        }
        self.tell(id, &[doc]);
    }

    /// A peer's state of a document with all its tips. Where it cannot be made out of what it told, our own, to ask for it
    /// ([`Engine::ask_state`]).
    ///
    /// # Errors
    /// Our own state.
    pub(super) fn complete(&mut self, id: SessionId, told: DocFrontier) -> Result<DocFrontier, Box<DocFrontier>> {
        if told.rest.as_ref().is_some_and(|rest| rest.ask)
            && let Some(session) = self.sessions.get_mut(&id)
        {
            session.told.remove(&told.doc);
        }
        let likely = told.rest.as_ref().and_then(|rest| {
            let base = rest.base.and_then(|base| self.docs.get(&told.doc)?.state_at(&base));
            base.or_else(|| self.likely(id, &told.doc))
        });
        self.doc_mut(told.doc).complete(told, likely.as_ref())
    }

    /// Tells a peer our state beside its own, and asks for that.
    pub(super) fn ask_state(&mut self, id: SessionId, mine: DocFrontier) {
        let digest = self.doc_mut(mine.doc).digest();
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        // That may be all tips of a document.
        self.lose_patience(id, device, limits::PATIENCE_ASKED);
        if let Some(session) = self.sessions.get_mut(&id) {
            match mine.rest.as_ref().is_some_and(|rest| rest.digests.is_empty()) {
                // With the digests that it told it makes our state out of this.
                true => session.told.insert(mine.doc, digest),
                // From ours it sees what it lacks to do so.
                false => session.told.remove(&mine.doc),
            };
        }
        self.send(id, Message::Frontiers(vec![mine]));
    }
}
