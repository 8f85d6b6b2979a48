//! What became of a record, and taking a change back.

use super::args::{HistoryArgs, UndoArgs};
use super::client::{Client, encoded, query};
use super::error::{CliError, CliResult};
use super::members::{items, text};
use super::output::{Output, plain};
use super::records::cell;
use comin_protocol::ids::RecordKey;
use serde_json::{Value, json};

/// `history`.
pub fn history(client: &Client, args: &HistoryArgs, out: &Output) -> CliResult {
    let id = &args.id;
    if RecordKey::parse(id).is_none() {
        return Err(CliError::usage(format!("{} is no record id", plain(id))).hint("comin search finds records"));
    }
    let limit = args.limit.to_string();
    let parameters =
        [("register", args.register.as_deref()), ("limit", Some(limit.as_str())), ("after", args.after.as_deref())];
    let answer = client.get(&query(&format!("records/{}/history", encoded(id)), &parameters))?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    for entry in items(&answer) {
        show(entry, id, out);
    }
    if let Some(next) = answer.get("next").and_then(Value::as_str) {
        out.say("cli-history-more", &[("id", id.as_str().into()), ("next", next.into())]);
    }
    Ok(())
}

/// `id`: the record whose history it is.
fn show(entry: &Value, id: &str, out: &Output) {
    let named = |of: &Value| Some(text(of, "partner_name")).filter(|name| !name.is_empty());
    let partner = |of: &Value| named(of).unwrap_or_else(|| out.t("unknown-partner"));
    let args = [
        ("time", text(entry, "time").into()),
        ("what", out.t(&format!("history-{}", text(entry, "what"))).into()),
        ("partner", partner(entry).into()),
        ("device", text(entry, "device_name").into()),
        ("register", text(entry, "register_name").into()),
    ];
    out.say("cli-history-entry", &args);
    let fields = entry.get("fields").and_then(Value::as_array).into_iter().flatten();
    let rows: Vec<Vec<String>> = fields.map(|step| row(step, out)).collect();
    out.table(&rows);
    for proposal in entry.get("proposals").and_then(Value::as_array).into_iter().flatten() {
        let state = out.t(&format!("proposal-{}", text(proposal, "state")));
        let told = out.tw("history-proposal", &[("partner", partner(proposal).into()), ("state", state.into())]);
        out.line(format!("  {told} ({})", text(proposal, "id")));
    }
    // In the history of a proposal: where it was decided.
    if text(entry, "id") != id {
        out.line(format!("  comin history {}", text(entry, "id")));
    }
    if entry.get("writable").and_then(Value::as_bool).unwrap_or(false) {
        out.line(format!("  comin undo {}", text(entry, "change")));
    }
}

/// A field with its old value (or the several that were decided between) and its new one.
fn row(step: &Value, out: &Output) -> Vec<String> {
    let old = step.get("old").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let old = match old {
        [] => "–".to_owned(),
        [one] => cell(one, out),
        several => {
            let numbered = several.iter().enumerate().map(|(n, value)| format!("{}: {}", n + 1, cell(value, out)));
            numbered.collect::<Vec<_>>().join(" | ")
        }
    };
    let new = cell(step.get("new").unwrap_or(&Value::Null), out);
    vec![format!("  {}", plain(&text(step, "field"))), old, "→".to_owned(), new]
}

/// `undo`.
pub fn undo(client: &Client, args: &UndoArgs, out: &Output) -> CliResult {
    let key = args.change.split_once('@').map(|(key, _)| key).filter(|key| RecordKey::parse(key).is_some());
    let key = key.ok_or_else(|| {
        CliError::usage(format!("{} names no change", plain(&args.change))).hint("comin history ID lists them")
    })?;
    let body = json!({"change": args.change, "field": args.field, "take": args.take, "anyway": args.anyway});
    let answer = client.post(&format!("records/{}/undo", encoded(key)), body)?;
    if out.json {
        out.object(answer);
        return Ok(());
    }
    out.say("cli-undone", &[("register", text(&answer, "register_name").into())]);
    Ok(())
}
