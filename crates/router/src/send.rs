//! What a lane sends when.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Delivery, Message, Oversize};
use fastrand::Rng;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep_until};

use crate::batch::{Entry, Next, Queue};
use crate::breaker::Gate;
use crate::budget::Budget;
use crate::clock::Clock;
use crate::health::Health;
use crate::hold::{BEHIND, Holds};
use crate::park::Parked;
use crate::policy::Policy;
use crate::request::request;
use crate::settle::{SettleTable, Ticket};
use crate::target::{Limits, OUT_OF_TIME, Target};
use crate::throttle::Throttle;

pub(crate) const PAUSED: &str = "the route is paused";

/// How a lane sends: its route's settings, or those of a redrive.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) target: Arc<dyn Target>,
    pub(crate) timeout: Duration,
    pub(crate) retry: u32,
    pub(crate) within: Duration,
    pub(crate) concurrency: usize,
    pub(crate) oversize: Option<Oversize>,
    pub(crate) paused: bool,
    /// What is sent has failed before, and may be to blame itself.
    pub(crate) again: bool,
}

/// A lane at work, for one run.
pub(crate) struct Sender {
    pub(crate) settings: Settings,
    pub(crate) policy: Policy,
    pub(crate) holds: Holds,
    pub(crate) queue: Queue,
    pub(crate) budget: Budget,
    pub(crate) throttle: Throttle,
    pub(crate) rng: Rng,
    /// The breaker is open, and this lane is the one that looks whether it may close.
    pub(crate) probing: bool,
    /// Requests whose connection turned out to be dead.
    pub(crate) stale: usize,
    /// The budget was used up.
    pub(crate) spent: bool,
    pub(crate) delivered: bool,
    /// Something failed that another attempt may bring through.
    pub(crate) failed: bool,
    pub(crate) refused_alone: u32,
    pub(crate) last_failure: String,
    limits: Limits,
}

impl Sender {
    pub(crate) fn new(settings: Settings, policy: Policy, rng: Rng) -> Self {
        let limits = settings.target.limits();
        Sender {
            limits,
            queue: Queue::new(limits),
            budget: Budget::new(policy.clock.budget(settings.within)),
            throttle: Throttle::new(settings.concurrency),
            holds: Holds::default(),
            probing: false,
            stale: 0,
            spent: false,
            delivered: false,
            failed: false,
            refused_alone: 0,
            last_failure: String::new(),
            settings,
            policy,
            rng,
        }
    }

    /// Sends a window until everything in it has its outcome, is on its way into the lot, or time
    /// is up.
    pub(crate) async fn send_all(
        &mut self,
        deliveries: Vec<(Ticket, Delivery)>,
        lot: Option<UnboundedSender<Parked>>,
    ) {
        self.policy.lot = lot;
        deliveries.into_iter().for_each(|(ticket, delivery)| self.add(ticket, delivery));
        self.work().await;
        for entry in self.queue.drain() {
            self.policy.leave(entry, OUT_OF_TIME);
        }
        if std::mem::take(&mut self.probing) {
            self.health().breaker().unprobed();
        }
        self.policy.lot = None;
    }

    async fn work(&mut self) {
        let mut under_way = FuturesUnordered::new();
        loop {
            self.queue.wake(Instant::now());
            self.heed_breaker();
            while under_way.len() < self.width()
                && let Some(batch) = self.next()
            {
                let Settings { target, timeout, .. } = &self.settings;
                under_way.push(request(target.clone(), *timeout, *self.clock(), batch));
            }
            match (under_way.is_empty(), self.due()) {
                (true, None) => return,
                (true, Some(due)) => self.idle_until(due).await,
                (false, None) => {
                    if let Some(answer) = under_way.next().await {
                        self.absorb(answer);
                    }
                }
                (false, Some(due)) => tokio::select! {
                    biased;
                    Some(answer) = under_way.next() => self.absorb(answer),
                    () = sleep_until(due) => {}
                },
            }
        }
    }

    fn add(&mut self, ticket: Ticket, mut delivery: Delivery) {
        let mut size = self.size(&delivery.message);
        if size.is_err()
            && self.settings.oversize == Some(Oversize::Keys)
            && let Some(fallback) = delivery.fallback.take()
        {
            delivery.message.body = fallback;
            size = self.size(&delivery.message);
        }
        let entry = Entry { ticket, delivery, size, attempts: 0, failures: 0, alone: false };
        match self.hold_of(&entry) {
            None => self.queue.add(entry),
            Some(_) => self.turn_away(entry, BEHIND),
        }
    }

    /// What a message adds to a request, or why no request can hold it.
    pub(crate) fn size(&self, message: &Message) -> Result<usize, String> {
        let size = self.settings.target.size(message)?;
        let most = self.limits.bytes;
        if size > most {
            return Err(format!("the message has {size} bytes and a request holds {most}"));
        }
        Ok(size)
    }

    /// How many requests may be under way.
    fn width(&self) -> usize {
        match self.throttle.pause() {
            Some(_) => 0,
            None if self.probing => 1,
            None => self.throttle.width(),
        }
    }

    /// The entries of the next request, if there is time for one.
    fn next(&mut self) -> Option<Vec<Entry>> {
        if self.clock().closed_at(Instant::now()) {
            return None;
        }
        loop {
            match self.queue.next(if self.probing { 1 } else { usize::MAX })? {
                Next::Request(batch) => return Some(batch),
                Next::Refused(entry, reason) => self.too_large(*entry, &reason),
            }
        }
    }

    /// When there is something to do next without an answer to wait for.
    fn due(&self) -> Option<Instant> {
        let paused = self.throttle.pause().filter(|_| self.queue.is_ready());
        [self.queue.due(), paused].into_iter().flatten().min()
    }

    async fn idle_until(&mut self, due: Instant) {
        let since = Instant::now();
        sleep_until(due).await;
        self.budget.lose(since, self.throttle.is_throttled());
        self.give_up_all_if_spent();
    }

    /// Sends nothing where an operator or the breaker says so.
    fn heed_breaker(&mut self) {
        if self.settings.paused {
            return self.turn_all_away(PAUSED);
        }
        if self.probing || self.queue.is_empty() {
            return;
        }
        let gate = self.health().breaker().gate();
        match gate {
            Gate::Closed => {}
            Gate::Probe => self.probing = true,
            Gate::Open(last) => self.turn_all_away(&format!(
                "the route's breaker is open, so nothing was sent; the last failure: {last}"
            )),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.policy.clock
    }

    pub(crate) fn table(&self) -> &SettleTable {
        &self.policy.table
    }

    pub(crate) fn health(&self) -> &Health {
        &self.policy.health
    }
}
