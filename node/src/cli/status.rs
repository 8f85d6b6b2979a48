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
        let lines = lines(&status, client.is_running(), out).join("\n");
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

fn lines(status: &Value, running: bool, out: &Output) -> Vec<String> {
    let member = |name: &str| status.get(name).cloned().unwrap_or(Value::Null);
    let number = |name: &str| status.get(name).and_then(Value::as_u64).unwrap_or(0);
    let (partner, federation, device) = (member("partner"), member("federation"), member("device"));
    let mut lines =
        vec![format!("{} ({}), {}", text(&partner, "name"), text(&partner, "country"), text(&device, "name"))];
    lines.push(match federation.is_null() {
        true => out.t("cli-no-federation"),
        false => {
            let partners = federation.get("partners").and_then(Value::as_u64).unwrap_or(0);
            out.tw("cli-federation", &[("name", text(&federation, "name").into()), ("n", partners.into())])
        }
    });
    if !running {
        lines.push(out.t("cli-not-running"));
    }
    lines.push(out.tw("cli-exchange", &[("text", text(&member("exchange"), "text").into())]));
    lines.extend(member("peers").as_array().into_iter().flatten().map(|peer| format!("  {}", peer_line(peer, out))));
    let counts = [("n-records", "records"), ("lag-exactly", "changes"), ("cli-unsent", "unsent_changes")];
    lines.push(counts.map(|(key, name)| out.tw(key, &[("n", number(name).into())])).join(", "));
    let backup = member("backup");
    if !text(&backup, "file").is_empty() {
        let args = [("time", text(&backup, "time").into()), ("file", text(&backup, "file").into())];
        lines.push(out.tw("cli-backup-last", &args));
    }
    lines.extend(needs(status, out));
    lines
}

/// One partner, as seen from here.
pub fn peer_line(peer: &Value, out: &Output) -> String {
    let mut words = vec![format!("{} ({}): {}", text(peer, "name"), text(peer, "country"), text(peer, "text"))];
    let lacks = |name: &str| peer.get(name).and_then(|lag| lag.get("changes")).and_then(Value::as_u64).unwrap_or(0) > 0;
    let mut add = |key: &str, name: &str, value: String| {
        if !value.is_empty() {
            words.push(out.tw(key, &[(name, value.into())]));
        }
    };
    if lacks("lacks") {
        add("cli-peer-lacks", "what", text(peer, "lacks_text"));
    }
    if lacks("we_lack") {
        add("cli-peer-we-lack", "what", text(peer, "we_lack_text"));
    }
    add("cli-peer-heard", "when", text(peer, "last_heard"));
    add("exchange-through", "name", text(peer, "through"));
    add("cli-peer-tried", "what", peer.get("last_try").map(|last| text(last, "text")).unwrap_or_default());
    words.join("; ")
}

/// What somebody has to do, with the command.
fn needs(status: &Value, out: &Output) -> Vec<String> {
    let mut lines = Vec::new();
    let approvals = status.get("approvals").and_then(Value::as_u64).unwrap_or(0);
    if approvals > 0 {
        lines.push(out.tw("cli-needs-approval", &[("n", approvals.into())]));
    }
    if status.get("unconfirmed").and_then(Value::as_bool).unwrap_or(false) {
        lines.push(out.t("cli-unconfirmed"));
    }
    if status.get("paused").and_then(Value::as_bool).unwrap_or(false) {
        lines.push(out.t("cli-needs-resume"));
    }
    let joining = status.get("joining").cloned().unwrap_or(Value::Null);
    let stage = text(&joining, "stage");
    if !stage.is_empty() && stage != "admitted" {
        let mut line = out.tw("cli-joining", &[("stage", text(&joining, "stage_text").into())]);
        let told = text(&joining, "text");
        if !told.is_empty() {
            line = format!("{line} – {told}");
        }
        let number = text(&joining, "check_number");
        if !number.is_empty() {
            line = format!("{line}; {} {number}", out.t("check-number"));
        }
        lines.push(line);
    }
    if let Some(reason) = status.get("stopped").and_then(Value::as_str) {
        lines.push(out.tw("cli-store-failed", &[("reason", reason.into())]));
    }
    let backup = status.get("backup").cloned().unwrap_or(Value::Null);
    if let Some(reason) = backup.get("error").and_then(Value::as_str) {
        lines.push(out.tw("cli-backup-failed", &[("reason", reason.into())]));
    }
    for waiting in status.get("edits_waiting").and_then(Value::as_array).into_iter().flatten() {
        let fields = waiting.get("fields").and_then(Value::as_u64).unwrap_or(0);
        let args = [("n", fields.into()), ("record", text(waiting, "record").into())];
        lines.push(out.tw("cli-edit-waits", &args));
    }
    for fault in status.get("faults").and_then(Value::as_array).into_iter().flatten() {
        let args = [("partner", text(fault, "partner").into()), ("what", text(fault, "what").into())];
        lines.push(out.tw("cli-fault", &args));
    }
    if let Some(when) = status.get("put_back").and_then(Value::as_str) {
        lines.push(format!("{} ({when})", out.t("doctor-put-back")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_node::i18n::Lang;

    const OUT: Output = Output { json: false, lang: Lang::En };

    #[test]
    fn says_what_to_do_next() {
        let status = json!({
            "partner": {"name": "EDIAS", "country": "FR"}, "device": {"name": "server"}, "federation": null,
            "exchange": {"text": "alone"}, "peers": [], "records": 1, "approvals": 2, "paused": true,
        });
        let text = lines(&status, false, &OUT).join("\n");
        for part in ["comin found", "comin run", "comin approvals", "comin sync resume", "1 record,"] {
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
        assert_eq!(peer_line(&peer, &OUT), expected, "what is known, and nothing more");
    }
}
