//! Who takes part in a schedule: partners, their devices and registers, and the statements that say so.

use crate::sim::dice::Dice;
use comin_protocol::identity::{DeviceSigner, PartnerSigner};
use comin_protocol::ids::{DeviceKey, FederationId, PartnerId, RegisterId, StatementId};
use comin_protocol::statement::{Rights, SignedStatement, Statement, Writers};

/// A partner.
pub struct Partner {
    /// Its id.
    pub id: PartnerId,
    /// Its name.
    pub name: String,
    /// Its partner key.
    pub signer: PartnerSigner,
}

/// A device.
pub struct Device {
    /// Index of its partner.
    pub partner: usize,
    /// Its secret.
    pub signer: DeviceSigner,
    /// Its key.
    pub key: DeviceKey,
    /// Its certificate.
    pub certificate: SignedStatement,
}

/// A shared register.
pub struct Shared {
    /// Its id.
    pub id: RegisterId,
    /// Who writes.
    pub writers: Writers,
    /// The statement that creates it.
    pub statement: SignedStatement,
}

/// Everyone.
pub struct Cast {
    /// The partners; the first one founded the federation.
    pub partners: Vec<Partner>,
    /// All devices.
    pub devices: Vec<Device>,
    /// The founding statement.
    pub founding: SignedStatement,
    /// The admission of each further partner; `None`: it joins during the schedule.
    pub admissions: Vec<Option<SignedStatement>>,
    /// The shared registers.
    pub shared: Vec<Shared>,
}

/// In so many of 1,000 schedules with three partners or more the last one joins on the way.
const JOINS: u64 = 150;
const COUNTRIES: [&str; 3] = ["SI", "IT", "FR"];

impl Cast {
    /// Draws 2 to 5 partners with 1 or 2 devices each and 1 or 2 shared registers.
    pub fn draw(dice: &mut Dice) -> Self {
        let partners: Vec<Partner> = (0..dice.between(2, 5)).map(|n| draw_partner(n as usize, dice)).collect();
        let devices = draw_devices(&partners, dice);
        let founding = found(&partners[0], &devices[0], dice);
        let joins = partners.len() > 2 && dice.chance(JOINS);
        let admissions = (1..partners.len())
            .map(|n| (!(joins && n == partners.len() - 1)).then(|| admit(&partners[n], &founding, &devices[0], n)))
            .collect();
        let shared = (0..dice.between(1, 2)).map(|n| share(n, &partners, &founding, &devices[0], dice)).collect();
        Self { partners, devices, founding, admissions, shared }
    }

    /// Whether a partner is admitted from the beginning.
    pub fn is_admitted(&self, partner: usize) -> bool {
        partner == 0 || self.admissions[partner - 1].is_some()
    }

    /// Statements that a device starts with: all, or what its partner and the founder are.
    ///
    /// A device that does not know all members can only learn of them from one that it knows: it needs a
    /// link with the first device, which always knows all.
    pub fn statements_of(&self, device: usize, all: bool) -> Vec<SignedStatement> {
        let own = self.devices[device].partner;
        let mut out: Vec<SignedStatement> =
            self.devices.iter().filter(|d| d.partner == own).map(|d| d.certificate.clone()).collect();
        if !self.is_admitted(own) {
            return out;
        }
        out.push(self.founding.clone());
        let others = self.devices.iter().enumerate().filter(|(_, d)| d.partner != own && self.is_admitted(d.partner));
        out.extend(others.filter(|(index, _)| all || *index == 0).map(|(_, d)| d.certificate.clone()));
        let admissions = self.admissions.iter().enumerate().filter(|(index, _)| all || index + 1 == own);
        out.extend(admissions.filter_map(|(_, admission)| admission.clone()));
        out.extend(self.shared.iter().filter(|_| all).map(|s| s.statement.clone()));
        out
    }

    /// The truth about who may read, from what the schedule set up and not from any node's roster.
    pub fn may_read(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        let Some(device) = self.devices.iter().find(|d| d.key == *device) else { return false };
        self.partners
            .iter()
            .enumerate()
            .all(|(n, partner)| n == device.partner || RegisterId::internal(&partner.id) != *register)
    }

    /// The devices of a partner.
    pub fn devices_of(&self, partner: usize) -> impl Iterator<Item = &Device> {
        self.devices.iter().filter(move |device| device.partner == partner)
    }

    /// The truth about who may write.
    pub fn may_write(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        let Some(device) = self.devices.iter().find(|d| d.key == *device) else { return false };
        let partner = &self.partners[device.partner].id;
        *register == RegisterId::partner(partner)
            || *register == RegisterId::internal(partner)
            || self.shared.iter().any(|s| s.id == *register && s.writers.include(partner))
    }
}

fn draw_partner(n: usize, dice: &mut Dice) -> Partner {
    let signer = PartnerSigner::from_secret(&dice.bytes());
    Partner { id: PartnerId::from_first_key(&signer.key()), name: format!("partner-{n}.example"), signer }
}

fn draw_devices(partners: &[Partner], dice: &mut Dice) -> Vec<Device> {
    let mut devices = Vec::new();
    for (partner, owner) in partners.iter().enumerate() {
        let count = if dice.chance(250) { 2 } else { 1 };
        for n in 0..count {
            let signer = DeviceSigner::from_secret(&dice.bytes());
            let key = signer.key();
            let certificate = SignedStatement::unsigned(&Statement::Certificate {
                partner: owner.id,
                partner_key: owner.signer.key(),
                device: key,
                rights: Rights::ALL,
                partner_name: owner.name.clone(),
                country: COUNTRIES[partner % COUNTRIES.len()].to_owned(),
                device_name: format!("device-{n}"),
            })
            .sign_partner(&owner.signer);
            devices.push(Device { partner, signer, key, certificate });
        }
    }
    devices
}

fn found(founder: &Partner, device: &Device, dice: &mut Dice) -> SignedStatement {
    SignedStatement::unsigned(&Statement::Founding {
        name: "COM-IN".to_owned(),
        founder: founder.id,
        founder_key: founder.signer.key(),
        nonce: dice.bytes(),
    })
    .sign_device(&device.signer)
}

fn admit(partner: &Partner, founding: &SignedStatement, steward: &Device, n: usize) -> SignedStatement {
    SignedStatement::unsigned(&Statement::Admission {
        federation: FederationId(founding.id().0),
        position: StatementId(founding.id().0),
        partner: partner.id,
        partner_key: partner.signer.key(),
        name: partner.name.clone(),
        country: COUNTRIES[n % COUNTRIES.len()].to_owned(),
    })
    .sign_device(&steward.signer)
}

fn share(n: u64, partners: &[Partner], founding: &SignedStatement, steward: &Device, dice: &mut Dice) -> Shared {
    let some = partners.iter().filter(|_| dice.chance(600)).map(|p| p.id).collect();
    let writers = if n == 0 { Writers::All } else { Writers::Partners(some) };
    let statement = SignedStatement::unsigned(&Statement::SharedRegister {
        federation: FederationId(founding.id().0),
        position: founding.id(),
        name: format!("shared {n}"),
        writers: writers.clone(),
        nonce: dice.bytes(),
    })
    .sign_device(&steward.signer);
    Shared { id: RegisterId::shared(&statement.id()), writers, statement }
}
