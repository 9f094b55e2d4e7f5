//! What a redrive asks of a lot: envelopes on lease, and what becomes of them there.

use std::sync::Arc;

use fastrand::Rng;
use tokio::time::Instant;
use tracing::warn;

use crate::clock::Clock;
use crate::lot::{Found, LOT_TIMEOUT, Lot, Taken};
use crate::retry::backoff;
use crate::target::Failure;
use crate::wall::{account, guarded};

/// How often what has arrived is removed again where that fails.
const RETRY: u32 = 2;

/// Who has envelopes of a route on lease.
pub(crate) struct Lessee {
    /// The name that lots know it by.
    pub(crate) route: Arc<str>,
    /// The time for taking.
    pub(crate) clock: Clock,
    /// The time for what is to be done when that is over.
    pub(crate) until_tidy: Clock,
    /// What is taken: all that is due then, in seconds since the epoch.
    pub(crate) by: i64,
    pub(crate) rng: Rng,
}

impl Lessee {
    /// Takes `most` at most, or says why it cannot.
    pub(crate) async fn take(&self, lot: &dyn Lot, most: usize) -> Result<Found, String> {
        let call = lot.take(&self.route, most, self.by);
        let failure = match guarded(call, LOT_TIMEOUT, &self.clock).await {
            Ok(Ok(found)) => return Ok(found),
            Ok(Err(failure)) => failure,
            Err(interrupt) => interrupt.failure().unwrap_or_else(Failure::out_of_time),
        };
        Err(format!("its lot cannot be read: {}", failure.reason))
    }

    /// What cannot be removed arrives again, under the same identity.
    pub(crate) async fn remove(&mut self, lot: &dyn Lot, mut arrived: Vec<Taken>) {
        if arrived.is_empty() {
            return;
        }
        for attempt in 1.. {
            let answer = guarded(lot.remove(&arrived), LOT_TIMEOUT, &self.until_tidy).await;
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
            if attempt > RETRY || self.until_tidy.closed_at(Instant::now()) {
                let (route, reason) = (&self.route, failure.as_deref());
                let envelopes = arrived.len();
                warn!(%route, envelopes, reason, "what was redriven stays in its lot and arrives again");
                return;
            }
            tokio::time::sleep(backoff(attempt, self.rng.f64())).await;
        }
    }

    /// Ends the leases on what did not arrive. Failing does no harm: they end by themselves.
    pub(crate) async fn put_back(&self, lot: &dyn Lot, tried: &[Taken], untried: &[Taken]) {
        if !tried.is_empty() {
            let _ = guarded(lot.postpone(tried), LOT_TIMEOUT, &self.until_tidy).await;
        }
        if !untried.is_empty() {
            let _ = guarded(lot.give_back(untried), LOT_TIMEOUT, &self.until_tidy).await;
        }
    }
}
