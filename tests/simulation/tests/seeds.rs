//! One seed of every script: what a change breaks shows here first, and `cargo xtask simulate`
//! runs many.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use distributary_simulation::{Handler, SCENARIOS, ratio, simulate};

#[test]
fn every_promise_holds_under_every_script() {
    for scenario in SCENARIOS {
        let (with, without) = simulate(scenario, Handler::Distributary, 0);
        assert_eq!(with.deliveries, without.deliveries);
        let calm = ["none", "invoked twice"].contains(&scenario.name);
        assert_eq!(with.faults == 0, calm, "{}", scenario.name);
    }
}

#[test]
fn a_seed_replays() {
    let everything = SCENARIOS.last().unwrap();
    let [first, second] = [(); 2].map(|()| simulate(everything, Handler::Distributary, 7).0);
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

/// The checks can fail: handlers without walls break what they look at.
#[test]
fn baselines_lose_and_repeat() {
    let scenario = |name| SCENARIOS.iter().find(|scenario| scenario.name == name).unwrap();
    let (poison, _) = simulate(scenario("one poison"), Handler::Sequential, 0);
    assert!(poison.lost > 1 && poison.duplicates > 0, "{poison:?}");
    let (with, without) = simulate(scenario("down"), Handler::FanOut, 0);
    assert!(with.p99() > without.p99() * 10, "{:?} {:?}", with.p99(), without.p99());
}

#[test]
fn a_batch_takes_a_twentieth_of_the_time_of_one_by_one() {
    let [ours, one_by_one] = ratio();
    assert!(one_by_one >= ours * 20, "{ours:?} {one_by_one:?}");
    assert!(one_by_one >= Duration::from_secs(60));
}
