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
            done(out, "cli-sync-paused")?;
            Ok(Exit::Ok)
        }
        Some(SyncVerb::Resume) => {
            client.post("sync/resume", json!({}))?;
            done(out, "cli-sync-resumed")?;
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
        out.say("cli-sync-complete", &[]);
        return Ok(exit);
    }
    if answer.get("paused").and_then(Value::as_bool).unwrap_or(false) {
        out.say("cli-needs-resume", &[]);
    }
    let missing = answer.get("missing").and_then(Value::as_array).cloned().unwrap_or_default();
    let names = missing.iter().map(|peer| text(peer, "name")).collect::<Vec<_>>().join(", ");
    match args.wait {
        Some(_) => out.say("cli-sync-missing", &[("n", wait.into()), ("names", names.into())]),
        None => out.say("cli-sync-asked", &[("names", names.into())]),
    }
    for peer in &missing {
        out.line(format!("  {}", super::status::peer_line(peer, out)));
    }
    Ok(exit)
}
