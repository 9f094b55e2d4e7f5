//! Matching beside other engines and floors: one run, one core, the same bytes. Prints Markdown.

mod clock;
mod data;
mod engines;
mod handwritten;
mod lambda;
mod scenario;

use std::hint::black_box;
use std::time::Duration;

use distributary_change::RawRecord;
use peak_alloc::PeakAlloc;

use crate::clock::Stopwatch;
use crate::engines::{Engine, Ours};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Each engine is timed this often; the best time counts, since the rest is noise.
const ROUNDS: usize = 5;

/// How long a round takes at least.
const PATIENCE: Duration = Duration::from_millis(150);

/// An engine that is too slow for all records gets this many.
const SAMPLE: usize = 64;

/// Records that fit into a core's cache, and records that do not.
const RESIDENT: usize = 512;
const STREAMED: usize = 60_000;

/// How many records are compared for agreement.
const COMPARED: usize = 2_000;

fn main() {
    let medium = data::records(RESIDENT, data::SIZES[1].1, 1);
    println!("## Engines, records of {}\n", size(&medium));
    println!(
        "Thousand records a second, {RESIDENT} records again and again, so they are in cache.\n"
    );
    println!(
        "| rules | ours | quamina 0.7 | ratio | a-tree 0.6 | ratio | check | index | a rule takes |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let compared = data::records(COMPARED, data::SIZES[1].1, 2);
    for scenario in scenario::all() {
        let Ours { engine: mut ours, check, index, bytes } = engines::ours(&scenario);
        let expected = answers(&mut ours, &compared);
        let fast = speed(&mut ours, &medium);
        let peer = |engine: Option<Engine>| match engine {
            None => "– | –".to_owned(),
            Some(mut engine) => {
                let sample = if scenario.rules.len() > 1_000 { 100 } else { COMPARED };
                let agrees = answers(&mut engine, &compared[..sample]) == expected[..sample];
                let speed = speed(&mut engine, &medium);
                let wrong = if agrees { "" } else { " (differs)" };
                format!("{}{wrong} | {:.1}×", thousand(speed), fast / speed)
            }
        };
        let (quamina, a_tree) =
            (peer(engines::quamina(&scenario)), peer(engines::a_tree(&scenario)));
        let (name, fast) = (scenario.name, thousand(fast));
        println!(
            "| {name} | {fast} | {quamina} | {a_tree} | {check:.3} s | {index:.3} s | {bytes} B |"
        );
    }
    sizes();
    floors(&medium);
    lambda::compare();
}

/// What the size of records and their place in memory do to one rule set.
fn sizes() {
    println!("\n## Sizes, 10 rules of 2 equalities\n");
    println!("| record | in cache: thousand records a second | MB/s | streamed | MB/s |");
    println!("| --- | --- | --- | --- | --- |");
    let scenarios = scenario::all();
    let Some(scenario) = scenarios.iter().find(|s| s.name == "10 rules, 2 equalities") else {
        return;
    };
    let Ours { engine: mut ours, .. } = engines::ours(scenario);
    for (_, padding) in data::SIZES {
        let resident = data::records(RESIDENT, padding, 3);
        let streamed = data::records(STREAMED / (1 + padding / 14), padding, 4);
        let row = [&resident, &streamed].map(|records| {
            let speed = speed(&mut ours, records);
            format!("{} | {:.0}", thousand(speed), speed * bytes(records) / 1e6)
        });
        println!("| {} | {} |", size(&resident), row.join(" | "));
    }
}

fn floors(records: &[RawRecord]) {
    println!("\n## Floors, records of {}\n", size(records));
    println!("| what is done with a record | thousand records a second | MB/s |");
    println!("| --- | --- | --- |");
    for (name, mut engine) in engines::floors() {
        let speed = speed(&mut engine, records);
        println!("| {name} | {} | {:.0} |", thousand(speed), speed * bytes(records) / 1e6);
    }
}

fn answers(engine: &mut Engine, records: &[RawRecord]) -> Vec<Vec<usize>> {
    let answer = |raw| {
        let mut out = Vec::new();
        engine(raw, &mut out);
        out.sort_unstable();
        out.dedup();
        out
    };
    records.iter().map(answer).collect()
}

/// Records a second.
fn speed(engine: &mut Engine, records: &[RawRecord]) -> f64 {
    let mut out = Vec::new();
    let mut round = |records: &[RawRecord]| {
        let (start, mut asked) = (Stopwatch::start(), 0);
        while asked == 0 || start.elapsed() < PATIENCE {
            for raw in records {
                out.clear();
                engine(black_box(raw), &mut out);
                black_box(&out);
            }
            asked += records.len();
        }
        asked as f64 / start.elapsed().as_secs_f64()
    };
    let start = Stopwatch::start();
    round(&records[..SAMPLE]);
    let slow = start.elapsed() > 2 * PATIENCE;
    let records = if slow { &records[..SAMPLE] } else { records };
    (0..ROUNDS).map(|_| round(records)).fold(0.0, f64::max)
}

/// The mean size of a record, in bytes.
fn bytes(records: &[RawRecord]) -> f64 {
    records.iter().map(|raw| raw.bytes.len()).sum::<usize>() as f64 / records.len() as f64
}

fn size(records: &[RawRecord]) -> String {
    format!("{:.0} B", bytes(records))
}

fn thousand(speed: f64) -> String {
    if speed < 10_000.0 { format!("{:.1}", speed / 1e3) } else { format!("{:.0}", speed / 1e3) }
}
