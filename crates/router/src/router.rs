//! The lanes of a rule set, from run to run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;
use tokio::time::Instant;

use crate::chain::LotSlot;
use crate::clock::Clock;
use crate::health::Health;
use crate::lane::{Lane, Standing};
use crate::pace::{Pace, RedriveReport};
use crate::redrive::Redrive;
use crate::run::Run;
use crate::work::Start;

/// All lanes of a rule set. Runs share what is known of the routes: breakers, retry tokens, what
/// waits in lots.
pub struct Router {
    lanes: Arc<[Standing]>,
    lots: Arc<[LotSlot]>,
    rules: Arc<str>,
    seed: AtomicU64,
}

impl Router {
    /// Lanes and lots stand in the order of the resolved routes and lots: deliveries, routes and
    /// lots name them by index. `rules` is the rule set's hash; the waits between attempts are drawn
    /// from `seed`.
    #[must_use]
    pub fn new(
        lanes: Vec<Lane>,
        lots: Vec<LotSlot>,
        rules: impl Into<Arc<str>>,
        seed: u64,
    ) -> Self {
        let lanes =
            lanes.into_iter().map(|lane| Standing { lane, health: Arc::new(Health::default()) });
        Router {
            lanes: lanes.collect(),
            lots: lots.into(),
            rules: rules.into(),
            seed: AtomicU64::new(seed),
        }
    }

    /// Begins the work on one batch. Must be called within a Tokio runtime whose timer is enabled.
    #[must_use]
    pub fn begin(&self, start: Start) -> Run {
        Run::new(self.lanes.clone(), self.lots.clone(), self.rules.clone(), self.rng(), start)
    }

    /// Sends what waits in a route's lot, those of one group in order and under the same identities
    /// as before, and removes what arrives. `now` is in seconds since the epoch; nothing starts
    /// shortly before `deadline`. `None` for a route that does not exist or has no lot.
    ///
    /// Like what comes from a batch it heeds the route's breaker. Must be called within a Tokio
    /// runtime whose timer is enabled.
    pub async fn redrive(
        &self,
        route: &str,
        pace: &Pace,
        now: i64,
        deadline: Option<Instant>,
    ) -> Option<RedriveReport> {
        let standing = self.lanes.iter().find(|standing| &*standing.lane.route.name == route)?;
        standing.lane.route.lot()?;
        let clock = Clock::new(now, deadline);
        Some(Redrive::by_hand(standing, &self.lots, clock, self.rng()).work(pace).await)
    }

    /// Waits depend on nothing that other runs do.
    fn rng(&self) -> Rng {
        Rng::with_seed(self.seed.fetch_add(1, Ordering::Relaxed))
    }
}
