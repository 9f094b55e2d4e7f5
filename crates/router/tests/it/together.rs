//! Two invocations at once in one process: they share what is known of the routes and nothing else.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use distributary_delivery::OnFailure;

use crate::scene::*;
use crate::world::*;

#[tokio::test(start_paused = true)]
async fn each_delivers_its_own() {
    let target = Arc::new(Scripted::new(entries(|body| (body == "7").then(refused))));
    let router = router(vec![lane(route("route", OnFailure::BLOCK), &target)], Vec::new());
    let [some, others] = [0..50, 50..100].map(|of: std::ops::Range<usize>| {
        work(of.map(|position| delivery(0, position, None)).collect()).through(&router)
    });
    let (some, others) = tokio::join!(some, others);
    assert_eq!((some.routes[0].delivered, some.lowest_unsettled), (49, Some(7)));
    assert_eq!((others.routes[0].delivered, others.lowest_unsettled), (50, None));
    assert_eq!(target.taken().len(), 99);
}

#[tokio::test(start_paused = true)]
async fn one_of_them_probes() {
    let target = Arc::new(Scripted::new(hanging()));
    let router = router(vec![lane(route("route", OnFailure::BLOCK), &target)], Vec::new());
    work(deliveries(0, 100)).through(&router).await;
    for _ in 0..2 {
        let before = target.record().requests.len();
        let batch = || work(deliveries(0, 100)).through(&router);
        tokio::join!(batch(), batch());
        assert_eq!(target.record().requests.len(), before, "it is open for both");
        tokio::time::advance(SECOND * 301).await;
        tokio::join!(batch(), batch());
        assert_eq!(target.record().requests.len(), before + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_in_a_lot_goes_to_one_of_them() {
    let scene = scene(true, "");
    scene.batch(0, 90).await;
    scene.sick.store(false, Ordering::SeqCst);
    tokio::time::advance(SECOND * 301).await;
    let (some, others) = tokio::join!(scene.redrive(), scene.redrive());
    assert_eq!(some.redriven + others.redriven, 90);
    assert!(scene.lot.waiting().is_empty());
    scene.assert_order(90);
}
