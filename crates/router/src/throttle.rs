//! How much a lane sends at once, as its target takes it.

use std::time::Duration;

use tokio::time::Instant;

use crate::retry::backoff;

/// The doublings of the pause: up to 200 ms. Services count requests by the second or by less, and
/// what spares them is the width; a longer pause only keeps the batch waiting, and all its routes.
const DOUBLINGS: u32 = 3;

/// Requests at once: half as many whenever the target says that there are too many, one more after
/// every round that it takes.
#[derive(Debug)]
pub(crate) struct Throttle {
    most: usize,
    width: usize,
    /// Requests that were taken since the width changed.
    taken: usize,
    /// Throttled requests since something was taken.
    in_a_row: u32,
    narrowed: Option<Instant>,
    pause: Option<Instant>,
}

impl Throttle {
    pub(crate) fn new(concurrency: usize) -> Self {
        let most = concurrency.max(1);
        Throttle { most, width: most, taken: 0, in_a_row: 0, narrowed: None, pause: None }
    }

    /// How many requests may be under way.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Until when nothing is to be sent, if that is ahead.
    pub(crate) fn pause(&self) -> Option<Instant> {
        self.pause.filter(|pause| *pause > Instant::now())
    }

    /// Whether the last that was heard is that there is too much.
    pub(crate) fn is_throttled(&self) -> bool {
        self.in_a_row > 0
    }

    pub(crate) fn taken(&mut self) {
        self.in_a_row = 0;
        self.taken += 1;
        if self.taken >= self.width && self.width < self.most {
            (self.width, self.taken) = (self.width + 1, 0);
        }
    }

    /// A request that started at `started` was throttled. Those under way at the same time say so
    /// once.
    pub(crate) fn throttled(&mut self, started: Instant, share: f64) {
        let now = Instant::now();
        if self.narrowed.is_none_or(|narrowed| started >= narrowed) {
            self.narrowed = Some(now);
            self.in_a_row += 1;
            (self.width, self.taken) = ((self.width / 2).max(1), 0);
            let pause = backoff(self.in_a_row.min(DOUBLINGS), share);
            self.pause = Some(now + pause.max(Duration::from_millis(1)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_halves_and_grows_by_one_a_round() {
        let mut throttle = Throttle::new(8);
        for expected in [4, 2, 1, 1] {
            throttle.throttled(Instant::now(), 1.0);
            assert_eq!(throttle.width(), expected);
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        for width in 1..8 {
            (1..width).for_each(|_| throttle.taken());
            assert_eq!(throttle.width(), width);
            throttle.taken();
            assert_eq!(throttle.width(), width + 1);
        }
        (0..20).for_each(|_| throttle.taken());
        assert_eq!(throttle.width(), 8, "no wider than the route's concurrency");
    }

    #[tokio::test(start_paused = true)]
    async fn requests_at_the_same_time_are_throttled_once() {
        let mut throttle = Throttle::new(8);
        let started = Instant::now();
        tokio::time::advance(Duration::from_millis(10)).await;
        (0..8).for_each(|_| throttle.throttled(started, 1.0));
        assert_eq!(throttle.width(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn it_pauses_for_longer_the_longer_it_is_throttled() {
        let mut throttle = Throttle::new(1);
        for millis in [50, 100, 200, 200, 200] {
            throttle.throttled(Instant::now(), 1.0);
            let pause = throttle.pause().unwrap() - Instant::now();
            assert_eq!(pause, Duration::from_millis(millis));
            tokio::time::advance(pause).await;
            assert_eq!(throttle.pause(), None);
        }
        assert!(throttle.is_throttled());
        throttle.taken();
        assert!(!throttle.is_throttled());
    }
}
