//! The answer to a batch whose entries have their places as ids.

use distributary_router::Failure;

/// What is known of each entry of a batch.
pub(crate) struct Answer {
    outcomes: Vec<Option<Result<(), Failure>>>,
}

impl Answer {
    /// Of a batch of this many entries, nothing is known yet.
    pub(crate) fn new(entries: usize) -> Self {
        Answer { outcomes: vec![None; entries] }
    }

    /// The service took this entry.
    pub(crate) fn accept(&mut self, id: &str) {
        self.settle(id, Ok(()));
    }

    /// The service refused this entry.
    pub(crate) fn refuse(&mut self, id: &str, failure: Failure) {
        self.settle(id, Err(failure));
    }

    /// One outcome per entry. An entry that the answer leaves out may or may not have been taken;
    /// sending it twice is better than not at all.
    pub(crate) fn finish(self) -> Vec<Result<(), Failure>> {
        let unaccounted = || Err(Failure::transient("the service's answer leaves the entry out"));
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unaccounted)).collect()
    }

    /// An id that was not sent says nothing about any entry. Of two answers to one entry the
    /// refusal counts.
    fn settle(&mut self, id: &str, outcome: Result<(), Failure>) {
        let place = id.parse().ok().and_then(|place: usize| self.outcomes.get_mut(place));
        if let Some(known) = place.filter(|known| !matches!(known, Some(Err(_)))) {
            *known = Some(outcome);
        }
    }
}
