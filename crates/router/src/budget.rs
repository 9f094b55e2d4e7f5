//! How much time of one run failures may take.

use std::time::Duration;

use rangemap::RangeSet;
use tokio::time::Instant;

/// A route's `within`: the time of one run that may be lost on it.
///
/// A moment is lost when a request was under way that failed and none that got something through,
/// or when there was nothing to do but wait. However many requests fail at once, a moment is lost
/// once; a busy route loses none, and one that is throttled none as long as it gets on.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: Duration,
    lost: RangeSet<Instant>,
    /// Lost if nothing gets through any more: since the last progress the target took less than it
    /// was given.
    throttled: RangeSet<Instant>,
    used: RangeSet<Instant>,
}

impl Budget {
    pub(crate) fn new(limit: Duration) -> Self {
        let none = RangeSet::new;
        Budget { limit, lost: none(), throttled: none(), used: none() }
    }

    /// Since `from` a request was under way that got something through.
    pub(crate) fn progress(&mut self, from: Instant) {
        self.throttled.clear();
        let time = from..Instant::now();
        if !time.is_empty() {
            self.lost.remove(time.clone());
            self.used.insert(time);
        }
    }

    /// The time since `from` led to nothing; `throttled` says because there was too much of it.
    pub(crate) fn lose(&mut self, from: Instant, throttled: bool) {
        let time = from..Instant::now();
        if !time.is_empty() {
            let lost: Vec<_> = self.used.gaps(&time).collect();
            let account = if throttled { &mut self.throttled } else { &mut self.lost };
            account.extend(lost);
        }
    }

    pub(crate) fn is_spent(&self) -> bool {
        let mut all = self.throttled.clone();
        all.extend(self.lost.iter().cloned());
        let lost: Duration = all.iter().map(|time| time.end - time.start).sum();
        !lost.is_zero() && lost >= self.limit
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }
}
