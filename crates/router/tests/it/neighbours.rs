//! The difference test: what a healthy route does is the same, to the byte and to the instant,
//! whatever its neighbour does.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use distributary_delivery::{Delivery, Message, OnFailure};
use distributary_router::{Failure, Lane, Limits, Lot, RouteReport, Target, Work};

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
    let healthy_lot = Arc::new(Scripted::new(healthy()));
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
    let expected =
        beside(Arc::new(Scripted::new(healthy())), Arc::new(Scripted::new(healthy()))).await;
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

/// A target that panics outside of any request, where only the whole lane's wall is left.
struct Broken {
    at_once: bool,
}

#[async_trait]
impl Target for Broken {
    fn limits(&self) -> Limits {
        assert!(!self.at_once, "scripted");
        Limits { entries: 10, bytes: 10_000, one_per_group: false }
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        assert!(message.body != "15", "scripted");
        Ok(1)
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        Ok(vec![Ok(()); batch.len()])
    }
}

#[tokio::test(start_paused = true)]
async fn a_lane_that_breaks_down_takes_nobody_along() {
    // In windows of ten: what a lane did before it broke down stands.
    for (at_once, delivered) in [(true, 0), (false, 10)] {
        let healthy = Arc::new(Scripted::new(healthy()));
        let broken = Arc::new(Broken { at_once });
        let broken = Lane { route: route("broken", OnFailure::Drop), target: broken };
        let lanes = vec![broken, lane(route("healthy", OnFailure::BLOCK), &healthy)];
        let router = router(lanes, Vec::new());
        let mut run = router.begin(work(Vec::new()).start);
        for window in [0..10, 10..20, 20..30] {
            let deliveries = window.flat_map(|at| [delivery(0, at, None), delivery(1, at, None)]);
            run.deliver(Work { deliveries: deliveries.collect(), ..Work::default() }).await;
        }
        let report = run.finish().await;
        let [broken, healthy] = [&report.routes[0], &report.routes[1]];
        assert_eq!((broken.delivered, broken.unsettled), (delivered, 30 - delivered));
        assert_eq!((healthy.delivered, report.lowest_unsettled), (30, Some(delivered)));
    }
}
