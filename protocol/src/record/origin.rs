//! Who wrote which operations when.

use crate::ids::ActorId;
use automerge::{Automerge, Change, ChangeMetadata, ObjId};
use std::collections::HashMap;
use std::ops::Range;

use super::Origin;

/// From each actor's operation counters to the time of its change.
///
/// # Shape
/// For every actor the (first counter, time) of its changes, ascending. An operation belongs to the last
/// change that starts at or below its counter.
#[derive(Clone, Debug, Default)]
pub struct OriginIndex {
    by_actor: HashMap<ActorId, Vec<(u64, i64)>>,
}

impl OriginIndex {
    /// Reads it from a loaded document.
    pub fn from_doc(doc: &Automerge) -> Self {
        Self::from_metas(&doc.get_changes_meta(&[]))
    }

    /// Makes it of what Automerge tells of all changes.
    pub fn from_metas(metas: &[ChangeMetadata<'_>]) -> Self {
        let mut index = Self::default();
        for meta in metas {
            index.push(actor_of(&meta.actor), meta.start_op, meta.timestamp);
        }
        index
    }

    /// Makes it of all changes, in the order in which they were applied.
    pub fn from_changes(changes: &[Change]) -> Self {
        let mut index = Self::default();
        for change in changes {
            index.push(actor_of(change.actor_id()), change.start_op().get(), change.timestamp());
        }
        index
    }

    /// Adds one change: its actor, first operation counter and time in milliseconds.
    pub fn push(&mut self, actor: ActorId, start_op: u64, time_ms: i64) {
        let changes = self.by_actor.entry(actor).or_default();
        match changes.last() {
            // Out of order only when a caller replays: kept sorted all the same.
            Some((last, _)) if *last >= start_op => {
                let at = changes.partition_point(|(start, _)| *start < start_op);
                if changes.get(at).is_none_or(|(start, _)| *start != start_op) {
                    changes.insert(at, (start_op, time_ms));
                }
            }
            _ => changes.push((start_op, time_ms)),
        }
    }

    /// The time of the change that holds this operation, in milliseconds; 0 where it is not known.
    pub fn time_ms(&self, actor: &ActorId, counter: u64) -> i64 {
        self.change_of(actor, counter).0
    }

    /// The time of the change that holds this operation, and the counters that belong to it.
    pub(super) fn change_of(&self, actor: &ActorId, counter: u64) -> (i64, Range<u64>) {
        let changes = self.by_actor.get(actor).map_or(&[][..], Vec::as_slice);
        let after = changes.partition_point(|(start, _)| *start <= counter);
        let (start, time_ms) = after.checked_sub(1).and_then(|at| changes.get(at)).copied().unwrap_or((0, 0));
        (time_ms, start..changes.get(after).map_or(u64::MAX, |(next, _)| *next))
    }

    /// Who made the operation or object of this id, and when.
    pub(super) fn origin(&self, id: &ObjId) -> Origin {
        let (actor, counter) = author(id);
        Origin { actor, time_ms: self.time_ms(&actor, counter) }
    }
}

/// Actor and counter of an operation; the root has been there before all.
pub(super) fn author(id: &ObjId) -> (ActorId, u64) {
    match id {
        ObjId::Id(counter, actor, _) => (actor_of(actor), *counter),
        ObjId::Root => (ActorId([0; 16]), 0),
    }
}

/// Our form of an actor. Admission lets no actor of another length in; all zeros stands for one.
fn actor_of(actor: &automerge::ActorId) -> ActorId {
    ActorId::from_automerge(actor).unwrap_or(ActorId([0; 16]))
}
