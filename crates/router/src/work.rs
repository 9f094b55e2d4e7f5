//! What one run of the router is given.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use distributary_delivery::Delivery;
use tokio::time::Instant;

/// One batch's deliveries and rejects, and the time there is for them.
#[derive(Default)]
pub struct Work {
    /// The deliveries, on each route in the order in which they are to arrive.
    pub deliveries: Vec<Delivery>,
    /// Records that no rule could see.
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

/// A record that could not be decoded, on its way to its source's lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// The record's place in its batch, from 0.
    pub position: usize,
    /// The index of its source's lot; without one it stays unsettled.
    pub lot: Option<usize>,
    /// The record's raw bytes: JSON text, untouched.
    pub record: Bytes,
    /// `eventID`, where it can be read.
    pub event: Option<Arc<str>>,
    /// `SequenceNumber`, where it can be read.
    pub sequence: Option<Arc<str>>,
    /// The table's name, where it can be read.
    pub table: Option<Arc<str>>,
    /// Why it could not be decoded, without item values.
    pub reason: String,
}

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
