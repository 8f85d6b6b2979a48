//! How long a reconnect of real nodes takes: threads, libp2p on loopback, helper processes, and stores on disk.

use comin_node::helper::HelperCommand;
use comin_node::store::{Store, open_sled};
use comin_protocol::engine::{Command, Target, Write};
use comin_protocol::ids::{DocId, RecordKey};
use comin_tests::federation::{Federation, first_batch};
use comin_tests::peer::{BOUND, Peer};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Which field each of the two writes.
const FIELDS: [&str; 2] = ["phone", "city"];

/// Two nodes that hold the same document.
pub struct Pair {
    peers: [Peer; 2],
    record: (DocId, RecordKey),
    _dirs: [TempDir; 2],
}

impl Pair {
    /// Starts both and lets them meet.
    pub async fn start(federation: &Federation, contents: &[Write], doc: DocId, key: RecordKey) -> Self {
        let dirs = [0, 1].map(|_| tempfile::tempdir().expect("a directory"));
        let peers = [0, 1].map(|member: usize| {
            let store: Arc<dyn Store> = Arc::new(open_sled(dirs[member].path(), BOUND).expect("a store"));
            store.commit(&[first_batch(&federation.statements), contents.to_vec()]).expect("the document");
            Peer::resume(federation, member, HelperCommand::own().expect("this program"), store)
        });
        peers[1].meet(&peers[0]).await;
        let pair = Self { peers, record: (doc, key), _dirs: dirs };
        pair.edit("first").await;
        pair.wait("first").await;
        pair
    }

    /// Parts the two, edits on both sides, and lets them go on: how long until each shows what the other has written.
    pub async fn reconnect(&mut self, round: u64) -> Duration {
        let [_, b] = &self.peers;
        b.command(Command::SetPaused(true)).await;
        for peer in &self.peers {
            let is_alone = async || peer.handle.status().await.expect("it runs").peers.iter().all(|p| !p.connected);
            peer.until("they should part", is_alone).await;
        }
        let text = format!("round {round}");
        self.edit(&text).await;
        let began = Instant::now();
        b.command(Command::SetPaused(false)).await;
        self.wait(&text).await;
        began.elapsed()
    }

    async fn edit(&self, text: &str) {
        for (peer, field) in self.peers.iter().zip(FIELDS) {
            let (doc, key) = self.record.clone();
            peer.edit(Target::Record { doc, key }, &[(field, text)]).await;
        }
    }

    async fn wait(&self, text: &str) {
        for (peer, field) in self.peers.iter().rev().zip(FIELDS) {
            peer.until_reads(&self.record, field, text).await;
        }
    }

    /// Ends both.
    pub async fn stop(&mut self) {
        for peer in &mut self.peers {
            peer.stop().await;
        }
    }
}
