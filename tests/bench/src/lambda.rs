//! What a function does with a batch before it sends: decode, match, render, encode.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use distributary_change::Batch;
use distributary_plan::Planner;
use distributary_rules::{Given, check};
use distributary_syntax::Sources;
use serde::Serialize;
use serde_json::Value;

use crate::clock::Stopwatch;
use crate::{data, handwritten};

const RULES: &str = r#"
route bus = console {}
rule paid {
  on MODIFY when item.status became "Paid"
  to bus with { order: keys.pk, total: item.total, tenant: item.tenant }
}
rule cancelled {
  on MODIFY when item.status became "Cancelled" from "Placed"
  to bus with { order: keys.pk, note: item.note }
}
rule large {
  on ANY when new.total >= 9000
  to bus with { order: keys.pk, total: item.total, status: item.status }
}
"#;

/// Records of medium size that make the 6 MB that Lambda hands over at most.
const RECORDS: usize = 3_200;

const ROUNDS: usize = 30;

/// A rule fired.
pub struct Sent {
    pub rule: &'static str,
    pub detail: String,
}

/// `PutEvents` takes ten entries at once.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Request<'a> {
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    source: &'a str,
    detail_type: &'a str,
    detail: &'a str,
    event_bus_name: &'a str,
}

/// Prints how long both ways take for the same batch, and what stands between them.
pub fn compare() {
    let payload = payload();
    let planner = planner();
    agree(&planner, &payload);
    let split = best(|| Batch::split(&payload).expect("an event").len());
    let ours = best(|| {
        let plan = planner.plan(&Batch::split(&payload).expect("an event"));
        let sent = plan.deliveries.iter().map(|sent| {
            (&*sent.rule, std::str::from_utf8(&sent.message.body).expect("a payload is text"))
        });
        encode(sent)
    });
    let read = best(|| {
        let event: Result<aws_lambda_events::dynamodb::Event, _> = serde_json::from_slice(&payload);
        event.expect("an event").records.len()
    });
    let by_hand = best(|| {
        let sent = handwritten::handle(&payload);
        encode(sent.iter().map(|sent| (sent.rule, sent.detail.as_str())))
    });
    let (size, ms) = (payload.len() as f64 / 1e6, |time: Duration| time.as_secs_f64() * 1e3);
    println!("\n## A batch of {size:.1} MB, {RECORDS} records, 3 rules\n");
    println!("| | all of it | of that, taking the event apart | thousand records a second |");
    println!("| --- | --- | --- | --- |");
    for (name, all, part) in [("ours", ours, split), ("by hand", by_hand, read)] {
        let speed = RECORDS as f64 / all.as_secs_f64() / 1e3;
        println!("| {name} | {:.1} ms | {:.1} ms | {speed:.0} |", ms(all), ms(part));
    }
    println!("\nOurs is {:.1}× as fast.", ms(by_hand) / ms(ours));
}

fn payload() -> Bytes {
    let records = data::records(RECORDS, data::SIZES[1].1, 5);
    let records: Vec<&str> =
        records.iter().map(|raw| std::str::from_utf8(&raw.bytes).expect("text")).collect();
    format!("{{\"Records\":[{}]}}", records.join(",")).into()
}

fn planner() -> Planner {
    let mut sources = Sources::new();
    sources.add("lambda.rules", RULES);
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics.first());
    Planner::new(Arc::new(checked.program))
}

/// Both send the same; numbers are compared as floats, which is what those by hand are.
fn agree(planner: &Planner, payload: &Bytes) {
    let plan = planner.plan(&Batch::split(payload).expect("an event"));
    let ours = plan.deliveries.iter().map(|sent| {
        let detail: Value = serde_json::from_slice(&sent.message.body).expect("a payload is JSON");
        (sent.rule.to_string(), detail)
    });
    let by_hand = handwritten::handle(payload).into_iter().map(|sent| {
        let detail: Value = serde_json::from_str(&sent.detail).expect("a payload is JSON");
        (sent.rule.to_owned(), detail)
    });
    let sorted = |mut sent: Vec<(String, Value)>| {
        sent.sort_by_key(|(rule, detail)| (rule.clone(), detail["order"].to_string()));
        sent
    };
    assert_eq!(sorted(ours.collect()), sorted(by_hand.collect()));
}

/// The requests; how many bytes they have.
fn encode<'a>(sent: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    let entry = |(detail_type, detail)| Entry {
        source: "com.acme.shop",
        detail_type,
        detail,
        event_bus_name: "shop",
    };
    let entries: Vec<Entry<'_>> = sent.map(entry).collect();
    let mut entries = entries.into_iter().peekable();
    let mut bytes = 0;
    while entries.peek().is_some() {
        let request = Request { entries: entries.by_ref().take(10).collect() };
        bytes += black_box(serde_json::to_vec(&request).expect("JSON")).len();
    }
    bytes
}

fn best<T>(mut run: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let start = Stopwatch::start();
        black_box(run());
        start.elapsed()
    };
    (0..ROUNDS).map(time).min().unwrap_or_default()
}
