//! The rules and records of every run: each change goes to a bus, a queue and a FIFO queue.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use distributary_delivery::Route;
use distributary_mapping::StreamRecord;
use distributary_plan::Planner;
use distributary_rules::{Given, Program, check};
use distributary_syntax::Sources;
use fastrand::Rng;

const RULES: &str = r#"
source shop { table: "shop"  key: pk  view: NEW_IMAGE  park: spare }
lot spare = dynamodb { table: "spare" }
route bus = eventbridge { bus: "shop"  source: "com.acme.shop"  park: spare }
route work = sqs { queue: "arn:aws:sqs:eu-central-1:123456789012:work"  park: spare }
route ordered = sqs.fifo { queue: "arn:aws:sqs:eu-central-1:123456789012:ordered.fifo"  park: spare }
rule written {
  on INSERT
  to bus with { key: keys.pk, n: item.n }
  to work with { key: keys.pk, n: item.n }
  to ordered with { key: keys.pk, n: item.n }
}
"#;

/// Seconds since the epoch at the start of every run.
pub(crate) const EPOCH: i64 = 1_790_000_000;

/// What is the same in every run.
pub(crate) struct World {
    pub(crate) planner: Planner,
    pub(crate) routes: Vec<Route>,
    pub(crate) hash: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut sources = Sources::new();
        sources.add("simulation.rules", RULES);
        let checked = check(&sources, &Given::default());
        assert!(!checked.has_errors(), "{:#?}", checked.diagnostics);
        let program: Program = checked.program;
        let routes = program.resolve().map(|resolved| resolved.routes).unwrap_or_default();
        let hash = program.hash().to_owned();
        World { planner: Planner::new(Arc::new(program)), routes, hash }
    }
}

/// One change of an item.
#[derive(Debug, Clone)]
pub(crate) struct Change(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    number: usize,
    sequence: String,
    item: u64,
    arrived: Duration,
    raw: Bytes,
}

/// Sequence numbers are this plus the number of the change.
const FIRST_SEQUENCE: u64 = 100_000_000_000;

impl Change {
    pub(crate) fn new(number: usize, item: u64, arrived: Duration) -> Self {
        let sequence = (FIRST_SEQUENCE + number as u64).to_string();
        let raw = format!(
            "{{\"eventID\":\"e{number}\",\"eventName\":\"INSERT\",\"eventSource\":\"aws:dynamodb\",\
             \"awsRegion\":\"eu-central-1\",\"eventSourceARN\":\
             \"arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026\",\
             \"dynamodb\":{{\"ApproximateCreationDateTime\":{},\"Keys\":{{\"pk\":{{\"S\":\"I#{item}\"}}}},\
             \"NewImage\":{{\"pk\":{{\"S\":\"I#{item}\"}},\"n\":{{\"N\":\"{number}\"}}}},\
             \"SequenceNumber\":\"{sequence}\",\"StreamViewType\":\"NEW_IMAGE\"}}}}",
            EPOCH.saturating_add_unsigned(arrived.as_secs()),
        );
        Change(Arc::new(Inner { number, sequence, item, arrived, raw: raw.into() }))
    }

    /// The changes of a run: `count` of them at even distances in `over`, each of one of `items`.
    pub(crate) fn all(count: usize, items: u64, over: Duration, rng: &mut Rng) -> Vec<Self> {
        let at = |number: usize| over.mul_f64(number as f64 / count.max(1) as f64);
        (0..count).map(|number| Change::new(number, rng.u64(..items), at(number))).collect()
    }

    pub(crate) fn number(&self) -> usize {
        self.0.number
    }

    pub(crate) fn item(&self) -> u64 {
        self.0.item
    }

    /// The change as a stream record.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.0.raw
    }
}

impl StreamRecord for Change {
    fn sequence(&self) -> &str {
        &self.0.sequence
    }

    fn key_hash(&self) -> u64 {
        self.0.item.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32
    }

    fn size(&self) -> usize {
        self.0.raw.len()
    }

    fn arrived(&self) -> Duration {
        self.0.arrived
    }
}

/// The event of an invocation with these changes.
pub(crate) fn event(changes: &[Change]) -> Bytes {
    let mut event = b"{\"Records\":[".to_vec();
    for (at, change) in changes.iter().enumerate() {
        if at > 0 {
            event.push(b',');
        }
        event.extend_from_slice(change.raw());
    }
    event.extend_from_slice(b"]}");
    event.into()
}

/// The number of the change that has this sequence number.
pub(crate) fn number(sequence: &str) -> usize {
    let number = sequence.parse::<u64>().unwrap() - FIRST_SEQUENCE;
    usize::try_from(number).unwrap()
}
