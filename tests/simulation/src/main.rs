//! `cargo xtask simulate`: every scenario over many seeds, the baselines beside it, and the table.

#![allow(clippy::unwrap_used, reason = "what cannot go on here is a failed test")]

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{available_parallelism, scope};

use distributary_simulation::{Handler, Row, SCENARIOS, Scenario, Seen, ratio, simulate, table};

const USAGE: &str = "usage: cargo xtask simulate [--seeds N] [--seed S]";
/// Seeds of every scenario unless told otherwise.
const SEEDS: u64 = 20;
/// Seeds of every scenario for each baseline: they are there to compare with.
const BASELINE_SEEDS: u64 = 5;
/// The scripts that baselines go through.
const COMPARED: [&str; 5] = ["none", "down", "hangs", "partial failures", "one poison"];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let seeds = match words.as_slice() {
        [] => Some(0..SEEDS),
        ["--seeds", count] => count.parse().ok().filter(|count| *count > 0).map(|count| 0..count),
        ["--seed", seed] => {
            seed.parse().ok().filter(|seed| *seed < u64::MAX).map(|seed| seed..seed + 1)
        }
        _ => None,
    };
    let Some(seeds) = seeds else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let baselines = seeds.start..seeds.end.min(seeds.start + BASELINE_SEEDS);
    let rows = SCENARIOS.iter().map(|scenario| {
        row(scenario.name.to_owned(), scenario, Handler::Distributary, seeds.clone())
    });
    let Some(rows) = rows.collect::<Option<Vec<Row>>>() else { return ExitCode::FAILURE };
    println!("{}", table(&rows));
    println!(
        "\nDeliveries in all: {}\n",
        rows.iter().map(|row| row.with.deliveries + row.without.deliveries).sum::<usize>()
    );

    let handlers = [
        (Handler::Distributary, "Distributary"),
        (Handler::Sequential, "one by one, all or nothing"),
        (Handler::FirstFailure, "one by one, reports the first failure"),
        (Handler::FanOut, "fan-out, waits for the slowest"),
    ];
    let compared: Vec<&Scenario> =
        SCENARIOS.iter().filter(|scenario| COMPARED.contains(&scenario.name)).collect();
    let rows = compared.into_iter().flat_map(|scenario| {
        let baselines = &baselines;
        handlers.iter().map(move |(handler, name)| {
            row(format!("{}: {name}", scenario.name), scenario, *handler, baselines.clone())
        })
    });
    let Some(rows) = rows.collect::<Option<Vec<Row>>>() else { return ExitCode::FAILURE };
    println!("{}", table(&rows));

    let [ours, one_by_one] = ratio();
    println!(
        "\n1,000 changes to three routes that answer in 20 ms: {:.2} s; one by one {:.2} s, {:.0} times as long",
        ours.as_secs_f64(),
        one_by_one.as_secs_f64(),
        one_by_one.as_secs_f64() / ours.as_secs_f64()
    );
    ExitCode::SUCCESS
}

/// The sum over the seeds, on all cores; `None` where a promise was broken.
fn row(name: String, scenario: &Scenario, handler: Handler, seeds: Range<u64>) -> Option<Row> {
    let (next, runs) = (AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    let broken = AtomicU64::new(u64::MAX);
    scope(|scope| {
        for _ in 0..available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || broken.load(Ordering::Relaxed) < u64::MAX {
                        return;
                    }
                    match catch_unwind(AssertUnwindSafe(|| simulate(scenario, handler, seed))) {
                        Ok(run) => runs.lock().unwrap().push(run),
                        Err(_) => drop(broken.fetch_min(seed, Ordering::Relaxed)),
                    }
                }
            });
        }
    });
    let broken = broken.into_inner();
    if broken < u64::MAX {
        eprintln!("error: a promise is broken in `{name}`: cargo xtask simulate --seed {broken}");
        return None;
    }
    let (with, without): (Vec<Seen>, Vec<Seen>) = runs.into_inner().unwrap().into_iter().unzip();
    Some(Row { name, with: with.into_iter().sum(), without: without.into_iter().sum() })
}
