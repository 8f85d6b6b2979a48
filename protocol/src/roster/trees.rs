//! Which machine stands by whose word: a key of a partner, the machines that it has certified, and those that these have.
//!
//! From this follows what a federation rests on: what its stewards have decided, and the certificates by which those who
//! signed it are its stewards' machines.

use super::build::{Fact, Facts};
use super::persons::editors;
use super::standing::{Standing, keys_of};
use super::{Roster, build};
use crate::ids::{DeviceKey, FederationId, PartnerId, PartnerKey, RegisterId, StatementId};
use crate::statement::{Rights, Statement, VerifiedStatement};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A key: a partner's or a machine's.
pub(super) type Key = [u8; 32];

/// How a machine came to stand: of several certificates by the one nearest to the partner key, then by the one that gives
/// more rights, then by that of the least id.
struct Machine {
    by: Key,
    certificate: StatementId,
    rights: Rights,
    depth: usize,
}

/// The machines of one key of a partner.
pub(super) struct Tree {
    /// The partner key.
    pub key: Key,
    machines: BTreeMap<Key, Machine>,
    hanging: BTreeMap<Key, BTreeSet<Key>>,
    /// The machine that stands by a certificate.
    standing_by: BTreeMap<StatementId, Key>,
}

/// Who certifies whom by which statement, and with which rights, by the partner and its key.
type Certified = BTreeMap<(PartnerId, PartnerKey), BTreeMap<Key, Vec<(DeviceKey, StatementId, Rights)>>>;

impl Tree {
    fn grow(key: PartnerKey, certified: &BTreeMap<Key, Vec<(DeviceKey, StatementId, Rights)>>) -> Self {
        let mut tree =
            Self { key: key.0, machines: BTreeMap::new(), hanging: BTreeMap::new(), standing_by: BTreeMap::new() };
        let mut level = vec![(key.0, Rights::ALL)];
        for depth in 1.. {
            let mut next: BTreeMap<Key, (Reverse<u8>, StatementId, Key)> = BTreeMap::new();
            for (by, own) in level.iter().filter(|(_, own)| own.includes(Rights::ADMIN)) {
                for (device, id, rights) in certified.get(by).into_iter().flatten() {
                    let new = (Reverse(rights.0 & own.0), *id, *by);
                    if device.0 != tree.key && !tree.machines.contains_key(&device.0) {
                        next.entry(device.0).and_modify(|held| *held = new.min(*held)).or_insert(new);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            level.clear();
            for (device, (Reverse(rights), certificate, by)) in next {
                let rights = Rights(rights);
                level.push((device, rights));
                tree.machines.insert(device, Machine { by, certificate, rights, depth });
                tree.hanging.entry(by).or_default().insert(device);
                tree.standing_by.insert(certificate, device);
            }
        }
        tree
    }

    /// How far a key is from the partner's; `None`: it is none of this tree.
    pub fn depth(&self, key: &Key) -> Option<usize> {
        if *key == self.key { Some(0) } else { self.machines.get(key).map(|machine| machine.depth) }
    }

    /// The keys that hang on one.
    pub fn hanging(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.hanging.get(key).into_iter().flatten()
    }

    /// The machine that stands by a certificate; `None` where another one is nearer, or gives it more.
    pub fn standing_by(&self, certificate: &StatementId) -> Option<&Key> {
        self.standing_by.get(certificate)
    }

    /// The certificates by which a machine stands, up to the partner key; none where it has not the right.
    fn certificates(&self, machine: &Key, right: Rights) -> impl Iterator<Item = StatementId> {
        let first = self.machines.get(machine).filter(|machine| machine.rights.includes(right));
        std::iter::successors(first, |machine| self.machines.get(&machine.by)).map(|machine| machine.certificate)
    }
}

impl Facts<'_> {
    /// The trees of each partner that is or was in the federation, that of the key in force first, from the certificates of
    /// at most so many bytes.
    pub(super) fn trees(
        &self,
        roster: &Roster,
        standing: Option<&Standing<'_>>,
        bytes: usize,
    ) -> BTreeMap<PartnerId, Vec<Tree>> {
        let mut certified = Certified::new();
        for fact in self.facts.iter().filter(|fact| fact.signed.body.len() <= bytes) {
            let Some((of, by, device, rights)) = certificate(fact) else { continue };
            certified.entry(of).or_default().entry(by).or_default().push((device, fact.id, rights));
        }
        let grow = |partner: &PartnerId, key: PartnerKey| {
            Tree::grow(key, certified.get(&(*partner, key)).unwrap_or(&BTreeMap::new()))
        };
        let trees = |partner: &PartnerId| {
            let keys = keys_of(partner, roster, standing).unwrap_or_default();
            keys.into_iter().rev().map(|key| grow(partner, key)).collect()
        };
        roster.partners.keys().map(|partner| (*partner, trees(partner))).collect()
    }

    /// What the federation rests on: its founding and what its stewards have decided, the certificates of those who signed
    /// that for stewards, and of each partner whom a known person concerns one erasure of it.
    pub(super) fn firm(
        &self,
        roster: &Roster,
        standing: Option<&Standing<'_>>,
        trees: &BTreeMap<PartnerId, Vec<Tree>>,
    ) -> BTreeSet<StatementId> {
        let positions = standing.into_iter().flat_map(|standing| {
            let before = standing.positions_before.keys().copied();
            before.chain(standing.chain.positions.iter().map(|position| position.id))
        });
        let mut firm: BTreeSet<StatementId> = roster.in_force.iter().copied().chain(positions).collect();
        let decided: Vec<&Fact<'_>> = firm.iter().filter_map(|id| self.fact(id)).collect();
        let signed: BTreeSet<&Key> = decided.into_iter().flat_map(|fact| &fact.signers).collect();
        let stewards = roster.federation.iter().flat_map(|federation| federation.positions.values());
        let stewards: BTreeSet<&PartnerId> = stewards.flat_map(BTreeMap::keys).collect();
        for tree in stewards.into_iter().filter_map(|partner| trees.get(partner)).flatten() {
            firm.extend(signed.iter().flat_map(|machine| tree.certificates(machine, Rights::STEWARD)));
        }
        firm.extend(self.erasures_that_stay(roster));
        firm
    }

    /// Of the erasures of each person who has a scope, by each partner that it concerns, the one of the least reason and id:
    /// anybody can sign more of them without end.
    fn erasures_that_stay(&self, roster: &Roster) -> impl Iterator<Item = StatementId> {
        let mut least: BTreeMap<(RegisterId, PartnerId), (u8, StatementId)> = BTreeMap::new();
        for fact in &self.facts {
            let Statement::Erasure { controller, nonce, reason } = fact.statement else { continue };
            let person = RegisterId::person(controller, nonce);
            if roster.persons.get(&person).is_none_or(|known| known.number == 0) {
                continue;
            }
            let signers = editors(roster, &fact.signers).map(|device| device.partner);
            for partner in signers.filter(|partner| roster.concerns(Some(fact.statement), partner)) {
                let new = (*reason, fact.id);
                least.entry((person, partner)).and_modify(|held| *held = new.min(*held)).or_insert(new);
            }
        }
        least.into_values().map(|(_, id)| id)
    }
}

impl Roster {
    /// The statements from which somebody who trusts nobody can read that `device` is a machine of the federation: what
    /// the federation rests on, and the certificates of `device`. The point of view is that of [`Self::build_in`].
    pub fn proof_of<'a>(
        own: &PartnerId,
        chosen: Option<FederationId>,
        statements: impl IntoIterator<Item = &'a VerifiedStatement>,
        device: &DeviceKey,
    ) -> BTreeSet<StatementId> {
        let (roster, facts, standing) = build::read(own, chosen, statements);
        let trees = facts.trees(&roster, standing.as_ref(), usize::MAX);
        let mut proof = facts.firm(&roster, standing.as_ref(), &trees);
        for tree in trees.values().flatten() {
            proof.extend(tree.certificates(&device.0, Rights::default()));
        }
        proof
    }
}

/// What a certificate says, if those have signed it who must: of which partner and key, by whom, for whom, with which rights.
fn certificate(fact: &Fact<'_>) -> Option<((PartnerId, PartnerKey), Key, DeviceKey, Rights)> {
    let (of, by, device, rights) = match fact.statement {
        Statement::Certificate { partner, partner_key, device, rights, .. } => {
            ((*partner, *partner_key), partner_key.0, device, rights)
        }
        Statement::DeviceCertificate { partner, partner_key, by, device, rights, .. } => {
            let signed = by != device && fact.signers.contains(&device.0);
            return signed.then_some(((*partner, *partner_key), by.0, *device, *rights));
        }
        _ => return None,
    };
    Some((of, by, *device, *rights))
}
