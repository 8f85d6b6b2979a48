//! Federations as their stewards have decided them: foundings, who is in, with which keys, and which one is the own.

use super::build::{Fact, Facts};
use super::chain::Chain;
use super::{Ending, Federation, Partner, Roster};
use crate::ids::{FederationId, PartnerId, PartnerKey, StatementId};
use crate::limits;
use crate::statement::{Rights, Statement, Stays};
use std::collections::{BTreeMap, BTreeSet};

/// A founding that the founder's steward device has signed.
#[derive(Clone, Copy)]
pub(super) struct Founded<'a> {
    pub id: StatementId,
    pub name: &'a str,
    pub founder: PartnerId,
    pub key: PartnerKey,
    /// The federation that it carries over, and what it keeps of that one.
    pub carries: Option<(FederationId, &'a BTreeSet<StatementId>)>,
}

/// An admission that counts.
pub(super) struct Admitted<'a> {
    pub partner: PartnerId,
    pub key: PartnerKey,
    pub name: &'a str,
    pub country: &'a str,
}

/// A federation as its stewards have decided it.
pub(super) struct Standing<'a> {
    pub founded: Founded<'a>,
    /// The federations that it carries over, the nearest first.
    pub carries: Vec<FederationId>,
    /// The stewards of every position of those that are here.
    pub positions_before: BTreeMap<StatementId, BTreeMap<PartnerId, PartnerKey>>,
    /// The last stewards of each of those.
    pub stewards_before: BTreeMap<FederationId, BTreeMap<PartnerId, PartnerKey>>,
    pub chain: Chain,
    /// Its founder, and those of the federations that it carries over, each with the first key known of it.
    pub founders: BTreeMap<PartnerId, PartnerKey>,
    /// The partners that it has admitted itself.
    pub newcomers: BTreeSet<PartnerId>,
    pub admitted: BTreeMap<PartnerId, Admitted<'a>>,
    pub removed: BTreeSet<PartnerId>,
    /// (partner, old key, new key), ascending by statement id.
    pub rekeyed: Vec<(PartnerId, PartnerKey, PartnerKey)>,
    /// Whose writing has been ended, with what stays of it.
    pub ended: Vec<(Ending, &'a Stays)>,
}

impl Standing<'_> {
    pub fn federation(&self, facts: &Facts<'_>) -> Federation {
        let (id, last) = (FederationId(self.founded.id.0), self.chain.last());
        Federation {
            id,
            name: self.founded.name.to_owned(),
            position: last.id,
            stewards: last.stewards.clone(),
            positions: self
                .positions_before
                .clone()
                .into_iter()
                .chain(self.chain.positions.iter().map(|position| (position.id, position.stewards.clone())))
                .collect(),
            stewards_before: self.stewards_before.clone(),
            round: self.chain.round(facts, id),
            kept: self.chain.kept.clone(),
            carries: self.carries.clone(),
        }
    }

    /// Whether its founder is who it says: the key with which it was founded is one of the founder's.
    pub fn is_sound(&self) -> bool {
        let founder = &self.founded.founder;
        self.first_key(founder).is_some_and(|first| self.keys(founder, first).contains(&self.founded.key))
    }

    /// The first key of a partner that was ever in it.
    pub fn first_key(&self, partner: &PartnerId) -> Option<PartnerKey> {
        self.admitted.get(partner).map(|admitted| admitted.key).or_else(|| self.founders.get(partner).copied())
    }

    /// Whether the federation has a partner: founded or admitted, and not removed.
    pub fn has(&self, partner: &PartnerId) -> bool {
        self.ever_had(partner) && !self.removed.contains(partner)
    }

    pub fn ever_had(&self, partner: &PartnerId) -> bool {
        self.first_key(partner).is_some()
    }

    /// The first key of a partner and those that took its place. A key that was replaced never comes back;
    /// of several that took its place the statement of least id counts.
    pub fn keys(&self, partner: &PartnerId, first: PartnerKey) -> Vec<PartnerKey> {
        let mut keys = vec![first];
        while let Some(key) = keys.last().copied() {
            let next = self.rekeyed.iter().find(|(id, old, new)| id == partner && *old == key && !keys.contains(new));
            match next {
                Some((_, _, new)) => keys.push(*new),
                None => break,
            }
        }
        keys
    }

    pub fn name(&self) -> &str {
        self.founded.name
    }

    /// Whether it reads statements of federation `id`.
    pub fn takes_in(&self, id: &FederationId) -> bool {
        self.founded.id.0 == id.0 || self.carries.contains(id)
    }

    /// Says what the stewards have decided of a partner.
    pub fn describe(&self, partner: &mut Partner) {
        partner.key = self.keys(&partner.id, partner.key).pop().unwrap_or(partner.key);
        partner.steward = self.chain.last().stewards.contains_key(&partner.id);
        partner.removed = self.removed.contains(&partner.id);
        partner.admitted = self.has(&partner.id);
    }
}

impl<'a> Facts<'a> {
    pub fn foundings(&self) -> impl Iterator<Item = Founded<'a>> + '_ {
        self.facts.iter().filter_map(|fact| {
            let founded = founded_by(fact)?;
            // Who carries over may have another key by then: its standing says whose it is.
            let good = (founded.carries.is_some() || PartnerId::from_first_key(&founded.key) == founded.founder)
                && self.carried_by(&founded).len() <= limits::CARRIED_MAX
                // What its device has founded stays founded, whatever becomes of the device.
                && self.certified_signers(&founded.founder, &founded.key, Rights::STEWARD, &fact.signers).next().is_some();
            good.then_some(founded)
        })
    }

    /// The federation of that id, if it was founded as it must be.
    pub fn standing_of(&self, id: &FederationId) -> Option<Standing<'a>> {
        let founded = self.foundings().find(|founded| founded.id.0 == id.0)?;
        Some(self.standing(founded)).filter(Standing::is_sound)
    }

    /// The foundings of the federations that one carries over, the nearest first; of more than
    /// [`limits::CARRIED_MAX`] one more than that.
    pub fn carried_by(&self, founded: &Founded<'a>) -> Vec<Founded<'a>> {
        let (mut all, mut next) = (Vec::new(), founded.carries);
        // An id is a hash over that of the predecessor, so none comes twice.
        while let Some((id, _)) = next {
            let Some(found) = self.fact(&StatementId(id.0)).and_then(founded_by) else { break };
            next = found.carries;
            all.push(found);
            if all.len() > limits::CARRIED_MAX {
                break;
            }
        }
        all
    }

    pub fn fact(&self, id: &StatementId) -> Option<&Fact<'a>> {
        self.facts.binary_search_by_key(id, |fact| fact.id).ok().map(|at| &self.facts[at])
    }

    /// What the stewards of a federation have decided.
    pub fn standing(&self, founded: Founded<'a>) -> Standing<'a> {
        let federation = FederationId(founded.id.0);
        let carried = self.carried_by(&founded);
        // What the one that it carries over has decided. Without that one here nobody can tell, and nothing counts.
        let before = carried.first().map(|nearest| self.standing(*nearest)).filter(Standing::is_sound);
        let mut positions_before = BTreeMap::new();
        let mut stewards_before = BTreeMap::new();
        if let Some(before) = &before {
            stewards_before.clone_from(&before.stewards_before);
            stewards_before.insert(FederationId(before.founded.id.0), before.chain.last().stewards.clone());
            positions_before.clone_from(&before.positions_before);
            positions_before.extend(before.chain.positions.iter().map(|p| (p.id, p.stewards.clone())));
        }
        let before = before.map(|before| self.in_force(&before)).unwrap_or_default();
        let is_carried = |id: &&StatementId| before.contains(id) || carried.iter().any(|earlier| earlier.id == **id);
        let kept = founded.carries.map(|(_, kept)| kept.iter().filter(is_carried).copied().collect());
        let kept: BTreeSet<StatementId> = kept.unwrap_or_default();
        let mut founders = BTreeMap::new();
        for earlier in carried.iter().rev().filter(|earlier| kept.contains(&earlier.id)).chain([&founded]) {
            founders.entry(earlier.founder).or_insert(earlier.key);
        }
        let mut chain = Chain::follow(self, federation, (founded.founder, founded.key), kept);
        if founded.carries.is_some() {
            let is_of_another = |fact: &&Fact<'a>| fact.statement.federation().is_some_and(|id| id != federation);
            let undecided = self.facts.iter().filter(is_of_another).filter(|fact| !before.contains(&fact.id));
            chain.undecided = undecided.map(|fact| fact.id).collect();
        }
        let carries: Vec<FederationId> = match founded.carries {
            // The nearest is known by name even where its founding is not here.
            Some((nearest, _)) => {
                [nearest].into_iter().chain(carried.iter().filter_map(|f| Some(f.carries?.0))).collect()
            }
            None => Vec::new(),
        };
        let mut out = Standing {
            founded,
            carries,
            positions_before,
            stewards_before,
            chain,
            founders,
            newcomers: BTreeSet::new(),
            admitted: BTreeMap::new(),
            removed: BTreeSet::new(),
            rekeyed: Vec::new(),
            ended: Vec::new(),
        };
        for fact in &self.facts {
            let Some(id) = fact.statement.federation().filter(|id| out.takes_in(id)) else { continue };
            if !out.chain.counts(self, &fact.id, &fact.signers) {
                continue;
            }
            match fact.statement {
                Statement::Admission { partner, partner_key: key, name, country, .. }
                    if PartnerId::from_first_key(key) == *partner =>
                {
                    if id == federation {
                        out.newcomers.insert(*partner);
                    }
                    let new = Admitted { partner: *partner, key: *key, name, country };
                    out.admitted.entry(*partner).or_insert(new);
                }
                Statement::Removal { partner, stays, .. } => {
                    out.removed.insert(*partner);
                    out.ended.push((Ending::Removed(*partner), stays));
                }
                Statement::Rekeying { partner, old, new, stays, .. } => {
                    out.rekeyed.push((*partner, *old, *new));
                    out.ended.push((Ending::Rekeyed(*partner), stays));
                }
                _ => {}
            }
        }
        out
    }

    /// What stewards have decided, changes of stewards apart.
    pub fn in_force(&self, standing: &Standing<'a>) -> BTreeSet<StatementId> {
        let beside = |fact: &&Fact<'a>| {
            fact.statement.is_decided_by_stewards()
                && !matches!(fact.statement, Statement::Stewards { .. })
                && fact.statement.federation().is_none_or(|id| standing.takes_in(&id))
        };
        let counts = |fact: &&Fact<'a>| standing.chain.counts(self, &fact.id, &fact.signers);
        self.facts.iter().filter(beside).filter(counts).map(|fact| fact.id).collect()
    }

    /// The federation of `own`: one that it founded, else one that admits it. Founding is one's own deed and
    /// being admitted is not, so the former goes first; of several the least id counts. Who has been removed
    /// from a federation has none in it.
    ///
    /// One that carries over another is nobody's who has not chosen it, but of those that it has admitted itself and
    /// that were never in another. Who has been removed from the one that was chosen is not back in the old one.
    pub fn federation_of(&self, own: &PartnerId, chosen: Option<FederationId>) -> Option<Standing<'a>> {
        if let Some(standing) = chosen.and_then(|id| self.standing_of(&id)) {
            return Some(standing).filter(|standing| standing.has(own));
        }
        let sound = |founded: Founded<'a>| Some(self.standing(founded)).filter(Standing::is_sound);
        let (carrying, plain): (Vec<_>, Vec<_>) = self.foundings().partition(|founded| founded.carries.is_some());
        let mut all: Vec<_> = plain.into_iter().filter_map(sound).collect();
        // Also who has been removed from one: being removed moves nobody to where others have admitted it unasked.
        if !all.iter().any(|standing| standing.ever_had(own)) {
            let mut of_each = BTreeMap::new();
            let few =
                carrying.into_iter().filter(|founded| is_one_of_few(&mut of_each, (founded.founder, founded.key)));
            all = few.filter_map(sound).filter(|standing| standing.newcomers.contains(own)).collect();
        }
        all.retain(|standing| standing.has(own));
        let founded = all.iter().position(|standing| standing.founded.founder == *own).unwrap_or(0);
        (founded < all.len()).then(|| all.swap_remove(founded))
    }
}

/// Whether a carry-over is among the few of `founder` that are looked at, asked in the order of their ids: a partner can
/// make any number of them, and each takes a reading of everything.
pub(super) fn is_one_of_few<F: Ord>(of_each: &mut BTreeMap<F, usize>, founder: F) -> bool {
    let many = of_each.entry(founder).or_default();
    *many += 1;
    *many <= limits::CARRY_OVERS_PER_FOUNDER_MAX
}

/// The keys of a partner, the one in force last; `None`: it is none of the federation's. Without a federation there is
/// the own partner alone.
pub(super) fn keys_of(id: &PartnerId, roster: &Roster, standing: Option<&Standing<'_>>) -> Option<Vec<PartnerKey>> {
    match standing {
        Some(standing) => standing.first_key(id).map(|first| standing.keys(id, first)),
        None => roster.partners.get(id).filter(|own| own.admitted).map(|own| vec![own.key]),
    }
}

/// What a founding says, whoever has signed it.
fn founded_by<'a>(fact: &Fact<'a>) -> Option<Founded<'a>> {
    match fact.statement {
        Statement::Founding { name, founder, founder_key, .. } => {
            Some(Founded { id: fact.id, name, founder: *founder, key: *founder_key, carries: None })
        }
        Statement::CarryOver { name, founder, founder_key, predecessor, kept, .. } => {
            let carries = Some((*predecessor, kept));
            Some(Founded { id: fact.id, name, founder: *founder, key: *founder_key, carries })
        }
        _ => None,
    }
}
