//! How the state of a document is told: whole, or where it has many actors by the buckets that differ.
//!
//! Each start of a process that writes leaves an actor in the document, and after years of daily starts there are
//! thousands that will never move again. Who tells a state names the tips of those buckets of actors alone in which it
//! differs from the other's state, as far as that is known: what the other has told of, or what it had when the two parted
//! or when its last beacon was written. The other takes all other buckets from its own state, or from what it knows of
//! the sender in the same way, and sees by the digest of the whole which is right. Where neither is, or where nothing is
//! known, the digests of all buckets are told once: from those the other sees which differ, tells its own tips in them
//! and asks for the same. What moves meanwhile moves in one of those.

use super::document::Document;
use super::{Engine, SessionId};
use crate::ids::DocId;
use crate::message::{DocFrontier, Message, Rest};
use crate::planted::{Planted, is_planted};
use crate::run::{Buckets, Frontier};
use minicbor::bytes::ByteArray;
use std::borrow::Cow;
use std::collections::BTreeMap;

impl Document {
    /// Its state for a peer; up to `whole` actors it is told as a whole. `apart`: the buckets in which the peer's state
    /// differs, if anything is known of that.
    pub(super) fn told(&mut self, apart: Option<Buckets>, whole: usize) -> DocFrontier {
        if self.frontier.len() > whole {
            return self.told_in(apart.unwrap_or_default(), apart.is_none(), false);
        }
        let frontier = planted(&self.frontier).unwrap_or_else(|| self.frontier.clone());
        DocFrontier { held_back: self.held_back.clone(), ..DocFrontier::of(self.id, frontier) }
    }

    fn told_in(&mut self, told: Buckets, with_digests: bool, ask: bool) -> DocFrontier {
        let planted = planted(&self.frontier);
        let digest = planted.as_ref().map_or_else(|| self.digest(), Frontier::digest);
        let state = planted.as_ref().unwrap_or(&self.frontier);
        let rest = Rest { told, digest, digests: if with_digests { digests(state) } else { BTreeMap::new() }, ask };
        let frontier = state.within(&told);
        DocFrontier { doc: self.id, frontier, held_back: self.held_back.clone(), rest: Some(rest) }
    }

    /// A peer's state with all its tips. Where it cannot be made out: our own state beside it, for an answer. `likely`: the
    /// peer's state as far as we know.
    fn complete(&mut self, mut told: DocFrontier, likely: Option<&Frontier>) -> Result<DocFrontier, Box<DocFrontier>> {
        let Some(rest) = told.rest.take() else {
            told.frontier.share(&self.frontier);
            return Ok(told);
        };
        if rest.digest == self.digest() {
            told.frontier = self.frontier.clone();
            return Ok(told);
        }
        let bases = [Some(&self.frontier), likely].into_iter().flatten();
        let made =
            bases.map(|base| told.frontier.filled_from(&rest.told, base)).find(|made| made.digest() == rest.digest);
        if let Some(mut whole) = made {
            whole.share(&self.frontier);
            return Ok(DocFrontier { frontier: whole, ..told });
        }
        if rest.digests.is_empty() {
            let apart = likely.map_or(Buckets::default(), |likely| self.frontier.buckets_apart(likely));
            return Err(Box::new(self.told_in(apart.union(&rest.told), true, true)));
        }
        let mine = digests(&self.frontier);
        let apart = (0..=u8::MAX).filter(|bucket| rest.digests.get(bucket) != mine.get(bucket)).collect();
        Err(Box::new(self.told_in(apart, false, true)))
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
    fn likely(&self, id: SessionId, doc: &DocId) -> Option<Cow<'_, Frontier>> {
        let session = self.sessions.get(&id)?;
        if let Some(acked) = session.acked.get(doc) {
            return Some(Cow::Borrowed(acked));
        }
        self.docs.get(doc)?.state_at(&self.last_told(&session.device, doc)?).map(Cow::Owned)
    }

    /// The buckets in which a peer's state of a document differs from ours, as far as we know.
    pub(super) fn apart_from(&self, id: SessionId, doc: &DocId) -> Option<Buckets> {
        Some(self.docs.get(doc)?.frontier.buckets_apart(&*self.likely(id, doc)?))
    }

    /// Tells a peer our state of documents, unless it knows.
    pub(super) fn tell(&mut self, id: SessionId, docs: &[DocId]) {
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        let mut frontiers = Vec::new();
        for doc_id in docs {
            if !self.may_send(&doc_id.register, &device) {
                continue;
            }
            let digest = self.doc_mut(*doc_id).digest();
            let Some(session) = self.sessions.get_mut(&id) else { return };
            if session.told.insert(*doc_id, digest) == Some(digest) {
                continue;
            }
            let apart = self.apart_from(id, doc_id);
            let (Some(doc), Some(session)) = (self.docs.get_mut(doc_id), self.sessions.get_mut(&id)) else { return };
            let told = doc.told(apart, self.whole_tips);
            if told.rest.is_some() && apart.is_none() {
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
        let likely = told.rest.as_ref().and_then(|_| self.likely(id, &told.doc)).map(Cow::into_owned);
        self.doc_mut(told.doc).complete(told, likely.as_ref())
    }

    /// Tells a peer our state beside its own, and asks for that.
    pub(super) fn ask_state(&mut self, id: SessionId, mine: DocFrontier) {
        let digest = self.doc_mut(mine.doc).digest();
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
