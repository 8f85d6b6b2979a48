//! What a schedule is going to be like: drawn once at the start.

use crate::sim::dice::Dice;

/// Kinds of faults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A process ends between two inputs.
    Crash,
    /// A process ends between two outputs.
    CrashBetweenOutputs,
    /// A batch cannot be written.
    PersistFails,
    /// A disk is put back to an older copy.
    Rollback,
    /// A running machine is copied, and both go on.
    Clone,
    /// A helper refuses every job for a while.
    Refuse,
    /// A wall clock jumps.
    ClockJump,
    /// A link goes down or comes up.
    Partition,
    /// A session breaks.
    Break,
    /// A user pauses or resumes the exchange.
    Pause,
    /// A session is slow for a while.
    Stall,
    /// On a session some frames come twice.
    Repeat,
}

const FAULTS: [Fault; 12] = [
    Fault::Crash,
    Fault::CrashBetweenOutputs,
    Fault::PersistFails,
    Fault::Rollback,
    Fault::Clone,
    Fault::Refuse,
    Fault::ClockJump,
    Fault::Partition,
    Fault::Break,
    Fault::Pause,
    Fault::Stall,
    Fault::Repeat,
];

/// The outline of a schedule.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How long users edit and faults happen, in virtual milliseconds.
    pub chaos_ms: u64,
    /// How many times a user does something.
    pub works: u64,
    /// The faults of this schedule: a random part of all kinds, so that some schedules show much of one.
    pub faults: Vec<Fault>,
    /// How many faults happen.
    pub faults_count: u64,
    /// One node tampers with what it sends.
    pub liar: bool,
    /// Longest usual time to flush, in milliseconds.
    pub flush_ms: u64,
    /// In so many of 1,000 cases outputs are not taken right after an input.
    pub lazy_poll: u64,
    /// One device writes hundreds of changes in one go.
    pub bulk: bool,
}

impl Plan {
    /// Draws one.
    pub fn draw(dice: &mut Dice) -> Self {
        let faults: Vec<Fault> = FAULTS.into_iter().filter(|_| dice.chance(350)).collect();
        let faults_count = if faults.is_empty() { 0 } else { dice.between(1, 16) };
        Self {
            chaos_ms: dice.between(5_000, 60_000),
            works: dice.between(5, 60),
            faults,
            faults_count,
            liar: dice.chance(200),
            flush_ms: if dice.chance(200) { 2_000 } else { 20 },
            lazy_poll: if dice.chance(500) { 0 } else { 250 },
            bulk: dice.chance(15),
        }
    }
}
