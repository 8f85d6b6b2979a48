//! A whole document against the runs that are to cover it.

use super::payload::{load_plain, save_plain};
use super::transfer::{blame_misfits, check_flood, cover, frontier, give, read};
use super::{CheckJob, CheckResult, Refusal};
use crate::bars::Judged;
use crate::codec::expand;
use crate::ids::{ActorId, ChangeHash};
use crate::limits::{APPLY_SLICE, EXPANDED_BYTES_MAX, TRANSFER_CHANGES_MAX};
use crate::planted::{Planted, is_planted};
use crate::record::{OriginIndex, StoredRow, project_all};
use crate::run::Frontier;
use crate::scan::document_parts;
use automerge::{Automerge, Change};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Checks a snapshot: it loads, holds exactly what the runs cover, and is what its changes make.
pub(super) fn check(job: &CheckJob) -> Result<CheckResult, Refusal> {
    let plain = expand(&job.payload, EXPANDED_BYTES_MAX).map_err(Refusal::sender)?;
    let doc = load_plain(&plain).map_err(Refusal::sender)?;
    let changes = guarded("a snapshot whose changes do not read", || doc.get_changes(&[]))?;
    if changes.len() > TRANSFER_CHANGES_MAX {
        return Err(Refusal::sender("too many changes in one transfer"));
    }
    let (mut chains, mut left_out) = read(job, changes.iter().map(|change| change.raw_bytes().to_vec()).collect())?;
    cover(job, &Frontier::default(), &mut chains, &mut left_out)?;
    blame_misfits(&doc, &mut chains, &mut left_out);
    if !left_out.blamed.is_empty() {
        // It cannot be stored as it came; what the others wrote goes on as single changes.
        return give(job, chains, left_out);
    }
    if keeps_barred(job, &changes) {
        return Ok(CheckResult::Unkept);
    }
    let origins = OriginIndex::from_changes(&changes);
    if !lies_in_order(&plain) {
        rebuild(&plain, changes)?;
    }
    let rows = guarded("a snapshot that cannot be read", || project_all(&doc, &job.doc, &origins))?;
    check_flood(job, rows.len() as u64)?;
    Ok(CheckResult::Snapshot { frontier: frontier(&chains), rows: rows.iter().map(StoredRow::new).collect() })
}

/// Whether it holds what the bars keep out.
fn keeps_barred(job: &CheckJob, changes: &[Change]) -> bool {
    if job.bars.is_empty() || is_planted(Planted::TakeBarred) {
        return false;
    }
    let deps: Vec<Vec<ChangeHash>> =
        changes.iter().map(|change| change.deps().iter().map(|dep| ChangeHash::from(*dep)).collect()).collect();
    let judged = changes.iter().zip(&deps).filter_map(|(change, deps)| {
        let actor = ActorId::from_automerge(change.actor_id())?;
        Some(Judged { actor, seq: change.seq(), hash: change.hash().into(), deps })
    });
    !job.bars.unkept(judged).is_empty()
}

/// Automerge verifies the hashes of what it loads, not the order in which the operations lie, and does not
/// find what lies elsewhere. For documents without prose the order is plain to see.
fn lies_in_order(plain: &[u8]) -> bool {
    document_parts(plain).is_ok_and(|parts| parts.lies_in_order())
}

/// Any other document is made again from its changes, at twice the cost of loading it, and compared.
fn rebuild(plain: &[u8], changes: Vec<Change>) -> Result<(), Refusal> {
    let same = guarded("a snapshot whose changes do not apply", || {
        let mut doc = Automerge::new();
        let mut changes = changes.into_iter();
        loop {
            let slice: Vec<Change> = changes.by_ref().take(APPLY_SLICE).collect();
            if slice.is_empty() {
                break;
            }
            if doc.apply_changes(slice).is_err() {
                return false;
            }
        }
        let again = save_plain(&doc);
        matches!((document_parts(plain), document_parts(&again)), (Ok(given), Ok(made)) if given == made)
    })?;
    if same { Ok(()) } else { Err(Refusal::sender("a snapshot that its changes do not make")) }
}

fn guarded<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Refusal::sender(what))
}
