//! Runs and frontiers: who wrote which changes of a document, and how far a node has come.
//!
//! A run is the signed head of one actor's changes 1..n in one document. Since every change names its
//! actor's previous change among its dependencies, the one signature covers all of 1..n, whoever relays it.

use crate::identity::{DeviceSigner, verify};
use crate::ids::{ActorId, ChangeHash, DeviceKey, DocId, Nonce, tagged_hash};
use minicbor::{Decode, Encode};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;

/// The signed head of one actor's changes in one document.
///
/// # Source
/// WIRE.md, "Run".
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Run {
    /// The device that signs; with nonce and document it gives the actor.
    #[n(0)]
    pub device: DeviceKey,
    /// The nonce of the actor.
    #[n(1)]
    pub nonce: Nonce,
    /// Sequence of the last change covered, from 1.
    #[n(2)]
    pub seq: u64,
    /// Hash of that change.
    #[n(3)]
    pub hash: ChangeHash,
    /// First 8 bytes of the signer's roster head: a hint for diagnosis, never for validity.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub roster_hint: [u8; 8],
    /// ed25519 over the domain tag, the document and the fields above.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// A run whose signature has been checked for one document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedRun {
    /// The document that it speaks of.
    pub doc: DocId,
    /// The actor, derived from document, device and nonce.
    pub actor: ActorId,
    /// The run itself.
    pub run: Run,
}

impl Run {
    fn signed_bytes(&self, doc: &DocId) -> [u8; 32] {
        tagged_hash(
            "comin/run/1",
            &[&doc.to_hash(), &self.device.0, &self.nonce.0, &self.seq.to_le_bytes(), &self.hash.0, &self.roster_hint],
        )
    }

    /// Signs the head of this device's own actor.
    pub fn sign(
        signer: &DeviceSigner,
        doc: &DocId,
        nonce: Nonce,
        seq: u64,
        hash: ChangeHash,
        roster_hint: [u8; 8],
    ) -> VerifiedRun {
        let mut run = Self { device: signer.key(), nonce, seq, hash, roster_hint, signature: [0; 64] };
        run.signature = signer.sign(&run.signed_bytes(doc));
        VerifiedRun { doc: *doc, actor: run.actor(doc), run }
    }

    /// The actor that this run speaks of.
    pub fn actor(&self, doc: &DocId) -> ActorId {
        ActorId::derive(doc, &self.device, &self.nonce)
    }

    /// Checks the signature; `None` if it is not the device's for this document.
    pub fn verify(self, doc: &DocId) -> Option<VerifiedRun> {
        let good = self.seq > 0 && verify(&self.device.0, &self.signed_bytes(doc), &self.signature);
        good.then(|| VerifiedRun { doc: *doc, actor: self.actor(doc), run: self })
    }

    /// The change that it names.
    pub fn tip(&self) -> Tip {
        Tip { seq: self.seq, hash: self.hash }
    }

    /// Takes a run from the node's own store, where only verified runs are written.
    pub fn trusted(self, doc: &DocId) -> VerifiedRun {
        VerifiedRun { doc: *doc, actor: self.actor(doc), run: self }
    }
}

/// How far one actor has come in one document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Tip {
    /// Last sequence number.
    #[n(0)]
    pub seq: u64,
    /// Hash of that change.
    #[n(1)]
    pub hash: ChangeHash,
}

/// The exact state of one document: each actor's last sequence number and change hash.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Frontier(#[n(0)] pub BTreeMap<ActorId, Tip>);

impl Frontier {
    /// Last sequence of `actor`, 0 if it is not known.
    pub fn seq(&self, actor: &ActorId) -> u64 {
        self.0.get(actor).map_or(0, |tip| tip.seq)
    }

    /// How many changes the document holds.
    pub fn changes(&self) -> u64 {
        self.0.values().map(|tip| tip.seq).sum()
    }

    /// How many changes of `self` are beyond `other`.
    pub fn beyond(&self, other: &Frontier) -> u64 {
        let seq = |tip: Option<&Tip>| tip.map_or(0, |tip| tip.seq);
        self.beside(other).map(|(_, mine, theirs)| seq(mine).saturating_sub(seq(theirs))).sum()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// 16 bytes that stand for the frontier when two nodes compare documents.
    pub fn digest(&self) -> [u8; 16] {
        Digests::default().whole(self)
    }

    /// The tips of one bucket: of the actors whose id begins with this byte.
    pub fn bucket(&self, bucket: u8) -> impl Iterator<Item = (&ActorId, &Tip)> {
        let (mut first, mut last) = (ActorId([0; 16]), ActorId([0xff; 16]));
        (first.0[0], last.0[0]) = (bucket, bucket);
        self.0.range(first..=last)
    }

    /// The buckets in which the two differ.
    pub fn buckets_apart(&self, other: &Self) -> Buckets {
        self.beside(other).filter(|(_, mine, theirs)| mine != theirs).map(|(actor, ..)| actor.0[0]).collect()
    }

    /// The actors of either with their tips in both, in order. Each is gone along once: a look into the other for each of
    /// 10,000 actors takes ten times as long.
    pub fn beside<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (&'a ActorId, Option<&'a Tip>, Option<&'a Tip>)> {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        std::iter::from_fn(move || {
            let order = match (mine.peek(), theirs.peek()) {
                (Some((one, _)), Some((other, _))) => one.cmp(other),
                (Some(_), None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            let mine = mine.next_if(|_| order.is_le());
            let theirs = theirs.next_if(|_| order.is_ge());
            let actor = mine.or(theirs)?.0;
            Some((actor, mine.map(|(_, tip)| tip), theirs.map(|(_, tip)| tip)))
        })
    }
}

/// Buckets of a frontier: one for each first byte of an actor's id.
const BUCKETS: usize = 256;

/// Some buckets of a frontier.
///
/// # Shape
/// 32 bytes; bucket b is bit b mod 8 of byte b / 8.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Buckets(#[cbor(n(0), with = "minicbor::bytes")] [u8; BUCKETS / 8]);

impl Buckets {
    /// Whether it is among them.
    pub fn has(&self, bucket: u8) -> bool {
        self.0[usize::from(bucket / 8)] & (1 << (bucket % 8)) != 0
    }
}

impl FromIterator<u8> for Buckets {
    fn from_iter<I: IntoIterator<Item = u8>>(buckets: I) -> Self {
        let mut out = Self::default();
        buckets.into_iter().for_each(|bucket| out.0[usize::from(bucket / 8)] |= 1 << (bucket % 8));
        out
    }
}

/// The digests of a frontier's buckets, each computed once per state: of 10,000 actors one moves, and the others need
/// not be read again.
#[derive(Clone, Debug, Default)]
pub struct Digests {
    buckets: BTreeMap<u8, [u8; 16]>,
    whole: Option<[u8; 16]>,
}

impl Digests {
    /// An actor's tip has moved.
    pub fn moved(&mut self, actor: &ActorId) {
        self.whole = None;
        self.buckets.remove(&actor.0[0]);
    }

    /// The digest of a bucket of this frontier.
    pub fn bucket(&mut self, frontier: &Frontier, bucket: u8) -> [u8; 16] {
        *self.buckets.entry(bucket).or_insert_with(|| {
            let mut bytes = Vec::new();
            for (actor, tip) in frontier.bucket(bucket) {
                bytes.extend_from_slice(&actor.0);
                bytes.extend_from_slice(&tip.seq.to_le_bytes());
                bytes.extend_from_slice(&tip.hash.0);
            }
            short_hash("comin/frontier-bucket/1", &bytes)
        })
    }

    /// [`Frontier::digest`] of this frontier: over its buckets that hold an actor.
    pub fn whole(&mut self, frontier: &Frontier) -> [u8; 16] {
        if let Some(whole) = self.whole {
            return whole;
        }
        let mut bytes = Vec::new();
        let mut next = frontier.0.keys().next();
        while let Some(actor) = next {
            bytes.push(actor.0[0]);
            bytes.extend_from_slice(&self.bucket(frontier, actor.0[0]));
            next = frontier.0.range(after(actor.0[0])).next().map(|(actor, _)| actor);
        }
        *self.whole.insert(short_hash("comin/frontier/2", &bytes))
    }
}

/// The actors of later buckets.
fn after(bucket: u8) -> (Bound<ActorId>, Bound<ActorId>) {
    let mut last = ActorId([0xff; 16]);
    last.0[0] = bucket;
    (Bound::Excluded(last), Bound::Unbounded)
}

fn short_hash(tag: &str, bytes: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&tagged_hash(tag, &[bytes])[..16]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frontier(actors: impl IntoIterator<Item = (u8, u8, u64)>) -> Frontier {
        let tip = |(first, second, seq)| {
            let mut actor = [0; 16];
            (actor[0], actor[1]) = (first, second);
            (ActorId(actor), Tip { seq, hash: ChangeHash([seq as u8; 32]) })
        };
        Frontier(actors.into_iter().map(tip).collect())
    }

    #[test]
    fn the_digests_of_the_buckets_follow_each_step_and_tell_the_states_apart() {
        let mut grown = Frontier::default();
        let mut digests = Digests::default();
        let mut seen = vec![digests.whole(&grown)];
        for n in 0..600_u64 {
            let step = frontier([((n * 37) as u8, (n % 3) as u8, 1 + n / 300)]);
            for (actor, tip) in step.0 {
                grown.0.insert(actor, tip);
                digests.moved(&actor);
            }
            assert_eq!(digests.whole(&grown), grown.digest(), "step {n}");
            seen.push(grown.digest());
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 601, "no two states are taken for one");
    }

    #[test]
    fn buckets_apart_are_those_where_either_side_differs() {
        let mine = frontier([(0, 0, 1), (7, 0, 2), (255, 1, 3)]);
        let theirs = frontier([(0, 0, 1), (7, 0, 3), (8, 0, 1)]);
        let apart = mine.buckets_apart(&theirs);
        let named: Vec<u8> = (0..=255).filter(|bucket| apart.has(*bucket)).collect();
        assert_eq!(named, [7, 8, 255]);
        assert_eq!(apart, theirs.buckets_apart(&mine));
        assert_eq!(mine.buckets_apart(&mine), Buckets::default());
        assert_eq!((mine.beyond(&theirs), theirs.beyond(&mine)), (3, 2));
    }
}
