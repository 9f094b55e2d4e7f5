//! One faulty destination: what becomes of 25 deliveries under each policy.

use std::time::Duration;

use distributary_delivery::{Content, Envelope, OnFailure};
use distributary_router::{Failure, Limits};

use crate::world::*;

struct Case {
    name: &'static str,
    script: fn() -> Script,
    /// The positions of those that fail for good, and the reason that their envelopes give.
    failed: Vec<usize>,
    reason: &'static str,
    /// How many requests the destination gets at most.
    requests: usize,
}

fn cases() -> Vec<Case> {
    let case = |name, script, failed: &[usize], reason, requests| Case {
        name,
        script,
        failed: failed.to_vec(),
        reason,
        requests,
    };
    let all: Vec<usize> = (0..25).collect();
    let some: Vec<usize> = (0..9).chain(10..13).collect();
    let refusing = || script(|_, _| Reply::fail(refused()));
    let mute = || script(|_, _| Reply::all_ok(0));
    let now_and_then = || {
        script(|bodies, nth| match nth % 2 {
            0 => Reply::fail(unavailable()),
            _ => Reply::all_ok(bodies.len()),
        })
    };
    let hanging_once = || {
        script(|bodies, nth| match nth {
            0 => Reply::hang(),
            _ => Reply::all_ok(bodies.len()),
        })
    };
    let talkative = || script(|bodies, _| Reply::all_ok(bodies.len() + 3));
    let half = || script(|bodies, _| Reply::all_ok(bodies.len().div_ceil(2)));
    let throttling = || {
        script(|bodies, nth| {
            Reply::each(bodies, |body| (nth < 3 && body.len() == 1).then(unavailable))
        })
    };
    let refusing_two = || entries(|body| ["3", "17"].contains(&body).then(refused));
    let failing_two = || entries(|body| ["3", "17"].contains(&body).then(unavailable));
    let refusing_over_one = || with(&["7"], || Reply::fail(refused()));
    let refusing_over_some = || {
        let poison = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "10", "11", "12"];
        with(poison, || Reply::fail(refused()))
    };
    let panicking_over_one = || with(&["7"], Reply::panic);
    let unaccounted = "the answer does not say what became of this entry";
    vec![
        case("healthy", healthy, &[], "", 3),
        case("down", down, &all, "ServiceUnavailable", 3 * 4),
        case("hanging", hanging, &all, "no answer within 1s", 3 * 4),
        case("refusing everything", refusing, &all, "InvalidParameterValue", 3 + 14),
        case("panicking", panicking, &all, "the client panicked", 3 + 14),
        case("answering nothing", mute, &all, unaccounted, 3 * 4),
        case("failing now and then", now_and_then, &[], "", 8),
        case("hanging once", hanging_once, &[], "", 4),
        case("answering too much", talkative, &[], "", 3),
        case("answering half", half, &[], "", 12),
        case("throttling half at first", throttling, &[], "", 4),
        case("refusing single entries", refusing_two, &[3, 17], "InvalidParameterValue", 3),
        case("failing single entries", failing_two, &[3, 17], "ServiceUnavailable", 3 + 2 * 3),
        case("refusing over one", refusing_over_one, &[7], "InvalidParameterValue", 3 + 10),
        case("refusing over some", refusing_over_some, &some, "InvalidParameterValue", 3 + 20),
        case("panicking over one", panicking_over_one, &[7], "the client panicked", 3 + 10),
    ]
}

async fn outcome(case: &Case, on_failure: OnFailure) -> Outcome {
    let mut route = route("route", on_failure);
    // Enough for three rounds of hanging requests and their successors.
    route.within = Duration::from_secs(20);
    run(route, Scripted::new((case.script)()), work(deliveries(0, 25))).await
}

#[tokio::test(start_paused = true)]
async fn what_failed_for_good_is_parked_and_the_rest_delivered_once() {
    for case in cases() {
        let outcome = outcome(&case, OnFailure::Park(0)).await;
        let failed = case.failed.len();
        assert_eq!(outcome.counts(), [25 - failed, failed, 0, 0], "{}", case.name);
        assert_eq!(outcome.report.lowest_unsettled, None, "{}", case.name);

        let mut parked: Vec<usize> = Vec::new();
        for envelope in &outcome.shelf {
            // An open breaker names the last failure.
            assert!(envelope.reason.ends_with(case.reason), "{}: {}", case.name, envelope.reason);
            parked.push(std::str::from_utf8(&envelope.record).unwrap().parse().unwrap());
        }
        parked.sort_unstable();
        assert_eq!(parked, case.failed, "{}", case.name);

        let mut taken: Vec<usize> =
            outcome.target.taken.iter().map(|(_, body)| body.parse().unwrap()).collect();
        taken.sort_unstable();
        let expected: Vec<usize> = (0..25).filter(|at| !case.failed.contains(at)).collect();
        assert_eq!(taken, expected, "{}", case.name);
    }
}

#[tokio::test(start_paused = true)]
async fn where_nothing_parks_the_lowest_failed_record_comes_again() {
    for case in cases() {
        let outcome = outcome(&case, OnFailure::BLOCK).await;
        let failed = case.failed.len();
        assert_eq!(outcome.counts(), [25 - failed, 0, 0, failed], "{}", case.name);
        assert_eq!(outcome.report.lowest_unsettled, case.failed.first().copied(), "{}", case.name);
        assert!(outcome.shelf.is_empty(), "{}", case.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_that_drops_counts_what_it_drops() {
    for case in cases() {
        let outcome = outcome(&case, OnFailure::Drop).await;
        let failed = case.failed.len();
        assert_eq!(outcome.counts(), [25 - failed, 0, failed, 0], "{}", case.name);
        assert_eq!(outcome.report.lowest_unsettled, None, "{}", case.name);
    }
}

#[tokio::test(start_paused = true)]
async fn no_destination_is_asked_more_often_than_it_takes() {
    for case in cases() {
        let outcome = outcome(&case, OnFailure::Park(0)).await;
        let requests = outcome.target.requests.len();
        assert!(requests <= case.requests, "{}: {requests}", case.name);
        assert_eq!(outcome.report.routes[0].attempts, requests, "{}", case.name);
        assert_eq!(outcome.report.routes[0].latencies.len(), requests, "{}", case.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_delivery_is_tried_again_as_often_as_the_route_says() {
    for retry in [0, 1, 5] {
        let mut route = route("route", OnFailure::Park(0));
        route.retry = retry;
        let outcome = run(route, Scripted::new(down()), work(deliveries(0, 1))).await;
        assert_eq!(outcome.target.requests.len(), retry as usize + 1);
        let kept = &outcome.shelf[0].content;
        assert!(matches!(kept, Content::Delivery { attempts, .. } if *attempts == retry + 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_failed_in_an_answer_is_sent_again_without_its_neighbours() {
    let mut first = true;
    let script = script(move |bodies, _| {
        let fails = std::mem::take(&mut first);
        Reply::each(bodies, |body| (fails && body == "4").then(unavailable))
    });
    let route = route("route", OnFailure::Park(0));
    let outcome = run(route, Scripted::new(script), work(deliveries(0, 10))).await;
    let sent: Vec<Vec<String>> =
        outcome.target.requests.into_iter().map(|(_, bodies)| bodies).collect();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1], ["4"]);
}

/// Nobody can tell an answer that got lost from a request that did: it is sent again, under the same
/// identity, and nothing of a group overtakes.
#[tokio::test(start_paused = true)]
async fn what_was_taken_without_an_answer_is_sent_again_in_its_place() {
    for failure in [Failure::disconnected("connection reset"), unavailable()] {
        for ordered in [false, true] {
            let failure = failure.clone();
            let mut target = Scripted::new(script(move |bodies, nth| match nth {
                1 => Reply::lose(failure.clone()),
                _ => Reply::all_ok(bodies.len()),
            }));
            target.limits = Limits { entries: 1, one_per_group: ordered, ..target.limits };
            let mut route = route("route", OnFailure::Park(0));
            route.concurrency = 1;
            let deliveries = (0..4).map(|at| delivery(0, at, Some("only"))).collect();
            let outcome = run(route, target, work(deliveries)).await;
            assert_eq!(outcome.counts(), [4, 0, 0, 0]);
            let taken: Vec<&str> = outcome.target.taken.iter().map(|(_, it)| &**it).collect();
            if ordered {
                assert_eq!(taken, ["0", "1", "1", "2", "3"]);
            }
            assert_eq!(taken.iter().filter(|body| **body == "1").count(), 2);
            assert_eq!(taken.len(), 5);
        }
    }
}

/// The sizes of the requests, in their order.
fn sizes(outcome: &Outcome) -> Vec<usize> {
    outcome.target.requests.iter().map(|(_, bodies)| bodies.len()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_was_in_a_refused_request_is_tried_alone() {
    let mut route = route("route", OnFailure::Park(0));
    route.concurrency = 1;
    let target = Scripted::new(with(&["9"], || Reply::fail(refused())));
    let outcome = run(route, target, work(deliveries(0, 12))).await;
    assert_eq!(sizes(&outcome), [10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn faulty_ones_that_fill_their_requests_do_not_decide_for_sound_ones() {
    let mut route = route("route", OnFailure::Park(0));
    route.concurrency = 1;
    let target = Scripted::new(script(|bodies, _| {
        match bodies.iter().any(|body| body.len() > 9_000 || body == "10") {
            true => Reply::fail(refused()),
            false => Reply::all_ok(bodies.len()),
        }
    }));
    let mut deliveries = deliveries(0, 20);
    for large in &mut deliveries[..10] {
        large.message.body = "x".repeat(9_999).into();
    }
    let outcome = run(route, target, work(deliveries)).await;
    assert_eq!(outcome.counts(), [9, 11, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_tried_alone_is_not_joined_by_a_retry() {
    let mut route = route("route", OnFailure::Park(0));
    route.concurrency = 2;
    let target = Scripted::new(script(|bodies, nth| match nth {
        0 => Reply::each(bodies, |body| (body == "0").then(unavailable)),
        1 => Reply::fail(refused()),
        _ => Reply::all_ok(bodies.len()).after(LATENCY * 10),
    }));
    let outcome = run(route, target, work(deliveries(0, 20))).await;
    assert_eq!(sizes(&outcome), [10, 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn the_envelope_holds_what_a_redrive_needs() {
    let delivery = delivery(0, 3, Some("customer#1"));
    let route = route("fulfilment", OnFailure::Park(0));
    let outcome = run(route, Scripted::new(down()), work(vec![delivery.clone()])).await;
    let expected = Envelope::delivery(
        delivery,
        "fulfilment".into(),
        "rules-hash".into(),
        4,
        "ServiceUnavailable".to_owned(),
        1_767_225_600,
    );
    assert_eq!(outcome.shelf, [expected.without_order()]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_batch_is_settled() {
    let outcome =
        run(route("route", OnFailure::BLOCK), Scripted::new(down()), work(Vec::new())).await;
    assert_eq!(outcome.counts(), [0; 4]);
    assert_eq!(outcome.report.lowest_unsettled, None);
    assert_eq!((outcome.report.routes[0].p50(), outcome.report.routes[0].p99()), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_delivery_without_a_lane_comes_again() {
    let mut deliveries = deliveries(0, 4);
    deliveries[2].route = 9;
    let outcome =
        run(route("route", OnFailure::Drop), Scripted::new(healthy()), work(deliveries)).await;
    assert_eq!(outcome.report.lowest_unsettled, Some(2));
    assert_eq!(outcome.counts(), [3, 0, 0, 0]);
}
