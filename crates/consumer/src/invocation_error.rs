//! Why an invocation fails.

use distributary_change::BatchError;
use distributary_engine::Unsettled;

/// Why an invocation fails. Where it had a batch, all of it comes again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvocationError {
    /// Neither a batch of a DynamoDB stream nor a request to redrive.
    #[error(transparent)]
    Event(#[from] BatchError),
    /// The payload is not JSON.
    #[error("the event is not JSON")]
    NotJson,
    /// A request for something that the function does not do.
    #[error(
        "the event asks for `{0}`, and all that can be asked for is `{{\"distributary\":\"redrive\"}}`"
    )]
    UnknownRequest(String),
    /// The program is at fault. What a panic says may quote a value, so it is told to nobody.
    #[error("the function panicked; its log has a line that says where")]
    Panicked,
    /// The answer cannot say what has to come again.
    #[error(transparent)]
    Unsettled(#[from] Unsettled),
}

impl InvocationError {
    /// A name that alarms can be set on.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            InvocationError::Event(_)
            | InvocationError::NotJson
            | InvocationError::UnknownRequest(_) => "Distributary.BadEvent",
            InvocationError::Panicked => "Distributary.Panicked",
            InvocationError::Unsettled(_) => "Distributary.Unsettled",
        }
    }
}
