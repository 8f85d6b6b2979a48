//! How the roster is read from the statements.
//!
//! Each rule looks at the whole set and never at the order in which it grew. Where several statements could
//! hold one place, ids decide: the least of facts that stand for ever, the greatest of numbered ones.

use super::{Cut, Device, Federation, Partner, Register, RegisterKind, Roster};
use crate::ids::{DeviceKey, FederationId, PartnerId, PartnerKey, RegisterId, StatementId, tagged_hash};
use crate::statement::{Rights, Statement, VerifiedStatement, Writers};
use std::collections::{BTreeMap, BTreeSet};

/// A statement of a known kind with everyone who signed a copy of it.
struct Fact<'a> {
    id: StatementId,
    statement: &'a Statement,
    signers: BTreeSet<[u8; 32]>,
}

/// A certificate whose partner key is the partner's and has signed.
struct Certificate<'a> {
    partner: PartnerId,
    partner_key: PartnerKey,
    device: DeviceKey,
    rights: Rights,
    partner_name: &'a str,
    country: &'a str,
    device_name: &'a str,
    countersigned: bool,
}

/// A founding that the founder's steward device has signed.
#[derive(Clone, Copy)]
struct Founded<'a> {
    id: StatementId,
    name: &'a str,
    founder: PartnerId,
}

/// An admission that the stewards of its federation have signed.
struct Admitted<'a> {
    partner: PartnerId,
    key: PartnerKey,
    name: &'a str,
    country: &'a str,
}

/// All facts with their certificates, ascending by id.
struct Facts<'a> {
    facts: Vec<Fact<'a>>,
    certificates: Vec<Certificate<'a>>,
}

/// See [`Roster::build`].
pub(super) fn build<'a>(own: &PartnerId, statements: impl IntoIterator<Item = &'a VerifiedStatement>) -> Roster {
    let (facts, head) = Facts::read(statements);
    let founded = facts.federation_of(own);
    let mut roster = Roster { head, ..Roster::default() };
    roster.federation =
        founded.map(|f| Federation { id: FederationId(f.id.0), name: f.name.to_owned(), position: f.id });
    roster.partners = facts.partners(own, founded);
    roster.devices = facts.devices(&roster.partners);
    roster.registers = facts.registers(&roster, founded);
    facts.cut(&mut roster);
    roster
}

impl<'a> Facts<'a> {
    /// Sorts the statements by id, joining copies; also the hash over all ids.
    fn read(statements: impl IntoIterator<Item = &'a VerifiedStatement>) -> (Self, [u8; 32]) {
        let mut known: BTreeMap<StatementId, (Option<&'a Statement>, BTreeSet<[u8; 32]>)> = BTreeMap::new();
        for verified in statements {
            let entry = known.entry(verified.id).or_insert((verified.statement.as_ref(), BTreeSet::new()));
            entry.1.extend(&verified.signers);
        }
        let ids: Vec<u8> = known.keys().flat_map(|id| id.0).collect();
        let facts: Vec<_> = known
            .into_iter()
            .filter_map(|(id, (statement, signers))| Some(Fact { id, statement: statement?, signers }))
            .collect();
        let certificates = facts.iter().filter_map(certificate).collect();
        (Self { facts, certificates }, tagged_hash("comin/roster/1", &[&ids]))
    }

    /// Whether one of `signers` is a device that `partner` certified with `right`.
    fn signed_for(&self, partner: &PartnerId, right: Rights, signers: &BTreeSet<[u8; 32]>) -> bool {
        self.certificates.iter().any(|certificate| {
            certificate.partner == *partner
                && certificate.rights.includes(right)
                && signers.contains(&certificate.device.0)
        })
    }

    /// Whether a strict majority of the federation's stewards has signed. The founder is the sole steward as
    /// long as no statement changes the stewards; several devices of one partner count once.
    fn signed_by_stewards(&self, founded: &Founded<'_>, signers: &BTreeSet<[u8; 32]>) -> bool {
        let stewards = [founded.founder];
        let signed = stewards.iter().filter(|steward| self.signed_for(steward, Rights::STEWARD, signers)).count();
        signed > stewards.len() / 2
    }

    fn foundings(&self) -> impl Iterator<Item = Founded<'a>> + '_ {
        self.facts.iter().filter_map(|fact| {
            let Statement::Founding { name, founder, founder_key, .. } = fact.statement else { return None };
            let good = PartnerId::from_first_key(founder_key) == *founder
                && self.signed_for(founder, Rights::STEWARD, &fact.signers);
            good.then_some(Founded { id: fact.id, name, founder: *founder })
        })
    }

    fn admissions<'b>(&'b self, founded: Founded<'a>) -> impl Iterator<Item = Admitted<'a>> + 'b {
        self.facts.iter().filter_map(move |fact| {
            let Statement::Admission { federation, position, partner, partner_key, name, country } = fact.statement
            else {
                return None;
            };
            let good = federation.0 == founded.id.0
                && *position == founded.id
                && PartnerId::from_first_key(partner_key) == *partner
                && self.signed_by_stewards(&founded, &fact.signers);
            good.then_some(Admitted { partner: *partner, key: *partner_key, name, country })
        })
    }

    /// The federation of `own`: one that it founded, else one that admits it. Founding is one's own deed and
    /// being admitted is not, so the former goes first; of several the least id counts.
    fn federation_of(&self, own: &PartnerId) -> Option<Founded<'a>> {
        let admits = |founded: &Founded<'a>| self.admissions(*founded).any(|admitted| admitted.partner == *own);
        self.foundings()
            .find(|founded| founded.founder == *own)
            .or_else(|| self.foundings().find(|founded| admits(founded)))
    }

    fn partners(&self, own: &PartnerId, founded: Option<Founded<'a>>) -> BTreeMap<PartnerId, Partner> {
        let mut partners = BTreeMap::new();
        let steward = |id: &PartnerId| founded.is_some_and(|f| f.founder == *id);
        for admitted in founded.into_iter().flat_map(|founded| self.admissions(founded)) {
            partners.entry(admitted.partner).or_insert_with(|| Partner {
                id: admitted.partner,
                key: admitted.key,
                name: admitted.name.to_owned(),
                country: admitted.country.to_owned(),
                steward: steward(&admitted.partner),
                admitted: true,
            });
        }
        for certificate in &self.certificates {
            let id = certificate.partner;
            partners.entry(id).or_insert_with(|| Partner {
                id,
                key: certificate.partner_key,
                name: certificate.partner_name.to_owned(),
                country: certificate.country.to_owned(),
                steward: steward(&id),
                admitted: id == *own || steward(&id),
            });
        }
        partners
    }

    fn devices(&self, partners: &BTreeMap<PartnerId, Partner>) -> BTreeMap<DeviceKey, Device> {
        let mut devices: BTreeMap<DeviceKey, Device> = BTreeMap::new();
        let counts = |id: &PartnerId| partners.get(id).is_some_and(|partner| partner.admitted);
        // Countersigned first: a partner that certifies another's machine must not get it.
        for countersigned in [true, false] {
            let round = self.certificates.iter().filter(|c| c.countersigned == countersigned && counts(&c.partner));
            for certificate in round {
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
        self.address(&mut devices);
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

    fn registers(&self, roster: &Roster, founded: Option<Founded<'a>>) -> BTreeMap<RegisterId, Register> {
        let owned = roster.partners.values().filter(|partner| partner.admitted).flat_map(|partner| {
            [
                owned(partner, RegisterKind::Partner, RegisterId::partner(&partner.id)),
                owned(partner, RegisterKind::Internal, RegisterId::internal(&partner.id)),
            ]
        });
        let shared = self.facts.iter().filter_map(|fact| self.shared_register(&founded?, fact));
        let mut registers = owned.chain(shared).map(|register| (register.id, register)).collect();
        self.set_writers(&mut registers, founded);
        registers
    }

    fn shared_register(&self, founded: &Founded<'a>, fact: &Fact<'a>) -> Option<Register> {
        let Statement::SharedRegister { federation, position, name, writers, .. } = fact.statement else {
            return None;
        };
        let good =
            federation.0 == founded.id.0 && *position == founded.id && self.signed_by_stewards(founded, &fact.signers);
        good.then(|| Register {
            id: RegisterId::shared(&fact.id),
            kind: RegisterKind::Shared,
            name: name.clone(),
            owner: None,
            writers: writers.clone(),
            writers_number: 0,
        })
    }

    /// Applies the writers statements. The facts ascend by id, so of equal numbers the greater id stays.
    fn set_writers(&self, registers: &mut BTreeMap<RegisterId, Register>, founded: Option<Founded<'a>>) {
        for fact in &self.facts {
            let Statement::RegisterWriters { register, number, writers } = fact.statement else { continue };
            let Some(entry) = registers.get_mut(register) else { continue };
            let good = match entry.kind {
                RegisterKind::Internal => false,
                RegisterKind::Partner => {
                    entry.owner.is_some_and(|owner| self.signed_for(&owner, Rights::ADMIN, &fact.signers))
                }
                RegisterKind::Shared => founded.is_some_and(|f| self.signed_by_stewards(&f, &fact.signers)),
            };
            if good && *number >= entry.writers_number {
                entry.writers = writers.clone();
                entry.writers_number = *number;
            }
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

fn certificate<'a>(fact: &Fact<'a>) -> Option<Certificate<'a>> {
    let Statement::Certificate { partner, partner_key, device, rights, partner_name, country, device_name } =
        fact.statement
    else {
        return None;
    };
    let good = PartnerId::from_first_key(partner_key) == *partner && fact.signers.contains(&partner_key.0);
    good.then(|| Certificate {
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

fn owned(partner: &Partner, kind: RegisterKind, id: RegisterId) -> Register {
    Register {
        id,
        kind,
        name: partner.name.clone(),
        owner: Some(partner.id),
        writers: Writers::Partners(BTreeSet::new()),
        writers_number: 0,
    }
}
