//! Runs and frontiers: who wrote which changes of a document, and how far a node has come.
//!
//! A run is the signed head of one actor's changes 1..n in one document. Since every change names its
//! actor's previous change among its dependencies, the one signature covers all of 1..n, whoever relays it.

use crate::identity::{DeviceSigner, verify};
use crate::ids::{ActorId, ChangeHash, DeviceKey, DocId, Nonce, tagged_hash};
use minicbor::{Decode, Encode};

mod frontier;

pub use frontier::{Buckets, Delta, Frontier};

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
