//! Into the lot: in batches, tried again, and unsettled where the lot fails, too.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use distributary_delivery::{Content, Envelope};
use fastrand::Rng;
use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::warn;

use crate::chain::{Chain, Link};
use crate::clock::Clock;
use crate::health::Health;
use crate::lot::LOT_TIMEOUT;
use crate::retry::backoff;
use crate::settle::{Outcome, SettleTable, Ticket};
use crate::target::Failure;
use crate::wall::{account, guarded};

/// Envelopes in one call: what the services take in one request.
const BATCH: usize = 10;
/// Bytes of records and messages in one call, unless one envelope has more. Lots encode what they
/// keep: this bounds what is encoded at once.
const BATCH_BYTES: usize = 1024 * 1024;
/// Calls of one lane that may be under way at once.
const CONCURRENCY: usize = 8;
/// How often what was not kept is tried again.
const RETRY: u32 = 2;

const EARLIER_LOST: &str = "an earlier one of its group was not kept";

/// What is to be kept, and the right to say that it was.
pub(crate) struct Parked {
    pub(crate) ticket: Ticket,
    pub(crate) envelope: Envelope,
    /// What it is once it is kept.
    pub(crate) outcome: Outcome,
}

/// One lane's way into its lot.
#[derive(Clone)]
pub(crate) struct Parker {
    pub(crate) chain: Arc<Chain>,
    pub(crate) table: Arc<SettleTable>,
    pub(crate) clock: Clock,
    /// Where it is noted that something waits; what no route can send does not.
    pub(crate) health: Option<Arc<Health>>,
    pub(crate) rng: Rng,
}

impl Parker {
    /// Keeps what comes, until nothing more can come.
    pub(crate) async fn keep_all(self, mut coming: UnboundedReceiver<Parked>) {
        if !self.chain.is_ordered() {
            return self.keep(coming, CONCURRENCY).await;
        }
        // Of each group one call at a time, so that none is kept ahead of one that is not.
        let (ways, ends): (Vec<UnboundedSender<_>>, Vec<_>) =
            (0..CONCURRENCY).map(|_| unbounded_channel()).unzip();
        let part = async move {
            let hasher = BuildHasherDefault::<DefaultHasher>::default();
            while let Some(parked) = coming.recv().await {
                let way = hasher.hash_one(parked.envelope.group()) % CONCURRENCY as u64;
                if let Some(way) = usize::try_from(way).ok().and_then(|way| ways.get(way)) {
                    // Cannot fail: the other end is kept from below until this one is gone.
                    let _ = way.send(parked);
                }
            }
        };
        tokio::join!(part, join_all(ends.into_iter().map(|end| self.clone().keep(end, 1))));
    }

    async fn keep(mut self, coming: UnboundedReceiver<Parked>, at_once: usize) {
        let batches = stream::unfold((coming, None), async |(mut coming, mut next)| {
            let batch = batch(&mut coming, &mut next).await?;
            Some((batch, (coming, next)))
        });
        let mut rng = self.rng.fork();
        let this = &self;
        let call = |batch| this.keep_batch(batch, rng.fork());
        batches.for_each_concurrent(at_once, call).await;
    }

    async fn keep_batch(&self, mut batch: Vec<Parked>, mut rng: Rng) {
        let mut last = Failure::permanent("there is none");
        for link in self.chain.links() {
            batch = self.keep_in(link, batch, &mut rng, &mut last).await;
            if batch.is_empty() {
                return;
            }
        }
        batch.into_iter().for_each(|parked| self.leave(parked, &last.reason));
    }

    /// Gives back what the lot does not keep.
    async fn keep_in(
        &self,
        link: &Link,
        mut batch: Vec<Parked>,
        rng: &mut Rng,
        last: &mut Failure,
    ) -> Vec<Parked> {
        let size = batch.len();
        let mut refused = Vec::new();
        for attempt in 1.. {
            if link.is_lost() {
                *last = Failure::permanent("it failed before");
                break;
            }
            batch = self.attempt(link, batch, &mut refused, last).await;
            if batch.is_empty() {
                break;
            }
            if attempt > RETRY {
                if batch.len() == size {
                    link.lose();
                }
                break;
            }
            tokio::time::sleep(backoff(attempt, rng.f64())).await;
        }
        refused.extend(batch);
        refused
    }

    /// Gives back what another attempt may keep.
    async fn attempt(
        &self,
        link: &Link,
        batch: Vec<Parked>,
        refused: &mut Vec<Parked>,
        last: &mut Failure,
    ) -> Vec<Parked> {
        let (batch, orphans): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|parked| !self.chain.is_broken(group(&parked.envelope)));
        orphans.into_iter().for_each(|parked| self.leave(parked, EARLIER_LOST));
        let envelopes: Vec<Envelope> = batch.iter().map(|parked| parked.envelope.clone()).collect();
        let results = match envelopes.is_empty() {
            true => Vec::new(),
            false => self.ask(link, &envelopes).await,
        };
        let mut again = Vec::new();
        for (parked, result) in batch.into_iter().zip(results) {
            match result {
                Ok(()) => {
                    log(&parked.envelope);
                    // What is held waits for another one, which has been noted.
                    if let Some(health) = &self.health
                        && parked.outcome == Outcome::Parked
                    {
                        health.backlog().parked(parked.envelope.parked_at);
                    }
                    self.table.settle(parked.ticket, parked.outcome);
                }
                Err(failure) => {
                    let retryable = failure.retryable();
                    *last = failure;
                    if retryable {
                        again.push(parked);
                    } else if self.chain.is_ordered() {
                        self.leave(parked, &last.reason);
                    } else {
                        refused.push(parked);
                    }
                }
            }
        }
        again
    }

    async fn ask(&self, link: &Link, envelopes: &[Envelope]) -> Vec<Result<(), Failure>> {
        let answer = guarded(link.lot.park(envelopes), LOT_TIMEOUT, &self.clock).await;
        match answer {
            Ok(answer) => account(answer, envelopes.len()),
            Err(interrupt) => {
                let failure = interrupt.failure().unwrap_or_else(Failure::out_of_time);
                vec![Err(failure); envelopes.len()]
            }
        }
    }

    fn leave(&self, parked: Parked, failure: &str) {
        let Parked { ticket, envelope, .. } = parked;
        self.chain.break_off(group(&envelope));
        let reason = &envelope.reason;
        self.table.leave(ticket, &format!("{reason}; its lot did not keep it: {failure}"));
    }
}

/// What is there already, as far as it fits into one call.
async fn batch(
    coming: &mut UnboundedReceiver<Parked>,
    next: &mut Option<Parked>,
) -> Option<Vec<Parked>> {
    let first = match next.take() {
        Some(first) => first,
        None => coming.recv().await?,
    };
    let mut bytes = size(&first.envelope);
    let mut batch = vec![first];
    while batch.len() < BATCH
        && let Ok(more) = coming.try_recv()
    {
        bytes += size(&more.envelope);
        if bytes > BATCH_BYTES {
            *next = Some(more);
            break;
        }
        batch.push(more);
    }
    Some(batch)
}

fn size(envelope: &Envelope) -> usize {
    let body = match &envelope.content {
        Content::Delivery { message, .. } => message.body.len(),
        Content::Quarantine => 0,
    };
    envelope.record.len() + body
}

fn group(envelope: &Envelope) -> &str {
    envelope.group().unwrap_or_default()
}

fn log(envelope: &Envelope) {
    let Envelope { content, reason, .. } = envelope;
    let (event, sequence) = (envelope.event.as_deref(), envelope.sequence.as_deref());
    match content {
        Content::Delivery { route, rule, identity, attempts, .. } => {
            let identity = identity.as_str();
            warn!(%route, %rule, identity, event, sequence, attempts, reason, "parked");
        }
        Content::Quarantine => {
            let table = envelope.table.as_deref();
            warn!(event, sequence, table, reason, "quarantined");
        }
    }
}
