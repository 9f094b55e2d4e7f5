//! How long to wait before the next attempt, and how much time failures may take.

use std::time::Duration;

use rangemap::RangeSet;
use tokio::time::Instant;

const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The wait after the nth failed attempt, with full jitter: a share of 50 ms · 2ⁿ⁻¹, at most 1 s.
/// `share` is drawn from 0 to 1.
pub(crate) fn backoff(attempts: u32, share: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT).mul_f64(share)
}

/// A route's `within`: the time of one run that may be lost on it.
///
/// A moment is lost when a request was under way that failed and none that got something through,
/// or when there was nothing to do but wait. However many requests fail at once, a moment is lost
/// once; a busy route loses none.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: Duration,
    lost: RangeSet<Instant>,
    used: RangeSet<Instant>,
}

impl Budget {
    pub(crate) fn new(limit: Duration) -> Self {
        Budget { limit, lost: RangeSet::new(), used: RangeSet::new() }
    }

    /// Since `from` a request was under way that got something through.
    pub(crate) fn progress(&mut self, from: Instant) {
        let time = from..Instant::now();
        if !time.is_empty() {
            self.lost.remove(time.clone());
            self.used.insert(time);
        }
    }

    /// The time since `from` led to nothing.
    pub(crate) fn lose(&mut self, from: Instant) {
        let time = from..Instant::now();
        if !time.is_empty() {
            let lost: Vec<_> = self.used.gaps(&time).collect();
            self.lost.extend(lost);
        }
    }

    pub(crate) fn is_spent(&self) -> bool {
        let lost: Duration = self.lost.iter().map(|time| time.end - time.start).sum();
        !lost.is_zero() && lost >= self.limit
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }
}
