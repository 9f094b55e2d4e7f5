//! What spares a target that fails: the breaker, and the tokens that retries take.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use distributary_delivery::OnFailure;
use distributary_router::Start;
use tokio::time::Instant;

use crate::scene::*;
use crate::world::*;

#[tokio::test(start_paused = true)]
async fn an_open_breaker_costs_a_batch_nothing_until_it_probes() {
    let cases = [
        (OnFailure::Park(0), [0, 100, 0, 0]),
        (OnFailure::BLOCK, [0, 0, 0, 100]),
        (OnFailure::Drop, [0, 0, 100, 0]),
    ];
    for (on_failure, expected) in cases {
        let target = Arc::new(Scripted::new(hanging()));
        let lane = lane(route("route", on_failure), &target);
        let router = router(vec![lane], vec![Arc::new(Scripted::new(healthy()))]);
        let batch = || async {
            let before = target.record().requests.len();
            let started = Instant::now();
            let report = work(deliveries(0, 100)).through(&router).await;
            let route = &report.routes[0];
            assert_eq!([route.delivered, route.parked, route.dropped, route.unsettled], expected);
            (target.record().requests[before..].to_vec(), started.elapsed())
        };
        let (requests, took) = batch().await;
        assert!(requests.len() <= 20, "four at once, five times");
        assert!(took >= SECOND * 3);
        let (requests, took) = batch().await;
        assert!(requests.is_empty() && took < SECOND, "{took:?}");
        tokio::time::advance(SECOND * 30).await;
        let (requests, _) = batch().await;
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].1.len(), 1, "one delivery");
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_arrives_opens_the_way_for_the_rest() {
    let target = Arc::new(Scripted::new(script(|bodies, nth| match nth {
        0..12 => Reply::hang(),
        _ => Reply::all_ok(bodies.len()),
    })));
    let lane = lane(route("route", OnFailure::BLOCK), &target);
    let router = router(vec![lane], Vec::new());
    work(deliveries(0, 100)).through(&router).await;
    tokio::time::advance(SECOND * 30).await;
    let report = work(deliveries(0, 100)).through(&router).await;
    assert_eq!(report.routes[0].delivered, 100);
    assert_eq!(target.record().requests[12].1.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn poison_does_not_open_a_breaker() {
    let target = Scripted::new(entries(|body| (body == "0").then(unavailable)));
    let target = Arc::new(target);
    let router = router(vec![lane(route("route", OnFailure::BLOCK), &target)], Vec::new());
    for _ in 0..5 {
        let report = work(deliveries(0, 11)).through(&router).await;
        assert_eq!((report.routes[0].delivered, report.lowest_unsettled), (10, Some(0)));
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_bucket_ends_retries() {
    let mut route = route("route", OnFailure::Park(0));
    (route.retry, route.within) = (1_000, SECOND * 3_600);
    let outcome = run(route, Scripted::new(down()), work(deliveries(0, 1))).await;
    assert_eq!(outcome.target.requests.len(), 101, "a hundred retries of five tokens each");
}

/// Five requests that get through pay for one retry, and a retry that gets through costs nothing.
#[tokio::test(start_paused = true)]
async fn what_gets_through_fills_the_bucket() {
    let well = Arc::new(AtomicBool::new(false));
    let is_well = well.clone();
    let target = Arc::new(Scripted::new(script(move |bodies, _| match is_well.load(SeqCst) {
        true => Reply::all_ok(bodies.len()),
        false => Reply::fail(unavailable()),
    })));
    let mut settings = route("route", OnFailure::BLOCK);
    (settings.retry, settings.within) = (1_000, SECOND * 3_600);
    let retrying = router(vec![lane(settings, &target)], Vec::new());
    let requests = async |batches: usize| {
        let before = target.record().requests.len();
        for _ in 0..batches {
            work(deliveries(0, 1)).through(&retrying).await;
        }
        target.record().requests.len() - before
    };
    assert_eq!(requests(1).await, 101);
    well.store(true, SeqCst);
    assert_eq!(requests(5).await, 5);
    well.store(false, SeqCst);
    assert_eq!(requests(1).await, 2, "one retry");

    let every_other = script(|bodies, nth| match nth % 2 {
        0 => Reply::fail(unavailable()),
        _ => Reply::all_ok(bodies.len()),
    });
    let target = Arc::new(Scripted::new(every_other));
    let router = router(vec![lane(route("route", OnFailure::BLOCK), &target)], Vec::new());
    for _ in 0..300 {
        assert_eq!(work(deliveries(0, 1)).through(&router).await.routes[0].delivered, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_redrive_takes_no_retry_tokens() {
    let scene = scene(false, "");
    scene.batch(0, 10).await;
    for _ in 0..40 {
        scene.redrive_by_hand().await;
    }
    let before = scene.target.record().requests.len();
    scene.batch(10, 1).await;
    assert_eq!(scene.target.record().requests.len(), before + 4, "three retries");
}

/// There is less time left for it than an attempt may take.
#[tokio::test(start_paused = true)]
async fn a_probe_that_is_cut_off_has_failed() {
    let target = Arc::new(Scripted::new(hanging()));
    let slow = script(|bodies, _| Reply::all_ok(bodies.len()).after(SECOND * 2));
    let other = Arc::new(Scripted::new(slow));
    let lanes = [("route", &target), ("other", &other)].map(|(name, target)| {
        let mut route = route(name, OnFailure::BLOCK);
        route.timeout = SECOND * 5;
        lane(route, target)
    });
    let router = router(lanes.into(), Vec::new());
    work(deliveries(0, 10)).through(&router).await;
    tokio::time::advance(SECOND * 301).await;
    let before = target.record().requests.len();
    for _ in 0..5 {
        let deadline = Some(Instant::now() + SECOND * 4);
        let mut run = router.begin(Start { deadline, ..work(Vec::new()).start });
        for at in [1, 0] {
            run.deliver(work(vec![delivery(at, 0, None)]).work).await;
        }
        run.finish().await;
    }
    assert_eq!(target.record().requests.len() - before, 1);
}

#[tokio::test(start_paused = true)]
async fn a_probe_ends_once_the_target_has_refused_as_much_as_a_request_holds() {
    let refuse_below = |refused_below: usize| async move {
        let scene = scene_with(false, move |body| {
            (body.parse::<usize>().unwrap() < refused_below).then(refused)
        });
        scene.batch(0, 300).await;
        scene.sick.store(false, SeqCst);
        tokio::time::advance(SECOND * 301).await;
        let before = scene.target.record().requests.len();
        let mut run = scene.router.begin(scene.work(Vec::new()).start);
        run.deliver(scene.work(grouped(0, 100)).work).await;
        let delivered = run.settle().await.routes[0].delivered;
        (delivered, scene.target.record().requests.len() - before)
    };
    assert_eq!(refuse_below(100).await, (0, 10));
    assert_eq!(refuse_below(9).await, (91, 9 + 1 + 9), "faulty ones decide for themselves only");
}
