//! `status`: what is exchanged with whom, and what needs someone.

use super::client::Client;
use super::error::{CliResult, Exit};
use super::members::text;
use super::output::Output;
use serde_json::{Value, json};
use std::time::Duration;

/// How often `--watch` looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Runs the verb.
pub fn run(client: &Client, check: bool, watch: bool, out: &Output) -> CliResult<Exit> {
    let mut shown = String::new();
    loop {
        let mut status = client.get("status")?;
        if let Value::Object(members) = &mut status {
            members.insert("running".to_owned(), json!(client.is_running()));
        }
        let attention = status.get("attention").and_then(Value::as_bool).unwrap_or(false);
        let lines = lines(&status, client.is_running()).join("\n");
        if out.json {
            out.object(status);
        } else if lines != shown {
            if !shown.is_empty() {
                out.line("");
            }
            out.line(&lines);
            shown = lines;
        }
        match (check, watch) {
            (true, _) if !client.is_running() => return Ok(Exit::NotRunning),
            (true, _) if attention => return Ok(Exit::Attention),
            (_, true) => std::thread::sleep(LOOK_EVERY),
            _ => return Ok(Exit::Ok),
        }
    }
}

fn lines(status: &Value, running: bool) -> Vec<String> {
    let member = |name: &str| status.get(name).cloned().unwrap_or(Value::Null);
    let number = |name: &str| status.get(name).and_then(Value::as_u64).unwrap_or(0);
    let (partner, federation, device) = (member("partner"), member("federation"), member("device"));
    let mut out =
        vec![format!("{} ({}), {}", text(&partner, "name"), text(&partner, "country"), text(&device, "name"))];
    out.push(match federation.is_null() {
        true => "In no federation yet: comin found NAME, or comin join TICKET".to_owned(),
        false => {
            let partners = federation.get("partners").and_then(Value::as_u64).unwrap_or(0);
            format!("Federation {}, {partners} partners", text(&federation, "name"))
        }
    });
    if !running {
        out.push("The node is not running: nothing is exchanged. comin run".to_owned());
    }
    out.push(format!("Exchange: {}", text(&member("exchange"), "text")));
    out.extend(member("peers").as_array().into_iter().flatten().map(|peer| format!("  {}", peer_line(peer))));
    out.push(format!(
        "{} records, {} changes, {} of ours on no other machine yet",
        number("records"),
        number("changes"),
        number("unsent_changes")
    ));
    out.extend(needs(status));
    out
}

/// One partner, as seen from here.
pub fn peer_line(peer: &Value) -> String {
    let mut words = vec![format!("{} ({}): {}", text(peer, "name"), text(peer, "country"), text(peer, "text"))];
    let lacks = |name: &str| peer.get(name).and_then(|lag| lag.get("changes")).and_then(Value::as_u64).unwrap_or(0) > 0;
    if lacks("lacks") {
        words.push(format!("lacks {}", text(peer, "lacks_text")));
    }
    if lacks("we_lack") {
        words.push(format!("we lack {}", text(peer, "we_lack_text")));
    }
    let heard = text(peer, "last_heard");
    if !heard.is_empty() {
        words.push(format!("last heard {heard}"));
    }
    let through = text(peer, "through");
    if !through.is_empty() {
        words.push(format!("through {through}"));
    }
    let tried = peer.get("last_try").map(|last| text(last, "text")).filter(|told| !told.is_empty());
    words.extend(tried.map(|told| format!("last try: {told}")));
    words.join("; ")
}

/// What somebody has to do, with the command.
fn needs(status: &Value) -> Vec<String> {
    let number = |name: &str| status.get(name).and_then(Value::as_u64).unwrap_or(0);
    let mut out = Vec::new();
    if number("approvals") > 0 {
        out.push(format!("{} wait for confirmation: comin approvals", number("approvals")));
    }
    if status.get("paused").and_then(Value::as_bool).unwrap_or(false) {
        out.push("Exchange is paused by hand: comin sync resume".to_owned());
    }
    let joining = status.get("joining").cloned().unwrap_or(Value::Null);
    let stage = text(&joining, "stage");
    if !stage.is_empty() && stage != "admitted" {
        let number = text(&joining, "check_number");
        let number = if number.is_empty() { String::new() } else { format!("; check number {number}") };
        out.push(format!("Joining ({stage}): {}{number}", text(&joining, "text")));
    }
    if let Some(reason) = status.get("stopped").and_then(Value::as_str) {
        out.push(format!("The store has failed: {}. comin check", super::output::plain(reason)));
    }
    for fault in status.get("faults").and_then(Value::as_array).into_iter().flatten() {
        out.push(format!("Fault of {}: {}", text(fault, "partner"), text(fault, "what")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_to_do_next() {
        let status = json!({
            "partner": {"name": "EDIAS", "country": "FR"}, "device": {"name": "server"}, "federation": null,
            "exchange": {"text": "alone"}, "peers": [], "records": 1, "approvals": 2, "paused": true,
        });
        let text = lines(&status, false).join("\n");
        for part in ["comin found", "comin run", "comin approvals", "comin sync resume", "1 records"] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }

    #[test]
    fn a_partner_is_one_line() {
        let peer = json!({"name": "EDIAS", "country": "FR", "text": "away", "lacks": {"changes": 3, "exact": true},
                          "lacks_text": "3 changes", "we_lack": null, "last_heard": "2026-01-01T00:00:00Z",
                          "through": "Veneto Lavoro", "last_try": {"text": "connection refused"}});
        let expected = "EDIAS (FR): away; lacks 3 changes; last heard 2026-01-01T00:00:00Z; through Veneto Lavoro; \
                        last try: connection refused";
        assert_eq!(peer_line(&peer), expected, "what is known, and nothing more");
    }
}
