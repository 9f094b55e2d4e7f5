//! What becomes of a delivery that is not sent: parked, left to come again, or dropped.

use std::sync::Arc;

use distributary_delivery::{Delivery, Envelope, OnFailure};
use tokio::sync::mpsc::UnboundedSender;
use tracing::warn;

use crate::batch::Entry;
use crate::clock::Clock;
use crate::health::Health;
use crate::hold::Hold;
use crate::park::Parked;
use crate::settle::{Outcome, SettleTable};

/// A route's way with what it does not send.
pub(crate) struct Policy {
    /// The name that its deliveries are known by.
    pub(crate) route: Arc<str>,
    /// Whether it keeps the order of groups.
    pub(crate) ordered: bool,
    pub(crate) on_failure: OnFailure,
    /// Whether the route names a lot.
    pub(crate) has_lot: bool,
    /// The hash of the rule set.
    pub(crate) rules: Arc<str>,
    pub(crate) clock: Clock,
    pub(crate) table: Arc<SettleTable>,
    pub(crate) health: Arc<Health>,
    /// The way into the lot while a window is worked on.
    pub(crate) lot: Option<UnboundedSender<Parked>>,
}

impl Policy {
    /// Gives an entry up, and says how its group is held by that.
    pub(crate) fn give_up(&self, entry: Entry, reason: &str) -> Option<Hold> {
        match self.on_failure {
            OnFailure::Park(_) => self.park(entry, reason, Outcome::Parked),
            OnFailure::Block { max_block, lot: Some(_) }
                if self.age(&entry) > max_block.as_secs() =>
            {
                self.park(entry, reason, Outcome::Parked)
            }
            OnFailure::Block { .. } => self.leave(entry, reason),
            OnFailure::Drop => self.drop(entry, reason),
        }
    }

    /// Puts an entry into the lot.
    pub(crate) fn park(&self, entry: Entry, reason: &str, outcome: Outcome) -> Option<Hold> {
        let Entry { ticket, delivery, attempts, .. } = entry;
        let (route, rules, now) = (self.route.clone(), self.rules.clone(), self.clock.epoch());
        let mut envelope =
            Envelope::delivery(delivery, route, rules, attempts, reason.to_owned(), now);
        if !self.ordered {
            envelope = envelope.without_order();
        }
        if let Some(lot) = &self.lot {
            // The lot's side ends after this one, unless it broke down: then the ticket is given
            // back unused.
            let _ = lot.send(Parked { ticket, envelope, outcome });
        }
        Some(Hold::InLot)
    }

    /// Lets an entry come again.
    pub(crate) fn leave(&self, entry: Entry, reason: &str) -> Option<Hold> {
        self.table.leave(entry.ticket, reason);
        Some(Hold::Unsettled)
    }

    /// Counts an entry and forgets it.
    pub(crate) fn drop(&self, entry: Entry, reason: &str) -> Option<Hold> {
        let Entry { ticket, delivery, attempts, .. } = entry;
        let Delivery { rule, identity, .. } = delivery;
        let (route, identity) = (&self.route, identity.as_str());
        warn!(%route, %rule, identity, attempts, reason, "dropped");
        self.table.settle(ticket, Outcome::Dropped);
        None
    }

    /// The age of an entry's record, in seconds.
    fn age(&self, entry: &Entry) -> u64 {
        let age = self.clock.epoch().saturating_sub(entry.delivery.origin.time);
        u64::try_from(age).unwrap_or(0)
    }
}
