//! One run: from a batch's deliveries to its report.

use std::collections::{BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Delivery, Identity};
use fastrand::Rng;
use tokio::task::JoinSet;
use tracing::{Instrument as _, error, info_span, warn};

use crate::chain::{Chain, LotSlot};
use crate::clock::Clock;
use crate::lane::{Lane, Shift, Standing};
use crate::pace::{Pace, RedriveReport};
use crate::policy::Policy;
use crate::quarantine::Ward;
use crate::redrive::{BREAKER_OPEN, Redrive};
use crate::report::{Report, RouteReport};
use crate::send::PAUSED;
use crate::settle::{Closed, Mark, Outcome, SettleTable, Ticket};
use crate::wall::contained;
use crate::work::{Start, Work};

/// How long what waits in lots may make an answer wait.
const REDRIVE: Duration = Duration::from_secs(1);

const TOOK_NOTHING: &str = "the route took nothing of the batch";

/// The work on one batch. What it has not delivered, parked or dropped when it is dropped itself
/// comes again.
pub struct Run {
    lanes: Arc<[Standing]>,
    lots: Arc<[LotSlot]>,
    clock: Clock,
    rng: Rng,
    paused: BTreeSet<String>,
    before: HashSet<Identity>,
    parts: Vec<Part>,
    ward: Ward,
    stray: Option<usize>,
}

/// Which lots a run looks into when it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Those that may hold something, as far as this process knows.
    WhereDue,
    Everywhere,
}

/// One lane's part in a run.
struct Part {
    table: Arc<SettleTable>,
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
            let paused = paused.contains(&*lane.route.name);
            let make = || {
                let first = lane.route.lot();
                let ordered = lane.target.limits().one_per_group;
                let policy = Policy {
                    route: lane.route.name.clone(),
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

    /// What became of everything. Routes that are well get something of what waits in their lots
    /// before: that takes a tenth of the invocation at most, and a second at most.
    pub async fn finish(self) -> Report {
        let share = self.clock.whole().map_or(REDRIVE, |whole| (whole / 10).min(REDRIVE));
        let clock = self.clock.for_a_while(share);
        self.close(clock, Look::WhereDue).await
    }

    /// Looks into all lots, and uses all the time that there is for what waits in those of routes
    /// that are well: for an invocation without a batch, so that what waits gets on while nothing
    /// comes.
    pub async fn redrive(self) -> Report {
        let clock = self.clock;
        self.close(clock, Look::Everywhere).await
    }

    async fn close(mut self, clock: Clock, look: Look) -> Report {
        let redriven = self.redrive_until(clock, look).await;
        let mut report = Report::default();
        let ward = close_ward(&self.ward.table);
        report.quarantined = ward.report.parked + ward.report.before;
        let names = self.lanes.iter().map(|standing| standing.lane.route.name.clone());
        let closed = self.parts.iter().zip(names).map(|(part, name)| close(&part.table, name));
        let mut lowest = self.stray;
        for Closed { report: route, settled, lowest_unsettled, .. } in closed.chain([ward]) {
            lowest = lowest.into_iter().chain(lowest_unsettled).min();
            for (position, identities) in settled {
                report.settled.entry(position).or_default().extend(identities);
            }
            report.routes.push(route);
        }
        // The ward is no route.
        report.routes.pop();
        for ((route, redriven), standing) in
            report.routes.iter_mut().zip(redriven).zip(self.lanes.iter())
        {
            let RedriveReport { delivered, left, stopped } = redriven;
            let failed = || format!("{left} of them did not arrive");
            route.left = stopped.or_else(|| (left > 0).then(failed));
            route.redriven = delivered;
            route.oldest_parked = standing.health.backlog().oldest();
        }
        report.lowest_unsettled = lowest;
        report
    }

    /// What came of the redrive of each lane.
    async fn redrive_until(&mut self, clock: Clock, look: Look) -> Vec<RedriveReport> {
        let mut reports = vec![RedriveReport::default(); self.lanes.len()];
        let mut tasks = JoinSet::new();
        for ((index, standing), report) in self.lanes.iter().enumerate().zip(&mut reports) {
            let Standing { lane: Lane { route, .. }, health } = standing;
            if route.lot().is_none() || look == Look::WhereDue && !health.backlog().is_due() {
                continue;
            }
            if self.paused.contains(&*route.name) {
                report.stopped = Some(PAUSED.to_owned());
                continue;
            }
            if !health.breaker().lets_through() {
                report.stopped = Some(BREAKER_OPEN.to_owned());
                continue;
            }
            let took = self.parts.get(index).and_then(|part| part.table.took_something());
            if took == Some(false) {
                report.stopped = Some(TOOK_NOTHING.to_owned());
                continue;
            }
            let (clocks, rng) = ([clock, self.clock], self.rng.fork());
            let redrive = Redrive::of_run(standing, &self.lots, clocks, rng, took == Some(true));
            let span = info_span!("redrive", route = &*route.name);
            let task = async move { (index, contained(redrive.work(&Pace::default())).await) };
            tasks.spawn(task.instrument(span));
        }
        while let Some(joined) = tasks.join_next().await {
            if let Ok((index, Some(done))) = joined
                && let Some(report) = reports.get_mut(index)
            {
                *report = done;
            }
        }
        reports
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

fn close(table: &SettleTable, name: Arc<str>) -> Closed {
    let closed = table.close(name);
    let RouteReport { name: route, unsettled, .. } = &closed.report;
    if *unsettled > 0 {
        warn!(%route, unsettled, reason = closed.reason(), "unsettled deliveries come again");
    }
    closed
}

fn close_ward(table: &SettleTable) -> Closed {
    let closed = table.close("".into());
    let unsettled = closed.report.unsettled;
    if unsettled > 0 {
        warn!(unsettled, reason = closed.reason(), "undecodable records come again");
    }
    closed
}
