//! Runs many schedules of the simulator, one, or those that a planted bug needs to be found.

use comin_tests::sim::{self, Story};
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str =
    "usage: sim [--seeds N] [--from SEED] [--seed SEED] [--jobs N] [--removals|--persons] [--plant N|all]

  --seeds N      how many schedules to run (default 2000)
  --from SEED    the first seed (default 1)
  --seed SEED    run this one, twice, and compare; on a violation show all events
  --jobs N       threads (default 1); a schedule itself is single-threaded
  --removals     the steward removes a partner on the way
  --persons      there are contact persons in each schedule
  --plant N|all  arm a bug and count schedules until it is found (feature `planted`)";

/// From so many schedules on every fault must have happened and every rule been looked at.
const SEEDS_THAT_MEET_ALL: u64 = 2_000;

/// After so many schedules a long run says how far it is, and what it has found.
const SEEDS_TOLD: u64 = 1_000;

struct Args {
    seeds: u64,
    from: u64,
    seed: Option<u64>,
    jobs: u64,
    plant: Option<String>,
    story: Story,
}

fn main() -> ExitCode {
    let Some(args) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    // Panics are part of what is tested: caught, and reported with their seed.
    std::panic::set_hook(Box::new(|_| {}));
    match (&args.seed, &args.plant) {
        (Some(seed), _) => run_one(args.story, *seed),
        (None, Some(which)) => plant(which, &args),
        (None, None) => run_many(&args),
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Option<Args> {
    let mut args = Args { seeds: 2_000, from: 1, seed: None, jobs: 1, plant: None, story: Story::General };
    while let Some(word) = words.next() {
        let story = [Story::Removals, Story::Persons].into_iter().find(|story| story.option().trim() == word);
        if let Some(story) = story {
            args.story = story;
            continue;
        }
        let value = words.next()?;
        match word.as_str() {
            "--seeds" => args.seeds = value.parse().ok()?,
            "--from" => args.from = value.parse().ok()?,
            "--seed" => args.seed = Some(value.parse().ok()?),
            "--jobs" => args.jobs = value.parse().ok().filter(|jobs| *jobs > 0)?,
            "--plant" => args.plant = Some(value),
            _ => return None,
        }
    }
    Some(args)
}

fn run_one(story: Story, seed: u64) -> ExitCode {
    match (sim::run(story, seed), sim::run(story, seed)) {
        (Ok(first), Ok(second)) if first == second => {
            println!("seed {seed}:\n{first}");
            ExitCode::SUCCESS
        }
        (Ok(_), Ok(_)) => {
            println!("seed {seed}: two runs differ; something draws chance of its own");
            ExitCode::FAILURE
        }
        (Err(violation), _) | (_, Err(violation)) => {
            violation.trace.iter().for_each(|line| println!("{line}"));
            println!("seed {}: {}", violation.seed, violation.what);
            ExitCode::FAILURE
        }
    }
}

fn run_many(args: &Args) -> ExitCode {
    let start = Instant::now();
    let (mut tally, mut violations) = (sim::Tally::default(), Vec::new());
    for done in (0..args.seeds).step_by(SEEDS_TOLD as usize) {
        let seeds = SEEDS_TOLD.min(args.seeds - done);
        let (more, found) = sim::run_seeds(args.story, args.from + done, seeds, args.jobs, false);
        tally.add(&more);
        found.iter().for_each(|violation| eprintln!("seed {}: {}", violation.seed, violation.what));
        violations.extend(found);
        eprintln!("{} of {}, {} violations", done + seeds, args.seeds, violations.len());
    }
    println!("{} schedules in {:.1} s, {} violations", args.seeds, start.elapsed().as_secs_f64(), violations.len());
    println!("{tally}");
    for violation in violations.iter().take(3) {
        println!("{violation}");
    }
    for violation in violations.iter().skip(3).take(50) {
        println!("seed {}: {}", violation.seed, violation.what);
    }
    // So many schedules meet everything; what they do not meet is not tested any more.
    let missing = if args.seeds >= SEEDS_THAT_MEET_ALL { tally.missing(args.story) } else { Vec::new() };
    missing.iter().for_each(|what| println!("never exercised: {what}"));
    if violations.is_empty() && missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(not(feature = "planted"))]
fn plant(_: &str, _: &Args) -> ExitCode {
    eprintln!("this binary has no bugs to plant: build with --features planted");
    ExitCode::from(2)
}

#[cfg(feature = "planted")]
fn plant(which: &str, args: &Args) -> ExitCode {
    use comin_protocol::planted::{self, Planted};
    let number: Option<u8> = which.parse().ok();
    let bugs: Vec<Planted> =
        Planted::ALL.into_iter().filter(|bug| which == "all" || number == Some(*bug as u8)).collect();
    if bugs.is_empty() {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    let mut missed = false;
    println!("| bug | schedules to detection | how it showed |");
    println!("|---|---:|---|");
    for bug in bugs {
        // Some can only show where a partner is removed, or where there are persons.
        let story = match bug {
            Planted::TakeBarred | Planted::AdoptNothing => Story::Removals,
            bug if bug as u8 >= Planted::KeepErased as u8 => Story::Persons,
            _ => args.story,
        };
        planted::arm(Some(bug));
        let (_, violations) = sim::run_seeds(story, args.from, args.seeds, args.jobs, true);
        planted::arm(None);
        match violations.first() {
            Some(violation) => {
                let what: String = violation.what.chars().take(100).collect();
                println!("| {bug:?} | {} | {what} |", violation.seed - args.from + 1);
            }
            None => {
                missed = true;
                println!("| {bug:?} | not found in {} | |", args.seeds);
            }
        }
    }
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
