//! What a lane asks its lot before it sends anything.

use std::sync::atomic::Ordering;

use distributary_delivery::{OnFailure, Route};
use distributary_router::Work;

use crate::scene::*;
use crate::world::*;

/// The order is promised: nothing is sent before the lot has said which groups wait in it.
#[tokio::test(start_paused = true)]
async fn where_holds_cannot_be_read_nothing_is_sent() {
    let failing = |times| vec![unavailable(); times];
    let cases = [
        (failing(0), 1, 3),
        (failing(1), 2, 3),
        (failing(2), 3, 3),
        (failing(3), 3, 0),
        (vec![refused()], 1, 0),
    ];
    for (failures, asked, delivered) in cases {
        let scene = scene(true, "");
        scene.sick.store(false, Ordering::SeqCst);
        *scene.lot.reluctant.lock().unwrap() = failures;
        let report = scene.batch(0, 3).await;
        assert_eq!(scene.lot.asked.load(Ordering::SeqCst), asked);
        let route = &report.routes[0];
        assert_eq!((route.delivered, route.unsettled), (delivered, 3 - delivered));
        assert_eq!(report.lowest_unsettled, (delivered == 0).then_some(0));
        assert_eq!(scene.target.record().requests.is_empty(), delivered == 0);
    }
}

/// A lot that speaks again later in the batch: what comes then must not pass what was not sent.
#[tokio::test(start_paused = true)]
async fn a_later_window_does_not_pass_one_for_which_holds_could_not_be_read() {
    let scene = scene(true, "");
    scene.sick.store(false, Ordering::SeqCst);
    *scene.lot.reluctant.lock().unwrap() = vec![refused()];
    let mut run = scene.router.begin(scene.work(Vec::new()).start);
    for position in 0..2 {
        let deliveries = vec![delivery(0, position, Some("only"))];
        run.deliver(Work { deliveries, ..Work::default() }).await;
    }
    let report = run.finish().await;
    assert_eq!(scene.target.taken(), [""; 0]);
    assert_eq!((report.routes[0].unsettled, report.lowest_unsettled), (2, Some(0)));
    assert_eq!(scene.lot.asked.load(Ordering::SeqCst), 1);
}

/// Several routes may share a lot, and what waits for one without an order holds nothing back.
#[tokio::test(start_paused = true)]
async fn a_route_without_order_is_held_by_nothing() {
    let scene = scene_of(Scripted::new, true, |_| None);
    scene.batch(0, 1).await;
    assert_eq!(scene.lot.waiting(), [0]);
    scene.sick.store(false, Ordering::SeqCst);
    let report = scene.batch(3, 1).await;
    assert_eq!((report.routes[0].delivered, report.routes[0].held), (1, 0));
    assert_eq!(scene.lot.asked.load(Ordering::SeqCst), 0);
}

/// Programs with the rules of before and of after a renaming take turns.
#[tokio::test(start_paused = true)]
async fn a_renamed_route_finds_what_waits_and_is_paused_under_the_name_that_it_had() {
    let scene = scene(true, "");
    let renamed = Route { known_as: "route".into(), ..route("dispatch", OnFailure::Park(0)) };
    let after = router(vec![lane(renamed, &scene.target)], vec![scene.lot.clone()]);
    let now = async |at| {
        let work = scene.work(vec![delivery(0, at, Some("only"))]);
        work.through(&after).await.routes.remove(0)
    };
    for at in [0, 1] {
        scene.work(vec![delivery(0, at, Some("only"))]).through(&scene.router).await;
    }
    assert_eq!((now(2).await.held, scene.lot.waiting()), (1, vec![0, 1, 2]));
    scene.sick.store(false, Ordering::SeqCst);
    let last = scene.work(vec![delivery(0, 3, Some("only"))]);
    assert_eq!(last.through(&scene.router).await.routes[0].delivered, 0, "held by the other's");
    tokio::time::advance(SECOND * 31).await;
    let mut paused = scene.work(Vec::new()).start;
    paused.paused.insert("route".to_owned());
    assert_eq!(after.begin(paused).redrive().await.routes[0].redriven, 0);
    assert_eq!(after.begin(scene.work(Vec::new()).start).redrive().await.routes[0].redriven, 4);
    assert_eq!(scene.target.taken(), ["0", "1", "2", "3"]);
}
