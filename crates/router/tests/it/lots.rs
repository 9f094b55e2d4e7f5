//! Lots that fail, and records that no rule could be asked about.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Content, OnFailure};
use distributary_router::{Failure, Report};
use tokio::time::Instant;

use crate::world::*;

/// What becomes of 25 deliveries that no target takes, with this lot.
async fn parked_in(script: Script, retry: u32) -> (Report, Record, Duration) {
    let target =
        Arc::new(Scripted::new(Box::new(|bodies, _| Reply::each(bodies, |_| Some(refused())))));
    let lot = Arc::new(Scripted::new(script));
    let mut route = route("route", OnFailure::Park(0));
    route.retry = retry;
    let started = Instant::now();
    let router = router(vec![lane(route, &target)], vec![lot.clone()]);
    let report = router.run(work(deliveries(0, 25))).await;
    (report, lot.record(), started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn what_the_lot_does_not_keep_comes_again() {
    let cases: [(&str, fn() -> Script, &[usize]); 8] = [
        ("healthy", healthy, &[]),
        ("down", down, &[0, 24]),
        ("hanging", hanging, &[0, 24]),
        ("panicking", || Box::new(|_, _| Reply::panic()), &[0, 24]),
        ("answering nothing", || Box::new(|_, _| Reply::all_ok(0)), &[0, 24]),
        (
            "failing at first",
            || {
                Box::new(|bodies, nth| {
                    if nth < 3 { Reply::fail(unavailable()) } else { Reply::all_ok(bodies.len()) }
                })
            },
            &[],
        ),
        (
            "refusing one",
            || Box::new(|bodies, _| Reply::each(bodies, |body| (body == "7").then(refused))),
            &[7, 7],
        ),
        (
            "failing over one",
            || Box::new(|bodies, _| Reply::each(bodies, |body| (body == "7").then(unavailable))),
            &[7, 7],
        ),
    ];
    for (name, script, lost) in cases {
        let (report, lot, _) = parked_in(script(), 3).await;
        let unsettled = match lost {
            [first, last] => last - first + 1,
            _ => 0,
        };
        let route = &report.routes[0];
        assert_eq!((route.parked, route.unsettled), (25 - unsettled, unsettled), "{name}");
        assert_eq!(report.lowest_unsettled, lost.first().copied(), "{name}");
        let mut kept: Vec<String> = lot.taken.into_iter().map(|(_, record)| record).collect();
        kept.sort_unstable();
        kept.dedup();
        assert_eq!(kept.len(), 25 - unsettled, "{name}: kept once each");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lot_that_hangs_makes_a_batch_wait_once() {
    let target = Arc::new(Scripted::new(down()));
    let lot = Arc::new(Scripted::new(hanging()));
    let lane = lane(route("route", OnFailure::Park(0)), &target);
    let started = Instant::now();
    let report = router(vec![lane], vec![lot.clone()]).run(work(deliveries(0, 5_000))).await;
    assert_eq!(report.routes[0].unsettled, 5_000);
    assert!(started.elapsed() < Duration::from_secs(14), "{:?}", started.elapsed());
    assert!(lot.record().requests.len() <= 12, "four at once, three times");
}

#[tokio::test(start_paused = true)]
async fn envelopes_come_in_full_batches() {
    let (_, lot, _) = parked_in(healthy(), 3).await;
    let sizes: Vec<usize> = lot.requests.iter().map(|(_, records)| records.len()).collect();
    assert_eq!(sizes, [10, 10, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_route_whose_lot_does_not_exist_blocks() {
    let outcome =
        run(route("route", OnFailure::Park(7)), Scripted::new(down()), work(deliveries(0, 5)))
            .await;
    assert_eq!(outcome.counts(), [0, 0, 0, 5]);
}

#[tokio::test(start_paused = true)]
async fn undecodable_records_wait_in_the_lots_of_their_sources() {
    let (first, second) = (Arc::new(Shelf::default()), Arc::new(Shelf::default()));
    let target = Arc::new(Scripted::new(healthy()));
    let lane = lane(route("route", OnFailure::Block), &target);
    let mut work = work(deliveries(0, 10));
    work.quarantined = vec![quarantine(3, Some(0)), quarantine(5, Some(1)), quarantine(8, Some(0))];
    let report = router(vec![lane], vec![first.clone(), second.clone()]).run(work).await;
    assert_eq!((report.quarantined, report.lowest_unsettled), (3, None));
    let kept = |shelf: &Shelf| -> Vec<String> {
        let envelopes = shelf.0.lock().unwrap();
        assert!(envelopes.iter().all(|envelope| envelope.content == Content::Quarantine));
        envelopes.iter().map(|envelope| String::from_utf8_lossy(&envelope.record).into()).collect()
    };
    assert_eq!(kept(&first), ["3", "8"]);
    assert_eq!(kept(&second), ["5"]);
    assert_eq!(target.taken().len(), 10, "their neighbours are delivered");
    let envelope = second.0.lock().unwrap()[0].clone();
    assert_eq!(
        (envelope.reason.as_str(), envelope.sequence.as_deref()),
        ("`Keys` is missing", Some("5"))
    );
    assert_eq!((&*envelope.rules, envelope.parked_at), ("rules-hash", 1_767_225_600));
}

#[tokio::test(start_paused = true)]
async fn an_undecodable_record_that_nothing_keeps_comes_again() {
    let lot =
        Arc::new(Scripted::new(Box::new(|_, _| Reply::fail(Failure::permanent("AccessDenied")))));
    for at in [None, Some(0), Some(7)] {
        let target = Arc::new(Scripted::new(healthy()));
        let lane = lane(route("route", OnFailure::Block), &target);
        let mut work = work(deliveries(0, 10));
        work.quarantined = vec![quarantine(4, at)];
        let report = router(vec![lane], vec![lot.clone()]).run(work).await;
        assert_eq!((report.quarantined, report.lowest_unsettled), (0, Some(4)));
        assert_eq!(report.routes[0].delivered, 10);
    }
}
