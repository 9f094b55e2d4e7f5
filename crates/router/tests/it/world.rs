//! Scripted destinations and lots that keep a record of what reached them.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use distributary_delivery::{
    Delivery, Destination, Envelope, Identity, Message, OnFailure, Origin, Quarantine, Route,
};
use distributary_router::{
    Failure, Found, Lane, Limits, Lot, LotSlot, Report, Router, Start, Taken, Target, Work,
};
use tokio::time::{Instant, sleep};

/// What a script lets a request come to, after so long.
pub(crate) struct Reply {
    pub(crate) after: Duration,
    pub(crate) what: What,
}

pub(crate) enum What {
    /// A 200 answer: one result per entry, unless the script wants it wrong.
    Answer(Vec<Result<(), Failure>>),
    /// The request fails as a whole.
    Fail(Failure),
    /// Everything is taken, and nobody is told.
    Lose(Failure),
    /// There is never an answer.
    Hang,
    Panic,
}

/// The bodies of a request and its number, from 0, to what becomes of it.
pub(crate) type Script = Box<dyn FnMut(&[String], usize) -> Reply + Send>;

/// The time of a healthy request.
pub(crate) const LATENCY: Duration = Duration::from_millis(10);

impl Reply {
    pub(crate) fn all_ok(entries: usize) -> Self {
        Reply { after: LATENCY, what: What::Answer(vec![Ok(()); entries]) }
    }

    pub(crate) fn fail(failure: Failure) -> Self {
        Reply { after: LATENCY, what: What::Fail(failure) }
    }

    pub(crate) fn lose(failure: Failure) -> Self {
        Reply { after: LATENCY, what: What::Lose(failure) }
    }

    pub(crate) fn hang() -> Self {
        Reply { after: Duration::ZERO, what: What::Hang }
    }

    pub(crate) fn panic() -> Self {
        Reply { after: LATENCY, what: What::Panic }
    }

    pub(crate) fn after(self, after: Duration) -> Self {
        Reply { after, ..self }
    }

    /// An answer in which the entries fail that `failure` has something for.
    pub(crate) fn each(
        bodies: &[String],
        mut failure: impl FnMut(&str) -> Option<Failure>,
    ) -> Self {
        let results = bodies.iter().map(|body| failure(body).map_or(Ok(()), Err));
        Reply { after: LATENCY, what: What::Answer(results.collect()) }
    }
}

pub(crate) fn script(script: impl FnMut(&[String], usize) -> Reply + Send + 'static) -> Script {
    Box::new(script)
}

pub(crate) fn healthy() -> Script {
    script(|bodies, _| Reply::all_ok(bodies.len()))
}

pub(crate) fn down() -> Script {
    script(|_, _| Reply::fail(unavailable()))
}

pub(crate) fn hanging() -> Script {
    script(|_, _| Reply::hang())
}

pub(crate) fn panicking() -> Script {
    script(|_, _| Reply::panic())
}

/// Answers every request, and fails the entries that `failure` has something for.
pub(crate) fn entries(mut failure: impl FnMut(&str) -> Option<Failure> + Send + 'static) -> Script {
    script(move |bodies, _| Reply::each(bodies, &mut failure))
}

/// Healthy, but for requests that have one of these entries in them.
pub(crate) fn with(poison: &'static [&'static str], reply: fn() -> Reply) -> Script {
    script(move |bodies, _| match bodies.iter().any(|body| poison.contains(&body.as_str())) {
        true => reply(),
        false => Reply::all_ok(bodies.len()),
    })
}

pub(crate) fn unavailable() -> Failure {
    Failure::transient("ServiceUnavailable")
}

pub(crate) fn throttled() -> Failure {
    Failure::throttled("ThrottlingException")
}

pub(crate) fn refused() -> Failure {
    Failure::permanent("InvalidParameterValue")
}

/// A destination, or a lot, that follows a script.
pub(crate) struct Scripted {
    pub(crate) limits: Limits,
    script: Mutex<Script>,
    record: Mutex<Record>,
    under_way: AtomicUsize,
    started: Instant,
}

/// What reached a destination.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// When each request came, and the bodies in it.
    pub(crate) requests: Vec<(Duration, Vec<String>)>,
    /// What it said it took, and when.
    pub(crate) taken: Vec<(Duration, String)>,
    /// The most requests that were under way at once.
    pub(crate) widest: usize,
}

impl Scripted {
    pub(crate) fn new(script: Script) -> Self {
        Scripted {
            limits: Limits { entries: 10, bytes: 10_000, one_per_group: false },
            script: Mutex::new(script),
            record: Mutex::default(),
            under_way: AtomicUsize::new(0),
            started: Instant::now(),
        }
    }

    pub(crate) fn ordered(script: Script) -> Self {
        let mut target = Scripted::new(script);
        target.limits.one_per_group = true;
        target
    }

    pub(crate) fn record(&self) -> Record {
        self.record.lock().unwrap().clone()
    }

    pub(crate) fn taken(&self) -> Vec<String> {
        self.record().taken.into_iter().map(|(_, body)| body).collect()
    }

    async fn act(&self, bodies: Vec<String>) -> What {
        let reply = {
            let mut record = self.record.lock().unwrap();
            let nth = record.requests.len();
            record.requests.push((self.started.elapsed(), bodies.clone()));
            (self.script.lock().unwrap())(&bodies, nth)
        };
        let under_way = UnderWay::new(&self.under_way);
        {
            let mut record = self.record.lock().unwrap();
            record.widest = record.widest.max(under_way.count);
        }
        sleep(reply.after).await;
        let take = |bodies: Vec<String>| {
            let at = self.started.elapsed();
            let taken = bodies.into_iter().map(|body| (at, body));
            self.record.lock().unwrap().taken.extend(taken);
        };
        match &reply.what {
            What::Answer(results) => {
                let accepted = bodies.into_iter().zip(results).filter(|(_, result)| result.is_ok());
                take(accepted.map(|(body, _)| body).collect());
            }
            What::Lose(_) => take(bodies),
            What::Fail(_) => {}
            What::Hang => std::future::pending().await,
            What::Panic => panic!("scripted"),
        }
        reply.what
    }
}

struct UnderWay<'a> {
    counter: &'a AtomicUsize,
    count: usize,
}

impl<'a> UnderWay<'a> {
    fn new(counter: &'a AtomicUsize) -> Self {
        UnderWay { counter, count: counter.fetch_add(1, Ordering::SeqCst) + 1 }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Target for Scripted {
    fn limits(&self) -> Limits {
        self.limits
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        if message.body.starts_with(b"unsizable") {
            return Err("the message is not text".to_owned());
        }
        Ok(message.body.len())
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        let bodies = batch.iter().map(|delivery| body(&delivery.message)).collect();
        match self.act(bodies).await {
            What::Answer(results) => Ok(results),
            What::Fail(failure) | What::Lose(failure) => Err(failure),
            What::Hang | What::Panic => unreachable!(),
        }
    }
}

#[async_trait]
impl Lot for Scripted {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        let records = parked.iter().map(|envelope| text(&envelope.record)).collect();
        match self.act(records).await {
            What::Answer(results) => results,
            What::Fail(failure) | What::Lose(failure) => vec![Err(failure); parked.len()],
            What::Hang | What::Panic => unreachable!(),
        }
    }

    fn is_ordered(&self) -> bool {
        false
    }

    async fn held(&self, _: &str) -> Result<HashSet<String>, Failure> {
        Ok(HashSet::new())
    }

    async fn take(&self, _: &str, _: usize, _: i64) -> Result<Found, Failure> {
        Ok(Found::default())
    }

    async fn remove(&self, _: &[Taken]) -> Vec<Result<(), Failure>> {
        Vec::new()
    }

    async fn give_back(&self, _: &[Taken]) {}

    async fn postpone(&self, _: &[Taken]) {}
}

/// A lot that keeps whole envelopes.
#[derive(Default)]
pub(crate) struct Shelf(pub(crate) Mutex<Vec<Envelope>>);

#[async_trait]
impl Lot for Shelf {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        sleep(LATENCY).await;
        self.0.lock().unwrap().extend_from_slice(parked);
        vec![Ok(()); parked.len()]
    }

    fn is_ordered(&self) -> bool {
        false
    }

    async fn held(&self, _: &str) -> Result<HashSet<String>, Failure> {
        Ok(HashSet::new())
    }

    async fn take(&self, _: &str, _: usize, _: i64) -> Result<Found, Failure> {
        Ok(Found::default())
    }

    async fn remove(&self, _: &[Taken]) -> Vec<Result<(), Failure>> {
        Vec::new()
    }

    async fn give_back(&self, _: &[Taken]) {}

    async fn postpone(&self, _: &[Taken]) {}
}

pub(crate) fn body(message: &Message) -> String {
    text(&message.body)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A route with the defaults of the language.
pub(crate) fn route(name: &str, on_failure: OnFailure) -> Route {
    Route {
        name: name.into(),
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
    let (target, shelf) = (Arc::new(target), Arc::new(Shelf::default()));
    let started = Instant::now();
    let report = work.through(&router(vec![lane(route, &target)], vec![shelf.clone()])).await;
    let shelf = shelf.0.lock().unwrap().clone();
    Outcome { report, target: target.record(), shelf, took: started.elapsed() }
}
