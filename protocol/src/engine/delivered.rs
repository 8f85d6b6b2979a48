//! Which of this device's own changes no other partner is known to hold.
//!
//! Each start of a process that writes leaves an actor in each document it writes to, and after years there are thousands
//! whose changes everybody has. What is remembered of those is one digest: to write all of them again with every memory
//! of the peers would be half a megabyte twice a minute.

use super::Engine;
use super::document::Document;
use crate::ids::{ActorId, DeviceKey, DocId};
use crate::run::{Frontier, Tip};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// This device's actors in a document, and what of each another partner is known to hold.
#[derive(Clone, Default)]
pub(super) struct Own {
    /// Up to which sequence: of those that others do not hold whole, and of the one that this process writes with.
    open: BTreeMap<ActorId, u64>,
    /// The tips of all others.
    whole: Frontier,
    /// One of those has moved: what is stored of them would not be known again.
    overtaken: bool,
}

/// The same as it is stored.
#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct Delivered {
    #[n(0)]
    open: BTreeMap<ActorId, u64>,
    /// The digest of the tips of all others.
    #[n(1)]
    whole: ByteArray<16>,
}

impl Own {
    /// At a start nothing is known of any of them.
    pub fn new(actors: impl Iterator<Item = ActorId>) -> Self {
        Self { open: actors.map(|actor| (actor, 0)).collect(), ..Self::default() }
    }

    pub fn has(&self, actor: &ActorId) -> bool {
        self.open.contains_key(actor) || self.whole.get(actor).is_some()
    }

    fn is_empty(&self) -> bool {
        self.open.is_empty() && self.whole.is_empty()
    }

    /// Notes an actor, of which nobody is known to hold anything; whether it is new.
    fn add(&mut self, actor: ActorId) -> bool {
        let new = !self.has(&actor);
        if new {
            self.open.insert(actor, 0);
        }
        new
    }

    /// An actor's tip moves: on with a change, back with a cut.
    pub fn moves(&mut self, actor: ActorId, is: Option<Tip>) {
        if let Some(held) = self.open.get_mut(&actor) {
            *held = is.map_or(0, |tip| tip.seq).min(*held);
        } else if let Some(was) = self.whole.get(&actor).copied() {
            let seq = is.map_or(0, |tip| tip.seq);
            self.overtaken = true;
            self.whole.set(actor, is.filter(|_| seq <= was.seq));
            if seq == 0 || seq > was.seq {
                self.open.insert(actor, seq.min(was.seq));
            }
        }
    }

    /// Takes what was remembered. Where the other actors are not those of then, nobody is known to hold anything of them.
    fn recall(&mut self, delivered: &Delivered, frontier: &Frontier) {
        let tip = |actor: &ActorId| Some((*actor, *frontier.get(actor)?));
        let others = self.open.keys().filter(|actor| !delivered.open.contains_key(actor));
        let whole: Frontier = others.filter_map(tip).collect();
        if whole.digest() == *delivered.whole {
            self.open.retain(|actor, _| whole.get(actor).is_none());
            self.whole = whole;
        }
        for (actor, held) in &mut self.open {
            *held = delivered.open.get(actor).copied().unwrap_or(*held);
        }
    }

    /// Another partner holds this of the document, of which we hold `frontier`.
    fn deliver(&mut self, held: &Frontier, frontier: &Frontier) {
        // What it says to have more of is not yet written.
        self.open.iter_mut().for_each(|(actor, seq)| *seq = held.seq(actor).min(frontier.seq(actor)).max(*seq));
    }

    /// Joins those of which everything is held elsewhere; `writer`: the actor that this process writes with. It may go on
    /// before the memory is written again.
    fn close(&mut self, frontier: &Frontier, writer: Option<ActorId>) {
        let (open, whole) = (&mut self.open, &mut self.whole);
        open.retain(|actor, held| {
            let tip = frontier.get(actor).filter(|tip| tip.seq <= *held && writer != Some(*actor));
            tip.inspect(|tip| whole.insert(*actor, **tip)).is_none()
        });
    }

    /// Changes that no other partner is known to hold.
    fn unsent(&self, frontier: &Frontier) -> u64 {
        self.open.iter().map(|(actor, held)| frontier.seq(actor).saturating_sub(*held)).sum()
    }

    fn to_remember(&self) -> Delivered {
        Delivered { open: self.open.clone(), whole: self.whole.digest().into() }
    }
}

impl Engine {
    /// What is to be remembered of the documents that all members read: of others nobody asks.
    pub(super) fn delivered(&self) -> BTreeMap<DocId, Delivered> {
        let own = self.docs.values().filter(|doc| !doc.own.is_empty() && self.is_federal(&doc.id));
        own.map(|doc| (doc.id, doc.own.to_remember())).collect()
    }

    /// Takes it back at a start.
    pub(super) fn recall(&mut self, delivered: &BTreeMap<DocId, Delivered>) {
        for (id, delivered) in delivered {
            let writer = self.writer(id);
            if let Some(doc) = self.docs.get_mut(id) {
                doc.own.recall(delivered, &doc.frontier);
                doc.own.close(&doc.frontier, writer);
            }
        }
    }

    /// An actor is this device's: it is about to write with it, or a peer gives back what it wrote.
    pub(super) fn note_own(&mut self, id: DocId, actor: ActorId) {
        let (now, federal, doc) = (self.now.mono_ms, self.is_federal(&id), self.doc_mut(id));
        let others = !doc.own.is_empty();
        if doc.own.add(actor) && federal && others {
            // With its first change on disk the memory must know of it, or it would know none of the others any more.
            self.remember_due = Some(now);
        }
    }

    /// Where the stored memory would not be known again, it is written with what has moved.
    pub(super) fn note_overtaken(&mut self, id: DocId) {
        let overtaken = self.docs.get_mut(&id).is_some_and(|doc| std::mem::take(&mut doc.own.overtaken));
        if overtaken && self.is_federal(&id) {
            self.remember_due = Some(self.now.mono_ms);
        }
    }

    /// A device of another partner is known to hold something of a document.
    pub(super) fn note_delivered(&mut self, device: DeviceKey, doc_id: DocId) {
        let other = self.roster.devices.get(&device).is_some_and(|device| device.partner != self.partner);
        let waits = |doc: &&Document| doc.own.unsent(&doc.frontier) > 0;
        if !other || self.docs.get(&doc_id).filter(waits).is_none() {
            return;
        }
        let writer = self.writer(&doc_id);
        let Some(doc) = self.docs.get_mut(&doc_id) else { return };
        let acked = self.sessions.values().find(|session| session.device == device).and_then(|s| s.acked.get(&doc_id));
        let Some(acked) = acked else { return };
        doc.own.deliver(acked, &doc.frontier);
        doc.own.close(&doc.frontier, writer);
        self.remember_later();
    }

    /// Own changes, of registers that others read, that no other partner is known to hold.
    pub(super) fn unsent_changes(&self) -> u64 {
        let federal = self.docs.values().filter(|doc| self.is_federal(&doc.id));
        federal.map(|doc| doc.own.unsent(&doc.frontier)).sum()
    }
}
