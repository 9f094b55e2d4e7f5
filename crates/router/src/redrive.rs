//! Out of the lot, to the route that is well.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Content, Identity};
use fastrand::Rng;
use tokio::time::{Instant, sleep_until};

use crate::chain::{Chain, LotSlot};
use crate::clock::Clock;
use crate::health::Health;
use crate::lane::Standing;
use crate::lessee::Lessee;
use crate::lot::{Lot, Taken};
use crate::pace::{Pace, RedriveReport};
use crate::postpone::postpone;
use crate::resend::{Resender, Resent, Tried};
use crate::send::Settings;
use crate::target::Failure;

/// Envelopes on lease at once. The first step takes one, and every step that succeeds twice as many.
const STEP: usize = 100;

const UNSEEN: &str = "its lot has more in front that is of other routes or not due than a look goes \
                      through";
pub(crate) const BREAKER_OPEN: &str = "the route's breaker is open";

/// One route's redrive.
pub(crate) struct Redrive {
    resender: Resender,
    lessee: Lessee,
    health: Arc<Health>,
    /// The time for taking and sending.
    clock: Clock,
    chain: Chain,
    /// The route has taken something.
    well: bool,
    tried: Vec<Tried>,
    untried: Vec<Taken>,
    failures: u32,
    /// A lot has more than was looked at.
    unseen: bool,
    /// When the oldest was parked of what was seen and stays.
    oldest: Option<i64>,
    report: RedriveReport,
}

impl Redrive {
    /// For a run: what is due. `well` says that the route took something of its batch.
    pub(crate) fn of_run(
        standing: &Standing,
        lots: &[LotSlot],
        [clock, until_tidy]: [Clock; 2],
        rng: Rng,
        well: bool,
    ) -> Self {
        let mut redrive = Self::by_hand(standing, lots, clock, rng);
        (redrive.lessee.until_tidy, redrive.lessee.by) = (until_tidy, clock.epoch());
        Redrive { well, ..redrive }
    }

    /// Everything.
    pub(crate) fn by_hand(
        standing: &Standing,
        lots: &[LotSlot],
        clock: Clock,
        mut rng: Rng,
    ) -> Self {
        let Standing { lane, health } = standing;
        let ordered = lane.target.limits().one_per_group;
        let (route, health) = (lane.route.known_as.clone(), health.clone());
        let settings = lane.settings(false);
        let resender = Resender {
            route: route.clone(),
            // What fails stays where it is, so nothing is tried twice.
            settings: Settings { retry: 0, oversize: None, again: true, ..settings },
            health: health.clone(),
            clock,
            rng: rng.fork(),
        };
        Redrive {
            resender,
            lessee: Lessee { route, clock, until_tidy: clock, by: i64::MAX, rng },
            health,
            clock,
            chain: Chain::new(lots, lane.route.lot(), ordered),
            well: false,
            tried: Vec::new(),
            untried: Vec::new(),
            failures: 0,
            unseen: false,
            oldest: None,
            report: RedriveReport::default(),
        }
    }

    pub(crate) async fn work(mut self, pace: &Pace) -> RedriveReport {
        let lots: Vec<_> = self.chain.links().iter().map(|link| link.lot.clone()).collect();
        for lot in lots {
            if let Err(stopped) = self.empty(&*lot, pace).await {
                self.report.stopped = Some(stopped);
            }
            self.put_back(&*lot).await;
            if self.report.stopped.is_some() {
                break;
            }
        }
        let waits = self.report.stopped.is_some();
        // A route that takes what comes and does not answer to what waits would make every batch
        // wait for as long.
        let hangs = self.report.delivered == 0 && self.clock.closed_at(Instant::now());
        let mut backlog = self.health.backlog();
        // While something waits that was not seen, the oldest may be among it.
        let known = backlog.oldest().filter(|_| waits);
        let oldest = self.oldest.into_iter().chain(known).min();
        backlog.looked(waits && !hangs, oldest);
        drop(backlog);
        if self.unseen && self.report.stopped.is_none() {
            self.report.stopped = Some(UNSEEN.to_owned());
        }
        self.report
    }

    /// Takes and sends until nothing waits that is due; otherwise why it stopped.
    async fn empty(&mut self, lot: &dyn Lot, pace: &Pace) -> Result<(), String> {
        let mut step = 1;
        loop {
            let started = Instant::now();
            let rest = pace.most.saturating_sub(self.report.delivered + self.tried.len());
            if self.clock.closed_at(started) {
                return Err(Failure::out_of_time().reason);
            }
            if rest == 0 {
                return Err("as many were tried as it was told".to_owned());
            }
            if self.tried.len() + self.untried.len() >= STEP {
                return Err(format!("{STEP} of them do not arrive"));
            }
            let rate = pace.rate.map_or(usize::MAX, |rate| rate.get() as usize);
            let found = self.lessee.take(lot, step.min(rest).min(rate)).await?;
            self.stays(found.postponed);
            if found.taken.is_empty() {
                self.unseen |= found.unseen;
                return Ok(());
            }
            let fresh = self.not_taken_before(found.taken);
            let some = fresh.len();
            let failed = self.send(lot, fresh).await;
            if !self.health.breaker().is_closed() {
                return Err(failed.unwrap_or_else(|| BREAKER_OPEN.to_owned()));
            }
            match failed {
                None => step = (step * 2).min(STEP),
                Some(failure) => {
                    self.failures += 1;
                    if self.failures >= pace.failures {
                        return Err(failure);
                    }
                }
            }
            if let Some(rate) = pace.rate {
                let time = Duration::from_secs_f64(some as f64 / f64::from(rate.get()));
                sleep_until(started + time).await;
            }
        }
    }

    /// A redrive that outlasts a lease is given again what it still has. That is not sent again, goes
    /// back with the later receipt, and on an ordered route nothing of its group passes it.
    fn not_taken_before(&mut self, taken: Vec<Taken>) -> Vec<Taken> {
        let ordered = self.chain.is_ordered();
        let mut fresh = Vec::with_capacity(taken.len());
        for taken in taken {
            let (mut same, mut behind) = (None, false);
            for known in self.tried.iter_mut().map(|it| &mut it.taken).chain(&mut self.untried) {
                behind |= ordered && known.envelope.group() == taken.envelope.group();
                if identity(known) == identity(&taken) {
                    same = Some(known);
                }
            }
            match same {
                Some(known) => *known = taken,
                None if behind => self.untried.push(taken),
                None => fresh.push(taken),
            }
        }
        fresh
    }

    /// Sends envelopes and removes those that arrive; the failure, if one may be the route's.
    async fn send(&mut self, lot: &dyn Lot, taken: Vec<Taken>) -> Option<String> {
        let Resent { arrived, tried, untried, failure } = self.resender.send(taken).await;
        self.well |= !arrived.is_empty();
        self.report.delivered += arrived.len();
        self.tried.extend(tried);
        self.untried.extend(untried);
        self.lessee.remove(lot, arrived).await;
        failure
    }

    /// Gives back what did not arrive, so that what failed steps out of the way of what it does not
    /// hold up.
    async fn put_back(&mut self, lot: &dyn Lot) {
        let (well, now) = (self.well, self.clock.epoch());
        let noted = |Tried { mut taken, times, reason }| {
            postpone(&mut taken.envelope, times, &reason, well, now);
            taken
        };
        let tried: Vec<Taken> = std::mem::take(&mut self.tried).into_iter().map(noted).collect();
        let untried = std::mem::take(&mut self.untried);
        self.report.left += tried.len() + untried.len();
        self.lessee.put_back(lot, &tried, &untried).await;
        self.stays(tried.iter().chain(&untried).map(|taken| taken.envelope.parked_at));
    }

    fn stays(&mut self, parked_at: impl IntoIterator<Item = i64>) {
        self.oldest = self.oldest.into_iter().chain(parked_at).min();
    }
}

/// What is taken for a route is a delivery.
fn identity(taken: &Taken) -> Option<&Identity> {
    match &taken.envelope.content {
        Content::Delivery { identity, .. } => Some(identity),
        Content::Quarantine => None,
    }
}
