//! Real nodes in one process: the engine, threads, libp2p on loopback and the helper process, with the store
//! in memory.

use comin_node::helper::HelperCommand;
use comin_node::net::NetConfig;
use comin_node::runtime::{Node, NodeConfig, NodeHandle};
use comin_node::store::{Store, open_memory};
use comin_protocol::engine::{Command, Edit, Reply, Target};
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::record::{FieldChange, FieldOp, Row};
use comin_tests::federation::{Federation, first_batch};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long a test waits for something that must happen.
const BOUND: Duration = Duration::from_secs(60);

fn federation(partners: usize) -> Federation {
    let mut number = 0u8;
    Federation::found(partners, || {
        number += 1;
        [number; 32]
    })
}

/// The helper that the benchmark's program carries.
fn helper() -> HelperCommand {
    HelperCommand { program: env!("CARGO_BIN_EXE_bench-peer").into(), args: vec!["helper".into()] }
}

struct Peer {
    handle: NodeHandle,
    node: Option<Node>,
    store: Arc<dyn Store>,
}

impl Peer {
    fn start(federation: &Federation, number: usize, helper: HelperCommand) -> Self {
        let store: Arc<dyn Store> = Arc::new(open_memory());
        store.commit(&[first_batch(&federation.statements)]).expect("memory takes it");
        Self::resume(federation, number, helper, store)
    }

    fn resume(federation: &Federation, number: usize, helper: HelperCommand, store: Arc<dyn Store>) -> Self {
        let net = NetConfig { listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()], ..NetConfig::default() };
        let config = NodeConfig { signer: federation.devices[number].clone(), net: Some(net), helper };
        let (handle, node) = Node::start(config, store.clone()).expect("the node starts");
        Self { handle, node: Some(node), store }
    }

    async fn address(&self) -> String {
        let mut listening = self.handle.listening();
        let bound = timeout(BOUND, listening.wait_for(|addresses| !addresses.is_empty()));
        bound.await.expect("it listens").expect("it runs")[0].clone()
    }

    async fn meet(&self, other: &Peer) {
        self.handle.add_contact(&other.address().await).expect("an address");
    }

    async fn edit(&self, target: Target, changes: &[(&str, &str)]) -> Row {
        let put = |(key, value): &(&str, &str)| FieldChange { key: (*key).into(), op: FieldOp::Put((*value).into()) };
        let edit = Edit { target, changes: changes.iter().map(put).collect(), if_version: None };
        match timeout(BOUND, self.handle.command(Command::Edit(vec![edit]))).await.expect("it answers") {
            Ok(Reply::Edited(mut rows)) => rows.remove(0),
            other => panic!("the edit was refused: {other:?}"),
        }
    }

    async fn add(&self, federation: &Federation, name: &str) -> (DocId, RecordKey) {
        let target = Target::New { register: Some(federation.register), kind: "organisation".into() };
        let row = self.edit(target, &[("name", name)]).await;
        (row.doc, row.key)
    }

    /// Waits until what the store shows satisfies `seen`.
    async fn until(&self, what: &str, seen: impl Fn(&dyn Store) -> bool) {
        let mut events = self.handle.subscribe();
        let look = async {
            while !seen(self.store.as_ref()) {
                let _ = events.recv().await;
            }
        };
        if timeout(BOUND, look).await.is_err() {
            panic!("{what}: {:?} {:?}", self.handle.status().await, self.handle.dials());
        }
    }

    async fn until_reads(&self, (doc, key): &(DocId, RecordKey), field: &str, value: &str) {
        let read = |store: &dyn Store| {
            store.row(key, doc).expect("memory reads").is_some_and(|r| r.text(field) == Some(value))
        };
        self.until(&format!("{field} should become {value}"), read).await;
    }

    async fn until_holds(&self, records: u64) {
        self.until(&format!("{records} records should come"), |store| {
            store.count_rows(Some("organisation")).expect("memory reads") >= records
        })
        .await;
    }

    async fn stop(&mut self) {
        let node = self.node.take().expect("it runs");
        tokio::task::spawn_blocking(move || node.stop()).await.expect("it stops");
    }
}

#[tokio::test]
async fn two_nodes_catch_up_edit_live_and_heal_after_a_restart() {
    let federation = federation(2);
    let mut a = Peer::start(&federation, 0, helper());
    let first = a.add(&federation, "Prva").await;
    for number in 1..40 {
        a.add(&federation, &format!("Organizacija {number}")).await;
    }
    let mut b = Peer::start(&federation, 1, helper());
    b.meet(&a).await;
    b.until_holds(40).await;

    a.edit(Target::Record { doc: first.0, key: first.1.clone() }, &[("phone", "+386 1")]).await;
    b.until_reads(&first, "phone", "+386 1").await;
    b.edit(Target::Record { doc: first.0, key: first.1.clone() }, &[("city", "Gorizia")]).await;
    a.until_reads(&first, "city", "Gorizia").await;

    b.stop().await;
    a.edit(Target::Record { doc: first.0, key: first.1.clone() }, &[("phone", "+386 2")]).await;
    let mut b = Peer::resume(&federation, 1, helper(), b.store.clone());
    b.edit(Target::Record { doc: first.0, key: first.1.clone() }, &[("city", "Nova Gorica")]).await;
    b.meet(&a).await;
    b.until_reads(&first, "phone", "+386 2").await;
    a.until_reads(&first, "city", "Nova Gorica").await;
    a.stop().await;
    b.stop().await;
}

#[tokio::test]
async fn two_that_never_meet_converge_through_a_third() {
    let federation = federation(3);
    let mut peers: Vec<Peer> = (0..3).map(|number| Peer::start(&federation, number, helper())).collect();
    let made = peers[0].add(&federation, "Prva").await;
    peers[0].meet(&peers[1]).await;
    peers[1].until_holds(1).await;
    peers[0].stop().await;
    peers[2].meet(&peers[1]).await;
    peers[2].until_reads(&made, "name", "Prva").await;
    peers[1].stop().await;
    peers[2].stop().await;
}

#[tokio::test]
async fn a_helper_that_fails_first_is_asked_again() {
    let federation = federation(2);
    let mut a = Peer::start(&federation, 0, helper());
    for number in 0..40 {
        a.add(&federation, &format!("Organizacija {number}")).await;
    }
    // Dies at the first job and works from then on.
    let dir = tempfile::tempdir().expect("a directory");
    let mark: PathBuf = dir.path().join("died");
    let script = format!(
        "if [ ! -e '{mark}' ]; then : > '{mark}'; exit 1; fi; exec '{program}' helper",
        mark = mark.display(),
        program = env!("CARGO_BIN_EXE_bench-peer")
    );
    let flaky = HelperCommand { program: "/bin/sh".into(), args: vec!["-c".into(), script] };
    let mut b = Peer::start(&federation, 1, flaky);
    b.meet(&a).await;
    b.until_holds(40).await;
    assert!(mark.exists(), "the helper did die once");
    a.stop().await;
    b.stop().await;
}

#[tokio::test]
async fn a_device_of_another_federation_gets_no_data() {
    let (ours, theirs) = (federation(2), Federation::found(1, || [99; 32]));
    let mut a = Peer::start(&ours, 0, helper());
    a.add(&ours, "Prva").await;
    let mut stranger = Peer::start(&theirs, 0, helper());
    stranger.meet(&a).await;
    let mut b = Peer::start(&ours, 1, helper());
    b.meet(&a).await;
    b.until_holds(1).await;
    let status = stranger.handle.status().await.expect("it runs");
    assert_eq!(status.peers, [], "the stranger has no peers");
    assert_eq!(stranger.store.count_rows(None).expect("memory reads"), 0, "and no data");
    for peer in [&mut a, &mut b, &mut stranger] {
        peer.stop().await;
    }
}
