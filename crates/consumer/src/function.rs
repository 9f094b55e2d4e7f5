//! One batch: the engine's work, and what the log says about it.

use distributary_engine::{Answer, Engine, Handled, Invocation, InvocationError};
use tokio::time::Instant;

use crate::telemetry;

/// A rule set at work.
pub struct Function {
    engine: Engine,
}

impl Function {
    /// A function that logs what its engine does.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Function { engine }
    }

    /// Makes what deliveries the batch asks for, and says what has to come again.
    ///
    /// # Errors
    /// An event that is no batch of a DynamoDB stream, or something unsettled that no partial batch
    /// response can name: then the whole batch comes again.
    pub async fn handle(&self, invocation: Invocation) -> Result<Answer, InvocationError> {
        let started = Instant::now();
        let Handled { answer, outcome } = self.engine.handle(invocation).await?;
        telemetry::records(&outcome.records);
        telemetry::shadowed(&outcome.shadowed);
        telemetry::outcomes(&outcome.records, &outcome.report, started.elapsed());
        answer
    }
}
