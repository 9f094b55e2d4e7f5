//! One invocation: the engine's work, and what the log says about it.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::Arc;

use distributary_change::BatchError;
use distributary_engine::{Answer, Engine, Handled, Invocation, Outcome};
use distributary_router::Report;
use serde::Serialize;
use tokio::time::Instant;

use crate::invocation_error::InvocationError;
use crate::metrics::{Batch, Facts, Metrics};
use crate::request::asks_for_redrive;
use crate::rules::Fallback;
use crate::telemetry;

/// A rule set at work.
pub struct Function {
    pub(crate) engine: Engine,
    /// Its name, in metrics.
    pub(crate) name: String,
    /// The hash of the rule set.
    pub(crate) rules: String,
    /// Why they are others than those that it was told to run, if they are.
    pub(crate) fallback: Option<Fallback>,
    pub(crate) metrics: Metrics,
}

/// What an invocation is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// To a batch: what has to come again.
    Batch(Answer),
    /// To a request for a redrive: what came of it.
    Redrive(Redriven),
}

/// What came of a redrive of all routes, by their names. Routes of which there is nothing to say
/// are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Redriven {
    /// How many deliveries left the lot and arrived.
    pub redriven: BTreeMap<Arc<str>, usize>,
    /// Why something stays in a lot that was due.
    pub left: BTreeMap<Arc<str>, String>,
}

impl Function {
    /// Makes what deliveries the batch asks for, and says what has to come again; or sends what
    /// waits in the lots, where that is what the event asks for.
    ///
    /// # Errors
    /// An event that is neither, or something unsettled that no partial batch response can name:
    /// then the whole batch comes again.
    pub async fn handle(&self, invocation: Invocation) -> Result<Reply, InvocationError> {
        let started = Instant::now();
        let Invocation { ref payload, now, deadline } = invocation;
        let event = payload.clone();
        match self.engine.handle(invocation).await {
            Ok(Handled { answer, outcome, oldest }) => {
                let Outcome { records, shadowed, report } = &outcome;
                let milliseconds = milliseconds(started);
                telemetry::records(records);
                telemetry::shadowed(shadowed);
                telemetry::routes(report);
                telemetry::batch(records, report, milliseconds);
                self.measure(now, started, report, Some(Batch { records, oldest, milliseconds }));
                Ok(Reply::Batch(answer?))
            }
            Err(BatchError::NoRecords) if asks_for_redrive(&event)? => {
                let report = self.engine.redrive(now, deadline).await;
                telemetry::routes(&report);
                self.measure(now, started, &report, None);
                Ok(Reply::Redrive(redriven(report)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the metrics of an invocation that began at `began`, in seconds since the epoch.
    fn measure(&self, began: i64, started: Instant, report: &Report, batch: Option<Batch<'_>>) {
        let now = began.saturating_add_unsigned(started.elapsed().as_secs());
        let Function { name, rules, metrics, .. } = self;
        let fallback = self.fallback.is_some();
        let mut text = String::new();
        for line in metrics.lines(&Facts { function: name, rules, fallback, now, report, batch }) {
            text += &line;
            text.push('\n');
        }
        // In one piece, since log lines come from other threads. Lambda reads it until the end.
        let _ = io::stdout().lock().write_all(text.as_bytes());
    }
}

fn milliseconds(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn redriven(report: Report) -> Redriven {
    let mut summary = Redriven::default();
    for route in report.routes {
        if route.redriven > 0 {
            summary.redriven.insert(route.name.clone(), route.redriven);
        }
        if let Some(reason) = route.left {
            summary.left.insert(route.name, reason);
        }
    }
    summary
}
