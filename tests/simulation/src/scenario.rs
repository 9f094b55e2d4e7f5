//! The scripts of faults.

use std::ops::Range;
use std::time::Duration;

/// What is wrong with a destination or a lot while a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Every request fails.
    Down,
    /// No request is answered.
    Hangs,
    /// Requests take about as long as an attempt may.
    Slow,
    /// A third of the requests fails.
    Flaky,
    /// Half of the requests are throttled.
    Throttled,
    /// A third of the requests is taken, and the connection breaks before the answer.
    LostAcknowledgement,
    /// A third of the entries fails.
    PartialFailures,
    /// Answers have too few entries or too many.
    Malformed,
    /// One change in all is refused, for ever.
    Poison,
}

/// The change that a poisoned destination refuses.
pub(crate) const POISON: usize = 137;

/// One script: a neighbourhood, and what happens to it.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name in the table.
    pub name: &'static str,
    /// What is wrong with one route, which the seed chooses.
    pub(crate) sick: Fault,
    /// What is wrong with the lot at the same time.
    pub(crate) lot: Fault,
    /// One invocation in so many dies somewhere; 0 for none.
    pub(crate) dies: u8,
    /// One answer in so many gets lost; 0 for none.
    pub(crate) loses: u8,
    /// The share of invocations that happen twice.
    pub(crate) doubles: f64,
    /// The wall clock jumps between invocations.
    pub(crate) jumps: bool,
    /// Items: few of them make hot groups.
    pub(crate) items: u64,
    pub(crate) changes: usize,
    pub(crate) batch: usize,
    pub(crate) lanes: usize,
    /// How long the changes take to come in.
    pub(crate) over: Duration,
}

/// A minute of twenty changes a second, in which nothing goes wrong.
const CALM: Scenario = Scenario {
    name: "none",
    sick: Fault::None,
    lot: Fault::None,
    dies: 0,
    loses: 0,
    doubles: 0.0,
    jumps: false,
    items: 200,
    changes: 1200,
    batch: 100,
    lanes: 1,
    over: Duration::from_secs(60),
};

/// Every script, in the order of the table.
pub const SCENARIOS: &[Scenario] = &[
    CALM,
    Scenario { name: "down", sick: Fault::Down, ..CALM },
    Scenario { name: "hangs", sick: Fault::Hangs, ..CALM },
    Scenario { name: "slow", sick: Fault::Slow, ..CALM },
    Scenario { name: "flaky", sick: Fault::Flaky, ..CALM },
    Scenario { name: "throttled", sick: Fault::Throttled, ..CALM },
    Scenario { name: "lost acknowledgements", sick: Fault::LostAcknowledgement, ..CALM },
    Scenario { name: "partial failures", sick: Fault::PartialFailures, ..CALM },
    Scenario { name: "malformed answers", sick: Fault::Malformed, ..CALM },
    Scenario { name: "one poison", sick: Fault::Poison, ..CALM },
    Scenario { name: "down, four lanes", sick: Fault::Down, lanes: 4, ..CALM },
    Scenario { name: "clock jumps", sick: Fault::Flaky, jumps: true, ..CALM },
    Scenario { name: "hot group", sick: Fault::Flaky, items: 1, ..CALM },
    Scenario {
        name: "10,000 records at once",
        sick: Fault::Down,
        changes: 10_000,
        batch: 10_000,
        items: 5_000,
        over: Duration::ZERO,
        ..CALM
    },
    Scenario { name: "lot down, too", sick: Fault::Down, lot: Fault::Down, ..CALM },
    Scenario {
        name: "lot loses answers",
        sick: Fault::Down,
        lot: Fault::LostAcknowledgement,
        ..CALM
    },
    Scenario { name: "crashes", sick: Fault::Flaky, dies: 10, ..CALM },
    Scenario { name: "answers lost", loses: 10, ..CALM },
    Scenario { name: "invoked twice", doubles: 0.1, ..CALM },
    Scenario {
        name: "everything",
        sick: Fault::PartialFailures,
        lot: Fault::Flaky,
        dies: 20,
        loses: 20,
        doubles: 0.05,
        jumps: true,
        items: 20,
        lanes: 4,
        ..CALM
    },
];

impl Scenario {
    /// The same without the sick neighbour and with a lot that is well.
    pub(crate) fn healthy(self) -> Self {
        Scenario { sick: Fault::None, lot: Fault::None, ..self }
    }

    /// When the faults are there: for half of the minute. A poison stays one.
    pub(crate) fn fault_window(&self) -> Range<Duration> {
        match self.sick {
            Fault::Poison => Duration::ZERO..Duration::MAX,
            _ => self.over / 6..(self.over * 2 / 3).max(Duration::from_secs(40)),
        }
    }

    /// Whether every invocation runs once, to its end, and is heard.
    pub(crate) fn processes_are_well(&self) -> bool {
        self.dies == 0 && self.loses == 0 && self.doubles == 0.0
    }
}
