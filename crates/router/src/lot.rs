//! What the router asks of a lot.

use async_trait::async_trait;
use distributary_delivery::Envelope;

use crate::target::Failure;

/// A place where deliveries wait that their route could not make.
#[async_trait]
pub trait Lot: Send + Sync {
    /// Keeps the envelopes, in as many requests as its service asks for. The answer has one entry
    /// per envelope, in their order; what is unaccounted counts as not kept.
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>>;
}
