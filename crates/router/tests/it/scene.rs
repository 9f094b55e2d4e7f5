//! A route with a lot, by the clock on the wall.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use distributary_delivery::{Delivery, OnFailure};
use distributary_router::{Failure, Pace, RedriveReport, Report, RouteReport, Router};
use tokio::time::Instant;

use crate::cellar::Cellar;
use crate::world::*;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A route that is down while `sick`, with a lot.
pub(crate) struct Scene {
    pub(crate) sick: Arc<AtomicBool>,
    pub(crate) target: Arc<Scripted>,
    pub(crate) lot: Arc<Cellar>,
    pub(crate) router: Router,
    pub(crate) began: Instant,
}

/// A target that also refuses `poison` for good.
pub(crate) fn scene(ordered: bool, poison: &'static str) -> Scene {
    scene_with(ordered, move |body| (body == poison).then(refused))
}

/// A target for whose entries `poison` may have a failure.
pub(crate) fn scene_with(
    ordered: bool,
    poison: impl Fn(&str) -> Option<Failure> + Send + Copy + 'static,
) -> Scene {
    scene_of(if ordered { Scripted::ordered } else { Scripted::new }, ordered, poison)
}

/// The same, where the lot may keep an order that the target does not ask for.
pub(crate) fn scene_of(
    target: fn(Script) -> Scripted,
    ordered: bool,
    poison: impl Fn(&str) -> Option<Failure> + Send + Copy + 'static,
) -> Scene {
    let sick = Arc::new(AtomicBool::new(true));
    let is_sick = sick.clone();
    let follow = script(move |bodies, _| match is_sick.load(Ordering::SeqCst) {
        true => Reply::fail(unavailable()),
        false => Reply::each(bodies, poison),
    });
    let target = Arc::new(target(follow));
    let lot = Arc::new(Cellar::new(ordered));
    let lane = lane(route("route", OnFailure::Park(0)), &target);
    let router = router(vec![lane], vec![lot.clone()]);
    Scene { sick, router, target, lot, began: Instant::now() }
}

/// Group by position: a b c a b c …
pub(crate) fn grouped(from: usize, count: usize) -> Vec<Delivery> {
    (from..from + count).map(|at| delivery(0, at, Some(["a", "b", "c"][at % 3]))).collect()
}

impl Scene {
    /// A run that begins at the time that it is.
    pub(crate) fn work(&self, deliveries: Vec<Delivery>) -> Batch {
        let mut work = work(deliveries);
        work.start.now = self.now();
        work
    }

    pub(crate) fn now(&self) -> i64 {
        1_767_225_600 + i64::try_from(self.began.elapsed().as_secs()).unwrap()
    }

    pub(crate) async fn batch(&self, from: usize, count: usize) -> Report {
        self.work(grouped(from, count)).through(&self.router).await
    }

    /// A run without a batch.
    pub(crate) async fn redrive(&self) -> RouteReport {
        self.router.begin(self.work(Vec::new()).start).redrive().await.routes.remove(0)
    }

    /// By hand.
    pub(crate) async fn redrive_by_hand(&self) -> RedriveReport {
        self.router.redrive("route", &Pace::default(), self.now(), None).await.unwrap()
    }

    /// How often a body was sent.
    pub(crate) fn sent(&self, body: &str) -> usize {
        let requests = self.target.record().requests;
        requests.iter().flat_map(|(_, bodies)| bodies).filter(|sent| *sent == body).count()
    }

    /// What was taken of each group ascends.
    pub(crate) fn assert_order(&self, count: usize) {
        let taken: Vec<usize> = self.target.taken().iter().map(|at| at.parse().unwrap()).collect();
        assert_eq!(taken.len(), count, "{taken:?}");
        for group in 0..3 {
            assert!(taken.iter().filter(|at| *at % 3 == group).is_sorted(), "{taken:?}");
        }
    }
}
