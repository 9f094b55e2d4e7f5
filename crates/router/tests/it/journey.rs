//! From the first batch to rest: what comes again comes, what waits arrives, once and in its order.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use distributary_delivery::{Identity, OnFailure};
use distributary_router::{Lot, Report, Router, Start, Work};
use proptest::prelude::*;
use tokio::time::Instant;

use crate::cellar::Cellar;
use crate::mood::*;
use crate::world::*;

/// Routes with a lot each, in the mood that they are in until they are well.
struct World {
    plans: Vec<Plan>,
    targets: Vec<Arc<Scripted>>,
    lots: Vec<Arc<Cellar>>,
    router: Router,
    well: Arc<AtomicBool>,
    began: Instant,
    /// What earlier runs of the batch settled.
    before: HashSet<Identity>,
}

impl World {
    fn new(plans: Vec<Plan>) -> Self {
        let well = Arc::new(AtomicBool::new(false));
        let target = |plan: &Plan| Arc::new(moody(plan, &well));
        let targets: Vec<_> = plans.iter().map(target).collect();
        let lot = |plan: &Plan| Arc::new(Cellar::new(plan.limits.one_per_group));
        let lots: Vec<_> = plans.iter().map(lot).collect();
        let lanes = plans.iter().zip(&targets).enumerate().map(|(index, (plan, target))| {
            let on_failure = match plan.on_failure {
                OnFailure::Park(_) => OnFailure::Park(index),
                other => other,
            };
            let mut route = route(&format!("route{index}"), on_failure);
            (route.retry, route.concurrency) = (plan.retry, plan.concurrency);
            lane(route, target)
        });
        let shared = lots.iter().map(|lot| lot.clone() as Arc<dyn Lot>).collect();
        let router = router(lanes.collect(), shared);
        let (began, before) = (Instant::now(), HashSet::new());
        World { plans, targets, lots, router, well, began, before }
    }

    fn start(&self) -> Start {
        let seconds = i64::try_from(self.began.elapsed().as_secs()).unwrap();
        let before = self.before.clone();
        Start { now: 1_767_225_600 + seconds, before, ..Start::default() }
    }

    /// One invocation with everything from a position on; where the next one goes on from.
    async fn batch(&mut self, from: usize, paused: BTreeSet<String>) -> Option<usize> {
        let plans = self.plans.iter().enumerate();
        let deliveries = plans.flat_map(|(index, plan)| plan.deliveries(index));
        let deliveries = deliveries.filter(|delivery| delivery.position >= from).collect();
        let mut run = self.router.begin(Start { paused, ..self.start() });
        run.deliver(Work { deliveries, ..Work::default() }).await;
        let Report { settled, lowest_unsettled, .. } = run.finish().await;
        self.before.extend(settled.into_values().flatten());
        lowest_unsettled
    }

    /// What each route has in the end.
    fn check(&self) {
        for (plan, target) in self.plans.iter().zip(&self.targets) {
            let taken: Vec<usize> = target.taken().iter().map(|body| position(body)).collect();
            let once: BTreeSet<usize> = taken.iter().copied().collect();
            assert_eq!(once.len(), taken.len(), "nothing twice: {taken:?}");
            if plan.on_failure != OnFailure::Drop {
                assert_eq!(once, plan.deliveries.iter().map(|(at, _, _)| *at).collect());
            }
            if plan.limits.one_per_group {
                for group in 0..5 {
                    let of_group = |at: &&usize| {
                        plan.deliveries.iter().any(|it| (it.0, it.1) == (**at, group))
                    };
                    let taken: Vec<_> = taken.iter().filter(of_group).collect();
                    assert!(taken.is_sorted(), "{taken:?}");
                }
            }
        }
        assert!(self.lots.iter().all(|lot| lot.waiting().is_empty()));
    }
}

fn moody(plan: &Plan, well: &Arc<AtomicBool>) -> Scripted {
    let (mut mood, well) = (plan.mood.script(), well.clone());
    let mut target = Scripted::new(script(move |bodies, nth| match well.load(Ordering::SeqCst) {
        true => Reply::all_ok(bodies.len()),
        false => mood(bodies, nth),
    }));
    target.limits = plan.limits;
    target
}

async fn arrives(plans: Vec<Plan>, sick: Vec<bool>) {
    let mut world = World::new(plans);
    let paused = paused(&world.plans);
    let mut from = Some(0);
    for lots_are_down in sick {
        let Some(lowest) = from else { break };
        world.lots.iter().for_each(|lot| lot.down.store(lots_are_down, Ordering::SeqCst));
        from = world.batch(lowest, paused.clone()).await;
        tokio::time::advance(Duration::from_secs(20)).await;
    }
    world.lots.iter().for_each(|lot| lot.down.store(false, Ordering::SeqCst));
    world.well.store(true, Ordering::SeqCst);
    // A breaker stays open for five minutes at most, and something postponed waits for as long here.
    for _ in 0..3 {
        tokio::time::advance(Duration::from_secs(301)).await;
        let Some(lowest) = from else { break };
        from = world.batch(lowest, BTreeSet::new()).await;
    }
    assert_eq!(from, None);
    for _ in 0..3 {
        tokio::time::advance(Duration::from_secs(301)).await;
        world.router.begin(world.start()).redrive().await;
    }
    world.check();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn everything_arrives_once_and_in_order_when_all_is_well_again(
        mut plans in prop::collection::vec(plan(), 1..4),
        sick in prop::collection::vec(prop::bool::weighted(0.2), 1..4),
    ) {
        // What no request can hold would wait for ever.
        plans.iter_mut().for_each(|plan| plan.limits.bytes = plan.limits.bytes.max(25));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(arrives(plans, sick));
    }
}
