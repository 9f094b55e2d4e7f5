//! The scripts of faults.

use std::time::Duration;

use crate::scenario::{Fault, Memory, Scenario};
use crate::world::Rules;

/// A minute of twenty changes a second, in which nothing goes wrong.
pub(crate) const CALM: Scenario = Scenario {
    name: "none",
    sick: Fault::None,
    lot: Fault::None,
    memory: Memory::Shared,
    rules: Rules::Park,
    then: Rules::Park,
    dies: 0,
    loses: 0,
    doubles: 0.0,
    jumps: false,
    undecodable: 0,
    items: 200,
    changes: 1200,
    batch: 100,
    shards: 1,
    lanes: 1,
    sandboxes: 1,
    over: Duration::from_secs(60),
    latency: [5, 14],
};

/// A route that is down, with a lot that often is: much is unsettled, and two sandboxes take turns
/// with what comes again.
const RETRIED: Scenario = Scenario {
    name: "lot flaky, two sandboxes",
    sick: Fault::Down,
    lot: Fault::Flaky,
    sandboxes: 2,
    ..CALM
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
    Scenario { name: "undecodable records", undecodable: 50, ..CALM },
    Scenario { name: "paused", sick: Fault::Paused, ..CALM },
    Scenario {
        name: "drop and block",
        sick: Fault::Down,
        rules: Rules::Policies,
        then: Rules::Policies,
        ..CALM
    },
    Scenario { name: "down, four lanes", sick: Fault::Down, lanes: 4, ..CALM },
    Scenario { name: "down, three shards", sick: Fault::Down, shards: 3, ..CALM },
    Scenario { name: "clock jumps", sick: Fault::Flaky, jumps: true, ..CALM },
    Scenario { name: "hot group", sick: Fault::Flaky, items: 1, ..CALM },
    Scenario {
        name: "1,000 of one group at once",
        sick: Fault::Down,
        changes: 1_000,
        batch: 1_000,
        items: 1,
        over: Duration::ZERO,
        ..CALM
    },
    Scenario {
        name: "10,000 at once",
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
    Scenario {
        name: "lot down, one behind it",
        sick: Fault::Down,
        lot: Fault::Down,
        rules: Rules::Chain,
        then: Rules::Chain,
        ..CALM
    },
    RETRIED,
    Scenario { name: "the same, ledger slow", memory: Memory::Slow, ..RETRIED },
    Scenario { name: "the same, ledger down", memory: Memory::Down, ..RETRIED },
    Scenario { name: "the same, ledger stale", memory: Memory::Stale, ..RETRIED },
    Scenario { name: "the same, tokens corrupt", memory: Memory::Corrupt, ..RETRIED },
    Scenario { name: "the same, tokens of other rules", memory: Memory::OtherRules, ..RETRIED },
    Scenario { name: "the same, tokens of the future", memory: Memory::Future, ..RETRIED },
    Scenario { name: "the same, rule and routes renamed", then: Rules::Renamed, ..RETRIED },
    Scenario { name: "one sandbox, no ledger", memory: Memory::None, sandboxes: 1, ..RETRIED },
    Scenario { name: "crashes", sick: Fault::Flaky, dies: 10, sandboxes: 2, ..CALM },
    Scenario { name: "answers lost", loses: 10, sandboxes: 2, ..CALM },
    Scenario { name: "invoked twice", doubles: 0.1, sandboxes: 2, ..CALM },
    Scenario {
        name: "everything",
        sick: Fault::PartialFailures,
        lot: Fault::Flaky,
        memory: Memory::Slow,
        dies: 20,
        loses: 20,
        doubles: 0.05,
        jumps: true,
        undecodable: 100,
        items: 20,
        shards: 2,
        lanes: 2,
        sandboxes: 4,
        ..CALM
    },
];
