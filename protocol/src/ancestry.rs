//! Whether a change builds on what it refers to.
//!
//! A change may name objects, elements and values only that were made by changes it depends on, directly or through
//! others. An honest one does by its making. One that refers beyond would hold wherever the other change happens to be
//! here, and break the document once that one is taken back ([`crate::bars`], [`crate::divergence`]): its author is at
//! fault.
//!
//! Each change has a place in the order in which the document took it, and a floor: below it lie ancestors only. Who
//! writes on top of everything has the floor at its own place, so that the way back through the dependencies is walked
//! only for what was written apart, and only down to the change that is asked for. The way is walked by places alone: a
//! member may make as many actors as it likes that all have to be walked for, and a step must cost next to nothing
//! beside the signature and the operations of the change.

use crate::ids::{ActorId, ChangeHash};
use crate::run::{Frontier, Tip};
use crate::scan::ScannedChange;
use automerge::{Automerge, ChangeMetadata};
use std::collections::{HashMap, HashSet};

/// Every actor's chain of changes, and how they lie to one another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ancestry {
    chains: HashMap<ActorId, Chain>,
    heads: HashSet<ChangeHash>,
    /// Every change by its place.
    places: Vec<Place>,
    /// The places of what they depend on, one change after the other.
    deps: Vec<u32>,
    /// How many chains have been begun.
    begun: u32,
    /// What has been found by walking: of the second actor the first one builds on all up to this sequence.
    found: HashMap<(ActorId, ActorId), u64>,
    /// Where the walk of this number has been.
    seen: Vec<u32>,
    walk: u32,
    /// Changes walked over so far.
    #[cfg(test)]
    steps: u64,
}

/// How much of what was met is remembered.
const FOUND_MAX: usize = 50_000;

/// An actor's changes. The sequence of each is its place in the chain.
#[derive(Clone, Debug)]
struct Chain {
    number: u32,
    links: Vec<Link>,
}

/// A change as one of its actor's.
#[derive(Clone, Copy, Debug)]
struct Link {
    hash: ChangeHash,
    start_op: u64,
    place: u32,
}

/// A change as one of all.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The number of its actor's chain.
    chain: u32,
    seq: u32,
    /// All places below are ancestors' places.
    floor: u32,
    /// Where its dependencies end in [`Ancestry::deps`].
    deps_end: u32,
}

impl Ancestry {
    /// Of all changes of a document, dependencies first.
    pub fn of(metas: &[ChangeMetadata<'_>]) -> Self {
        let mut ancestry = Self::default();
        let mut known: HashMap<ChangeHash, (ActorId, u64)> = HashMap::with_capacity(metas.len());
        for meta in metas {
            // INVARIANT: every change passed the scan, which accepts 16-byte actors only.
            let Some(actor) = ActorId::from_automerge(&meta.actor) else { continue };
            let (hash, deps) = (ChangeHash::from(meta.hash), meta.deps.iter().map(|dep| ChangeHash::from(*dep)));
            ancestry.add(actor, hash, meta.start_op, deps, |dep| known.get(dep).copied());
            known.insert(hash, (actor, meta.seq));
        }
        ancestry
    }

    /// Adds a change that a document has just taken, or is about to take.
    pub fn push(&mut self, look: &impl Look, change: &ScannedChange) {
        let find = |dep: &ChangeHash| look.at(dep).map(|seen| (seen.actor, seen.seq));
        self.add(change.actor, change.hash, change.start_op, change.deps.iter().copied(), find);
    }

    /// Takes the last changes back, which `doc` has not taken.
    pub fn undo(&mut self, doc: &Automerge, changes: &[(ScannedChange, Vec<u8>)]) {
        for (change, _) in changes.iter().rev() {
            if let Some(chain) = self.chains.get_mut(&change.actor) {
                chain.links.pop();
            }
            self.places.pop();
        }
        self.deps.truncate(self.places.last().map_or(0, |last| last.deps_end as usize));
        let undone: HashSet<ActorId> = changes.iter().map(|(change, _)| change.actor).collect();
        self.chains.retain(|_, chain| !chain.links.is_empty());
        self.found.retain(|(one, other), _| !undone.contains(one) && !undone.contains(other));
        self.heads = doc.get_heads().into_iter().map(ChangeHash::from).collect();
    }

    fn add(
        &mut self,
        actor: ActorId,
        hash: ChangeHash,
        start_op: u64,
        deps: impl Iterator<Item = ChangeHash>,
        find: impl Fn(&ChangeHash) -> Option<(ActorId, u64)>,
    ) {
        let (place, mut floor) = (self.places.len() as u32, 0);
        for dep in deps {
            self.heads.remove(&dep);
            let Some(link) = find(&dep).and_then(|(actor, seq)| self.link(&actor, seq)) else { continue };
            floor = floor.max(self.covers(link.place));
            self.deps.push(link.place);
        }
        if self.heads.is_empty() {
            floor = place;
        }
        self.heads.insert(hash);
        let begun = &mut self.begun;
        let chain = self.chains.entry(actor).or_insert_with(|| {
            *begun += 1;
            Chain { number: *begun, links: Vec::new() }
        });
        chain.links.push(Link { hash, start_op, place });
        let seq = chain.links.len() as u32;
        self.places.push(Place { chain: chain.number, seq, floor, deps_end: self.deps.len() as u32 });
    }

    fn link(&self, actor: &ActorId, seq: u64) -> Option<Link> {
        self.chains.get(actor)?.links.get(usize::try_from(seq.checked_sub(1)?).ok()?).copied()
    }

    fn at(&self, place: u32) -> Option<Place> {
        self.places.get(place as usize).copied()
    }

    /// All places below are this change's or its ancestors'.
    fn covers(&self, place: u32) -> u32 {
        self.at(place).map_or(0, |at| if at.floor == place { place + 1 } else { at.floor })
    }

    /// The hash of an actor's change.
    pub fn hash_at(&self, actor: &ActorId, seq: u64) -> Option<ChangeHash> {
        self.link(actor, seq).map(|link| link.hash)
    }

    /// An actor's last change.
    pub fn tip(&self, actor: &ActorId) -> Option<Tip> {
        tip(self.chains.get(actor)?)
    }

    /// Every actor's last change.
    pub fn frontier(&self) -> Frontier {
        self.chains.iter().filter_map(|(actor, chain)| Some((*actor, tip(chain)?))).collect()
    }

    /// Whether a change that has been added here refers to nothing but what it builds on. `refers`: of each other actor
    /// the highest counter that it names ([`ScannedChange::refers`]). Of one actor the changes are asked for in order: what
    /// one of them builds on counts for the later ones.
    pub fn fits(&mut self, look: &impl Look, change: ChangeHash, refers: &[(ActorId, u64)]) -> bool {
        if refers.is_empty() {
            return true;
        }
        let Some(Seen { actor, seq }) = look.at(&change) else { return false };
        let Some(from) = self.link(&actor, seq).map(|link| link.place) else { return false };
        refers.iter().all(|(other, counter)| {
            let Some(asked) = self.change_of(other, *counter) else { return false };
            if self.found.get(&(actor, *other)).is_some_and(|seq| *seq >= asked) {
                return true;
            }
            let Some(target) = self.link(other, asked).map(|link| link.place) else { return false };
            match self.walk(from, target) {
                Some(met) => {
                    if self.found.len() > FOUND_MAX {
                        self.found.clear();
                    }
                    let known = self.found.entry((actor, *other)).or_default();
                    *known = asked.max(met).max(*known);
                    true
                }
                None => false,
            }
        })
    }

    /// The sequence of an actor's change that may hold an operation.
    fn change_of(&self, actor: &ActorId, counter: u64) -> Option<u64> {
        let started = self.chains.get(actor)?.links.partition_point(|link| link.start_op <= counter);
        (started > 0).then_some(started as u64)
    }

    /// Walks back from a change to another one. The highest sequence of the other's actor that was met on the way: later
    /// changes of the same actor build on that as well. `None`: it is no ancestor.
    fn walk(&mut self, from: u32, target: u32) -> Option<u64> {
        let goal = self.at(target)?;
        if self.at(from)?.floor > target {
            return Some(0);
        }
        self.seen.resize(self.places.len(), 0);
        self.walk = self.walk.wrapping_add(1);
        if self.walk == 0 {
            self.seen.fill(0);
            self.walk = 1;
        }
        let mut ahead = vec![from];
        while let Some(place) = ahead.pop() {
            let at = self.at(place)?;
            #[cfg(test)]
            {
                self.steps += 1;
            }
            if place != from && at.chain == goal.chain && at.seq >= goal.seq {
                return Some(at.seq.into());
            }
            if at.floor > target {
                return Some(0);
            }
            if place > target {
                let first = place.checked_sub(1).and_then(|before| self.at(before)).map_or(0, |before| before.deps_end);
                for dep in self.deps.get(first as usize..at.deps_end as usize).unwrap_or_default() {
                    if let Some(seen) = self.seen.get_mut(*dep as usize).filter(|seen| **seen != self.walk) {
                        *seen = self.walk;
                        ahead.push(*dep);
                    }
                }
            }
        }
        None
    }
}

fn tip(chain: &Chain) -> Option<Tip> {
    Some(Tip { seq: chain.links.len() as u64, hash: chain.links.last()?.hash })
}

/// A change as far as it matters here.
pub(crate) struct Seen {
    actor: ActorId,
    seq: u64,
}

/// Where changes are found by their hashes.
pub(crate) trait Look {
    /// The change of this hash.
    fn at(&self, hash: &ChangeHash) -> Option<Seen>;
}

impl Look for Automerge {
    fn at(&self, hash: &ChangeHash) -> Option<Seen> {
        let meta = self.get_change_meta_by_hash(&(*hash).into())?;
        Some(Seen { actor: ActorId::from_automerge(&meta.actor)?, seq: meta.seq })
    }
}

/// A document with changes that it is about to take.
pub(crate) struct With<'a> {
    doc: &'a Automerge,
    new: HashMap<ChangeHash, &'a ScannedChange>,
}

impl<'a> With<'a> {
    /// The document and the changes.
    pub fn new(doc: &'a Automerge, changes: &'a [(ScannedChange, Vec<u8>)]) -> Self {
        Self { doc, new: changes.iter().map(|(change, _)| (change.hash, change)).collect() }
    }
}

impl Look for With<'_> {
    fn at(&self, hash: &ChangeHash) -> Option<Seen> {
        match self.new.get(hash) {
            Some(change) => Some(Seen { actor: change.actor, seq: change.seq }),
            None => self.doc.at(hash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::ROOT;
    use automerge::transaction::Transactable;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// What happens in turn: a writer writes, or takes over what another one has.
    fn steps() -> impl Strategy<Value = Vec<(usize, Option<usize>)>> {
        prop::collection::vec((0..4usize, prop::option::weighted(0.4, 0..4usize)), 1..40)
    }

    fn write(doc: &mut Automerge, number: usize) {
        let mut tx = doc.transaction();
        tx.put(ROOT, "key", number as i64).expect("puts");
        tx.commit();
    }

    /// A document that writers made who met now and then; all of it.
    fn history(steps: &[(usize, Option<usize>)]) -> Automerge {
        let mut docs: Vec<Automerge> =
            (1..=4).map(|n| Automerge::new().with_actor(ActorId([n; 16]).to_automerge())).collect();
        for (number, (writer, from)) in steps.iter().enumerate() {
            match from {
                Some(from) => {
                    let mut other = docs[*from].fork();
                    docs[*writer].merge(&mut other).expect("merges");
                }
                None => write(&mut docs[*writer], number),
            }
        }
        let mut all = Automerge::new();
        docs.iter_mut().for_each(|doc| drop(all.merge(doc).expect("merges")));
        all
    }

    proptest! {
        /// It says of every change and every operation of others what following all dependencies says.
        #[test]
        fn it_agrees_with_following_every_dependency(steps in steps()) {
            let doc = history(&steps);
            let metas = doc.get_changes_meta(&[]);
            let mut ancestors: BTreeMap<ChangeHash, HashSet<ChangeHash>> = BTreeMap::new();
            for meta in &metas {
                let mut all: HashSet<ChangeHash> = HashSet::new();
                for dep in &meta.deps {
                    all.insert((*dep).into());
                    all.extend(&ancestors[&(*dep).into()]);
                }
                ancestors.insert(meta.hash.into(), all);
            }
            // As the engine grows it, change by change.
            let mut ancestry = Ancestry::default();
            for change in doc.get_changes(&[]) {
                ancestry.push(&doc, &crate::scan::scan(change.raw_bytes()).expect("reads"));
            }
            prop_assert_eq!(ancestry.frontier(), Ancestry::of(&metas).frontier());
            for change in &metas {
                for other in metas.iter().filter(|other| other.actor != change.actor) {
                    let names = [(ActorId::from_automerge(&other.actor).expect("ours"), other.max_op)];
                    let fits = ancestry.fits(&doc, change.hash.into(), &names);
                    prop_assert_eq!(fits, ancestors[&change.hash.into()].contains(&other.hash.into()));
                }
            }
        }
    }

    /// Two long chains beside a third change that neither knows: no floor helps.
    #[test]
    fn a_long_way_is_walked_once() {
        const CHANGES: usize = 300;
        let actor = |n| ActorId([n; 16]).to_automerge();
        let mut one = Automerge::new().with_actor(actor(1));
        write(&mut one, 0);
        let mut beside = one.fork().with_actor(actor(3));
        write(&mut beside, 1);
        let mut two = one.fork().with_actor(actor(2));
        (0..CHANGES).for_each(|number| write(&mut one, number));
        two.merge(&mut one).expect("merges");
        (0..CHANGES).for_each(|number| write(&mut two, number));
        let mut all = Automerge::new();
        for doc in [&mut beside, &mut one, &mut two] {
            all.merge(doc).expect("merges");
        }
        let metas = all.get_changes_meta(&[]);
        let mut ancestry = Ancestry::of(&metas);
        let of = |n| metas.iter().filter(move |meta| meta.actor.as_ref() == &actor(n));
        for (mine, theirs) in of(2).zip(of(1)) {
            let asked = [(ActorId([1; 16]), theirs.max_op)];
            assert!(ancestry.fits(&all, mine.hash.into(), &asked), "each builds on all of them");
        }
        assert!(ancestry.steps <= 4 * CHANGES as u64, "and the way back is not gone each time: {}", ancestry.steps);
    }

    /// A member makes thousands of actors, each with one change on top of a long history that a third change lies
    /// beside: each has to be walked for, and no two share what was found.
    #[test]
    fn thousands_of_fresh_actors_are_walked_for_within_the_bound() {
        const CHANGES: u32 = 5_000;
        const ACTORS: u32 = 2_000;
        let hash = |place: u32| ChangeHash(crate::ids::tagged_hash("test", &[&place.to_le_bytes()]));
        let actor = |number: u32| ActorId(std::array::from_fn(|at| number.to_le_bytes()[at % 4]));
        let at: HashMap<ChangeHash, (ActorId, u64)> = std::iter::once((hash(0), (actor(1), 1)))
            .chain((1..CHANGES).map(|n| (hash(n), (actor(2), u64::from(n)))))
            .chain((0..ACTORS).map(|n| (hash(CHANGES + 1 + n), (actor(3 + n), 1))))
            .collect();
        let mut ancestry = Ancestry::default();
        let find = |dep: &ChangeHash| at.get(dep).copied();
        ancestry.add(actor(1), hash(0), 1, std::iter::empty(), find);
        // Beside everything: no floor rises above it.
        ancestry.add(actor(u32::MAX), hash(CHANGES), 1, std::iter::empty(), find);
        (1..CHANGES).for_each(|n| ancestry.add(actor(2), hash(n), u64::from(n) + 1, [hash(n - 1)].into_iter(), find));
        let look = Told(at.clone());
        for number in 0..ACTORS {
            let (fresh, top) = (hash(CHANGES + 1 + number), CHANGES - 1 - number);
            ancestry.add(actor(3 + number), fresh, 9_000, [hash(top)].into_iter(), find);
            assert!(ancestry.fits(&look, fresh, &[(actor(1), 1)]), "it builds on the first change");
            assert!(!ancestry.fits(&look, fresh, &[(actor(u32::MAX), 1)]), "and not on what lies beside");
        }
        assert!(ancestry.steps > 8_000_000, "the way back is gone for each: {}", ancestry.steps);
        let once = u64::from(ACTORS) * u64::from(CHANGES);
        assert!(ancestry.steps < 2 * once, "once for each question, however many there are: {}", ancestry.steps);
    }

    struct Told(HashMap<ChangeHash, (ActorId, u64)>);

    impl Look for Told {
        fn at(&self, hash: &ChangeHash) -> Option<Seen> {
            self.0.get(hash).map(|(actor, seq)| Seen { actor: *actor, seq: *seq })
        }
    }

    #[test]
    fn what_is_taken_back_leaves_no_trace() {
        let steps: Vec<_> = (0..24).map(|n| (n % 3, (n % 4 == 3).then_some((n + 1) % 3))).collect();
        let doc = history(&steps);
        let all: Vec<_> = doc.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect();
        let scanned: Vec<_> = all.into_iter().map(|bytes| (crate::scan::scan(&bytes).expect("reads"), bytes)).collect();
        let (before, after) = scanned.split_at(scanned.len() / 2);
        let mut half = Automerge::new();
        for (_, bytes) in before {
            half.apply_changes([automerge::Change::from_bytes(bytes.clone()).expect("reads")]).expect("applies");
        }
        let mut ancestry = Ancestry::of(&half.get_changes_meta(&[]));
        let was = format!("{:?} {:?} {}", ancestry.frontier(), ancestry.heads.len(), ancestry.places.len());
        let look = With::new(&half, after);
        for (change, _) in after {
            ancestry.push(&look, change);
            ancestry.fits(&look, change.hash, &change.refers());
        }
        assert_eq!(ancestry.frontier(), Ancestry::of(&doc.get_changes_meta(&[])).frontier(), "all of them are here");
        ancestry.undo(&half, after);
        assert_eq!(format!("{:?} {:?} {}", ancestry.frontier(), ancestry.heads.len(), ancestry.places.len()), was);
    }

    #[test]
    fn who_writes_on_top_of_everything_is_not_walked() {
        let mut doc = Automerge::new();
        for number in 0..100 {
            doc.set_actor(ActorId([number % 2 + 1; 16]).to_automerge());
            write(&mut doc, number.into());
        }
        let ancestry = Ancestry::of(&doc.get_changes_meta(&[]));
        assert!(ancestry.places.iter().zip(0..).all(|(at, place)| at.floor == place), "all before are ancestors");
    }
}
