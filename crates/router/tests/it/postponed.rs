//! What redrives fail with, again and again.

use std::sync::atomic::Ordering;

use distributary_delivery::OnFailure;

use crate::scene::*;
use crate::world::*;

/// What fails on a route that takes others is out of their way, and of nothing but its own group's.
#[tokio::test(start_paused = true)]
async fn what_keeps_failing_steps_aside() {
    for ordered in [false, true] {
        // 0, 1 and 2 are the first of their groups, and the first that a lot gives out.
        let poison = |body: &str| ["0", "1"].contains(&body).then(unavailable);
        let scene = scene_with(ordered, poison);
        scene.batch(0, 30).await;
        scene.sick.store(false, Ordering::SeqCst);
        let route = scene.redrive().await;
        let waiting: Vec<u64> = match ordered {
            true => (0..30).filter(|at| at % 3 < 2).collect(),
            false => vec![0, 1],
        };
        assert_eq!(scene.lot.waiting(), waiting, "ordered: {ordered}");
        assert_eq!(route.redriven, 30 - waiting.len());
        assert_eq!(route.left.as_deref(), Some("2 of them did not arrive"));
        assert_eq!(route.oldest_parked.map(|at| at <= scene.now()), Some(true));
    }
}

/// A day of a batch each minute.
#[tokio::test(start_paused = true)]
async fn what_a_route_never_takes_is_sent_ever_more_rarely_and_then_by_hand_alone() {
    for failure in [refused, unavailable] {
        let scene = scene_with(false, move |body| (body == "0").then(failure));
        scene.batch(0, 1).await;
        scene.sick.store(false, Ordering::SeqCst);
        let before = scene.sent("0");
        let mut sent = Vec::new();
        for minute in 1..1_440 {
            tokio::time::advance(SECOND * 60).await;
            let route = scene.batch(minute, 1).await.routes.remove(0);
            assert_eq!((route.delivered, route.parked, route.unsettled), (1, 0, 0));
            sent.resize(scene.sent("0") - before, minute);
        }
        assert_eq!(sent.len(), 10, "{sent:?}");
        for (nth, minute) in sent.iter().enumerate() {
            let expected = 1 << nth;
            assert!((expected..=expected + nth).contains(minute), "{sent:?}");
        }
        assert_eq!(scene.lot.waiting(), [0]);
        let report = scene.redrive_by_hand().await;
        assert_eq!((report.delivered, report.left), (0, 1));
        assert_eq!(scene.sent("0") - before, 11);
    }
}

/// While a route takes nothing, what waits for it is not to blame: after a long time all of it goes
/// by itself.
#[tokio::test(start_paused = true)]
async fn a_long_outage_leaves_nothing_to_be_redriven_by_hand() {
    let scene = scene(true, "");
    scene.batch(0, 6).await;
    for _ in 0..1_440 {
        tokio::time::advance(SECOND * 60).await;
        scene.redrive().await;
    }
    assert!(scene.sent("0") > 100, "{}", scene.sent("0"));
    scene.sick.store(false, Ordering::SeqCst);
    tokio::time::advance(SECOND * 301).await;
    assert_eq!(scene.redrive().await.redriven, 6);
    scene.assert_order(6);
}

/// A group that is held but not due costs no batch a look, and one that another process parks is
/// looked for at once.
#[tokio::test(start_paused = true)]
async fn what_is_not_due_is_looked_for_once_a_minute() {
    let scene = scene(true, "0");
    scene.batch(0, 1).await;
    scene.sick.store(false, Ordering::SeqCst);
    scene.batch(1, 2).await;
    let looks = || scene.lot.looks.load(Ordering::SeqCst);
    let before = looks();
    for second in 0..120 {
        tokio::time::advance(SECOND).await;
        scene.batch(3 + second, 1).await;
    }
    assert!((before + 1..=before + 5).contains(&looks()), "{}", looks() - before);

    let lane = lane(route("route", OnFailure::Park(0)), &scene.target);
    let other = router(vec![lane], vec![scene.lot.clone()]);
    scene.sick.store(true, Ordering::SeqCst);
    scene.work(vec![delivery(0, 500, Some("z"))]).through(&other).await;
    scene.sick.store(false, Ordering::SeqCst);
    let route = scene.work(vec![delivery(0, 501, Some("y"))]).through(&scene.router).await.routes;
    assert_eq!((route[0].delivered, route[0].redriven), (1, 1));
}
