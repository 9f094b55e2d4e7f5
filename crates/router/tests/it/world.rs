//! What a run is given, and what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{
    Delivery, Destination, Envelope, Identity, Message, OnFailure, Origin, Quarantine, Route,
};
use distributary_router::{Lane, Lot, LotSlot, Report, Router, Start, Work};
use tokio::time::Instant;

pub(crate) use crate::scripted::*;

/// A route with the defaults of the language.
pub(crate) fn route(name: &str, on_failure: OnFailure) -> Route {
    Route {
        name: name.into(),
        known_as: name.into(),
        destination: Destination::Console,
        timeout: Duration::from_secs(1),
        retry: 3,
        within: Duration::from_secs(5),
        concurrency: 4,
        on_failure,
        oversize: None,
    }
}

pub(crate) fn lane(route: Route, target: &Arc<Scripted>) -> Lane {
    Lane { route, target: target.clone() }
}

pub(crate) fn router(lanes: Vec<Lane>, lots: Vec<Arc<dyn Lot>>) -> Router {
    let lots = lots.into_iter().map(|lot| LotSlot { lot, then: None });
    Router::new(lanes, lots.collect(), "rules-hash", 42)
}

/// `count` deliveries on the route with this index: positions 0, 1, …, body = record = position.
pub(crate) fn deliveries(route: usize, count: usize) -> Vec<Delivery> {
    (0..count).map(|position| delivery(route, position, None)).collect()
}

pub(crate) fn delivery(route: usize, position: usize, group: Option<&str>) -> Delivery {
    let event = format!("event{position}");
    let text = position.to_string();
    Delivery {
        position,
        route,
        rule: "rule".into(),
        identity: Identity::new(&event, "rule", &route.to_string()),
        fallback: None,
        message: Message {
            body: text.clone().into(),
            group: group.map(str::to_owned),
            ..Message::default()
        },
        origin: Origin {
            record: text.clone().into(),
            event: event.into(),
            sequence: text.into(),
            table: "Orders".into(),
            time: 1_767_225_600,
        },
    }
}

pub(crate) fn quarantine(position: usize, lot: Option<usize>) -> Quarantine {
    Quarantine {
        position,
        lot,
        record: position.to_string().into(),
        event: None,
        sequence: Some(position.to_string().into()),
        table: None,
        reason: "`Keys` is missing".to_owned(),
    }
}

pub(crate) fn work(deliveries: Vec<Delivery>) -> Batch {
    let start = Start { now: 1_767_225_600, ..Start::default() };
    Batch { start, work: Work { deliveries, ..Work::default() } }
}

/// All of a run.
pub(crate) struct Batch {
    pub(crate) start: Start,
    pub(crate) work: Work,
}

impl Batch {
    pub(crate) async fn through(self, router: &Router) -> Report {
        let mut run = router.begin(self.start);
        run.deliver(self.work).await;
        run.finish().await
    }
}

/// One route, one lot, and what became of `deliveries`.
pub(crate) struct Outcome {
    pub(crate) report: Report,
    pub(crate) target: Record,
    pub(crate) shelf: Vec<Envelope>,
    pub(crate) took: Duration,
}

impl Outcome {
    /// delivered, parked or held, dropped, unsettled
    pub(crate) fn counts(&self) -> [usize; 4] {
        let route = &self.report.routes[0];
        let counts = [route.delivered, route.parked + route.held, route.dropped, route.unsettled];
        assert_eq!(counts.iter().sum::<usize>(), route.matched);
        counts
    }

    pub(crate) fn reasons(&self) -> BTreeMap<&str, usize> {
        let mut reasons = BTreeMap::new();
        for envelope in &self.shelf {
            *reasons.entry(envelope.reason.as_str()).or_default() += 1;
        }
        reasons
    }
}

/// Runs one lane with a lot that keeps everything.
pub(crate) async fn run(route: Route, target: Scripted, work: Batch) -> Outcome {
    let (target, shelf) = (Arc::new(target), Arc::new(Scripted::new(healthy())));
    let started = Instant::now();
    let report = work.through(&router(vec![lane(route, &target)], vec![shelf.clone()])).await;
    let (target, shelf) = (target.record(), shelf.kept());
    Outcome { report, target, shelf, took: started.elapsed() }
}
