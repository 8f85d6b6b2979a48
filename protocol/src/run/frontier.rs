//! The exact state of a document, as a value that is cheap to keep many times.
//!
//! Each peer's state of each document is known twice (what it says that it holds, what it will hold), and after years a
//! document has thousands of actors that never move again. A frontier therefore consists of buckets, one for each first
//! byte of an actor's id, which states share: where two states share a bucket they need not be compared there. A copy is
//! one reference until it moves: to count those of all buckets would take longer than all that a reconnect has to look at.

use super::Tip;
use crate::ids::{ActorId, tagged_hash};
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The exact state of one document: each actor's last sequence number and change hash.
///
/// # Shape
/// On the wire a map from actor to tip. In memory buckets in order, each with its tips in order; none is empty.
#[derive(Clone, Default)]
pub struct Frontier(Arc<State>);

/// What all copies of a state share.
#[derive(Clone, Default)]
struct State {
    buckets: Vec<(u8, Arc<Bucket>)>,
    digest: OnceLock<[u8; 16]>,
}

impl State {
    fn of(buckets: Vec<(u8, Arc<Bucket>)>) -> Frontier {
        Frontier(Arc::new(Self { buckets, digest: OnceLock::new() }))
    }
}

impl PartialEq for Frontier {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.buckets == other.0.buckets
    }
}

impl Eq for Frontier {}

impl std::fmt::Debug for Frontier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The tips of the actors whose id begins with one byte, sorted by actor.
#[derive(Clone, Default)]
struct Bucket {
    tips: Vec<(ActorId, Tip)>,
    sum: OnceLock<Sum>,
}

/// What is read of all tips of a bucket, once for all states that share it.
#[derive(Clone)]
struct Sum {
    digest: [u8; 16],
    changes: u64,
}

impl Bucket {
    fn of(mut tips: Vec<(ActorId, Tip)>) -> Arc<Self> {
        tips.shrink_to_fit();
        Arc::new(Self { tips, sum: OnceLock::new() })
    }

    /// These tips, and others in the place of those of the same actors.
    fn with(&self, others: &Self) -> Arc<Self> {
        let both = side_by_side(pairs(&self.tips), pairs(&others.tips));
        Self::of(both.filter_map(|(actor, mine, other)| Some((*actor, *other.or(mine)?))).collect())
    }

    fn find(&self, actor: &ActorId) -> Result<usize, usize> {
        self.tips.binary_search_by(|(known, _)| known.cmp(actor))
    }

    fn sum(&self) -> &Sum {
        self.sum.get_or_init(|| {
            let (mut bytes, mut changes) = (Vec::with_capacity(self.tips.len() * size_of::<(ActorId, Tip)>()), 0_u64);
            for (actor, tip) in &self.tips {
                bytes.extend_from_slice(&actor.0);
                bytes.extend_from_slice(&tip.seq.to_le_bytes());
                bytes.extend_from_slice(&tip.hash.0);
                changes = changes.saturating_add(tip.seq);
            }
            Sum { digest: short_hash("comin/frontier-bucket/1", &bytes), changes }
        })
    }
}

impl PartialEq for Bucket {
    fn eq(&self, other: &Self) -> bool {
        self.tips == other.tips
    }
}

impl Eq for Bucket {}

impl Frontier {
    /// The bucket of an actor: the first byte of its id.
    pub fn bucket_of(actor: &ActorId) -> u8 {
        actor.0[0]
    }

    /// An actor's tip.
    pub fn get(&self, actor: &ActorId) -> Option<&Tip> {
        let (_, bucket) = &self.0.buckets[self.find(Self::bucket_of(actor)).ok()?];
        bucket.find(actor).ok().map(|at| &bucket.tips[at].1)
    }

    fn find(&self, bucket: u8) -> Result<usize, usize> {
        self.0.buckets.binary_search_by_key(&bucket, |(known, _)| *known)
    }

    /// Its buckets, to be changed; what other states share stays as it is.
    fn buckets_mut(&mut self) -> &mut Vec<(u8, Arc<Bucket>)> {
        let state = Arc::make_mut(&mut self.0);
        state.digest = OnceLock::new();
        &mut state.buckets
    }

    /// Last sequence of `actor`, 0 if it is not known.
    pub fn seq(&self, actor: &ActorId) -> u64 {
        self.get(actor).map_or(0, |tip| tip.seq)
    }

    /// Sets an actor's tip; what other states share stays as it is.
    pub fn insert(&mut self, actor: ActorId, tip: Tip) {
        let (name, place) = (Self::bucket_of(&actor), self.find(Self::bucket_of(&actor)));
        let buckets = self.buckets_mut();
        let at = place.unwrap_or_else(|at| {
            buckets.insert(at, (name, Arc::default()));
            at
        });
        let bucket = Arc::make_mut(&mut buckets[at].1);
        bucket.sum = OnceLock::new();
        match bucket.find(&actor) {
            Ok(at) => bucket.tips[at].1 = tip,
            Err(at) => {
                bucket.tips.reserve_exact(1);
                bucket.tips.insert(at, (actor, tip));
            }
        }
    }

    /// Sets an actor's tip, or takes the actor away.
    pub fn set(&mut self, actor: ActorId, tip: Option<Tip>) {
        if let Some(tip) = tip {
            return self.insert(actor, tip);
        }
        let Ok(place) = self.find(Self::bucket_of(&actor)) else { return };
        let Ok(at) = self.0.buckets[place].1.find(&actor) else { return };
        let buckets = self.buckets_mut();
        let bucket = Arc::make_mut(&mut buckets[place].1);
        bucket.sum = OnceLock::new();
        bucket.tips.remove(at);
        if bucket.tips.is_empty() {
            buckets.remove(place);
        }
    }

    /// Raises it to the tips given.
    pub fn raise<'a>(&mut self, tips: impl IntoIterator<Item = (&'a ActorId, &'a Tip)>) {
        for (actor, tip) in tips {
            if self.seq(actor) < tip.seq {
                self.insert(*actor, *tip);
            }
        }
    }

    /// Keeps the buckets that are equal to another state's as references to those; where all are, itself as one.
    pub fn share(&mut self, other: &Self) {
        if Arc::ptr_eq(&self.0, &other.0) {
            return;
        }
        let theirs = |name| other.find(name).ok().map(|at| &other.0.buckets[at].1);
        let pairs = self.0.buckets.iter().enumerate().filter_map(|(at, (name, mine))| Some((at, mine, theirs(*name)?)));
        let equal = pairs.filter(|(_, mine, theirs)| !Arc::ptr_eq(mine, theirs) && mine == theirs);
        let equal: Vec<(usize, Arc<Bucket>)> = equal.map(|(at, _, theirs)| (at, Arc::clone(theirs))).collect();
        if !equal.is_empty() {
            // It is the state that it was, with the digest that it had.
            let buckets = &mut Arc::make_mut(&mut self.0).buckets;
            equal.into_iter().for_each(|(at, theirs)| buckets[at].1 = theirs);
        }
        if self.apart(other).next().is_none() {
            *self = other.clone();
        }
    }

    /// Raises it to the tips given, and shares what is then equal with another state. Where it becomes that one it is
    /// not made first.
    pub fn raise_beside(&mut self, tips: &BTreeMap<ActorId, Tip>, other: &Self) {
        let raised = |actor, tip: &Tip| tips.get(actor) == Some(tip);
        let ends_there = tips.iter().all(|(actor, tip)| other.get(actor) == Some(tip) || self.seq(actor) >= tip.seq)
            && other.apart(self).all(|(actor, theirs, mine)| match (theirs, mine) {
                (Some(theirs), Some(mine)) => theirs == mine || mine.seq < theirs.seq && raised(actor, theirs),
                (Some(theirs), None) => raised(actor, theirs),
                (None, _) => false,
            });
        if ends_there {
            *self = other.clone();
        } else {
            self.raise(tips);
            self.share(other);
        }
    }

    /// What makes this state out of `base`.
    pub fn delta(&self, base: &Self) -> Delta {
        let gone = self.apart(base).filter(|(_, mine, _)| mine.is_none()).map(|(actor, ..)| Self::bucket_of(actor));
        let whole: Buckets = gone.collect();
        let tips = self.apart(base).filter_map(|(actor, mine, theirs)| {
            let is_told = mine != theirs || whole.has(Self::bucket_of(actor));
            Some((*actor, *mine.filter(|_| is_told)?))
        });
        Delta { whole, tips: tips.collect() }
    }

    /// What makes this state out of any that is equal to it but in some buckets.
    pub fn delta_in(&self, buckets: Buckets) -> Delta {
        let tips = self.0.buckets.iter().filter(|(bucket, _)| buckets.has(*bucket)).cloned();
        Delta { whole: buckets, tips: State::of(tips.collect()) }
    }

    /// The state that this one is made into.
    #[must_use]
    pub fn with(&self, Delta { whole, tips }: &Delta) -> Self {
        let mut made = self.clone();
        let buckets = made.buckets_mut();
        buckets.retain(|(bucket, _)| !whole.has(*bucket));
        for (name, told) in &tips.0.buckets {
            match buckets.binary_search_by_key(name, |(known, _)| *known) {
                // Gone along once: a peer may tell of a hundred thousand tips of one bucket.
                Ok(at) => buckets[at].1 = buckets[at].1.with(told),
                Err(at) => buckets.insert(at, (*name, Arc::clone(told))),
            }
        }
        made
    }

    /// The buckets in which something stands.
    pub fn buckets(&self) -> Buckets {
        self.0.buckets.iter().map(|(bucket, _)| *bucket).collect()
    }

    /// How many actors it knows.
    pub fn len(&self) -> usize {
        self.0.buckets.iter().map(|(_, bucket)| bucket.tips.len()).sum()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.buckets.is_empty()
    }

    /// What it takes in memory that none of `others` takes, in tips of 56 bytes: a bucket takes as much as two more.
    pub fn weight_beside(&self, others: &[&Self]) -> usize {
        if others.iter().any(|other| Arc::ptr_eq(&self.0, &other.0)) {
            return 0;
        }
        let held = |other: &&Self, bucket: u8, tips: &Arc<Bucket>| {
            other.find(bucket).is_ok_and(|at| Arc::ptr_eq(&other.0.buckets[at].1, tips))
        };
        let shared = |(bucket, tips): &&(u8, Arc<Bucket>)| others.iter().any(|other| held(other, *bucket, tips));
        self.0.buckets.iter().filter(|bucket| !shared(bucket)).map(|(_, bucket)| bucket.tips.len() + 2).sum()
    }

    /// All actors with their tips, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ActorId, &Tip)> {
        self.0.buckets.iter().flat_map(|(_, bucket)| pairs(&bucket.tips))
    }

    /// How many changes the document holds.
    pub fn changes(&self) -> u64 {
        self.0.buckets.iter().fold(0, |sum, (_, bucket)| sum.saturating_add(bucket.sum().changes))
    }

    /// This state as far as it is not beyond `other`.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        let mut out = self.clone();
        let beyond = self.apart(other).filter(|(_, mine, theirs)| mine.map(|tip| tip.seq) > theirs.map(|tip| tip.seq));
        beyond.for_each(|(actor, _, theirs)| out.set(*actor, theirs.copied()));
        out
    }

    /// How many changes of `self` are beyond `other`.
    pub fn beyond(&self, other: &Self) -> u64 {
        let seq = |tip: Option<&Tip>| tip.map_or(0, |tip| tip.seq);
        let beyond = self.apart(other).map(|(_, mine, theirs)| seq(mine).saturating_sub(seq(theirs)));
        beyond.fold(0, u64::saturating_add)
    }

    /// 16 bytes that stand for the frontier when two nodes compare documents: over its buckets that hold an actor.
    /// Computed once for all copies of a state.
    pub fn digest(&self) -> [u8; 16] {
        *self.0.digest.get_or_init(|| {
            let mut bytes = Vec::with_capacity(self.0.buckets.len() * 17);
            for (bucket, digest) in self.bucket_digests() {
                bytes.push(bucket);
                bytes.extend_from_slice(&digest);
            }
            short_hash("comin/frontier/2", &bytes)
        })
    }

    /// The digests of all buckets that hold an actor. Each is computed once for all states that share it: of 10,000 actors
    /// one moves, and the others need not be read again.
    pub fn bucket_digests(&self) -> impl Iterator<Item = (u8, [u8; 16])> {
        self.0.buckets.iter().map(|(bucket, tips)| (*bucket, tips.sum().digest))
    }

    /// The buckets in which the two differ.
    pub fn buckets_apart(&self, other: &Self) -> Buckets {
        self.apart(other).filter(|(_, mine, theirs)| mine != theirs).map(|(actor, ..)| Self::bucket_of(actor)).collect()
    }

    /// The actors of either with their tips in both, in order, but for the buckets that the two share: there they are
    /// equal. Each is gone along once: a look into the other for each of 10,000 actors takes ten times as long.
    pub fn apart<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (&'a ActorId, Option<&'a Tip>, Option<&'a Tip>)> {
        let shared = |(one, other): &(Option<&Arc<Bucket>>, Option<&Arc<Bucket>>)| {
            one.zip(*other).is_some_and(|(one, other)| Arc::ptr_eq(one, other))
        };
        let (mine, theirs): (&[_], &[_]) = match Arc::ptr_eq(&self.0, &other.0) {
            true => (&[], &[]),
            false => (&self.0.buckets, &other.0.buckets),
        };
        let buckets = side_by_side(pairs(mine), pairs(theirs)).map(|(_, one, other)| (one, other));
        buckets.filter(move |pair| !shared(pair)).flat_map(|(one, other)| side_by_side(tips_of(one), tips_of(other)))
    }
}

/// The tips of a bucket, where there is one.
fn tips_of(bucket: Option<&Arc<Bucket>>) -> impl Iterator<Item = (&ActorId, &Tip)> {
    bucket.into_iter().flat_map(|bucket| pairs(&bucket.tips))
}

fn pairs<K, V>(sorted: &[(K, V)]) -> impl Iterator<Item = (&K, &V)> {
    sorted.iter().map(|(key, value)| (key, value))
}

/// Two sorted sequences gone along together: each key with what it has in both.
fn side_by_side<'a, K: Ord + 'a, V: 'a>(
    one: impl Iterator<Item = (&'a K, &'a V)>,
    other: impl Iterator<Item = (&'a K, &'a V)>,
) -> impl Iterator<Item = (&'a K, Option<&'a V>, Option<&'a V>)> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || {
        let order = match (one.peek(), other.peek()) {
            (Some((mine, _)), Some((theirs, _))) => mine.cmp(theirs),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let mine = one.next_if(|_| order.is_le());
        let theirs = other.next_if(|_| order.is_ge());
        let key = mine.or(theirs)?.0;
        Some((key, mine.map(|(_, value)| value), theirs.map(|(_, value)| value)))
    })
}

impl FromIterator<(ActorId, Tip)> for Frontier {
    /// Of tips of the same actor the last one counts.
    fn from_iter<I: IntoIterator<Item = (ActorId, Tip)>>(tips: I) -> Self {
        let mut tips: Vec<(ActorId, Tip)> = tips.into_iter().collect();
        tips.sort_by_key(|(actor, _)| *actor);
        let buckets =
            tips.chunk_by(|(one, _), (other, _)| Self::bucket_of(one) == Self::bucket_of(other)).filter_map(|bucket| {
                let last = bucket.chunk_by(|(one, _), (other, _)| one == other).filter_map(<[_]>::last);
                Some((Self::bucket_of(&bucket.first()?.0), Bucket::of(last.copied().collect())))
            });
        State::of(buckets.collect())
    }
}

impl<C> Encode<C> for Frontier {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.map(self.len() as u64)?;
        for (actor, tip) in self.iter() {
            actor.encode(e, ctx)?;
            tip.encode(e, ctx)?;
        }
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Frontier {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, DecodeError> {
        d.map_iter_with::<C, ActorId, Tip>(ctx)?.collect()
    }
}

/// What makes one state out of another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Delta {
    /// The buckets in which `tips` are all that there is.
    pub whole: Buckets,
    /// The tips in those; in other buckets they stand in the place of those of the same actors, or beside the rest.
    pub tips: Frontier,
}

/// Buckets of a frontier: one for each first byte of an actor's id.
const BUCKETS: usize = 256;

/// Some buckets of a frontier.
///
/// # Shape
/// 32 bytes; bucket b is bit b mod 8 of byte b / 8.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Buckets(#[cbor(n(0), with = "minicbor::bytes")] [u8; BUCKETS / 8]);

impl Buckets {
    /// Whether it is among them.
    pub fn has(&self, bucket: u8) -> bool {
        self.0[usize::from(bucket / 8)] & (1 << (bucket % 8)) != 0
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|byte| byte.count_ones() as usize).sum()
    }

    /// Those of either.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine |= theirs);
        self
    }
}

impl FromIterator<u8> for Buckets {
    fn from_iter<I: IntoIterator<Item = u8>>(buckets: I) -> Self {
        let mut out = Self::default();
        buckets.into_iter().for_each(|bucket| out.0[usize::from(bucket / 8)] |= 1 << (bucket % 8));
        out
    }
}

fn short_hash(tag: &str, bytes: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&tagged_hash(tag, &[bytes])[..16]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ChangeHash;
    use proptest::prelude::*;

    fn tip(seq: u64) -> Tip {
        Tip { seq, hash: ChangeHash([seq as u8; 32]) }
    }

    fn actor(first: u8, second: u8) -> ActorId {
        let mut actor = [0; 16];
        (actor[0], actor[1]) = (first, second);
        ActorId(actor)
    }

    fn frontier(actors: impl IntoIterator<Item = (u8, u8, u64)>) -> Frontier {
        actors.into_iter().map(|(first, second, seq)| (actor(first, second), tip(seq))).collect()
    }

    #[test]
    fn the_digests_of_the_buckets_follow_each_step_and_tell_the_states_apart() {
        let mut grown = Frontier::default();
        let mut seen = vec![grown.digest()];
        for n in 0..600_u64 {
            grown.insert(actor((n * 37) as u8, (n % 3) as u8), tip(1 + n / 300));
            let again: Frontier = grown.iter().map(|(actor, tip)| (*actor, *tip)).collect();
            assert_eq!(grown.digest(), again.digest(), "step {n}");
            seen.push(grown.digest());
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 601, "no two states are taken for one");
    }

    #[test]
    fn buckets_apart_are_those_where_either_side_differs() {
        let mine = frontier([(0, 0, 1), (7, 0, 2), (255, 1, 3)]);
        let theirs = frontier([(0, 0, 1), (7, 0, 3), (8, 0, 1)]);
        let apart = mine.buckets_apart(&theirs);
        let named: Vec<u8> = (0..=255).filter(|bucket| apart.has(*bucket)).collect();
        assert_eq!(named, [7, 8, 255]);
        assert_eq!(apart, theirs.buckets_apart(&mine));
        assert_eq!(mine.buckets_apart(&mine), Buckets::default());
        assert_eq!((mine.beyond(&theirs), theirs.beyond(&mine)), (3, 2));
    }

    #[test]
    fn a_copy_takes_no_room_until_it_moves_and_gives_it_back_once_it_is_equal_again() {
        let mine = frontier((0..=255).flat_map(|first| (0..40).map(move |second| (first, second, 1))));
        let mut theirs = mine.clone();
        assert_eq!(theirs.weight_beside(&[&mine]), 0);
        theirs.insert(actor(3, 3), tip(2));
        assert_eq!(theirs.weight_beside(&[&mine]), 42, "one bucket of 40 is its own");
        assert_eq!(theirs.apart(&mine).count(), 40, "and is all that is compared");
        assert_eq!((theirs.beyond(&mine), mine.get(&actor(3, 3))), (1, Some(&tip(1))), "the other is as it was");
        theirs.insert(actor(3, 3), tip(1));
        theirs.share(&mine);
        assert_eq!(theirs.weight_beside(&[&mine]), 0);
    }

    /// What two states are made of: few actors in few buckets, so that they meet.
    fn tips() -> impl Strategy<Value = Vec<(u8, u8, u64)>> {
        prop::collection::vec((0..4u8, 0..4u8, 1..4u64), 0..24)
    }

    proptest! {
        /// It does as a plain map does, whatever is shared.
        #[test]
        fn it_agrees_with_a_map(first in tips(), then in tips(), more in tips()) {
            let map = |tips: &[(u8, u8, u64)]| -> BTreeMap<ActorId, Tip> {
                tips.iter().map(|(one, two, seq)| (actor(*one, *two), tip(*seq))).collect()
            };
            let (mut plain, mut made) = (map(&first), frontier(first.iter().copied()));
            let (before, first_digest) = (made.clone(), made.digest());
            for (actor, tip) in map(&then) {
                if plain.get(&actor).is_none_or(|known| known.seq < tip.seq) {
                    plain.insert(actor, tip);
                }
            }
            made.raise(&map(&then));
            let mut shared = made.clone();
            shared.share(&before);
            prop_assert_eq!(&shared, &made);
            prop_assert_eq!((shared.digest(), before.digest()), (made.digest(), first_digest), "a digest follows its state");
            prop_assert_eq!(made.iter().map(|(a, t)| (*a, *t)).collect::<BTreeMap<_, _>>(), plain.clone());
            prop_assert_eq!(&before, &frontier(first.iter().copied()), "a copy does not move with it");
            for other in [&made, &before, &frontier(more.iter().copied())] {
                let mut raised = before.clone();
                raised.raise_beside(&map(&then), other);
                prop_assert_eq!(&raised, &made, "beside whatever it is raised");
            }
            let mut back = made.clone();
            for (actor, _) in made.iter() {
                back.set(*actor, before.get(actor).copied());
            }
            prop_assert_eq!(&back, &before, "each tip set as it was before gives the state before");
            let (other, others) = (frontier(more.iter().copied()), map(&more));
            let beyond: u64 = plain.iter().map(|(actor, tip)| tip.seq.saturating_sub(other.seq(actor))).sum();
            prop_assert_eq!((shared.beyond(&other), made.len()), (beyond, plain.len()));
            let mut lacks = other.clone();
            lacks.share(&shared);
            let back: u64 = others.iter().map(|(a, tip)| tip.seq.saturating_sub(made.seq(a))).sum();
            prop_assert_eq!(lacks.beyond(&made), back);
            let within = made.within(&lacks);
            prop_assert_eq!((within.beyond(&lacks), lacks.beyond(&within)), (0, back), "no more, and what it lacks is as before");
            let told = made.delta_in(made.buckets_apart(&lacks));
            prop_assert_eq!(&lacks.with(&told), &made, "the buckets that differ make the whole");
            let delta = made.delta(&lacks);
            prop_assert_eq!(&lacks.with(&delta), &made, "so do the tips that differ");
            prop_assert!(delta.tips.len() <= told.tips.len(), "which are no more");
            let grown = map(&then).iter().all(|(actor, tip)| before.get(actor).is_none_or(|known| known.seq < tip.seq));
            let moved = made.delta(&before);
            if grown {
                prop_assert_eq!((moved.whole, moved.tips.len()), (Buckets::default(), map(&then).len()), "only those");
            }
            let anew: Frontier = made.iter().map(|(actor, tip)| (*actor, *tip)).collect();
            prop_assert_eq!(made.digest(), anew.digest(), "and is that of the same state made anew");
            let bytes = crate::codec::to_cbor(&made);
            prop_assert_eq!(&bytes, &crate::codec::to_cbor(&plain), "on the wire it is a map");
            prop_assert_eq!(crate::codec::from_cbor::<Frontier>(&bytes).expect("reads"), made);
        }
    }
}
