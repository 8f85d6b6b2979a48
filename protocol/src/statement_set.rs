//! The statements that a node knows: a set whose content does not depend on the order in which it grew.
//!
//! Most statements stay for ever. Of four kinds only the one that counts is kept, so that the set stays small: a
//! device's newest addresses, drafts and receipts of erasures, and the lowest proven divergence of an actor. These are told
//! apart by size as well, as places are: a word that loses its place among the long ones says nothing of the short ones, so
//! whoever has heard of it must not lack one that others hold. Beyond
//! [`limits::STATEMENT_PLACES`] the partners share the places in turn ([`Roster::crowded_out`]).

use crate::ids::{ActorId, DeviceKey, DocId, StatementId, tagged_hash};
use crate::limits;
use crate::roster::Roster;
use crate::statement::{KeySignature, SignedStatement, Statement, VerifiedStatement};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// What became of a statement that was handed to the set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Inserted {
    /// It is new: store it and pass it on.
    New,
    /// The set had it, with the same signatures.
    Known,
    /// The set had it; signatures were added: store what [`StatementSet::get`] gives and pass that on.
    Merged,
    /// It is new and took the place of this one, which the store may drop.
    Replaced(StatementId),
    /// One that outranks it is there: nothing to do.
    Stale,
}

/// What only one statement of each size can hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Addresses(DeviceKey),
    Drafts(DeviceKey),
    Receipts(DeviceKey),
    Divergence(DocId, ActorId),
}

/// A kind, and a size as in [`limits::STATEMENT_PLACES`].
type Slot = (Kind, usize);

/// Statements by id, signatures of equal bodies joined.
#[derive(Clone, Debug, Default)]
pub struct StatementSet {
    statements: BTreeMap<StatementId, VerifiedStatement>,
    slots: BTreeMap<Slot, StatementId>,
    digest: OnceLock<[u8; 16]>,
}

impl StatementSet {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a statement; the result says what the caller has to store.
    pub fn insert(&mut self, statement: VerifiedStatement) -> Inserted {
        self.insert_under(statement, &Roster::default())
    }

    /// [`Self::insert`], where others may add signatures: the roster (as of before) says which of them matter if there
    /// are too many.
    pub fn insert_under(&mut self, statement: VerifiedStatement, roster: &Roster) -> Inserted {
        let inserted = self.place(statement, roster);
        if matches!(inserted, Inserted::New | Inserted::Merged | Inserted::Replaced(_)) {
            self.digest.take();
        }
        inserted
    }

    fn place(&mut self, statement: VerifiedStatement, roster: &Roster) -> Inserted {
        let id = statement.id;
        if let Some(known) = self.statements.get_mut(&id) {
            return merge(known, statement, roster);
        }
        let slot = slot(&statement);
        let holder = slot.and_then(|slot| self.slots.get(&slot)).copied();
        let outranked = holder.and_then(|id| self.statements.get(&id)).is_some_and(|old| rank(old) > rank(&statement));
        if outranked {
            return Inserted::Stale;
        }
        if let Some(slot) = slot {
            self.slots.insert(slot, id);
        }
        self.statements.insert(id, statement);
        match holder {
            Some(old) => {
                self.statements.remove(&old);
                Inserted::Replaced(old)
            }
            None => Inserted::New,
        }
    }

    /// 16 bytes that are equal exactly where two sets hold the same statements with the same signers.
    pub fn digest(&self) -> [u8; 16] {
        *self.digest.get_or_init(|| {
            let tags: Vec<u8> = self.statements.values().flat_map(tag).collect();
            first_16(tagged_hash("comin/statements/1", &[&tags]))
        })
    }

    /// The proven divergences, by document.
    pub fn divergences(&self) -> impl Iterator<Item = (DocId, StatementId)> + '_ {
        self.slots.iter().filter_map(|((kind, _), id)| match kind {
            Kind::Divergence(doc, _) => Some((*doc, *id)),
            Kind::Addresses(_) | Kind::Drafts(_) | Kind::Receipts(_) => None,
        })
    }

    /// The drafts that a device keeps.
    pub fn drafts_of(&self, device: &DeviceKey) -> Option<&VerifiedStatement> {
        self.that_counts(Kind::Drafts(*device))
    }

    /// The receipts that a device has given.
    pub fn receipts_of(&self, device: &DeviceKey) -> Option<&VerifiedStatement> {
        self.that_counts(Kind::Receipts(*device))
    }

    /// Of a kind the one that counts, whatever its size.
    fn that_counts(&self, kind: Kind) -> Option<&VerifiedStatement> {
        let of_kind = self.slots.range((kind, 0)..=(kind, usize::MAX));
        of_kind.filter_map(|(_, id)| self.statements.get(id)).max_by_key(|held| rank(held))
    }

    /// Whether there are more of some size than there are places for ([`limits::STATEMENT_PLACES`]).
    pub fn is_crowded(&self) -> bool {
        let lengths = || self.statements.values().map(|held| held.signed.body.len());
        let mut above = 0;
        limits::STATEMENT_PLACES.iter().any(|(bytes, places)| {
            let least = std::mem::replace(&mut above, bytes + 1);
            self.statements.len() > *places
                && lengths().filter(|length| (least..=*bytes).contains(length)).count() > *places
        })
    }

    /// Whether another statement of its kind is here, of which only one of each size is kept.
    pub fn holds_another(&self, statement: &VerifiedStatement) -> bool {
        let held = slot(statement).and_then(|(kind, _)| self.that_counts(kind));
        held.is_some_and(|held| held.id != statement.id)
    }

    /// Takes a statement out: one that has no place, or a proof that carries changes of a person who is not held here any more.
    pub fn remove(&mut self, id: &StatementId) {
        if let Some(statement) = self.statements.remove(id) {
            self.digest.take();
            if let Some(slot) = slot(&statement) {
                self.slots.remove(&slot);
            }
        }
    }

    /// [`Self::digest`] as if `hidden` were not here.
    pub fn digest_without(&self, hidden: &BTreeSet<StatementId>) -> [u8; 16] {
        if hidden.is_empty() {
            return self.digest();
        }
        first_16(tagged_hash("comin/statements/1", &[&self.tags_without(hidden).concat()]))
    }

    /// [`Self::tags`] as if `hidden` were not here.
    pub fn tags_without(&self, hidden: &BTreeSet<StatementId>) -> Vec<[u8; 16]> {
        self.statements.values().filter(|statement| !hidden.contains(&statement.id)).map(tag).collect()
    }

    /// All ids, ascending.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = StatementId> + '_ {
        self.statements.keys().copied()
    }

    /// 16 bytes for each statement with its signers, in the order of [`Self::ids`]: what two nodes compare
    /// when their digests differ (equal ids may carry different signatures).
    pub fn tags(&self) -> Vec<[u8; 16]> {
        self.statements.values().map(tag).collect()
    }

    /// One statement.
    pub fn get(&self, id: &StatementId) -> Option<&VerifiedStatement> {
        self.statements.get(id)
    }

    /// Whether a statement of that id is there.
    pub fn contains(&self, id: &StatementId) -> bool {
        self.statements.contains_key(id)
    }

    /// All statements, ascending by id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &VerifiedStatement> + '_ {
        self.statements.values()
    }

    /// Statements held here that a peer with `theirs` lacks, ascending by id.
    pub fn missing_from(&self, theirs: &[StatementId]) -> Vec<&VerifiedStatement> {
        let theirs: BTreeSet<_> = theirs.iter().collect();
        self.statements.values().filter(|statement| !theirs.contains(&statement.id)).collect()
    }

    /// Statements held here whose tag is not among a peer's [`Self::tags`], ascending by id: what to send it.
    pub fn missing_from_tags(&self, theirs: &[[u8; 16]]) -> Vec<&VerifiedStatement> {
        let theirs: BTreeSet<_> = theirs.iter().collect();
        self.statements.values().filter(|statement| !theirs.contains(&tag(statement))).collect()
    }

    /// The ids among `theirs` that are not here.
    pub fn lacks(&self, theirs: &[StatementId]) -> Vec<StatementId> {
        theirs.iter().filter(|id| !self.statements.contains_key(id)).copied().collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

/// The tag of a statement: its id with its signers.
fn tag(statement: &VerifiedStatement) -> [u8; 16] {
    let mut parts: Vec<&[u8]> = vec![&statement.id.0];
    parts.extend(statement.signers.iter().map(|key| &key[..]));
    first_16(tagged_hash("comin/statement-tag/1", &parts))
}

fn first_16(hash: [u8; 32]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&hash[..16]);
    out
}

/// Joins the signatures of two copies; where there are more than a statement has room for, the roster says which
/// stay.
fn merge(known: &mut VerifiedStatement, other: VerifiedStatement, roster: &Roster) -> Inserted {
    let before = known.signers.clone();
    let mut all: BTreeMap<[u8; 32], KeySignature> =
        known.signed.signatures.iter().map(|signature| (signature.key, signature.clone())).collect();
    for signature in other.signed.signatures {
        all.entry(signature.key).or_insert(signature);
    }
    let signatures = match all.len() > limits::SIGNATURES_MAX {
        true => roster.signatures_that_stay((&known.id, known.statement.as_ref()), all),
        false => all.into_values().collect(),
    };
    known.signers = signatures.iter().map(|signature| signature.key).collect();
    known.signed = SignedStatement { body: std::mem::take(&mut known.signed.body), signatures };
    if known.signers == before { Inserted::Known } else { Inserted::Merged }
}

fn slot(statement: &VerifiedStatement) -> Option<Slot> {
    let kind = match statement.statement.as_ref()? {
        Statement::Addresses { device, .. } => Kind::Addresses(*device),
        Statement::Drafts { device, .. } => Kind::Drafts(*device),
        Statement::ErasureReceipts { device, .. } => Kind::Receipts(*device),
        Statement::Divergence { doc, left, .. } => Kind::Divergence(*doc, left.run.actor(doc)),
        _ => return None,
    };
    let length = statement.signed.body.len();
    Some((kind, limits::STATEMENT_PLACES.iter().take_while(|(bytes, _)| length > *bytes).count()))
}

/// Of two statements for one slot the greater one stays.
pub(crate) type Rank = ((u64, StatementId), Reverse<(u64, StatementId)>);

/// The higher number of addresses, drafts or receipts ranks above (then the greater id), the lower sequence of a divergence
/// (then the lesser id). What has no slot ranks equally.
pub(crate) fn rank(statement: &VerifiedStatement) -> Rank {
    match &statement.statement {
        Some(
            Statement::Addresses { number, .. }
            | Statement::Drafts { number, .. }
            | Statement::ErasureReceipts { number, .. },
        ) => ((*number, statement.id), Reverse((0, StatementId([0; 32])))),
        Some(Statement::Divergence { seq, .. }) => ((0, StatementId([0; 32])), Reverse((*seq, statement.id))),
        _ => ((0, StatementId([0; 32])), Reverse((0, StatementId([0; 32])))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::DeviceSigner;
    use crate::statement::Writers;

    fn addresses(device: u8, number: u64, address: &str) -> VerifiedStatement {
        let signer = DeviceSigner::from_secret(&[device; 32]);
        let statement = Statement::Addresses { device: signer.key(), number, addresses: vec![address.to_owned()] };
        SignedStatement::unsigned(&statement).sign_device(&signer).verify().expect("a device may sign its addresses")
    }

    fn writers(number: u64, signers: &[u8]) -> VerifiedStatement {
        let statement = Statement::RegisterWriters {
            register: crate::ids::RegisterId([7; 32]),
            number,
            writers: Writers::All,
            stays: BTreeMap::new(),
            federation: None,
        };
        signers
            .iter()
            .fold(SignedStatement::unsigned(&statement), |signed, secret| {
                signed.sign_device(&DeviceSigner::from_secret(&[*secret; 32]))
            })
            .verify()
            .expect("good signatures")
    }

    #[test]
    fn of_a_devices_addresses_only_the_highest_number_stays() {
        let mut set = StatementSet::new();
        let (first, second) = (addresses(1, 1, "/ip4/192.0.2.1/tcp/8471"), addresses(1, 2, "/ip4/192.0.2.2/tcp/8471"));
        assert_eq!(set.insert(first.clone()), Inserted::New, "the first address record is new");
        assert_eq!(set.insert(addresses(2, 1, "")), Inserted::New, "another device's record is another slot");
        assert_eq!(set.insert(second.clone()), Inserted::Replaced(first.id), "a higher number replaces");
        assert_eq!(set.insert(first), Inserted::Stale, "a lower number is not taken back");
        assert_eq!(set.insert(second.clone()), Inserted::Known, "the same again changes nothing");
        assert_eq!(set.len(), 2, "one record a device");

        let tie = addresses(1, 2, "/ip4/192.0.2.3/tcp/8471");
        let mut other = StatementSet::new();
        other.insert(tie.clone());
        other.insert(addresses(2, 1, ""));
        set.insert(tie);
        other.insert(second);
        assert_eq!(set.digest(), other.digest(), "of equal numbers the same one stays in either order");
    }

    #[test]
    fn of_words_of_another_size_the_highest_number_counts_and_each_stays() {
        let device = DeviceSigner::from_secret(&[1; 32]);
        let word = |number, refused: u8| {
            let refused = (0..refused).map(|byte| crate::ids::StatementId([byte; 32])).collect();
            let says = Statement::Drafts { device: device.key(), number, drafts: Vec::new(), refused };
            SignedStatement::unsigned(&says).sign_device(&device).verify().expect("good")
        };
        let (short, long, newest) = (word(1, 0), word(2, 60), word(3, 1));
        for order in [[&short, &long, &newest], [&newest, &short, &long], [&long, &newest, &short]] {
            let mut set = StatementSet::new();
            for word in order {
                set.insert(word.clone());
            }
            let held: BTreeSet<StatementId> = set.ids().collect();
            assert_eq!(held, BTreeSet::from([long.id, newest.id]), "of each size the one that counts");
            assert_eq!(set.drafts_of(&device.key()).map(|held| held.id), Some(newest.id), "of all the newest");
            set.remove(&newest.id);
            assert_eq!(set.drafts_of(&device.key()).map(|held| held.id), Some(long.id), "then the one that is left");
        }
    }

    #[test]
    fn copies_with_different_signatures_are_joined() {
        let (one, two) = (writers(1, &[1]), writers(1, &[2]));
        let mut left = StatementSet::new();
        let mut right = StatementSet::new();
        assert_eq!(left.insert(one.clone()), Inserted::New, "the first copy is new");
        assert_eq!(right.insert(two.clone()), Inserted::New, "the first copy is new there too");
        assert_ne!(left.digest(), right.digest(), "the digest tells signer sets apart");
        assert_eq!(left.missing_from(&[one.id]).len(), 0, "by id nothing is missing");
        assert_eq!(left.missing_from_tags(&right.tags()).len(), 1, "by tag the copy with the other signer is");
        assert_eq!(left.insert(two), Inserted::Merged, "the other signature is added");
        assert_eq!(right.insert(one.clone()), Inserted::Merged, "in either order");
        assert_eq!(left.digest(), right.digest(), "then both sets are equal");
        let joined = left.get(&one.id).expect("it is there").signed.clone();
        assert_eq!(joined.verify().map(|v| v.signers.len()), Ok(2), "both signatures are good after joining");
    }
}
