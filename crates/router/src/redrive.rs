//! Out of the lot, to the route that is well.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Content, Delivery, Envelope, OnFailure, Origin};
use fastrand::Rng;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::chain::{Chain, LotSlot};
use crate::clock::Clock;
use crate::health::Health;
use crate::lane::Standing;
use crate::lot::{LOT_TIMEOUT, Lot, Taken};
use crate::policy::{Policy, lot};
use crate::retry::backoff;
use crate::send::{Sender, Settings};
use crate::settle::{Mark, SettleTable, Ticket};
use crate::target::Failure;
use crate::wall::{account, guarded};

/// Envelopes on lease at once. The first step takes one, and every step that succeeds twice as many.
const STEP: usize = 100;
/// How often what has arrived is removed again where that fails.
const RETRY: u32 = 2;

pub(crate) const BREAKER_OPEN: &str = "the route's breaker is open";

/// How fast a lot is emptied, and what ends it.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Deliveries in a second; as fast as the route takes them where there is none.
    pub rate: Option<NonZeroU32>,
    /// Deliveries at most.
    pub most: usize,
    /// Ends after so many steps in which something failed. What the target refuses for good stays
    /// in the lot and ends nothing.
    pub failures: u32,
}

impl Default for Pace {
    /// Until something fails.
    fn default() -> Self {
        Pace { rate: None, most: usize::MAX, failures: 1 }
    }
}

/// What came of a redrive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RedriveReport {
    /// What left the lot and arrived.
    pub delivered: usize,
    /// What was tried and stays in the lot.
    pub left: usize,
    /// Why it ended with something waiting; `None` where nothing waits any more that was not tried.
    pub stopped: Option<String>,
}

/// One route's redrive.
pub(crate) struct Redrive {
    route: Arc<str>,
    settings: Settings,
    health: Arc<Health>,
    chain: Chain,
    /// The time for taking and sending.
    clock: Clock,
    /// The time for removing what has arrived.
    until_removed: Clock,
    rng: Rng,
    left: Vec<Taken>,
    failures: u32,
    report: RedriveReport,
}

impl Redrive {
    pub(crate) fn new(
        standing: &Standing,
        lots: &[LotSlot],
        clock: Clock,
        until_removed: Clock,
        rng: Rng,
    ) -> Self {
        let Standing { lane, health } = standing;
        let ordered = lane.target.limits().one_per_group;
        Redrive {
            route: lane.route.name.clone(),
            // What fails stays where it is, so nothing is tried twice.
            settings: Settings { retry: 0, oversize: None, ..lane.settings(false) },
            health: health.clone(),
            chain: Chain::new(lots, lot(&lane.route), ordered),
            clock,
            until_removed,
            rng,
            left: Vec::new(),
            failures: 0,
            report: RedriveReport::default(),
        }
    }

    pub(crate) async fn work(mut self, pace: &Pace) -> RedriveReport {
        let mut oldest = None;
        let lots: Vec<_> = self.chain.links().iter().map(|link| link.lot.clone()).collect();
        for lot in lots {
            if let Err(stopped) = self.empty(&*lot, pace).await {
                self.report.stopped = Some(stopped);
            }
            let left = std::mem::take(&mut self.left);
            self.report.left += left.len();
            let parked_at = left.iter().map(|taken| taken.envelope.parked_at);
            oldest = oldest.into_iter().chain(parked_at).min();
            if !left.is_empty() {
                // Failing does no harm: the lease ends by itself.
                let _ = guarded(lot.give_back(&left), LOT_TIMEOUT, &self.until_removed).await;
            }
            if self.report.stopped.is_some() {
                break;
            }
        }
        let waits = self.report.stopped.is_some();
        let mut backlog = self.health.backlog();
        let oldest = oldest.or_else(|| backlog.oldest().filter(|_| waits));
        backlog.looked(waits, oldest);
        drop(backlog);
        self.report
    }

    /// Takes and sends until nothing waits; otherwise why it stopped.
    async fn empty(&mut self, lot: &dyn Lot, pace: &Pace) -> Result<(), String> {
        let mut step = 1;
        loop {
            let started = Instant::now();
            let rest = pace.most.saturating_sub(self.report.delivered);
            if self.clock.closed_at(started) {
                return Err(Failure::out_of_time().reason);
            }
            if rest == 0 {
                return Err("as many were delivered as it was told".to_owned());
            }
            if self.left.len() >= STEP {
                return Err(format!("the target refuses {STEP} of them for good"));
            }
            let rate = pace.rate.map_or(usize::MAX, |rate| rate.get() as usize);
            let taken = self.take(lot, step.min(rest).min(rate)).await?;
            if taken.is_empty() {
                return Ok(());
            }
            let tried = taken.len();
            let failed = self.send(lot, taken).await;
            if let Some(failure) = failed {
                self.failures += 1;
                if self.failures >= pace.failures {
                    return Err(failure);
                }
            } else {
                step = (step * 2).min(STEP);
            }
            if let Some(rate) = pace.rate {
                let time = Duration::from_secs_f64(tried as f64 / f64::from(rate.get()));
                sleep_until(started + time).await;
            }
        }
    }

    async fn take(&self, lot: &dyn Lot, most: usize) -> Result<Vec<Taken>, String> {
        let answer = guarded(lot.take(&self.route, most), LOT_TIMEOUT, &self.clock).await;
        let failure = match answer {
            Ok(Ok(taken)) => return Ok(taken),
            Ok(Err(failure)) => failure,
            Err(interrupt) => interrupt.failure().unwrap_or_else(Failure::out_of_time),
        };
        Err(format!("its lot cannot be read: {}", failure.reason))
    }

    /// Sends envelopes and removes those that arrive; the failure, if one may be the route's.
    async fn send(&mut self, lot: &dyn Lot, taken: Vec<Taken>) -> Option<String> {
        let table = SettleTable::new(None);
        let (known, foreign): (Vec<_>, Vec<_>) = taken
            .into_iter()
            .map(|taken| (delivery(&taken.envelope), taken))
            .partition(|(delivery, _)| delivery.is_some());
        self.left.extend(foreign.into_iter().map(|(_, taken)| taken));
        let (deliveries, taken): (Vec<_>, Vec<_>) = known.into_iter().unzip();
        let enter = |delivery: Delivery| {
            let identity = delivery.identity.clone();
            (table.enter(Mark { position: delivery.position, identity }), delivery)
        };
        let deliveries: Vec<(Ticket, Delivery)> =
            deliveries.into_iter().flatten().map(enter).collect();
        let policy = Policy {
            route: self.route.clone(),
            on_failure: OnFailure::BLOCK,
            has_lot: false,
            rules: "".into(),
            clock: self.clock,
            table: table.clone(),
            health: self.health.clone(),
            lot: None,
        };
        let mut sender = Sender::new(self.settings.clone(), policy, self.rng.fork());
        sender.send_all(deliveries, None).await;
        let taken = taken.into_iter().enumerate();
        let (arrived, left): (Vec<_>, Vec<_>) =
            taken.partition(|(place, _)| table.is_delivered(*place));
        self.left.extend(left.into_iter().map(|(_, taken)| taken));
        let arrived: Vec<Taken> = arrived.into_iter().map(|(_, taken)| taken).collect();
        self.report.delivered += arrived.len();
        self.remove(lot, arrived).await;
        if sender.failed {
            return Some(sender.last_failure);
        }
        (!self.health.breaker().is_closed()).then(|| BREAKER_OPEN.to_owned())
    }

    /// What cannot be removed arrives again, under the same identity.
    async fn remove(&mut self, lot: &dyn Lot, mut arrived: Vec<Taken>) {
        if arrived.is_empty() {
            return;
        }
        for attempt in 1.. {
            let answer = guarded(lot.remove(&arrived), LOT_TIMEOUT, &self.until_removed).await;
            let failure = match answer {
                Ok(results) => {
                    let results = account(results, arrived.len());
                    let mut failed = results.iter().flat_map(|result| result.as_ref().err());
                    let failure = failed.next().map(|failure| failure.reason.clone());
                    let mut kept = results.iter().map(Result::is_err);
                    arrived.retain(|_| kept.next().unwrap_or(true));
                    failure
                }
                Err(interrupt) => interrupt.failure().map(|failure| failure.reason),
            };
            if arrived.is_empty() {
                return;
            }
            if attempt > RETRY {
                let (route, reason) = (&self.route, failure.as_deref());
                let envelopes = arrived.len();
                warn!(%route, envelopes, reason, "what was redriven stays in its lot and arrives again");
                return;
            }
            tokio::time::sleep(backoff(attempt, self.rng.f64())).await;
        }
    }
}

/// The delivery that an envelope holds, as it was.
fn delivery(envelope: &Envelope) -> Option<Delivery> {
    let Content::Delivery { rule, identity, message, .. } = envelope.content.clone() else {
        return None;
    };
    let known = |text: &Option<Arc<str>>| text.clone().unwrap_or_default();
    Some(Delivery {
        position: 0,
        route: 0,
        rule,
        identity,
        message,
        fallback: None,
        origin: Origin {
            record: envelope.record.clone(),
            event: known(&envelope.event),
            sequence: known(&envelope.sequence),
            table: known(&envelope.table),
            time: envelope.parked_at,
        },
    })
}
