//! Whatever destinations and lots do: one outcome per delivery, order per group, nothing twice, and
//! the lowest unsettled record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::OnFailure;
use distributary_router::{Lot, RouteReport, Work};
use proptest::prelude::*;
use tokio::time::Instant;

use crate::mood::*;
use crate::world::*;

fn within_limits(plan: &Plan, record: &Record) {
    assert!(record.widest <= plan.concurrency);
    let groups: BTreeMap<usize, u8> =
        plan.deliveries.iter().map(|(at, group, _)| (*at, *group)).collect();
    for (_, bodies) in &record.requests {
        assert!((1..=plan.limits.entries).contains(&bodies.len()));
        assert!(bodies.iter().map(String::len).sum::<usize>() <= plan.limits.bytes);
        let distinct: BTreeSet<u8> = bodies.iter().map(|body| groups[&position(body)]).collect();
        assert!(!plan.limits.one_per_group || distinct.len() == bodies.len());
    }
}

/// On an ordered route what was taken of a group ascends, and, unless failures are forgotten, leaves
/// nothing out: nothing overtakes.
fn in_order(plan: &Plan, taken: &[usize]) {
    for group in 0..5_u8 {
        let of_group = plan.deliveries.iter().filter(|(_, other, _)| *other == group);
        let all: Vec<usize> = of_group.map(|(at, _, _)| *at).collect();
        let taken: Vec<usize> = taken.iter().copied().filter(|at| all.contains(at)).collect();
        assert!(taken.is_sorted(), "{taken:?}");
        if plan.on_failure != OnFailure::Drop {
            assert_eq!(taken, all[..taken.len()]);
        }
    }
}

fn once_each(positions: &[usize]) -> BTreeSet<usize> {
    let distinct: BTreeSet<usize> = positions.iter().copied().collect();
    assert_eq!(distinct.len(), positions.len(), "nothing twice: {positions:?}");
    distinct
}

/// Checks one lane's report against what its target and the lots have, and gives back what is in
/// neither.
fn check(plan: &Plan, report: &RouteReport, target: &Record, kept: &[usize]) -> BTreeSet<usize> {
    within_limits(plan, target);
    let taken: Vec<usize> = target.taken.iter().map(|(_, body)| position(body)).collect();
    if plan.limits.one_per_group {
        in_order(plan, &taken);
    }
    let (taken, kept) = (once_each(&taken), once_each(kept));
    assert!(taken.is_disjoint(&kept));
    assert_eq!((report.delivered, report.parked + report.held), (taken.len(), kept.len()));
    assert_eq!(report.attempts, target.requests.len());
    let outcomes =
        report.delivered + report.parked + report.held + report.dropped + report.unsettled;
    assert_eq!((outcomes, report.matched), (plan.deliveries.len(), plan.deliveries.len()));
    match plan.on_failure {
        OnFailure::Park(_) => assert_eq!(report.dropped, 0),
        OnFailure::Block { .. } => {
            assert_eq!((report.dropped, report.parked + report.held), (0, 0))
        }
        OnFailure::Drop => assert_eq!(report.parked + report.held, 0),
    }
    let all = plan.deliveries.iter().map(|(at, _, _)| *at);
    all.filter(|at| !taken.contains(at) && !kept.contains(at)).collect()
}

async fn holds(plans: Vec<Plan>, lots: [Mood; 2], seconds: Option<u64>, windows: usize) {
    let targets: Vec<Arc<Scripted>> = plans.iter().map(Plan::target).collect();
    let lots = lots.map(|mood| Arc::new(Scripted::new(mood.script())));
    let lanes = plans.iter().zip(&targets).enumerate().map(|(index, (plan, target))| {
        let mut route = route(&format!("route{index}"), plan.on_failure);
        (route.retry, route.concurrency) = (plan.retry, plan.concurrency);
        lane(route, target)
    });
    let router =
        router(lanes.collect(), lots.iter().map(|lot| lot.clone() as Arc<dyn Lot>).collect());
    let mut start = work(Vec::new()).start;
    start.deadline = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    start.paused = paused(&plans);
    let started = Instant::now();
    let mut run = router.begin(start);
    for window in 0..windows {
        // Positions are below 200.
        let of_window = |at: usize| at * windows / 200 == window;
        let deliveries = plans.iter().enumerate().flat_map(|(index, plan)| plan.deliveries(index));
        let deliveries = deliveries.filter(|delivery| of_window(delivery.position)).collect();
        run.deliver(Work { deliveries, ..Work::default() }).await;
    }
    let report = run.finish().await;
    if let Some(seconds) = seconds {
        assert!(started.elapsed() < Duration::from_secs(seconds));
    }

    let mut lowest = Vec::new();
    for (index, plan) in plans.iter().enumerate() {
        let own = format!("{index}/");
        let kept = lots.iter().flat_map(|lot| lot.taken());
        let kept: Vec<usize> =
            kept.filter(|name| name.starts_with(&own)).map(|name| position(&name)).collect();
        let route = &report.routes[index];
        assert!(!plan.paused || targets[index].record().requests.is_empty());
        let rest = check(plan, route, &targets[index].record(), &kept);
        assert_eq!(rest.len(), route.dropped + route.unsettled);
        // Which of the rest were dropped cannot be seen from outside, unless it is none or all.
        if route.dropped == 0 {
            lowest.extend(rest);
        } else if route.unsettled > 0 {
            return;
        }
    }
    assert_eq!(report.lowest_unsettled, lowest.into_iter().min());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_delivery_has_one_outcome_and_every_group_its_order(
        plans in prop::collection::vec(plan(), 1..4),
        lots in [mood(), mood()],
        seconds in prop::option::of(1..40_u64),
        windows in 1..4_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(holds(plans, lots, seconds, windows));
    }
}
