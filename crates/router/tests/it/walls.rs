//! What a route's wall does from batch to batch: pause, policies, throttling, and what was settled before.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use distributary_delivery::{OnFailure, Oversize};
use distributary_router::{Failure, LotSlot, Router, Work};
use tokio::time::Instant;

use crate::cellar::Cellar;
use crate::world::*;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_paused_route_loses_nothing() {
    for (on_failure, expected) in [
        (OnFailure::Park(0), [0, 5, 0, 0]),
        (OnFailure::BLOCK, [0, 0, 0, 5]),
        (OnFailure::Drop, [0, 0, 0, 5]),
    ] {
        let mut work = work(deliveries(0, 5));
        work.start.paused.insert("route".to_owned());
        let outcome = run(route("route", on_failure), Scripted::new(healthy()), work).await;
        assert_eq!(outcome.counts(), expected);
        assert!(outcome.target.requests.is_empty());
        assert!(outcome.shelf.iter().all(|envelope| envelope.reason == "the route is paused"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_blocking_route_parks_what_is_older_than_it_blocks_for() {
    let max_block = Duration::from_secs(900);
    for (age, lot, expected) in
        [(900, Some(0), [0, 0, 0, 3]), (901, Some(0), [0, 3, 0, 0]), (901, None, [0, 0, 0, 3])]
    {
        let mut deliveries = deliveries(0, 3);
        deliveries.iter_mut().for_each(|delivery| delivery.origin.time -= age);
        let target = Scripted::new(script(|_, _| Reply::fail(refused()).after(Duration::ZERO)));
        let on_failure = OnFailure::Block { max_block, lot };
        let outcome = run(route("route", on_failure), target, work(deliveries)).await;
        assert_eq!(outcome.counts(), expected, "{age}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_goes_its_own_way() {
    for (oversize, on_failure, expected) in [
        (None, OnFailure::BLOCK, [2, 0, 0, 1]),
        (Some(Oversize::Park(0)), OnFailure::BLOCK, [2, 1, 0, 0]),
        (Some(Oversize::Drop), OnFailure::BLOCK, [2, 0, 1, 0]),
        (Some(Oversize::Keys), OnFailure::BLOCK, [3, 0, 0, 0]),
    ] {
        let mut deliveries = deliveries(0, 3);
        deliveries[1].message.body = "x".repeat(10_001).into();
        deliveries[1].fallback = Some("keys".into());
        let mut route = route("route", on_failure);
        route.oversize = oversize;
        let outcome = run(route, Scripted::new(healthy()), work(deliveries)).await;
        assert_eq!(outcome.counts(), expected, "{oversize:?}");
        let keys = outcome.target.taken.iter().filter(|(_, body)| body == "keys").count();
        assert_eq!(keys, usize::from(oversize == Some(Oversize::Keys)));
    }
}

/// A service that takes one request in each tenth of a second.
fn throttling() -> Script {
    let mut next = Instant::now();
    script(move |bodies, _| {
        if Instant::now() < next {
            return Reply::fail(Failure::throttled("ThrottlingException"));
        }
        next = Instant::now() + SECOND / 10;
        Reply::all_ok(bodies.len())
    })
}

#[tokio::test(start_paused = true)]
async fn a_throttled_route_parks_nothing_as_long_as_it_gets_on() {
    for ordered in [false, true] {
        let mut target = Scripted::new(throttling());
        target.limits.one_per_group = ordered;
        let outcome =
            run(route("route", OnFailure::Park(0)), target, work(deliveries(0, 2_000))).await;
        assert_eq!(outcome.counts(), [2_000, 0, 0, 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_that_is_only_throttled_is_given_up_after_its_budget() {
    let target = Scripted::new(script(|_, _| Reply::fail(Failure::throttled("Throttling"))));
    let outcome = run(route("route", OnFailure::Park(0)), target, work(deliveries(0, 50))).await;
    assert_eq!(outcome.counts(), [0, 50, 0, 0]);
    assert!(outcome.took >= SECOND * 5 && outcome.took <= SECOND * 7, "{:?}", outcome.took);
}

#[tokio::test(start_paused = true)]
async fn dead_connections_after_a_freeze_cost_nothing() {
    let mut route = route("route", OnFailure::Park(0));
    route.retry = 0;
    let target = Scripted::new(script(|bodies, nth| match nth {
        0..4 => Reply::fail(Failure::disconnected("connection reset")),
        _ => Reply::all_ok(bodies.len()),
    }));
    let outcome = run(route.clone(), target, work(deliveries(0, 100))).await;
    assert_eq!(outcome.counts(), [100, 0, 0, 0]);
    assert_eq!(outcome.took, LATENCY * 4, "sent again at once");
    let target = Scripted::new(script(|bodies, nth| match nth {
        0..4 => Reply::fail(Failure::disconnected("connection reset")),
        _ => Reply::all_ok(bodies.len()),
    }));
    let outcome = run(route.clone(), target, work(deliveries(0, 1))).await;
    assert_eq!(
        outcome.counts(),
        [1, 0, 0, 0],
        "one request meets one dead connection after the other"
    );
    let dead = Scripted::new(script(|_, _| Reply::fail(Failure::disconnected("reset"))));
    let outcome = run(route, dead, work(deliveries(0, 10))).await;
    assert_eq!(outcome.counts(), [0, 10, 0, 0], "not for ever");
}

#[tokio::test(start_paused = true)]
async fn what_was_settled_before_is_not_sent_again() {
    let target = Arc::new(Scripted::new(entries(|body| (body == "3").then(refused))));
    let lane = lane(route("route", OnFailure::BLOCK), &target);
    let router = router(vec![lane], vec![Arc::new(Scripted::new(healthy()))]);
    let batch = || {
        let mut work = work(deliveries(0, 5));
        work.work.quarantined = vec![quarantine(7, Some(0))];
        work
    };
    let first = batch().through(&router).await;
    assert_eq!(first.lowest_unsettled, Some(3));
    assert_eq!(first.settled.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 4, 7]);
    let mut again = batch();
    again.start.before = first.settled.values().flatten().cloned().collect();
    let second = again.through(&router).await;
    let route = &second.routes[0];
    assert_eq!((route.before, route.delivered, route.unsettled), (4, 0, 1));
    assert_eq!((second.settled, second.quarantined), (first.settled, 1));
    assert_eq!(target.taken().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_second_window_does_not_overtake_the_first() {
    for on_failure in [OnFailure::Park(0), OnFailure::BLOCK] {
        let target = Arc::new(Scripted::ordered(entries(|body| (body == "1").then(refused))));
        let shelf = Arc::new(Scripted::new(healthy()));
        let router = router(vec![lane(route("route", on_failure), &target)], vec![shelf.clone()]);
        let mut run = router.begin(work(Vec::new()).start);
        for position in 0..4 {
            let deliveries = vec![delivery(0, position, Some("only"))];
            run.deliver(Work { deliveries, ..Work::default() }).await;
        }
        let route = run.finish().await.routes.remove(0);
        assert_eq!(target.taken(), ["0"]);
        match on_failure {
            OnFailure::Park(_) => assert_eq!((route.parked, route.held), (1, 2)),
            _ => assert_eq!(route.unsettled, 3),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_lot_does_not_take_goes_to_the_one_behind_it() {
    let (first, second) = (Arc::new(Cellar::default()), Arc::new(Cellar::default()));
    first.down.store(true, SeqCst);
    let target = Arc::new(Scripted::new(entries(|_| Some(refused()))));
    let lanes = || vec![lane(route("route", OnFailure::Park(0)), &target)];
    let slots = |loops: bool| {
        vec![
            LotSlot { lot: first.clone(), then: Some(1) },
            LotSlot { lot: second.clone(), then: loops.then_some(0) },
        ]
    };
    let report = work(deliveries(0, 50)).through(&Router::new(lanes(), slots(false), "", 1)).await;
    assert_eq!((report.routes[0].parked, second.waiting().len()), (50, 50));
    second.down.store(true, SeqCst);
    let report = work(deliveries(0, 50)).through(&Router::new(lanes(), slots(true), "", 1)).await;
    assert_eq!((report.routes[0].unsettled, report.lowest_unsettled), (50, Some(0)));
}

#[tokio::test(start_paused = true)]
async fn an_ordered_lot_keeps_nothing_ahead_of_what_it_does_not_keep() {
    let keeps = entries(|record| (record == "2").then(unavailable));
    let (target, lot) = (Arc::new(Scripted::ordered(down())), Arc::new(Scripted::new(keeps)));
    let router = router(vec![lane(route("route", OnFailure::Park(0)), &target)], vec![lot.clone()]);
    let deliveries = (0..100).map(|at| delivery(0, at, Some(["a", "b"][at % 2]))).collect();
    let report = work(deliveries).through(&router).await;
    let kept: Vec<usize> = lot.taken().iter().map(|at| at.parse().unwrap()).collect();
    assert!(kept.iter().filter(|at| *at % 2 == 0).count() <= 10, "one call's worth: {kept:?}");
    assert_eq!(kept.iter().filter(|at| *at % 2 == 1).count(), 50, "the other group is kept");
    assert_eq!(report.lowest_unsettled, Some(2));
}
