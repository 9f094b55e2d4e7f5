//! The changes of a run, as stream records.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use distributary_delivery::Identity;
use distributary_mapping::StreamRecord;
use fastrand::Rng;

use crate::scenario::Scenario;
use crate::world::EPOCH;

/// One change of an item.
#[derive(Debug, Clone)]
pub(crate) struct Change(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    number: usize,
    sequence: String,
    item: u64,
    arrived: Duration,
    undecodable: bool,
    raw: Bytes,
}

/// The stream that all changes are on.
pub(crate) const STREAM: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026";

/// Sequence numbers are this plus the number of the change.
const FIRST_SEQUENCE: u64 = 100_000_000_000;

impl Change {
    fn new(number: usize, item: u64, arrived: Duration, undecodable: bool) -> Self {
        let sequence = sequence(number);
        let n = if undecodable { "many".to_owned() } else { number.to_string() };
        let kind = if number.is_multiple_of(2) { "even" } else { "odd" };
        let raw = format!(
            "{{\"eventID\":\"e{number}\",\"eventName\":\"INSERT\",\"eventSource\":\"aws:dynamodb\",\
             \"awsRegion\":\"eu-central-1\",\"eventSourceARN\":\"{STREAM}\",\
             \"dynamodb\":{{\"ApproximateCreationDateTime\":{},\"Keys\":{{\"pk\":{{\"S\":\"I#{item}\"}}}},\
             \"NewImage\":{{\"pk\":{{\"S\":\"I#{item}\"}},\"n\":{{\"N\":\"{n}\"}},\
             \"kind\":{{\"S\":\"{kind}\"}}}},\
             \"SequenceNumber\":\"{sequence}\",\"StreamViewType\":\"NEW_IMAGE\"}}}}",
            EPOCH.saturating_add_unsigned(arrived.as_secs()),
        );
        Change(Arc::new(Inner { number, sequence, item, arrived, undecodable, raw: raw.into() }))
    }

    /// The changes of a scenario, at even distances in its time.
    pub(crate) fn all(scenario: &Scenario, rng: &mut Rng) -> Vec<Self> {
        let &Scenario { changes, items, over, undecodable, .. } = scenario;
        let change = |number: usize| {
            let at = over.mul_f64(number as f64 / changes.max(1) as f64);
            let broken = undecodable > 0 && number.is_multiple_of(undecodable);
            Change::new(number, rng.u64(..items), at, broken)
        };
        (0..changes).map(change).collect()
    }

    /// A few changes at once, of items that take turns.
    pub(crate) fn few(changes: usize, items: usize) -> Vec<Self> {
        let item = |number: usize| (number % items) as u64;
        let change = |number| Change::new(number, item(number), Duration::ZERO, false);
        (0..changes).map(change).collect()
    }

    pub(crate) fn number(&self) -> usize {
        self.0.number
    }

    pub(crate) fn item(&self) -> u64 {
        self.0.item
    }

    /// The stream record.
    pub(crate) fn raw(&self) -> Bytes {
        self.0.raw.clone()
    }

    /// Whether no rule can be asked about it.
    pub(crate) fn is_undecodable(&self) -> bool {
        self.0.undecodable
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
    for (at, Change(change)) in changes.iter().enumerate() {
        if at > 0 {
            event.push(b',');
        }
        event.extend_from_slice(&change.raw);
    }
    event.extend_from_slice(b"]}");
    event.into()
}

/// The name of a change's delivery to a route, under all rules.
pub(crate) fn identity(change: usize, route: &str) -> Identity {
    Identity::new(&format!("e{change}"), "written", route)
}

/// The sequence number of the change that has this number.
pub(crate) fn sequence(number: usize) -> String {
    (FIRST_SEQUENCE + number as u64).to_string()
}

/// The number of the change that has this sequence number.
pub(crate) fn number(sequence: &str) -> usize {
    let number = sequence.parse::<u64>().unwrap() - FIRST_SEQUENCE;
    usize::try_from(number).unwrap()
}
