//! The settle table: every delivery of a lane has exactly one outcome, whatever happens to the lane.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::report::RouteReport;
use crate::work::Progress;

/// What became of a delivery. That it is unsettled is nobody's decision but what holds until
/// somebody decides, so a lane that breaks down leaves a table that is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Delivered,
    Parked,
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

/// The outcomes of one lane's deliveries. It outlives the lane.
pub(crate) struct SettleTable {
    positions: Vec<usize>,
    cells: Mutex<Cells>,
    progress: Option<Progress>,
}

struct Cells {
    outcomes: Vec<Option<Outcome>>,
    latencies: Vec<Duration>,
    reason: Option<String>,
}

impl SettleTable {
    /// A table for deliveries of records at these places in the batch, and the tickets to it, in
    /// the same order.
    pub(crate) fn new(
        positions: Vec<usize>,
        progress: Option<Progress>,
    ) -> (Arc<Self>, Vec<Ticket>) {
        let outcomes = vec![None; positions.len()];
        let tickets = (0..positions.len()).map(Ticket).collect();
        let cells = Mutex::new(Cells { outcomes, latencies: Vec::new(), reason: None });
        (Arc::new(SettleTable { positions, cells, progress }), tickets)
    }

    pub(crate) fn settle(&self, ticket: Ticket, outcome: Outcome) {
        if let Some(cell) = self.cells().outcomes.get_mut(ticket.0) {
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

    /// The account when nobody works on the lane any more.
    pub(crate) fn close(&self, name: Arc<str>) -> Closed {
        let mut cells = self.cells();
        let count = |outcome| cells.outcomes.iter().filter(|cell| **cell == outcome).count();
        let unsettled = count(None);
        let mut report = RouteReport {
            name,
            matched: cells.outcomes.len(),
            delivered: count(Some(Outcome::Delivered)),
            parked: count(Some(Outcome::Parked)),
            dropped: count(Some(Outcome::Dropped)),
            unsettled,
            attempts: cells.latencies.len(),
            latencies: std::mem::take(&mut cells.latencies),
        };
        report.latencies.sort_unstable();
        let pending = self.positions.iter().zip(&cells.outcomes);
        let lowest_unsettled =
            pending.filter(|(_, cell)| cell.is_none()).map(|(position, _)| *position).min();
        let reason = cells.reason.take();
        drop(cells);
        self.advance(unsettled);
        Closed { report, lowest_unsettled, reason }
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
    pub(crate) lowest_unsettled: Option<usize>,
    reason: Option<String>,
}

impl Closed {
    /// Why the first of the unsettled ones is.
    pub(crate) fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or("there was no time for them")
    }
}
