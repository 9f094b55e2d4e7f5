//! What goes to the function, and how it ends.

use std::fmt;
use std::sync::Arc;

/// One line of a shard: its batches go one after the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneId {
    /// The shard.
    pub shard: Arc<str>,
    /// Which of the shard's lanes, from 0 to below the parallelization factor.
    pub lane: usize,
}

impl fmt::Display for LaneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.shard, self.lane)
    }
}

/// A batch on its way to the function.
#[derive(Debug, Clone)]
pub struct Invocation<R> {
    /// The lane that waits for its answer.
    pub lane: LaneId,
    /// The records, never none.
    pub records: Vec<R>,
    /// The same batch was sent in vain so often, as far as that counts.
    pub failures: u32,
    /// Two invocations with one number are the same batch twice.
    pub(crate) number: u64,
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The function returned without naming a failure.
    Success,
    /// `batchItemFailures`: the `itemIdentifier` of each, empty where it is null or absent. A mapping
    /// without `ReportBatchItemFailures` does not look at it.
    Partial(Vec<String>),
    /// A function error: an exception, a time-out.
    Error,
    /// No answer arrived, so that nothing is known.
    Lost,
}
