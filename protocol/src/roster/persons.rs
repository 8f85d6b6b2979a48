//! What the statements say of persons.
//!
//! # Invariant
//! Nothing brings an erased person back: a signature that counts for an erasure counts for ever, also where its partner
//! is removed, its key replaced or its scope narrowed later.
//!
//! A removed controller has no readers any more. Which of its scopes it has stated since nobody can tell, and without a
//! controller nobody among the members is left who would correct a person or end it at its time; at the removed partner
//! itself, which is no member of anything in its own roster, all stays as it is.

use super::build::Facts;
use super::{Device, Roster};
use crate::ids::{DeviceKey, PartnerId, RegisterId};
use crate::persons::{Erasure, PersonFacts};
use crate::planted::{Planted, is_planted};
use crate::statement::{Rights, Statement};
use std::collections::BTreeMap;

impl Facts<'_> {
    /// Reads scopes, erasures and receipts, in that order: who may ask for an erasure the scopes say.
    pub(super) fn persons(&self, roster: &mut Roster) {
        let mut persons = BTreeMap::new();
        self.scopes(roster, &mut persons);
        self.erasures(roster, &mut persons);
        self.receipts(&mut persons);
        roster.persons = persons;
    }

    /// The facts ascend by id, so of equal numbers the greater id stays.
    fn scopes(&self, roster: &Roster, persons: &mut BTreeMap<RegisterId, PersonFacts>) {
        for fact in &self.facts {
            let Statement::PersonScope { controller, nonce, number, readers } = fact.statement else { continue };
            let key = roster.partners.get(controller).map(|partner| partner.key);
            let signs = |device: &Device| {
                device.partner == *controller
                    && key.is_some_and(|key| self.still_signs(controller, &key, &device.key, &fact.id))
            };
            if !editors(roster, &fact.signers).any(signs) {
                continue;
            }
            let person = entry(persons, controller, nonce);
            let first = is_planted(Planted::FirstScopeCounts) && person.number > 0 && person.number < *number;
            if *number >= person.number && !first {
                person.number = *number;
                if roster.partners.get(controller).is_some_and(|partner| !partner.removed) {
                    person.readers = readers.clone();
                }
            }
            person.ever = person.ever.union(readers);
        }
    }

    fn erasures(&self, roster: &Roster, persons: &mut BTreeMap<RegisterId, PersonFacts>) {
        for fact in &self.facts {
            let Statement::Erasure { controller, nonce, reason } = fact.statement else { continue };
            let known = persons.get(&RegisterId::person(controller, nonce));
            let concerned =
                |partner: &PartnerId| partner == controller || known.is_some_and(|person| person.concerns(partner));
            let signers: BTreeMap<DeviceKey, PartnerId> = editors(roster, &fact.signers)
                .filter(|device| concerned(&device.partner))
                .map(|device| (device.key, device.partner))
                .collect();
            if signers.is_empty() {
                continue;
            }
            let person = entry(persons, controller, nonce);
            let new = || Erasure { reason: *reason, by_controller: false, asked_by: BTreeMap::new() };
            let erasure = person.erasure.get_or_insert_with(new);
            erasure.reason = erasure.reason.min(*reason);
            erasure.by_controller |= signers.values().any(|partner| partner == controller);
            erasure.asked_by.extend(signers.into_iter().filter(|(_, partner)| partner != controller));
        }
    }

    fn receipts(&self, persons: &mut BTreeMap<RegisterId, PersonFacts>) {
        for fact in &self.facts {
            let Statement::ErasureReceipts { device, persons: erased, .. } = fact.statement else { continue };
            for person in erased {
                if let Some(person) = persons.get_mut(person) {
                    person.receipts.insert(*device);
                }
            }
        }
    }
}

/// Those of the signers that are devices with the edit right, or were.
pub(super) fn editors<'a>(
    roster: &'a Roster,
    signers: &'a std::collections::BTreeSet<[u8; 32]>,
) -> impl Iterator<Item = &'a Device> {
    signers
        .iter()
        .filter_map(|key| roster.known_device(&DeviceKey(*key)))
        .filter(|device| device.rights.includes(Rights::EDIT))
}

fn entry<'a>(
    persons: &'a mut BTreeMap<RegisterId, PersonFacts>,
    controller: &PartnerId,
    nonce: &[u8; 16],
) -> &'a mut PersonFacts {
    let new = || PersonFacts::new(*controller, *nonce);
    persons.entry(RegisterId::person(controller, nonce)).or_insert_with(new)
}
