//! Which changes may enter a document: a pure, versioned function of the change's bytes, its author and
//! what the author's chain says.

use crate::ids::{ChangeHash, DeviceKey, DocId};
use crate::scan::ScannedChange;

/// Why a change is not admissible, whoever signed it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Inadmissible {
    /// The sequence is not the one after the actor's last, or its last change is not among the dependencies.
    #[error("the change does not follow its author's last one")]
    BrokenChain,
    /// An operation that records do not use, or not there.
    #[error("operation not allowed: {0}")]
    Operation(&'static str),
    /// A record made under another device's prefix.
    #[error("record made under another device's prefix")]
    ForeignPrefix,
    /// A key or value beyond its bound.
    #[error("{0} exceeds its limit")]
    Limit(&'static str),
}

/// Judges a change of `author`'s actor in `doc`. `previous`: hash of the actor's change before it.
///
/// # Errors
/// [`Inadmissible`]: the author's fault where a run covers the bytes.
pub fn admit(
    change: &ScannedChange,
    doc: &DocId,
    author: &DeviceKey,
    previous: Option<ChangeHash>,
) -> Result<(), Inadmissible> {
    let _ = (change, doc, author, previous);
    todo!()
}
