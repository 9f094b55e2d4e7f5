//! What was seen in a run, as figures.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::AddAssign;
use std::time::Duration;

use distributary_mapping::StreamRecord as _;

use crate::lot::Shelf;
use crate::sandbox::Neighbourhood;
use crate::target::Destination;
use crate::world::{Change, World};

/// Figures of a run, or of many.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Deliveries that the rules asked for.
    pub deliveries: usize,
    /// Requests, to routes or the lot, and invocations that a fault befell.
    pub faults: usize,
    /// Deliveries that are neither at their target nor in the lot.
    pub lost: usize,
    /// Second arrivals at routes that were well.
    pub duplicates: usize,
    /// First arrivals at well routes behind a later one of their group; on the FIFO route.
    pub order_breaks: usize,
    /// What waits in the lot for routes that were well.
    pub parked_healthy: usize,
    /// Changes of which the sick route did not get everything by itself.
    pub touched: usize,
    /// From a change to its first arrival at a well route.
    pub(crate) latencies: Vec<Duration>,
}

impl Seen {
    pub(crate) fn of(world: &World, around: &Neighbourhood, changes: &[Change]) -> Self {
        let mut seen = Seen { faults: around.shelf.faults(), ..Seen::default() };
        for (route, destination) in world.routes.iter().zip(&around.destinations) {
            seen.route(&route.name, destination, &around.shelf, changes);
        }
        seen
    }

    fn route(&mut self, name: &str, destination: &Destination, shelf: &Shelf, changes: &[Change]) {
        let parked: BTreeSet<usize> = shelf.parked(name).into_iter().collect();
        let first = first_arrivals(destination);
        let lost = |change: &&Change| {
            !first.contains_key(&change.number()) && !parked.contains(&change.number())
        };
        self.deliveries += changes.len();
        self.faults += destination.faults();
        self.lost += changes.iter().filter(lost).count();
        if destination.is_sick() {
            self.touched += changes.len() - first.len();
            return;
        }
        self.duplicates += destination.journal(<[_]>::len) - first.len();
        self.parked_healthy += parked.len();
        if name == "ordered" {
            let groups = by_group(&first, changes);
            let breaks =
                |arrivals: &Vec<usize>| arrivals.windows(2).filter(|two| two[0] > two[1]).count();
            self.order_breaks += groups.values().map(breaks).sum::<usize>();
        }
        let latency = |change: &Change| {
            let (_, at) = first.get(&change.number())?;
            Some(at.saturating_sub(change.arrived()))
        };
        self.latencies.extend(changes.iter().filter_map(latency));
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

/// Of each change that arrived, its place among the arrivals and when it came first.
pub(crate) fn first_arrivals(destination: &Destination) -> HashMap<usize, (usize, Duration)> {
    destination.journal(|taken| {
        let mut first = HashMap::with_capacity(taken.len());
        for (place, arrival) in taken.iter().enumerate() {
            first.entry(arrival.change).or_insert((place, arrival.at));
        }
        first
    })
}

/// By group, the changes in the order of their first arrivals.
pub(crate) fn by_group(
    first: &HashMap<usize, (usize, Duration)>,
    changes: &[Change],
) -> BTreeMap<u64, Vec<usize>> {
    let mut arrivals: Vec<(usize, usize)> =
        first.iter().map(|(change, (place, _))| (*place, *change)).collect();
    arrivals.sort_unstable();
    let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (_, change) in arrivals {
        groups.entry(changes[change].item()).or_default().push(change);
    }
    groups
}

impl AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.deliveries += other.deliveries;
        self.faults += other.faults;
        self.lost += other.lost;
        self.duplicates += other.duplicates;
        self.order_breaks += other.order_breaks;
        self.parked_healthy += other.parked_healthy;
        self.touched += other.touched;
        self.latencies.extend(other.latencies);
    }
}
