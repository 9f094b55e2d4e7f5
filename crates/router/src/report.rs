//! What became of a batch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::Identity;

/// What became of a batch: the ground of the answer to the event source mapping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// One per lane, in their order.
    pub routes: Vec<RouteReport>,
    /// Undecodable records that wait in their lots now.
    pub quarantined: usize,
    /// The lowest place in the batch where something is unsettled; `None` when all is settled.
    pub lowest_unsettled: Option<usize>,
    /// What is settled, by the places of the records: what the next run of this batch is told as
    /// [`Start::before`](crate::Start::before). Records without a delivery are not in it.
    pub settled: BTreeMap<usize, BTreeSet<Identity>>,
}

/// What became of one route's deliveries. `matched` is the sum of the outcomes: `before`,
/// `delivered`, `parked`, `held`, `dropped` and `unsettled`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RouteReport {
    /// The route's name.
    pub name: Arc<str>,
    /// Deliveries that there were.
    pub matched: usize,
    /// Those that an earlier run of the same batch settled.
    pub before: usize,
    /// Those that the target took.
    pub delivered: usize,
    /// Those that wait in the route's lot because they could not be made.
    pub parked: usize,
    /// Those that wait in the route's lot because an earlier one of their group does.
    pub held: usize,
    /// Those that failed and that the route's policy gives up.
    pub dropped: usize,
    /// Those that come again.
    pub unsettled: usize,
    /// Deliveries of earlier runs that left the lot and arrived.
    pub redriven: usize,
    /// Why the lot was not emptied; `None` where nothing is known to wait in it.
    pub left: Option<String>,
    /// When the oldest delivery was parked that is known to wait in the lot, in seconds since the
    /// epoch.
    pub oldest_parked: Option<i64>,
    /// Requests made to the target for deliveries of this run, the failed ones among them.
    pub attempts: usize,
    /// How long each of these requests took, in ascending order.
    pub latencies: Vec<Duration>,
}

impl RouteReport {
    /// How long half of the requests took at most; `None` where there was none.
    #[must_use]
    pub fn p50(&self) -> Option<Duration> {
        self.percentile(50)
    }

    /// How long 99 of 100 requests took at most; `None` where there was none.
    #[must_use]
    pub fn p99(&self) -> Option<Duration> {
        self.percentile(99)
    }

    /// By the nearest rank: a time that a request really took.
    fn percentile(&self, percent: usize) -> Option<Duration> {
        let rank = (self.latencies.len() * percent).div_ceil(100);
        self.latencies.get(rank.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_a_request_took() {
        // Requests that took 1 ms, 2 ms, …
        for (requests, p50, p99) in
            [(1, 1, 1), (2, 1, 2), (3, 2, 3), (100, 50, 99), (250, 125, 248)]
        {
            let latencies = (1..=requests as u64).map(Duration::from_millis).collect();
            let report = RouteReport { latencies, ..RouteReport::default() };
            let expected = [p50, p99].map(Duration::from_millis).map(Some);
            assert_eq!([report.p50(), report.p99()], expected, "{requests}");
        }
    }
}
