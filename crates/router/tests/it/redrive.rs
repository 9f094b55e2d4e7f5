//! Out of the lot: by itself once a route is well, and by hand.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use distributary_delivery::OnFailure;
use distributary_router::Pace;
use tokio::time::Instant;

use crate::cellar::Cellar;
use crate::scene::*;
use crate::world::*;

#[tokio::test(start_paused = true)]
async fn what_was_parked_arrives_once_the_route_is_well() {
    for ordered in [false, true] {
        let scene = scene(ordered, "");
        let report = scene.batch(0, 90).await;
        let route = &report.routes[0];
        assert_eq!((route.delivered, route.parked + route.held, route.unsettled), (0, 90, 0));
        assert_eq!(route.oldest_parked.map(|at| at - 1_767_225_600 < 10), Some(true));

        scene.sick.store(false, Ordering::SeqCst);
        tokio::time::advance(SECOND * 301).await;
        // One probe closes the breaker; the lot is emptied step by step, a second in each run.
        let mut redriven = 0;
        for run in 0..20 {
            redriven += scene.batch(90 + run * 3, 3).await.routes[0].redriven;
        }
        assert!(scene.lot.waiting().is_empty(), "{:?}", scene.lot.waiting());
        assert!(redriven >= 90, "{redriven}");
        if ordered {
            scene.assert_order(150);
        }
        let mut taken = scene.target.taken();
        taken.sort_unstable();
        taken.dedup();
        assert_eq!((taken.len(), scene.target.taken().len()), (150, 150), "each of them once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_held_group_waits_behind_what_waits_and_others_go_on() {
    let scene = scene(true, "");
    // More than one failure makes its breaker open: one of a group fails four times.
    scene.batch(0, 1).await;
    assert_eq!(scene.lot.waiting(), [0]);
    scene.sick.store(false, Ordering::SeqCst);
    let report = scene.batch(1, 5).await;
    let route = &report.routes[0];
    assert_eq!((route.delivered, route.held), (4, 1), "3 is of the group that 0 is of");
    assert_eq!((route.redriven, route.oldest_parked), (2, None));
    scene.assert_order(6);
}

#[tokio::test(start_paused = true)]
async fn a_redrive_does_not_make_the_answer_wait_for_long() {
    let scene = scene(false, "");
    for from in 0..10 {
        scene.batch(from * 300, 300).await;
    }
    scene.sick.store(false, Ordering::SeqCst);
    tokio::time::advance(SECOND * 301).await;
    scene.batch(3_000, 1).await;
    let started = Instant::now();
    let mut work = scene.work(Vec::new());
    work.start.deadline = Some(started + SECOND * 4);
    let report = work.through(&scene.router).await;
    assert!(report.routes[0].redriven > 0);
    assert!(started.elapsed() <= SECOND * 4 / 10, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_waits_gets_on_while_nothing_comes() {
    let scene = scene(true, "");
    scene.batch(0, 30).await;
    for sick in [true, false] {
        scene.sick.store(sick, Ordering::SeqCst);
        tokio::time::advance(SECOND * 301).await;
        let before = scene.target.record().requests.len();
        let route = scene.redrive().await;
        match sick {
            true => {
                assert_eq!(scene.target.record().requests.len(), before + 3, "one of each group");
                assert_eq!(route.left.as_deref(), Some("ServiceUnavailable"));
            }
            false => assert_eq!((route.redriven, route.left), (30, None)),
        }
    }
    scene.assert_order(30);
}

#[tokio::test(start_paused = true)]
async fn a_redrive_alone_says_which_lots_it_left_and_why() {
    let scene = scene(false, "");
    scene.batch(0, 300).await;
    let started = Instant::now();
    assert_eq!(scene.redrive().await.left.as_deref(), Some("the route's breaker is open"));
    assert_eq!(started.elapsed(), Duration::ZERO, "the lot is not looked into");
    let mut start = scene.work(Vec::new()).start;
    start.paused.insert("route".to_owned());
    let report = scene.router.begin(start).redrive().await;
    assert_eq!(report.routes[0].left.as_deref(), Some("the route is paused"));
}

#[tokio::test(start_paused = true)]
async fn a_probe_from_the_lot_is_one_delivery() {
    let scene = scene(false, "");
    scene.batch(0, 300).await;
    tokio::time::advance(SECOND * 301).await;
    let before = scene.target.record().requests.len();
    let report = scene.redrive_by_hand().await;
    assert_eq!((report.delivered, report.left), (0, 1));
    assert_eq!(report.stopped.as_deref(), Some("ServiceUnavailable"));
    assert_eq!(scene.target.record().requests[before..].len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_redrive_alone_finds_what_another_process_has_just_parked() {
    let scene = scene(false, "");
    let lane = lane(route("route", OnFailure::Park(0)), &scene.target);
    let other = router(vec![lane], vec![scene.lot.clone()]);
    let redrive = async || {
        let report = other.begin(work(Vec::new()).start).redrive().await;
        report.routes[0].redriven
    };
    assert_eq!(redrive().await, 0);
    scene.batch(0, 30).await;
    scene.sick.store(false, Ordering::SeqCst);
    assert_eq!(redrive().await, 30);
}

#[tokio::test(start_paused = true)]
async fn what_the_target_refuses_stays_and_holds_up_nothing_else() {
    let scene = scene(false, "0");
    scene.batch(0, 20).await;
    scene.sick.store(false, Ordering::SeqCst);
    let report = scene.router.redrive("route", &Pace::default(), 0, None).await.unwrap();
    assert_eq!((report.delivered, report.left, report.stopped), (19, 1, None));
    assert_eq!(scene.lot.waiting(), [0]);
}

#[tokio::test(start_paused = true)]
async fn what_arrived_and_cannot_be_removed_arrives_again() {
    for failures in 0..4 {
        let scene = scene(false, "");
        scene.batch(0, 1).await;
        scene.sick.store(false, Ordering::SeqCst);
        *scene.lot.clinging.lock().unwrap() = vec![unavailable(); failures];
        scene.redrive_by_hand().await;
        let stays = failures > 2;
        assert_eq!(scene.lot.waiting().len(), usize::from(stays), "{failures}");
        tokio::time::advance(SECOND * 61).await;
        scene.redrive_by_hand().await;
        assert_eq!(scene.target.taken().len(), 1 + usize::from(stays));
        assert!(scene.lot.waiting().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn steps_double_up_to_a_hundred() {
    let scene = scene(false, "");
    scene.batch(0, 300).await;
    scene.sick.store(false, Ordering::SeqCst);
    tokio::time::advance(SECOND * 301).await;
    let before = scene.lot.looks.load(Ordering::SeqCst);
    assert_eq!(scene.redrive_by_hand().await.delivered, 300);
    let looks = scene.lot.looks.load(Ordering::SeqCst) - before;
    assert_eq!(looks, 10, "1 2 4 8 16 32 64 100 73, and nothing");
}

#[tokio::test(start_paused = true)]
async fn a_redrive_ends_once_a_hundred_do_not_arrive() {
    let scene = scene_with(false, |_| Some(refused()));
    scene.sick.store(false, Ordering::SeqCst);
    let mut paused = scene.work(deliveries(0, 150));
    paused.start.paused.insert("route".to_owned());
    paused.through(&scene.router).await;
    let report = scene.redrive_by_hand().await;
    assert_eq!((report.delivered, report.left), (0, 127), "1 2 4 8 16 32 64");
    assert_eq!(report.stopped.as_deref(), Some("100 of them do not arrive"));
}

/// A standard queue has groups, too, and a lot may keep an order that the route does not ask for.
#[tokio::test(start_paused = true)]
async fn without_an_order_nothing_waits_behind_what_is_refused() {
    let scene = scene_of(Scripted::new, true, |body| (body == "3").then(refused));
    scene.batch(0, 7).await;
    scene.sick.store(false, Ordering::SeqCst);
    tokio::time::advance(SECOND * 301).await;
    scene.redrive_by_hand().await;
    assert_eq!(scene.lot.waiting(), [3]);
    scene.work(grouped(9, 1)).through(&scene.router).await;
    assert_eq!(scene.lot.waiting(), [3], "9 is of the group that 3 is of");
}

/// Nobody knows whether something of the route is behind it.
#[tokio::test(start_paused = true)]
async fn a_lot_that_was_not_seen_to_its_end_is_not_called_empty() {
    let scene = scene(false, "");
    scene.lot.crowded.store(true, Ordering::SeqCst);
    let report = scene.redrive_by_hand().await;
    assert!(report.stopped.is_some_and(|why| why.contains("than a look goes through")));
}

#[tokio::test(start_paused = true)]
async fn what_follows_in_a_group_stays_and_is_counted() {
    let scene = scene(true, "3");
    scene.batch(0, 7).await;
    scene.sick.store(false, Ordering::SeqCst);
    let report = scene.redrive_by_hand().await;
    assert_eq!((report.delivered, report.left), (5, 2), "3 and 6 are of one group");
    assert_eq!(scene.lot.waiting(), [3, 6]);
    let report = scene.redrive_by_hand().await;
    assert_eq!((report.delivered, report.left), (0, 1), "nobody has the group on lease");
}

#[tokio::test(start_paused = true)]
async fn a_redrive_ends_with_the_failures_of_its_pace_and_leaves_everything_in_its_place() {
    let scene = scene(false, "");
    scene.batch(0, 20).await;
    for failures in [1, 3] {
        let before = scene.target.record().requests.len();
        let pace = Pace { failures, ..Pace::default() };
        let report = scene.router.redrive("route", &pace, 0, None).await.unwrap();
        let failures = failures as usize;
        assert_eq!((report.delivered, report.left), (0, failures));
        assert_eq!(report.stopped.as_deref(), Some("ServiceUnavailable"));
        let requests = scene.target.record().requests.len() - before;
        assert_eq!(requests, failures, "one delivery each");
    }
    assert_eq!(scene.lot.waiting().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_pace_bounds_how_many_and_how_fast() {
    let scene = scene(false, "");
    scene.batch(0, 40).await;
    scene.sick.store(false, Ordering::SeqCst);
    let started = Instant::now();
    let pace = Pace { rate: NonZeroU32::new(10), most: 30, ..Pace::default() };
    let report = scene.router.redrive("route", &pace, 0, None).await.unwrap();
    assert_eq!((report.delivered, scene.lot.waiting().len()), (30, 10));
    assert_eq!(report.stopped.as_deref(), Some("as many were tried as it was told"));
    let took = started.elapsed();
    assert!(took >= SECOND * 29 / 10 && took <= SECOND * 31 / 10, "{took:?}");
    assert!(scene.router.redrive("nowhere", &pace, 0, None).await.is_none());
}

/// What the target refuses for good ends no redrive, and counts all the same.
#[tokio::test(start_paused = true)]
async fn a_pace_bounds_what_is_tried_in_vain() {
    let scene = scene_with(false, |_| Some(refused()));
    scene.batch(0, 40).await;
    scene.sick.store(false, Ordering::SeqCst);
    tokio::time::advance(SECOND * 301).await;
    let before = scene.target.record().requests.len();
    let pace = Pace { most: 10, ..Pace::default() };
    let report = scene.router.redrive("route", &pace, 0, None).await.unwrap();
    assert_eq!((report.delivered, report.left), (0, 10));
    assert_eq!(report.stopped.as_deref(), Some("as many were tried as it was told"));
    let requests = &scene.target.record().requests[before..];
    assert_eq!(requests.iter().map(|(_, bodies)| bodies.len()).sum::<usize>(), 10);
}

/// Leases end meanwhile, and the lot gives out again what the redrive still has.
#[tokio::test(start_paused = true)]
async fn a_redrive_that_outlasts_its_leases_sends_nothing_twice() {
    // Of three groups, one is behind what is refused.
    for (ordered, parked, arrive) in [(false, 66, 65), (true, 120, 80)] {
        let scene = scene(ordered, "0");
        scene.batch(0, parked).await;
        scene.sick.store(false, Ordering::SeqCst);
        let before = scene.sent("0");
        let pace = Pace { rate: NonZeroU32::new(1), ..Pace::default() };
        let report = scene.router.redrive("route", &pace, scene.now(), None).await.unwrap();
        assert_eq!((report.delivered, report.left, report.stopped), (arrive, 1, None));
        assert_eq!(scene.sent("0") - before, 1);
    }
}

/// A request that nobody waits for arrives all the same.
#[tokio::test(start_paused = true)]
async fn what_there_was_no_time_to_wait_for_is_not_sent_with_every_batch() {
    let sick = Arc::new(AtomicBool::new(true));
    let is_sick = sick.clone();
    let target =
        Arc::new(Scripted::new(script(move |bodies, _| match is_sick.load(Ordering::SeqCst) {
            true => Reply::fail(unavailable()),
            false => Reply::all_ok(bodies.len()).after(SECOND * 2),
        })));
    let mut slow = route("route", OnFailure::Park(0));
    slow.timeout = SECOND * 5;
    let lot = Arc::new(Cellar::new(false));
    let router = router(vec![lane(slow, &target)], vec![lot.clone()]);
    let began = Instant::now();
    let batch = async |at| {
        let mut work = work(vec![delivery(0, at, None)]);
        work.start.now += i64::try_from(began.elapsed().as_secs()).unwrap();
        work.through(&router).await.routes.remove(0)
    };
    assert_eq!(batch(0).await.parked, 1);
    sick.store(false, Ordering::SeqCst);
    let before = target.record().requests.len();
    for at in 1..=10 {
        assert_eq!(batch(at).await.delivered, 1);
    }
    assert_eq!(target.record().requests.len() - before, 10 + 1);
    assert_eq!(lot.waiting(), [0]);
}

/// Such a target takes longer than what is redriven after a batch may take.
#[tokio::test(start_paused = true)]
async fn a_slow_target_is_not_taken_for_a_sick_one_by_what_is_redriven() {
    let slow = script(|bodies, _| Reply::all_ok(bodies.len()).after(SECOND * 7 / 10));
    let target = Arc::new(Scripted::new(slow));
    let lot = Arc::new(Cellar::new(false));
    let router = router(vec![lane(route("route", OnFailure::Park(0)), &target)], vec![lot.clone()]);
    let mut paused = work(deliveries(0, 10));
    paused.start.paused.insert("route".to_owned());
    paused.through(&router).await;
    for _ in 0..5 {
        work(Vec::new()).through(&router).await;
    }
    assert_eq!(target.record().requests.len(), 1, "one of what waits in a minute");
    assert_eq!(work(vec![delivery(0, 10, None)]).through(&router).await.routes[0].delivered, 1);
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_hangs_after_a_long_batch_is_the_only_one_for_a_while() {
    let target = Arc::new(Scripted::new(hanging()));
    let slow = script(|bodies, _| Reply::all_ok(bodies.len()).after(SECOND * 9 / 10));
    let other = Arc::new(Scripted::new(slow));
    let lot = Arc::new(Cellar::new(false));
    let lanes = [("route", &target), ("other", &other)];
    let lanes = lanes.map(|(name, target)| lane(route(name, OnFailure::Park(0)), target));
    let router = router(lanes.into(), vec![lot.clone()]);
    work(deliveries(0, 10)).through(&router).await;
    tokio::time::advance(SECOND * 301).await;
    let before = target.record().requests.len();
    for _ in 0..5 {
        work(vec![delivery(1, 10, None)]).through(&router).await;
    }
    assert_eq!(target.record().requests.len() - before, 1);
}

/// A lot gives out what it holds in any order.
#[tokio::test(start_paused = true)]
async fn the_oldest_is_not_forgotten_for_what_a_step_happens_to_see() {
    let scene = scene(false, "");
    let oldest = scene.batch(100, 90).await.routes[0].oldest_parked;
    tokio::time::advance(SECOND * 20).await;
    assert_eq!(scene.batch(0, 1).await.routes[0].oldest_parked, oldest);
    tokio::time::advance(SECOND * 301).await;
    let report = scene.redrive().await;
    assert_eq!(scene.sent("0"), 1, "the one that was parked last");
    assert_eq!(report.oldest_parked, oldest);
    scene.sick.store(false, Ordering::SeqCst);
    tokio::time::advance(SECOND * 301).await;
    assert_eq!(scene.redrive().await.oldest_parked, None);
}

/// A second for what is sent, and one for what is to be done in the lot afterwards.
#[tokio::test(start_paused = true)]
async fn a_lot_that_hangs_makes_the_answer_wait_for_two_seconds_at_most() {
    for poison in ["", "0"] {
        let scene = scene(false, poison);
        scene.batch(0, 1).await;
        scene.sick.store(false, Ordering::SeqCst);
        tokio::time::advance(SECOND * 301).await;
        scene.lot.hanging.store(true, Ordering::SeqCst);
        let mut work = scene.work(Vec::new());
        let started = Instant::now();
        work.start.deadline = Some(started + SECOND * 60);
        work.through(&scene.router).await;
        assert_eq!(scene.sent("0"), 5, "four times from the batch, once from the lot");
        assert!(started.elapsed() <= SECOND * 2, "`{poison}`: {:?}", started.elapsed());
    }
}

/// It takes what comes, and does not answer to what waits.
#[tokio::test(start_paused = true)]
async fn a_route_that_hangs_on_what_waits_makes_one_answer_in_a_minute_wait() {
    let parked = |body: &String| body.parse::<usize>().is_ok_and(|at| at < 30);
    let target =
        Arc::new(Scripted::new(script(move |bodies, _| match bodies.iter().any(parked) {
            true => Reply::hang(),
            false => Reply::all_ok(bodies.len()),
        })));
    let lot = Arc::new(Cellar::new(false));
    let router = router(vec![lane(route("route", OnFailure::Park(0)), &target)], vec![lot.clone()]);
    let mut paused = work(deliveries(0, 30));
    paused.start.paused.insert("route".to_owned());
    paused.through(&router).await;
    let mut late = 0;
    for at in 30..50 {
        let started = Instant::now();
        assert_eq!(work(vec![delivery(0, at, None)]).through(&router).await.routes[0].delivered, 1);
        late += usize::from(started.elapsed() > SECOND / 4);
        tokio::time::advance(SECOND).await;
    }
    assert_eq!((late, lot.waiting().len()), (1, 30));
}
