//! What the mapping gives up.

use std::time::Duration;

use crate::invocation::LaneId;

/// Why records were given up: the `condition` of an invocation record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// They failed more often than `MaximumRetryAttempts` allows.
    RetryAttemptsExhausted,
    /// They are older than `MaximumRecordAgeInSeconds`.
    RecordAgeExceeded,
    /// The stream does not have them any more. Lambda tells the on-failure destination nothing.
    Expired,
}

/// A range of records that never reached the function, or not with success. The on-failure
/// destination gets this description and not the records: "Retain discarded records for a DynamoDB
/// data source in Lambda".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discarded {
    /// Where they stood.
    pub lane: LaneId,
    /// Why they were given up.
    pub condition: Condition,
    /// `approximateInvokeCount`, as far as invocations counted.
    pub invocations: u32,
    /// `batchSize`: how many records.
    pub batch_size: usize,
    /// `startSequenceNumber`
    pub start_sequence_number: String,
    /// `endSequenceNumber`
    pub end_sequence_number: String,
    /// `approximateArrivalOfFirstRecord`
    pub arrival_of_first_record: Duration,
    /// `approximateArrivalOfLastRecord`
    pub arrival_of_last_record: Duration,
}
