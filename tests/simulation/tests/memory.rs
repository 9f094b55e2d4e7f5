//! What a full batch takes of memory while everything of it is parked: the events of 6 MB that Lambda
//! sends at most, with payloads as large as the items, to two routes that are down and one that is well.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::HashSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use distributary_delivery::{Delivery, Envelope, Message};
use distributary_engine::{Engine, Invocation};
use distributary_mapping::PAYLOAD_BYTES;
use distributary_plan::Planner;
use distributary_router::{Failure, Found, Lane, Limits, Lot, LotSlot, Router, Taken, Target};
use distributary_rules::{Given, check};
use distributary_syntax::Sources;
use tokio::time::sleep;

const RULES: &str = r#"
source shop { table: "shop"  key: pk  view: NEW_IMAGE  park: spare }
lot spare = dynamodb { table: "spare" }
route bus = eventbridge { bus: "shop"  source: "com.acme.shop" }
route work = sqs { queue: "arn:aws:sqs:eu-central-1:123456789012:work" }
route ordered = sqs.fifo { queue: "arn:aws:sqs:eu-central-1:123456789012:ordered.fifo" }
rule written { on INSERT to bus with item  to work with item  to ordered with item }
"#;

/// Megabytes that the process may have taken when it is over.
const MOST: usize = 64;

struct Destination {
    down: bool,
    ordered: bool,
}

#[async_trait]
impl Target for Destination {
    fn limits(&self) -> Limits {
        Limits { entries: 10, bytes: 1024 * 1024, one_per_group: self.ordered }
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        Ok(message.body.len())
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        sleep(Duration::from_millis(10)).await;
        match self.down {
            true => Err(Failure::transient("ServiceUnavailable")),
            false => Ok(vec![Ok(()); batch.len()]),
        }
    }
}

/// Encodes what it is given, as lots do, and has it under way for a while.
struct Pit;

#[async_trait]
impl Lot for Pit {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        let encoded: Vec<_> = parked.iter().map(|envelope| envelope.to_json().unwrap()).collect();
        sleep(Duration::from_millis(10)).await;
        drop(encoded);
        vec![Ok(()); parked.len()]
    }

    fn is_ordered(&self) -> bool {
        true
    }

    async fn held(&self, _: &str) -> Result<HashSet<String>, Failure> {
        Ok(HashSet::new())
    }

    async fn take(&self, _: &str, _: usize, _: i64) -> Result<Found, Failure> {
        Ok(Found::default())
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        vec![Ok(()); arrived.len()]
    }

    async fn give_back(&self, _: &[Taken]) {}

    async fn postpone(&self, _: &[Taken]) {}
}

/// An event as large as Lambda sends it, with so many records.
fn event(records: usize) -> Bytes {
    let text = "x".repeat(PAYLOAD_BYTES / records - 420);
    let record = |number: usize| {
        format!(
            "{{\"eventID\":\"e{number}\",\"eventName\":\"INSERT\",\"eventSource\":\"aws:dynamodb\",\
             \"awsRegion\":\"eu-central-1\",\"eventSourceARN\":\
             \"arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026\",\
             \"dynamodb\":{{\"ApproximateCreationDateTime\":1790000000,\
             \"Keys\":{{\"pk\":{{\"S\":\"I#{number}\"}}}},\
             \"NewImage\":{{\"pk\":{{\"S\":\"I#{number}\"}},\"text\":{{\"S\":\"{text}\"}}}},\
             \"SequenceNumber\":\"{}\",\"StreamViewType\":\"NEW_IMAGE\"}}}}",
            100_000_000_000 + number as u64,
        )
    };
    let records: Vec<String> = (0..records).map(record).collect();
    format!("{{\"Records\":[{}]}}", records.join(",")).into()
}

fn engine() -> Engine {
    let mut sources = Sources::new();
    sources.add("memory.rules", RULES);
    let program = check(&sources, &Given::default()).program;
    let routes = program.resolve().unwrap().routes;
    let lanes = routes.into_iter().map(|route| {
        let (down, ordered) = (*route.name != *"bus", *route.name == *"ordered");
        Lane { route, target: Arc::new(Destination { down, ordered }) }
    });
    let lots = vec![LotSlot { lot: Arc::new(Pit), then: None }];
    let router = Router::new(lanes.collect(), lots, program.hash(), 0);
    Engine::new(Planner::new(Arc::new(program)), router).with_partial_batch_response(true)
}

/// What the process has had in memory at most, in megabytes.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().unwrap();
    kilobytes / 1024
}

#[tokio::test(start_paused = true)]
async fn a_full_batch_fits() {
    for records in [10_000, 20] {
        let invocation = Invocation { payload: event(records), now: 1_790_000_000, deadline: None };
        assert!(invocation.payload.len() > PAYLOAD_BYTES * 9 / 10);
        assert!(invocation.payload.len() <= PAYLOAD_BYTES);
        let handled = engine().handle(invocation).await.unwrap();
        let report = handled.outcome.report;
        let parked: Vec<usize> = report.routes.iter().map(|route| route.parked).collect();
        assert_eq!((report.lowest_unsettled, parked), (None, vec![0, records, records]));
    }
    assert!(peak() <= MOST, "{} MB", peak());
}
