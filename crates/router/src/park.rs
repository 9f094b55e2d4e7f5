//! Into the lot: in batches, tried again, and unsettled where the lot fails, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use distributary_delivery::{Content, Envelope};
use fastrand::Rng;
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::warn;

use crate::clock::Clock;
use crate::lot::{LOT_TIMEOUT, Lot};
use crate::retry::backoff;
use crate::settle::{Outcome, SettleTable, Ticket};
use crate::target::Failure;
use crate::wall::{account, guarded};

/// Envelopes in one call: what the services take in one request.
const BATCH: usize = 10;
/// Calls of one lane that may be under way at once.
const CONCURRENCY: usize = 8;
/// How often what was not kept is tried again.
const RETRY: u32 = 2;

/// What is to be kept, and the right to say that it was.
pub(crate) type Parked = (Ticket, Envelope);

/// One lane's way into its lot.
pub(crate) struct Parker {
    /// `None` where the lane names no lot, or one that does not exist.
    pub(crate) lot: Option<Arc<dyn Lot>>,
    pub(crate) table: Arc<SettleTable>,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
}

impl Parker {
    /// Keeps what comes, until nothing more can come.
    pub(crate) async fn keep_all(self, coming: UnboundedReceiver<Parked>) {
        let Parker { lot, table, clock, mut rng } = self;
        let (lot, table, clock) = (lot.as_deref(), &*table, &clock);
        let lost = &AtomicBool::new(false);
        let batches = stream::unfold(coming, async |mut coming| {
            let mut batch = Vec::with_capacity(BATCH);
            (coming.recv_many(&mut batch, BATCH).await > 0).then_some((batch, coming))
        });
        let call = |batch| Call { lot, table, clock, lost, rng: rng.fork() }.keep(batch);
        batches.for_each_concurrent(CONCURRENCY, call).await;
    }
}

/// One batch on its way into the lot.
struct Call<'a> {
    lot: Option<&'a dyn Lot>,
    table: &'a SettleTable,
    clock: &'a Clock,
    /// Set once the lot kept nothing of a batch in all attempts: in this run it makes nobody wait
    /// again.
    lost: &'a AtomicBool,
    rng: Rng,
}

impl Call<'_> {
    async fn keep(mut self, mut batch: Vec<Parked>) {
        let size = batch.len();
        for attempt in 1.. {
            let again = self.attempt(batch).await;
            if again.is_empty() {
                return;
            }
            if attempt > RETRY {
                self.lost.fetch_or(again.len() == size, Ordering::Relaxed);
                return again
                    .into_iter()
                    .for_each(|(parked, failure)| self.leave(parked, &failure));
            }
            tokio::time::sleep(backoff(attempt, self.rng.f64())).await;
            batch = again.into_iter().map(|(parked, _)| parked).collect();
        }
    }

    /// Gives back what another attempt may keep.
    async fn attempt(&self, batch: Vec<Parked>) -> Vec<(Parked, Failure)> {
        let (tickets, envelopes): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let results = self.ask(&envelopes).await;
        let mut again = Vec::new();
        for ((ticket, envelope), result) in tickets.into_iter().zip(envelopes).zip(results) {
            match result {
                Ok(()) => {
                    log(&envelope);
                    self.table.settle(ticket, Outcome::Parked);
                }
                Err(failure) if failure.retryable() => again.push(((ticket, envelope), failure)),
                Err(failure) => self.leave((ticket, envelope), &failure),
            }
        }
        again
    }

    async fn ask(&self, envelopes: &[Envelope]) -> Vec<Result<(), Failure>> {
        let failure = match self.lot {
            None => Failure::permanent("there is none"),
            Some(_) if self.lost.load(Ordering::Relaxed) => Failure::permanent("it failed before"),
            Some(lot) => match guarded(lot.park(envelopes), LOT_TIMEOUT, self.clock).await {
                Ok(answer) => return account(answer, envelopes.len()),
                Err(interrupt) => interrupt
                    .failure()
                    .unwrap_or_else(|| Failure::permanent("the invocation ran out of time")),
            },
        };
        vec![Err(failure); envelopes.len()]
    }

    fn leave(&self, (ticket, envelope): Parked, failure: &Failure) {
        let Envelope { reason, .. } = envelope;
        self.table.leave(ticket, &format!("{reason}; its lot did not keep it: {}", failure.reason));
    }
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
