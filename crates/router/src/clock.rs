//! The time that one run has.

use std::time::Duration;

use tokio::time::Instant;

/// What is kept back at the end of an invocation: for what is under way, for parking and for the
/// answer. Half of a very short invocation is enough.
const RESERVE: Duration = Duration::from_millis(1500);

/// The share of an invocation that is kept back, where that is more: a tenth.
const RESERVE_SHARE: u32 = 10;

/// The part of the reserve that is for the answer alone: a third. The rest is enough for a request
/// of the default `timeout` that starts at the last moment.
const ANSWER_SHARE: u32 = 3;

/// The instants of one run, the same for every lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    epoch: i64,
    window: Option<Window>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    /// From here on requests may start.
    opens: Instant,
    /// From here on no request starts.
    closes: Instant,
    /// Here the last request has its answer or gets none.
    ends: Instant,
}

impl Clock {
    /// A clock that starts now, at `epoch` seconds, for an invocation that ends at `deadline`.
    pub(crate) fn new(epoch: i64, deadline: Option<Instant>) -> Self {
        let started = Instant::now();
        let window = deadline.map(|deadline| {
            let whole = deadline.saturating_duration_since(started);
            let reserve = RESERVE.max(whole / RESERVE_SHARE).min(whole / 2);
            let before = |time| deadline.checked_sub(time).unwrap_or(started);
            let (closes, ends) = (before(reserve), before(reserve / ANSWER_SHARE));
            Window { opens: started, closes, ends }
        });
        Clock { started, epoch, window }
    }

    /// The same clock for what may take a share of the time only: nothing starts after half of
    /// `time`, and nothing takes longer than all of it. What came before takes nothing of it and adds
    /// nothing: every request that starts in time may take half of it.
    pub(crate) fn for_a_while(mut self, time: Duration) -> Self {
        let opens = Instant::now();
        let (closes, ends) = (opens + time / 2, opens + time);
        self.window = Some(match self.window {
            Some(Window { closes: last, ends: end, .. }) => {
                Window { opens, closes: last.min(closes), ends: end.min(ends) }
            }
            None => Window { opens, closes, ends },
        });
        self
    }

    /// The same clock with as much time again, as far as that of the whole run goes.
    pub(crate) fn and_as_long_again(mut self, whole: Clock) -> Self {
        if let Some(window) = &mut self.window {
            let length = window.ends.saturating_duration_since(window.opens);
            let last = whole.window.map(|whole| whole.ends);
            window.ends += length;
            window.ends = last.map_or(window.ends, |last| last.min(window.ends));
            window.closes = window.ends;
        }
        self
    }

    /// The length of the invocation, as far as anything ends it.
    pub(crate) fn whole(&self) -> Option<Duration> {
        self.window.map(|window| window.ends.saturating_duration_since(self.started))
    }

    /// Whether it is too late for a request to start at `instant`.
    pub(crate) fn closed_at(&self, instant: Instant) -> bool {
        self.window.is_some_and(|window| instant >= window.closes)
    }

    /// How long a request that starts now may take: until the end of the run at most.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.window.map(|window| window.ends.saturating_duration_since(Instant::now()))
    }

    /// How long an attempt may take: never longer than the run can wait for it, so that a target
    /// that hangs is known to have failed while there is time to park.
    pub(crate) fn timeout(&self, timeout: Duration) -> Duration {
        timeout.min(self.open())
    }

    /// What a lane may lose of its `within` in this run: never more than half the run, so that
    /// there is time left for parking and a short invocation gets on, too.
    pub(crate) fn budget(&self, within: Duration) -> Duration {
        within.min(self.open() / 2)
    }

    /// How long requests may start.
    fn open(&self) -> Duration {
        self.window
            .map_or(Duration::MAX, |window| window.closes.saturating_duration_since(window.opens))
    }

    /// The time now, in seconds since the epoch.
    pub(crate) fn epoch(&self) -> i64 {
        self.epoch.saturating_add_unsigned(self.started.elapsed().as_secs())
    }
}
