//! What the helper process does: decode bundles and snapshots, whose run-length columns can expand, within
//! limits, and hand back only what has been checked change by change.
//!
//! Bytes that no run covers are the sender's fault; bytes that one covers are the author's. Whether a run
//! covers a change is a matter of hashes: it signs its last change, and every change names its actor's
//! change before it. A decoder that panics is the sender's fault as well: a peer sends only what it has
//! decoded itself. What exceeds the helper's memory or time kills the helper, and that is no verdict.

mod payload;
mod signed_part;
mod snapshot;
#[cfg(test)]
mod tests;
mod transfer;

use crate::bars::Bars;
use crate::engine::{StoredChange, StoredRun};
use crate::ids::{ActorId, ChangeHash, DocId};
use crate::record::StoredRow;
use crate::run::Frontier;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

pub use payload::{SnapshotError, encode_bundle, encode_changes, encode_snapshot, load_snapshot, not_given_back};
pub use signed_part::{PartError, PartSignatures, SignedPart, TakenBack, take_back};

/// A transfer to decode.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct CheckJob {
    /// The document that it is for.
    #[n(0)]
    pub doc: DocId,
    /// How the payload is built.
    #[n(1)]
    pub form: Form,
    /// The compressed payload.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub payload: Vec<u8>,
    /// What the receiver already holds of the writers of the transfer: their changes start there. What it holds already is
    /// passed over.
    #[n(3)]
    pub base: Frontier,
    /// The runs of the transfer, signatures checked already; each with the writer's device, by actor.
    #[n(4)]
    pub runs: BTreeMap<ActorId, StoredRun>,
    /// Records in the document before.
    #[n(5)]
    pub records: u64,
    /// The bars that hold for the writers of a snapshot. Of other transfers the receiver, who has what they build on,
    /// judges that.
    #[n(6)]
    pub bars: Bars,
}

/// The form of a transfer's payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum Form {
    /// `save_nocompress` of the whole document.
    #[n(0)]
    Snapshot,
    /// `bundle()` of the missing changes, after a byte that gives the version, 1.
    #[n(1)]
    Bundle,
    /// Raw change chunks one after the other, each with its length as u32 little endian.
    #[n(2)]
    Changes,
}

/// What became of a transfer.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub enum CheckResult {
    /// A snapshot that loads, whose every change is admissible and covered by a run.
    #[n(0)]
    Snapshot {
        /// What it holds: exactly the runs given.
        #[n(0)]
        frontier: Frontier,
        /// Its records, projected, as they are stored.
        #[n(1)]
        rows: Vec<StoredRow>,
    },
    /// Changes that are admissible and covered by a run, in an order in which they can be applied.
    #[n(1)]
    Changes(#[n(0)] Vec<StoredChange>),
    /// The sender is at fault: bytes that are damaged or that no run covers.
    #[n(2)]
    SenderFault(#[n(0)] String),
    /// Authors signed what is not admissible. What the others wrote beside them is taken.
    #[n(3)]
    AuthorFault {
        /// The actors at fault.
        #[n(0)]
        blamed: BTreeMap<ActorId, Blame>,
        /// The changes of all other actors, as in [`Self::Changes`].
        #[n(1)]
        innocent: Vec<StoredChange>,
    },
    /// The helper met its limits: not now, try again, report. Never a verdict.
    #[n(4)]
    NotNow(#[n(0)] String),
    /// A snapshot with late changes of those who may write no more, which nothing keeps: its sender has not heard of
    /// that yet, or passes on what is no part of the document.
    #[n(5)]
    Unkept,
}

/// What an author signed that is not admissible.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Blame {
    /// The change.
    #[n(0)]
    pub hash: ChangeHash,
    /// What is wrong with it.
    #[n(1)]
    pub what: String,
}

/// Why a transfer is refused, before it becomes a [`CheckResult`].
#[derive(Clone, PartialEq, Eq, Debug)]
enum Refusal {
    /// The whole of it.
    Sender(String),
    /// What one actor wrote, and what builds on it.
    Author { actor: ActorId, hash: ChangeHash, what: String },
}

impl Refusal {
    fn sender(what: impl ToString) -> Self {
        Self::Sender(what.to_string())
    }
}

impl From<Refusal> for CheckResult {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Sender(what) => Self::SenderFault(what),
            Refusal::Author { actor, hash, what } => {
                Self::AuthorFault { blamed: BTreeMap::from([(actor, Blame { hash, what })]), innocent: Vec::new() }
            }
        }
    }
}

/// Carries out a job: expand within the bound, decode, match every change with its actor's run, scan and
/// admit each, project. Runs in the helper process; the simulator calls it directly.
pub fn run(job: &CheckJob) -> CheckResult {
    let result = match job.form {
        Form::Snapshot => snapshot::check(job),
        Form::Bundle => payload::read_bundle(&job.payload).and_then(|changes| transfer::check(job, changes)),
        Form::Changes => payload::read_changes(&job.payload).and_then(|changes| transfer::check(job, changes)),
    };
    result.unwrap_or_else(CheckResult::from)
}
