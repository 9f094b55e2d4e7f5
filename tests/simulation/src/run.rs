//! One run: the mapping, the sandboxes and the clock.

use std::sync::Arc;
use std::time::Duration;

use distributary_mapping::{Answer, Invocation, Mapping, POLL_INTERVAL, Seeded, Settings};
use fastrand::Rng;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, sleep_until};

use crate::check::{self, Received};
use crate::lot::Shelf;
use crate::sandbox::{Ended, Handler, Neighbourhood, Sandbox};
use crate::scenario::Scenario;
use crate::seen::Seen;
use crate::target::Destination;
use crate::world::{Change, EPOCH, World};

/// The time-out of the function.
const TIMEOUT: Duration = Duration::from_secs(30);
/// In how many steps a sandbox that dies early has died.
const SHORT_LIFE: usize = 40;

/// Runs a scenario from a seed, with and without its sick neighbour, and gives back what was seen
/// with and without.
///
/// # Panics
/// Distributary broke a promise, which the message names.
#[must_use]
pub fn simulate(scenario: &Scenario, handler: Handler, seed: u64) -> (Seen, Seen) {
    let (with, received) = run(scenario, scenario, handler, seed);
    let (without, alone) = run(&scenario.healthy(), scenario, handler, seed);
    if handler == Handler::Distributary {
        check::at_rest(scenario, &with);
        if scenario.processes_are_well() {
            check::difference(&received, &alone);
        }
    }
    (with, without)
}

/// `of` is the scenario whose neighbourhood this is; `scenario` says what happens there.
fn run(scenario: &Scenario, of: &Scenario, handler: Handler, seed: u64) -> (Seen, Received) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut rng = Rng::with_seed(seed);
        let world = World::new();
        let sick = rng.usize(..world.routes.len());
        let window = of.fault_window();
        let destinations = world.routes.iter().enumerate().map(|(at, route)| {
            let fault = if at == sick { scenario.sick } else { crate::scenario::Fault::None };
            let ordered = &*route.name == "ordered";
            Arc::new(Destination::new(ordered, fault, window.clone(), rng.fork()))
        });
        let destinations = destinations.collect();
        let around =
            Neighbourhood { destinations, shelf: Shelf::new(scenario.lot, window, rng.fork()) };
        let changes = Change::all(scenario.changes, scenario.items, scenario.over, &mut rng);
        let driver = Driver { scenario, handler, world: &world, around: &around };
        let struck = driver.drive(&changes, &mut rng).await;
        if handler == Handler::Distributary {
            check::sick(scenario, &world, &around, &changes);
        }
        let mut seen = Seen::of(&world, &around, &changes);
        seen.faults += struck;
        (seen, check::received(&world, &around, &changes))
    })
}

struct Driver<'a> {
    scenario: &'a Scenario,
    handler: Handler,
    world: &'a World,
    around: &'a Neighbourhood,
}

/// What befalls an invocation.
struct Fate {
    /// It ends after so long whatever it does.
    dies_after: Option<Duration>,
    answer_is_lost: bool,
    now: i64,
}

/// An invocation that ended, and the sandbox if it is still there.
struct Done {
    invocation: Invocation<Change>,
    answer: Answer,
    sandbox: Option<Sandbox>,
    struck: bool,
}

impl Driver<'_> {
    /// Until every change is past a checkpoint. Gives back how many invocations a fault befell.
    async fn drive(&self, changes: &[Change], rng: &mut Rng) -> usize {
        let start = Instant::now();
        let mut choices = Seeded::new(rng.fork(), self.scenario.doubles);
        let mut mapping = Mapping::new(self.settings().validate().unwrap());
        let mut sandboxes: Vec<Sandbox> = Vec::new();
        let mut under_way = FuturesUnordered::new();
        let (mut read, mut poll, mut struck) = (0, Duration::ZERO, 0);
        loop {
            let now = start.elapsed();
            if poll <= now && read < changes.len() {
                let new = changes[read..].iter().take_while(|change| arrived(change) <= now);
                let new: Vec<Change> = new.cloned().collect();
                read += new.len();
                mapping.offer("shard", new, now);
                poll = now + POLL_INTERVAL;
            }
            while let Some(invocation) = mapping.next(now, &mut choices) {
                let sandbox = self.sandbox(&mut sandboxes, rng);
                let fate = self.fate(start, rng);
                under_way.push(self.invoke(invocation, sandbox, fate));
            }
            let next_poll = (read < changes.len()).then_some(poll);
            let due = next_poll.into_iter().chain(mapping.due()).min();
            if under_way.is_empty() && due.is_none() {
                return struck;
            }
            let wake = start + due.unwrap_or_default();
            tokio::select! {
                biased;
                Some(done) = under_way.next(), if !under_way.is_empty() => {
                    let Done { invocation, answer, sandbox, struck: by_fault } = done;
                    struck += usize::from(by_fault);
                    sandboxes.extend(sandbox);
                    mapping.answer(&invocation, &answer, start.elapsed(), &mut choices);
                }
                () = sleep_until(wake), if due.is_some() => {}
            }
        }
    }

    fn settings(&self) -> Settings {
        let baseline = self.handler != Handler::Distributary;
        Settings {
            batch_size: self.scenario.batch,
            parallelization_factor: self.scenario.lanes,
            report_batch_item_failures: true,
            bisect_batch_on_function_error: !baseline,
            // Whoever lets a bad record fail the batch needs an end to that.
            maximum_retry_attempts: baseline.then_some(10),
            ..Settings::default()
        }
    }

    /// One that is free, any of them; or another one, as Lambda starts it.
    fn sandbox(&self, free: &mut Vec<Sandbox>, rng: &mut Rng) -> Sandbox {
        if !free.is_empty() && (self.scenario.processes_are_well() || rng.u8(..4) > 0) {
            let any = rng.usize(..free.len());
            return free.swap_remove(any);
        }
        let dies = self.scenario.dies > 0 && rng.u8(..self.scenario.dies) == 0;
        let steps = if dies { rng.usize(1..SHORT_LIFE) } else { usize::MAX };
        Sandbox::new(self.handler, self.world, self.around, steps, rng.u64(..))
    }

    fn fate(&self, start: Instant, rng: &mut Rng) -> Fate {
        let mut one_in = |all: u8| all > 0 && rng.u8(..all) == 0;
        let (dies, answer_is_lost) = (one_in(self.scenario.dies), one_in(self.scenario.loses));
        let jump = if self.scenario.jumps { rng.i64(-86_400..86_400) } else { 0 };
        Fate {
            dies_after: dies.then(|| Duration::from_millis(rng.u64(..200))),
            answer_is_lost,
            now: EPOCH.saturating_add_unsigned(start.elapsed().as_secs()) + jump,
        }
    }

    async fn invoke(&self, invocation: Invocation<Change>, sandbox: Sandbox, fate: Fate) -> Done {
        let batch = &invocation.records;
        let Fate { dies_after, answer_is_lost, now } = fate;
        let life = async {
            match dies_after {
                Some(after) => sleep(after).await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            biased;
            ended = sandbox.handle(self.world, batch, now, TIMEOUT) => Some(ended),
            () = sandbox.process.ended() => None,
            () = life => None,
            () = sleep(TIMEOUT) => Some(Ended { answer: Answer::Error, report: None }),
        };
        let Some(ended) = ended else {
            return Done { invocation, answer: Answer::Lost, sandbox: None, struck: true };
        };
        check::answered(self.scenario, self.world, self.around, batch, &ended);
        let answer = if answer_is_lost { Answer::Lost } else { ended.answer };
        Done { invocation, answer, sandbox: Some(sandbox), struck: answer_is_lost }
    }
}

fn arrived(change: &Change) -> Duration {
    distributary_mapping::StreamRecord::arrived(change)
}
