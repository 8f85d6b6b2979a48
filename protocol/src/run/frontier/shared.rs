//! What states share: tips in buckets, one for each first byte of an actor's id, and these in groups of sixteen.
//!
//! A step copies the bucket that moves and the references beside it and above it: 32 of 256 buckets. Digests go the same
//! way up: a bucket's is computed once for all states that share it, a group's and a state's over those below it.

use super::super::Tip;
use crate::ids::{ActorId, tagged_hash};
use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

/// Something that states share.
pub trait Shared: Clone + Default + Eq {
    /// The tag of a digest over several of these.
    const SEVERAL: &str;

    /// How many tips it holds.
    fn len(&self) -> usize;

    /// What is read of all its tips, once for all states that share it.
    fn sum(&self) -> &Sum;

    /// What it takes in memory that none of `others` takes, in tips of 56 bytes.
    fn weight_beside(&self, others: &[&Self]) -> usize;

    /// What stands for `mine` where it refers to another's parts wherever they are equal; none if it does already.
    fn sharing(mine: &Arc<Self>, theirs: &Arc<Self>) -> Option<Arc<Self>>;
}

/// What is read of all tips, once for all states that share them.
#[derive(Clone)]
pub struct Sum {
    pub digest: [u8; 16],
    pub changes: u64,
}

/// The tips of the actors whose id begins with one byte, sorted by actor.
#[derive(Clone, Default)]
pub struct Bucket {
    tips: Vec<(ActorId, Tip)>,
    sum: OnceLock<Sum>,
}

impl Bucket {
    /// Of tips that are sorted.
    pub fn of(tips: impl IntoIterator<Item = (ActorId, Tip)>) -> Self {
        let mut tips: Vec<_> = tips.into_iter().collect();
        tips.shrink_to_fit();
        Self { tips, sum: OnceLock::new() }
    }

    /// These tips, and others in the place of those of the same actors.
    pub fn with(&self, others: &Self) -> Self {
        let both = side_by_side(self.iter(), others.iter());
        Self::of(both.filter_map(|(actor, mine, other)| Some((*actor, *other.or(mine)?))))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ActorId, &Tip)> {
        self.tips.iter().map(|(actor, tip)| (actor, tip))
    }

    pub fn get(&self, actor: &ActorId) -> Option<&Tip> {
        self.find(actor).ok().map(|at| &self.tips[at].1)
    }

    fn find(&self, actor: &ActorId) -> Result<usize, usize> {
        self.tips.binary_search_by(|(known, _)| known.cmp(actor))
    }

    /// Sets an actor's tip, or takes the actor away.
    pub fn set(&mut self, actor: ActorId, tip: Option<Tip>) {
        self.sum = OnceLock::new();
        match (self.find(&actor), tip) {
            (Ok(at), Some(tip)) => self.tips[at].1 = tip,
            (Ok(at), None) => drop(self.tips.remove(at)),
            (Err(at), Some(tip)) => {
                self.tips.reserve_exact(1);
                self.tips.insert(at, (actor, tip));
            }
            (Err(_), None) => {}
        }
    }
}

impl PartialEq for Bucket {
    fn eq(&self, other: &Self) -> bool {
        self.tips == other.tips
    }
}

impl Eq for Bucket {}

impl Shared for Bucket {
    const SEVERAL: &str = "comin/frontier-group/1";

    fn len(&self) -> usize {
        self.tips.len()
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

    fn weight_beside(&self, _: &[&Self]) -> usize {
        self.tips.len() + 2
    }

    fn sharing(mine: &Arc<Self>, theirs: &Arc<Self>) -> Option<Arc<Self>> {
        (!Arc::ptr_eq(mine, theirs) && mine == theirs).then(|| Arc::clone(theirs))
    }
}

/// Parts with their names, sorted; none is empty.
#[derive(Clone)]
pub struct Parts<T> {
    parts: Vec<(u8, Arc<T>)>,
    len: usize,
    sum: OnceLock<Sum>,
}

impl<T> Parts<T> {
    /// No parts.
    pub const fn empty() -> Self {
        Self { parts: Vec::new(), len: 0, sum: OnceLock::new() }
    }
}

impl<T> Default for Parts<T> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<T: Shared> Parts<T> {
    /// Of parts that are sorted.
    pub fn of(parts: impl IntoIterator<Item = (u8, Arc<T>)>) -> Self {
        let parts: Vec<(u8, Arc<T>)> = parts.into_iter().collect();
        Self { len: parts.iter().map(|(_, part)| part.len()).sum(), parts, sum: OnceLock::new() }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&u8, &Arc<T>)> {
        self.parts.iter().map(|(name, part)| (name, part))
    }

    pub fn get(&self, name: u8) -> Option<&Arc<T>> {
        self.find(name).ok().map(|at| &self.parts[at].1)
    }

    fn find(&self, name: u8) -> Result<usize, usize> {
        self.parts.binary_search_by_key(&name, |(known, _)| *known)
    }

    /// Changes a part, which may be empty before and afterwards.
    pub fn change(&mut self, name: u8, change: impl FnOnce(&mut Arc<T>)) {
        self.sum = OnceLock::new();
        let at = self.find(name).unwrap_or_else(|at| {
            self.parts.insert(at, (name, Arc::default()));
            at
        });
        let part = &mut self.parts[at].1;
        self.len -= part.len();
        change(part);
        self.len += part.len();
        if part.len() == 0 {
            self.parts.remove(at);
        }
    }

    /// The parts of either, in order, but for those that the two share.
    pub fn apart<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (Option<&'a T>, Option<&'a T>)> {
        let shared = |one: Option<&Arc<T>>, other| one.zip(other).is_some_and(|(one, other)| Arc::ptr_eq(one, other));
        let both = side_by_side(self.iter(), other.iter());
        both.filter(move |(_, one, other)| !shared(*one, *other))
            .map(|(_, one, other)| (one.map(Arc::as_ref), other.map(Arc::as_ref)))
    }
}

impl<T: Shared> PartialEq for Parts<T> {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl<T: Shared> Eq for Parts<T> {}

impl<T: Shared> Shared for Parts<T> {
    const SEVERAL: &str = "comin/frontier/3";

    fn len(&self) -> usize {
        self.len
    }

    fn sum(&self) -> &Sum {
        self.sum.get_or_init(|| {
            let (mut bytes, mut changes) = (Vec::with_capacity(self.parts.len() * 17), 0_u64);
            for (name, part) in &self.parts {
                let sum = part.sum();
                bytes.push(*name);
                bytes.extend_from_slice(&sum.digest);
                changes = changes.saturating_add(sum.changes);
            }
            Sum { digest: short_hash(T::SEVERAL, &bytes), changes }
        })
    }

    /// Itself as two tips, and three references as one.
    fn weight_beside(&self, others: &[&Self]) -> usize {
        if self.len == 0 {
            return 0;
        }
        let parts = self.parts.iter().map(|(name, part)| {
            let theirs = || others.iter().filter_map(|other| other.get(*name));
            if theirs().any(|theirs| Arc::ptr_eq(theirs, part)) {
                return 0;
            }
            part.weight_beside(&theirs().map(Arc::as_ref).collect::<Vec<_>>())
        });
        2 + self.parts.len() / 3 + parts.sum::<usize>()
    }

    fn sharing(mine: &Arc<Self>, theirs: &Arc<Self>) -> Option<Arc<Self>> {
        if Arc::ptr_eq(mine, theirs) {
            return None;
        }
        let named = mine.parts.iter().enumerate().filter_map(|(at, (name, part))| Some((at, part, theirs.get(*name)?)));
        let equal: Vec<(usize, Arc<T>)> =
            named.filter_map(|(at, mine, theirs)| Some((at, T::sharing(mine, theirs)?))).collect();
        let made = (!equal.is_empty()).then(|| {
            // It holds what it held, with the digest that it had.
            let mut made = Self::clone(mine);
            equal.into_iter().for_each(|(at, part)| made.parts[at].1 = part);
            made
        });
        let is_theirs = made.as_ref().unwrap_or(mine).apart(theirs).next().is_none();
        if is_theirs { Some(Arc::clone(theirs)) } else { made.map(Arc::new) }
    }
}

/// Two sorted sequences gone along together: each key with what it has in both.
pub fn side_by_side<'a, K: Ord + 'a, V: 'a>(
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

fn short_hash(tag: &str, bytes: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&tagged_hash(tag, &[bytes])[..16]);
    out
}
