//! Destinations and lots that follow a script and keep a record of what reached them.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use distributary_delivery::{Delivery, Envelope, Message};
use distributary_router::{Failure, Found, Limits, Lot, Taken, Target};
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
    /// What it keeps as a lot.
    kept: Mutex<Vec<Envelope>>,
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
            kept: Mutex::default(),
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

    pub(crate) fn kept(&self) -> Vec<Envelope> {
        self.kept.lock().unwrap().clone()
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

/// A lot that only keeps.
#[async_trait]
impl Lot for Scripted {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        let records = parked.iter().map(|envelope| text(&envelope.record)).collect();
        match self.act(records).await {
            What::Answer(results) => {
                let kept = parked.iter().zip(&results).filter(|(_, result)| result.is_ok());
                self.kept.lock().unwrap().extend(kept.map(|(envelope, _)| envelope.clone()));
                results
            }
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

fn body(message: &Message) -> String {
    text(&message.body)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
