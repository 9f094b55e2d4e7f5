//! What a run of the router is given.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use distributary_delivery::{Delivery, Identity, Quarantine};
use tokio::time::Instant;

/// What is known when a run begins.
#[derive(Clone, Default)]
pub struct Start {
    /// The time, in seconds since the epoch; envelopes are dated by it.
    pub now: i64,
    /// When the invocation ends; `None` where nothing ends it.
    pub deadline: Option<Instant>,
    /// The names of the routes that an operator has paused.
    pub paused: BTreeSet<String>,
    /// What an earlier run has settled of the same batch: it is counted, and nothing is sent.
    pub before: HashSet<Identity>,
    /// Told about every delivery that has got its outcome.
    pub progress: Option<Progress>,
}

/// A part of a batch, as large as its bodies may be in memory at once.
#[derive(Debug, Default)]
pub struct Work {
    /// The deliveries, on each route in the order in which they are to arrive.
    pub deliveries: Vec<Delivery>,
    /// Records that no rule could be asked about.
    pub quarantined: Vec<Quarantine>,
}

/// Called with the number of deliveries that have got their outcome since the last call, from any
/// lane.
pub type Progress = Arc<dyn Fn(usize) + Send + Sync>;

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("now", &self.now)
            .field("deadline", &self.deadline)
            .field("paused", &self.paused)
            .field("before", &self.before.len())
            .finish_non_exhaustive()
    }
}
