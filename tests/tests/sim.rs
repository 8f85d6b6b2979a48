//! The simulator, as far as every test run affords it. More seeds:
//! `cargo run --release -p comin-tests --bin sim -- --seeds 100000`.

use comin_tests::sim;

/// Schedules of every test run: unoptimised code takes ten times as long.
const SCHEDULES: u64 = if cfg!(debug_assertions) { 40 } else { 300 };

#[test]
fn schedules_hold() {
    for seed in 1..=SCHEDULES {
        if let Err(violation) = sim::run(seed) {
            panic!("{violation}");
        }
    }
}

#[test]
fn one_seed_gives_one_schedule() {
    for seed in 1..=5 {
        let (first, second) = (sim::run(seed), sim::run(seed));
        let (first, second) = (first.map_err(|v| v.to_string()), second.map_err(|v| v.to_string()));
        assert_eq!(first, second, "seed {seed} must give the same schedule twice, or no seed reproduces anything");
    }
}
