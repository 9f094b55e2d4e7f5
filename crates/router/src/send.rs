//! What a lane sends when, and what becomes of what fails.

use std::collections::VecDeque;
use std::sync::Arc;

use distributary_delivery::{Delivery, Envelope, OnFailure};
use fastrand::Rng;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::batch::{Entry, Next, Queue};
use crate::lane::{Lane, Run};
use crate::park::Parked;
use crate::request::{Answer, request};
use crate::retry::{Budget, backoff};
use crate::settle::{Outcome, SettleTable, Ticket};
use crate::target::{Failure, Limits};

/// Once so many entries were refused on their own and none was taken, the target takes nothing,
/// and refused requests are not taken apart any more. As many as a request of the services holds:
/// then no number of faulty entries in one request decides for a sound one.
const REFUSED_ALONE: u32 = 10;

const OUT_OF_TIME: &str = "the invocation ran out of time";

/// A lane at work.
pub(crate) struct Sender {
    lane: Lane,
    run: Run,
    table: Arc<SettleTable>,
    rng: Rng,
    lot: UnboundedSender<Parked>,
    limits: Limits,
    queue: Queue,
    budget: Budget,
    delivered: bool,
    refused_alone: u32,
    last_failure: String,
}

impl Sender {
    pub(crate) fn new(
        lane: Lane,
        run: Run,
        table: Arc<SettleTable>,
        rng: Rng,
        lot: UnboundedSender<Parked>,
    ) -> Self {
        let limits = lane.target.limits();
        Sender {
            limits,
            queue: Queue::new(limits),
            budget: Budget::new(run.clock.budget(lane.route.within)),
            delivered: false,
            refused_alone: 0,
            last_failure: String::new(),
            lane,
            run,
            table,
            rng,
            lot,
        }
    }

    /// Sends until everything has its outcome, is on its way into the lot, or time is up.
    pub(crate) async fn send_all(mut self, deliveries: Vec<(Ticket, Delivery)>) {
        for (ticket, delivery) in deliveries {
            let size = self.size(&delivery);
            self.queue.add(Entry { ticket, delivery, size, attempts: 0, alone: false });
        }
        let mut under_way = FuturesUnordered::new();
        loop {
            self.queue.wake(Instant::now());
            while under_way.len() < self.lane.route.concurrency.max(1)
                && let Some(batch) = self.next()
            {
                under_way.push(request(&self.lane, self.run.clock, batch));
            }
            match (under_way.is_empty(), self.queue.due()) {
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

    fn size(&self, delivery: &Delivery) -> Result<usize, String> {
        let size = self.lane.target.size(&delivery.message)?;
        let most = self.limits.bytes;
        if size > most {
            return Err(format!("the message has {size} bytes and a request holds {most}"));
        }
        Ok(size)
    }

    /// The entries of the next request, if there is time for one.
    fn next(&mut self) -> Option<Vec<Entry>> {
        if self.run.clock.closed_at(Instant::now()) {
            return None;
        }
        loop {
            match self.queue.next()? {
                Next::Request(batch) => return Some(batch),
                Next::Refused(entry, reason) => self.give_up(*entry, &reason),
            }
        }
    }

    async fn idle_until(&mut self, due: Instant) {
        let since = Instant::now();
        sleep_until(due).await;
        self.budget.lose(since);
        self.give_up_all_if_spent();
    }

    fn absorb(&mut self, answer: Answer) {
        let Answer { batch, started, results, whole } = answer;
        self.table.request(started.elapsed());
        let Some(results) = results else {
            return batch.into_iter().for_each(|entry| self.table.leave(entry.ticket, OUT_OF_TIME));
        };
        if results.iter().any(Result::is_ok) {
            self.delivered = true;
            self.budget.progress(started);
        } else {
            self.budget.lose(started);
        }
        let share = self.rng.f64();
        let together = whole && batch.len() > 1;
        for (entry, result) in batch.into_iter().zip(results) {
            match result {
                Ok(()) => {
                    self.queue.release(&entry);
                    self.table.settle(entry.ticket, Outcome::Delivered);
                }
                Err(failure) => self.failed(entry, failure, together, share),
            }
        }
        self.give_up_all_if_spent();
    }

    fn failed(&mut self, mut entry: Entry, failure: Failure, together: bool, share: f64) {
        let retryable = failure.retryable();
        let Failure { reason, .. } = failure;
        self.last_failure.clone_from(&reason);
        entry.attempts += 1;
        if entry.alone && !retryable {
            self.refused_alone += 1;
        }
        let takes_nothing = !self.delivered && self.refused_alone >= REFUSED_ALONE;
        if takes_nothing {
            for other in self.queue.take_alone() {
                self.give_up(other, &reason);
            }
        }
        if self.budget.is_spent() {
            self.give_up(entry, &reason);
        } else if retryable && entry.attempts <= self.lane.route.retry {
            let until = Instant::now() + backoff(entry.attempts, share);
            if self.run.clock.closed_at(until) {
                self.table.leave(entry.ticket, OUT_OF_TIME);
            } else {
                self.queue.later(entry, until);
            }
        } else if !retryable && together && !takes_nothing {
            entry.alone = true;
            self.queue.again(entry);
        } else {
            self.give_up(entry, &reason);
        }
    }

    /// An entry has failed for good. What follows it in its group must not pass it, unless the
    /// route's policy is to forget it.
    fn give_up(&mut self, entry: Entry, reason: &str) {
        let followers = match self.lane.route.on_failure {
            OnFailure::Park(_) | OnFailure::Block { .. } => self.queue.followers(&entry),
            OnFailure::Drop => {
                self.queue.release(&entry);
                VecDeque::new()
            }
        };
        self.dispose(entry, reason);
        for follower in followers {
            self.dispose(follower, "an earlier delivery of its group failed");
        }
    }

    fn give_up_all_if_spent(&mut self) {
        if !self.budget.is_spent() {
            return;
        }
        let (limit, last) = (self.budget.limit(), &self.last_failure);
        let reason = format!(
            "failures used up the {limit:?} that the route may lose in one invocation; the last: {last}"
        );
        for entry in self.queue.drain() {
            self.dispose(entry, &reason);
        }
    }

    fn dispose(&self, entry: Entry, reason: &str) {
        let Entry { ticket, delivery, attempts, .. } = entry;
        let route = &self.lane.route.name;
        match self.lane.route.on_failure {
            OnFailure::Park(_) => {
                let Run { rules, clock } = &self.run;
                let (route, rules, reason) = (route.clone(), rules.clone(), reason.to_owned());
                let envelope =
                    Envelope::delivery(delivery, route, rules, attempts, reason, clock.epoch());
                // The lot's side ends after this one, unless it broke down: then the ticket is
                // given back unused.
                let _ = self.lot.send((ticket, envelope));
            }
            OnFailure::Block { .. } => self.table.leave(ticket, reason),
            OnFailure::Drop => {
                let Delivery { rule, identity, .. } = delivery;
                warn!(%route, %rule, identity = identity.as_str(), attempts, reason, "dropped");
                self.table.settle(ticket, Outcome::Dropped);
            }
        }
    }
}
