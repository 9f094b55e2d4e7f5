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
    /// What follows from it.
    pub kind: FailureKind,
    /// The service's code or the kind of fault, and its message with item values left out.
    pub reason: String,
}

pub(crate) const OUT_OF_TIME: &str = "the invocation ran out of time";

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// Every attempt will end the same way.
    Refused,
    /// Another attempt may succeed.
    Transient,
    /// The service takes less than it is given: another attempt succeeds once there is less.
    Throttled,
    /// The connection broke before there was an answer. After a freeze of the process every
    /// connection that it kept is broken, which says nothing of the service.
    Disconnected,
}

impl Failure {
    /// Another attempt may succeed.
    #[must_use]
    pub fn transient(reason: impl Into<String>) -> Self {
        Failure { kind: FailureKind::Transient, reason: reason.into() }
    }

    /// Every attempt will end the same way.
    #[must_use]
    pub fn permanent(reason: impl Into<String>) -> Self {
        Failure { kind: FailureKind::Refused, reason: reason.into() }
    }

    /// The service takes less than it is given.
    #[must_use]
    pub fn throttled(reason: impl Into<String>) -> Self {
        Failure { kind: FailureKind::Throttled, reason: reason.into() }
    }

    /// The connection broke before there was an answer.
    #[must_use]
    pub fn disconnected(reason: impl Into<String>) -> Self {
        Failure { kind: FailureKind::Disconnected, reason: reason.into() }
    }

    /// The run ended before there was an answer.
    pub(crate) fn out_of_time() -> Self {
        Failure::permanent(OUT_OF_TIME)
    }

    /// Whether another attempt may succeed.
    #[must_use]
    pub fn retryable(&self) -> bool {
        self.kind != FailureKind::Refused
    }
}
