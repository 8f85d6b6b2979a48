//! How the roster is read from the statements.
//!
//! Each rule looks at the whole set and never at the order in which it grew. Where several statements could
//! hold one place, ids decide: the least of facts that stand for ever, the greatest of numbered ones.

use super::standing::{Standing, keys_of};
use super::{Cut, Device, Ending, Partner, Register, RegisterKind, Roster};
use crate::ids::{DeviceKey, FederationId, PartnerId, PartnerKey, RegisterId, StatementId, tagged_hash};
use crate::statement::{Draft, Rights, SignedStatement, Statement, VerifiedStatement, Writers};
use std::collections::{BTreeMap, BTreeSet};

/// A statement of a known kind with everyone who signed a copy of it.
pub(super) struct Fact<'a> {
    pub id: StatementId,
    pub statement: &'a Statement,
    pub signers: BTreeSet<[u8; 32]>,
    pub signed: &'a SignedStatement,
}

/// A draft that a device keeps; the statement has been read from its body.
pub(super) struct Kept<'a> {
    pub id: StatementId,
    pub device: DeviceKey,
    pub statement: Statement,
    pub body: &'a [u8],
    pub signature: [u8; 64],
}

/// A certificate that the partner key that it names has signed; whether that key is the partner's is asked
/// where it is used.
pub(super) struct Certificate<'a> {
    pub partner: PartnerId,
    pub partner_key: PartnerKey,
    pub device: DeviceKey,
    pub rights: Rights,
    pub partner_name: &'a str,
    pub country: &'a str,
    pub device_name: &'a str,
    pub countersigned: bool,
}

/// All facts with their certificates, ascending by id.
pub(super) struct Facts<'a> {
    pub facts: Vec<Fact<'a>>,
    /// The drafts of all devices, ascending by device.
    pub drafts: Vec<Kept<'a>>,
    /// The devices that refuse a draft.
    pub refused: BTreeMap<StatementId, Vec<DeviceKey>>,
    pub certificates: Vec<Certificate<'a>>,
    /// The devices that each key of a partner has certified, with their rights: who asks whether somebody signs
    /// for a steward must not go through all certificates, of which a member can make thousands.
    pub certified_by: BTreeMap<(PartnerId, PartnerKey), BTreeMap<DeviceKey, Rights>>,
    /// The devices that do not count any more among those of a key, each with the statements on which its signature stays.
    pub(super) revoked: BTreeMap<Certified, BTreeSet<StatementId>>,
    /// Those of them that the key itself has revoked.
    pub(super) revoked_by_key: BTreeSet<Certified>,
}

/// A statement with the keys that have signed it.
pub(super) type Signed<'s> = (&'s StatementId, &'s BTreeSet<[u8; 32]>);

/// A device among those of a partner's key.
pub(super) type Certified = (PartnerId, PartnerKey, DeviceKey);

/// See [`Roster::build`].
pub(super) fn build<'a>(
    own: &PartnerId,
    chosen: Option<FederationId>,
    statements: impl IntoIterator<Item = &'a VerifiedStatement>,
) -> Roster {
    read(own, chosen, statements).0
}

/// [`build`], with what it was built from.
pub(super) fn read<'a>(
    own: &PartnerId,
    chosen: Option<FederationId>,
    statements: impl IntoIterator<Item = &'a VerifiedStatement>,
) -> (Roster, Facts<'a>, Option<Standing<'a>>) {
    let (facts, head) = Facts::read(statements);
    let standing = facts.federation_of(own, chosen);
    let mut roster = Roster { head, ..Roster::default() };
    roster.federation = standing.as_ref().map(|standing| standing.federation(&facts));
    roster.partners = facts.partners(own, standing.as_ref());
    roster.devices = facts.devices(&roster.partners);
    roster.former = facts.former(&roster, standing.as_ref());
    roster.disputed = facts.disputed(&roster.partners);
    roster.disputed.retain(|device| roster.former.contains_key(device));
    roster.registers = facts.registers(&roster, standing.as_ref());
    facts.persons(&mut roster);
    facts.end_writing(&mut roster, standing.as_ref());
    facts.cut(&mut roster);
    roster.certified_by = facts.certified_by(&roster);
    roster.revoked_by_key = facts.revoked_by_key(&roster);
    if let Some(standing) = &standing {
        roster.double_signers = standing.chain.double_signers(&facts, FederationId(standing.founded.id.0));
        roster.in_force = facts.in_force(standing);
        let carried = standing.carries.first().and_then(|id| facts.standing_of(id));
        let carried = carried.map(|carried| facts.in_force(&carried)).unwrap_or_default();
        roster.drafts = super::draft::open(&facts, &standing.chain, &carried, &roster);
        super::carried::read(&facts, standing, own, &mut roster);
    }
    (roster, facts, standing)
}

impl<'a> Facts<'a> {
    /// Sorts the statements by id, joining copies; also the hash over all ids.
    fn read(statements: impl IntoIterator<Item = &'a VerifiedStatement>) -> (Self, [u8; 32]) {
        let mut known: BTreeMap<StatementId, (&'a VerifiedStatement, BTreeSet<[u8; 32]>)> = BTreeMap::new();
        for verified in statements {
            let entry = known.entry(verified.id).or_insert((verified, BTreeSet::new()));
            entry.1.extend(&verified.signers);
        }
        let ids: Vec<u8> = known.keys().flat_map(|id| id.0).collect();
        let facts: Vec<_> = known
            .into_iter()
            .filter_map(|(id, (verified, signers))| {
                Some(Fact { id, statement: verified.statement.as_ref()?, signers, signed: &verified.signed })
            })
            .collect();
        let certificates: Vec<_> = facts.iter().filter_map(certificate).collect();
        let certified_by = by_keys(&certificates);
        let (drafts, refused) = (Vec::new(), BTreeMap::new());
        let (revoked, revoked_by_key) = (BTreeMap::new(), BTreeSet::new());
        let mut new = Self { facts, drafts, refused, certificates, certified_by, revoked, revoked_by_key };
        new.read_drafts();
        let by_key = new.certified_by.clone();
        new.certify_further();
        new.revoke();
        new.suspend(by_key);
        (new, tagged_hash("comin/roster/1", &[&ids]))
    }

    /// Takes the drafts out of the statements that keep them; of a device the highest number counts.
    fn read_drafts(&mut self) {
        let mut newest: BTreeMap<DeviceKey, (u64, &'a [Draft], &'a BTreeSet<StatementId>)> = BTreeMap::new();
        for fact in &self.facts {
            let Statement::Drafts { device, number, drafts, refused } = fact.statement else { continue };
            let entry = newest.entry(*device).or_insert((*number, drafts, refused));
            if *number >= entry.0 {
                *entry = (*number, drafts, refused);
            }
        }
        for (device, (_, drafts, refused)) in newest {
            refused.iter().for_each(|id| self.refused.entry(*id).or_default().push(device));
            self.drafts.extend(drafts.iter().filter_map(|draft| {
                let (statement, body) = (draft.statement()?, draft.body.as_slice());
                Some(Kept { id: draft.id(), device, statement, body, signature: draft.signature })
            }));
        }
    }

    /// Reads who has been revoked, first by keys, which outrank devices.
    fn revoke(&mut self) {
        self.revoked_by_key =
            self.facts.iter().filter(|fact| self.is_revoked_by_key(fact)).filter_map(revoked_by).collect();
        let mut revoked: BTreeMap<Certified, BTreeSet<StatementId>> = BTreeMap::new();
        for fact in self.revocations() {
            let (Statement::Revocation { signed, .. }, Some(device)) = (fact.statement, revoked_by(fact)) else {
                continue;
            };
            revoked.entry(device).or_default().extend(signed);
        }
        self.revoked = revoked;
    }

    /// The revocations that count: of the key, and of devices that the key has not revoked. Whose key it is, is asked
    /// where what they say is used.
    fn revocations(&self) -> impl Iterator<Item = &Fact<'a>> + '_ {
        self.facts.iter().filter(|fact| self.is_revoked_by_key(fact) || self.is_revoked_by_device(fact))
    }

    pub(super) fn is_revoked_by_key(&self, fact: &Fact<'_>) -> bool {
        let Some((partner, key, device)) = revoked_by(fact) else { return false };
        let certified = self.certified_by.get(&(partner, key)).is_some_and(|devices| devices.contains_key(&device));
        certified && fact.signers.contains(&key.0)
    }

    fn is_revoked_by_device(&self, fact: &Fact<'_>) -> bool {
        let Some((partner, key, device)) = revoked_by(fact) else { return false };
        let mut admins = self.certified_signers(&partner, &key, Rights::ADMIN, &fact.signers);
        admins.any(|admin| admin != device && !self.revoked_by_key.contains(&(partner, key, admin)))
    }

    /// Whether a device's signature under a statement counts for a partner by one of its keys: the key has not revoked
    /// the device, or a revocation says that this signature stays. What devices say takes no signature back: a thief
    /// could undo with one word what its victim has ever decided.
    pub fn still_signs(&self, partner: &PartnerId, key: &PartnerKey, device: &DeviceKey, id: &StatementId) -> bool {
        let certified = (*partner, *key, *device);
        !self.revoked_by_key.contains(&certified)
            || self.revoked.get(&certified).is_some_and(|signed| signed.contains(id))
    }

    /// The devices that are out because others of their partner say so, and not the key in force.
    fn disputed(&self, partners: &BTreeMap<PartnerId, Partner>) -> BTreeSet<DeviceKey> {
        let in_force = |(partner, key, _): &&Certified| {
            partners.get(partner).is_some_and(|partner| partner.admitted && partner.key == *key)
        };
        let by_devices = self.revoked.keys().filter(|certified| !self.revoked_by_key.contains(certified));
        by_devices.filter(in_force).map(|(_, _, device)| *device).collect()
    }

    /// Those of `signers` that `key` certified for `partner` with `right`, ascending, revoked ones included.
    pub fn certified_signers<'s>(
        &'s self,
        partner: &PartnerId,
        key: &PartnerKey,
        right: Rights,
        signers: &'s BTreeSet<[u8; 32]>,
    ) -> impl Iterator<Item = DeviceKey> + 's {
        let devices = self.certified_by.get(&(*partner, *key));
        let signs = move |device: &DeviceKey| {
            work::step();
            devices.and_then(|devices| devices.get(device)).is_some_and(|rights| rights.includes(right))
        };
        signers.iter().filter(move |_| devices.is_some()).map(|key| DeviceKey(*key)).filter(signs)
    }

    /// The least device among the `signers` of statement `id` that `key` certified for `partner` with `right` and whose
    /// signature counts.
    pub fn signing_device(
        &self,
        partner: &PartnerId,
        key: &PartnerKey,
        right: Rights,
        (id, signers): Signed<'_>,
    ) -> Option<DeviceKey> {
        let mut signing = self.certified_signers(partner, key, right, signers);
        signing.find(|device| self.still_signs(partner, key, device, id))
    }

    /// The devices that a key certified for a partner with `right`.
    pub fn certified(
        &self,
        partner: &PartnerId,
        key: &PartnerKey,
        right: Rights,
    ) -> impl Iterator<Item = DeviceKey> + '_ {
        let devices = self.certified_by.get(&(*partner, *key)).into_iter().flatten();
        devices.filter(move |(_, rights)| rights.includes(right)).map(|(device, _)| *device)
    }

    /// The devices of the keys whose signatures can count: of stewards of any position, and of partners.
    fn certified_by(&self, roster: &Roster) -> BTreeMap<(PartnerId, PartnerKey), BTreeMap<DeviceKey, Rights>> {
        let positions = roster.federation.iter().flat_map(|federation| federation.positions.values());
        let stewards = positions.flatten().map(|(partner, key)| (*partner, *key));
        let partners = roster.members().map(|partner| (partner.id, partner.key));
        let keys: BTreeSet<_> = stewards.chain(partners).collect();
        keys.into_iter().filter_map(|key| Some((key, self.certified_by.get(&key)?.clone()))).collect()
    }

    /// Of those devices the ones that their key has revoked.
    fn revoked_by_key(&self, roster: &Roster) -> BTreeMap<Certified, BTreeSet<StatementId>> {
        let matters = |(partner, key, _): &&Certified| roster.certified_by.contains_key(&(*partner, *key));
        let signed = |certified: &Certified| self.revoked.get(certified).cloned().unwrap_or_default();
        self.revoked_by_key.iter().filter(matters).map(|certified| (*certified, signed(certified))).collect()
    }

    fn partners(&self, own: &PartnerId, standing: Option<&Standing<'a>>) -> BTreeMap<PartnerId, Partner> {
        let mut partners = BTreeMap::new();
        for admitted in standing.into_iter().flat_map(|standing| standing.admitted.values()) {
            partners.entry(admitted.partner).or_insert_with(|| Partner {
                id: admitted.partner,
                key: admitted.key,
                name: admitted.name.to_owned(),
                country: admitted.country.to_owned(),
                steward: false,
                admitted: true,
                removed: false,
            });
        }
        for certificate in self.certificates.iter().filter(|certificate| certificate.is_first()) {
            partners.entry(certificate.partner).or_insert_with(|| Partner {
                id: certificate.partner,
                key: certificate.partner_key,
                name: certificate.partner_name.to_owned(),
                country: certificate.country.to_owned(),
                steward: false,
                admitted: certificate.partner == *own,
                removed: false,
            });
        }
        if let Some(standing) = standing {
            partners.values_mut().for_each(|partner| standing.describe(partner));
        }
        partners
    }

    fn devices(&self, partners: &BTreeMap<PartnerId, Partner>) -> BTreeMap<DeviceKey, Device> {
        let mut devices = self.certified_where(|certificate| {
            let partner = partners.get(&certificate.partner);
            let revoked = (certificate.partner, certificate.partner_key, certificate.device);
            partner.is_some_and(|partner| partner.admitted && partner.key == certificate.partner_key)
                && !self.revoked.contains_key(&revoked)
        });
        self.address(&mut devices);
        devices
    }

    /// Devices that were members before their partner was removed, its key replaced or they themselves revoked.
    fn former(&self, roster: &Roster, standing: Option<&Standing<'a>>) -> BTreeMap<DeviceKey, Device> {
        let partners: BTreeSet<PartnerId> = self.certificates.iter().map(|certificate| certificate.partner).collect();
        let keys_of = |id: PartnerId| Some((id, keys_of(&id, roster, standing)?));
        let keys: BTreeMap<PartnerId, Vec<PartnerKey>> = partners.into_iter().filter_map(keys_of).collect();
        let mut former = self.certified_where(|certificate| {
            keys.get(&certificate.partner).is_some_and(|keys| keys.contains(&certificate.partner_key))
        });
        former.retain(|device, _| !roster.devices.contains_key(device));
        former
    }

    /// The devices whose certificates count, each with all its rights.
    fn certified_where(&self, counts: impl Fn(&Certificate<'a>) -> bool) -> BTreeMap<DeviceKey, Device> {
        let mut devices: BTreeMap<DeviceKey, Device> = BTreeMap::new();
        // Countersigned first: a partner that certifies another's machine must not get it.
        for countersigned in [true, false] {
            for certificate in self.certificates.iter().filter(|c| c.countersigned == countersigned && counts(c)) {
                let device = devices.entry(certificate.device).or_insert_with(|| Device {
                    key: certificate.device,
                    partner: certificate.partner,
                    name: certificate.device_name.to_owned(),
                    rights: Rights::default(),
                    addresses: Vec::new(),
                    addresses_number: 0,
                });
                if device.partner == certificate.partner {
                    device.rights.0 |= certificate.rights.0;
                }
            }
        }
        devices
    }

    /// Gives each device its addresses. The facts ascend by id, so of equal numbers the greater id stays.
    fn address(&self, devices: &mut BTreeMap<DeviceKey, Device>) {
        for fact in &self.facts {
            let Statement::Addresses { device, number, addresses } = fact.statement else { continue };
            let Some(entry) = devices.get_mut(device) else { continue };
            if fact.signers.contains(&device.0) && *number >= entry.addresses_number {
                entry.addresses = addresses.clone();
                entry.addresses_number = *number;
            }
        }
    }

    /// The registers. What a removed partner has shared stays to be read.
    fn registers(&self, roster: &Roster, standing: Option<&Standing<'a>>) -> BTreeMap<RegisterId, Register> {
        let shared = |p: &&Partner| p.admitted || standing.is_some_and(|standing| standing.ever_had(&p.id));
        let partner = roster.partners.values().filter(shared);
        let internal = roster.partners.values().filter(|partner| partner.admitted);
        let created = self.facts.iter().filter_map(|fact| self.shared_register(standing?, fact));
        let mut registers = partner
            .map(|p| owned(p, RegisterKind::Partner, RegisterId::partner(&p.id)))
            .chain(internal.map(|p| owned(p, RegisterKind::Internal, RegisterId::internal(&p.id))))
            .chain(created)
            .map(|register| (register.id, register))
            .collect();
        self.set_writers(&mut registers, roster, standing);
        registers
    }

    fn shared_register(&self, standing: &Standing<'a>, fact: &Fact<'a>) -> Option<Register> {
        let Statement::SharedRegister { federation, name, writers, .. } = fact.statement else {
            return None;
        };
        let good = standing.takes_in(federation) && standing.chain.counts(self, &fact.id, &fact.signers);
        good.then(|| Register {
            id: RegisterId::shared(&fact.id),
            kind: RegisterKind::Shared,
            name: name.clone(),
            owner: None,
            writers: writers.clone(),
            writers_number: 0,
            ever_writers: writers.clone(),
        })
    }

    /// Applies the writers statements. The facts ascend by id, so of equal numbers the greater id stays.
    fn set_writers(
        &self,
        registers: &mut BTreeMap<RegisterId, Register>,
        roster: &Roster,
        standing: Option<&Standing<'a>>,
    ) {
        for (fact, register) in self.writers_statements() {
            let Statement::RegisterWriters { number, writers, .. } = fact.statement else { continue };
            let Some(entry) = registers.get_mut(register) else { continue };
            if !self.sets_writers(fact, entry, roster, standing) {
                continue;
            }
            entry.ever_writers = entry.ever_writers.union(writers);
            if *number >= entry.writers_number {
                entry.writers = writers.clone();
                entry.writers_number = *number;
            }
        }
    }

    fn writers_statements(&self) -> impl Iterator<Item = (&Fact<'a>, &'a RegisterId)> + '_ {
        self.facts.iter().filter_map(|fact| match fact.statement {
            Statement::RegisterWriters { register, .. } => Some((fact, register)),
            _ => None,
        })
    }

    /// Whether a statement that sets the writers of a register counts.
    fn sets_writers(
        &self,
        fact: &Fact<'a>,
        register: &Register,
        roster: &Roster,
        standing: Option<&Standing<'a>>,
    ) -> bool {
        let owner = register.owner.and_then(|owner| roster.partners.get(&owner));
        match register.kind {
            RegisterKind::Internal => false,
            RegisterKind::Partner => owner.is_some_and(|owner| {
                self.signing_device(&owner.id, &owner.key, Rights::ADMIN, (&fact.id, &fact.signers)).is_some()
            }),
            RegisterKind::Shared => standing.is_some_and(|s| s.chain.counts(self, &fact.id, &fact.signers)),
        }
    }

    /// Collects what stays of those whose writing has been ended.
    fn end_writing(&self, roster: &mut Roster, standing: Option<&Standing<'a>>) {
        for (ending, stays) in standing.into_iter().flat_map(|standing| &standing.ended) {
            roster.end_writing(*ending, stays.iter());
        }
        for fact in self.revocations() {
            let Statement::Revocation { partner, partner_key, device, stays, .. } = fact.statement else { continue };
            if keys_of(partner, roster, standing).is_some_and(|keys| keys.contains(partner_key)) {
                roster.end_writing(Ending::Revoked(*device), stays.iter());
            }
        }
        self.end_dropped(roster, standing);
    }

    /// Collects what stays of writers that were dropped, and when each was last named as one.
    fn end_dropped(&self, roster: &mut Roster, standing: Option<&Standing<'a>>) {
        for (fact, register) in self.writers_statements() {
            let Statement::RegisterWriters { number, writers, stays, .. } = fact.statement else { continue };
            let Some(known) = roster.registers.get(register) else { continue };
            // Whoever has been removed drops nobody any more.
            let owner = known.owner.and_then(|owner| roster.partners.get(&owner));
            if owner.is_some_and(|owner| owner.removed) || !self.sets_writers(fact, known, roster, standing) {
                continue;
            }
            match writers {
                Writers::All => raise(roster.last_all.entry(*register).or_default(), *number),
                Writers::Partners(partners) => partners
                    .iter()
                    .for_each(|partner| raise(roster.last_named.entry((*register, *partner)).or_default(), *number)),
            }
            let here = stays.iter().filter(|(doc, _)| doc.register == *register);
            roster.end_writing(Ending::Dropped(*register, *number), here);
        }
    }

    fn cut(&self, roster: &mut Roster) {
        for fact in &self.facts {
            let Statement::Divergence { doc, seq, left, .. } = fact.statement else { continue };
            let cut = roster.cuts.entry((*doc, left.run.actor(doc))).or_insert(Cut { seq: *seq });
            cut.seq = cut.seq.min(*seq);
        }
    }
}

fn raise(highest: &mut u64, number: u64) {
    *highest = number.max(*highest);
}

pub(super) fn revoked_by(fact: &Fact<'_>) -> Option<Certified> {
    match fact.statement {
        Statement::Revocation { partner, partner_key, device, .. } => Some((*partner, *partner_key, *device)),
        _ => None,
    }
}

/// The devices that each key has certified itself.
pub(super) fn by_keys(
    certificates: &[Certificate<'_>],
) -> BTreeMap<(PartnerId, PartnerKey), BTreeMap<DeviceKey, Rights>> {
    let mut certified_by: BTreeMap<_, BTreeMap<DeviceKey, Rights>> = BTreeMap::new();
    for certificate in certificates {
        let by = certified_by.entry((certificate.partner, certificate.partner_key)).or_default();
        by.entry(certificate.device).or_default().0 |= certificate.rights.0;
    }
    certified_by
}

fn certificate<'a>(fact: &Fact<'a>) -> Option<Certificate<'a>> {
    let Statement::Certificate { partner, partner_key, device, rights, partner_name, country, device_name } =
        fact.statement
    else {
        return None;
    };
    fact.signers.contains(&partner_key.0).then(|| Certificate {
        partner: *partner,
        partner_key: *partner_key,
        device: *device,
        rights: *rights,
        partner_name,
        country,
        device_name,
        countersigned: fact.signers.contains(&device.0),
    })
}

impl Certificate<'_> {
    /// Whether the partner's first key has signed it.
    fn is_first(&self) -> bool {
        PartnerId::from_first_key(&self.partner_key) == self.partner
    }
}

/// Counts the steps of building a roster where they could multiply: signatures, successors and drafts that are
/// looked at. A test sees that they grow no faster than the statements.
pub(super) mod work {
    #[cfg(test)]
    thread_local!(static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) });

    #[cfg(test)]
    pub fn step() {
        STEPS.with(|steps| steps.set(steps.get() + 1));
    }

    #[cfg(not(test))]
    pub fn step() {}

    /// The steps of this thread since it was asked last.
    #[cfg(test)]
    pub fn taken() -> u64 {
        STEPS.with(|steps| steps.replace(0))
    }
}

fn owned(partner: &Partner, kind: RegisterKind, id: RegisterId) -> Register {
    Register {
        id,
        kind,
        name: partner.name.clone(),
        owner: Some(partner.id),
        writers: Writers::Partners(BTreeSet::new()),
        writers_number: 0,
        ever_writers: Writers::Partners(BTreeSet::new()),
    }
}
