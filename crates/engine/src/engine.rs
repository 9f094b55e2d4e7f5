//! A rule set at work.

use std::sync::Arc;

use bytes::Bytes;
use distributary_change::{Batch, BatchError, RawRecord};
use distributary_plan::{Plan, Planner, Seen, Shadowed};
use distributary_router::{Ledger, Report, Router, Start, Work};
use tokio::time::Instant;

use crate::answer::{Answer, Unsettled, answer};
use crate::recall::Recall;
use crate::resume::remember;

/// So many bytes of deliveries are in memory at once, beside the batch itself.
const WINDOW: usize = 8 * 1024 * 1024;

/// A planner, the router that makes what it plans, and the memory of what was made.
pub struct Engine {
    planner: Planner,
    router: Router,
    recall: Recall,
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
    pub answer: Result<Answer, Unsettled>,
    /// What became of records and routes, whatever the answer.
    pub outcome: Outcome,
    /// When the batch's first record was written, in seconds since the epoch, where it says so.
    pub oldest: Option<i64>,
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
    /// An engine for an event source mapping that reads no partial batch responses. What it settles
    /// of a batch that comes again it remembers itself.
    #[must_use]
    pub fn new(planner: Planner, router: Router) -> Self {
        Engine { recall: Recall::new(planner.rules()), planner, router, attested: false }
    }

    /// Shares that memory with other engines, and learns from it which routes are paused.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Arc<dyn Ledger>) -> Self {
        self.recall = self.recall.with_ledger(ledger);
        self
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
        let recalled = self.recall.read(&batch);
        let first = batch.first().and_then(|raw| raw.decode().ok());
        let oldest = first.map(|record| record.time.seconds());
        let mut windows = self.planner.windows(&batch, WINDOW);
        // The ledger has the time that this takes.
        let first = windows.next();
        let recalled = recalled.await;
        let (paused, before) = (recalled.paused.clone(), recalled.settled());
        let start = Start { now, deadline, paused, before, progress: None };
        let outcome = self.deliver(start, first.into_iter().chain(windows)).await;
        let Outcome { records, report, .. } = &outcome;
        let answer = answer(records, report, self.attested);
        let from = match (&answer, report.lowest_unsettled) {
            (Ok(_), Some(position)) => position,
            (Ok(_), None) => records.len(),
            (Err(_), _) => 0,
        };
        let told = remember(records, &report.settled, &recalled.records, from);
        self.recall.write(&recalled, told, deadline).await;
        Ok(Handled { answer, outcome, oldest })
    }

    /// Sends what waits in the lots of routes that are well, for as long as there is time: what
    /// waits gets on while no batch comes. `now` and `deadline` are those of an [`Invocation`].
    pub async fn redrive(&self, now: i64, deadline: Option<Instant>) -> Report {
        let paused = self.recall.read(&[]).await.paused;
        self.router.begin(Start { now, deadline, paused, ..Start::default() }).redrive().await
    }

    /// Makes what deliveries a batch's records, in their order, ask for. Nothing is answered and
    /// nothing remembered: who calls reads the report, and says in `start` what was settled before.
    pub async fn run(&self, batch: &[RawRecord], start: Start) -> Outcome {
        self.deliver(start, self.planner.windows(batch, WINDOW)).await
    }

    async fn deliver(&self, start: Start, windows: impl Iterator<Item = Plan>) -> Outcome {
        let (mut seen, mut shadows) = (Vec::new(), Vec::new());
        let mut run = self.router.begin(start);
        for Plan { deliveries, quarantined, shadowed, records } in windows {
            seen.extend(records);
            shadows.extend(shadowed);
            run.deliver(Work { deliveries, quarantined }).await;
        }
        Outcome { records: seen, shadowed: shadows, report: run.finish().await }
    }
}
