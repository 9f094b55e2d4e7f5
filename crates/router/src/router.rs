//! From a batch's deliveries to its report.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use distributary_delivery::{Delivery, OnFailure};
use fastrand::Rng;
use tokio::task::JoinSet;
use tracing::{Instrument as _, error, info_span, warn};

use crate::clock::Clock;
use crate::lane::{Lane, Run};
use crate::lot::Lot;
use crate::quarantine;
use crate::report::{Report, RouteReport};
use crate::settle::{Closed, SettleTable};
use crate::wall::contained;
use crate::work::Work;

/// All lanes of a rule set.
pub struct Router {
    lanes: Vec<Lane>,
    lots: Vec<Arc<dyn Lot>>,
    rules: Arc<str>,
    seed: AtomicU64,
}

impl Router {
    /// Lanes and lots stand in the order of the resolved routes and lots: deliveries and routes
    /// name them by index. `rules` is the rule set's hash; the waits between attempts are drawn
    /// from `seed`.
    #[must_use]
    pub fn new(
        lanes: Vec<Lane>,
        lots: Vec<Arc<dyn Lot>>,
        rules: impl Into<Arc<str>>,
        seed: u64,
    ) -> Self {
        Router { lanes, lots, rules: rules.into(), seed: AtomicU64::new(seed) }
    }

    /// Makes the deliveries, every route by itself, and says what became of them.
    ///
    /// Ends before the deadline: a tenth of the invocation, or 1.5 s where that is more (half of an
    /// invocation shorter than 3 s), is kept back, and what has no outcome by then is unsettled.
    /// Must be called within a Tokio runtime whose timer is enabled.
    pub async fn run(&self, work: Work) -> Report {
        let Work { deliveries, quarantined, now, deadline, progress } = work;
        let run = Run { clock: Clock::new(now, deadline), rules: self.rules.clone() };
        // A lane's waits depend on nothing that its neighbours do.
        let mut rng = Rng::with_seed(self.seed.fetch_add(1, Ordering::Relaxed));
        let mut tasks = JoinSet::new();

        let (by_route, stray) = self.by_route(deliveries);
        let mut tables = Vec::with_capacity(self.lanes.len());
        for (lane, deliveries) in self.lanes.iter().zip(by_route) {
            let positions = deliveries.iter().map(|delivery| delivery.position).collect();
            let (table, tickets) = SettleTable::new(positions, progress.clone());
            tables.push(table.clone());
            let deliveries = tickets.into_iter().zip(deliveries).collect();
            let lot = match lane.route.on_failure {
                OnFailure::Park(lot) => self.lots.get(lot).cloned(),
                OnFailure::Block { .. } | OnFailure::Drop => None,
            };
            let span = info_span!("lane", route = &*lane.route.name);
            let task = lane.clone().run(run.clone(), lot, table, rng.fork(), deliveries);
            tasks.spawn(contained(task).instrument(span));
        }
        let (quarantine, parkers) = quarantine::start(quarantined, &self.lots, &run, &mut rng);
        for task in parkers {
            tasks.spawn(contained(task).instrument(info_span!("quarantine")));
        }
        while tasks.join_next().await.is_some() {}

        let names = self.lanes.iter().map(|lane| lane.route.name.clone());
        let closed: Vec<Closed> =
            tables.iter().zip(names).map(|(table, name)| close(table, name)).collect();
        let quarantine = close_quarantine(&quarantine);
        let lowest = closed.iter().chain([&quarantine]).filter_map(|lane| lane.lowest_unsettled);
        Report {
            lowest_unsettled: lowest.chain(stray).min(),
            quarantined: quarantine.report.parked,
            routes: closed.into_iter().map(|lane| lane.report).collect(),
        }
    }

    /// The deliveries of each lane, and the lowest position of one that has no lane.
    fn by_route(&self, deliveries: Vec<Delivery>) -> (Vec<Vec<Delivery>>, Option<usize>) {
        let mut by_route: Vec<Vec<Delivery>> = self.lanes.iter().map(|_| Vec::new()).collect();
        let mut stray: Option<usize> = None;
        for delivery in deliveries {
            let Delivery { route, position, .. } = delivery;
            if let Some(lane) = by_route.get_mut(route) {
                lane.push(delivery);
            } else {
                error!(route, position, "a delivery names a route that has no lane");
                stray = Some(stray.map_or(position, |lowest| lowest.min(position)));
            }
        }
        (by_route, stray)
    }
}

fn close(table: &SettleTable, name: Arc<str>) -> Closed {
    let closed = table.close(name);
    let RouteReport { name: route, unsettled, .. } = &closed.report;
    if *unsettled > 0 {
        warn!(%route, unsettled, reason = closed.reason(), "unsettled deliveries come again");
    }
    closed
}

fn close_quarantine(table: &SettleTable) -> Closed {
    let closed = table.close("".into());
    let unsettled = closed.report.unsettled;
    if unsettled > 0 {
        warn!(unsettled, reason = closed.reason(), "undecodable records come again");
    }
    closed
}
