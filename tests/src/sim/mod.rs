//! The simulator: several engines, virtual time, one seed, no IO.
//!
//! A schedule draws partners, devices, a network and a set of faults from its seed, lets users edit while the
//! faults happen, then heals everything and waits until the honest nodes agree. During all this and at the
//! end it checks what must hold whatever happened:
//!
//! - connected honest nodes converge: equal statements, frontiers and rows of what both may read;
//! - no acknowledged edit is lost;
//! - an acknowledged edit can be read, unless someone wrote the field later;
//! - no node takes a change without a valid run of a writer;
//! - no honest device is blamed for anything;
//! - nothing of an internal register leaves its partner;
//! - nothing of a person reaches whom its scope does not name, and an erased one is nowhere;
//! - queues stay bounded and nothing waits for ever;
//! - what is saved loads again to the same heads and projects to the same rows;
//! - in a part of the schedules, a search index of the node's own that hears of changes as in a node says what they say.
//!
//! The same seed gives the same schedule, so a violation is its own reproduction.

mod cast;
mod checks;
mod dice;
mod disk;
mod faults;
mod joining;
mod ledger;
mod liar;
mod persons;
mod plan;
mod process;
mod removal;
mod tally;
mod views;
mod wire;
mod work;
mod world;

pub use tally::{Did, Rule, Tally};
pub use world::World;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The last events that a violation shows; `sim --seed` shows all.
const LINES_SHOWN: usize = 60;

/// What schedules tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Story {
    /// Everything that happens in a federation that stays as it is, but for a partner that joins.
    #[default]
    General,
    /// The same, and the steward removes a partner.
    Removals,
    /// The same as in general, with contact persons in each schedule; of the others one in five has some.
    Persons,
}

impl Story {
    /// The option of `sim` that asks for it.
    pub fn option(self) -> &'static str {
        match self {
            Self::General => "",
            Self::Removals => " --removals",
            Self::Persons => " --persons",
        }
    }
}

/// What must not happen, and did.
#[derive(Clone, Debug)]
pub struct Violation {
    /// What the schedule told.
    pub story: Story,
    /// The schedule.
    pub seed: u64,
    /// What happened.
    pub what: String,
    /// The last events, where the schedule was run with a trace.
    pub trace: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped = self.trace.len().saturating_sub(LINES_SHOWN);
        for line in &self.trace[skipped..] {
            writeln!(f, "  {line}")?;
        }
        writeln!(f, "seed {}: {}", self.seed, self.what)?;
        let story = self.story.option();
        write!(f, "reproduce: cargo run --release -p comin-tests --bin sim -- --seed {}{story}", self.seed)
    }
}

impl std::error::Error for Violation {}

/// Runs one schedule; on a violation runs it again with a trace.
///
/// # Errors
/// The violation, with the events that led to it.
pub fn run(story: Story, seed: u64) -> Result<Tally, Violation> {
    let told = |trace| {
        let world = AssertUnwindSafe(|| World::new(story, seed, trace).run());
        catch_unwind(world).unwrap_or_else(|panic| {
            let what = format!("the simulator itself panicked: {}", panic_text(panic.as_ref()));
            Err(Violation { story, seed, what, trace: Vec::new() })
        })
    };
    told(false).or_else(|_| told(true))
}

/// What a panic says.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Runs `seeds` schedules from seed `from` on, on `jobs` threads; `first` stops at the first violation. A schedule itself is
/// single-threaded.
pub fn run_seeds(story: Story, from: u64, seeds: u64, jobs: u64, first: bool) -> (Tally, Vec<Violation>) {
    let next = AtomicU64::new(from);
    let stop = AtomicBool::new(false);
    let result = Mutex::new((Tally::default(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds || stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let outcome = run(story, seed);
                    let mut result = result.lock().expect("no thread panics while it holds the lock");
                    match outcome {
                        Ok(tally) => result.0.add(&tally),
                        Err(violation) => {
                            stop.store(first, Ordering::Relaxed);
                            result.1.push(violation);
                        }
                    }
                }
            });
        }
    });
    let (tally, mut violations) = result.into_inner().expect("no thread panics while it holds the lock");
    violations.sort_by_key(|violation| violation.seed);
    (tally, violations)
}
