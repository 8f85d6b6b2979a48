//! The three forms of a transfer's payload: how they are written, and how they are read within bounds.

use super::{Form, Refusal};
use crate::codec::{compress, expand};
use crate::ids::ChangeHash;
use crate::limits::{BUNDLE_FROM_CHANGES, CHANGE_BYTES_MAX, EXPANDED_BYTES_MAX, TRANSFER_CHANGES_MAX};
use crate::scan::document_parts;
use automerge::{Automerge, Bundle, Change, ReadDoc, SaveOptions};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Version of [`Form::Bundle`]: the first byte of the expanded payload.
const BUNDLE_VERSION: u8 = 1;
/// Up to so many changes both forms are made and the smaller one is sent: small bundles cost more than they
/// save.
const COMPARE_UP_TO: usize = 8 * BUNDLE_FROM_CHANGES;

/// Why a snapshot of the store's own could not be loaded.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the snapshot does not load: {0}")]
pub struct SnapshotError(pub String);

/// The payload of [`Form::Changes`].
pub fn encode_changes<'a>(changes: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for change in changes {
        // INVARIANT: a change is at most CHANGE_BYTES_MAX long.
        out.extend_from_slice(&(change.len() as u32).to_le_bytes());
        out.extend_from_slice(change);
    }
    compress(&out)
}

/// The payload of the named changes: a bundle where it is the smaller form, else the changes one by one.
/// `None` where the document lacks one of them.
pub fn encode_bundle(doc: &Automerge, hashes: &[ChangeHash]) -> Option<(Form, Vec<u8>)> {
    if hashes.len() < BUNDLE_FROM_CHANGES {
        return encode_singly(doc, hashes);
    }
    match bundle(doc, hashes) {
        None => encode_singly(doc, hashes),
        Some(bundled) if hashes.len() > COMPARE_UP_TO => Some((Form::Bundle, bundled)),
        Some(bundled) => {
            let (form, single) = encode_singly(doc, hashes)?;
            Some(if single.len() <= bundled.len() { (form, single) } else { (Form::Bundle, bundled) })
        }
    }
}

fn encode_singly(doc: &Automerge, hashes: &[ChangeHash]) -> Option<(Form, Vec<u8>)> {
    let changes: Option<Vec<Change>> =
        hashes.iter().map(|hash| doc.get_change_by_hash(&automerge::ChangeHash::from(*hash))).collect();
    Some((Form::Changes, encode_changes(changes?.iter().map(Change::raw_bytes))))
}

/// A bundle that has been seen to give exactly these changes back: bundles are experimental, and a receiver
/// holds the sender responsible.
pub(super) fn bundle(doc: &Automerge, hashes: &[ChangeHash]) -> Option<Vec<u8>> {
    let bundled = catch_unwind(AssertUnwindSafe(|| doc.bundle(hashes.iter().map(|hash| (*hash).into())))).ok()?.ok()?;
    let mut given: Vec<ChangeHash> = unbundle(bundled.bytes())?.iter().map(|change| change.hash().into()).collect();
    let mut wanted = hashes.to_vec();
    given.sort_unstable();
    wanted.sort_unstable();
    let mut out = vec![BUNDLE_VERSION];
    out.extend_from_slice(bundled.bytes());
    (given == wanted).then(|| compress(&out))
}

fn unbundle(bytes: &[u8]) -> Option<Vec<Change>> {
    catch_unwind(|| Bundle::try_from(bytes).ok()?.to_changes().ok()).ok()?
}

/// The payload of [`Form::Snapshot`], which is also what the store keeps.
pub fn encode_snapshot(doc: &Automerge) -> Vec<u8> {
    compress(&save_plain(doc))
}

/// The plain save that snapshots hold.
pub(super) fn save_plain(doc: &Automerge) -> Vec<u8> {
    doc.save_with_options(SaveOptions { deflate: false, retain_orphans: false })
}

/// Loads a snapshot; whose changes those are is not asked. For the store's own snapshots, which were checked
/// when they came; nothing that it holds can stop the process.
///
/// # Errors
/// [`SnapshotError`]: the snapshot is damaged.
pub fn load_snapshot(bytes: &[u8]) -> Result<Automerge, SnapshotError> {
    let plain = expand(bytes, EXPANDED_BYTES_MAX).map_err(|error| SnapshotError(error.to_string()))?;
    load_plain(&plain)
}

/// Loads an expanded snapshot: one uncompressed document chunk, hashes verified.
pub(super) fn load_plain(plain: &[u8]) -> Result<Automerge, SnapshotError> {
    document_parts(plain).map_err(|error| SnapshotError(error.to_string()))?;
    match catch_unwind(|| Automerge::load(plain)) {
        Ok(Ok(doc)) => Ok(doc),
        Ok(Err(error)) => Err(SnapshotError(error.to_string())),
        Err(_) => Err(SnapshotError("Automerge panicked".to_owned())),
    }
}

/// The first of the changes just applied to a document that it does not give back byte for byte. `before`: its
/// heads until then. Automerge writes every change anew when it saves; one that overwrites what is not there
/// applies, but comes out otherwise, and the document never loads again. A document that fails here is to be
/// thrown away, and the changes with it: their author made them so.
pub fn not_given_back(doc: &Automerge, before: &[automerge::ChangeHash], applied: &[ChangeHash]) -> Option<ChangeHash> {
    // One by one they are found sooner than by what the heads say is new; of many it is the other way round.
    const FEW: usize = 4;
    let again = catch_unwind(AssertUnwindSafe(|| match applied.len() <= FEW {
        true => applied.iter().filter_map(|hash| doc.get_change_by_hash(&(*hash).into())).collect(),
        false => doc.get_changes(before),
    }));
    let again: HashSet<ChangeHash> = again.unwrap_or_default().iter().map(|change| change.hash().into()).collect();
    applied.iter().find(|hash| !again.contains(hash)).copied()
}

/// Reads the payload of [`Form::Bundle`] into raw changes.
pub(super) fn read_bundle(payload: &[u8]) -> Result<Vec<Vec<u8>>, Refusal> {
    let plain = expand(payload, EXPANDED_BYTES_MAX).map_err(Refusal::sender)?;
    let bundle = match plain.split_first() {
        Some((&BUNDLE_VERSION, bundle)) => bundle,
        _ => return Err(Refusal::sender("bundle of an unknown version")),
    };
    let changes = unbundle(bundle).ok_or_else(|| Refusal::sender("bundle is damaged"))?;
    if changes.len() > TRANSFER_CHANGES_MAX {
        return Err(Refusal::sender("too many changes in one transfer"));
    }
    Ok(changes.iter().map(|change| change.raw_bytes().to_vec()).collect())
}

/// Reads the payload of [`Form::Changes`] into raw changes.
pub(super) fn read_changes(payload: &[u8]) -> Result<Vec<Vec<u8>>, Refusal> {
    let plain = expand(payload, EXPANDED_BYTES_MAX).map_err(Refusal::sender)?;
    let mut rest = plain.as_slice();
    let mut changes = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        let Some((change, after)) = after.split_at_checked(length).filter(|_| length <= CHANGE_BYTES_MAX) else {
            return Err(Refusal::sender("change longer than its payload or the limit"));
        };
        if changes.len() == TRANSFER_CHANGES_MAX {
            return Err(Refusal::sender("too many changes in one transfer"));
        }
        changes.push(change.to_vec());
        rest = after;
    }
    if rest.is_empty() { Ok(changes) } else { Err(Refusal::sender("bytes after the last change")) }
}
