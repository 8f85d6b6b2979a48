//! What the benchmark asks of a peer, around a running node.

use crate::federation::{self, Membership};
use crate::records::{self, Content, PHONE};
use crate::timed::{Timed, now};
use anyhow::{Context, Result, bail};
use comin_node::helper::HelperCommand;
use comin_node::net::NetConfig;
use comin_node::runtime::{EventKind, Node, NodeConfig, NodeHandle};
use comin_node::store::{Store, open_sled};
use comin_protocol::engine::{Command, CommandError, Edit, Reply, Target};
use comin_protocol::ids::{DocId, RecordKey, RegisterId, to_hex};
use comin_protocol::record::Row;
use comin_tests::federation::first_batch;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

const KIND: &str = "organisation";
/// Rows read at once.
const PAGE: usize = 1_000;
/// Commands under way at once while records are made.
const IN_FLIGHT: usize = 512;
/// How long another process may hold the store.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// One peer: its place, and its node once it runs.
pub struct Peer {
    dir: PathBuf,
    port: u16,
    contact: Option<String>,
    running: Option<Running>,
}

struct Running {
    node: Node,
    handle: NodeHandle,
    store: Arc<Timed>,
    register: RegisterId,
    /// Record number → (document, record), read from the rows when first needed.
    keys: Vec<(DocId, RecordKey)>,
}

impl Peer {
    pub fn new(dir: PathBuf, port: u16) -> Self {
        Self { dir, port, contact: None, running: None }
    }

    /// Founds the federation and creates `n` records, each with a command and a change of its own.
    pub async fn init(&mut self, keyfile: &str, n: usize) -> Result<Value> {
        self.start(federation::found(keyfile)?, true)?;
        let running = self.running()?;
        let mut under_way: JoinSet<Result<Reply, CommandError>> = JoinSet::new();
        for i in 0..n {
            while under_way.len() >= IN_FLIGHT {
                under_way.join_next().await.context("one is under way")???;
            }
            let target = Target::New { register: Some(running.register), kind: KIND.to_owned() };
            let edit = Edit { target, changes: records::fields(i), if_version: None };
            let handle = running.handle.clone();
            under_way.spawn(async move { handle.command(Command::Edit(vec![edit])).await });
        }
        while let Some(done) = under_way.join_next().await {
            done??;
        }
        Ok(json!({}))
    }

    /// Starts from the own storage.
    pub async fn open(&mut self, keyfile: &str, n: usize, all: bool) -> Result<Value> {
        let membership = federation::resume(keyfile, &self.dir.join("device"))?;
        self.start(membership, false)?;
        let listens = self.port != 0;
        let running = self.running()?;
        let first = running.store.scan_rows(Some(KIND), None, 1)?;
        let t_first = now();
        if first.is_empty() {
            bail!("no record");
        }
        if all {
            running.read_keys()?;
            if running.keys.len() < n {
                bail!("{} of {n} records", running.keys.len());
            }
        }
        let t = now();
        if listens {
            running.handle.command(Command::SetPaused(false)).await?;
        }
        Ok(json!({"t_first": t_first, "t": t}))
    }

    /// Notes the other peer's address and exchanges from now on.
    pub async fn connect(&mut self, address: &str) -> Result<Value> {
        let (host, port) = address.rsplit_once(':').context("not host:port")?;
        let contact = format!("/ip4/{host}/tcp/{port}");
        self.contact = Some(contact.clone());
        if let Some(running) = &self.running {
            running.handle.add_contact(&contact)?;
            running.handle.command(Command::SetPaused(false)).await?;
        }
        Ok(json!({"t": now()}))
    }

    /// Begins with an empty store and waits until all `n` records can be read.
    pub async fn join(&mut self, keyfile: &str, n: usize) -> Result<Value> {
        self.start(federation::take_place(keyfile)?, true)?;
        let running = self.running()?;
        let mut events = running.handle.subscribe();
        let mut t_first = None;
        loop {
            let count = running.store.count_rows(Some(KIND))? as usize;
            if count > 0 {
                t_first.get_or_insert_with(now);
            }
            if count >= n {
                break;
            }
            if let Err(RecvError::Closed) = events.recv().await {
                bail!("the node has stopped: {:?}", *running.handle.stopped().borrow());
            }
        }
        Ok(json!({"t_first": t_first.unwrap_or_else(now), "t": now()}))
    }

    /// Sets the phone of records, each with a command and a change of its own.
    pub async fn edit(&mut self, pairs: &[(usize, String)]) -> Result<Value> {
        let running = self.running()?;
        running.read_keys()?;
        let t0 = now();
        let edits = pairs.iter().map(|(i, value)| running.edit(*i, value)).collect::<Result<Vec<_>>>()?;
        let handle = &running.handle;
        let commands = edits.into_iter().map(|edit| async move { handle.command(Command::Edit(vec![edit])).await });
        for done in futures::future::join_all(commands).await {
            done?;
        }
        Ok(json!({"t0": t0, "t": now()}))
    }

    /// Waits until every phone has its value.
    pub async fn wait(&mut self, pairs: &[(usize, String)]) -> Result<Value> {
        let running = self.running()?;
        running.read_keys()?;
        let mut events = running.handle.subscribe();
        let mut missing = HashMap::new();
        for (i, value) in pairs {
            missing.insert(running.key(*i)?.clone(), value.as_str());
        }
        let sees = |(doc, key): &(DocId, RecordKey), value: &str| -> Result<bool> {
            Ok(running.store.row(key, doc)?.is_some_and(|row| row.text(PHONE) == Some(value)))
        };
        let mut look_at: Vec<(DocId, RecordKey)> = missing.keys().cloned().collect();
        loop {
            for place in look_at.drain(..) {
                if let Some(value) = missing.get(&place)
                    && sees(&place, value)?
                {
                    missing.remove(&place);
                }
            }
            if missing.is_empty() {
                return Ok(json!({"t": now()}));
            }
            match events.recv().await {
                Ok(event) => {
                    if let EventKind::Records(records) = event.kind {
                        look_at = records;
                    }
                }
                Err(RecvError::Lagged(_)) => look_at = missing.keys().cloned().collect(),
                Err(RecvError::Closed) => bail!("the node has stopped"),
            }
        }
    }

    /// The phones of records.
    pub fn get(&mut self, wanted: &[usize]) -> Result<Value> {
        let running = self.running()?;
        running.read_keys()?;
        let mut values = Vec::new();
        for i in wanted {
            let (doc, key) = running.key(*i)?;
            let row = running.store.row(key, doc)?.context("the record has gone")?;
            values.push(row.text(PHONE).map(str::to_owned));
        }
        Ok(json!({"values": values}))
    }

    /// The content hash of all records.
    pub fn hash(&mut self, n: usize) -> Result<Value> {
        let mut content = Content::default();
        self.running()?.each_row(|row| content.add(&row))?;
        if content.len() != n {
            bail!("{} of {n} records", content.len());
        }
        Ok(json!({"hash": content.hash()}))
    }

    /// What can be read is on disk already: tells when the last write ended.
    pub async fn flush(&mut self) -> Result<Value> {
        let running = self.running()?;
        running.handle.status().await?;
        Ok(json!({"t": running.store.written()}))
    }

    /// Pauses, so that the next start waits for `connect`, and stops the node.
    pub async fn quit(&mut self) -> Result<()> {
        let Some(running) = self.running.take() else { return Ok(()) };
        running.handle.command(Command::SetPaused(true)).await?;
        drop((running.handle, running.store));
        tokio::task::spawn_blocking(move || running.node.stop()).await?;
        Ok(())
    }

    fn running(&mut self) -> Result<&mut Running> {
        self.running.as_mut().context("neither opened nor initialised")
    }

    fn start(&mut self, membership: Membership, new: bool) -> Result<()> {
        fs::create_dir_all(&self.dir)?;
        let store = Timed::new(open_sled(&self.dir.join("store"), STORE_WAIT)?);
        if new {
            fs::write(self.dir.join("device"), to_hex(&membership.device.to_secret()))?;
            store.commit(&[first_batch(&membership.statements)])?;
        }
        let store = Arc::new(store);
        let listen = if self.port == 0 { Vec::new() } else { vec![format!("/ip4/127.0.0.1/tcp/{}", self.port)] };
        let net = NetConfig { listen, contacts: self.contact.iter().cloned().collect(), ..NetConfig::default() };
        let config = NodeConfig { signer: membership.device, net: Some(net), helper: HelperCommand::own()? };
        let (handle, node) = Node::start(config, store.clone())?;
        self.running = Some(Running { node, handle, store, register: membership.register, keys: Vec::new() });
        Ok(())
    }
}

impl Running {
    fn each_row(&self, mut take: impl FnMut(Row) -> Result<()>) -> Result<()> {
        let mut after = None;
        loop {
            let rows = self.store.scan_rows(Some(KIND), after.as_ref(), PAGE)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some((last.key.clone(), last.doc));
            rows.into_iter().try_for_each(&mut take)?;
        }
    }

    fn read_keys(&mut self) -> Result<()> {
        if self.keys.is_empty() {
            let mut keys = Vec::new();
            self.each_row(|row| {
                keys.push((records::number(&row)?, (row.doc, row.key)));
                Ok(())
            })?;
            keys.sort_by_key(|(number, _)| *number);
            self.keys = keys.into_iter().map(|(_, place)| place).collect();
        }
        Ok(())
    }

    fn key(&self, i: usize) -> Result<&(DocId, RecordKey)> {
        self.keys.get(i).with_context(|| format!("no record {i}"))
    }

    fn edit(&self, i: usize, value: &str) -> Result<Edit> {
        let (doc, key) = self.key(i)?.clone();
        Ok(Edit { target: Target::Record { doc, key }, changes: vec![records::put(PHONE, value)], if_version: None })
    }
}
