//! Real nodes in one process: the engine, threads, libp2p on loopback and the helper process, with the store
//! in memory.

use comin_node::helper::HelperCommand;
use comin_node::store::{Store, open_memory};
use comin_protocol::engine::{Command, Target};
use comin_protocol::ids::{DocId, RecordKey};
use comin_tests::federation::{Federation, first_batch};
use comin_tests::peer::Peer;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

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

/// A node with a fresh store.
fn start(federation: &Federation, number: usize, helper: HelperCommand) -> Peer {
    let store: Arc<dyn Store> = Arc::new(open_memory());
    store.commit(&[first_batch(&federation.statements)]).expect("memory takes it");
    Peer::resume(federation, number, helper, store)
}

async fn add(peer: &Peer, federation: &Federation, name: &str) -> (DocId, RecordKey) {
    let target = Target::New { register: Some(federation.register), kind: "organisation".into() };
    let row = peer.edit(target, &[("name", name)]).await;
    (row.doc, row.key)
}

async fn until_holds(peer: &Peer, records: u64) {
    let holds = || peer.store.count_rows(Some("organisation")).expect("memory reads") >= records;
    peer.until(&format!("{records} records should come"), async || holds()).await;
}

#[tokio::test]
async fn two_nodes_catch_up_edit_live_and_heal_after_a_restart() {
    let federation = federation(2);
    let mut a = start(&federation, 0, helper());
    let first = add(&a, &federation, "Prva").await;
    for number in 1..40 {
        add(&a, &federation, &format!("Organizacija {number}")).await;
    }
    let mut b = start(&federation, 1, helper());
    b.meet(&a).await;
    until_holds(&b, 40).await;

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
    let mut peers: Vec<Peer> = (0..3).map(|number| start(&federation, number, helper())).collect();
    let made = add(&peers[0], &federation, "Prva").await;
    peers[0].meet(&peers[1]).await;
    until_holds(&peers[1], 1).await;
    peers[0].stop().await;
    peers[2].meet(&peers[1]).await;
    peers[2].until_reads(&made, "name", "Prva").await;
    peers[1].stop().await;
    peers[2].stop().await;
}

#[tokio::test]
async fn a_helper_that_fails_first_is_asked_again() {
    let federation = federation(2);
    let mut a = start(&federation, 0, helper());
    for number in 0..40 {
        add(&a, &federation, &format!("Organizacija {number}")).await;
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
    let mut b = start(&federation, 1, flaky);
    b.meet(&a).await;
    until_holds(&b, 40).await;
    assert!(mark.exists(), "the helper did die once");
    a.stop().await;
    b.stop().await;
}

#[tokio::test]
async fn a_device_of_another_federation_gets_no_data() {
    let (ours, theirs) = (federation(2), Federation::found(1, || [99; 32]));
    let mut a = start(&ours, 0, helper());
    add(&a, &ours, "Prva").await;
    let mut stranger = start(&theirs, 0, helper());
    stranger.meet(&a).await;
    let mut b = start(&ours, 1, helper());
    b.meet(&a).await;
    until_holds(&b, 1).await;
    let status = stranger.handle.status().await.expect("it runs");
    assert_eq!(status.peers, [], "the stranger has no peers");
    assert_eq!(stranger.store.count_rows(None).expect("memory reads"), 0, "and no data");
    for peer in [&mut a, &mut b, &mut stranger] {
        peer.stop().await;
    }
}

#[tokio::test]
async fn who_pauses_and_goes_on_is_not_kept_waiting_by_short_sessions() {
    let federation = federation(2);
    let mut a = start(&federation, 0, helper());
    let mut b = start(&federation, 1, helper());
    b.meet(&a).await;
    until_meets(&b).await;
    for _ in 0..12 {
        // So close together that the network need not hear of the pause.
        tokio::join!(b.command(Command::SetPaused(true)), b.command(Command::SetPaused(false)));
        until_meets(&b).await;
    }
    a.stop().await;
    b.stop().await;
}

/// Waits for a connection; whatever is tried meanwhile is tried again soon.
async fn until_meets(peer: &Peer) {
    let is_connected = async || peer.handle.status().await.expect("it runs").peers.iter().any(|peer| peer.connected);
    while !is_connected().await {
        for report in peer.handle.dials().values() {
            let pause_ms = report.next_try_ms.map_or(0, |next| next.saturating_sub(report.time_ms));
            assert!(pause_ms <= 6_000, "attempts follow each other within seconds: {report:?}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
