//! A route's breaker: it keeps a sick target from costing every batch its budget.

use std::time::Duration;

use tokio::time::Instant;

/// So many failures in a row open it.
const FAILURES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Whether requests may go to a target. It stays with its lane from run to run, and all runs of a
/// process share it.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    /// Failures since something got through.
    failures: u32,
    counted: Option<Instant>,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    since: Instant,
    until: Instant,
    /// How often it opened in a row.
    times: u32,
    reason: String,
}

/// What a breaker says to a lane that wants to send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Send.
    Closed,
    /// Send one delivery and see. Nobody else is told so for the length of a first pause.
    Probe,
    /// Send nothing, because of this last failure.
    Open(String),
}

impl Breaker {
    pub(crate) fn gate(&mut self) -> Gate {
        let now = Instant::now();
        match &mut self.open {
            None => Gate::Closed,
            Some(open) if now >= open.until => {
                open.until = now + FIRST_PAUSE;
                Gate::Probe
            }
            Some(open) => Gate::Open(open.reason.clone()),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.open.is_none()
    }

    /// Whether anything may be sent, if only one delivery.
    pub(crate) fn lets_through(&self) -> bool {
        self.open.as_ref().is_none_or(|open| Instant::now() >= open.until)
    }

    /// A request that started at `started` got something through. One from before it opened says
    /// nothing of what came after.
    pub(crate) fn succeeded(&mut self, started: Instant) {
        if self.open.as_ref().is_none_or(|open| started >= open.since) {
            *self = Breaker::default();
        }
    }

    /// A request that started at `started` got nothing through. Those that failed at the same time
    /// are one failure; a failed probe is enough.
    pub(crate) fn failed(&mut self, started: Instant, reason: &str) {
        if let Some(open) = &self.open {
            if started >= open.since {
                self.trip(reason);
            }
        } else if self.counted.is_none_or(|counted| started >= counted) {
            self.counted = Some(Instant::now());
            self.failures += 1;
            if self.failures >= FAILURES {
                self.trip(reason);
            }
        }
    }

    /// Opens for 30 s, and for twice as long every time that a probe fails, up to 5 min.
    pub(crate) fn trip(&mut self, reason: &str) {
        let since = Instant::now();
        let times = self.open.as_ref().map_or(0, |open| open.times + 1);
        let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(times)).min(LONGEST_PAUSE);
        self.open = Some(Open { since, until: since + pause, times, reason: reason.to_owned() });
    }

    /// A probe came to nothing that says how the target is: somebody else may probe.
    pub(crate) fn unprobed(&mut self) {
        if let Some(open) = &mut self.open {
            open.until = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn fail(breaker: &mut Breaker) {
        let started = Instant::now();
        tokio::time::advance(SECOND / 100).await;
        breaker.failed(started, "down");
    }

    fn open() -> Gate {
        Gate::Open("down".to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn three_failures_in_a_row_open_it() {
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            fail(&mut breaker).await;
            fail(&mut breaker).await;
            assert_eq!(breaker.gate(), Gate::Closed);
            breaker.succeeded(Instant::now());
        }
        for expected in [Gate::Closed, Gate::Closed, open()] {
            fail(&mut breaker).await;
            assert_eq!(breaker.gate(), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn failures_at_the_same_time_are_one() {
        let mut breaker = Breaker::default();
        let started = Instant::now();
        tokio::time::advance(SECOND).await;
        (0..10).for_each(|_| breaker.failed(started, "down"));
        assert_eq!(breaker.gate(), Gate::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn it_stays_open_for_longer_with_every_failed_probe() {
        let mut breaker = Breaker::default();
        breaker.trip("down");
        for seconds in [30, 60, 120, 240, 300, 300] {
            tokio::time::advance(SECOND * seconds - SECOND / 10).await;
            assert_eq!(breaker.gate(), open(), "{seconds}");
            tokio::time::advance(SECOND / 10).await;
            assert_eq!(breaker.gate(), Gate::Probe, "{seconds}");
            assert_eq!(breaker.gate(), open(), "one probe at a time");
            breaker.failed(Instant::now(), "down");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_gets_through_closes_it_and_forgets() {
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            breaker.trip("down");
            tokio::time::advance(SECOND * 30).await;
            assert_eq!(breaker.gate(), Gate::Probe);
            breaker.succeeded(Instant::now());
            assert_eq!(breaker.gate(), Gate::Closed);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn answers_to_what_was_sent_before_it_opened_change_nothing() {
        let mut breaker = Breaker::default();
        let before = Instant::now();
        tokio::time::advance(SECOND).await;
        breaker.trip("down");
        breaker.succeeded(before);
        breaker.failed(before, "late");
        assert_eq!(breaker.gate(), open());
        tokio::time::advance(SECOND * 30).await;
        assert_eq!(breaker.gate(), Gate::Probe);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_without_a_result_is_anybodys() {
        let mut breaker = Breaker::default();
        breaker.trip("down");
        tokio::time::advance(SECOND * 30).await;
        assert_eq!(breaker.gate(), Gate::Probe);
        breaker.unprobed();
        assert_eq!(breaker.gate(), Gate::Probe);
    }
}
