//! What was seen of the invocations of a run.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use distributary_delivery::Identity;
use distributary_router::Report;

use crate::change::Change;

/// Longer than an invocation takes whose routes' breakers know what is sick.
const LONG: Duration = Duration::from_millis(1500);

#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Invocations that died, or whose answer got lost.
    pub(crate) struck: usize,
    /// What routes that are well were sent by invocations whose answer did not count: it may come
    /// again.
    pub(crate) repeatable: usize,
    /// What routes gave up.
    pub(crate) dropped: usize,
    /// The longest invocation.
    pub(crate) longest: Duration,
    /// Invocations longer than [`LONG`].
    pub(crate) long: usize,
    /// What was settled.
    pub(crate) settled: Settled,
    /// The same, as far as the mapping went on from the answer.
    pub(crate) heard: Settled,
}

/// By change, the deliveries that have an outcome.
#[derive(Debug, Default)]
pub(crate) struct Settled(HashMap<usize, BTreeSet<Identity>>);

impl Settled {
    pub(crate) fn note(&mut self, batch: &[Change], report: &Report) {
        for (position, identities) in &report.settled {
            let of_change = self.0.entry(batch[*position].number()).or_default();
            of_change.extend(identities.iter().cloned());
        }
    }

    /// How many deliveries of a batch there are among them.
    pub(crate) fn of(&self, batch: &[Change]) -> usize {
        let decodable = batch.iter().filter(|change| !change.is_undecodable());
        let settled = decodable.filter_map(|change| self.0.get(&change.number()));
        settled.map(BTreeSet::len).sum()
    }
}

impl Tally {
    /// Notes how long an invocation took.
    pub(crate) fn took(&mut self, time: Duration) {
        self.longest = self.longest.max(time);
        self.long += usize::from(time > LONG);
    }

    /// Notes what an invocation says of its batch.
    pub(crate) fn told(&mut self, batch: &[Change], report: &Report) {
        self.dropped += report.routes.iter().map(|route| route.dropped).sum::<usize>();
        self.settled.note(batch, report);
    }

    /// Notes whether the mapping has heard how an invocation ended, and what it sent.
    pub(crate) fn ended(
        &mut self,
        batch: &[Change],
        report: Option<&Report>,
        heard: bool,
        sent: usize,
    ) {
        if !heard {
            self.repeatable += sent;
        } else if let Some(report) = report {
            self.heard.note(batch, report);
        }
    }
}
