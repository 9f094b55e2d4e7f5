//! A million changes in dollars.

use crate::bill::Unit;
use crate::lots::Parked;
use crate::prices::Prices;
use crate::time::{BATCH, Measured};
use crate::world::Worker;

const MILLION: f64 = 1e6;
/// What a function has unless its manifest says otherwise, in MiB; and what has a processor to itself.
const MEMORY: f64 = 512.0;
const PROCESSOR: f64 = 1_769.0;
/// How many changes a month the price of metrics is spread over.
const MONTH: f64 = 10e6;
/// `few`: the age of the stream, and of each of five routes what is delivered.
const METRICS: f64 = 6.0;
/// Of so many deliveries one is parked.
const PARKED: f64 = 1_000.0;
/// Each change goes to five targets, of which two keep an order.
const TARGETS: f64 = 5.0;

/// A row: its name, and dollars of each worker and of Pipes.
type Row = (String, [f64; 4]);

pub(crate) fn print(prices: &Prices, measured: &[Measured; 3], parked: &Parked) {
    let invocations = MILLION / BATCH as f64;
    let mut rows: Vec<Row> = Vec::new();
    let mut row = |name: &str, of: &dyn Fn(&Measured) -> f64, pipes: f64| {
        let [ours, batching, one_by_one] = measured;
        rows.push((name.to_owned(), [of(ours), of(batching), of(one_by_one), pipes]));
    };
    row("invocations", &|_| prices.dollars(Unit::Invocation, invocations), 0.0);
    row("GB-seconds", &|it| prices.dollars(Unit::GbSecond, gb_seconds(it)), 0.0);
    let thousands = MILLION / 1e3;
    let service = |unit| move |it: &Measured| prices.dollars(unit, it.billed.get(unit) * thousands);
    let pipe = |unit, each: f64| prices.dollars(unit, MILLION * each);
    row("SQS", &service(Unit::Sqs), pipe(Unit::Sqs, 0.1));
    row("SQS FIFO", &service(Unit::SqsFifo), pipe(Unit::SqsFifo, 0.1));
    row("SNS", &service(Unit::Sns), pipe(Unit::Sns, 1.0));
    row("SNS FIFO", &service(Unit::SnsFifo), pipe(Unit::SnsFifo, 1.0));
    row("EventBridge", &service(Unit::Event), pipe(Unit::Event, 1.0));
    row("Pipes", &|_| 0.0, pipe(Unit::Pipe, TARGETS));
    row("ledger, and what is held", &service(Unit::Read), 0.0);
    row("logs", &|it| prices.dollars(Unit::LogByte, it.log_bytes * thousands), 0.0);
    let metrics = prices.dollars(Unit::Metric, METRICS) * MILLION / MONTH;
    rows.push((
        format!("metrics, at {:.0} million changes a month", MONTH / 1e6),
        [metrics, 0.0, 0.0, 0.0],
    ));
    let [sqs, _, dynamodb] = parked;
    let lots = (3.0 * sqs + 2.0 * dynamodb) * MILLION / PARKED;
    rows.push((format!("lots, where one in {PARKED:.0} is parked"), [lots, 0.0, 0.0, 0.0]));

    println!(
        "\n## A million changes, each to five targets, in batches of {BATCH}, at {MEMORY} MB\n"
    );
    let names: Vec<_> = Worker::ALL.iter().map(|worker| worker.name()).collect();
    println!("| dollars | {} | five Pipes |\n| --- | --- | --- | --- | --- |", names.join(" | "));
    for (name, dollars) in &rows {
        let cells = dollars.map(|it| if it == 0.0 { String::new() } else { format!("{it:.4}") });
        println!("| {name} | {} |", cells.join(" | "));
    }
    let total = |at: usize| rows.iter().map(|(_, dollars)| dollars[at]).sum::<f64>();
    let totals = [0, 1, 2, 3].map(|at| format!("**{:.2}**", total(at)));
    println!("| **together** | {} |", totals.join(" | "));
}

/// With less than a processor computing takes longer, and nothing else does.
fn gb_seconds(measured: &Measured) -> f64 {
    let waiting = (measured.time - measured.computing).max(0.0);
    let milliseconds = waiting + measured.computing * PROCESSOR / MEMORY;
    milliseconds / 1e3 * (MEMORY / 1024.0) * (MILLION / 1e3)
}
