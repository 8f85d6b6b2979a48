//! What two nodes say in a session. One frame is the CBOR of one [`Message`].
//!
//! The order of a session, and what each message answers, is told in WIRE.md, "Session".

use crate::beacon::{Audience, SignedBeacon};
use crate::check::Form;
use crate::codec::{from_cbor, to_cbor};
use crate::engine::StoredRun;
use crate::ids::{ActorId, DeviceKey, DocId, FederationId, RegisterId};
use crate::limits;
use crate::run::{Buckets, Frontier, Tip};
use crate::statement::SignedStatement;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The version of the session protocol.
pub const VERSION: u16 = 1;

/// The first message of both sides, and again whenever the own statements or held documents have changed
/// in a way that the other cannot follow from the rest.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Hello {
    /// [`VERSION`].
    #[n(0)]
    pub version: u16,
    /// The federation; none before one has been founded or joined.
    #[n(1)]
    pub federation: Option<FederationId>,
    /// Digest of all statements.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub statements: [u8; 16],
    /// Digest of the documents that both may read.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub docs: [u8; 16],
    /// Digest of the beacons of audiences that both belong to.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub beacons: [u8; 16],
    /// The federations that this one carries over, the nearest first; absent where there is none.
    #[n(5)]
    pub carries: Option<Vec<FederationId>>,
}

/// One document's state in short.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct DocDigest {
    /// The part.
    #[n(0)]
    pub part: u32,
    /// [`Frontier::digest`].
    #[cbor(n(1), with = "minicbor::bytes")]
    pub digest: [u8; 16],
}

/// One document's exact state.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct DocFrontier {
    /// The document.
    #[n(0)]
    pub doc: DocId,
    /// What the sender holds.
    #[n(1)]
    pub frontier: Frontier,
    /// What the sender refuses for good. It is told so that the holder can see why the two stay apart.
    #[n(2)]
    pub held_back: Frontier,
    /// Where there are many actors the frontier has only some tips, and this tells of the others.
    #[cbor(n(3), default)]
    pub rest: Option<Rest>,
}

impl DocFrontier {
    /// The whole state of a document of which nothing is refused.
    pub fn of(doc: DocId, frontier: Frontier) -> Self {
        Self { doc, frontier, held_back: Frontier::default(), rest: None }
    }
}

/// What stands for the tips of a frontier that are not told: the receiver takes those from a state that it knows.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Rest {
    /// The buckets of which all tips are told.
    #[n(0)]
    pub whole: Buckets,
    /// The digest of the whole frontier: whether what the receiver makes of it is right.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub digest: [u8; 16],
    /// The digest of every bucket that holds an actor; none where the sender believes to know what the receiver holds.
    #[n(2)]
    pub digests: BTreeMap<u8, ByteArray<16>>,
    /// The receiver's own state could not be made out of what it told last: it tells it again.
    #[n(3)]
    pub ask: bool,
    /// The digest of the state out of which the tips make the whole: one that the receiver has told, or the sender has told
    /// it; absent where the digests are told.
    #[n(4)]
    pub base: Option<ByteArray<16>>,
}

/// The head of an answer; its bytes follow in [`Message::Chunk`]s.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Answer {
    /// The document.
    #[n(0)]
    pub doc: DocId,
    /// How the payload is built.
    #[n(1)]
    pub form: Form,
    /// The runs that cover it.
    #[n(2)]
    pub runs: Vec<StoredRun>,
    /// Bytes that follow.
    #[n(3)]
    pub bytes: u64,
}

/// A branch of an actor whose other branch the receiver seems to hold.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct BranchShown {
    /// The document.
    #[n(0)]
    pub doc: DocId,
    /// The run of the branch's end.
    #[n(1)]
    pub run: StoredRun,
    /// Sequence of the first change shown.
    #[n(2)]
    pub first: u64,
    /// Raw changes `first..=run`.
    #[n(3)]
    pub changes: Vec<ByteVec>,
}

/// Device, audience and number: enough to tell which beacon is newer.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct BeaconNumber {
    /// The device.
    #[n(0)]
    pub device: DeviceKey,
    /// The audience.
    #[n(1)]
    pub audience: Audience,
    /// The highest number known.
    #[n(2)]
    pub number: u64,
}

/// Everything that is said in a session.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Message {
    /// Who I am and where I stand, in digests.
    #[n(0)]
    Hello(#[n(0)] Hello),
    /// The fingerprints of all my statements (16 bytes each, one after the other).
    #[n(1)]
    HaveStatements(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// Statements that you lack.
    #[n(2)]
    Statements(#[n(0)] Vec<SignedStatement>),
    /// My documents that you may read, by register.
    #[n(3)]
    Docs(#[n(0)] BTreeMap<RegisterId, Vec<DocDigest>>),
    /// My exact state of the documents that differ.
    #[n(4)]
    Frontiers(#[n(0)] Vec<DocFrontier>),
    /// Send me what I lack of this document; I hold this.
    #[n(5)]
    Want(#[n(0)] DocFrontier),
    /// The answer to a want. No bytes and no runs: nothing to send.
    #[n(6)]
    Answer(#[n(0)] Answer),
    /// The next bytes of the answer under way.
    #[n(7)]
    Chunk(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    /// Changes made or received just now.
    #[n(8)]
    Push {
        /// The document.
        #[n(0)]
        doc: DocId,
        /// Raw changes, dependencies first.
        #[n(1)]
        changes: Vec<ByteVec>,
        /// The runs that cover them.
        #[n(2)]
        runs: Vec<StoredRun>,
    },
    /// What I have on disk of this document, as far as it has grown.
    #[n(9)]
    Ack {
        /// The document.
        #[n(0)]
        doc: DocId,
        /// The tips that have moved.
        #[n(1)]
        tips: BTreeMap<ActorId, Tip>,
    },
    /// The beacons that I know, by number.
    #[n(10)]
    HaveBeacons(#[n(0)] Vec<BeaconNumber>),
    /// Beacons that are newer than yours, or new.
    #[n(11)]
    Beacons(#[n(0)] Vec<SignedBeacon>),
    /// My branch of an actor that we hold differently.
    #[n(12)]
    Branch(#[n(0)] BranchShown),
    /// The next bytes of a message that is too long for one frame.
    #[n(13)]
    Piece {
        /// Whether it ends with these.
        #[n(0)]
        last: bool,
        /// The bytes.
        #[cbor(n(1), with = "minicbor::bytes")]
        bytes: Vec<u8>,
    },
    /// Your want of this document names a state that I cannot make out: ask again once we know one another's.
    #[n(14)]
    Unclear(#[n(0)] DocId),
}

impl Message {
    /// The frame.
    pub fn to_frame(&self) -> Vec<u8> {
        to_cbor(self)
    }

    /// The frames: one, or as many as its pieces take.
    pub fn to_frames(&self) -> Vec<Vec<u8>> {
        let whole = self.to_frame();
        if whole.len() <= limits::MESSAGE_BYTES_MAX {
            return vec![whole];
        }
        let count = whole.len().div_ceil(limits::PIECE_BYTES);
        let pieces = whole.chunks(limits::PIECE_BYTES).enumerate();
        pieces.map(|(n, bytes)| Self::Piece { last: n + 1 == count, bytes: bytes.to_vec() }.to_frame()).collect()
    }

    /// What of it may go where some registers are not to be named; `None`: nothing of it. The bytes of an answer name
    /// nothing: they go where it goes.
    pub fn without(&self, hidden: impl Fn(&RegisterId) -> bool) -> Option<Cow<'_, Self>> {
        let keep = match self {
            Self::Docs(docs) if docs.keys().any(&hidden) => {
                let docs = docs.iter().filter(|(register, _)| !hidden(register));
                return Some(Cow::Owned(Self::Docs(docs.map(|(id, docs)| (*id, docs.clone())).collect())));
            }
            Self::Frontiers(told) if told.iter().any(|told| hidden(&told.doc.register)) => {
                let told: Vec<_> = told.iter().filter(|told| !hidden(&told.doc.register)).cloned().collect();
                return (!told.is_empty()).then_some(Cow::Owned(Self::Frontiers(told)));
            }
            Self::Want(told) => !hidden(&told.doc.register),
            // Who asked waits for an answer.
            Self::Answer(answer) => answer.bytes == 0 || !hidden(&answer.doc.register),
            Self::Push { doc, .. } | Self::Ack { doc, .. } => !hidden(&doc.register),
            Self::Branch(shown) => !hidden(&shown.doc.register),
            _ => true,
        };
        keep.then_some(Cow::Borrowed(self))
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// The text says what is wrong; the peer is at fault and the session ends.
    pub fn from_frame(frame: &[u8]) -> Result<Self, String> {
        if frame.len() > limits::MESSAGE_BYTES_MAX {
            return Err("message exceeds the size limit".into());
        }
        from_cbor(frame).map_err(|error| format!("message cannot be read: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ChangeHash, Nonce};
    use crate::run::Run;

    const SHOWN: RegisterId = RegisterId([1; 32]);
    const HIDDEN: RegisterId = RegisterId([2; 32]);

    fn doc(register: RegisterId) -> DocId {
        DocId { register, part: 0 }
    }

    fn left_of(message: &Message) -> Option<Message> {
        message.without(|register| *register == HIDDEN).map(Cow::into_owned)
    }

    #[test]
    fn of_lists_the_hidden_registers_are_left_out() {
        let docs = |registers: &[RegisterId]| {
            let digest = || vec![DocDigest { part: 0, digest: [7; 16] }];
            Message::Docs(registers.iter().map(|register| (*register, digest())).collect())
        };
        assert_eq!(left_of(&docs(&[SHOWN, HIDDEN])), Some(docs(&[SHOWN])));
        assert_eq!(left_of(&docs(&[SHOWN])), Some(docs(&[SHOWN])));
        // An empty list says that there is nothing, which is what the other one is to think.
        assert_eq!(left_of(&docs(&[HIDDEN])), Some(docs(&[])));
        let told = |registers: &[RegisterId]| {
            let one = |register: &RegisterId| DocFrontier::of(doc(*register), Frontier::default());
            Message::Frontiers(registers.iter().map(one).collect())
        };
        assert_eq!(left_of(&told(&[HIDDEN, SHOWN])), Some(told(&[SHOWN])));
        assert_eq!(left_of(&told(&[HIDDEN])), None, "nothing is left to be said");
    }

    #[test]
    fn what_speaks_of_one_document_goes_whole_or_not_at_all() {
        let run = Run {
            device: DeviceKey([3; 32]),
            nonce: Nonce([4; 16]),
            seq: 1,
            hash: ChangeHash([5; 32]),
            roster_hint: [0; 8],
            signature: [0; 64],
        };
        let run = StoredRun { run, tail: Vec::new() };
        let about = |register: RegisterId| {
            let (doc, form) = (doc(register), Form::Changes);
            [
                Message::Want(DocFrontier::of(doc, Frontier::default())),
                Message::Answer(Answer { doc, form, runs: Vec::new(), bytes: 3 }),
                Message::Push { doc, changes: vec![ByteVec::from(vec![1])], runs: Vec::new() },
                Message::Ack { doc, tips: BTreeMap::new() },
                Message::Branch(BranchShown { doc, run: run.clone(), first: 1, changes: Vec::new() }),
            ]
        };
        for message in about(HIDDEN) {
            assert_eq!(left_of(&message), None, "{message:?}");
        }
        let nothing = Message::Answer(Answer { doc: doc(HIDDEN), form: Form::Changes, runs: Vec::new(), bytes: 0 });
        for message in about(SHOWN).into_iter().chain([nothing, Message::Chunk(vec![1])]) {
            assert_eq!(left_of(&message), Some(message.clone()), "{message:?}");
        }
    }
}
