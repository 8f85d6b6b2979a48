//! Hostile members: an adversary with a member's real keys against real processes of the real program. Each attack is
//! refused or contained; what it costs is printed (`cargo test --release -p comin-tests --test hostile -- --nocapture`).
//! docs/hostile.md tells what is measured.

use automerge::transaction::Transactable;
use automerge::{Automerge, ObjType, ROOT, ReadDoc};
use comin_protocol::admission::admit;
use comin_protocol::beacon::{Audience, Beacon};
use comin_protocol::check::{Form, encode_changes, encode_snapshot};
use comin_protocol::codec::compress;
use comin_protocol::ids::{ActorId, ChangeHash, DocId, LINKS_PART, RegisterId};
use comin_protocol::message::{Answer, DocDigest, DocFrontier, Message};
use comin_protocol::run::{Frontier, Tip};
use comin_protocol::scan::scan;
use comin_protocol::statement::{SignedStatement, Statement};
use comin_tests::adversary::{Forged, Forger, Line, Scene, Verdict, connect_raw, mutate, p99_ms, push, reseal};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Carries out one attack on fresh nodes.
fn attack(name: &str, verdict: Verdict<'_>, attack: impl AsyncFnOnce(&Scene)) {
    Scene::start().withstand(name, &verdict, attack);
}

/// Sends one message in a session of its own and waits for the hang-up.
async fn once(scene: &Scene, message: &Message) {
    let mut line = scene.let_in().await;
    line.send(message).await;
    assert!(line.is_hung_up().await, "the session ends");
}

/// Answers what is asked for of `doc` with this payload, after claiming to be ahead.
async fn answer(scene: &Scene, doc: DocId, told: Frontier, answer: Answer, payload: &[u8]) -> Line {
    let mut line = scene.let_in().await;
    line.send(&Message::Frontiers(vec![DocFrontier::of(doc, told)])).await;
    let asked = line.await_message(|message| matches!(message, Message::Want(want) if want.doc == doc)).await;
    assert!(asked.is_some(), "it is asked for what it claims to have");
    line.send(&Message::Answer(answer)).await;
    for chunk in payload.chunks(100 * 1024) {
        line.send(&Message::Chunk(chunk.to_vec())).await;
    }
    line
}

fn frontier(tips: &[(ActorId, &Forged)]) -> Frontier {
    tips.iter().map(|(actor, end)| (*actor, Tip { seq: end.seq, hash: end.hash })).collect()
}

// ── RESEARCH, "Hostile input" ───────────────────────────────────────────────────────────────────────────────

#[test]
fn messages_of_automerges_own_protocol() {
    // A Bloom filter with 0 bits per entry; one with u32::MAX probes; empty heads with a reset.
    let frames: [&[u8]; 3] = [
        &[0x42, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0x42, 0, 0, 1, 0, 1, 10, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 0, 0],
        &[0x43, 0, 0, 0, 0, 1, 0, 0, 0, 0],
    ];
    attack("Automerge's sync messages", Verdict::Named("cannot be read"), async |scene| {
        for frame in frames {
            let mut line = scene.let_in().await;
            line.send_frame(frame).await;
            assert!(line.is_hung_up().await, "the session ends");
        }
    });
}

#[test]
fn a_change_of_millions_of_operations() {
    attack("run-length run of 4 million", Verdict::Named(""), async |scene| {
        // Key column: one run of 4,000,000 equal keys; the others as long.
        let count = [0x80, 0x92, 0xf4, 0x01];
        let column = |value: &[u8]| [&count[..], value].concat();
        let actor = scene.forger(1).actor();
        let columns: [(u8, Vec<u8>); 4] =
            [(0x15, column(&[1, b'k'])), (0x42, column(&[1])), (0x56, column(&[0])), (0x70, column(&[0]))];
        let mut body = vec![0, 16];
        body.extend(actor.0);
        body.extend([1, 1, 0, 0, 0, columns.len() as u8]);
        columns.iter().for_each(|(spec, data)| body.extend([*spec, data.len() as u8]));
        columns.iter().for_each(|(_, data)| body.extend(data));
        let (hash, bytes) = reseal(1, &body);
        let forged = Forged { seq: 1, hash, bytes };
        once(scene, &scene.forger(1).push(std::slice::from_ref(&forged))).await;
        let payload = encode_changes([&forged.bytes[..]]);
        let told = frontier(&[(actor, &forged)]);
        let runs = vec![scene.forger(1).sign(1, hash)];
        let said = Answer { doc: scene.doc(), form: Form::Changes, runs, bytes: payload.len() as u64 };
        answer(scene, scene.doc(), told, said, &payload).await.agree().await;
    });
}

#[test]
fn what_inflates() {
    attack("bytes that inflate", Verdict::Named("expands beyond"), async |scene| {
        let bomb = compress(&vec![0; 512 * 1024 * 1024]);
        for (number, form) in [Form::Snapshot, Form::Bundle, Form::Changes].into_iter().enumerate() {
            let mut forger = scene.forger(number as u64);
            let (_, forged) = forger.record("Bomb");
            let runs = vec![forger.sign(forged.seq, forged.hash)];
            let said = Answer { doc: scene.doc(), form, runs, bytes: bomb.len() as u64 };
            let told = frontier(&[(forger.actor(), &forged)]);
            let mut line = answer(scene, scene.doc(), told, said, &bomb).await;
            assert!(line.is_hung_up().await, "the session ends");
        }
    });
}

#[test]
fn changes_with_a_repaired_checksum() {
    attack("mutated changes", Verdict::Named(""), async |scene| {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for round in 0..60 {
            let mut forger = scene.forger(round);
            let (_, first) = forger.record("Sound");
            let (hash, bytes) = mutate(&first.bytes, &mut rng);
            if hash != first.hash {
                let Some(mut line) = scene.line().await else { continue };
                line.send(&forger.push(&[Forged { seq: 1, hash, bytes }])).await;
                line.hear().await;
            }
        }
    });
}

/// A change that every rule for single changes admits, that applies and saves, and that no save loads again.
fn poison(forger: &mut Forger, rng: &mut ChaCha8Rng) -> [Forged; 2] {
    let (key, first) = forger.record("Sound");
    let second = forger.commit(|tx| {
        let (_, record) = tx.get(ROOT, key.to_string()).expect("it reads").expect("it is there");
        tx.put(&record, "name", "Another name").expect("a field");
    });
    let author = forger.sign(1, first.hash).run.device;
    loop {
        let (hash, bytes) = mutate(&second.bytes, rng);
        let Ok(read) = scan(&bytes) else { continue };
        let doc = forger.doc();
        let sound = read.actor == forger.actor() && read.seq == 2 && read.start_op == 3;
        if !sound || admit(&read, &doc, &author, Some(first.hash)).is_err() {
            continue;
        }
        let loads = catch_unwind(AssertUnwindSafe(|| {
            let mut am = Automerge::new();
            for raw in [&first.bytes, &bytes] {
                am.apply_changes([automerge::Change::from_bytes(raw.clone()).ok()?]).ok()?;
            }
            let held = am.get_change_meta_by_hash(&hash.into()).is_some();
            held.then(|| Automerge::load(&am.save_nocompress()).is_ok())
        }));
        if matches!(loads, Ok(Some(false))) {
            return [first, Forged { seq: 2, hash, bytes }];
        }
    }
}

#[test]
fn changes_that_apply_but_do_not_load_again() {
    attack("changes that do not load again", Verdict::Named("is not there"), async |scene| {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for round in 0..5 {
            let mut forger = scene.forger(round);
            let poison = poison(&mut forger, &mut rng);
            let mut line = scene.let_in().await;
            line.send(&forger.push(&poison)).await;
            line.agree().await;
        }
    });
}

#[test]
fn counters_that_do_not_follow() {
    attack("counters that do not follow", Verdict::Named("counters"), async |scene| {
        let mut forger = scene.forger(1);
        let (_, first) = forger.record("Sound");
        let (_, second) = forger.record("Sound as well");
        // The second change leaves counters out: where it begins stands behind actor and sequence.
        let length = second.bytes[9..].iter().position(|byte| byte & 0x80 == 0).expect("a length") + 1;
        let mut body = second.bytes[9 + length..].to_vec();
        let at = 1 + 32 + 1 + 16 + 1;
        assert_eq!(body[at - 1..=at], [2, 3], "sequence 2 begins with the third operation");
        body[at] = 9;
        let (hash, bytes) = reseal(1, &body);
        let mut line = scene.let_in().await;
        line.send(&forger.push(&[first, Forged { seq: 2, hash, bytes }])).await;
        line.agree().await;
    });
}

#[test]
fn missing_dependencies_by_the_thousand() {
    attack("8,000 orphans", Verdict::Contained, async |scene| {
        let mut hidden = scene.forger(0);
        hidden.record("Known to nobody");
        let mut line = scene.let_in().await;
        for number in 1..8_001 {
            let mut forger = scene.forger(number);
            forger.am.merge(&mut hidden.am.clone()).expect("it merges");
            let (_, orphan) = forger.record("Orphan");
            if !line.send(&forger.push(&[orphan])).await {
                break;
            }
        }
    });
}

#[test]
fn a_change_under_anothers_actor() {
    attack("another's actor", Verdict::Named("run"), async |scene| {
        // The founder's own record, signed as if the adversary's device had made it: its actor is another one.
        let mut founder = Forger::new(&scene.federation.devices[0], scene.doc(), 1);
        let (_, theirs) = founder.record("The founder's");
        once(
            scene,
            &push(scene.doc(), std::slice::from_ref(&theirs), vec![scene.forger(1).sign(theirs.seq, theirs.hash)]),
        )
        .await;
        once(scene, &push(scene.doc(), &[theirs], vec![])).await;
    });
}

// ── runs ────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn altered_runs_and_runs_of_other_documents() {
    attack("altered and replayed runs", Verdict::Named("signature is not good"), async |scene| {
        let mut forger = scene.forger(1);
        let (_, made) = forger.record("Sound");
        let mut altered = forger.sign(made.seq, made.hash);
        altered.run.signature[7] ^= 1;
        once(scene, &push(scene.doc(), std::slice::from_ref(&made), vec![altered])).await;
        let elsewhere = DocId { register: RegisterId([9; 32]), part: 1 };
        let replayed = forger.sign_in(&elsewhere, made.seq, made.hash);
        once(scene, &push(scene.doc(), std::slice::from_ref(&made), vec![replayed])).await;
        let beyond = forger.sign(2, ChangeHash([5; 32]));
        once(scene, &push(scene.doc(), &[made], vec![beyond])).await;
    });
}

#[test]
fn changes_out_of_order() {
    attack("out of order", Verdict::Named("do not follow one another"), async |scene| {
        let mut forger = scene.forger(1);
        let made: Vec<Forged> = (0..3).map(|_| forger.record("Sound").1).collect();
        once(scene, &forger.push(&[made[2].clone(), made[0].clone(), made[1].clone()])).await;
        // A later change alone is no fault; it does not fit, and nothing of it is kept.
        let mut line = scene.let_in().await;
        line.send(&forger.push(&made[1..])).await;
        line.agree().await;
    });
}

#[test]
fn two_histories_of_one_actor() {
    attack("equivocation", Verdict::Named("two different histories"), async |scene| {
        let (mut left, mut right) = (scene.forger(1), scene.forger(1));
        let left = left.record("For the one").1;
        let right_key = right.record("For the other").1;
        let forger = scene.forger(1);
        for (office, told) in [(&scene.victim, left), (&scene.witness, right_key)] {
            let mut line = scene.line_with(office).await.expect("a member is let in");
            line.send(&forger.push(&[told])).await;
            line.agree().await;
        }
        scene.victim.until("the two find out", |victim| !victim.faults_of(&scene.adversary().key()).is_empty());
    });
}

// ── places ──────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn forbidden_operations_and_places() {
    attack("forbidden operations", Verdict::Named("not allowed"), async |scene| {
        let register = RegisterId::partner(&comin_protocol::ids::PartnerId([1; 32]));
        let mut forger = scene.forger(1);
        let list = forger.commit(|tx| drop(tx.put_object(ROOT, "list", ObjType::List).expect("a list")));
        let mut pushes = vec![forger.push(&[list])];
        let mut forger = scene.forger(2);
        let put = forger.commit(|tx| tx.put(ROOT, "organisation:00", "no map").expect("a value"));
        pushes.push(forger.push(&[put]));
        let mut forger = scene.forger(3);
        pushes.push({
            let forged = forger.record_of(&scene.witness.device, "Under the witness's prefix").1;
            forger.push(&[forged])
        });
        let mut forger = Forger::new(scene.adversary(), DocId { register, part: 1 }, 4);
        pushes.push({
            let forged = forger.record("Where nobody may write").1;
            forger.push(&[forged])
        });
        for push in pushes {
            let mut line = scene.let_in().await;
            line.send(&push).await;
            line.agree().await;
        }
    });
}

#[test]
fn innocent_changes_of_the_same_transfer_arrive() {
    for form in [Form::Changes, Form::Snapshot] {
        let mut scene = Scene::start();
        // Once of a document that the victim does not have yet.
        let founder = &scene.federation.devices[0];
        let doc = match form {
            Form::Snapshot => DocId { register: scene.federation.register, part: LINKS_PART },
            _ => scene.doc(),
        };
        let mut honest = Forger::new(founder, doc, 77);
        let mut bad = Forger::new(scene.adversary(), doc, 78);
        let (good_id, good) = match form {
            // In the links part everybody writes fields at the root.
            Form::Snapshot => link(&mut honest, "member"),
            _ => {
                let (key, forged) = honest.record("Innocent");
                (key.to_string(), forged)
            }
        };
        let wrong = bad.commit(|tx| drop(tx.put_object(ROOT, "list", ObjType::List).expect("a list")));
        let mut both = honest.am.clone();
        both.merge(&mut bad.am.clone()).expect("they merge");
        let payload = match form {
            Form::Snapshot => encode_snapshot(&both),
            _ => encode_changes([&good.bytes[..], &wrong.bytes[..]]),
        };
        let runs = vec![honest.sign(good.seq, good.hash), bad.sign(wrong.seq, wrong.hash)];
        let told = frontier(&[(honest.actor(), &good), (bad.actor(), &wrong)]);
        let said = Answer { doc, form, runs, bytes: payload.len() as u64 };
        let name = format!("one bad author in an answer ({form:?})");
        scene.withstand(&name, &Verdict::Named("not allowed"), async |scene| {
            let _line = answer(scene, doc, told, said, &payload).await;
            scene.victim.until("the innocent change arrives", |victim| match form {
                Form::Snapshot => victim.documents().iter().any(|held| held.contains(&format!("/{LINKS_PART} "))),
                _ => victim.shows(&good_id),
            });
        });
        let founder = scene.victim.faults_of(&scene.federation.devices[0].key());
        assert!(founder.is_empty(), "the innocent author is not blamed: {founder:?}");
    }
}

fn link(forger: &mut Forger, role: &str) -> (String, Forged) {
    let key = format!("membership:{}/role", "ab".repeat(16));
    let forged = forger.commit(|tx| tx.put(ROOT, key.clone(), role).expect("a field"));
    (key, forged)
}

// ── floods ──────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn frames_beyond_every_bound() {
    attack("oversized frames", Verdict::Contained, async |scene| {
        for length in [u32::MAX, 1024 * 1024 + 1, 512 * 1024 * 1024] {
            let mut line = scene.let_in().await;
            line.send_bytes(&length.to_be_bytes()).await;
            assert!(line.is_hung_up().await, "the session ends before anything is allocated");
        }
        let mut line = scene.let_in().await;
        let noise = vec![0x81; 1024 * 1024];
        line.send_frame(&noise).await;
        assert!(line.is_hung_up().await, "what cannot be read ends the session");
    });
}

/// Sends a message until the node hangs up, reading nothing, or so often.
async fn flood(line: &mut Line, message: &Message, times: usize) {
    let frame = message.to_frame();
    for _ in 0..times {
        if !line.send_frame(&frame).await {
            return;
        }
    }
}

#[test]
fn floods_of_hellos_and_lists() {
    attack("200,000 hellos and lists", Verdict::Named("far more than it has to say"), async |scene| {
        let mut line = scene.let_in().await;
        let hello = comin_protocol::message::Hello {
            version: 1,
            federation: None,
            statements: [7; 16],
            docs: [7; 16],
            beacons: [7; 16],
            carries: None,
        };
        flood(&mut line, &Message::Hello(hello), 100_000).await;
        if let Some(mut line) = scene.line().await {
            flood(&mut line, &Message::HaveStatements(Vec::new()), 100_000).await;
        }
    });
}

#[test]
fn floods_of_what_was_sent_before() {
    attack("100,000 replays", Verdict::Named("far more than it has to say"), async |scene| {
        let mut forger = scene.forger(1);
        let (_, made) = forger.record("Sound");
        let mut line = scene.let_in().await;
        flood(&mut line, &forger.push(&[made]), 100_000).await;
    });
}

#[test]
fn wants_that_nobody_reads_the_answers_of() {
    attack("100,000 wants, nothing read", Verdict::Contained, async |scene| {
        let mut line = scene.let_in().await;
        let want = DocFrontier::of(scene.doc(), Frontier::default());
        flood(&mut line, &Message::Want(want), 100_000).await;
    });
}

#[test]
fn an_answer_that_never_comes() {
    attack("an answer that never comes", Verdict::Contained, async |scene| {
        let mut line = scene.let_in().await;
        let (_, made) = scene.forger(1).record("Kept back");
        let told = frontier(&[(scene.forger(1).actor(), &made)]);
        let ahead = DocFrontier::of(scene.doc(), told);
        line.send(&Message::Frontiers(vec![ahead])).await;
        let asked = line.await_message(|message| matches!(message, Message::Want(_))).await;
        assert!(asked.is_some(), "it is asked");
        // It owes the answer for a while; the honest edits of this document must not wait for it.
        let edit = scene.witness.add(&scene.register(), "While an answer is owed");
        let from = std::time::Instant::now();
        scene.victim.until("an honest edit arrives", |victim| victim.shows(&edit));
        assert!(from.elapsed().as_secs() < 30, "long before the answer is given up");
    });
}

#[test]
fn beacons_without_end() {
    attack("20,000 beacons", Verdict::Named("far more than it has to say"), async |scene| {
        let mut line = scene.let_in().await;
        for number in 1..20_001 {
            let device = scene.adversary().key();
            let beacon =
                Beacon { device, audience: Audience::Federation, number, time_ms: 1, docs: Vec::new(), process: None };
            if !line.send(&Message::Beacons(vec![beacon.sign(scene.adversary())])).await {
                break;
            }
        }
    });
}

#[test]
fn documents_that_grow_without_end() {
    attack("parts and frontiers without end", Verdict::Named("more actors than any federation has"), async |scene| {
        let mut line = scene.let_in().await;
        let digest = |part| DocDigest { part, digest: [part as u8; 16] };
        let docs = BTreeMap::from([(scene.federation.register, (0..40_000).map(digest).collect())]);
        line.send(&Message::Docs(docs)).await;
        for part in 1..1_000u32 {
            let tip = |n: u32| {
                let mut actor = [0; 16];
                actor[..4].copy_from_slice(&n.to_le_bytes());
                (ActorId(actor), Tip { seq: 1, hash: ChangeHash([3; 32]) })
            };
            let doc = DocId { register: scene.federation.register, part };
            let frontier = (0..10_000).map(tip).collect();
            let told = DocFrontier::of(doc, frontier);
            if !line.send(&Message::Frontiers(vec![told])).await {
                break;
            }
        }
        let far = Forger::new(scene.adversary(), DocId { register: scene.federation.register, part: 900 }, 1);
        if let Some(mut line) = scene.line().await {
            let mut far = far;
            let made = far.record("In a part that is not open").1;
            line.send(&far.push(&[made])).await;
            line.agree().await;
        }
    });
}

#[test]
fn addresses_without_end() {
    attack("3,000 address statements", Verdict::Named("far more than it has to say"), async |scene| {
        let mut line = scene.let_in().await;
        for number in 1..3_001 {
            let addresses = vec![format!("/ip4/127.0.0.1/tcp/{}", 1_000 + number)];
            let statement = Statement::Addresses { device: scene.adversary().key(), number, addresses };
            let signed = SignedStatement::unsigned(&statement).sign_device(scene.adversary());
            if !line.send(&Message::Statements(vec![signed])).await {
                break;
            }
        }
    });
}

#[test]
fn slow_and_half_open_connections() {
    attack("slow and half-open", Verdict::Contained, async |scene| {
        let mut held = Vec::new();
        // From two addresses of this machine, neither of which is the members'.
        for place in [2, 3].into_iter().cycle().take(500) {
            let from = Ipv4Addr::new(127, 0, 0, place);
            held.extend(connect_raw(scene.victim.port, from, b"\x13/multistream/1.0.0\n").await);
        }
        // Meanwhile members come in.
        let mut line = scene.let_in().await;
        // A frame that has begun and never ends.
        line.send_bytes(&[0, 0, 4, 0, 1, 2, 3]).await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        drop(held);
    });
}

#[test]
fn connections_in_a_row() {
    attack("200 connections with a fault each", Verdict::Contained, async |scene| {
        for _ in 0..200 {
            if let Some(mut line) = Line::open(scene.adversary(), &scene.victim.device, scene.victim.port).await {
                line.send_frame(b"no message").await;
            }
        }
    });
}

/// The command of docs/hostile.md: how long honest edits take without and with an attack, in one run.
#[test]
#[ignore = "a measurement, timed against the wall"]
fn how_long_honest_edits_take() {
    let scene = Scene::start();
    let quiet = scene.beside(async |_| tokio::time::sleep(std::time::Duration::from_secs(20)).await);
    let attacked = scene.beside(async |scene| {
        let from = std::time::Instant::now();
        let mut rounds = 0;
        while from.elapsed().as_secs() < 20 {
            rounds += 1;
            let mut forger = scene.forger(rounds);
            let (_, made) = forger.record("Sound");
            let Some(mut line) = scene.line().await else {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            };
            flood(&mut line, &forger.push(&[made]), 2_000).await;
        }
    });
    println!(
        "p99 without: {:.1} ms of {}, with: {:.1} ms of {}",
        p99_ms(&quiet),
        quiet.len(),
        p99_ms(&attacked),
        attacked.len()
    );
}
