//! A record that could not be read, on its way to a lot.

use std::sync::Arc;

use bytes::Bytes;

/// A record that no rule could be asked about. It is parked raw, or holds its place in the stream
/// where nothing can park it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// The record's place in its batch, from 0.
    pub position: usize,
    /// The index of the lot that its source names.
    pub lot: Option<usize>,
    /// The record's raw bytes, untouched.
    pub record: Bytes,
    /// `eventID`, where it can be read.
    pub event: Option<Arc<str>>,
    /// `SequenceNumber`, where it can be read.
    pub sequence: Option<Arc<str>>,
    /// The table's name, where it can be read.
    pub table: Option<Arc<str>>,
    /// Why it could not be read, in one sentence without item values.
    pub reason: String,
}
