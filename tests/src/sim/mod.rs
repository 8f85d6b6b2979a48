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
//! - queues stay bounded and nothing waits for ever;
//! - what is saved loads again to the same heads and projects to the same rows.
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
mod plan;
mod process;
mod tally;
mod wire;
mod work;
mod world;

pub use tally::{Did, Rule, Tally};
pub use world::World;

use std::fmt;

/// The last events that a violation shows; `sim --seed` shows all.
const LINES_SHOWN: usize = 60;

/// What must not happen, and did.
#[derive(Clone, Debug)]
pub struct Violation {
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
        write!(f, "reproduce: cargo run --release -p comin-tests --bin sim -- --seed {}", self.seed)
    }
}

impl std::error::Error for Violation {}

/// Runs one schedule; on a violation runs it again with a trace.
///
/// # Errors
/// The violation, with the events that led to it.
pub fn run(seed: u64) -> Result<Tally, Violation> {
    World::new(seed, false).run().or_else(|_| World::new(seed, true).run())
}
