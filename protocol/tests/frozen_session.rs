//! The bytes of every session message, as WIRE.md ("Session") states them: they may only be added to.

use comin_protocol::beacon::Audience;
use comin_protocol::check::Form;
use comin_protocol::engine::StoredRun;
use comin_protocol::ids::{ActorId, ChangeHash, DeviceKey, DocId, FederationId, Nonce, RegisterId, to_hex};
use comin_protocol::message::{Answer, BeaconNumber, BranchShown, DocDigest, DocFrontier, Hello, Message, Rest};
use comin_protocol::run::{Frontier, Run, Tip};
use std::collections::BTreeMap;

const FROZEN: &str = include_str!("frozen/session.txt");

fn doc() -> DocId {
    DocId { register: RegisterId([2; 32]), part: 3 }
}

fn tips() -> BTreeMap<ActorId, Tip> {
    BTreeMap::from([(ActorId([4; 16]), Tip { seq: 300, hash: ChangeHash([5; 32]) })])
}

fn run() -> StoredRun {
    let run = Run {
        device: DeviceKey([6; 32]),
        nonce: Nonce([7; 16]),
        seq: 300,
        hash: ChangeHash([5; 32]),
        roster_hint: [8; 8],
        signature: [9; 64],
    };
    StoredRun { run, tail: Vec::new() }
}

fn messages() -> Vec<(&'static str, Message)> {
    let frontier = DocFrontier::of(doc(), Frontier::from_iter(tips()));
    let rest = Rest {
        whole: [5_u8, 255].into_iter().collect(),
        digest: [17; 16],
        digests: BTreeMap::from([(5, [15; 16].into()), (7, [16; 16].into())]),
        ask: true,
        base: Some([18; 16].into()),
    };
    let in_part = DocFrontier { rest: Some(rest), ..frontier.clone() };
    let hello = Hello {
        version: 1,
        federation: Some(FederationId([1; 32])),
        statements: [10; 16],
        docs: [11; 16],
        beacons: [12; 16],
        carries: None,
    };
    let carrying = Hello { carries: Some(vec![FederationId([4; 32])]), ..hello.clone() };
    let branch = BranchShown { doc: doc(), run: run(), first: 299, changes: vec![vec![1, 2].into(), vec![3].into()] };
    let number = BeaconNumber { device: DeviceKey([6; 32]), audience: Audience::Federation, number: 7 };
    vec![
        ("hello", Message::Hello(hello)),
        ("have_statements", Message::HaveStatements(vec![13; 16])),
        ("statements", Message::Statements(Vec::new())),
        ("docs", Message::Docs(BTreeMap::from([(RegisterId([2; 32]), vec![DocDigest { part: 3, digest: [14; 16] }])]))),
        ("frontiers", Message::Frontiers(vec![frontier.clone()])),
        ("want", Message::Want(frontier)),
        ("answer", Message::Answer(Answer { doc: doc(), form: Form::Bundle, runs: vec![run()], bytes: 70_000 })),
        ("chunk", Message::Chunk(vec![1, 2, 3])),
        ("push", Message::Push { doc: doc(), changes: vec![vec![1, 2, 3].into()], runs: vec![run()] }),
        ("ack", Message::Ack { doc: doc(), tips: tips() }),
        ("have_beacons", Message::HaveBeacons(vec![number])),
        ("beacons", Message::Beacons(Vec::new())),
        ("branch", Message::Branch(branch)),
        ("frontiers_in_part", Message::Frontiers(vec![in_part])),
        ("hello_carrying", Message::Hello(carrying)),
        ("unclear", Message::Unclear(doc())),
    ]
}

#[test]
fn messages_have_their_frozen_bytes() {
    let written: Vec<String> =
        messages().iter().map(|(name, message)| format!("{name} {}", to_hex(&message.to_frame()))).collect();
    let frozen: Vec<&str> = FROZEN.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        frozen.join("\n"),
        written.join("\n"),
        "a message's bytes have changed: a new meaning needs a new number"
    );
}

#[test]
fn frozen_bytes_read_back() {
    for (name, message) in messages() {
        assert_eq!(Message::from_frame(&message.to_frame()), Ok(message), "{name} reads back as it was");
    }
}

#[test]
fn the_digest_of_a_state_is_the_frozen_one() {
    let tip = |seq| Tip { seq, hash: ChangeHash([5; 32]) };
    let state = Frontier::from_iter([0x04, 0x1f, 0x10, 0x12].map(|first| (ActorId([first; 16]), tip(first.into()))));
    assert_eq!(to_hex(&state.digest()), "812b492d7b30f71aafee78a30408365b", "made by another program, after WIRE.md");
}

#[test]
fn bytes_after_a_message_are_refused() {
    let mut frame = Message::Chunk(vec![1]).to_frame();
    frame.push(0);
    assert!(Message::from_frame(&frame).is_err(), "a frame holds one message and nothing else");
}
