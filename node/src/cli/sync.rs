//! `sync`: exchange now, or cut the network by hand.

use super::args::{SyncArgs, SyncVerb};
use super::client::Client;
use super::error::{CliResult, Exit};
use super::members::{done, text};
use super::output::Output;
use serde_json::{Value, json};

/// Runs the verb.
pub fn run(client: &Client, args: &SyncArgs, out: &Output) -> CliResult<Exit> {
    match args.verb {
        Some(SyncVerb::Pause) => {
            client.post("sync/pause", json!({}))?;
            done(out, "Exchange is paused, also after a restart. Editing goes on. Back: comin sync resume")?;
            Ok(Exit::Ok)
        }
        Some(SyncVerb::Resume) => {
            client.post("sync/resume", json!({}))?;
            done(out, "Exchange goes on.")?;
            Ok(Exit::Ok)
        }
        None => now(client, args, out),
    }
}

fn now(client: &Client, args: &SyncArgs, out: &Output) -> CliResult<Exit> {
    let wait = args.wait.map_or(0, |wait| wait.as_secs());
    let answer = client.post("sync", json!({"wait": wait}))?;
    let complete = answer.get("complete").and_then(Value::as_bool).unwrap_or(false);
    // Without --wait the question was only to begin; whoever asks to wait wants to know whether all are there.
    let exit = if complete || args.wait.is_none() { Exit::Ok } else { Exit::Attention };
    if out.json {
        out.object(answer);
        return Ok(exit);
    }
    if complete {
        out.line("Everyone holds everything.");
        return Ok(exit);
    }
    if answer.get("paused").and_then(Value::as_bool).unwrap_or(false) {
        out.line("Exchange is paused by hand: comin sync resume");
    }
    let missing = answer.get("missing").and_then(Value::as_array).cloned().unwrap_or_default();
    let names: Vec<String> = missing.iter().map(|peer| text(peer, "name")).collect();
    out.line(match args.wait {
        Some(_) => format!("Missing after {wait} s: {}", names.join(", ")),
        None => format!("Asked everyone; not complete yet: {}", names.join(", ")),
    });
    for peer in &missing {
        out.line(format!("  {}", super::status::peer_line(peer)));
    }
    Ok(exit)
}
