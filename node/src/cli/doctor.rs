//! `doctor`: what is known of why a node does not do what it should, each finding with its remedy.

use super::client::Client;
use super::error::{CliError, CliResult, Exit};
use super::members::{items, text};
use super::output::Output;
use comin_node::config::Config;
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
    let mut findings = machine(dir);
    match &config {
        Ok(_) => findings.push(Finding::good("the configuration can be read")),
        Err(error) => findings.push(Finding::of(error)),
    }
    match Client::connect(dir, None) {
        Ok(client) => findings.extend(node(&client, config.ok().as_ref())?),
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

fn machine(dir: &DataDir) -> Vec<Finding> {
    let place = dir.path().display();
    let mut out = Vec::new();
    match dir.settings() {
        Ok(settings) => out.push(Finding::good(format!("{} ({}) in {place}", settings.name, settings.country))),
        Err(error) => out.push(Finding::bad(error.to_string(), error.hint())),
    }
    match dir.signer() {
        Ok(_) => out.push(Finding::good("the device key is there and closed to others")),
        Err(error) => out.push(Finding::bad(error.to_string(), error.hint())),
    }
    out
}

fn node(client: &Client, config: Option<&Config>) -> CliResult<Vec<Finding>> {
    let status = client.get("status")?;
    let mut out = vec![Finding::good("the store opens")];
    out.push(match client.is_running() {
        true => Finding::good("the node is running"),
        false => Finding::bad("the node is not running: nothing is exchanged", "comin run"),
    });
    if status.get("paused").and_then(Value::as_bool).unwrap_or(false) {
        out.push(Finding::bad("exchange is paused by hand", "comin sync resume"));
    }
    if status.get("federation").is_none_or(Value::is_null) {
        out.push(Finding::open("this partner is in no federation", "comin found NAME, or comin join TICKET"));
    }
    let devices = client.get("devices")?;
    if client.is_running() {
        out.push(reachable(&devices, config));
        out.extend(status.get("peers").and_then(Value::as_array).into_iter().flatten().map(peer));
    }
    for fault in status.get("faults").and_then(Value::as_array).into_iter().flatten() {
        out.push(Finding::bad(
            format!("{}: {}", text(fault, "partner"), text(fault, "what")),
            "ask that partner's IT to look at its machine",
        ));
    }
    Ok(out)
}

/// Whether anyone outside the office can be expected to reach this node.
fn reachable(devices: &Value, config: Option<&Config>) -> Finding {
    let own = items(devices).iter().find(|device| device.get("self").and_then(Value::as_bool).unwrap_or(false));
    let addresses =
        own.and_then(|device| device.get("addresses")).and_then(Value::as_array).cloned().unwrap_or_default();
    let named: Vec<&str> = addresses.iter().filter_map(Value::as_str).collect();
    let port = config.and_then(|config| config.listen.p2p.first()).map_or(0, SocketAddr::port);
    if config.is_some_and(|config| !config.listen.external.is_empty()) {
        return Finding::good(format!("other nodes are told to come to {}", named.join(", ")));
    }
    Finding::open(
        format!(
            "known addresses of this node: {}",
            if named.is_empty() { "none yet".to_owned() } else { named.join(", ") }
        ),
        format!(
            "from outside the office it can be reached only if a router forwards TCP port {port} to it; \
             then name that address in node.toml: [listen] external"
        ),
    )
}

fn peer(peer: &Value) -> Finding {
    let line = super::status::peer_line(peer);
    match text(peer, "state").as_str() {
        "equal" | "exchanging" => Finding::good(line),
        _ => Finding::open(line, "if it stays away: is its node running, and is its port open? There: comin doctor"),
    }
}
