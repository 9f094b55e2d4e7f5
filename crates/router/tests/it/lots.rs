//! Lots that fail, and records that no rule could be asked about.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Content, OnFailure};
use distributary_router::{Failure, Report};
use tokio::time::Instant;

use crate::world::*;

/// What becomes of 25 deliveries that no target takes, with this lot.
async fn parked_in(lot: Script) -> (Report, Record) {
    let target = Arc::new(Scripted::new(entries(|_| Some(refused()))));
    let lot = Arc::new(Scripted::new(lot));
    let lane = lane(route("route", OnFailure::Park(0)), &target);
    let report = work(deliveries(0, 25)).through(&router(vec![lane], vec![lot.clone()])).await;
    (report, lot.record())
}

#[tokio::test(start_paused = true)]
async fn what_the_lot_does_not_keep_comes_again() {
    let failing_at_first = script(|bodies, nth| match nth {
        0..3 => Reply::fail(unavailable()),
        _ => Reply::all_ok(bodies.len()),
    });
    let cases = [
        ("healthy", healthy(), 0..0),
        ("failing at first", failing_at_first, 0..0),
        ("down", down(), 0..25),
        ("hanging", hanging(), 0..25),
        ("panicking", panicking(), 0..25),
        ("answering nothing", script(|_, _| Reply::all_ok(0)), 0..25),
        ("refusing one", entries(|record| (record == "7").then(refused)), 7..8),
        ("failing over one", entries(|record| (record == "7").then(unavailable)), 7..8),
    ];
    for (name, lot, lost) in cases {
        let (report, lot) = parked_in(lot).await;
        let route = &report.routes[0];
        assert_eq!((route.parked, route.unsettled), (25 - lost.len(), lost.len()), "{name}");
        assert_eq!(report.lowest_unsettled, lost.clone().next(), "{name}");
        let mut kept: Vec<usize> =
            lot.taken.iter().map(|(_, record)| record.parse().unwrap()).collect();
        kept.sort_unstable();
        let expected: Vec<usize> = (0..25).filter(|at| !lost.contains(at)).collect();
        assert_eq!(kept, expected, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lot_that_hangs_makes_a_batch_wait_once() {
    let target = Arc::new(Scripted::new(down()));
    let lot = Arc::new(Scripted::new(hanging()));
    let lane = lane(route("route", OnFailure::Park(0)), &target);
    let started = Instant::now();
    let report = work(deliveries(0, 5_000)).through(&router(vec![lane], vec![lot.clone()])).await;
    assert_eq!(report.routes[0].unsettled, 5_000);
    assert!(started.elapsed() < Duration::from_secs(14), "{:?}", started.elapsed());
    assert!(lot.record().requests.len() <= 24, "eight at once, three times");
}

#[tokio::test(start_paused = true)]
async fn an_envelope_that_the_lot_cannot_keep_harms_no_later_one() {
    let target = Arc::new(Scripted::new(down()));
    let lot = Arc::new(Scripted::new(entries(|record| (record == "7").then(unavailable))));
    let lane = lane(route("route", OnFailure::Park(0)), &target);
    let report = work(deliveries(0, 5_000)).through(&router(vec![lane], vec![lot])).await;
    assert_eq!((report.routes[0].parked, report.routes[0].unsettled), (4_999, 1));
    assert_eq!(report.lowest_unsettled, Some(7));
}

#[tokio::test(start_paused = true)]
async fn envelopes_come_in_full_batches() {
    let (_, lot) = parked_in(healthy()).await;
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
    let (first, second) = (Arc::new(Scripted::new(healthy())), Arc::new(Scripted::new(healthy())));
    let target = Arc::new(Scripted::new(healthy()));
    let lane = lane(route("route", OnFailure::BLOCK), &target);
    let mut work = work(deliveries(0, 10));
    work.work.quarantined =
        vec![quarantine(3, Some(0)), quarantine(5, Some(1)), quarantine(8, Some(0))];
    let report = work.through(&router(vec![lane], vec![first.clone(), second.clone()])).await;
    assert_eq!((report.quarantined, report.lowest_unsettled), (3, None));
    let kept = |shelf: &Scripted| -> Vec<String> {
        let envelopes = shelf.kept();
        assert!(envelopes.iter().all(|envelope| envelope.content == Content::Quarantine));
        envelopes.iter().map(|envelope| String::from_utf8_lossy(&envelope.record).into()).collect()
    };
    assert_eq!(kept(&first), ["3", "8"]);
    assert_eq!(kept(&second), ["5"]);
    assert_eq!(target.taken().len(), 10, "their neighbours are delivered");
    let envelope = second.kept()[0].clone();
    assert_eq!(
        (envelope.reason.as_str(), envelope.sequence.as_deref()),
        ("`Keys` is missing", Some("5"))
    );
    assert_eq!((&*envelope.rules, envelope.parked_at), ("rules-hash", 1_767_225_600));
}

#[tokio::test(start_paused = true)]
async fn an_undecodable_record_that_nothing_keeps_comes_again() {
    let lot =
        Arc::new(Scripted::new(script(|_, _| Reply::fail(Failure::permanent("AccessDenied")))));
    for at in [None, Some(0), Some(7)] {
        let target = Arc::new(Scripted::new(healthy()));
        let lane = lane(route("route", OnFailure::BLOCK), &target);
        let mut work = work(deliveries(0, 10));
        work.work.quarantined = vec![quarantine(4, at)];
        let report = work.through(&router(vec![lane], vec![lot.clone()])).await;
        assert_eq!((report.quarantined, report.lowest_unsettled), (0, Some(4)));
        assert_eq!(report.routes[0].delivered, 10);
    }
}
