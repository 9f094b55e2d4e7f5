//! What the router asks of a lot.

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use distributary_delivery::Envelope;

use crate::target::Failure;

/// How long one call of a [`Lot`] may take. A lot has no settings: it is the last resort, and it
/// gets more than the default `timeout` of a route.
pub const LOT_TIMEOUT: Duration = Duration::from_secs(2);

/// A place where deliveries wait that their route could not make.
///
/// A lot is shared by all sandboxes of a function, by redrives by hand, and often by several routes.
#[async_trait]
pub trait Lot: Send + Sync {
    /// Keeps the envelopes, in as many requests as its service asks for. The answer has one entry
    /// per envelope, in their order; what is unaccounted counts as not kept.
    ///
    /// An ordered lot keeps no envelope of a group after one of the same call and group that it did
    /// not keep. Keeping an envelope again that is there already changes nothing.
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>>;

    /// Whether the lot gives back the envelopes of a message group in the order of their sequence
    /// numbers, and knows which groups it holds.
    fn is_ordered(&self) -> bool;

    /// The groups of a route that have something waiting here, as [`group_key`] writes them.
    /// Consistent: what any sandbox has parked before is seen. Empty where the lot is not ordered.
    ///
    /// # Errors
    /// The lot cannot be read.
    async fn held(&self, route: &str) -> Result<HashSet<String>, Failure>;

    /// Leases up to `most` envelopes of a route to the caller, those of one group in order. Until
    /// the lease ends ([`LEASE`]), no other caller gets them; of an ordered lot none of their
    /// groups. Empty where nothing of the route waits that is not leased.
    ///
    /// What is not due at `by`, in seconds since the epoch, stays ([`Envelope::is_due`]), and in an
    /// ordered lot what follows it in its group; who takes by hand takes everything, with
    /// [`i64::MAX`].
    ///
    /// # Errors
    /// The lot cannot be read. What waits in it and is no envelope stays there; the error names it
    /// only if nothing else was found.
    async fn take(&self, route: &str, most: usize, by: i64) -> Result<Found, Failure>;

    /// Removes what has arrived at its route. The answer has one entry per envelope. The lease on
    /// what was taken with it goes on.
    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>>;

    /// Ends the lease on what was not tried. Failing does no harm: the lease ends by itself.
    async fn give_back(&self, left: &[Taken]);

    /// Keeps what was tried in vain as it is given here, in the place of what was taken, and ends
    /// the lease; what is not there any more stays away. Called before what follows in the same group
    /// is given back. Where it fails, what was taken stays as it was.
    async fn postpone(&self, tried: &[Taken]);
}

/// How long what was taken is nobody else's.
pub const LEASE: Duration = Duration::from_secs(60);

/// What was found in a lot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// What is the caller's for a while.
    pub taken: Vec<Taken>,
    /// When the oldest was parked of what is not due, as far as that was seen; in seconds since the
    /// epoch.
    pub postponed: Option<i64>,
    /// The lot has more that it did not come to, which may be the route's: it gives out what it holds
    /// as it likes, and only so much of it at a time.
    pub unseen: bool,
}

/// An envelope on lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What waited.
    pub envelope: Envelope,
    /// What the lot knows it by while the lease lasts: a receipt handle, a row's key, a line.
    pub receipt: String,
}

/// A message group as lots write it: texts of any length and alphabet come out alike.
#[must_use]
pub fn group_key(group: &str) -> String {
    distributary_delivery::hash(&[group])
}
