//! One request to a target, and its answer in one form, whatever happened.

use distributary_delivery::Delivery;
use tokio::time::Instant;

use crate::batch::Entry;
use crate::clock::Clock;
use crate::lane::Lane;
use crate::target::Failure;
use crate::wall::{account, guarded};

/// What became of a request.
pub(crate) struct Answer {
    pub(crate) batch: Vec<Entry>,
    pub(crate) started: Instant,
    /// One result per entry; `None` where the run ended before there was any.
    pub(crate) results: Option<Vec<Result<(), Failure>>>,
    /// The request failed as a whole, so the results say nothing of any single entry.
    pub(crate) whole: bool,
}

/// Sends the entries in one request.
pub(crate) fn request(
    lane: &Lane,
    clock: Clock,
    batch: Vec<Entry>,
) -> impl Future<Output = Answer> + use<> {
    let target = lane.target.clone();
    let timeout = clock.timeout(lane.route.timeout);
    async move {
        let started = Instant::now();
        let deliveries: Vec<&Delivery> = batch.iter().map(|entry| &entry.delivery).collect();
        let answer = guarded(async { target.send(&deliveries).await }, timeout, &clock).await;
        let whole = !matches!(answer, Ok(Ok(_)));
        let all = |failure| vec![Err(failure); batch.len()];
        let results = match answer {
            Ok(Ok(results)) => Some(account(results, batch.len())),
            Ok(Err(failure)) => Some(all(failure)),
            Err(interrupt) => interrupt.failure().map(all),
        };
        Answer { batch, started, results, whole }
    }
}
