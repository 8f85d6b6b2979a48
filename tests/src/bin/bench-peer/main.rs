//! The node as one peer of the benchmark that compares it with its neighbours: speaks the benchmark's line
//! protocol on standard input and output, around the node's library as it is.
//!
//! Partners are admitted beforehand through the key file that `init` writes. A peer that listens exchanges
//! from `open` on; one that does not is paused until `connect`, as with `comin sync pause` and `resume`.

mod federation;
mod peer;
mod records;
mod timed;

use anyhow::{Context, Result, anyhow};
use peer::Peer;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::PathBuf;
use tokio::sync::mpsc;

fn main() -> Result<()> {
    if std::env::args().nth(1).as_deref() == Some("helper") {
        return Ok(comin_node::helper::main()?);
    }
    let dir = PathBuf::from(argument("--dir").context("--dir is missing")?);
    let port: u16 = argument("--listen").unwrap_or_default().parse().unwrap_or(0);
    let (lines, mut commands) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
    });
    answer(&json!({"ready": true}))?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut peer = Peer::new(dir, port);
        while let Some(line) = commands.recv().await {
            let command: Value = serde_json::from_str(&line)?;
            let name = command["cmd"].as_str().unwrap_or_default().to_owned();
            let reply = carry_out(&mut peer, &name, &command).await;
            answer(&reply.unwrap_or_else(|error| json!({"ok": false, "error": format!("{error:#}")})))?;
            if name == "quit" {
                break;
            }
        }
        peer.quit().await
    })
}

async fn carry_out(peer: &mut Peer, name: &str, command: &Value) -> Result<Value> {
    let text = |key: &str| command[key].as_str().map(str::to_owned).with_context(|| format!("{key} is missing"));
    let n = command["n"].as_u64().unwrap_or(0) as usize;
    let times = match name {
        "init" => peer.init(&text("keyfile")?, n).await?,
        "open" => peer.open(&text("keyfile")?, n, command["all"].as_bool().unwrap_or(true)).await?,
        "join" => peer.join(&text("keyfile")?, n).await?,
        "addr" => json!({}),
        "connect" => peer.connect(&text("addr")?).await?,
        "edit" => {
            let i = command["i"].as_u64().context("i is missing")? as usize;
            peer.edit(&[(i, text("value")?)]).await?
        }
        "edits" => peer.edit(&pairs(command)?).await?,
        "wait" => peer.wait(&pairs(command)?).await?,
        "get" => {
            let wanted = command["idx"].as_array().context("idx is missing")?;
            let wanted: Vec<usize> = wanted.iter().filter_map(Value::as_u64).map(|i| i as usize).collect();
            peer.get(&wanted)?
        }
        "hash" => peer.hash(n)?,
        "flush" => peer.flush().await?,
        "quit" => peer.quit().await.map(|()| json!({}))?,
        other => return Err(anyhow!("unknown command {other}")),
    };
    let mut reply = json!({"ok": true});
    if let (Some(reply), Value::Object(times)) = (reply.as_object_mut(), times) {
        reply.extend(times);
    }
    Ok(reply)
}

fn pairs(command: &Value) -> Result<Vec<(usize, String)>> {
    let pairs = command["pairs"].as_array().context("pairs are missing")?;
    let pair = |pair: &Value| Some((pair[0].as_u64()? as usize, pair[1].as_str()?.to_owned()));
    pairs.iter().map(|value| pair(value).context("not a pair")).collect()
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

fn answer(reply: &Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{reply}")?;
    Ok(out.flush()?)
}
