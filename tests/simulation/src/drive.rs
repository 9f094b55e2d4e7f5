//! The mapping, the sandboxes and the clock.

use std::cell::{Cell, RefCell};
use std::ptr;
use std::time::Duration;

use distributary_mapping::{
    Answer, Invocation, Mapping, POLL_INTERVAL, Settings, StreamRecord as _,
};
use distributary_router::Report;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, sleep_until};

use crate::answered;
use crate::change::Change;
use crate::luck::{Luck, Strike};
use crate::neighbourhood::Neighbourhood;
use crate::sandbox::{Ended, Handler, Sandbox};
use crate::scenario::Scenario;
use crate::tally::Tally;
use crate::version::{Filter, Versions};
use crate::world::{EPOCH, World};

/// The time-out of the function.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often the function runs on its schedule at most, once nothing comes any more. Each pause is
/// twice as long as the one before, so that every postponement ends.
const REDRIVES: u32 = 16;
const FIRST_PAUSE: Duration = Duration::from_secs(60);

pub(crate) struct Driver<'a> {
    scenario: &'a Scenario,
    handler: Handler,
    around: &'a Neighbourhood,
    start: Instant,
    versions: Cell<Versions>,
    filter: &'a [Filter],
    /// What was seen of the invocations.
    pub(crate) tally: RefCell<Tally>,
}

/// An invocation that ended, and the sandbox if it is still there.
struct Done {
    invocation: Invocation<Change>,
    answer: Answer,
    report: Option<Report>,
    /// What routes that are well were sent.
    sent: usize,
    sandbox: Option<Sandbox>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(scenario: &'a Scenario, handler: Handler, around: &'a Neighbourhood) -> Self {
        let [before, after] = [scenario.rules, scenario.then].map(World::of);
        let versions = Cell::new(Versions::InTurn { before, after, over: scenario.over });
        let (start, tally) = (Instant::now(), RefCell::default());
        Driver { scenario, handler, around, start, versions, filter: &[], tally }
    }

    /// The same with a mapping that has these filters, each for some of the changes.
    pub(crate) fn filtered(self, filter: &'a [Filter]) -> Self {
        Driver { filter, ..self }
    }

    /// From now on sandboxes start with these rules.
    pub(crate) fn serve(&self, versions: Versions) {
        self.versions.set(versions);
    }

    /// Until every change is past a checkpoint.
    pub(crate) async fn drive(&self, changes: &[Change], luck: &mut impl Luck) {
        let mut mapping = Mapping::new(self.settings(luck.bisects()).validate().unwrap());
        let mut sandboxes: Vec<Sandbox> = Vec::new();
        let mut under_way = FuturesUnordered::new();
        let (mut read, mut poll) = (0, Duration::ZERO);
        loop {
            let now = self.start.elapsed();
            if poll <= now && read < changes.len() {
                let new = changes[read..].iter().take_while(|change| change.arrived() <= now);
                for change in new {
                    read += 1;
                    let filter = self.filter.get(luck.version(self.filter.len()));
                    if filter.is_some_and(|filter| !filter.passes(change)) {
                        continue;
                    }
                    let shard = (change.item() % self.scenario.shards).to_string();
                    mapping.offer(&shard, [change.clone()], now);
                }
                poll = now + POLL_INTERVAL;
            }
            while let Some(invocation) = mapping.next(now, luck.choices()) {
                let sandbox = self.sandbox(&mut sandboxes, under_way.len(), luck);
                under_way.push(self.invoke(invocation, sandbox, luck.strike()));
            }
            let next_poll = (read < changes.len()).then_some(poll);
            let due = next_poll.into_iter().chain(mapping.due()).min();
            if under_way.is_empty() && due.is_none() {
                return;
            }
            let wake = self.start + due.unwrap_or_default();
            tokio::select! {
                biased;
                Some(done) = under_way.next(), if !under_way.is_empty() => {
                    let Done { invocation, answer, report, sent, sandbox } = done;
                    sandboxes.extend(sandbox);
                    let now = self.start.elapsed();
                    let counts = mapping.answer(&invocation, &answer, now, luck.choices());
                    let heard = counts && !matches!(answer, Answer::Lost | Answer::Error);
                    let tally = &mut self.tally.borrow_mut();
                    tally.ended(&invocation.records, report.as_ref(), heard, sent);
                }
                () = sleep_until(wake), if due.is_some() => {}
            }
        }
    }

    /// Until nothing waits in the lots, or only what is refused for ever.
    pub(crate) async fn rest(&self, luck: &mut impl Luck) {
        let routes = &self.versions()[0].routes;
        let mut pause = FIRST_PAUSE;
        for _ in 0..REDRIVES {
            if routes.iter().all(|route| self.around.waiting(&route.known_as) == 0) {
                return;
            }
            sleep(pause).await;
            pause *= 2;
            let sandbox = self.fresh(self.versions()[0], luck);
            tokio::select! {
                () = sandbox.redrive(self.now(), TIMEOUT) => {}
                () = sandbox.process.ended() => {}
            }
        }
    }

    fn settings(&self, bisects: bool) -> Settings {
        let baseline = self.handler != Handler::Distributary;
        Settings {
            batch_size: self.scenario.batch,
            parallelization_factor: self.scenario.lanes,
            report_batch_item_failures: true,
            bisect_batch_on_function_error: !baseline && bisects,
            // Whoever lets a bad record fail the batch needs an end to that.
            maximum_retry_attempts: baseline.then_some(10),
            ..Settings::default()
        }
    }

    /// The rules that sandboxes have which start now.
    pub(crate) fn versions(&self) -> Vec<&'static World> {
        self.versions.get().at(self.start.elapsed())
    }

    /// One of those that take turns, any that is free. A sandbox keeps the rules that it started
    /// with, and is replaced once they are not in force any more.
    fn sandbox(&self, free: &mut Vec<Sandbox>, busy: usize, luck: &mut impl Luck) -> Sandbox {
        let versions = self.versions();
        free.retain(|sandbox| versions.iter().any(|world| ptr::eq(*world, sandbox.world)));
        let world = versions[luck.version(versions.len())];
        let same = |(at, sandbox): (usize, &Sandbox)| ptr::eq(world, sandbox.world).then_some(at);
        let places: Vec<usize> = free.iter().enumerate().filter_map(same).collect();
        let enough = !places.is_empty() && free.len() + busy >= self.scenario.sandboxes;
        match places.get(luck.sandbox(places.len(), enough)) {
            Some(place) => free.swap_remove(*place),
            None => self.fresh(world, luck),
        }
    }

    fn fresh(&self, world: &'static World, luck: &mut impl Luck) -> Sandbox {
        let (process, seed) = luck.life();
        Sandbox::new(self.handler, world, self.around, process, seed)
    }

    fn now(&self) -> i64 {
        EPOCH.saturating_add_unsigned(self.start.elapsed().as_secs())
    }

    async fn invoke(
        &self,
        invocation: Invocation<Change>,
        sandbox: Sandbox,
        strike: Strike,
    ) -> Done {
        let batch = &invocation.records;
        let Strike { dies_after, answer_is_lost, jump } = strike;
        let known = self.tally.borrow().heard.of(batch);
        let started = Instant::now();
        let life = async {
            match dies_after {
                Some(after) => sleep(after).await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            biased;
            ended = sandbox.handle(batch, self.now() + jump, TIMEOUT) => Some(ended),
            () = sandbox.process.ended() => None,
            () = life => None,
            () = sleep(TIMEOUT) => Some(Ended { answer: Answer::Error, report: None }),
        };
        let (sent, mut tally) = (sandbox.process.take_sent(), self.tally.borrow_mut());
        let Some(Ended { mut answer, report }) = ended else {
            tally.struck += 1;
            let (answer, report, sandbox) = (Answer::Lost, None, None);
            return Done { invocation, answer, report, sent, sandbox };
        };
        tally.took(started.elapsed());
        if let Some(report) = &report {
            tally.told(batch, report);
            answered::check(self.scenario, self.around, sandbox.world, batch, &answer, report);
            answered::remembered(self.scenario, report, known, tally.settled.of(batch));
        }
        if answer_is_lost {
            tally.struck += 1;
            answer = Answer::Lost;
        }
        Done { invocation, answer, report, sent, sandbox: Some(sandbox) }
    }
}
