//! One (record, rule, route): the unit that has exactly one outcome.

use std::sync::Arc;

use bytes::Bytes;

use crate::identity::Identity;

/// What is to arrive at one route because one rule fired on one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The record's place in its batch, from 0.
    pub position: usize,
    /// The index of the route among the resolved routes.
    pub route: usize,
    /// The rule that fired.
    pub rule: Arc<str>,
    /// The same for the same record, rule and route, whenever it is computed.
    pub identity: Identity,
    /// What is sent.
    pub message: Message,
    /// The body that is sent in the place of the message's where that does not fit: the rules'
    /// default payload. Only for routes with [`Oversize::Keys`](crate::Oversize::Keys), and bodies
    /// of more than [`limits::FALLBACK_BYTES`](crate::limits::FALLBACK_BYTES).
    pub fallback: Option<Bytes>,
    /// The record that it comes from.
    pub origin: Origin,
}

/// The record that a delivery comes from, as far as a lot or a log needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The record's raw bytes, a slice of the batch, untouched.
    pub record: Bytes,
    /// `eventID`.
    pub event: Arc<str>,
    /// `SequenceNumber`.
    pub sequence: Arc<str>,
    /// The table's name.
    pub table: Arc<str>,
    /// Seconds since the epoch.
    pub time: i64,
}

/// What a target sends, with every field that depends on the record already rendered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The payload, JSON text.
    pub body: Bytes,
    /// The message group: FIFO order, or fairness on a standard queue. Raw text; targets hash it to
    /// the services' alphabet.
    pub group: Option<String>,
    /// The deduplication id that the rules set; FIFO targets use the identity where it is absent.
    pub dedup: Option<String>,
    /// SNS subject.
    pub subject: Option<String>,
    /// EventBridge `DetailType`.
    pub detail_type: Option<String>,
    /// EventBridge `Resources`.
    pub resources: Vec<String>,
    /// SQS and SNS message attributes, by name.
    pub attributes: Vec<(String, Attribute)>,
}

/// The value of a message attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// `String`
    String(String),
    /// `Number`, its digits.
    Number(String),
}
