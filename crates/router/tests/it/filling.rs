//! How requests are filled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use distributary_delivery::OnFailure;
use distributary_router::Limits;

use crate::world::*;

/// Body sizes, and the sizes of the requests that come of them.
#[tokio::test(start_paused = true)]
async fn a_request_is_full_by_count_or_by_bytes() {
    let cases: [(&[usize], &[&[usize]]); 6] = [
        (&[1, 1, 1], &[&[1, 1, 1]]),
        (&[1, 1, 1, 1], &[&[1, 1, 1], &[1]]),
        (&[50, 50], &[&[50, 50]]),
        (&[50, 51], &[&[50], &[51]]),
        (&[100, 1, 99, 1], &[&[100], &[1, 99], &[1]]),
        (&[1, 101, 1], &[&[1], &[1]]),
    ];
    for (sizes, expected) in cases {
        let mut target = Scripted::new(healthy());
        target.limits = Limits { entries: 3, bytes: 100, one_per_group: false };
        let mut deliveries = deliveries(0, sizes.len());
        for (delivery, size) in deliveries.iter_mut().zip(sizes) {
            delivery.message.body = Bytes::from("x".repeat(*size));
        }
        let outcome = run(route("route", OnFailure::Park(0)), target, work(deliveries)).await;
        let requests = outcome.target.requests.iter();
        let sent: Vec<Vec<usize>> =
            requests.map(|(_, bodies)| bodies.iter().map(String::len).collect()).collect();
        assert_eq!(sent, expected, "{sizes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_fits_into_no_request_is_parked_and_harms_no_neighbour() {
    let mut deliveries = deliveries(0, 25);
    deliveries[3].message.body = Bytes::from("x".repeat(10_001));
    deliveries[4].message.body = Bytes::from("x".repeat(10_000));
    deliveries[7].message.body = Bytes::from("unsizable");
    let outcome =
        run(route("route", OnFailure::Park(0)), Scripted::new(healthy()), work(deliveries)).await;
    assert_eq!(outcome.counts(), [23, 2, 0, 0]);
    let reasons = outcome.reasons();
    let reasons: Vec<&str> = reasons.keys().copied().collect();
    assert_eq!(
        reasons,
        ["the message has 10001 bytes and a request holds 10000", "the message is not text"]
    );
    assert!(
        outcome
            .target
            .requests
            .iter()
            .flat_map(|(_, bodies)| bodies)
            .all(|body| body.len() != 10_001)
    );
}

#[tokio::test(start_paused = true)]
async fn requests_run_at_once_up_to_the_routes_concurrency() {
    for concurrency in [1, 2, 7] {
        let mut route = route("route", OnFailure::Park(0));
        route.concurrency = concurrency;
        let outcome = run(route, Scripted::new(healthy()), work(deliveries(0, 1000))).await;
        assert_eq!(outcome.target.widest, concurrency);
        let rounds = u32::try_from(100_usize.div_ceil(concurrency)).unwrap();
        assert_eq!(outcome.took, LATENCY * rounds);
    }
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_about_every_delivery_once() {
    for (script, on_failure) in [
        (healthy as fn() -> Script, OnFailure::BLOCK),
        (down, OnFailure::Park(0)),
        (down, OnFailure::BLOCK),
        (down, OnFailure::Drop),
    ] {
        let told = Arc::new(AtomicUsize::new(0));
        let mut work = work(deliveries(0, 25));
        let count = told.clone();
        work.start.progress = Some(Arc::new(move |more| {
            assert!(more > 0);
            count.fetch_add(more, Ordering::SeqCst);
        }));
        work.start.deadline = Some(tokio::time::Instant::now() + Duration::from_secs(60));
        run(route("route", on_failure), Scripted::new(script()), work).await;
        assert_eq!(told.load(Ordering::SeqCst), 25);
    }
}
