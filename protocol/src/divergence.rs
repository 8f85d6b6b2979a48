//! Proofs that an actor has two run-valid branches.

use crate::ids::{ChangeHash, DocId};
use crate::statement::{Branch, Statement};

/// The statement of a divergence: the branch whose run hash is less comes first, so that two nodes that see
/// the same branches state the same.
pub fn prove(doc: DocId, base: Option<ChangeHash>, seq: u64, left: Branch, right: Branch) -> Statement {
    let (left, right) = if left.run.hash <= right.run.hash { (left, right) } else { (right, left) };
    Statement::Divergence { doc, seq, base, left, right }
}
