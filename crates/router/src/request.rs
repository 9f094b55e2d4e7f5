//! One request to a target, and its answer in one form, whatever happened.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::Delivery;
use tokio::time::Instant;

use crate::batch::Entry;
use crate::clock::Clock;
use crate::target::{Failure, FailureKind, Target};
use crate::wall::{Interrupt, account, guarded};

/// What became of a request.
pub(crate) struct Answer {
    pub(crate) batch: Vec<Entry>,
    pub(crate) started: Instant,
    /// One result per entry; `None` where the run ended before there was any.
    pub(crate) results: Option<Vec<Result<(), Failure>>>,
    /// The request failed as a whole, so the results say nothing of any single entry.
    pub(crate) whole: bool,
    /// There was no answer in the time that an attempt may take.
    pub(crate) timed_out: bool,
}

/// What an answer says of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It takes something.
    Taken,
    /// It takes less than it is given.
    Throttled,
    /// The connection was dead before the request.
    Disconnected,
    /// It is down, or seems so.
    Failed,
    /// It does not like what it was sent, which says nothing of the target.
    Refused,
}

/// Sends the entries in one request.
pub(crate) async fn request(
    target: Arc<dyn Target>,
    timeout: Duration,
    clock: Clock,
    batch: Vec<Entry>,
) -> Answer {
    let started = Instant::now();
    let deliveries: Vec<&Delivery> = batch.iter().map(|entry| &entry.delivery).collect();
    let call = async { target.send(&deliveries).await };
    let answer = guarded(call, clock.timeout(timeout), &clock).await;
    let whole = !matches!(answer, Ok(Ok(_)));
    let timed_out = matches!(answer, Err(Interrupt::TimedOut(_)));
    let all = |failure| vec![Err(failure); batch.len()];
    let results = match answer {
        Ok(Ok(results)) => Some(account(results, batch.len())),
        Ok(Err(failure)) => Some(all(failure)),
        Err(interrupt) => interrupt.failure().map(all),
    };
    Answer { batch, started, results, whole, timed_out }
}

/// What these results, all of one request, say of the target.
pub(crate) fn verdict(results: &[Result<(), Failure>]) -> Verdict {
    let has = |kind| {
        results.iter().flat_map(|result| result.as_ref().err()).any(|failure| failure.kind == kind)
    };
    if results.iter().any(Result::is_ok) {
        Verdict::Taken
    } else if has(FailureKind::Transient) {
        Verdict::Failed
    } else if has(FailureKind::Disconnected) {
        Verdict::Disconnected
    } else if has(FailureKind::Throttled) {
        Verdict::Throttled
    } else {
        Verdict::Refused
    }
}
