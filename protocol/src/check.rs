//! What the helper process does: decode bundles and snapshots, whose run-length columns can expand, within
//! limits, and hand back only what has been checked change by change.

use crate::engine::{StoredChange, StoredRun};
use crate::ids::{ActorId, ChangeHash, DocId};
use crate::record::Row;
use crate::run::Frontier;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

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
    /// What the receiver already holds: the changes start there.
    #[n(3)]
    pub base: Frontier,
    /// The runs of the transfer, signatures checked already; each with the writer's device, by actor.
    #[n(4)]
    pub runs: BTreeMap<ActorId, StoredRun>,
    /// Records in the document before.
    #[n(5)]
    pub records: u64,
}

/// The form of a transfer's payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum Form {
    /// `save_nocompress` of the whole document.
    #[n(0)]
    Snapshot,
    /// `bundle()` of the missing changes. Version 1.
    #[n(1)]
    Bundle,
    /// Raw change chunks one after the other, each with its length as u32 little endian.
    #[n(2)]
    Changes,
}

/// What became of a transfer.
#[derive(Clone, PartialEq, Debug)]
pub enum CheckResult {
    /// A snapshot that loads, whose every change is admissible and covered by a run.
    Snapshot {
        /// What it holds: exactly the runs given.
        frontier: Frontier,
        /// Its records, projected.
        rows: Vec<Row>,
    },
    /// Changes that are admissible and covered by a run, in an order in which they can be applied.
    Changes(Vec<StoredChange>),
    /// The sender is at fault: bytes that are damaged or that no run covers.
    SenderFault(String),
    /// An author signed what is not admissible.
    AuthorFault {
        /// The author's actor.
        actor: ActorId,
        /// The change.
        hash: ChangeHash,
        /// What is wrong with it.
        what: String,
    },
    /// The helper met its limits: not now, try again, report. Never a verdict.
    NotNow(String),
}

/// Carries out a job: expand within the bound, decode, match every change with its actor's run, scan and
/// admit each, project. Runs in the helper process; the simulator calls it directly.
pub fn run(job: &CheckJob) -> CheckResult {
    let _ = job;
    todo!()
}
