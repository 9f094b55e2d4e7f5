//! The difference test: what a healthy route does is the same, to the byte and to the instant,
//! whatever its neighbour does.

use std::collections::BTreeSet;
use std::sync::Arc;

use distributary_delivery::{Delivery, OnFailure};
use distributary_router::{Lot, RouteReport};

use crate::world::*;

/// Two healthy routes, one of them ordered, and a neighbour between them.
async fn beside(neighbour: Arc<Scripted>, lot: Arc<dyn Lot>) -> [(RouteReport, Record); 2] {
    let first = Arc::new(Scripted::new(flaky()));
    let last = Arc::new(Scripted::ordered(flaky()));
    let lanes = vec![
        lane(route("first", OnFailure::Park(0)), &first),
        lane(route("neighbour", OnFailure::Park(1)), &neighbour),
        lane(route("last", OnFailure::Block), &last),
    ];
    let healthy_lot = Arc::new(Shelf::default());
    let groups = ["a", "b", "c", "d", "e", "f", "g"];
    let deliveries: Vec<Delivery> = (0..300)
        .flat_map(|at| [0, 1, 2].map(|route| delivery(route, at, Some(groups[at % 7]))))
        .collect();
    let report = router(lanes, vec![healthy_lot, lot]).run(work(deliveries)).await;
    let [before, _, after] = <[RouteReport; 3]>::try_from(report.routes).unwrap();
    [(before, first.record()), (after, last.record())]
}

/// Well, but not always at the first attempt: so that waits are part of what is compared.
fn flaky() -> Script {
    let mut failed = BTreeSet::new();
    Box::new(move |bodies, _| {
        Reply::each(bodies, |body| {
            (body.ends_with('7') && failed.insert(body.to_owned())).then(unavailable)
        })
    })
}

#[tokio::test(start_paused = true)]
async fn a_sick_neighbour_changes_nothing() {
    let expected = beside(Arc::new(Scripted::new(healthy())), Arc::new(Shelf::default())).await;
    assert!(expected.iter().all(|(report, _)| report.delivered == 300));
    let sick: [(&str, fn() -> Script); 7] = [
        ("down", down),
        ("hanging", hanging),
        ("slow", || Box::new(|bodies, _| Reply::all_ok(bodies.len()).after(LATENCY * 90))),
        ("refusing", || Box::new(|_, _| Reply::fail(refused()))),
        ("throttling", || Box::new(|bodies, _| Reply::each(bodies, |_| Some(unavailable())))),
        ("answering nonsense", || Box::new(|bodies, nth| Reply::all_ok(bodies.len() * (nth % 3)))),
        ("panicking", || Box::new(|_, _| Reply::panic())),
    ];
    for (name, script) in sick {
        for (lot, what) in [
            (Arc::new(Shelf::default()) as Arc<dyn Lot>, "its lot well"),
            (Arc::new(Scripted::new(hanging())), "its lot hanging"),
            (Arc::new(Scripted::new(Box::new(|_, _| Reply::panic()))), "its lot panicking"),
        ] {
            let seen = beside(Arc::new(Scripted::new(script())), lot).await;
            assert!(seen == expected, "{name}, {what}");
        }
    }
}

/// A panic outside of any request: only the whole lane's wall is left.
#[tokio::test(start_paused = true)]
async fn a_lane_that_breaks_down_takes_nobody_along() {
    struct Broken;
    #[async_trait::async_trait]
    impl distributary_router::Target for Broken {
        fn limits(&self) -> distributary_router::Limits {
            panic!("scripted")
        }
        fn size(&self, _: &distributary_delivery::Message) -> Result<usize, String> {
            Ok(0)
        }
        async fn send(
            &self,
            _: &[&Delivery],
        ) -> Result<Vec<Result<(), distributary_router::Failure>>, distributary_router::Failure>
        {
            Ok(Vec::new())
        }
    }
    let healthy = Arc::new(Scripted::new(healthy()));
    let broken = distributary_router::Lane {
        route: route("broken", OnFailure::Drop),
        target: Arc::new(Broken),
    };
    let lanes = vec![broken, lane(route("healthy", OnFailure::Block), &healthy)];
    let deliveries = (0..20).flat_map(|at| [delivery(0, at, None), delivery(1, at, None)]);
    let report = router(lanes, Vec::new()).run(work(deliveries.collect())).await;
    assert_eq!((report.routes[0].unsettled, report.routes[1].delivered), (20, 20));
    assert_eq!(report.lowest_unsettled, Some(0));
}
