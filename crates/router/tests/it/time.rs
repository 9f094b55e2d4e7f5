//! Time: what a sick destination may cost, what a slow one costs, and the end of an invocation.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::OnFailure;
use distributary_router::Failure;
use tokio::time::Instant;

use crate::world::*;

const SECOND: Duration = Duration::from_secs(1);

fn slow(latency: Duration) -> Script {
    script(move |bodies, _| Reply::all_ok(bodies.len()).after(latency))
}

#[tokio::test(start_paused = true)]
async fn a_busy_route_is_not_a_failing_one() {
    let outcome = run(
        route("route", OnFailure::Park(0)),
        Scripted::new(slow(SECOND * 9 / 10)),
        work(deliveries(0, 10_000)),
    )
    .await;
    assert_eq!(outcome.counts(), [10_000, 0, 0, 0]);
    assert_eq!(outcome.took, SECOND * 9 / 10 * 250, "far more than `within`");
}

#[tokio::test(start_paused = true)]
async fn a_route_that_may_lose_no_time_at_all_delivers_while_it_is_well() {
    let mut route = route("route", OnFailure::Park(0));
    route.within = Duration::ZERO;
    let outcome = run(route, Scripted::new(healthy()), work(deliveries(0, 100))).await;
    assert_eq!(outcome.counts(), [100, 0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_busy_route_with_rare_failures_parks_nothing() {
    let script = script(|bodies, nth| {
        if nth % 10 == 0 {
            Reply::fail(unavailable()).after(SECOND / 2)
        } else {
            Reply::all_ok(bodies.len()).after(SECOND / 2)
        }
    });
    let outcome =
        run(route("route", OnFailure::Park(0)), Scripted::new(script), work(deliveries(0, 10_000)))
            .await;
    assert_eq!(outcome.counts(), [10_000, 0, 0, 0]);
}

/// However many requests it takes: a batch of one as well as one of a thousand.
#[tokio::test(start_paused = true)]
async fn a_hanging_destination_costs_three_attempts_and_no_more() {
    for count in [1, 10_000] {
        let target = Scripted::new(hanging());
        let outcome =
            run(route("route", OnFailure::Park(0)), target, work(deliveries(0, count))).await;
        assert_eq!(outcome.counts(), [0, count, 0, 0]);
        let parking = LATENCY * 250;
        assert!(outcome.took >= SECOND * 3, "{:?}", outcome.took);
        assert!(outcome.took <= SECOND * 4 + parking, "{:?}", outcome.took);
        assert!(outcome.target.requests.len() <= 16, "four at once, a second each");
    }
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_hangs_for_long_costs_its_budget_and_no_more() {
    let mut route = route("route", OnFailure::Park(0));
    route.timeout = SECOND * 4;
    let outcome = run(route, Scripted::new(hanging()), work(deliveries(0, 10_000))).await;
    assert_eq!(outcome.counts(), [0, 10_000, 0, 0]);
    assert!(outcome.took >= SECOND * 5, "{:?}", outcome.took);
    assert!(outcome.took <= SECOND * 9 + LATENCY * 250, "{:?}", outcome.took);
    let reason = "failures used up the 5s that the route may lose in one invocation; the last: no answer within 4s";
    assert!(outcome.reasons()[reason] > 9_000);
}

/// Half of the requests, whichever: 99 of 100 small batches wait for less than a second.
#[tokio::test(start_paused = true)]
async fn a_target_that_throttles_at_times_keeps_batches_waiting_for_short() {
    let mut rng = fastrand::Rng::with_seed(7);
    let target = Arc::new(Scripted::new(script(move |bodies, _| match rng.bool() {
        true => Reply::fail(Failure::throttled("ThrottlingException")),
        false => Reply::all_ok(bodies.len()),
    })));
    let router = router(vec![lane(route("route", OnFailure::BLOCK), &target)], Vec::new());
    let mut took = Vec::new();
    for _ in 0..1_000 {
        let started = Instant::now();
        assert_eq!(work(deliveries(0, 10)).through(&router).await.routes[0].delivered, 10);
        took.push(started.elapsed());
    }
    took.sort_unstable();
    assert!(took[990] < SECOND, "{:?}", took[990]);
}

/// Slow is not failing, unless the route says so: by a `timeout` that such requests do not meet.
#[tokio::test(start_paused = true)]
async fn a_shorter_timeout_bounds_what_a_slow_destination_costs() {
    let slow = || Scripted::new(slow(SECOND * 8 / 10));
    let mut route = route("route", OnFailure::Park(0));
    let outcome = run(route.clone(), slow(), work(deliveries(0, 200))).await;
    assert_eq!((outcome.counts(), outcome.took), ([200, 0, 0, 0], SECOND * 4));
    route.timeout = SECOND / 5;
    let outcome = run(route, slow(), work(deliveries(0, 200))).await;
    assert_eq!(outcome.counts(), [0, 200, 0, 0]);
    assert!(outcome.took < SECOND, "{:?}", outcome.took);
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_dies_halfway_keeps_what_it_took() {
    let script = script(|bodies, nth| match nth {
        0..50 => Reply::all_ok(bodies.len()),
        _ => Reply::hang(),
    });
    let outcome =
        run(route("route", OnFailure::Park(0)), Scripted::new(script), work(deliveries(0, 1_000)))
            .await;
    assert_eq!(outcome.counts(), [500, 500, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn waits_between_attempts_count_when_nothing_else_happens() {
    let mut route = route("route", OnFailure::Park(0));
    route.retry = 1_000;
    route.within = SECOND * 3;
    let outcome = run(route, Scripted::new(down()), work(deliveries(0, 1))).await;
    assert_eq!(outcome.counts(), [0, 1, 0, 0]);
    assert!(outcome.took >= SECOND * 3 && outcome.took <= SECOND * 5, "{:?}", outcome.took);
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_are_not_longer_than_a_second() {
    let mut route = route("route", OnFailure::Park(0));
    route.retry = 12;
    route.within = SECOND * 60;
    let outcome = run(route, Scripted::new(down()), work(deliveries(0, 1))).await;
    let times: Vec<Duration> = outcome.target.requests.iter().map(|(at, _)| *at).collect();
    let waits: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0] - LATENCY).collect();
    for (nth, wait) in waits.iter().enumerate() {
        let most = Duration::from_millis(50 * 2_u64.pow(nth as u32)).min(SECOND);
        assert!(*wait <= most + Duration::from_millis(1), "{nth}: {wait:?}");
    }
    assert!(waits.iter().any(|wait| *wait > SECOND / 4), "{waits:?}");
    let mut distinct = waits.clone();
    distinct.dedup();
    assert_eq!(distinct.len(), waits.len(), "jitter: {waits:?}");
}

/// A healthy route that is not done when the invocation ends parks nothing: it comes again.
#[tokio::test(start_paused = true)]
async fn what_an_invocation_has_no_time_for_comes_again() {
    let latency = SECOND * 3 / 10;
    // The invocation, and when its last request starts, in milliseconds.
    let cases = [(60_000, 54_000), (15_000, 13_500), (4_000, 2_500), (3_000, 1_500), (1_000, 500)];
    for (whole, closes) in cases {
        let (whole, closes) = (Duration::from_millis(whole), Duration::from_millis(closes));
        let mut work = work(deliveries(0, 10_000));
        work.start.deadline = Some(Instant::now() + whole);
        let target = Scripted::new(slow(latency));
        let outcome = run(route("route", OnFailure::Park(0)), target, work).await;
        let [delivered, parked, _, unsettled] = outcome.counts();
        assert_eq!(parked, 0, "{whole:?}");
        assert!(delivered > 0 && unsettled > 0, "{whole:?}: {delivered}, {unsettled}");
        assert_eq!(delivered, outcome.target.taken.len(), "{whole:?}: nothing comes twice");
        assert_eq!(outcome.report.lowest_unsettled, Some(delivered), "{whole:?}");
        assert!(outcome.took >= closes, "{whole:?}: {:?}", outcome.took);
        assert!(outcome.took < closes + latency, "{whole:?}: {:?}", outcome.took);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_has_no_answer_at_the_end_is_given_up_in_time() {
    let mut work = work(deliveries(0, 1));
    work.start.deadline = Some(Instant::now() + SECOND * 10);
    let mut route = route("route", OnFailure::Park(0));
    route.timeout = SECOND * 8;
    route.within = SECOND * 60;
    let mut first = true;
    let target = Scripted::new(script(move |bodies, _| {
        if std::mem::take(&mut first) {
            Reply::fail(unavailable()).after(SECOND * 4)
        } else {
            Reply::all_ok(bodies.len()).after(SECOND * 7)
        }
    }));
    let outcome = run(route, target, work).await;
    assert_eq!(outcome.counts(), [0, 0, 0, 1]);
    assert_eq!(outcome.took, Duration::from_millis(9_500), "half a second for the answer");
}

/// What is tried when time runs out was not in vain for longer than the route allows.
#[tokio::test(start_paused = true)]
async fn a_retry_that_there_is_no_time_for_comes_again() {
    let mut route = route("route", OnFailure::Park(0));
    route.retry = 1_000;
    let script = script(|bodies, nth| {
        Reply::each(bodies, |body| (body == "5" || nth % 2 == 1).then(unavailable))
            .after(SECOND / 10)
    });
    let mut work = work(deliveries(0, 10_000));
    work.start.deadline = Some(Instant::now() + SECOND * 10);
    let outcome = run(route, Scripted::new(script), work).await;
    assert_eq!(outcome.counts()[1], 0);
    assert_eq!(outcome.report.lowest_unsettled, Some(5));
    assert!(outcome.took <= SECOND * 86 / 10, "nobody waits for it: {:?}", outcome.took);
}

#[tokio::test(start_paused = true)]
async fn a_sick_route_parks_in_time_however_short_the_invocation() {
    for seconds in [1, 2, 3, 5, 10, 60] {
        for timeout in [1, 4] {
            let mut route = route("route", OnFailure::Park(0));
            route.timeout = SECOND * timeout;
            let mut work = work(deliveries(0, 100));
            work.start.deadline = Some(Instant::now() + SECOND * seconds);
            let outcome = run(route, Scripted::new(hanging()), work).await;
            assert_eq!(outcome.counts(), [0, 100, 0, 0], "{seconds} s, timeout {timeout} s");
            assert!(outcome.took < SECOND * seconds, "{:?}", outcome.took);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_time_at_all_settles_nothing() {
    for late in [Duration::ZERO, SECOND] {
        let mut work = work(deliveries(0, 3));
        work.work.quarantined = vec![quarantine(3, Some(0))];
        work.start.deadline = Some(Instant::now());
        tokio::time::advance(late).await;
        let outcome = run(route("route", OnFailure::Drop), Scripted::new(healthy()), work).await;
        assert_eq!(outcome.counts(), [0, 0, 0, 3]);
        assert_eq!(outcome.report.quarantined, 0);
        assert_eq!(outcome.report.lowest_unsettled, Some(0));
        assert!(outcome.target.requests.is_empty());
        assert_eq!(outcome.took, Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn an_envelope_is_dated_by_the_clock_it_was_given() {
    let mut route = route("route", OnFailure::Park(0));
    route.retry = 2;
    let outcome = run(route, Scripted::new(hanging()), work(deliveries(0, 1))).await;
    let date = outcome.shelf[0].parked_at - 1_767_225_600;
    assert!((3..=4).contains(&date), "three attempts of a second each: {date}");
}
