//! The federation of the benchmark: nine partners that the first one has admitted beforehand, and one shared
//! register that all of them write. The key file holds the statements and the other partners' secrets.

use anyhow::{Context, Result, anyhow};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::engine::Write;
use comin_protocol::identity::{DeviceSigner, PartnerSigner};
use comin_protocol::ids::{FederationId, PartnerId, RegisterId, StatementId, from_hex, to_hex};
use comin_protocol::statement::{Rights, SignedStatement, Statement, Writers};
use serde_json::{Value, json};
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

/// Partners of the federation, as in the partnership that the node is made for.
const PARTNERS: usize = 9;

/// What a peer knows of itself and its federation.
pub struct Membership {
    pub device: DeviceSigner,
    pub register: RegisterId,
    pub statements: Vec<SignedStatement>,
}

struct Partner {
    key: PartnerSigner,
    device: DeviceSigner,
    name: String,
}

impl Partner {
    fn new(number: usize) -> Result<Self> {
        let secret = || {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map(|()| secret).map_err(|error| anyhow!("no random bytes: {error}"))
        };
        let (key, device) = (PartnerSigner::from_secret(&secret()?), DeviceSigner::from_secret(&secret()?));
        Ok(Self { key, device, name: format!("Partner {number}") })
    }

    fn id(&self) -> PartnerId {
        PartnerId::from_first_key(&self.key.key())
    }

    fn certificate(&self) -> SignedStatement {
        let statement = Statement::Certificate {
            partner: self.id(),
            partner_key: self.key.key(),
            device: self.device.key(),
            rights: Rights::ALL,
            partner_name: self.name.clone(),
            country: "SI".to_owned(),
            device_name: "office".to_owned(),
        };
        SignedStatement::unsigned(&statement).sign_partner(&self.key)
    }
}

/// Founds the federation and writes the key file; gives the founder's membership.
pub fn found(keyfile: &str) -> Result<Membership> {
    let partners = (0..PARTNERS).map(Partner::new).collect::<Result<Vec<_>>>()?;
    let founder = partners.first().context("there are partners")?;
    let founding = SignedStatement::unsigned(&Statement::Founding {
        name: "Benchmark".to_owned(),
        founder: founder.id(),
        founder_key: founder.key.key(),
        nonce: [0; 16],
    })
    .sign_device(&founder.device);
    let (federation, position) = (FederationId(founding.id().0), founding.id());
    let shared = shared_register(federation, position).sign_device(&founder.device);
    let register = RegisterId::shared(&shared.id());
    let mut statements = vec![founding, shared];
    for partner in &partners {
        statements.push(partner.certificate());
        let admission = Statement::Admission {
            federation,
            position,
            partner: partner.id(),
            partner_key: partner.key.key(),
            name: partner.name.clone(),
            country: "SI".to_owned(),
        };
        statements.push(SignedStatement::unsigned(&admission).sign_device(&founder.device));
    }
    let secrets: Vec<String> = partners.iter().map(|partner| to_hex(&partner.device.to_secret())).collect();
    let bodies: Vec<String> = statements.iter().map(|statement| to_hex(&to_cbor(statement))).collect();
    let text = json!({"register": register.to_string(), "secrets": secrets, "statements": bodies}).to_string();
    fs::write(keyfile, text)?;
    // The founder's own place is taken.
    claim(keyfile, 0)?;
    Ok(Membership { device: founder.device.clone(), register, statements })
}

fn shared_register(federation: FederationId, position: StatementId) -> SignedStatement {
    SignedStatement::unsigned(&Statement::SharedRegister {
        federation,
        position,
        name: "Benchmark".to_owned(),
        writers: Writers::All,
        nonce: [0; 16],
    })
}

/// Takes the next partner's place that no process has taken before.
pub fn take_place(keyfile: &str) -> Result<Membership> {
    for number in 1..PARTNERS {
        if claim(keyfile, number)? {
            return read(keyfile, |secrets| secrets.get(number).copied().context("no such place"));
        }
    }
    Err(anyhow!("all {PARTNERS} places of the key file are taken"))
}

/// Marks a place as taken; false: it was.
fn claim(keyfile: &str, number: usize) -> Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(format!("{keyfile}.{number}")) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Reads the key file for the device whose secret lies in `file`.
pub fn resume(keyfile: &str, file: &Path) -> Result<Membership> {
    let own = from_hex::<32>(fs::read_to_string(file)?.trim()).context("the device's secret is damaged")?;
    read(keyfile, |_| Ok(own))
}

fn read(keyfile: &str, choose: impl FnOnce(&[[u8; 32]]) -> Result<[u8; 32]>) -> Result<Membership> {
    let file: Value = serde_json::from_str(&fs::read_to_string(keyfile)?)?;
    let strings = |key: &str| -> Vec<String> {
        let list = file[key].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let secrets: Option<Vec<[u8; 32]>> = strings("secrets").iter().map(|text| from_hex(text)).collect();
    let statements = strings("statements").iter().map(|text| statement(text)).collect::<Result<_>>()?;
    let register = file["register"].as_str().and_then(RegisterId::from_hex).context("no register")?;
    let secret = choose(&secrets.context("a secret is damaged")?)?;
    Ok(Membership { device: DeviceSigner::from_secret(&secret), register, statements })
}

fn statement(text: &str) -> Result<SignedStatement> {
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let digits = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(digits, 16).ok()
        })
        .collect();
    from_cbor(&bytes.context("a statement is damaged")?).map_err(|error| anyhow!("a statement is damaged: {error}"))
}

impl Membership {
    /// The batch that a new store begins with.
    pub fn first_batch(&self) -> Vec<Write> {
        self.statements.iter().map(|signed| Write::PutStatement(signed.id(), signed.clone())).collect()
    }
}
