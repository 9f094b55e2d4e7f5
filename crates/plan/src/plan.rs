//! What a batch asks for.

use std::sync::Arc;

use distributary_delivery::{Delivery, Quarantine};
use distributary_rules::Unmatched;

/// The deliveries of one batch, and an account of every record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// In record order; those of one record in the order of their rules' names.
    pub deliveries: Vec<Delivery>,
    /// Records that could not be decoded, in record order.
    pub quarantined: Vec<Quarantine>,
    /// What rules in shadow mode would have sent, in the same order.
    pub shadowed: Vec<Shadowed>,
    /// One entry per record, by position.
    pub records: Vec<Seen>,
}

/// A rule in shadow mode fired: it is counted, and nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadowed {
    /// The record's place in the batch, from 0.
    pub position: usize,
    /// The rule.
    pub rule: Arc<str>,
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
    /// This many deliveries come from it; none where only rules in shadow mode fired.
    Matched(usize),
    /// No rule fired; its source says what is made of that.
    Unmatched(Unmatched),
    /// No rule fired, and an `ignore` says that this is on purpose.
    Ignored,
    /// The guards of its source kept it from every rule.
    Skipped,
    /// It carries less than its source's `view` declares, so questions about an image stayed
    /// unknown; this many deliveries come from it all the same.
    PoorerThanView(usize),
    /// It comes from a table that no source declares. It is settled; the deployment is wrong.
    ForeignTable(String),
    /// It could not be decoded.
    Undecodable(String),
}
