//! A federation made beforehand: partners whom the first one has admitted, and one shared register that all
//! of them write. What founding, inviting and approving would produce, without the days between.

use comin_protocol::engine::Write;
use comin_protocol::identity::{DeviceSigner, PartnerSigner};
use comin_protocol::ids::{FederationId, PartnerId, RegisterId};
use comin_protocol::statement::{Rights, SignedStatement, Statement, Writers};

/// A federation, and the device secrets of its partners.
pub struct Federation {
    /// The device of each partner; the first is the founder's.
    pub devices: Vec<DeviceSigner>,
    /// The shared register.
    pub register: RegisterId,
    /// Everything that has been stated.
    pub statements: Vec<SignedStatement>,
    partners: Vec<Partner>,
}

struct Partner {
    key: PartnerSigner,
    device: DeviceSigner,
    name: String,
}

impl Partner {
    fn new(number: usize, mut secret: impl FnMut() -> [u8; 32]) -> Self {
        let (key, device) = (PartnerSigner::from_secret(&secret()), DeviceSigner::from_secret(&secret()));
        Self { key, device, name: format!("Partner {number}") }
    }

    fn id(&self) -> PartnerId {
        PartnerId::from_first_key(&self.key.key())
    }

    fn certificate(&self, device: &DeviceSigner, name: &str) -> SignedStatement {
        let statement = Statement::Certificate {
            partner: self.id(),
            partner_key: self.key.key(),
            device: device.key(),
            rights: Rights::ALL,
            partner_name: self.name.clone(),
            country: "SI".to_owned(),
            device_name: name.to_owned(),
        };
        SignedStatement::unsigned(&statement).sign_partner(&self.key)
    }

    fn admission(&self, federation: FederationId, founding: &SignedStatement) -> Statement {
        Statement::Admission {
            federation,
            position: founding.id(),
            partner: self.id(),
            partner_key: self.key.key(),
            name: self.name.clone(),
            country: "SI".to_owned(),
        }
    }
}

impl Federation {
    /// Founds one with so many partners; `secret` gives 32 fresh secret bytes at each call.
    ///
    /// # Panics
    /// `partners` is 0.
    pub fn found(partners: usize, mut secret: impl FnMut() -> [u8; 32]) -> Self {
        let partners: Vec<Partner> = (1..=partners).map(|number| Partner::new(number, &mut secret)).collect();
        let founder = partners.first().expect("a federation has a founder");
        let founding = SignedStatement::unsigned(&Statement::Founding {
            name: "§ Made beforehand".to_owned(),
            founder: founder.id(),
            founder_key: founder.key.key(),
            nonce: [0; 16],
        })
        .sign_device(&founder.device);
        let federation = FederationId(founding.id().0);
        let sign = |statement: &Statement| SignedStatement::unsigned(statement).sign_device(&founder.device);
        let shared = sign(&Statement::SharedRegister {
            federation,
            position: founding.id(),
            name: "Shared".to_owned(),
            writers: Writers::All,
            nonce: [0; 16],
        });
        let register = RegisterId::shared(&shared.id());
        let admissions = partners.iter().map(|partner| sign(&partner.admission(federation, &founding)));
        let certificates = partners.iter().map(|partner| partner.certificate(&partner.device, "office"));
        let mut statements: Vec<_> = certificates.chain(admissions).collect();
        statements.extend([founding, shared]);
        Self {
            devices: partners.iter().map(|partner| partner.device.clone()).collect(),
            register,
            statements,
            partners,
        }
    }

    /// Adds a further machine of the founder, the last of `devices`.
    ///
    /// # Panics
    /// The federation has no founder.
    pub fn further(&mut self, secret: [u8; 32]) {
        let device = DeviceSigner::from_secret(&secret);
        let founder = self.partners.first().expect("a federation has a founder");
        self.statements.push(founder.certificate(&device, "laptop"));
        self.devices.push(device);
    }
}

/// The batch that a member's new store begins with.
pub fn first_batch(statements: &[SignedStatement]) -> Vec<Write> {
    statements.iter().map(|signed| Write::PutStatement(signed.id(), signed.clone())).collect()
}
