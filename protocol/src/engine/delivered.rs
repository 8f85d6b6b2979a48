//! Which of this device's own changes no other partner is known to hold.
//!
//! Each start of a process that writes leaves an actor in each document it writes to, and after years there are thousands
//! whose changes everybody has. What is remembered of those is one digest: to write all of them again with every memory
//! of the peers would be half a megabyte twice a minute.

use super::Engine;
use super::document::Document;
use crate::ids::{ActorId, DeviceKey, DocId};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// What other partners are known to hold of this device's own actors in a document, as it is stored.
#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct Delivered {
    /// Up to which sequence: of those that they do not hold whole, and of the one that this process writes with.
    #[n(0)]
    open: BTreeMap<ActorId, u64>,
    /// The digest of how far all others go.
    #[n(1)]
    whole: ByteArray<16>,
}

impl Document {
    /// What is to be remembered; `writer`: the actor that this process writes with. It may go on before the memory is
    /// written again.
    fn to_remember(&self, writer: Option<ActorId>) -> Delivered {
        let mut open = self.undelivered.clone();
        if let Some((writer, tip)) = writer.and_then(|writer| Some((writer, self.own.get(&writer)?))) {
            open.entry(writer).or_insert(tip.seq);
        }
        let whole = self.whole_beside(&open).into();
        Delivered { open, whole }
    }

    /// Takes what was remembered. Where the other actors are not those of then, nobody is known to hold anything of them.
    fn recall(&mut self, delivered: &Delivered) {
        let known = self.whole_beside(&delivered.open) == *delivered.whole;
        let forgotten = self.own_actors.iter().filter(|_| !known).map(|actor| (*actor, 0));
        self.undelivered = forgotten.chain(delivered.open.iter().map(|(actor, seq)| (*actor, *seq))).collect();
        self.drop_delivered();
    }

    fn whole_beside(&self, open: &BTreeMap<ActorId, u64>) -> [u8; 16] {
        let mut whole = self.own.clone();
        open.keys().for_each(|actor| whole.set(*actor, None));
        whole.digest()
    }

    fn drop_delivered(&mut self) {
        let frontier = &self.frontier;
        self.undelivered.retain(|actor, seq| *seq < frontier.seq(actor));
    }
}

impl Engine {
    /// What is to be remembered of the documents that all members read: of others nobody asks.
    pub(super) fn delivered(&self) -> BTreeMap<DocId, Delivered> {
        let own = self.docs.values().filter(|doc| !doc.own.is_empty() && self.is_federal(&doc.id));
        own.map(|doc| (doc.id, doc.to_remember(self.writer(&doc.id)))).collect()
    }

    /// Takes it back at a start.
    pub(super) fn recall(&mut self, delivered: &BTreeMap<DocId, Delivered>) {
        for (id, delivered) in delivered {
            if let Some(doc) = self.docs.get_mut(id) {
                doc.recall(delivered);
            }
        }
    }

    /// An actor is this device's: it is about to write with it, or a peer gives back what it wrote.
    pub(super) fn note_own(&mut self, id: DocId, actor: ActorId) {
        let (now, federal, doc) = (self.now.mono_ms, self.is_federal(&id), self.doc_mut(id));
        if !doc.own_actors.insert(actor) {
            return;
        }
        if federal && !doc.own.is_empty() {
            // With its first change on disk the memory must know of it, or it would know none of the others any more.
            self.remember_due = Some(now);
        }
        let doc = self.doc_mut(id);
        if let Some(tip) = doc.frontier.get(&actor).copied() {
            doc.own.insert(actor, tip);
            doc.undelivered.entry(actor).or_insert(0);
        }
    }

    /// A device of another partner is known to hold something of a document.
    pub(super) fn note_delivered(&mut self, device: DeviceKey, doc_id: DocId) {
        let other = self.roster.devices.get(&device).is_some_and(|device| device.partner != self.partner);
        let Some(doc) = self.docs.get_mut(&doc_id).filter(|doc| other && !doc.undelivered.is_empty()) else { return };
        let acked = self.sessions.values().find(|session| session.device == device).and_then(|s| s.acked.get(&doc_id));
        let Some(acked) = acked else { return };
        doc.undelivered.iter_mut().for_each(|(actor, seq)| *seq = acked.seq(actor).max(*seq));
        doc.drop_delivered();
        self.remember_later();
    }

    /// Own changes, of registers that others read, that no other partner is known to hold.
    pub(super) fn unsent_changes(&self) -> u64 {
        let unsent = |doc: &Document| {
            let beyond = |(actor, seq): (&ActorId, &u64)| doc.frontier.seq(actor).saturating_sub(*seq);
            doc.undelivered.iter().map(beyond).sum::<u64>()
        };
        self.docs.values().filter(|doc| self.is_federal(&doc.id)).map(unsent).sum()
    }
}
