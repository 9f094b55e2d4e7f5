//! What a lot keeps: the delivery or record, and all it takes to understand and repeat it.
//!
//! `docs/envelope.md` describes the JSON for those who read lots with their own tools.

mod error;
mod packed;
mod parse;
mod write;

use std::sync::Arc;

use bytes::Bytes;

pub use self::error::EnvelopeError;
pub use self::write::on_one_line;
use crate::delivery::{Delivery, Message};
use crate::identity::Identity;

/// The version of the JSON that [`Envelope::to_json`] writes.
const VERSION: u64 = 1;
/// The version of the compressed form, so that a reader of version 1 refuses it by name.
const COMPRESSED: u64 = 2;

/// [`Content::Delivery::not_before`] of what waits for a redrive by hand: the end of the year 9999.
pub const BY_HAND: i64 = 253_402_300_799;

/// A parked delivery or a quarantined record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What waits here.
    pub content: Content,
    /// The hash of the rule set that was in force.
    pub rules: Arc<str>,
    /// `eventID` of the record; always known of a delivery.
    pub event: Option<Arc<str>>,
    /// `SequenceNumber` of the record; always known of a delivery.
    pub sequence: Option<Arc<str>>,
    /// The table's name; always known of a delivery.
    pub table: Option<Arc<str>>,
    /// Why it is here, without item values.
    pub reason: String,
    /// When it was parked, in seconds since the epoch.
    pub parked_at: i64,
    /// The record's raw bytes: JSON text, untouched.
    pub record: Bytes,
}

/// What an envelope holds beside its record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly every envelope holds a delivery")]
pub enum Content {
    /// A delivery that its route could not make.
    Delivery {
        /// The route's name.
        route: Arc<str>,
        /// The rule's name.
        rule: Arc<str>,
        /// The delivery's identity; a redrive sends under the same one.
        identity: Identity,
        /// How often it was sent in vain; 0 where it never was.
        attempts: u32,
        /// How often redrives of a route that was well failed with it.
        redrives: u32,
        /// When it is to be sent again by itself, in seconds since the epoch: not before, or never
        /// ([`BY_HAND`]). At once where there is none.
        not_before: Option<i64>,
        /// When the record was written, in seconds since the epoch. Earlier programs did not say.
        time: Option<i64>,
        /// Whether its route keeps the order of its group, if it has one. Earlier programs did not say, and took it
        /// that each does.
        ordered: bool,
        /// What would have been sent.
        message: Message,
    },
    /// A record that could not be decoded, so that no rule has seen it.
    Quarantine,
}

impl Envelope {
    /// The envelope of a delivery that `route` could not make, which keeps the order of groups.
    #[must_use]
    pub fn delivery(
        delivery: Delivery,
        route: Arc<str>,
        rules: Arc<str>,
        attempts: u32,
        reason: String,
        parked_at: i64,
    ) -> Self {
        let Delivery { rule, identity, message, origin, .. } = delivery;
        Envelope {
            content: Content::Delivery {
                route,
                rule,
                identity,
                attempts,
                redrives: 0,
                not_before: None,
                time: Some(origin.time),
                ordered: true,
                message,
            },
            rules,
            event: Some(origin.event),
            sequence: Some(origin.sequence),
            table: Some(origin.table),
            reason,
            parked_at,
            record: origin.record,
        }
    }

    /// The same of a route that keeps no order, whatever group its messages name.
    #[must_use]
    pub fn without_order(mut self) -> Self {
        if let Content::Delivery { ordered, message, .. } = &mut self.content {
            *ordered = message.group.is_none();
        }
        self
    }

    /// The message group whose order it keeps; `None` where nothing follows it.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        match &self.content {
            Content::Delivery { ordered: true, message, .. } => message.group.as_deref(),
            Content::Delivery { .. } | Content::Quarantine => None,
        }
    }

    /// Whether it may be sent at `now`, in seconds since the epoch. A quarantined record never is.
    #[must_use]
    pub fn is_due(&self, now: i64) -> bool {
        match self.content {
            Content::Delivery { not_before, .. } => not_before.is_none_or(|from| from <= now),
            Content::Quarantine => false,
        }
    }
}
