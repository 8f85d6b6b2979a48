//! What stays of those who may write no more: removed partners, replaced keys, revoked machines, dropped writers.
//!
//! The decision that ends their writing names, for each of their actors in each document, the last sequence that stays.
//! Of what comes later a change is part of the document where someone who still may write has built on it. So the
//! document is a function of the statements and of the changes alone: a node that heard late of the decision drops what
//! nothing keeps, one that heard early takes a late change as soon as an honest one arrives that depends on it.

use crate::ids::{ActorId, ChangeHash, tagged_hash};
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, HashSet};

/// The bars that hold in one document: the actors of devices that may write no more, each with the last sequence that
/// stays whatever builds on it; 0: none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Bars(#[n(0)] pub BTreeMap<ActorId, u64>);

/// A change as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// Its actor.
    pub actor: ActorId,
    /// Its sequence.
    pub seq: u64,
    /// Its hash.
    pub hash: ChangeHash,
    /// What it builds on.
    pub deps: &'a [ChangeHash],
}

impl Bars {
    /// Whether nobody is barred.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Eight bytes that stand for them, 0 where nobody is barred: under which bars a document was judged.
    pub fn digest(&self) -> u64 {
        if self.is_empty() {
            return 0;
        }
        let bytes: Vec<u8> =
            self.0.iter().flat_map(|(actor, seq)| actor.0.into_iter().chain(seq.to_le_bytes())).collect();
        let hash = tagged_hash("comin/bars/1", &[&bytes]);
        u64::from_le_bytes(hash.first_chunk().copied().unwrap_or_default()).max(1)
    }

    /// Of changes in an order in which dependencies come first: those that nothing keeps. What descends from one of
    /// them is among them as well.
    pub fn unkept<'a>(&self, changes: impl DoubleEndedIterator<Item = Judged<'a>>) -> HashSet<ChangeHash> {
        if self.is_empty() {
            return HashSet::new();
        }
        let (mut needed, mut unkept) = (HashSet::<ChangeHash>::new(), HashSet::new());
        for change in changes.rev() {
            let late = self.0.get(&change.actor).is_some_and(|stays| change.seq > *stays);
            if late && !needed.contains(&change.hash) {
                unkept.insert(change.hash);
            } else {
                needed.extend(change.deps);
            }
        }
        unkept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hash(n: usize) -> ChangeHash {
        ChangeHash(tagged_hash("test", &[&n.to_le_bytes()]))
    }

    /// A change: its actor, and on which of those before it it depends.
    type Drawn = (u8, Vec<prop::sample::Index>);

    struct History(Vec<(ActorId, u64, ChangeHash, Vec<ChangeHash>)>);

    impl History {
        fn of(drawn: &[Drawn]) -> Self {
            let mut last: BTreeMap<u8, (u64, ChangeHash)> = BTreeMap::new();
            let mut changes = Vec::new();
            for (n, (actor, on)) in drawn.iter().enumerate() {
                let own = last.get(actor).copied();
                let others = on.iter().filter(|_| n > 0).map(|on| hash(on.index(n)));
                let deps = others.chain(own.map(|(_, hash)| hash)).collect();
                let seq = own.map_or(1, |(seq, _)| seq + 1);
                last.insert(*actor, (seq, hash(n)));
                changes.push((ActorId([*actor; 16]), seq, hash(n), deps));
            }
            Self(changes)
        }

        /// The changes of `all` that are part of the document.
        fn kept(&self, bars: &Bars, all: &HashSet<ChangeHash>) -> HashSet<ChangeHash> {
            let here = self.0.iter().filter(|(_, _, hash, _)| all.contains(hash));
            let here: Vec<_> =
                here.map(|(actor, seq, hash, deps)| Judged { actor: *actor, seq: *seq, hash: *hash, deps }).collect();
            let unkept = bars.unkept(here.into_iter());
            all.difference(&unkept).copied().collect()
        }

        /// A change with everything that it depends on.
        fn with_ancestors(&self, n: usize) -> HashSet<ChangeHash> {
            let mut out = HashSet::from([hash(n)]);
            for (_, _, hash, deps) in self.0.iter().rev() {
                if out.contains(hash) {
                    out.extend(deps);
                }
            }
            out
        }
    }

    fn history() -> impl Strategy<Value = Vec<Drawn>> {
        prop::collection::vec((0..4u8, prop::collection::vec(any::<prop::sample::Index>(), 0..3)), 1..30)
    }

    proptest! {
        /// Two nodes that know different parts judge what they know, and exchange what is left: that is what a node
        /// holds that knew everything. Nobody needs what was dropped.
        #[test]
        fn judging_early_or_late_ends_with_the_same(
            drawn in history(),
            barred in prop::collection::btree_map(0..4u8, 0..9u64, 0..4),
            seen in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..8),
        ) {
            let history = History::of(&drawn);
            let bars = Bars(barred.into_iter().map(|(n, seq)| (ActorId([n; 16]), seq)).collect());
            let (mut left, mut right) = (HashSet::new(), HashSet::new());
            for (tip, is_left) in seen {
                let side = if is_left { &mut left } else { &mut right };
                side.extend(history.with_ancestors(tip.index(drawn.len())));
            }
            let all: HashSet<ChangeHash> = left.union(&right).copied().collect();
            let exchanged: HashSet<ChangeHash> =
                history.kept(&bars, &left).union(&history.kept(&bars, &right)).copied().collect();
            let whole = history.kept(&bars, &all);
            prop_assert_eq!(&exchanged, &whole, "what one side keeps the other keeps as well");
            for (actor, seq, hash, deps) in &history.0 {
                if whole.contains(hash) {
                    prop_assert!(deps.iter().all(|dep| whole.contains(dep)), "nothing lacks what it depends on");
                } else if all.contains(hash) {
                    prop_assert!(bars.0.get(actor).is_some_and(|stays| seq > stays), "only late changes go");
                }
            }
        }
    }

    #[test]
    fn whoever_is_not_barred_loses_nothing() {
        let change = Judged { actor: ActorId([1; 16]), seq: 2, hash: hash(1), deps: &[] };
        let judge = |bars: &Bars| bars.unkept([change].into_iter()).len();
        assert_eq!((Bars::default().digest(), judge(&Bars::default())), (0, 0), "nobody is barred");
        let barred = |seq| Bars(BTreeMap::from([(ActorId([1; 16]), seq)]));
        assert_eq!(judge(&barred(2)), 0, "it stays up to the sequence that is named");
        assert_eq!(judge(&barred(1)), 1, "and what comes later goes");
        assert_ne!(barred(0).digest(), barred(1).digest(), "other bars have to be judged again");
    }
}
