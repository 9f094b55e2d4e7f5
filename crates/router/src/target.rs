//! What the router asks of a destination.

use async_trait::async_trait;
use distributary_delivery::{Delivery, Message};

/// A destination behind one route: one client, one connection pool.
#[async_trait]
pub trait Target: Send + Sync {
    /// What fits into one request.
    fn limits(&self) -> Limits;

    /// What one message adds to a request, in bytes as the service counts them.
    ///
    /// # Errors
    /// A message that the service would never take, whatever the request: why, in one sentence
    /// without item values.
    fn size(&self, message: &Message) -> Result<usize, String>;

    /// Sends one request. The answer has one entry per delivery, in their order; a target whose
    /// service answers anything else reports a failure for what is unaccounted.
    ///
    /// # Errors
    /// The request as a whole failed: nothing is known to have been accepted.
    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure>;
}

/// What fits into one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries.
    pub entries: usize,
    /// Bytes of all entries.
    pub bytes: usize,
    /// At most one entry per message group: entries succeed and fail one by one, so a second one
    /// could overtake the first.
    pub one_per_group: bool,
}

/// Why something was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether another attempt may succeed.
    pub retryable: bool,
    /// The service's code or the kind of fault, and its message with item values left out.
    pub reason: String,
}

impl Failure {
    /// Another attempt may succeed.
    #[must_use]
    pub fn transient(reason: impl Into<String>) -> Self {
        Failure { retryable: true, reason: reason.into() }
    }

    /// Every attempt will end the same way.
    #[must_use]
    pub fn permanent(reason: impl Into<String>) -> Self {
        Failure { retryable: false, reason: reason.into() }
    }
}
