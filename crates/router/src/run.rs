//! One run: from a batch's deliveries to its report.

use std::collections::{BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use distributary_delivery::{Delivery, Identity};
use fastrand::Rng;
use tokio::task::JoinSet;
use tracing::{Instrument as _, error, info_span};

use crate::chain::{Chain, LotSlot};
use crate::clock::Clock;
use crate::lane::{Shift, Standing};
use crate::policy::Policy;
use crate::quarantine::Ward;
use crate::settle::{Mark, Outcome, SettleTable, Ticket};
use crate::wall::contained;
use crate::work::{Start, Work};

/// The work on one batch. What it has not delivered, parked or dropped when it is dropped itself
/// comes again.
pub struct Run {
    pub(crate) lanes: Arc<[Standing]>,
    pub(crate) lots: Arc<[LotSlot]>,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) paused: BTreeSet<String>,
    pub(crate) before: HashSet<Identity>,
    pub(crate) parts: Vec<Part>,
    pub(crate) ward: Ward,
    pub(crate) stray: Option<usize>,
}

/// One lane's part in a run.
pub(crate) struct Part {
    pub(crate) table: Arc<SettleTable>,
    /// `None` once the lane broke down: nobody knows what it would have kept back.
    shift: Option<Shift>,
}

impl Run {
    pub(crate) fn new(
        lanes: Arc<[Standing]>,
        lots: Arc<[LotSlot]>,
        rules: Arc<str>,
        mut rng: Rng,
        start: Start,
    ) -> Self {
        let Start { now, deadline, paused, before, progress } = start;
        let clock = Clock::new(now, deadline);
        let parts = lanes.iter().map(|Standing { lane, health }| {
            let table = SettleTable::new(progress.clone());
            let paused = lane.route.is_among(&paused);
            let make = || {
                let first = lane.route.lot();
                let ordered = lane.target.limits().one_per_group;
                let policy = Policy {
                    route: lane.route.known_as.clone(),
                    ordered,
                    on_failure: lane.route.on_failure,
                    has_lot: first.is_some(),
                    rules: rules.clone(),
                    clock,
                    table: table.clone(),
                    health: health.clone(),
                    lot: None,
                };
                let chain = Arc::new(Chain::new(&lots, first, ordered));
                Shift::new(lane.settings(paused), policy, chain, rng.fork())
            };
            let shift = catch_unwind(AssertUnwindSafe(make)).ok();
            Part { table, shift }
        });
        let parts = parts.collect();
        let ward = Ward::new(clock, rules);
        Run { lanes, lots, clock, rng, paused, before, parts, ward, stray: None }
    }

    /// Makes these deliveries, every route by itself, and returns when each of them has its outcome
    /// or time is up. On each route they come after those of the calls before.
    ///
    /// Ends before the deadline: a tenth of the invocation, or 1.5 s where that is more (half of an
    /// invocation shorter than 3 s), is kept back, and what has no outcome by then is unsettled.
    pub async fn deliver(&mut self, work: Work) {
        let Work { deliveries, quarantined } = work;
        let mut lanes = JoinSet::new();
        for (index, window) in self.by_route(deliveries).into_iter().enumerate() {
            let Some(part) = self.parts.get_mut(index).filter(|_| !window.is_empty()) else {
                continue;
            };
            let Some(shift) = part.shift.take() else { continue };
            let name = self.lanes.get(index).map(|standing| &*standing.lane.route.name);
            let span = info_span!("lane", route = name);
            let task = async move { (index, contained(shift.work(window)).await) };
            lanes.spawn(task.instrument(span));
        }
        let mut wards = JoinSet::new();
        for task in self.ward.start(quarantined, &self.lots, &self.before, &mut self.rng) {
            wards.spawn(contained(task).instrument(info_span!("quarantine")));
        }
        while let Some(joined) = lanes.join_next().await {
            if let Ok((index, shift)) = joined
                && let Some(part) = self.parts.get_mut(index)
            {
                part.shift = shift;
            }
        }
        while wards.join_next().await.is_some() {}
    }

    /// The deliveries of each lane that are not settled yet.
    fn by_route(&mut self, deliveries: Vec<Delivery>) -> Vec<Vec<(Ticket, Delivery)>> {
        let mut by_route: Vec<Vec<_>> = self.parts.iter().map(|_| Vec::new()).collect();
        for delivery in deliveries {
            let Delivery { route, position, ref identity, .. } = delivery;
            let (Some(part), Some(window)) = (self.parts.get(route), by_route.get_mut(route))
            else {
                error!(route, position, "a delivery names a route that has no lane");
                self.stray = Some(self.stray.map_or(position, |lowest| lowest.min(position)));
                continue;
            };
            let ticket = part.table.enter(Mark { position, identity: identity.clone() });
            if self.before.contains(identity) {
                part.table.settle(ticket, Outcome::Before);
            } else {
                window.push((ticket, delivery));
            }
        }
        by_route
    }
}
