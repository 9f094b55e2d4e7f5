//! What a planner sends of a record that it reads in part is what the reference payload makes of
//! the whole record.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::sync::Arc;

use bytes::Bytes;
use distributary_change::{Batch, RawRecord};
use distributary_plan::Planner;
use distributary_rules::{Given, Program, check, payload};
use distributary_syntax::{Severity, Sources};
use fastrand::Rng;

const CASES: usize = 2_000;

const ROUTES: &str = r#"
source shop { table: "dev-shop"  key: pk  ttl: expiresAt }
route plain = console {}
route typed = console { format: dynamodb }
route events = console { format: cloudevents }
route queue = sqs {
  queue: "arn:aws:sqs:eu-central-1:123456789012:q"
  group: "${item.status}"
  attributes: { currency: new.currency, total: old.total }
  oversize: keys
}
route ordered = sqs.fifo {
  queue: "arn:aws:sqs:eu-central-1:123456789012:q.fifo"
  dedup: "${item.sk}"
  on_failure: block
}
"#;

const ALL_ROUTES: [&str; 5] = ["plain", "typed", "events", "queue", "ordered"];

/// Payloads that read a little, much, or all of a record.
const PAYLOADS: [&str; 22] = [
    "",
    "with { a: item.status }",
    "with { a: item.total, b: new.total, c: old.total }",
    "with { a: new.total - old.total }",
    "with { a: item.lines[0].sku, b: item.lines[1] }",
    "with { a: item.customer }",
    "with { a: item.customer.tier ?? \"none\" }",
    "with { a: \"${item.note}/${old.status}/${keys.pk}\" }",
    "with { a: item.status changed, b: item.total > 100, c: item.note exists }",
    "with { a: item.coupons, b: item.binary, c: item.numbers, d: item.nothing }",
    "with { ...item.{status, total}, k: keys }",
    "with { ...item }",
    "with { a: old }",
    "with { a: new }",
    "with change",
    "with { a: event.expired, b: event.size, c: event.principal, d: event.at, e: event.time }",
    "with { a: event.id, b: event.seq, c: event.region, d: event.account, e: event.table }",
    "with { a: any line in item.lines (line.qty > 1) }",
    "with { a: len(item.lines), b: item.coupons has \"x\" }",
    "with [item.status, item[\"o d\"], old.deep]",
    "with { a: item.deep.a.b[0].c }",
    "with item.note",
];

const STATUSES: [&str; 4] = [
    r#"{"S":"Paid"}"#,
    r#"{"S":"\u0050aid \"x\" \ud83d\ude00"}"#,
    r#"{"NULL":true}"#,
    r#"{"M":{"b":{"N":"1"},"a":{"S":"x"}}}"#,
];

const TOTALS: [&str; 4] =
    [r#"{"N":"1.50"}"#, r#"{"N":"-0.0"}"#, r#"{"N":"1E+40"}"#, r#"{"S":"é"}"#];

const OTHERS: [&str; 9] = [
    r#""lines":{"L":[{"M":{"sku":{"S":"s"},"qty":{"N":"2"}}},{"N":"010"}]}"#,
    r#""customer":{"M":{"tier":{"S":"gold"},"id":{"S":""}}}"#,
    r#""coupons":{"SS":["x","a"]}"#,
    r#""numbers":{"NS":["1.0","-3"]}"#,
    r#""binary":{"B":"aGk="}"#,
    r#""o d":{"BOOL":false}"#,
    r#""deep":{"M":{"a":{"M":{"b":{"L":[{"M":{"c":{"BOOL":true}}}]}}}}}"#,
    r#""expiresAt":{"N":"5"}"#,
    r#""note":{ "S" : "a note" }"#,
];

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(0..from.len())]
}

fn item(random: &mut Rng) -> String {
    let mut members = vec![r#""pk":{"S":"k"}"#.to_owned(), r#""sk":{"S":"\u0061"}"#.to_owned()];
    members.push(format!(r#""status":{}"#, pick(random, &STATUSES)));
    members.push(format!(r#""total":{}"#, pick(random, &TOTALS)));
    members.extend(OTHERS.iter().filter(|_| random.bool()).map(|member| (*member).to_owned()));
    random.shuffle(&mut members);
    format!("{{{}}}", members.join(","))
}

fn record(random: &mut Rng) -> RawRecord {
    let kind = pick(random, &["INSERT", "MODIFY", "REMOVE"]);
    let mut images = String::new();
    for (name, never) in [("OldImage", "INSERT"), ("NewImage", "REMOVE")] {
        if kind != never && random.u8(0..6) > 0 {
            images.push_str(&format!(r#""{name}":{},"#, item(random)));
        }
    }
    let by = r#""userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},"#;
    let by = if random.bool() { by } else { "" };
    let size = pick(random, &["", r#""SizeBytes": 12,"#]);
    let time = pick(random, &["1795255140", "1795255140.25", r#""2026-11-05T09:30:00Z""#]);
    let text = format!(
        r#"{{"eventID":"e","eventName":"{kind}","awsRegion":"eu-central-1",{by}
        "eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/dev-shop/stream/1",
        "dynamodb":{{"ApproximateCreationDateTime": {time},{size}"SequenceNumber":"7",
        "Keys": {{"pk":{{"S":"k"}},"a":{{"N":"1.0"}}}},{images}
        "StreamViewType":"NEW_AND_OLD_IMAGES"}}}}"#
    );
    RawRecord { bytes: Bytes::from(text) }
}

fn program(random: &mut Rng) -> Arc<Program> {
    let mut text = ROUTES.to_owned();
    for rule in 0..random.usize(1..4) {
        text.push_str(&format!("rule r{rule} {{ on ANY\n"));
        for route in random.choose_multiple(ALL_ROUTES, 2) {
            text.push_str(&format!("  to {route} {}\n", pick(random, &PAYLOADS)));
        }
        text.push_str("}\n");
    }
    let mut sources = Sources::new();
    sources.add("excerpt.rules", text);
    let checked = check(&sources, &Given::default());
    let errors = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    assert!(!checked.has_errors(), "{:?}", errors.map(|d| &d.message).collect::<Vec<_>>());
    Arc::new(checked.program)
}

/// How many messages were compared.
fn compare(program: &Arc<Program>, records: &[RawRecord]) -> usize {
    let plan = Planner::new(Arc::clone(program)).plan(records);
    let mut deliveries = plan.deliveries.iter();
    for raw in records {
        let record = raw.decode().unwrap();
        let source = program.source_of(&record.table);
        for (rule, declared) in program.rules().iter().enumerate() {
            for output in 0..declared.outputs.len() {
                let sent = deliveries.next().unwrap();
                let message = payload::message(program, rule, output, &record, source);
                assert_eq!(sent.message, message, "{:?} {:#?}", raw.bytes, declared.outputs);
                let body = &message.body;
                let fallback = payload::fallback(program, rule, output, &record, source, body);
                assert_eq!(sent.fallback, fallback.map(Bytes::from), "{:?}", raw.bytes);
                assert_eq!(sent.origin.time, record.time.seconds());
            }
        }
    }
    assert_eq!(deliveries.next(), None);
    plan.deliveries.len()
}

#[test]
fn a_record_that_is_read_in_part_is_sent_as_if_it_were_decoded() {
    let mut random = Rng::with_seed(9);
    let mut compared = 0;
    for _ in 0..CASES / 20 {
        let program = program(&mut random);
        let records: Vec<RawRecord> = (0..20).map(|_| record(&mut random)).collect();
        compared += compare(&program, &records);
    }
    assert!(compared > CASES, "{compared}");
}

#[test]
fn so_are_the_records_of_a_stream() {
    let events = [
        include_bytes!("../../../examples/shop/events/orders.json").as_slice(),
        include_bytes!("../../../examples/shop/events/carts.json"),
        include_bytes!("../../../examples/shop/events/prices.json"),
    ];
    let mut random = Rng::with_seed(10);
    for _ in 0..20 {
        let program = program(&mut random);
        for event in events {
            compare(&program, &Batch::split(&Bytes::from_static(event)).unwrap());
        }
    }
}
