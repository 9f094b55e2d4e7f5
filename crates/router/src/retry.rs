//! How long to wait before the next attempt.

use std::time::Duration;

const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The wait after the nth failed attempt, with full jitter: a share of 50 ms · 2ⁿ⁻¹, at most 1 s.
/// `share` is drawn from 0 to 1.
pub(crate) fn backoff(attempts: u32, share: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT).mul_f64(share)
}
