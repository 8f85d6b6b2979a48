//! When changes came here that had been written long before: what somebody wrote without a connection is news on the
//! day on which it arrives, and its author's clock tells of another day.
//!
//! Only what came late is noted; everything else came when it was written, as far as people care. This is information
//! for the people of this node and decides nothing.

use super::{Engine, StartError, Write};
use crate::codec::{from_cbor, to_cbor};
use crate::ids::{ActorId, DocId};
use crate::limits;
use crate::scan::ScannedChange;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// Names what came late, a value for each document.
const STATE_ARRIVALS: &str = "arrivals/";

/// Changes of one author that arrived together, or all of a document that arrived whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Arrival {
    /// Who wrote them; `None`: whoever wrote the document.
    #[n(0)]
    pub actor: Option<ActorId>,
    /// The time of the first of them by its author's clock, in milliseconds since the Unix epoch.
    #[n(1)]
    pub first_ms: i64,
    /// The time of the last.
    #[n(2)]
    pub last_ms: i64,
    /// When they arrived, by this node's clock.
    #[n(3)]
    pub arrived_ms: u64,
}

/// What came late into each document, in the order in which it came.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Arrivals(BTreeMap<DocId, Vec<Arrival>>);

impl Arrivals {
    /// When a change came here, by this node's clock; where it did not come late, when it was written. What is known of
    /// its author counts before what is known of everybody, and the newest before older ones.
    pub fn time_ms(&self, doc: &DocId, actor: &ActorId, written_ms: i64) -> i64 {
        let list = self.0.get(doc).map(Vec::as_slice).unwrap_or_default();
        let of = |actor: Option<ActorId>| {
            let holds = |arrival: &&Arrival| {
                arrival.actor == actor && (arrival.first_ms..=arrival.last_ms).contains(&written_ms)
            };
            list.iter().rev().find(holds)
        };
        // Of those that came together the time of the first is kept, and another may have been written since.
        let came = |arrival: &Arrival| i64::try_from(arrival.arrived_ms).unwrap_or(i64::MAX).max(written_ms);
        of(Some(*actor)).or_else(|| of(None)).map_or(written_ms, came)
    }

    /// Notes some more; each is one with those of its author that came shortly before it.
    fn note(&mut self, doc: DocId, arrivals: impl IntoIterator<Item = Arrival>) -> &[Arrival] {
        let list = self.0.entry(doc).or_default();
        for arrival in arrivals {
            let before = list.iter_mut().rfind(|other| {
                other.actor == arrival.actor
                    && arrival.arrived_ms.abs_diff(other.arrived_ms) <= limits::ARRIVALS_TOGETHER_MS
            });
            match before {
                // It keeps the time of the first of them, or what comes again and again would never be old.
                Some(before) => {
                    before.first_ms = before.first_ms.min(arrival.first_ms);
                    before.last_ms = before.last_ms.max(arrival.last_ms);
                }
                None => list.push(arrival),
            }
        }
        list.drain(..list.len().saturating_sub(limits::ARRIVALS_MAX));
        list
    }
}

impl Engine {
    pub(super) fn restore_arrivals(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), StartError> {
        for (name, bytes) in state.iter().filter(|(name, _)| name.starts_with(STATE_ARRIVALS)) {
            let (doc, list): (DocId, Vec<Arrival>) = from_cbor(bytes).map_err(|_| StartError::State(name.clone()))?;
            self.arrivals.0.insert(doc, list);
        }
        Ok(())
    }

    /// Notes which of some changes that have just been applied came late.
    pub(super) fn note_late<'a>(&mut self, doc: DocId, changes: impl Iterator<Item = &'a ScannedChange>) {
        let now = i64::try_from(self.now.wall_ms).unwrap_or(i64::MAX);
        let mut late: BTreeMap<ActorId, (i64, i64)> = BTreeMap::new();
        for change in changes.filter(|change| now.saturating_sub(change.time_ms) > limits::LATE_MS) {
            let (first, last) = late.entry(change.actor).or_insert((change.time_ms, change.time_ms));
            (*first, *last) = ((*first).min(change.time_ms), (*last).max(change.time_ms));
        }
        let all = late.values().copied().reduce(|(a, b), (first, last)| (a.min(first), b.max(last)));
        let told: Vec<(Option<ActorId>, (i64, i64))> = match late.len() > limits::ARRIVALS_OF_BATCH_MAX {
            true => all.map(|times| (None, times)).into_iter().collect(),
            false => late.into_iter().map(|(actor, times)| (Some(actor), times)).collect(),
        };
        self.note_arrivals(doc, &told);
    }

    /// Notes that a document came whole.
    pub(super) fn note_whole(&mut self, doc: DocId) {
        let now = i64::try_from(self.now.wall_ms).unwrap_or(i64::MAX);
        self.note_arrivals(doc, &[(None, (i64::MIN, now))]);
    }

    /// Notes who arrived now with changes from when to when, and writes it once.
    fn note_arrivals(&mut self, doc: DocId, came: &[(Option<ActorId>, (i64, i64))]) {
        // No list of news tells of persons.
        if doc.is_person() || came.is_empty() {
            return;
        }
        let arrived_ms = self.now.wall_ms;
        let arrival = |&(actor, (first_ms, last_ms)): &_| Arrival { actor, first_ms, last_ms, arrived_ms };
        let bytes = to_cbor(&(doc, self.arrivals.note(doc, came.iter().map(arrival))));
        self.batch.push(Write::PutState(format!("{STATE_ARRIVALS}{doc}"), bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RegisterId;

    const IT: ActorId = ActorId([1; 16]);
    const SI: ActorId = ActorId([2; 16]);
    const DOC: DocId = DocId { register: RegisterId([7; 32]), part: 1 };

    fn late(actor: ActorId, first_ms: i64, last_ms: i64, arrived_ms: u64) -> Arrival {
        Arrival { actor: Some(actor), first_ms, last_ms, arrived_ms }
    }

    #[test]
    fn what_came_late_is_told_from_what_did_not() {
        let (mut arrivals, day) = (Arrivals::default(), 24 * 60 * 60 * 1_000);
        arrivals.note(DOC, [late(IT, 200, 300, 7 * day)]);
        let time = |arrivals: &Arrivals, actor, written| arrivals.time_ms(&DOC, actor, written);
        assert_eq!(time(&arrivals, &IT, 250), 7 * 24 * 60 * 60 * 1_000, "when it came");
        assert_eq!((time(&arrivals, &IT, 199), time(&arrivals, &IT, 301)), (199, 301), "what came in time");
        assert_eq!(time(&arrivals, &SI, 250), 250, "and what others wrote then");
        arrivals.note(DOC, [Arrival { actor: None, first_ms: i64::MIN, last_ms: 900, arrived_ms: 9 * day }]);
        assert_eq!(time(&arrivals, &SI, 250), 9 * 24 * 60 * 60 * 1_000, "a whole document is news as a whole");
        assert_eq!(time(&arrivals, &IT, 250), 7 * 24 * 60 * 60 * 1_000, "but for what was known before");
        arrivals.note(DOC, [late(IT, 250, 250, 10 * day)]);
        assert_eq!(time(&arrivals, &IT, 250), 10 * 24 * 60 * 60 * 1_000, "of two of one author the newest counts");
    }

    #[test]
    fn there_are_never_many() {
        let mut arrivals = Arrivals::default();
        for n in 0..1_000_u64 {
            arrivals.note(DOC, [late(IT, 0, n as i64, n)]);
        }
        assert_eq!(arrivals.0[&DOC], [late(IT, 0, 999, 0)], "what comes in one go is one");
        let bound = limits::ARRIVALS_TOGETHER_MS;
        arrivals.note(DOC, [late(IT, 5, 5, bound), late(IT, 5, 5, bound + 1)]);
        let times: Vec<u64> = arrivals.0[&DOC].iter().map(|one| one.arrived_ms).collect();
        assert_eq!(times, [0, bound + 1], "and what comes again and again is not one for ever");
        for n in 0..1_000_u64 {
            arrivals.note(DOC, [late(SI, n as i64, n as i64, n * 2 * bound)]);
        }
        let kept = &arrivals.0[&DOC];
        assert_eq!(
            (kept.len(), kept.last().map(|last| last.first_ms)),
            (limits::ARRIVALS_MAX, Some(999)),
            "the newest"
        );
    }
}
