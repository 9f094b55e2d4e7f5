//! Groups that have to wait: nothing of theirs may be sent while an earlier one has not arrived.

use std::collections::{HashMap, HashSet};

use fastrand::Rng;

use crate::clock::Clock;
use crate::lot::{LOT_TIMEOUT, Lot, group_key};
use crate::retry::backoff;
use crate::target::Failure;
use crate::wall::guarded;

/// How often a lot that does not say what it holds is asked again.
const RETRY: u32 = 2;

/// Why something waits in the lot that was never sent.
pub(crate) const BEHIND: &str = "an earlier delivery of its group waits in the lot";
/// Why something comes again that was never sent.
pub(crate) const BLOCKED: &str = "an earlier delivery of its group failed";

/// Where an earlier delivery of a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// In the lot: what follows goes there, too.
    InLot,
    /// Nowhere: what follows comes again with it.
    Unsettled,
}

/// The held groups of one ordered lane in one run.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    before: HashSet<String>,
    since: HashMap<String, Hold>,
}

impl Holds {
    /// Asks the lot.
    pub(crate) async fn read(
        lot: &dyn Lot,
        route: &str,
        clock: &Clock,
        rng: &mut Rng,
    ) -> Result<Self, Failure> {
        for attempt in 1.. {
            let answer = guarded(lot.held(route), LOT_TIMEOUT, clock).await;
            let failure = match answer {
                Ok(Ok(before)) => return Ok(Holds { before, since: HashMap::new() }),
                Ok(Err(failure)) => failure,
                Err(interrupt) => interrupt.failure().unwrap_or_else(Failure::out_of_time),
            };
            if attempt > RETRY || !failure.retryable() {
                return Err(failure);
            }
            tokio::time::sleep(backoff(attempt, rng.f64())).await;
        }
        Ok(Holds::default())
    }

    /// What the lot held when the run began, as [`group_key`] writes it.
    pub(crate) fn before(&self) -> &HashSet<String> {
        &self.before
    }

    /// Whether a group is held, and where.
    pub(crate) fn of(&self, group: &str) -> Option<Hold> {
        let known = self.since.get(group).copied();
        known.or_else(|| {
            let held = !self.before.is_empty() && self.before.contains(&group_key(group));
            held.then_some(Hold::InLot)
        })
    }

    /// From now on the group is held.
    pub(crate) fn hold(&mut self, group: String, hold: Hold) {
        self.since.insert(group, hold);
    }
}
