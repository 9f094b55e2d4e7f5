//! What an operator asks of a lot, beyond what the router does.

use async_trait::async_trait;
use distributary_delivery::{Content, Envelope};
use distributary_router::{Failure, Lot, Taken};

/// A lot into which an operator can look.
#[async_trait]
pub trait Browse: Lot {
    /// A page of what waits, from where an earlier page ended. Nothing of it is on lease, except in
    /// an SQS queue, which shows nothing that it does not hide from others: there each page is one
    /// of its own, and what it has is on lease until it is given back.
    ///
    /// What waits of a route is there to be seen alone; what is in quarantine can be removed, too.
    ///
    /// # Errors
    /// The lot cannot be read.
    async fn browse(&self, what: Waiting<'_>, from: Option<&str>) -> Result<Page, Failure>;
}

/// What waits in a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting<'a> {
    /// The deliveries of this route, in the order in which they are to arrive.
    Route(&'a str),
    /// The records that could not be decoded, of these tables and of those whose table is not known.
    Quarantine(&'a [&'a str]),
}

impl Waiting<'_> {
    /// Whether an envelope is one of these.
    pub(crate) fn covers(&self, envelope: &Envelope) -> bool {
        match (self, &envelope.content) {
            (Waiting::Route(name), Content::Delivery { route, .. }) => &**route == *name,
            (Waiting::Quarantine(tables), Content::Quarantine) => {
                envelope.table.as_deref().is_none_or(|table| tables.contains(&table))
            }
            _ => false,
        }
    }
}

/// A part of what waits: a hundred envelopes or few more, since they can be large.
#[derive(Debug, Default)]
pub struct Page {
    /// The envelopes.
    pub waiting: Vec<Taken>,
    /// What stands among them and cannot be read: where it is and why, without its content.
    pub unreadable: Vec<String>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}
