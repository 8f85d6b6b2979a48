//! A real node in this process: the engine, threads, libp2p on loopback and a helper process.

use crate::federation::Federation;
use comin_node::helper::HelperCommand;
use comin_node::net::NetConfig;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::Store;
use comin_protocol::engine::{Command, Edit, Reply, Target};
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::record::{FieldChange, Row};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long anything that must happen may take.
pub const BOUND: Duration = Duration::from_secs(60);

/// A node and what it stores.
pub struct Peer {
    /// Its handle.
    pub handle: NodeHandle,
    /// Its store, which outlives it.
    pub store: Arc<dyn Store>,
    node: Option<Node>,
}

impl Peer {
    /// Starts the node of a partner on a store that holds the federation's statements.
    pub fn resume(federation: &Federation, number: usize, helper: HelperCommand, store: Arc<dyn Store>) -> Self {
        let net = NetConfig { listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()], ..NetConfig::default() };
        let config = NodeConfig { signer: federation.devices[number].clone(), net: Some(net), helper };
        let (handle, node) = Node::start(config, store.clone()).expect("the node starts");
        Self { handle, store, node: Some(node) }
    }

    async fn address(&self) -> String {
        let mut listening = self.handle.listening();
        let bound = timeout(BOUND, listening.wait_for(|addresses| !addresses.is_empty()));
        bound.await.expect("it listens").expect("it runs")[0].clone()
    }

    /// Dials another one.
    pub async fn meet(&self, other: &Peer) {
        self.handle.add_contact(&other.address().await).expect("an address");
    }

    /// A command that is taken.
    pub async fn command(&self, command: Command) -> Reply {
        timeout(BOUND, self.handle.command(command)).await.expect("it answers").expect("it is no refusal")
    }

    /// Edits one record.
    pub async fn edit(&self, target: Target, changes: &[(&str, &str)]) -> Row {
        let changes = changes.iter().map(|(key, value)| FieldChange::put(*key, *value)).collect();
        match self.command(Command::Edit(vec![Edit { target, changes, if_version: None }])).await {
            Reply::Edited(mut rows) => rows.remove(0),
            other => panic!("the edit was not answered: {other:?}"),
        }
    }

    /// Waits until something holds, looking after each event.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let mut events = self.handle.subscribe();
        let look = async {
            while !holds().await {
                let _ = events.recv().await;
            }
        };
        if timeout(BOUND, look).await.is_err() {
            panic!("{what}: {:?} {:?}", self.handle.status().await, self.handle.dials());
        }
    }

    /// Waits until a field of a record reads so.
    pub async fn until_reads(&self, (doc, key): &(DocId, RecordKey), field: &str, value: &str) {
        let reads = || self.store.row(key, doc).expect("readable").is_some_and(|row| row.text(field) == Some(value));
        self.until(&format!("{field} should become {value}"), async || reads()).await;
    }

    /// Ends it.
    pub async fn stop(&mut self) {
        let node = self.node.take().expect("it runs");
        tokio::task::spawn_blocking(move || node.stop()).await.expect("it stops");
    }
}
