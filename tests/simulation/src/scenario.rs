//! What a script says.

use std::ops::Range;
use std::time::Duration;

use crate::world::Rules;

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
    /// Nothing, but an operator has paused the route.
    Paused,
}

/// The change that a poisoned destination refuses.
pub(crate) const POISON: usize = 137;

/// What outlives an invocation beside the sandbox itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    /// Nothing.
    None,
    /// A ledger.
    Shared,
    /// A ledger that cannot be reached.
    Down,
    /// A ledger that often answers later than it is waited for.
    Slow,
    /// A ledger whose answers lack what was written last.
    Stale,
    /// A ledger whose tokens name nothing beyond the first record.
    Short,
    /// A ledger whose tokens cannot be read, or name records in another order.
    Corrupt,
    /// A ledger whose tokens call everything settled, under other rules.
    OtherRules,
    /// A ledger whose tokens call everything settled that comes after the batch's first record.
    Future,
}

/// One script: a neighbourhood, and what happens to it.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name in the table.
    pub name: &'static str,
    /// What is wrong with one route, which the seed chooses.
    pub(crate) sick: Fault,
    /// What is wrong with its lot at the same time.
    pub(crate) lot: Fault,
    pub(crate) memory: Memory,
    /// The rules at the start.
    pub(crate) rules: Rules,
    /// The rules at the end. In between, sandboxes start with either.
    pub(crate) then: Rules,
    /// One invocation in so many dies somewhere; 0 for none.
    pub(crate) dies: u8,
    /// One answer in so many gets lost; 0 for none.
    pub(crate) loses: u8,
    /// The share of invocations that happen twice.
    pub(crate) doubles: f64,
    /// The wall clock jumps between invocations.
    pub(crate) jumps: bool,
    /// One change in so many cannot be decoded; 0 for none.
    pub(crate) undecodable: usize,
    /// Items: few of them make hot groups.
    pub(crate) items: u64,
    pub(crate) changes: usize,
    pub(crate) batch: usize,
    pub(crate) shards: u64,
    pub(crate) lanes: usize,
    /// Sandboxes that take turns.
    pub(crate) sandboxes: usize,
    /// How long the changes take to come in.
    pub(crate) over: Duration,
    /// The least and most milliseconds that a request takes where all is well.
    pub(crate) latency: [u64; 2],
}

impl Scenario {
    /// The same with a quarter of the changes, for builds that take their time.
    #[must_use]
    pub fn thinned(self) -> Self {
        Scenario { changes: self.changes / 4, ..self }
    }

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

    /// The lot that has the fault.
    pub(crate) fn faulty_lot(&self) -> &'static str {
        if self.rules == Rules::Chain { "front" } else { "spare" }
    }

    /// Whether whatever is parked is kept.
    pub(crate) fn lots_are_well(&self) -> bool {
        self.lot == Fault::None || self.rules == Rules::Chain
    }

    /// Whether every invocation runs once, to its end, and is heard.
    pub(crate) fn processes_are_well(&self) -> bool {
        self.dies == 0 && self.loses == 0 && self.doubles == 0.0
    }

    /// Whether what was settled is known to every invocation that comes after.
    pub(crate) fn remembers(&self) -> bool {
        let alone = self.sandboxes == 1 && self.lanes == 1 && self.shards == 1;
        self.memory == Memory::Shared && self.then == self.rules
            || alone && self.processes_are_well()
    }
}
