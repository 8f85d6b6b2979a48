//! The federation of the benchmark: nine partners that the first one has admitted beforehand, and one shared
//! register that all of them write. The key file holds the statements and the other partners' secrets.

use anyhow::{Context, Result, anyhow};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::{RegisterId, from_hex, to_hex};
use comin_protocol::statement::SignedStatement;
use comin_tests::federation::Federation;
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

/// Founds the federation and writes the key file; gives the founder's membership.
pub fn found(keyfile: &str) -> Result<Membership> {
    let mut random = Ok(());
    let secret = || {
        let mut secret = [0; 32];
        random = random.and(getrandom::fill(&mut secret));
        secret
    };
    let Federation { devices, register, statements, .. } = Federation::found(PARTNERS, secret);
    random.map_err(|error| anyhow!("no random bytes: {error}"))?;
    let secrets: Vec<String> = devices.iter().map(|device| to_hex(&device.to_secret())).collect();
    let bodies: Vec<String> = statements.iter().map(|statement| to_hex(&to_cbor(statement))).collect();
    let text = json!({"register": register.to_string(), "secrets": secrets, "statements": bodies}).to_string();
    fs::write(keyfile, text)?;
    // The founder's own place is taken.
    claim(keyfile, 0)?;
    let founder = devices.into_iter().next().context("there is a founder")?;
    Ok(Membership { device: founder, register, statements })
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
