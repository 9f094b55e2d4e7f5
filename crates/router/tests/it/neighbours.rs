//! The difference test: what a healthy route does is the same, to the byte and to the instant,
//! whatever its neighbour does.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use distributary_delivery::{Delivery, Message, OnFailure};
use distributary_router::{Failure, Lane, Limits, Lot, RouteReport, Target};

use crate::world::*;

/// Two healthy routes, one of them ordered, and a neighbour between them.
async fn beside(neighbour: Arc<Scripted>, lot: Arc<dyn Lot>) -> [(RouteReport, Record); 2] {
    let first = Arc::new(Scripted::new(flaky()));
    let last = Arc::new(Scripted::ordered(flaky()));
    let lanes = vec![
        lane(route("first", OnFailure::Park(0)), &first),
        lane(route("neighbour", OnFailure::Park(1)), &neighbour),
        lane(route("last", OnFailure::BLOCK), &last),
    ];
    let healthy_lot = Arc::new(Shelf::default());
    let groups = ["a", "b", "c", "d", "e", "f", "g"];
    let deliveries: Vec<Delivery> = (0..300)
        .flat_map(|at| [0, 1, 2].map(|route| delivery(route, at, Some(groups[at % 7]))))
        .collect();
    let report = work(deliveries).through(&router(lanes, vec![healthy_lot, lot])).await;
    let [before, _, after] = <[RouteReport; 3]>::try_from(report.routes).unwrap();
    [(before, first.record()), (after, last.record())]
}

/// Well, but not always at the first attempt: so that waits are part of what is compared.
fn flaky() -> Script {
    let mut failed = BTreeSet::new();
    entries(move |body| (body.ends_with('7') && failed.insert(body.to_owned())).then(unavailable))
}

#[tokio::test(start_paused = true)]
async fn a_sick_neighbour_changes_nothing() {
    let expected = beside(Arc::new(Scripted::new(healthy())), Arc::new(Shelf::default())).await;
    assert!(expected.iter().all(|(report, _)| report.delivered == 300));
    let sick: [fn() -> Script; 7] = [
        down,
        hanging,
        panicking,
        || script(|bodies, _| Reply::all_ok(bodies.len()).after(LATENCY * 90)),
        || script(|_, _| Reply::fail(refused())),
        || entries(|_| Some(unavailable())),
        || script(|bodies, nth| Reply::all_ok(bodies.len() * (nth % 3))),
    ];
    for (nth, sick) in sick.iter().enumerate() {
        for lot in [healthy, hanging, panicking] {
            let lot = Arc::new(Scripted::new(lot()));
            let seen = beside(Arc::new(Scripted::new(sick())), lot).await;
            assert!(seen == expected, "neighbour {nth}");
        }
    }
}

/// A panic outside of any request: only the whole lane's wall is left.
#[tokio::test(start_paused = true)]
async fn a_lane_that_breaks_down_takes_nobody_along() {
    struct Broken;
    #[async_trait]
    impl Target for Broken {
        fn limits(&self) -> Limits {
            panic!("scripted")
        }
        fn size(&self, _: &Message) -> Result<usize, String> {
            Ok(0)
        }
        async fn send(&self, _: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
            Ok(Vec::new())
        }
    }
    let healthy = Arc::new(Scripted::new(healthy()));
    let broken = Lane { route: route("broken", OnFailure::Drop), target: Arc::new(Broken) };
    let lanes = vec![broken, lane(route("healthy", OnFailure::BLOCK), &healthy)];
    let deliveries = (0..20).flat_map(|at| [delivery(0, at, None), delivery(1, at, None)]);
    let report = work(deliveries.collect()).through(&router(lanes, Vec::new())).await;
    assert_eq!((report.routes[0].unsettled, report.routes[1].delivered), (20, 20));
    assert_eq!(report.lowest_unsettled, Some(0));
}
