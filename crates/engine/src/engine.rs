//! A rule set at work.

use bytes::Bytes;
use distributary_change::{Batch, BatchError, RawRecord};
use distributary_plan::{Plan, Planner, Seen, Shadowed};
use distributary_router::{Progress, Report, Router, Start, Work};
use tokio::time::Instant;

use crate::answer::{Answer, InvocationError, answer};

/// A planner and the router that makes what it plans.
pub struct Engine {
    planner: Planner,
    router: Router,
    attested: bool,
}

/// What an invocation hands over.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The event, untouched.
    pub payload: Bytes,
    /// The time, in seconds since the epoch.
    pub now: i64,
    /// When the invocation is ended; `None` where nothing ends it.
    pub deadline: Option<Instant>,
}

/// What became of an invocation's batch.
#[derive(Debug)]
pub struct Handled {
    /// What the event source mapping is told, or why the invocation fails.
    pub answer: Result<Answer, InvocationError>,
    /// What became of records and routes, whatever the answer.
    pub outcome: Outcome,
}

/// What became of a batch.
#[derive(Debug)]
pub struct Outcome {
    /// One entry per record, by position.
    pub records: Vec<Seen>,
    /// What rules in shadow mode would have sent.
    pub shadowed: Vec<Shadowed>,
    /// What became of the deliveries.
    pub report: Report,
}

impl Engine {
    /// An engine for an event source mapping that reads no partial batch responses.
    #[must_use]
    pub fn new(planner: Planner, router: Router) -> Self {
        Engine { planner, router, attested: false }
    }

    /// Says whether the event source mapping is known to read partial batch responses. Where it is
    /// not, an invocation fails rather than answer with a list that perhaps nobody reads.
    #[must_use]
    pub fn with_partial_batch_response(mut self, attested: bool) -> Self {
        self.attested = attested;
        self
    }

    /// Makes what deliveries an event asks for, and says what has to come again.
    ///
    /// # Errors
    /// The event is no batch of a DynamoDB stream, and nothing was sent.
    pub async fn handle(&self, invocation: Invocation) -> Result<Handled, BatchError> {
        let Invocation { payload, now, deadline } = invocation;
        let batch = Batch::split(&payload)?;
        let outcome = self.run(&batch, now, deadline, None).await;
        let answer = answer(&outcome.records, &outcome.report, self.attested);
        Ok(Handled { answer, outcome })
    }

    /// Makes what deliveries a batch's records, in their order, ask for. Nothing is answered: who
    /// calls reads the report. `now` and `deadline` are those of an [`Invocation`]; `progress` is
    /// told about every delivery that has got its outcome.
    pub async fn run(
        &self,
        batch: &[RawRecord],
        now: i64,
        deadline: Option<Instant>,
        progress: Option<Progress>,
    ) -> Outcome {
        let Plan { deliveries, quarantined, shadowed, records } = self.planner.plan(batch);
        let start = Start { now, deadline, progress, ..Start::default() };
        let mut run = self.router.begin(start);
        run.deliver(Work { deliveries, quarantined }).await;
        Outcome { records, shadowed, report: run.finish().await }
    }
}
