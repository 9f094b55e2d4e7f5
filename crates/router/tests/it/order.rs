//! Ordered routes: what the order of a message group costs and what it never costs.

use distributary_delivery::{Delivery, OnFailure};

use crate::world::*;

/// Group by position, round robin: a b c a b c …
fn grouped(count: usize, groups: &[&str]) -> Vec<Delivery> {
    (0..count).map(|at| delivery(0, at, Some(groups[at % groups.len()]))).collect()
}

/// What was taken of the group that the positions `first`, `first + step`, … are of.
fn of_group(record: &Record, first: usize, step: usize) -> Vec<usize> {
    let positions = record.taken.iter().map(|(_, body)| body.parse::<usize>().unwrap());
    positions.filter(|at| at % step == first).collect()
}

fn ascending(count: usize, first: usize, step: usize) -> Vec<usize> {
    (first..count).step_by(step).collect()
}

#[tokio::test(start_paused = true)]
async fn entries_of_many_groups_fill_requests_and_keep_their_order() {
    let groups: Vec<String> = (0..100).map(|group| group.to_string()).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let outcome = run(
        route("route", OnFailure::BLOCK),
        Scripted::ordered(healthy()),
        work(grouped(1000, &groups)),
    )
    .await;
    assert_eq!(outcome.counts(), [1000, 0, 0, 0]);
    for group in 0..100 {
        assert_eq!(of_group(&outcome.target, group, 100), ascending(1000, group, 100));
    }
    assert_eq!(outcome.target.requests.len(), 100, "ten entries in each");
    assert_eq!(outcome.target.widest, 4);
}

#[tokio::test(start_paused = true)]
async fn entries_of_one_group_go_one_by_one() {
    let outcome = run(
        route("route", OnFailure::Park(0)),
        Scripted::ordered(healthy()),
        work(grouped(1000, &["only"])),
    )
    .await;
    assert_eq!(outcome.counts(), [1000, 0, 0, 0], "a busy route is not a failing one");
    assert_eq!(of_group(&outcome.target, 0, 1), ascending(1000, 0, 1));
    assert_eq!(outcome.target.widest, 1);
}

#[tokio::test(start_paused = true)]
async fn a_group_waits_for_the_retry_of_its_first_and_the_others_go_on() {
    let mut failures = 2;
    let script = entries(move |body| {
        let fails = body == "0" && failures > 0;
        failures -= i32::from(fails);
        fails.then(unavailable)
    });
    let outcome = run(
        route("route", OnFailure::BLOCK),
        Scripted::ordered(script),
        work(grouped(10, &["a", "b"])),
    )
    .await;
    assert_eq!(outcome.counts(), [10, 0, 0, 0]);
    assert_eq!(of_group(&outcome.target, 0, 2), [0, 2, 4, 6, 8]);
    assert_eq!(of_group(&outcome.target, 1, 2), [1, 3, 5, 7, 9]);
    let first = outcome.target.taken.iter().position(|(_, body)| body == "0").unwrap();
    assert!(first > 0, "the other group was not held up");
}

fn refusing(body: &'static str) -> Script {
    entries(move |other| (other == body).then(refused))
}

#[tokio::test(start_paused = true)]
async fn what_blocks_is_not_overtaken_by_its_group() {
    let outcome = run(
        route("route", OnFailure::BLOCK),
        Scripted::ordered(refusing("4")),
        work(grouped(10, &["a", "b"])),
    )
    .await;
    assert_eq!(of_group(&outcome.target, 0, 2), [0, 2]);
    assert_eq!(of_group(&outcome.target, 1, 2), [1, 3, 5, 7, 9], "the other group is not held up");
    assert_eq!(outcome.counts(), [7, 0, 0, 3]);
    assert_eq!(outcome.report.lowest_unsettled, Some(4));
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_is_not_overtaken_by_its_group() {
    let outcome = run(
        route("route", OnFailure::Park(0)),
        Scripted::ordered(refusing("4")),
        work(grouped(10, &["a", "b"])),
    )
    .await;
    assert_eq!(of_group(&outcome.target, 0, 2), [0, 2]);
    assert_eq!(of_group(&outcome.target, 1, 2), [1, 3, 5, 7, 9]);
    assert_eq!(outcome.counts(), [7, 3, 0, 0]);
    let kept: Vec<&[u8]> = outcome.shelf.iter().map(|envelope| &*envelope.record).collect();
    assert_eq!(kept, [b"4", b"6", b"8"]);
    assert_eq!(outcome.shelf[0].reason, "InvalidParameterValue");
    assert_eq!(outcome.shelf[1].reason, "an earlier delivery of its group waits in the lot");
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_its_turn_on_a_sick_route_is_parked_too() {
    let mut route = route("route", OnFailure::Park(0));
    route.retry = 1_000;
    // More groups than requests under way have room for.
    let groups: Vec<String> = (0..60).map(|group| group.to_string()).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let outcome = run(route, Scripted::ordered(hanging()), work(grouped(180, &groups))).await;
    assert_eq!(outcome.counts(), [0, 180, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_is_forgotten_by_its_group() {
    let outcome = run(
        route("route", OnFailure::Drop),
        Scripted::ordered(refusing("4")),
        work(grouped(10, &["a", "b"])),
    )
    .await;
    assert_eq!(of_group(&outcome.target, 0, 2), [0, 2, 6, 8]);
    assert_eq!(outcome.counts(), [9, 0, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn an_oversize_entry_blocks_its_group_in_its_turn() {
    let mut deliveries = grouped(10, &["a", "b"]);
    deliveries[4].message.body = "x".repeat(10_001).into();
    let outcome =
        run(route("route", OnFailure::BLOCK), Scripted::ordered(healthy()), work(deliveries)).await;
    assert_eq!(of_group(&outcome.target, 0, 2), [0, 2]);
    assert_eq!(outcome.counts(), [7, 0, 0, 3]);
    assert_eq!(outcome.report.lowest_unsettled, Some(4));
}

#[tokio::test(start_paused = true)]
async fn one_refused_request_does_not_decide_for_the_groups_in_it() {
    let outcome = run(
        route("route", OnFailure::BLOCK),
        Scripted::ordered(with(&["1"], || Reply::fail(refused()))),
        work(grouped(9, &["a", "b", "c"])),
    )
    .await;
    assert_eq!(of_group(&outcome.target, 0, 3), [0, 3, 6]);
    assert_eq!(of_group(&outcome.target, 1, 3), [0_usize; 0]);
    assert_eq!(of_group(&outcome.target, 2, 3), [2, 5, 8]);
    assert_eq!(outcome.report.lowest_unsettled, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_group_means_nothing_on_a_route_without_order() {
    let outcome = run(
        route("route", OnFailure::BLOCK),
        Scripted::new(refusing("4")),
        work(grouped(10, &["only"])),
    )
    .await;
    assert_eq!(outcome.target.requests.len(), 1);
    assert_eq!(outcome.counts(), [9, 0, 0, 1]);
}
