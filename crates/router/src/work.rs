//! What one run of the router is given.

use std::fmt;
use std::sync::Arc;

use distributary_delivery::{Delivery, Quarantine};
use tokio::time::Instant;

/// One batch's deliveries and rejects, and the time there is for them.
#[derive(Default)]
pub struct Work {
    /// The deliveries, on each route in the order in which they are to arrive.
    pub deliveries: Vec<Delivery>,
    /// Records that no rule could be asked about.
    pub quarantined: Vec<Quarantine>,
    /// The time at the start, in seconds since the epoch; envelopes are dated by it.
    pub now: i64,
    /// When the invocation ends; `None` where nothing ends it.
    pub deadline: Option<Instant>,
    /// Told about every delivery that has got its outcome.
    pub progress: Option<Progress>,
}

/// Called with the number of deliveries that have got their outcome since the last call, from any
/// lane.
pub type Progress = Arc<dyn Fn(usize) + Send + Sync>;

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work")
            .field("deliveries", &self.deliveries.len())
            .field("quarantined", &self.quarantined.len())
            .field("now", &self.now)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
