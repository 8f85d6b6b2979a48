//! Machines that others of their partner have certified, and that these have.
//!
//! A certificate by a machine counts like one by the partner key, with at most the rights of the machine that certifies. It
//! rests on that machine's signature: where the key has revoked the machine, only what a revocation by the key lists stays.
//! Where another machine has revoked it, what no revocation lists is suspended until the key speaks.

use super::build::{Certificate, Certified, Fact, Facts, by_keys, revoked_by, work};
use crate::ids::{DeviceKey, PartnerId, PartnerKey, StatementId};
use crate::statement::{Rights, Statement};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Facts<'a> {
    /// Reads which machines others of their partner have certified. Whom a key has revoked certifies only those that its
    /// revocations name: so it is asked first who is certified at all, then whom keys have revoked, and with that again.
    pub fn certify_further(&mut self) {
        if !self.facts.iter().any(|fact| matches!(fact.statement, Statement::DeviceCertificate { .. })) {
            return;
        }
        self.follow_certificates(|_, _| true);
        let mut stay: BTreeMap<Certified, BTreeSet<StatementId>> = BTreeMap::new();
        for fact in self.facts.iter().filter(|fact| self.is_revoked_by_key(fact)) {
            if let (Statement::Revocation { signed, .. }, Some(device)) = (fact.statement, revoked_by(fact)) {
                stay.entry(device).or_default().extend(signed);
            }
        }
        self.certified_by = by_keys(&self.certificates);
        let counting = self.follow_certificates(|by, id| stay.get(by).is_none_or(|signed| signed.contains(id)));
        let further = counting.into_iter().filter_map(|at| {
            let certificate = further_certificate(&self.facts[at])?;
            let rights =
                self.certified_by.get(&(certificate.partner, certificate.partner_key))?.get(&certificate.device)?;
            Some(Certificate { rights: *rights, ..certificate })
        });
        let further: Vec<_> = further.collect();
        self.certificates.extend(further);
    }

    /// Suspends the machines that nobody stands for but others that are out: whom a machine revokes certifies only those
    /// that the revocations name. `by_key` are the devices that each key has certified itself. As with the revoked ones,
    /// what they have signed stays until the key speaks.
    pub fn suspend(&mut self, by_key: BTreeMap<(PartnerId, PartnerKey), BTreeMap<DeviceKey, Rights>>) {
        if self.revoked.is_empty() {
            return;
        }
        let known = std::mem::replace(&mut self.certified_by, by_key);
        let revoked = std::mem::take(&mut self.revoked);
        self.follow_certificates(|by, id| revoked.get(by).is_none_or(|signed| signed.contains(id)));
        let stood_for = std::mem::replace(&mut self.certified_by, known);
        self.revoked = revoked;
        for ((partner, key), devices) in &self.certified_by {
            let stood_for = stood_for.get(&(*partner, *key));
            let suspended = devices.keys().filter(|device| stood_for.is_none_or(|known| !known.contains_key(device)));
            for device in suspended {
                self.revoked.entry((*partner, *key, *device)).or_default();
            }
        }
    }

    /// Adds to the devices of each key those that other devices of it have certified, and whom these have. Gives the facts
    /// that count, by their place. A device is looked at again only where its rights have grown, so this ends.
    fn follow_certificates(&mut self, counts: impl Fn(&Certified, &StatementId) -> bool) -> BTreeSet<usize> {
        let mut of: BTreeMap<Certified, Vec<(usize, Certificate<'a>)>> = BTreeMap::new();
        for (at, fact) in self.facts.iter().enumerate() {
            let (Statement::DeviceCertificate { by, .. }, Some(further)) = (fact.statement, further_certificate(fact))
            else {
                continue;
            };
            let certified = (further.partner, further.partner_key, *by);
            if counts(&certified, &fact.id) {
                of.entry(certified).or_default().push((at, further));
            }
        }
        let mut due: Vec<Certified> = of.keys().copied().collect();
        let mut counting = BTreeSet::new();
        while let Some(by) = due.pop() {
            let Some(devices) = self.certified_by.get_mut(&(by.0, by.1)) else { continue };
            let own = devices.get(&by.2).copied().unwrap_or_default();
            for (at, further) in of.get(&by).into_iter().flatten().filter(|_| own.includes(Rights::ADMIN)) {
                work::step();
                counting.insert(*at);
                let rights = devices.entry(further.device).or_default();
                let more = rights.0 | further.rights.0 & own.0;
                if more != rights.0 {
                    rights.0 = more;
                    due.push((by.0, by.1, further.device));
                }
            }
        }
        counting
    }
}

/// A certificate by another device, signed by both. Whether that one may certify is asked where it is used.
fn further_certificate<'a>(fact: &Fact<'a>) -> Option<Certificate<'a>> {
    let Statement::DeviceCertificate { partner, partner_key, by, device, rights, partner_name, country, device_name } =
        fact.statement
    else {
        return None;
    };
    let signed = by != device && [by, device].iter().all(|key| fact.signers.contains(&key.0));
    signed.then(|| Certificate {
        partner: *partner,
        partner_key: *partner_key,
        device: *device,
        rights: *rights,
        partner_name,
        country,
        device_name,
        countersigned: true,
    })
}
