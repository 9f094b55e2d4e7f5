//! One batch: from the payload to the answer.

use bytes::Bytes;
use distributary_change::Batch;
use distributary_plan::{Plan, Planner};
use distributary_router::{Router, Work};
use tokio::time::Instant;

use crate::answer::{Answer, InvocationError, answer};
use crate::telemetry;

/// A rule set at work.
pub struct Function {
    planner: Planner,
    router: Router,
    attested: bool,
}

/// What Lambda hands over.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The event, untouched.
    pub payload: Bytes,
    /// The time, in seconds since the epoch.
    pub now: i64,
    /// When Lambda ends the invocation.
    pub deadline: Option<Instant>,
}

impl Function {
    /// `attested` says that the event source mapping reads partial batch responses.
    #[must_use]
    pub fn new(planner: Planner, router: Router, attested: bool) -> Self {
        Function { planner, router, attested }
    }

    /// Makes what deliveries the batch asks for, and says what has to come again.
    ///
    /// # Errors
    /// An event that is no batch of a DynamoDB stream, or something unsettled that no partial batch
    /// response can name: then the whole batch comes again.
    pub async fn handle(&self, invocation: Invocation) -> Result<Answer, InvocationError> {
        let Invocation { payload, now, deadline } = invocation;
        let started = Instant::now();
        let batch = Batch::split(&payload)?;
        let Plan { deliveries, quarantined, shadowed, records } = self.planner.plan(&batch);
        telemetry::records(&records);
        telemetry::shadowed(&shadowed);
        let work = Work { deliveries, quarantined, now, deadline, progress: None };
        let report = self.router.run(work).await;
        telemetry::outcomes(&records, &report, started.elapsed());
        answer(&records, &report, self.attested)
    }
}
