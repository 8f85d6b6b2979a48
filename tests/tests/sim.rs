//! The simulator, as far as every test run affords it. CI runs 2,000 schedules as a step of its own; see
//! `docs/simulator.md` for more.

use comin_tests::sim::{self, Did, Rule, Story};

/// Schedules of every test run: unoptimised code takes ten times as long.
const SCHEDULES: u64 = if cfg!(debug_assertions) { 40 } else { 300 };

#[test]
fn schedules_hold() {
    let (_, violations) = sim::run_seeds(Story::General, 1, SCHEDULES, 2, true);
    if let Some(violation) = violations.first() {
        panic!("{violation}");
    }
}

/// Schedules in which a partner is removed.
const REMOVALS: u64 = if cfg!(debug_assertions) { 40 } else { 500 };

#[test]
fn schedules_with_a_removal_hold() {
    let (tally, violations) = sim::run_seeds(Story::Removals, 1, REMOVALS, 2, true);
    if let Some(violation) = violations.first() {
        panic!("{violation}");
    }
    assert!(tally.times(Did::Removed) > REMOVALS / 2, "a partner goes in most of them");
}

/// Schedules with persons in each.
const PERSONS: u64 = if cfg!(debug_assertions) { 30 } else { 300 };

#[test]
fn schedules_with_persons_hold() {
    let (tally, violations) = sim::run_seeds(Story::Persons, 1, PERSONS, 2, true);
    if let Some(violation) = violations.first() {
        panic!("{violation}");
    }
    assert!(tally.looks(Rule::PersonErased) > PERSONS / 2, "persons are erased in many of them");
}

/// Schedules that have failed once, and why. What a seed draws changes with the simulator, so the first three no longer
/// meet what they met; the engine's own tests pin the causes, but for 6189, 13133, 50526, 66120 and 89433, where the simulator itself was wrong.
const FAILED_ONCE: [(u64, &str); 24] = [
    (320, "a check that ended late freed a document for a second want, and its honest answer was blamed"),
    (1911, "a push whose dependencies were missing asked twice for one document"),
    (1137, "a newcomer that lied was sent away, and the world went on waiting for its join"),
    (1547, "an edit and a want had waited for one document: the answer held the edit and not its run"),
    (1006, "an edit that a divergence had dropped was issued again on top of a value that its author had not seen"),
    (303, "a copied machine had lost a record with its disk, and an edit of that record could not be entered again"),
    (1415, "of two commands under way at once the first was carried out last, as it may be"),
    (2442, "a document that a divergence had emptied on both sides was still counted as lacking"),
    (6189, "a newcomer that lied was sent away before it told its partner's second machine of the federation"),
    (7178, "what a peer asked for hung on another branch than its own: it asked for ever and nobody told it"),
    (10258, "a document that a cut had emptied was answered with a snapshot of nothing, and asked for without end"),
    (11251, "the same, with two that asked"),
    (11318, "a record was made again with all that its creator had written later: who had not seen that wrote over it"),
    (13133, "a machine had pushed a record that its failing disk lost: nobody was left who could make it again"),
    (50526, "a value that somebody had replaced, who then lost that with his disk, was expected to come back"),
    (66120, "the same, and he had lost it before it was on his disk"),
    (66948, "two texts that had waited for their record were written over one another"),
    (28589, "a machine made a record again, was put back to before that, and did so again: one of the two was hidden"),
    (89433, "a newcomer that lied was sent away while its ticket was being made, and the ticket brought it back"),
    (1268, "a value that a liar had replaced went with the liar's branch"),
    (71063, "a liar told of a part that was not there, and new records went into it, where nobody took them"),
    (16, "a machine that was started again with its clock set back was taken for two"),
    (850, "a machine that was put back took what it had said before for the word of another one with its key"),
    (221, "two machines asked each other for a document by states that neither could make out, until one was blamed"),
];

#[test]
fn schedules_that_failed_once_hold() {
    for (seed, why) in FAILED_ONCE {
        if let Err(violation) = sim::run(Story::General, seed) {
            panic!("{why}\n{violation}");
        }
    }
}

/// The same with a removal.
const FAILED_ONCE_WITH_REMOVAL: [(u64, &str); 13] = [
    (
        597,
        "what only the removed partner still held, since its author's disk had been put back, was expected to return",
    ),
    (1227, "what a proven divergence took of a removed partner, nobody enters again"),
    (13865, "a snapshot travelled without the adoption that came after it, and was refused for ever"),
    (14565, "a proven divergence took a record of a removed partner, and nobody else may make it again"),
    (17416, "what only a removed partner and a disk that was put back had held was expected to stay"),
    (18094, "what a copy of the steward's machine had adopted was expected at the original, which never meets it"),
    (5100, "a machine died of one session while the simulator opened a second one with it"),
    (2584, "what had been staged for a reader went out in the slice that ended its reading"),
    (10635, "an own edit that only a removed partner had replaced did not come back after a cut"),
    (
        11972,
        "the simulator's disk went on reading the cut run in a snapshot after a lower whole one had taken its place",
    ),
    (44, "a machine that was started again with its clock set back was told that another one runs with its key"),
    (333, "two machines asked each other for a document by states that neither could make out, until one was blamed"),
    (13893, "what a removed partner had replaced, before a divergence took both, came back by nobody"),
];

#[test]
fn schedules_with_a_removal_that_failed_once_hold() {
    for (seed, why) in FAILED_ONCE_WITH_REMOVAL {
        if let Err(violation) = sim::run(Story::Removals, seed) {
            panic!("{why}\n{violation}");
        }
    }
}

/// The same with persons.
const FAILED_ONCE_WITH_PERSONS: [(u64, &str); 6] = [
    (9, "who had told of a person and then erased it was asked for it all the same"),
    (96, "who asked for a person while its scope moved away was blamed"),
    (407, "what came of a person was acknowledged to whose scope had ended meanwhile"),
    (726, "a machine that ran twice had carried out more erasures than one may"),
    (33, "a machine that was started again with its clock set back was taken for two"),
    (25, "a machine was greeted so often that it was blamed for what it answered"),
];

#[test]
fn schedules_with_persons_that_failed_once_hold() {
    for (seed, why) in FAILED_ONCE_WITH_PERSONS {
        if let Err(violation) = sim::run(Story::Persons, seed) {
            panic!("{why}\n{violation}");
        }
    }
}

#[test]
fn one_seed_gives_one_schedule() {
    for seed in 1..=5 {
        // The fourth has persons.
        let (first, second) = (sim::run(Story::General, seed), sim::run(Story::General, seed));
        let (first, second) = (first.map_err(|v| v.to_string()), second.map_err(|v| v.to_string()));
        assert_eq!(first, second, "seed {seed} must give the same schedule twice, or no seed reproduces anything");
    }
}
