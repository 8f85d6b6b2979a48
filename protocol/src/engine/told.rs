//! How the state of a document is told: whole, or where it has many actors by the buckets that differ.
//!
//! Each start of a process that writes leaves an actor in the document, and after years of daily starts there are
//! thousands that will never move again. Who tells a state names the digest of each bucket of actors, and the tips of
//! those buckets alone in which the other's state differs as far as it is known. The other takes the tips of the equal
//! buckets from its own state; where that does not do, it answers with its digests and the tips of all buckets that
//! differ from those it was told, and asks for the same. What moves meanwhile moves in one of those.

use super::document::Document;
use super::{Engine, SessionId};
use crate::ids::DocId;
use crate::message::{DocFrontier, Message, Rest};
use crate::planted::{Planted, is_planted};
use crate::run::{Buckets, Frontier};
use minicbor::bytes::ByteArray;
use std::collections::BTreeMap;

impl Document {
    /// Its state for a peer whose own is `theirs`, if that is known; up to `whole` actors it is told as a whole.
    pub(super) fn told(&mut self, theirs: Option<&Frontier>, whole: usize) -> DocFrontier {
        if self.frontier.len() > whole {
            let apart = theirs.map_or(Buckets::default(), |theirs| self.frontier.buckets_apart(theirs));
            return self.told_in(apart, false);
        }
        DocFrontier { held_back: self.held_back.clone(), ..DocFrontier::of(self.id, planted(self.frontier.clone())) }
    }

    fn told_in(&mut self, told: Buckets, ask: bool) -> DocFrontier {
        let digests = self.frontier.bucket_digests().map(|(bucket, digest)| (bucket, digest.into())).collect();
        let (frontier, rest) = (planted(self.frontier.within(&told)), Rest { told, digests, ask });
        DocFrontier { doc: self.id, frontier, held_back: self.held_back.clone(), rest: Some(rest) }
    }

    /// A peer's state with all its tips. Where it cannot be made out: our own state beside it, for an answer.
    fn complete(&mut self, mut told: DocFrontier) -> Result<DocFrontier, Box<DocFrontier>> {
        let Some(rest) = told.rest.take() else {
            told.frontier.share(&self.frontier);
            return Ok(told);
        };
        let mine: BTreeMap<u8, ByteArray<16>> =
            self.frontier.bucket_digests().map(|(bucket, digest)| (bucket, digest.into())).collect();
        let apart: Buckets = (0..=u8::MAX).filter(|bucket| rest.digests.get(bucket) != mine.get(bucket)).collect();
        if (0..=u8::MAX).any(|bucket| apart.has(bucket) && !rest.told.has(bucket)) {
            return Err(Box::new(self.told_in(apart, true)));
        }
        told.frontier = told.frontier.filled_from(&rest.told, &self.frontier);
        told.frontier.share(&self.frontier);
        Ok(told)
    }
}

/// Only for the planted bug: a state with a tip less.
fn planted(frontier: Frontier) -> Frontier {
    match is_planted(Planted::ForgetFrontierEntry) && frontier.len() > 1 {
        true => frontier.iter().skip(1).map(|(actor, tip)| (*actor, *tip)).collect(),
        false => frontier,
    }
}

impl Engine {
    /// Tells a peer our state of documents, unless it knows.
    pub(super) fn tell(&mut self, id: SessionId, docs: &[DocId]) {
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        let mut frontiers = Vec::new();
        for doc_id in docs {
            if !self.may_send(&doc_id.register, &device) {
                continue;
            }
            let digest = self.doc_mut(*doc_id).digest();
            let (Some(doc), Some(session)) = (self.docs.get_mut(doc_id), self.sessions.get_mut(&id)) else { return };
            if session.told.insert(*doc_id, digest) == Some(digest) {
                continue;
            }
            let told = doc.told(session.acked.get(doc_id), self.whole_tips);
            if told.rest.is_some() && !session.acked.contains_key(doc_id) {
                // It can tell from that only what it does not know yet.
                session.told.remove(doc_id);
            }
            frontiers.push(told);
        }
        if !frontiers.is_empty() {
            self.send(id, Message::Frontiers(frontiers));
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
        self.doc_mut(told.doc).complete(told)
    }

    /// Tells a peer our state beside its own, and asks for that.
    pub(super) fn ask_state(&mut self, id: SessionId, mine: DocFrontier) {
        let digest = self.doc_mut(mine.doc).digest();
        if let Some(session) = self.sessions.get_mut(&id) {
            // With the digests that it told it makes our state out of this.
            session.told.insert(mine.doc, digest);
        }
        self.send(id, Message::Frontiers(vec![mine]));
    }
}
