//! Who wrote which operations when, and who changed a text last.

use crate::ids::ActorId;
use crate::scan::{KeyRef, ObjRef, OpId, ScannedChange, scan};
use automerge::{Automerge, Change, ChangeMetadata, ObjId};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::Origin;

/// From each actor's operation counters to the time of its change.
///
/// # Shape
/// For every actor the (first counter, time) of its changes, ascending. An operation belongs to the last
/// change that starts at or below its counter.
#[derive(Clone, Debug, Default)]
pub struct OriginIndex {
    by_actor: HashMap<ActorId, Vec<(u64, i64)>>,
    /// Of each text that was changed after the change that made it the change that did so last. What a text has lost
    /// leaves no trace in it, so the operations of all changes are read, once a text is asked about.
    texts: OnceLock<HashMap<OpId, Latest>>,
}

/// A change of a text. Of several that know nothing of one another the last by the authors' clocks counts, on every node
/// the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Latest {
    time_ms: i64,
    start_op: u64,
    actor: ActorId,
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

    /// Adds a change that the document has just taken.
    pub fn note(&mut self, change: &ScannedChange) {
        self.push(change.actor, change.start_op, change.time_ms);
        if let Some(texts) = self.texts.get_mut() {
            note_texts(texts, change);
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

    /// Who changed a text last, and when; `None`: nobody has since the change that made it.
    pub(super) fn last_change_of_text(&self, doc: &Automerge, id: &ObjId) -> Option<Origin> {
        let (actor, counter) = author(id);
        let texts = self.texts.get_or_init(|| changed_texts(doc));
        texts.get(&OpId { counter, actor }).map(|last| Origin { actor: last.actor, time_ms: last.time_ms })
    }
}

/// The texts of a document that were changed after they were made.
fn changed_texts(doc: &Automerge) -> HashMap<OpId, Latest> {
    let mut texts = HashMap::new();
    // Admission lets no change in that the scan does not read.
    let changes = doc.get_changes(&[]).into_iter().filter_map(|change| scan(change.raw_bytes()).ok());
    changes.for_each(|change| note_texts(&mut texts, &change));
    texts
}

fn note_texts(texts: &mut HashMap<OpId, Latest>, change: &ScannedChange) {
    let latest = Latest { time_ms: change.time_ms, start_op: change.start_op, actor: change.actor };
    let mut last = None;
    for op in &change.ops {
        let (ObjRef::Object(text), KeyRef::Element(_)) = (&op.obj, &op.key) else { continue };
        let is_made_here = text.actor == change.actor && text.counter >= change.start_op;
        // Operations on one text follow one another.
        if !is_made_here && last != Some(*text) {
            texts.entry(*text).and_modify(|known| *known = latest.max(*known)).or_insert(latest);
            last = Some(*text);
        }
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
