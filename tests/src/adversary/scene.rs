//! One attack from beginning to end: a partner that is attacked, an honest one whose edits must arrive meanwhile, and
//! the member who means harm.

use super::{Cost, Forger, Gauge, Line, Office, request};
use crate::federation::Federation;
use comin_protocol::identity::DeviceSigner;
use comin_protocol::ids::DocId;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Highest growth of the attacked process in MiB (issue: hostile members).
const GROWTH_MIB_MAX: f64 = 32.0;
/// Highest processor time of the attacked process in seconds, the honest exchange beside it included.
const CPU_S_MAX: f64 = 5.0;
/// Time between two edits of the honest partner.
const EDIT_EVERY: Duration = Duration::from_millis(100);

/// How an attack must end.
pub enum Verdict<'a> {
    /// `status` of the attacked node names the attacker with a text that holds this.
    Named(&'a str),
    /// Nothing is wrong with any single thing that was sent; it is contained.
    Contained,
}

/// The three nodes' places, and a runtime for the adversary.
pub struct Scene {
    /// The federation, with everybody's secrets: its first partner has no node, and can be made to say anything.
    pub federation: Federation,
    /// The attacked node.
    pub victim: Office,
    /// Another honest node.
    pub witness: Office,
    adversary: usize,
    runtime: tokio::runtime::Runtime,
}

impl Scene {
    /// Starts the two honest nodes and lets them meet.
    ///
    /// # Panics
    /// They do not.
    pub fn start() -> Self {
        let mut number = 0u8;
        let federation = Federation::found(4, || {
            number += 1;
            [number; 32]
        });
        // Of two members the one with the lesser key opens the stream: the adversary does so with both others.
        let mut members: Vec<usize> = (1..4).collect();
        members.sort_by_key(|member| federation.devices[*member].key());
        let [adversary, witness, victim] = members[..] else { unreachable!("three members") };
        let victim = Office::start(&federation, victim, &[]);
        let witness = Office::start(&federation, witness, &[victim.port]);
        let scene = Self {
            federation,
            victim,
            witness,
            adversary,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime"),
        };
        let first = scene.witness.add(&scene.register(), "Before the attack");
        scene.victim.until("the two meet", |victim| victim.shows(&first));
        scene
    }

    /// The adversary's device.
    pub fn adversary(&self) -> &DeviceSigner {
        &self.federation.devices[self.adversary]
    }

    /// The shared register that everybody writes.
    pub fn register(&self) -> String {
        self.federation.register.to_string()
    }

    /// Its first part.
    pub fn doc(&self) -> DocId {
        DocId { register: self.federation.register, part: 1 }
    }

    /// A forger of the adversary's in the shared register.
    pub fn forger(&self, number: u64) -> Forger {
        Forger::new(self.adversary(), self.doc(), number)
    }

    /// A session of the adversary's with the attacked node, in which it claims to hold the same; `None`: refused.
    pub async fn line(&self) -> Option<Line> {
        self.line_with(&self.victim).await
    }

    /// A session with the node under attack, which lets a member in. While it is still ending the session before, it may
    /// end the new one of the same device as well: then it is asked again, as every node does.
    ///
    /// # Panics
    /// It does not let the member in.
    pub async fn let_in(&self) -> Line {
        const TRIES: usize = 3;
        for _ in 0..TRIES {
            if let Some(line) = self.line().await {
                return line;
            }
        }
        panic!("a member is let in: {}", self.victim.log());
    }

    /// The same with any of the two.
    pub async fn line_with(&self, office: &Office) -> Option<Line> {
        let mut line = Line::open(self.adversary(), &office.device, office.port).await?;
        line.agree().await.is_some().then_some(line)
    }

    /// Carries out an attack while the witness edits, and demands what the issue demands of each.
    ///
    /// # Panics
    /// The attack has had success.
    pub fn withstand(&mut self, name: &str, verdict: &Verdict<'_>, attack: impl AsyncFnOnce(&Self)) {
        let gauge = Gauge::begin(self.victim.pid());
        let edits = self.beside(attack);
        for (id, _) in &edits {
            self.victim.until("the honest edit arrives", |victim| victim.shows(id));
        }
        let cost = gauge.cost();
        let said = self.victim.faults_of(&self.adversary().key());
        println!(
            "| {name} | {:.1} MiB | {:.2} s | {} edits | {} |",
            cost.growth_mib,
            cost.cpu_s,
            edits.len(),
            said.join("; ")
        );
        self.judge(name, cost, verdict, &said);
        assert!(self.victim.is_alive(), "{name}: the process that was attacked stays up");
        self.ends_alike(name);
        self.opens_again(name, &edits);
    }

    /// Runs an attack; the records that the witness has made meanwhile, with how long it took until the victim showed
    /// each, in milliseconds.
    pub fn beside(&self, attack: impl AsyncFnOnce(&Self)) -> Vec<(String, f64)> {
        let done = AtomicBool::new(false);
        let (witness, victim): (PathBuf, PathBuf) = (self.witness.socket(), self.victim.socket());
        let register = self.register();
        std::thread::scope(|scope| {
            let editor = scope.spawn(|| {
                let mut made = Vec::new();
                while made.len() < 3 || !done.load(Ordering::Relaxed) {
                    let name = format!("Meanwhile {}", made.len());
                    let body = json!({"kind": "organisation", "register": register, "fields": {"name": name}});
                    let answer =
                        request(&witness, "POST", "records", Some(&body)).expect("the witness is not attacked");
                    let id = answer.1["id"].as_str().expect("the edit is taken").to_owned();
                    let from = Instant::now();
                    let shown =
                        || request(&victim, "GET", &format!("records/{id}"), None).is_some_and(|(c, _)| c == 200);
                    // The victim works for each look: the longer it takes, the rarer they are.
                    while !shown() && from.elapsed() < Duration::from_secs(30) {
                        std::thread::sleep((from.elapsed() / 8).max(Duration::from_millis(1)));
                    }
                    made.push((id, from.elapsed().as_secs_f64() * 1_000.0));
                    std::thread::sleep(EDIT_EVERY);
                }
                made
            });
            let attacked = catch_unwind(AssertUnwindSafe(|| self.runtime.block_on(attack(self))));
            done.store(true, Ordering::Relaxed);
            attacked.unwrap_or_else(|panic| resume_unwind(panic));
            editor.join().expect("the witness edits on")
        })
    }

    fn judge(&self, name: &str, cost: Cost, verdict: &Verdict<'_>, said: &[String]) {
        assert!(cost.growth_mib <= GROWTH_MIB_MAX, "{name}: grew by {:.1} MiB", cost.growth_mib);
        assert!(cost.cpu_s <= CPU_S_MAX, "{name}: worked for {:.1} s", cost.cpu_s);
        if let Verdict::Named(what) = verdict {
            assert!(said.iter().any(|text| text.contains(what)), "{name}: the offender is named with it: {said:?}");
        }
        let innocent = self.victim.faults_of(&self.witness.device);
        assert!(innocent.is_empty(), "{name}: nobody else is blamed: {innocent:?}");
    }

    /// Both honest nodes come to hold the same documents.
    fn ends_alike(&self, name: &str) {
        self.victim.until(&format!("{name}: both end alike"), |victim| victim.documents() == self.witness.documents());
    }

    /// After a power cut the store opens, is sound, and has what was edited.
    fn opens_again(&mut self, name: &str, edits: &[(String, f64)]) {
        self.victim.kill();
        let checked = self.victim.run(&["check"]);
        let told = String::from_utf8_lossy(&checked.stderr).into_owned() + &String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{name}: the store is sound: {told}");
        self.victim.resume();
        for (id, _) in edits {
            assert!(self.victim.shows(id), "{name}: what was edited is there after a restart");
        }
    }
}

/// The time within which 99 of 100 were there, in milliseconds; 0 of none.
pub fn p99_ms(edits: &[(String, f64)]) -> f64 {
    let mut times: Vec<f64> = edits.iter().map(|(_, ms)| *ms).collect();
    times.sort_by(f64::total_cmp);
    times.get((times.len() * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0.0)
}
