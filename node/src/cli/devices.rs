//! `devices`: the machines of the federation; certifying a further one, and revoking one that is lost or stolen.

use super::args::DevicesVerb;
use super::client::Client;
use super::error::{CliError, CliResult, Exit};
use super::further::given;
use super::members::{items, list, short, text};
use super::output::Output;
use comin_node::datadir::{read_text, write_secret_once};
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::ids::{from_hex_bytes, to_hex};
use comin_protocol::kit::RecoveryKit;
use comin_protocol::statement::SignedStatement;
use hyper::Method;
use serde_json::{Value, json};
use std::path::Path;

/// Runs the verb.
pub fn run(client: &Client, verb: Option<&DevicesVerb>, out: &Output) -> CliResult {
    match verb {
        None | Some(DevicesVerb::List) => show(client, out),
        Some(DevicesVerb::Add { request, rights, file }) => {
            add(client, request, rights.as_deref(), file.as_deref(), out)
        }
        Some(DevicesVerb::Revoke { device, kit }) => revoke(client, device, kit.as_deref(), out),
    }
}

fn show(client: &Client, out: &Output) -> CliResult {
    let row = |device: &Value| {
        let is = |member| device.get(member).and_then(Value::as_bool).unwrap_or(false);
        let mark = match (is("self"), is("revoked")) {
            (_, true) => out.t("cli-revoked-machine"),
            (true, false) => out.t("cli-this-machine"),
            (false, false) => String::new(),
        };
        vec![short(device, "id"), text(device, "partner_name"), text(device, "name"), mark]
    };
    list(out, client.get("devices")?, row, "cli-no-devices")
}

fn add(client: &Client, request: &str, rights: Option<&[String]>, file: Option<&Path>, out: &Output) -> CliResult {
    let request = given(request)?;
    let answer = client.post("devices", json!({"request": request, "rights": rights}))?;
    let certificate = text(&answer, "certificate");
    if let Some(path) = file {
        write_secret_once(path, &format!("{certificate}\n"))?;
    }
    if out.json {
        out.object(answer);
        return Ok(());
    }
    out.say("cli-certified", &[("name", text(&answer, "name").into())]);
    match file {
        Some(path) => out.line(format!("  {}", path.display())),
        None => out.line(format!("\n{certificate}\n")),
    }
    out.say("cli-certified-next", &[]);
    Ok(())
}

fn revoke(client: &Client, wanted: &str, kit: Option<&Path>, out: &Output) -> CliResult {
    let id = find(&client.get("devices")?, wanted)?;
    match kit {
        None => client.send(Method::DELETE, &format!("devices/{id}"), None, &[])?.json()?,
        Some(file) => {
            let path = format!("devices/{id}/revocation");
            let unsigned = client.get(&path)?;
            let key = read_kit(file)?.partner;
            let statement: Option<SignedStatement> =
                from_hex_bytes(&text(&unsigned, "statement")).and_then(|bytes| from_cbor(&bytes).ok());
            let statement = statement.ok_or_else(|| CliError::new("the node's answer cannot be read"))?;
            let body = json!({"statement": to_hex(&to_cbor(&statement.sign_partner(&key)))});
            client.send(Method::PUT, &path, Some(body), &[])?.json()?
        }
    };
    if out.json {
        out.object(json!({"id": id, "revoked": true}));
    } else {
        out.line(out.t("cli-revoked"));
        if kit.is_none() {
            out.line(out.t("cli-revoked-tip"));
        }
    }
    Ok(())
}

fn read_kit(file: &Path) -> CliResult<RecoveryKit> {
    RecoveryKit::parse(&read_text(file)?).map_err(|error| CliError::new(format!("{}: {error}", file.display())))
}

/// A machine of this partner by its name, or by the beginning of its id.
fn find(devices: &Value, wanted: &str) -> CliResult<String> {
    let all = items(devices);
    let own = all.iter().find(|device| device.get("self").and_then(Value::as_bool) == Some(true));
    let own = own.map(|device| text(device, "partner")).unwrap_or_default();
    let mine: Vec<&Value> = all.iter().filter(|device| text(device, "partner") == own).collect();
    let named = |device: &&&Value| text(device, "name").eq_ignore_ascii_case(wanted);
    let begins = |device: &&&Value| wanted.len() >= 8 && text(device, "id").starts_with(&wanted.to_lowercase());
    let mut found: Vec<String> =
        mine.iter().filter(|device| named(device) || begins(device)).map(|device| text(device, "id")).collect();
    match (found.pop(), found.is_empty()) {
        (Some(id), true) => Ok(id),
        (Some(_), false) => Err(CliError::new(format!("several machines of this partner are called {wanted}"))
            .exit(Exit::Conflict)
            .hint("name it by its id: comin devices --json")),
        (None, _) => Err(CliError::new(format!("machine {wanted} of this partner not found"))
            .exit(Exit::NotFound)
            .hint("comin devices")),
    }
}
