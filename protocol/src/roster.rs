//! The roster: what the statements, taken together, say. A pure function of the statement set, so that
//! nodes with the same statements have the same roster, in whatever order they learned them.

use crate::ids::{ActorId, DeviceKey, DocId, FederationId, PartnerId, PartnerKey, RegisterId, StatementId};
use crate::statement::{Rights, VerifiedStatement, Writers};
use std::collections::BTreeMap;

/// What a register is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegisterKind {
    /// A partner's own, read by the federation.
    Partner,
    /// A partner's own, read by its devices only.
    Internal,
    /// Created by the federation.
    Shared,
}

/// A register that the statements know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Register {
    /// Its id.
    pub id: RegisterId,
    /// What it is.
    pub kind: RegisterKind,
    /// Its name: of a shared register as created, of the others the owner's name.
    pub name: String,
    /// The owner of a partner or internal register.
    pub owner: Option<PartnerId>,
    /// Who writes (of an owned register: besides the owner).
    pub writers: Writers,
    /// The highest number of a writers statement, 0 if there is none.
    pub writers_number: u64,
}

/// A partner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partner {
    /// Its id.
    pub id: PartnerId,
    /// The key in force.
    pub key: PartnerKey,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Whether its signature counts for federation decisions.
    pub steward: bool,
    /// Whether the federation has admitted it (always true for this node's own partner, so that it can
    /// work alone).
    pub admitted: bool,
}

/// A device with a valid certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// Its key.
    pub key: DeviceKey,
    /// Whose it is.
    pub partner: PartnerId,
    /// Its name for people.
    pub name: String,
    /// What it may do.
    pub rights: Rights,
    /// Where it listens, from its latest address record.
    pub addresses: Vec<String>,
    /// The number of that record, 0 if there is none.
    pub addresses_number: u64,
}

/// The federation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Federation {
    /// Its id.
    pub id: FederationId,
    /// Its name.
    pub name: String,
    /// The chain position in force: what admissions refer to.
    pub position: StatementId,
}

/// A proven divergence of one actor: nothing of it from `seq` on is part of the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cut {
    /// The first sequence that is dropped.
    pub seq: u64,
}

/// What the statements say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Roster {
    /// The federation, if this node's partner is in one.
    pub federation: Option<Federation>,
    /// All partners known, admitted or not.
    pub partners: BTreeMap<PartnerId, Partner>,
    /// All certified devices of admitted partners.
    pub devices: BTreeMap<DeviceKey, Device>,
    /// All registers.
    pub registers: BTreeMap<RegisterId, Register>,
    /// Proven divergences by document and actor: the lowest counts.
    pub cuts: BTreeMap<(DocId, ActorId), Cut>,
    /// Hash over the ids of all statements that count.
    pub head: [u8; 32],
}

impl Roster {
    /// Reads the statements from the point of view of `own` (whose own certificate counts without an
    /// admission). The federation is the one that `own` founded or was admitted to.
    pub fn build<'a>(own: &PartnerId, statements: impl IntoIterator<Item = &'a VerifiedStatement>) -> Self {
        let _ = (own, statements.into_iter().count());
        todo!()
    }

    /// Whether `device` belongs to an admitted partner.
    pub fn is_member(&self, device: &DeviceKey) -> bool {
        self.devices.contains_key(device)
    }

    /// The partner of a device.
    pub fn partner_of(&self, device: &DeviceKey) -> Option<&Partner> {
        self.partners.get(&self.devices.get(device)?.partner)
    }

    /// Whether `device` may write `register`: its partner is the owner or a writer and it has the edit right.
    pub fn may_write(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        let (Some(register), Some(device)) = (self.registers.get(register), self.devices.get(device)) else {
            return false;
        };
        device.rights.includes(Rights::EDIT)
            && match register.kind {
                RegisterKind::Internal => register.owner == Some(device.partner),
                RegisterKind::Partner => {
                    register.owner == Some(device.partner) || register.writers.include(&device.partner)
                }
                RegisterKind::Shared => register.writers.include(&device.partner),
            }
    }

    /// Whether `device` may read `register`. The one place that says so.
    pub fn may_read(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        let (Some(register), Some(device)) = (self.registers.get(register), self.devices.get(device)) else {
            return false;
        };
        match register.kind {
            RegisterKind::Internal => register.owner == Some(device.partner),
            RegisterKind::Partner | RegisterKind::Shared => true,
        }
    }

    /// Stewards and how many of them make a strict majority.
    pub fn stewards(&self) -> (usize, usize) {
        let stewards = self.partners.values().filter(|partner| partner.steward).count();
        (stewards, stewards / 2 + 1)
    }
}
