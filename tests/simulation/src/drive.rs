//! The mapping, the sandboxes and the clock.

use std::cell::RefCell;
use std::time::Duration;

use distributary_mapping::{
    Answer, Invocation, Mapping, POLL_INTERVAL, Seeded, Settings, StreamRecord as _,
};
use fastrand::Rng;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, sleep_until};

use crate::answered;
use crate::change::Change;
use crate::neighbourhood::Neighbourhood;
use crate::sandbox::{Ended, Handler, Sandbox};
use crate::scenario::Scenario;
use crate::tally::Tally;
use crate::world::{EPOCH, Rules, World};

/// The time-out of the function.
const TIMEOUT: Duration = Duration::from_secs(30);
/// In how many steps a sandbox that dies early has died.
const SHORT_LIFE: usize = 40;
/// How often the function runs on its schedule at most, once nothing comes any more. Each pause is
/// twice as long as the one before, so that every postponement ends.
const REDRIVES: u32 = 16;
const FIRST_PAUSE: Duration = Duration::from_secs(60);

pub(crate) struct Driver<'a> {
    scenario: &'a Scenario,
    handler: Handler,
    around: &'a Neighbourhood,
    start: Instant,
    /// What was seen of the invocations.
    pub(crate) tally: RefCell<Tally>,
}

/// What befalls an invocation.
struct Fate {
    /// It ends after so long whatever it does.
    dies_after: Option<Duration>,
    answer_is_lost: bool,
    /// It is the same batch as another one at the same time.
    is_double: bool,
    now: i64,
}

/// An invocation that ended, and the sandbox if it is still there.
struct Done {
    invocation: Invocation<Change>,
    answer: Answer,
    sandbox: Option<Sandbox>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(scenario: &'a Scenario, handler: Handler, around: &'a Neighbourhood) -> Self {
        let (start, tally) = (Instant::now(), RefCell::default());
        Driver { scenario, handler, around, start, tally }
    }

    /// Until every change is past a checkpoint.
    pub(crate) async fn drive(&self, changes: &[Change], rng: &mut Rng) {
        let mut choices = Seeded::new(rng.fork(), self.scenario.doubles);
        let mut mapping = Mapping::new(self.settings(rng).validate().unwrap());
        let mut sandboxes: Vec<Sandbox> = Vec::new();
        let mut under_way = FuturesUnordered::new();
        let (mut read, mut poll) = (0, Duration::ZERO);
        loop {
            let now = self.start.elapsed();
            if poll <= now && read < changes.len() {
                let new = changes[read..].iter().take_while(|change| change.arrived() <= now);
                for change in new {
                    read += 1;
                    let shard = (change.item() % self.scenario.shards).to_string();
                    mapping.offer(&shard, [change.clone()], now);
                }
                poll = now + POLL_INTERVAL;
            }
            let mut last = None;
            while let Some(invocation) = mapping.next(now, &mut choices) {
                let sandbox = self.sandbox(&mut sandboxes, under_way.len(), rng);
                let first = invocation.records.first().map(Change::number);
                let fate = self.fate(std::mem::replace(&mut last, first) == first, rng);
                under_way.push(self.invoke(invocation, sandbox, fate));
            }
            let next_poll = (read < changes.len()).then_some(poll);
            let due = next_poll.into_iter().chain(mapping.due()).min();
            if under_way.is_empty() && due.is_none() {
                return;
            }
            let wake = self.start + due.unwrap_or_default();
            tokio::select! {
                biased;
                Some(Done { invocation, answer, sandbox }) = under_way.next(),
                    if !under_way.is_empty() =>
                {
                    sandboxes.extend(sandbox);
                    mapping.answer(&invocation, &answer, self.start.elapsed(), &mut choices);
                }
                () = sleep_until(wake), if due.is_some() => {}
            }
        }
    }

    /// Until nothing waits in the lots, or only what is refused for ever.
    pub(crate) async fn rest(&self, rng: &mut Rng) {
        let routes = &World::of(self.scenario.rules).routes;
        let mut pause = FIRST_PAUSE;
        for _ in 0..REDRIVES {
            if routes.iter().all(|route| self.around.waiting(&route.name) == 0) {
                return;
            }
            sleep(pause).await;
            pause *= 2;
            let sandbox = self.fresh(usize::MAX, rng);
            sandbox.redrive(self.now(), TIMEOUT).await;
        }
    }

    fn settings(&self, rng: &mut Rng) -> Settings {
        let baseline = self.handler != Handler::Distributary;
        Settings {
            batch_size: self.scenario.batch,
            parallelization_factor: self.scenario.lanes,
            report_batch_item_failures: true,
            bisect_batch_on_function_error: !baseline && rng.bool(),
            // Whoever lets a bad record fail the batch needs an end to that.
            maximum_retry_attempts: baseline.then_some(10),
            ..Settings::default()
        }
    }

    /// The rules that a sandbox has which starts now.
    fn rules(&self) -> Rules {
        let Scenario { rules, then, over, .. } = *self.scenario;
        if self.start.elapsed() < over / 2 { rules } else { then }
    }

    /// One of those that take turns, any that is free. A sandbox keeps the rules that it started
    /// with, and is replaced once there are others.
    fn sandbox(&self, free: &mut Vec<Sandbox>, busy: usize, rng: &mut Rng) -> Sandbox {
        free.retain(|sandbox| sandbox.rules == self.rules());
        if !free.is_empty() && free.len() + busy >= self.scenario.sandboxes {
            let any = rng.usize(..free.len());
            return free.swap_remove(any);
        }
        let dies = self.scenario.dies > 0 && rng.u8(..self.scenario.dies) == 0;
        self.fresh(if dies { rng.usize(1..SHORT_LIFE) } else { usize::MAX }, rng)
    }

    fn fresh(&self, steps: usize, rng: &mut Rng) -> Sandbox {
        Sandbox::new(self.handler, self.rules(), self.around, steps, rng.u64(..))
    }

    fn now(&self) -> i64 {
        EPOCH.saturating_add_unsigned(self.start.elapsed().as_secs())
    }

    fn fate(&self, is_double: bool, rng: &mut Rng) -> Fate {
        let mut one_in = |all: u8| all > 0 && rng.u8(..all) == 0;
        let (dies, answer_is_lost) = (one_in(self.scenario.dies), one_in(self.scenario.loses));
        let jump = if self.scenario.jumps { rng.i64(-86_400..86_400) } else { 0 };
        Fate {
            dies_after: dies.then(|| Duration::from_millis(rng.u64(..200))),
            answer_is_lost,
            is_double,
            now: self.now() + jump,
        }
    }

    async fn invoke(&self, invocation: Invocation<Change>, sandbox: Sandbox, fate: Fate) -> Done {
        let batch = &invocation.records;
        let Fate { dies_after, answer_is_lost, is_double, now } = fate;
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
            ended = sandbox.handle(batch, now, TIMEOUT) => Some(ended),
            () = sandbox.process.ended() => None,
            () = life => None,
            () = sleep(TIMEOUT) => Some(Ended { answer: Answer::Error, report: None }),
        };
        let mut tally = self.tally.borrow_mut();
        let sent = sandbox.process.take_sent();
        let Some(Ended { answer, report }) = ended else {
            tally.struck(sent);
            return Done { invocation, answer: Answer::Lost, sandbox: None };
        };
        if answer_is_lost {
            tally.struck(sent);
        } else if is_double || answer == Answer::Error {
            tally.may_repeat(sent);
        }
        if let Some(report) = &report {
            tally.told(batch, report, started.elapsed());
            answered::check(self.scenario, self.around, batch, &answer, report);
            answered::remembered(self.scenario, report, known, tally.settled.of(batch));
            // Of two answers to one batch the mapping takes the first.
            if !answer_is_lost && self.scenario.doubles == 0.0 {
                tally.heard.note(batch, report);
            }
        }
        let answer = if answer_is_lost { Answer::Lost } else { answer };
        Done { invocation, answer, sandbox: Some(sandbox) }
    }
}
