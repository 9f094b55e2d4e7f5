//! What the router asks of a lot.

use std::time::Duration;

use async_trait::async_trait;
use distributary_delivery::Envelope;

use crate::target::Failure;

/// How long one call of [`Lot::park`] may take. A lot has no settings: it is the last resort, and it
/// gets more than the default `timeout` of a route.
pub const LOT_TIMEOUT: Duration = Duration::from_secs(2);

/// A place where deliveries wait that their route could not make.
#[async_trait]
pub trait Lot: Send + Sync {
    /// Keeps the envelopes, in as many requests as its service asks for. The answer has one entry
    /// per envelope, in their order; what is unaccounted counts as not kept.
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>>;
}
