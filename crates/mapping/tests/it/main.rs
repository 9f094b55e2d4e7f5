//! The mapping against its documentation, and whatever it is told.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod documented;
mod properties;

use std::time::Duration;

use distributary_mapping::StreamRecord;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) sequence: String,
    pub(crate) key: u64,
    pub(crate) size: usize,
    pub(crate) arrived: Duration,
}

impl StreamRecord for Change {
    fn sequence(&self) -> &str {
        &self.sequence
    }

    fn key_hash(&self) -> u64 {
        self.key
    }

    fn size(&self) -> usize {
        self.size
    }

    fn arrived(&self) -> Duration {
        self.arrived
    }
}

/// Records with the sequence numbers 0, 1, …, each of its own item, written at once.
pub(crate) fn changes(count: u64) -> Vec<Change> {
    let change =
        |at: u64| Change { sequence: at.to_string(), key: at, size: 100, arrived: Duration::ZERO };
    (0..count).map(change).collect()
}
