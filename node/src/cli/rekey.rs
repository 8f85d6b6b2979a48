//! `partners rekey`: another partner key in place of a lost or stolen one.

use super::client::{Client, encoded};
use super::error::{CliError, CliResult};
use super::init::kit_error;
use super::members::{decided, find_partner, text};
use super::output::Output;
use comin_node::datadir::{self, DataDir};
use comin_node::views::approvals::key_digits;
use comin_protocol::codec::to_cbor;
use comin_protocol::identity::PartnerSigner;
use comin_protocol::ids::{PartnerId, to_hex};
use comin_protocol::kit::RecoveryKit;
use comin_protocol::statement::{Rights, SignedStatement};
use hyper::Method;
use serde_json::{Value, json};
use std::path::Path;

/// Runs the verb: `(partner, --kit, --key)`.
pub fn run(
    client: &Client,
    dir: &DataDir,
    partners: &Value,
    (wanted, kit, key): (&str, Option<&Path>, Option<&str>),
    out: &Output,
) -> CliResult {
    let partner = find_partner(partners, wanted)?;
    let path = format!("partners/{}/rekey", encoded(&text(partner, "id")));
    let own = partner.get("self").and_then(Value::as_bool).unwrap_or(false);
    match (own, kit, key) {
        (true, Some(kit), _) => own_key(client, dir, (partner, &path), kit, out),
        (false, _, Some(key)) => {
            let key: String = key.split_whitespace().collect();
            decided(out, client.post(&path, json!({"key": key}))?, &out.t("cli-key-replaced"))
        }
        (true, None, _) => {
            Err(CliError::usage("this partner's own new key is made here")
                .hint("comin partners rekey PARTNER --kit FILE"))
        }
        (false, _, None) => Err(CliError::usage("another partner makes its new key itself")
            .hint("let it run `comin partners rekey`, or pass the key that it reads out: --key HEX")),
    }
}

/// Makes a key, writes its kit before anyone learns of it, certifies this device with it, and asks.
fn own_key(client: &Client, dir: &DataDir, (partner, path): (&Value, &str), kit: &Path, out: &Output) -> CliResult {
    let settings = dir.settings()?;
    let id = PartnerId::from_hex(&text(partner, "id"));
    let id = id.ok_or_else(|| CliError::new("the node answered with no id of this partner"))?;
    let (name, country) = (text(partner, "name"), text(partner, "country"));
    let made = RecoveryKit {
        partner: PartnerSigner::from_secret(&datadir::random()?),
        name: name.clone(),
        country: country.clone(),
        device: settings.device.clone(),
        of: Some(id),
    };
    let file = comin_node::setup::kit_place(dir, kit)?;
    datadir::write_secret_once(&file, &made.to_text()).map_err(|error| kit_error(&file, error))?;
    let names = (name.as_str(), country.as_str(), settings.device.as_str());
    let certificate = SignedStatement::certificate_of(id, &made.partner, &dir.signer()?, Rights::ALL, names);
    let key = made.partner.key();
    let body = json!({"key": key, "certificate": to_hex(&to_cbor(&certificate))});
    // Where no answer comes the key may be in force: the kit stays.
    let answer = client.send(Method::POST, path, Some(body), &[])?;
    if (400..500).contains(&answer.status) {
        // It was refused. Nobody has learned of the key: without the kit a second try is clean.
        let _ = std::fs::remove_file(&file);
    }
    let mut answer = answer.json()?;
    if out.json {
        answer.as_object_mut().map(|members| members.insert("key".to_owned(), json!(key)));
    } else {
        out.say("cli-key-kit", &[("file", file.display().to_string().into())]);
        out.say("cli-key-read-out", &[("key", key_digits(&key).into())]);
    }
    decided(out, answer, &out.t("cli-key-replaced"))
}
