//! One seed of every script: what a change breaks shows here first, and `cargo xtask simulate`
//! runs many.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};
use std::time::Duration;

use distributary_simulation::{Handler, SCENARIOS, Scenario, ratio, simulate};

fn script(name: &str) -> &'static Scenario {
    SCENARIOS.iter().find(|scenario| scenario.name == name).unwrap()
}

#[test]
fn every_promise_holds_under_every_script() {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(scenario) = SCENARIOS.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = scenario.name;
            let (with, without) = simulate(&scenario.thinned(), Handler::Distributary, 0);
            assert_eq!(with.deliveries, without.deliveries, "{name}");
            let calm = ["none", "undecodable records", "paused", "invoked twice"];
            assert_eq!(with.faults == 0, calm.contains(&name), "{name}");
        }
    };
    let cores = available_parallelism().map_or(1, usize::from);
    scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
}

#[test]
fn a_seed_replays() {
    let everything = SCENARIOS.last().unwrap();
    let [first, second] =
        [(); 2].map(|()| simulate(&everything.thinned(), Handler::Distributary, 7).0);
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

/// The checks can fail: handlers without walls break what they look at.
#[test]
fn baselines_lose_and_repeat() {
    let (poison, _) = simulate(script("one poison"), Handler::Sequential, 0);
    assert!(poison.lost > 1 && poison.duplicates > 0, "{poison:?}");
    let (with, without) = simulate(script("down"), Handler::FanOut, 0);
    assert!(with.p99() > without.p99() * 10, "{:?} {:?}", with.p99(), without.p99());
}

#[test]
fn a_batch_takes_a_twentieth_of_the_time_of_one_by_one() {
    let [ours, one_by_one] = ratio();
    assert!(one_by_one >= ours * 20, "{ours:?} {one_by_one:?}");
    assert!(one_by_one >= Duration::from_secs(60));
}
