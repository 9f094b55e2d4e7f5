//! What was seen in a run, as figures.

use std::time::Duration;

use distributary_mapping::StreamRecord as _;

use crate::change::Change;
use crate::neighbourhood::Neighbourhood;
use crate::tally::Tally;
use crate::target::Destination;
use crate::world::is_ordered;

/// Figures of a run, or of many.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Deliveries that the rules asked for.
    pub deliveries: usize,
    /// Requests, to routes, lots or the ledger, and invocations that a fault befell.
    pub faults: usize,
    /// Deliveries that are neither at their target nor in a lot nor counted as dropped, and records
    /// that no rule could be asked about and that are in no lot.
    pub lost: usize,
    /// Second arrivals at routes that were well.
    pub duplicates: usize,
    /// How many there may be: what invocations sent that died, were not heard or had a double.
    pub repeatable: usize,
    /// Second arrivals under another identity, at any route.
    pub renamed: usize,
    /// First arrivals at well routes behind a later one of their group; on the FIFO route.
    pub order_breaks: usize,
    /// What waits in a lot for routes that were well.
    pub parked_healthy: usize,
    /// What waits in a lot for the sick route when everything is over.
    pub left: usize,
    /// The longest invocation.
    pub longest: Duration,
    /// Invocations longer than any that waits for nothing sick.
    pub(crate) long: usize,
    /// From a change to its first arrival at a well route.
    pub(crate) latencies: Vec<Duration>,
}

impl Seen {
    pub(crate) fn of(around: &Neighbourhood, changes: &[Change], tally: Tally) -> Self {
        let Tally { struck, repeatable, dropped, longest, long, .. } = tally;
        let faults = around.faults() + struck;
        let mut seen = Seen { faults, repeatable, longest, long, ..Seen::default() };
        let (broken, decodable): (Vec<&Change>, Vec<&Change>) =
            changes.iter().partition(|change| change.is_undecodable());
        let quarantine = "".into();
        let gone = |change: &&&Change| !around.waits(&quarantine, change.number());
        seen.lost = broken.iter().filter(gone).count();
        for (route, destination) in &around.destinations {
            let waits = |change: &Change| around.waits(&route.known_as, change.number());
            let missing = |change: &&&Change| {
                !destination.journal(|journal| journal.has(change.number())) && !waits(change)
            };
            seen.lost += decodable.iter().filter(missing).count();
            seen.deliveries += decodable.len();
            seen.renamed += destination.journal(|journal| journal.renamed());
            let waiting = around.waiting(&route.known_as);
            if !destination.weather().is_fair() {
                seen.left += waiting;
                continue;
            }
            seen.parked_healthy += waiting;
            seen.well(destination, is_ordered(route), changes);
        }
        // What is dropped and comes again all the same was counted for nothing.
        seen.lost = seen.lost.saturating_sub(dropped);
        seen
    }

    fn well(&mut self, destination: &Destination, ordered: bool, changes: &[Change]) {
        destination.journal(|journal| {
            self.duplicates += journal.again();
            if ordered {
                let groups = journal.by_group(changes);
                let breaks = |of: &Vec<usize>| of.windows(2).filter(|two| two[0] > two[1]).count();
                self.order_breaks += groups.values().map(breaks).sum::<usize>();
            }
            let latency = |change: &Change| {
                Some(journal.first(change.number())?.at.saturating_sub(change.arrived()))
            };
            self.latencies.extend(changes.iter().filter_map(latency));
        });
    }

    /// How long 99 of 100 changes took to well routes at most.
    #[must_use]
    pub fn p99(&self) -> Duration {
        let mut latencies = self.latencies.clone();
        latencies.sort_unstable();
        let rank = (latencies.len() * 99).div_ceil(100);
        latencies.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

impl std::iter::Sum for Seen {
    fn sum<I: Iterator<Item = Self>>(runs: I) -> Self {
        runs.reduce(|sum, run| Seen {
            deliveries: sum.deliveries + run.deliveries,
            faults: sum.faults + run.faults,
            lost: sum.lost + run.lost,
            duplicates: sum.duplicates + run.duplicates,
            repeatable: sum.repeatable + run.repeatable,
            renamed: sum.renamed + run.renamed,
            order_breaks: sum.order_breaks + run.order_breaks,
            parked_healthy: sum.parked_healthy + run.parked_healthy,
            left: sum.left + run.left,
            longest: sum.longest.max(run.longest),
            long: sum.long + run.long,
            latencies: [sum.latencies, run.latencies].concat(),
        })
        .unwrap_or_default()
    }
}
