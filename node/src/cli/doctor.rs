//! `doctor`: what is known of why a node does not do what it should, each finding with its remedy.

use super::client::Client;
use super::error::{CliError, CliResult, Exit};
use super::members::{items, text};
use super::output::Output;
use comin_node::config::{Config, OFFICE_PORT};
use comin_node::datadir::DataDir;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// One thing that was looked at.
struct Finding {
    /// Whether it is as it should be; `None`: nothing is known.
    good: Option<bool>,
    what: String,
    remedy: Option<String>,
}

impl Finding {
    fn good(what: impl Into<String>) -> Self {
        Self { good: Some(true), what: what.into(), remedy: None }
    }

    fn bad(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { good: Some(false), what: what.into(), remedy: Some(remedy.into()) }
    }

    fn open(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { good: None, what: what.into(), remedy: Some(remedy.into()) }
    }

    fn of(error: &CliError) -> Self {
        Self { good: Some(false), what: error.cause.clone(), remedy: error.hint.clone() }
    }
}

/// Runs the verb: exit code 3 where something is wrong.
pub fn run(dir: &DataDir, config: CliResult<Config>, out: &Output) -> CliResult<Exit> {
    let mut findings = machine(dir, out);
    match &config {
        Ok(config) => {
            findings.push(Finding::good(out.t("doctor-config")));
            findings.extend(office(dir, config, out));
        }
        Err(error) => findings.push(Finding::of(error)),
    }
    match Client::connect(dir, Some(out.lang.code())) {
        Ok(client) => findings.extend(node(&client, config.ok().as_ref(), out)?),
        Err(error) => findings.push(Finding::of(&error)),
    }
    if out.json {
        let list = findings.iter().map(|f| json!({"good": f.good, "what": f.what, "remedy": f.remedy}));
        out.object(json!({"findings": list.collect::<Vec<_>>()}));
    } else {
        for finding in &findings {
            let mark = match finding.good {
                Some(true) => "ok",
                Some(false) => "!!",
                None => "??",
            };
            out.line(format!("{mark}  {}", finding.what));
            if let Some(remedy) = &finding.remedy {
                out.line(format!("    {remedy}"));
            }
        }
    }
    let wrong = findings.iter().any(|finding| finding.good == Some(false));
    Ok(if wrong { Exit::Attention } else { Exit::Ok })
}

/// Whether the page for the office can be served, where the configuration wants it.
fn office(dir: &DataDir, config: &Config, out: &Output) -> Option<Finding> {
    match super::office::can_open(dir, config) {
        Ok(None) => None,
        Ok(Some(office)) => {
            let port = config.listen.office.first().map_or(OFFICE_PORT, SocketAddr::port);
            Some(Finding::good(out.tw("doctor-office", &[("addresses", office.addresses(port).join(", ").into())])))
        }
        Err(error) => Some(Finding::of(&error)),
    }
}

fn machine(dir: &DataDir, out: &Output) -> Vec<Finding> {
    let mut found = Vec::new();
    match dir.settings() {
        Ok(settings) => {
            let place = dir.path().display().to_string();
            let args = [("name", settings.name.into()), ("country", settings.country.into()), ("place", place.into())];
            found.push(Finding::good(out.tw("doctor-identity", &args)));
        }
        Err(error) => found.push(Finding::bad(error.to_string(), error.hint())),
    }
    match dir.signer() {
        Ok(_) => found.push(Finding::good(out.t("doctor-key"))),
        Err(error) => found.push(Finding::bad(error.to_string(), error.hint())),
    }
    found
}

fn node(client: &Client, config: Option<&Config>, out: &Output) -> CliResult<Vec<Finding>> {
    let status = client.get("status")?;
    let mut found = vec![Finding::good(out.t("doctor-store"))];
    found.push(match client.is_running() {
        true => Finding::good(out.t("doctor-running")),
        false => Finding::bad(out.t("doctor-not-running"), "comin run"),
    });
    if status.get("paused").and_then(Value::as_bool).unwrap_or(false) {
        found.push(Finding::bad(out.t("doctor-paused"), "comin sync resume"));
    }
    if status.get("federation").is_none_or(Value::is_null) {
        found.push(Finding::open(out.t("doctor-no-federation"), out.t("doctor-no-federation-remedy")));
    }
    let devices = client.get("devices")?;
    if client.is_running() {
        found.push(reachable(&devices, config, out));
        let peers = status.get("peers").and_then(Value::as_array).into_iter().flatten();
        found.extend(peers.map(|line| peer(line, out)));
    }
    for fault in status.get("faults").and_then(Value::as_array).into_iter().flatten() {
        let what = format!("{}: {}", text(fault, "partner"), text(fault, "what"));
        let is_own = status.pointer("/device/id") == fault.get("device");
        found.push(Finding::bad(what, out.t(if is_own { "doctor-own-fault-remedy" } else { "doctor-fault-remedy" })));
    }
    if let Some(when) = status.get("put_back").and_then(Value::as_str) {
        found.push(Finding::open(format!("{} ({when})", out.t("doctor-put-back")), out.t("doctor-put-back-remedy")));
    }
    Ok(found)
}

/// Whether anyone outside the office can be expected to reach this node.
fn reachable(devices: &Value, config: Option<&Config>, out: &Output) -> Finding {
    let own = items(devices).iter().find(|device| device.get("self").and_then(Value::as_bool).unwrap_or(false));
    let addresses =
        own.and_then(|device| device.get("addresses")).and_then(Value::as_array).cloned().unwrap_or_default();
    let named: Vec<&str> = addresses.iter().filter_map(Value::as_str).collect();
    let port = config.and_then(|config| config.listen.p2p.first()).map_or(0, SocketAddr::port);
    if config.is_some_and(|config| !config.listen.external.is_empty()) {
        return Finding::good(out.tw("doctor-told", &[("addresses", named.join(", ").into())]));
    }
    let addresses = if named.is_empty() { out.t("doctor-no-address") } else { named.join(", ") };
    Finding::open(
        out.tw("doctor-addresses", &[("addresses", addresses.into())]),
        // As a text: a port is a name and gets no separator between its thousands.
        out.tw("doctor-port", &[("port", port.to_string().into())]),
    )
}

fn peer(peer: &Value, out: &Output) -> Finding {
    let line = super::status::peer_line(peer, out);
    match text(peer, "state").as_str() {
        "equal" | "exchanging" => Finding::good(line),
        _ => Finding::open(line, out.t("doctor-peer-away")),
    }
}
