//! The settle table: every delivery of a lane has exactly one outcome, whatever happens to the lane.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use distributary_delivery::Identity;

use crate::report::RouteReport;
use crate::work::Progress;

/// What became of a delivery. That it is unsettled is nobody's decision but what holds until
/// somebody decides, so a lane that breaks down leaves a table that is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An earlier run settled it.
    Before,
    Delivered,
    Parked,
    /// It waits in the lot behind an earlier delivery of its group.
    Held,
    Dropped,
}

/// The right to settle one delivery, once: there is one per delivery, and settling takes it.
#[derive(Debug)]
pub(crate) struct Ticket(usize);

impl Ticket {
    /// The delivery's place among those of its lane.
    pub(crate) fn place(&self) -> usize {
        self.0
    }
}

/// Which delivery of which record.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The record's place in its batch.
    pub(crate) position: usize,
    pub(crate) identity: Identity,
}

/// The outcomes of one lane's deliveries. It outlives the lane.
pub(crate) struct SettleTable {
    cells: Mutex<Cells>,
    progress: Option<Progress>,
}

#[derive(Default)]
struct Cells {
    outcomes: Vec<(Mark, Option<Outcome>)>,
    latencies: Vec<Duration>,
    reason: Option<String>,
}

/// What was settled of a batch: the identities by the places of their records.
pub(crate) type Settled = BTreeMap<usize, BTreeSet<Identity>>;

impl SettleTable {
    pub(crate) fn new(progress: Option<Progress>) -> Arc<Self> {
        Arc::new(SettleTable { cells: Mutex::default(), progress })
    }

    /// Enters a delivery that is to be settled.
    pub(crate) fn enter(&self, mark: Mark) -> Ticket {
        let mut cells = self.cells();
        cells.outcomes.push((mark, None));
        Ticket(cells.outcomes.len() - 1)
    }

    pub(crate) fn settle(&self, ticket: Ticket, outcome: Outcome) {
        if let Some((_, cell)) = self.cells().outcomes.get_mut(ticket.0) {
            *cell = Some(outcome);
        }
        self.advance(1);
    }

    /// Gives a ticket back: its delivery comes again. The first reason is what the log tells.
    pub(crate) fn leave(&self, _ticket: Ticket, reason: &str) {
        self.cells().reason.get_or_insert_with(|| reason.to_owned());
    }

    /// Notes that a request was made.
    pub(crate) fn request(&self, took: Duration) {
        self.cells().latencies.push(took);
    }

    /// Whether the delivery at a place has arrived.
    pub(crate) fn is_delivered(&self, place: usize) -> bool {
        let cells = self.cells();
        cells.outcomes.get(place).is_some_and(|(_, cell)| *cell == Some(Outcome::Delivered))
    }

    /// Whether the target took anything; `None` where it was asked nothing.
    pub(crate) fn took_something(&self) -> Option<bool> {
        let cells = self.cells();
        let took = cells.outcomes.iter().any(|(_, cell)| *cell == Some(Outcome::Delivered));
        (!cells.latencies.is_empty()).then_some(took)
    }

    /// The account when nobody works on the lane any more.
    pub(crate) fn close(&self, name: Arc<str>) -> Closed {
        let Cells { outcomes, mut latencies, reason } = std::mem::take(&mut *self.cells());
        latencies.sort_unstable();
        let count = |outcome| outcomes.iter().filter(|(_, cell)| *cell == outcome).count();
        let report = RouteReport {
            name,
            matched: outcomes.len(),
            before: count(Some(Outcome::Before)),
            delivered: count(Some(Outcome::Delivered)),
            parked: count(Some(Outcome::Parked)),
            held: count(Some(Outcome::Held)),
            dropped: count(Some(Outcome::Dropped)),
            unsettled: count(None),
            attempts: latencies.len(),
            latencies,
            ..RouteReport::default()
        };
        let (mut settled, mut lowest_unsettled) = (Settled::new(), None::<usize>);
        for (Mark { position, identity }, outcome) in outcomes {
            if outcome.is_some() {
                settled.entry(position).or_default().insert(identity);
            } else {
                lowest_unsettled = Some(lowest_unsettled.map_or(position, |at| at.min(position)));
            }
        }
        self.advance(report.unsettled);
        Closed { report, settled, lowest_unsettled, reason }
    }

    fn advance(&self, outcomes: usize) {
        if let Some(progress) = &self.progress
            && outcomes > 0
        {
            progress(outcomes);
        }
    }

    /// A lane that broke down while it held the lock left no cell half written.
    fn cells(&self) -> MutexGuard<'_, Cells> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A closed settle table.
pub(crate) struct Closed {
    pub(crate) report: RouteReport,
    pub(crate) settled: Settled,
    pub(crate) lowest_unsettled: Option<usize>,
    reason: Option<String>,
}

impl Closed {
    /// Why the first of the unsettled ones is.
    pub(crate) fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or("there was no time for them")
    }
}
