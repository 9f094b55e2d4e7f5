//! `cargo xtask simulate`: every scenario over many seeds, the baselines beside it, every run in the
//! small, and the tables; or every scenario with one seed.

#![allow(clippy::unwrap_used, reason = "what cannot go on here is a failed test")]

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{available_parallelism, scope};
use std::time::Instant;

use distributary_simulation::{
    Handler, Row, SCENARIOS, SMALL, Scenario, Seen, explore, ratio, simulate, small_table, table,
};

const USAGE: &str = "usage: cargo xtask simulate [--seeds N] [--seed S]";
/// Seeds of every scenario unless told otherwise.
const SEEDS: u64 = 20;
/// With so many seeds a p99 is one.
const MANY: u64 = 10;
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
    let held = match words.first() {
        Some(&"--seed") => scripts(&seeds),
        _ => scripts(&seeds).and_then(|()| baselines(&seeds)).and_then(|()| small()),
    };
    if held.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `None`, here and below, where a promise was broken.
fn scripts(seeds: &Range<u64>) -> Option<()> {
    let started = Instant::now();
    let row = |scenario: &Scenario| {
        row(scenario.name.to_owned(), scenario, Handler::Distributary, seeds.clone())
    };
    let rows: Vec<Row> = SCENARIOS.iter().map(row).collect::<Option<_>>()?;
    println!("{}", table(&rows));
    let both = rows.iter().map(|row| row.with.deliveries + row.without.deliveries);
    let (all, seconds) = (both.sum::<usize>(), started.elapsed().as_secs());
    println!("\nSeeds {} to {}: {all} deliveries in {seconds} s\n", seeds.start, seeds.end - 1);
    // A few runs alone differ by when their batches were read.
    let down =
        rows.iter().filter(|row| row.name.starts_with("down") && seeds.end - seeds.start >= MANY);
    for Row { name, with, without } in down {
        if with.p99() > without.p99().mul_f64(1.2) {
            eprintln!("error: I6: `{name}` makes p99 of the others more than 1.2 times as long");
            return None;
        }
    }
    Some(())
}

fn baselines(seeds: &Range<u64>) -> Option<()> {
    let seeds = seeds.start..seeds.end.min(seeds.start + BASELINE_SEEDS);
    let handlers = [
        (Handler::Distributary, "Distributary"),
        (Handler::Sequential, "one by one, all or nothing"),
        (Handler::FirstFailure, "one by one, reports the first failure"),
        (Handler::FanOut, "fan-out, waits for the slowest"),
    ];
    let compared = SCENARIOS.iter().filter(|scenario| COMPARED.contains(&scenario.name));
    let rows = compared.flat_map(|scenario| {
        let seeds = &seeds;
        handlers.iter().map(move |(handler, name)| {
            row(format!("{}: {name}", scenario.name), scenario, *handler, seeds.clone())
        })
    });
    println!("{}", table(&rows.collect::<Option<Vec<Row>>>()?));
    let [ours, one_by_one] = ratio().map(|time| time.as_secs_f64());
    println!(
        "\n1,000 changes to three routes that answer in 20 ms: {ours:.2} s; one by one \
         {one_by_one:.2} s, {:.0} times as long\n",
        one_by_one / ours
    );
    Some(())
}

/// The sum over the seeds, on all cores.
fn row(name: String, scenario: &Scenario, handler: Handler, seeds: Range<u64>) -> Option<Row> {
    let (next, runs) = (AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    let broken = AtomicU64::new(u64::MAX);
    on_all_cores(|| {
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
    let broken = broken.into_inner();
    if broken < u64::MAX {
        eprintln!("error: a promise is broken in `{name}`: cargo xtask simulate --seed {broken}");
        return None;
    }
    let (with, without): (Vec<Seen>, Vec<Seen>) = runs.into_inner().unwrap().into_iter().unzip();
    Some(Row { name, with: with.into_iter().sum(), without: without.into_iter().sum() })
}

/// Every run in the small, the bounds on all cores.
fn small() -> Option<()> {
    let (next, found) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    on_all_cores(|| {
        while let Ok(at) = usize::try_from(next.fetch_add(1, Ordering::Relaxed))
            && let Some(small) = SMALL.get(at)
        {
            let runs = explore(small);
            found.lock().unwrap().push((at, *small, runs));
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(at, ..)| *at);
    let mut made = Vec::new();
    for (_, small, runs) in found {
        match runs {
            Ok(runs) => made.push((small, runs)),
            Err(broken) => {
                eprintln!("error: a promise is broken in the small, {small:?}: {broken}");
                return None;
            }
        }
    }
    println!("{}", small_table(&made));
    Some(())
}

fn on_all_cores(work: impl Fn() + Sync) {
    let cores = available_parallelism().map_or(1, usize::from);
    scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(&work))));
}
