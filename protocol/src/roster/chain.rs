//! The chain of stewards: who decides, in what order of rounds, and what they keep of their predecessors.
//!
//! The founding statement is the first position, with the founder as the only steward. A `stewards`
//! statement is the next position where a strict majority of the stewards of the position before has signed
//! it. Where several have a majority the highest round goes on, of one round the least id: a majority in a
//! higher round was proof to its signers that the lower rounds had none, so the lower one rests on somebody
//! who has signed twice.
//!
//! Everything else that stewards decide (admissions, removals, re-keyings, shared registers and their
//! writers) stands beside the chain. Such a statement counts where the chain keeps it by name, or where a
//! strict majority of the stewards *in force* has signed it. So they commute; so what was decided under a
//! position that lost, or beside a change of stewards, stays valid where its signers are stewards still; and
//! a steward of former days, the sole founder included, decides nothing any more.
//!
//! A federation that carries over another keeps of it only what was in force there, and its stewards' signatures make
//! nothing count that names the other one and is not in force there: who was one of several then is not the only one now.

use super::build::{Facts, Signed, work};
use crate::ids::{DeviceKey, FederationId, PartnerId, PartnerKey, StatementId};
use crate::statement::{Rights, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// A steward that has signed two different successors of one position in one round.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DoubleSigner {
    /// Who.
    pub partner: PartnerId,
    /// One of its devices that signed.
    pub device: DeviceKey,
    /// The position whose successors they are.
    pub position: StatementId,
    /// The round.
    pub round: u64,
}

/// One position of the chain.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub id: StatementId,
    pub stewards: BTreeMap<PartnerId, PartnerKey>,
}

/// The chain of one federation.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// From the founding to the one in force.
    pub positions: Vec<Position>,
    /// What the positions keep.
    pub kept: BTreeSet<StatementId>,
    /// What names another federation and is not in force there: old signatures decide nothing in one that carries over.
    pub undecided: BTreeSet<StatementId>,
}

/// A successor that somebody has signed, with everyone who has.
struct Successor<'a> {
    id: StatementId,
    round: u64,
    stewards: &'a BTreeMap<PartnerId, PartnerKey>,
    kept: &'a BTreeSet<StatementId>,
    signers: BTreeSet<[u8; 32]>,
}

impl Chain {
    /// Follows the chain from the founding, which keeps in force what it carries over.
    pub fn follow(
        facts: &Facts<'_>,
        federation: FederationId,
        founder: (PartnerId, PartnerKey),
        kept: BTreeSet<StatementId>,
    ) -> Self {
        let first = Position { id: StatementId(federation.0), stewards: BTreeMap::from([founder]) };
        let mut chain = Self { positions: vec![first], kept, undecided: BTreeSet::new() };
        let successors = successors(facts, federation, false);
        while let Some(next) = chain.next(facts, &successors) {
            chain.kept.extend(next.kept);
            chain.positions.push(Position { id: next.id, stewards: next.stewards.clone() });
        }
        chain
    }

    /// The position in force.
    pub fn last(&self) -> &Position {
        // INVARIANT: a chain begins with its founding and only grows.
        self.positions.last().unwrap_or_else(|| unreachable!("a chain has a first position"))
    }

    fn next<'b>(&self, facts: &Facts<'_>, successors: &'b Successors<'_>) -> Option<&'b Successor<'b>> {
        let now = self.last();
        let good = |next: &&Successor<'_>| now.is_majority(facts, (&next.id, &next.signers));
        of(successors, &now.id).filter(good).max_by_key(|next| (next.round, std::cmp::Reverse(next.id)))
    }

    /// Whether a statement that stewards decide counts.
    pub fn counts(&self, facts: &Facts<'_>, id: &StatementId, signers: &BTreeSet<[u8; 32]>) -> bool {
        self.kept.contains(id) || !self.undecided.contains(id) && self.last().is_majority(facts, (id, signers))
    }

    /// The lowest round in which a successor of the position in force can still get a majority.
    pub fn round(&self, facts: &Facts<'_>, federation: FederationId) -> u64 {
        let now = self.last();
        let successors = successors(facts, federation, true);
        let mut rounds: BTreeMap<u64, Vec<&Successor<'_>>> = BTreeMap::new();
        for successor in of(&successors, &now.id) {
            rounds.entry(successor.round).or_default().push(successor);
        }
        let mut round = 1;
        while rounds.get(&round).is_some_and(|these| now.is_lost(facts, these.iter().copied())) {
            round += 1;
        }
        round
    }

    /// Who has signed two successors in one round, at any position of the chain.
    pub fn double_signers(&self, facts: &Facts<'_>, federation: FederationId) -> BTreeSet<DoubleSigner> {
        let mut out = BTreeSet::new();
        let successors = successors(facts, federation, true);
        for position in &self.positions {
            let mut signed: BTreeMap<(u64, PartnerId), StatementId> = BTreeMap::new();
            for next in of(&successors, &position.id) {
                for (partner, device) in position.signing(facts, (&next.id, &next.signers)) {
                    if *signed.entry((next.round, partner)).or_insert(next.id) != next.id {
                        out.insert(DoubleSigner { partner, device, position: position.id, round: next.round });
                    }
                }
            }
        }
        out
    }
}

impl Position {
    /// The stewards for which one of the signers of a statement signs, each with one such device.
    pub fn signing(&self, facts: &Facts<'_>, signed: Signed<'_>) -> BTreeMap<PartnerId, DeviceKey> {
        let device = |(partner, key): (&PartnerId, &PartnerKey)| {
            Some((*partner, facts.signing_device(partner, key, Rights::STEWARD, signed)?))
        };
        self.stewards.iter().filter_map(device).collect()
    }

    /// How many make a strict majority.
    pub fn majority(&self) -> usize {
        self.stewards.len() / 2 + 1
    }

    fn is_majority(&self, facts: &Facts<'_>, signed: Signed<'_>) -> bool {
        self.signing(facts, signed).len() >= self.majority()
    }

    /// The devices that sign for a steward, each with the steward.
    pub fn devices(&self, facts: &Facts<'_>) -> BTreeMap<DeviceKey, PartnerId> {
        let of = |(partner, key): (&PartnerId, &PartnerKey)| {
            facts.certified(partner, key, Rights::STEWARD).map(|device| (device, *partner)).collect::<Vec<_>>()
        };
        self.stewards.iter().flat_map(of).collect()
    }

    /// Whether no successor of a round can get a majority any more: neither one that is known, with the
    /// stewards that have signed none yet, nor one that only those sign.
    fn is_lost<'s>(&self, facts: &Facts<'_>, round: impl Iterator<Item = &'s Successor<'s>>) -> bool {
        let (mut most, mut voters) = (0, BTreeSet::new());
        for next in round {
            let signing = self.signing(facts, (&next.id, &next.signers));
            most = most.max(signing.len());
            voters.extend(signing.into_keys());
        }
        most + (self.stewards.len() - voters.len()) < self.majority()
    }
}

/// Successors by the position that they follow, ascending by id.
type Successors<'a> = BTreeMap<StatementId, Vec<Successor<'a>>>;

fn of<'b, 'a>(successors: &'b Successors<'a>, position: &StatementId) -> impl Iterator<Item = &'b Successor<'a>> {
    successors.get(position).into_iter().flatten().inspect(|_| work::step())
}

/// All successors that are stated; with the signatures on drafts or without.
fn successors<'a>(facts: &'a Facts<'_>, own: FederationId, drafts: bool) -> Successors<'a> {
    let mut found: BTreeMap<StatementId, (StatementId, Successor<'a>)> = BTreeMap::new();
    let stated = facts.facts.iter().map(|fact| (fact.id, fact.statement, fact.signers.clone()));
    let drafted = facts.drafts.iter().filter(|_| drafts).map(|d| (d.id, &d.statement, BTreeSet::from([d.device.0])));
    for (id, statement, signers) in stated.chain(drafted) {
        let Statement::Stewards { federation, predecessor, round, stewards, kept } = statement else { continue };
        if *federation == own {
            let new = || Successor { id, round: *round, stewards, kept, signers: BTreeSet::new() };
            let (_, successor) = found.entry(id).or_insert_with(|| (*predecessor, new()));
            successor.signers.extend(signers);
        }
    }
    let mut sorted = Successors::new();
    for (predecessor, successor) in found.into_values() {
        sorted.entry(predecessor).or_default().push(successor);
    }
    sorted
}
