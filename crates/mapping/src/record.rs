//! What the mapping has to know of a record.

use std::time::Duration;

/// How often Lambda reads each shard: "a base rate of 4 times per second".
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// How long a DynamoDB stream keeps a record. What is not processed by then is gone, without a word
/// to the on-failure destination.
pub const RETENTION: Duration = Duration::from_hours(24);

/// A record of a DynamoDB stream.
pub trait StreamRecord: Clone {
    /// `SequenceNumber`: the name by which a partial batch response knows the record.
    fn sequence(&self) -> &str;

    /// A well mixed hash of the item's key. Records of one item stay in order whatever the
    /// parallelization factor.
    fn key_hash(&self) -> u64;

    /// Bytes that the record adds to the event.
    fn size(&self) -> usize;

    /// When the change was written to the stream, since the driver's epoch.
    fn arrived(&self) -> Duration;
}
