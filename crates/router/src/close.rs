//! The end of a run: what waits in lots, and the account of what became of everything.

use std::time::Duration;

use tokio::task::JoinSet;
use tracing::{Instrument as _, info_span, warn};

use crate::clock::Clock;
use crate::lane::{Lane, Standing};
use crate::pace::{Pace, RedriveReport};
use crate::redrive::{BREAKER_OPEN, Redrive};
use crate::report::{Report, RouteReport};
use crate::run::Run;
use crate::send::PAUSED;
use crate::settle::Closed;
use crate::wall::contained;

/// How long what waits in lots may make an answer wait.
const REDRIVE: Duration = Duration::from_secs(1);

const TOOK_NOTHING: &str = "the route took nothing of the batch";

/// Which lots a run looks into when it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Those that may hold something, as far as this process knows.
    WhereDue,
    Everywhere,
    Nowhere,
}

impl Run {
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

    /// What became of everything. What waits in lots stays there, for who empties them at a pace of
    /// their own.
    pub async fn settle(self) -> Report {
        let clock = self.clock;
        self.close(clock, Look::Nowhere).await
    }

    async fn close(mut self, clock: Clock, look: Look) -> Report {
        // What is to be done in a lot that hangs just then has as long as what is sent.
        let tidy = clock.and_as_long_again(self.clock);
        let redriven = self.redrive_until([clock, tidy], look).await;
        let mut report = Report::default();
        for ((standing, part), redriven) in self.lanes.iter().zip(&self.parts).zip(redriven) {
            let mut closed = part.table.close(standing.lane.route.name.clone());
            let account = std::mem::take(&mut closed.report);
            let RouteReport { name: route, unsettled, .. } = &account;
            if *unsettled > 0 {
                let reason = closed.reason();
                warn!(%route, unsettled, reason, "unsettled deliveries come again");
            }
            let RedriveReport { delivered, left, stopped } = redriven;
            let failed = || format!("{left} of them did not arrive");
            report.routes.push(RouteReport {
                redriven: delivered,
                left: stopped.or_else(|| (left > 0).then(failed)),
                oldest_parked: standing.health.backlog().oldest(),
                ..account
            });
            report.enter(closed);
        }
        let ward = self.ward.table.close("".into());
        let RouteReport { before, parked, unsettled, .. } = ward.report;
        if unsettled > 0 {
            warn!(unsettled, reason = ward.reason(), "undecodable records come again");
        }
        report.quarantined = before + parked;
        report.enter(ward);
        report.lowest_unsettled = report.lowest_unsettled.into_iter().chain(self.stray).min();
        report
    }

    /// What came of the redrive of each lane.
    async fn redrive_until(&mut self, clocks: [Clock; 2], look: Look) -> Vec<RedriveReport> {
        let mut reports = vec![RedriveReport::default(); self.lanes.len()];
        let mut tasks = JoinSet::new();
        for ((index, standing), report) in self.lanes.iter().enumerate().zip(&mut reports) {
            let Standing { lane: Lane { route, .. }, health } = standing;
            let due = match look {
                Look::WhereDue => health.backlog().is_due(),
                Look::Everywhere => true,
                Look::Nowhere => false,
            };
            if !due || route.lot().is_none() {
                continue;
            }
            if route.is_among(&self.paused) {
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
            let rng = self.rng.fork();
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
}

impl Report {
    /// Enters what is settled, and the lowest place where something is not.
    fn enter(&mut self, closed: Closed) {
        for (position, identities) in closed.settled {
            self.settled.entry(position).or_default().extend(identities);
        }
        self.lowest_unsettled =
            self.lowest_unsettled.into_iter().chain(closed.lowest_unsettled).min();
    }
}
