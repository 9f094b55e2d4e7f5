//! What a batch asks for.

use std::sync::Arc;

use distributary_delivery::{Delivery, Quarantine};

/// The deliveries of one batch, and an account of every record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// In record order; those of one record in the order of their rules' names.
    pub deliveries: Vec<Delivery>,
    /// Records that could not be decoded, in record order.
    pub quarantined: Vec<Quarantine>,
    /// One entry per record, by position.
    pub records: Vec<Seen>,
}

/// What was seen of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `eventID`, where it can be read.
    pub event: Option<Arc<str>>,
    /// `SequenceNumber`, where it can be read. The partial batch response needs it.
    pub sequence: Option<Arc<str>>,
    /// What became of the record.
    pub verdict: Verdict,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This many deliveries come from it.
    Matched(usize),
    /// No rule fired.
    Unmatched,
    /// It carries less than its source's `view` declares, so questions about an image stayed
    /// unknown; this many deliveries come from it all the same.
    PoorerThanView(usize),
    /// It comes from a table that no source declares. It is settled; the deployment is wrong.
    ForeignTable(String),
    /// It could not be decoded.
    Undecodable(String),
}
