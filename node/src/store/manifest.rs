//! Manifests: what must be there. A damaged sled file can open with entries silently missing, or with an
//! older value in place of a newer one; counts and sums of checksums show both.

use super::StoreError;
use super::cell;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// How many entries a group has, and the wrapping sum of their checksums (which cover keys and values).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(array)]
pub struct Tally {
    /// Entries.
    #[n(0)]
    pub count: u64,
    /// Sum of their checksums.
    #[n(1)]
    pub sum: u64,
}

impl Tally {
    /// Counts an entry in.
    pub fn add(&mut self, sum: u64) {
        self.count = self.count.wrapping_add(1);
        self.sum = self.sum.wrapping_add(sum);
    }

    /// Counts an entry out.
    pub fn remove(&mut self, sum: u64) {
        self.count = self.count.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(sum);
    }

    /// Replaces one entry by another, either of which may be absent.
    pub fn replace(&mut self, old: Option<u64>, new: Option<u64>) {
        old.into_iter().for_each(|sum| self.remove(sum));
        new.into_iter().for_each(|sum| self.add(sum));
    }

    /// Compares what was found with what must be there.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], with `what` and both counts.
    pub fn expect(self, found: Tally, what: &str) -> Result<(), StoreError> {
        if self == found {
            return Ok(());
        }
        let text = if self.count == found.count {
            format!("{what}: an older state in place of a newer one")
        } else {
            format!("{what}: {} of {} found", found.count, self.count)
        };
        Err(StoreError::Damaged(text))
    }
}

/// What belongs to one document.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(array)]
pub struct DocManifest {
    /// The snapshot: one entry or none.
    #[n(0)]
    pub snapshot: Tally,
    /// Raw changes; their keys hold their order.
    #[n(1)]
    pub changes: Tally,
    /// Runs.
    #[n(2)]
    pub runs: Tally,
    /// Rows.
    #[n(3)]
    pub rows: Tally,
    /// The meta: one entry or none.
    #[n(4)]
    pub meta: Tally,
    /// Position of the next raw change.
    #[n(5)]
    pub next_position: u64,
    /// Slot of the next row.
    #[n(6)]
    pub next_slot: u64,
}

/// What belongs to the whole store.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(array)]
pub struct Global {
    /// Batches ever applied.
    #[n(0)]
    pub commits: u64,
    /// Statements.
    #[n(1)]
    pub statements: Tally,
    /// Beacons.
    #[n(2)]
    pub beacons: Tally,
    /// Small values of the engine.
    #[n(3)]
    pub state: Tally,
    /// Actors' devices.
    #[n(4)]
    pub devices: Tally,
    /// Documents' manifests.
    #[n(5)]
    pub docs: Tally,
    /// Rows of each kind.
    #[n(6)]
    pub kinds: BTreeMap<String, u64>,
    /// Rows with a conflict.
    #[n(7)]
    pub conflicts: u64,
}

/// Reads the CBOR of a checked payload.
///
/// # Errors
/// [`StoreError::Damaged`]: a checked payload that does not decode was written by a fault.
pub fn decode<'b, T: Decode<'b, ()>>(key: &[u8], payload: &'b [u8]) -> Result<T, StoreError> {
    comin_protocol::codec::from_cbor(payload).map_err(|e| cell::damaged(key, &format!("cannot be read: {e}")))
}
