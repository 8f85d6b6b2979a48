//! The exact state of a document, as a value that is cheap to keep many times.
//!
//! Each peer's state of each document is known twice (what it says that it holds, what it will hold), and after years a
//! document has thousands of actors that never move again. States therefore share all that is equal in them (`shared`):
//! there they need not be compared, a copy is one reference until it moves, and a step copies few.

mod shared;

use super::Tip;
use crate::ids::ActorId;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use shared::{Bucket, Parts, Shared, side_by_side};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The exact state of one document: each actor's last sequence number and change hash.
///
/// # Shape
/// On the wire a map from actor to tip. In memory buckets in order, each with its tips in order, in groups of 16.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Frontier(Arc<Parts<Group>>);

type Group = Parts<Bucket>;

impl std::fmt::Debug for Frontier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The group of a bucket.
fn group_of(bucket: u8) -> u8 {
    bucket / 16
}

impl Frontier {
    /// The bucket of an actor: the first byte of its id.
    pub fn bucket_of(actor: &ActorId) -> u8 {
        actor.0[0]
    }

    /// An actor's tip.
    pub fn get(&self, actor: &ActorId) -> Option<&Tip> {
        self.bucket(Self::bucket_of(actor))?.get(actor)
    }

    fn bucket(&self, name: u8) -> Option<&Arc<Bucket>> {
        self.0.get(group_of(name))?.get(name)
    }

    /// Of buckets that are sorted.
    fn of(buckets: impl IntoIterator<Item = (u8, Arc<Bucket>)>) -> Self {
        let buckets: Vec<_> = buckets.into_iter().collect();
        let groups = buckets.chunk_by(|(one, _), (other, _)| group_of(*one) == group_of(*other));
        let named = groups.filter_map(|group| Some((group_of(group.first()?.0), Arc::new(Group::of(group.to_vec())))));
        Self(Arc::new(Parts::of(named)))
    }

    /// Its buckets with their names, in order.
    fn named(&self) -> impl Iterator<Item = (u8, &Arc<Bucket>)> {
        self.0.iter().flat_map(|(_, group)| group.iter()).map(|(name, bucket)| (*name, bucket))
    }

    /// Changes a bucket; what other states share stays as it is.
    fn change(&mut self, bucket: u8, change: impl FnOnce(&mut Arc<Bucket>)) {
        Arc::make_mut(&mut self.0).change(group_of(bucket), |group| Arc::make_mut(group).change(bucket, change));
    }

    /// Last sequence of `actor`, 0 if it is not known.
    pub fn seq(&self, actor: &ActorId) -> u64 {
        self.get(actor).map_or(0, |tip| tip.seq)
    }

    /// Sets an actor's tip.
    pub fn insert(&mut self, actor: ActorId, tip: Tip) {
        self.set(actor, Some(tip));
    }

    /// Sets an actor's tip, or takes the actor away.
    pub fn set(&mut self, actor: ActorId, tip: Option<Tip>) {
        if self.get(&actor) != tip.as_ref() {
            self.change(Self::bucket_of(&actor), |bucket| Arc::make_mut(bucket).set(actor, tip));
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

    /// Keeps what is equal to another state's as references to that; where all is, itself as one.
    pub fn share(&mut self, other: &Self) {
        if let Some(shared) = Shared::sharing(&self.0, &other.0) {
            self.0 = shared;
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
        let tips = self.named().filter(|(bucket, _)| buckets.has(*bucket));
        Delta { whole: buckets, tips: Self::of(tips.map(|(name, bucket)| (name, Arc::clone(bucket)))) }
    }

    /// The state that this one is made into.
    #[must_use]
    pub fn with(&self, Delta { whole, tips }: &Delta) -> Self {
        let mut made = self.clone();
        for name in (0..=u8::MAX).filter(|name| whole.has(*name) && self.bucket(*name).is_some()) {
            made.change(name, |bucket| *bucket = Arc::default());
        }
        for (name, told) in tips.named() {
            // Gone along once: a peer may tell of a hundred thousand tips of one bucket.
            made.change(name, |bucket| {
                *bucket = if bucket.len() == 0 { Arc::clone(told) } else { Arc::new(bucket.with(told)) };
            });
        }
        made
    }

    /// The buckets in which something stands.
    pub fn buckets(&self) -> Buckets {
        self.named().map(|(bucket, _)| bucket).collect()
    }

    /// How many actors it knows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it takes in memory that none of `others` takes, in tips of 56 bytes.
    pub fn weight_beside(&self, others: &[&Self]) -> usize {
        if others.iter().any(|other| Arc::ptr_eq(&self.0, &other.0)) {
            return 0;
        }
        self.0.weight_beside(&others.iter().map(|other| other.0.as_ref()).collect::<Vec<_>>())
    }

    /// All actors with their tips, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ActorId, &Tip)> {
        self.named().flat_map(|(_, bucket)| bucket.iter())
    }

    /// How many changes the document holds.
    pub fn changes(&self) -> u64 {
        self.0.sum().changes
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

    /// 16 bytes that stand for the frontier when two nodes compare documents: over its groups of buckets that hold an
    /// actor. Computed once for all copies of a state.
    pub fn digest(&self) -> [u8; 16] {
        self.0.sum().digest
    }

    /// The digests of all buckets that hold an actor. Each is computed once for all states that share it: of 10,000 actors
    /// one moves, and the others need not be read again.
    pub fn bucket_digests(&self) -> impl Iterator<Item = (u8, [u8; 16])> {
        self.named().map(|(name, bucket)| (name, bucket.sum().digest))
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
        let differ = !Arc::ptr_eq(&self.0, &other.0);
        let groups = differ.then(|| self.0.apart(&other.0)).into_iter().flatten();
        let buckets = groups.flat_map(|(one, other)| one.unwrap_or(&NO_GROUP).apart(other.unwrap_or(&NO_GROUP)));
        buckets.flat_map(|(one, other)| side_by_side(tips_of(one), tips_of(other)))
    }
}

/// A group of nothing.
static NO_GROUP: Group = Group::empty();

/// The tips of a bucket, where there is one.
fn tips_of(bucket: Option<&Bucket>) -> impl Iterator<Item = (&ActorId, &Tip)> {
    bucket.into_iter().flat_map(Bucket::iter)
}

impl FromIterator<(ActorId, Tip)> for Frontier {
    /// Of tips of the same actor the last one counts.
    fn from_iter<I: IntoIterator<Item = (ActorId, Tip)>>(tips: I) -> Self {
        let mut tips: Vec<(ActorId, Tip)> = tips.into_iter().collect();
        tips.sort_by_key(|(actor, _)| *actor);
        let buckets =
            tips.chunk_by(|(one, _), (other, _)| Self::bucket_of(one) == Self::bucket_of(other)).filter_map(|bucket| {
                let last = bucket.chunk_by(|(one, _), (other, _)| one == other).filter_map(<[_]>::last);
                Some((Self::bucket_of(&bucket.first()?.0), Arc::new(Bucket::of(last.copied()))))
            });
        Self::of(buckets)
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
        assert_eq!(theirs.weight_beside(&[&mine]), 42 + 7 + 7, "one bucket of 40 is its own, and what refers to it");
        assert_eq!(theirs.apart(&mine).count(), 40, "and is all that is compared");
        assert_eq!((theirs.beyond(&mine), mine.get(&actor(3, 3))), (1, Some(&tip(1))), "the other is as it was");
        theirs.insert(actor(3, 3), tip(1));
        theirs.share(&mine);
        assert_eq!(theirs.weight_beside(&[&mine]), 0);
    }

    /// What two states are made of: few actors in few buckets of few groups, so that they meet.
    fn tips() -> impl Strategy<Value = Vec<(u8, u8, u64)>> {
        let first = prop::sample::select(vec![0_u8, 1, 16, 255]);
        prop::collection::vec((first, 0..4u8, 1..4u64), 0..24)
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
            let lacked: u64 = others.iter().map(|(a, tip)| tip.seq.saturating_sub(made.seq(a))).sum();
            prop_assert_eq!(lacks.beyond(&made), lacked);
            let within = made.within(&lacks);
            prop_assert_eq!((within.beyond(&lacks), lacks.beyond(&within)), (0, lacked), "no more, and what it lacks is as before");
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
            for state in [&made, &shared, &back, &within, &lacks.with(&told), &lacks.with(&delta)] {
                prop_assert_eq!(state.len(), state.iter().count(), "they are counted as they come and go");
                let anew: Frontier = state.iter().map(|(actor, tip)| (*actor, *tip)).collect();
                prop_assert_eq!(state.digest(), anew.digest(), "and a digest is that of the same state made anew");
            }
            let bytes = crate::codec::to_cbor(&made);
            prop_assert_eq!(&bytes, &crate::codec::to_cbor(&plain), "on the wire it is a map");
            prop_assert_eq!(crate::codec::from_cbor::<Frontier>(&bytes).expect("reads"), made);
        }
    }
}
