//! How long to wait before the next attempt, and how much time failures may take.

use std::time::Duration;

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
/// A moment is charged once, however many requests fail in it, and not at all when a delivery came
/// through since: a busy route loses nothing.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: Duration,
    lost: Duration,
    accounted: Instant,
}

impl Budget {
    pub(crate) fn new(limit: Duration) -> Self {
        Budget { limit, lost: Duration::ZERO, accounted: Instant::now() }
    }

    /// A delivery came through: the time until now was not lost.
    pub(crate) fn progress(&mut self) {
        self.accounted = Instant::now();
    }

    /// The time since `from` led to nothing.
    pub(crate) fn lose(&mut self, from: Instant) {
        let now = Instant::now();
        self.lost += now.saturating_duration_since(from.max(self.accounted));
        self.accounted = now;
    }

    pub(crate) fn is_spent(&self) -> bool {
        !self.lost.is_zero() && self.lost >= self.limit
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }
}
