//! How long a reconnect of real nodes takes: threads, libp2p on loopback, helper processes, and stores on disk.

use comin_node::helper::HelperCommand;
use comin_node::net::NetConfig;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::{Store, open_sled};
use comin_protocol::engine::{Command, Edit, Reply, Target, Write};
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::record::FieldChange;
use comin_tests::federation::{Federation, first_batch};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::time::timeout;

/// How long anything may take.
const BOUND: Duration = Duration::from_secs(60);

/// Two nodes that hold the same document.
pub struct Pair {
    peers: [Peer; 2],
    doc: DocId,
    record: RecordKey,
    took: Vec<Duration>,
}

struct Peer {
    handle: NodeHandle,
    store: Arc<dyn Store>,
    node: Option<Node>,
    _dir: TempDir,
}

impl Pair {
    /// Starts both and lets them meet.
    pub async fn start(federation: &Federation, contents: &[Write], doc: DocId, record: RecordKey) -> Self {
        let peers = [0, 1].map(|member| Peer::start(federation, member, contents));
        peers[1].handle.add_contact(&peers[0].address().await).expect("an address");
        let pair = Self { peers, doc, record, took: Vec::new() };
        pair.edit_and_wait("first").await;
        pair
    }

    /// Parts the two, edits on both sides, and lets them go on: until each shows what the other has written.
    pub async fn reconnect(&mut self, round: u64) {
        let [_, b] = &self.peers;
        b.command(Command::SetPaused(true)).await;
        for peer in &self.peers {
            peer.until(async || peer.handle.status().await.expect("status").peers.iter().all(|p| !p.connected)).await;
        }
        let text = format!("round {round}");
        self.edit(&text).await;
        let began = Instant::now();
        b.command(Command::SetPaused(false)).await;
        self.wait(&text).await;
        self.took.push(began.elapsed());
    }

    async fn edit_and_wait(&self, text: &str) {
        self.edit(text).await;
        self.wait(text).await;
    }

    /// Each writes a field of its own.
    async fn edit(&self, text: &str) {
        for (peer, field) in self.peers.iter().zip(["phone", "city"]) {
            let target = Target::Record { doc: self.doc, key: self.record.clone() };
            let edit = Edit { target, changes: vec![FieldChange::put(field, text)], if_version: None };
            peer.command(Command::Edit(vec![edit])).await;
        }
    }

    async fn wait(&self, text: &str) {
        for (peer, field) in self.peers.iter().zip(["city", "phone"]) {
            let shows = || {
                peer.store
                    .row(&self.record, &self.doc)
                    .expect("readable")
                    .is_some_and(|row| row.text(field) == Some(text))
            };
            peer.until(async || shows()).await;
        }
    }

    /// The median of the reconnects, in milliseconds.
    pub fn median_ms(&mut self) -> f64 {
        self.took.sort_unstable();
        self.took.get(self.took.len() / 2).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    }

    /// Ends both.
    pub async fn stop(self) {
        for mut peer in self.peers {
            let node = peer.node.take();
            tokio::task::spawn_blocking(move || node.map(Node::stop)).await.expect("it stops");
        }
    }
}

impl Peer {
    fn start(federation: &Federation, member: usize, contents: &[Write]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let store: Arc<dyn Store> = Arc::new(open_sled(dir.path(), BOUND).expect("a store"));
        store.commit(&[first_batch(&federation.statements)]).expect("statements");
        store.commit(&[contents.to_vec()]).expect("the document");
        let net = NetConfig { listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()], ..NetConfig::default() };
        let helper = HelperCommand::own().expect("this program");
        let config = NodeConfig { signer: federation.devices[member].clone(), net: Some(net), helper };
        let (handle, node) = Node::start(config, store.clone()).expect("the node starts");
        Self { handle, store, node: Some(node), _dir: dir }
    }

    async fn address(&self) -> String {
        let mut listening = self.handle.listening();
        let bound = timeout(BOUND, listening.wait_for(|addresses| !addresses.is_empty()));
        bound.await.expect("it listens").expect("it runs")[0].clone()
    }

    async fn command(&self, command: Command) -> Reply {
        timeout(BOUND, self.handle.command(command)).await.expect("it answers").expect("it does so")
    }

    /// Waits until something holds, looking after each event.
    async fn until(&self, holds: impl AsyncFn() -> bool) {
        let mut events = self.handle.subscribe();
        let look = async {
            while !holds().await {
                let _ = events.recv().await;
            }
        };
        timeout(BOUND, look).await.expect("it comes to that");
    }
}
