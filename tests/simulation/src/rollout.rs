//! One set of rules in the place of another, in every way that a few changes can meet it.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::change::Change;
use crate::drive::Driver;
use crate::luck::{Luck as _, Turned};
use crate::neighbourhood::Neighbourhood;
use crate::run::on_a_paused_clock;
use crate::sandbox::Handler;
use crate::scenario::{Fault, Memory, Scenario};
use crate::scripts::CALM;
use crate::target::Destination;
use crate::trail::{Misfortune, Trail};
use crate::version::{Filter, Versions};
use crate::world::{Rules, World, is_ordered};

/// Three changes on two shards, two of them of one item, and one fault: at the destination of the
/// first route, or an answer that gets lost.
const CHANGES: usize = 3;
const MISFORTUNE: Misfortune = Misfortune { crashes: 0, faults: 1, doubles: 0 };

/// How long a route is paused: longer than the changes take, and not as long as lots are emptied.
const PAUSE: Range<Duration> = Duration::ZERO..Duration::from_secs(30);

/// How rules change.
pub struct Rollout {
    versions: Vec<&'static World>,
    way: Way,
    filters: Vec<Filter>,
    paused: Option<String>,
}

/// How one version follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The first serves, and no other.
    First,
    /// Both serve at once, forward and back, until either serves alone; of three, the second serves
    /// alone and empties the lots before the third comes.
    AtOnce,
    /// The mapping is stopped, and the lots are emptied, before the next one serves.
    Stopped,
}

/// Of which rules the mapping has the filter while they change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// It has none.
    Everything,
    /// That of either version, one for some changes and one for others.
    Either,
    /// That of both at once.
    Both,
}

/// What happened in any of the runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Happened {
    /// Something arrived at the first route's destination.
    pub arrives: bool,
    /// What every version that it could have met sends somewhere is not there, and in no lot.
    pub lost: bool,
    /// A FIFO destination got changes of an item out of their order, or one that passed another
    /// which waits.
    pub out_of_order: bool,
    /// Something came again under another identity.
    pub renamed: bool,
    /// Something came again to a destination without a fault.
    pub twice: bool,
    /// Something waits in a lot after the rules that are left have emptied theirs.
    pub stranded: bool,
    /// Something was sent to the paused route.
    pub unpaused: bool,
}

impl Rollout {
    /// Rules after rules. What stands here stays in memory for good.
    ///
    /// # Panics
    /// Some rules have an error.
    #[must_use]
    pub fn new(versions: &[String], way: Way, passes: Passes, paused: Option<String>) -> Self {
        let world = |text: &String| &*Box::leak(Box::new(World::new(text.clone())));
        let all: Vec<&'static World> = versions.iter().map(world).collect();
        let filters = match passes {
            Passes::Everything => Vec::new(),
            Passes::Either => all.iter().map(|world| Filter::of(&[world])).collect(),
            Passes::Both => vec![Filter::of(&all)],
        };
        let versions = if way == Way::First { all[..1].to_vec() } else { all };
        Rollout { versions, way, filters, paused }
    }

    /// Makes every run.
    ///
    /// # Errors
    /// An invocation broke a promise; the turns of its run.
    pub fn explore(&self) -> Result<Happened, String> {
        let happened = Mutex::new(Happened::default());
        let mut trail = Trail::first(MISFORTUNE);
        loop {
            let shared = Arc::new(trail);
            let way = shared.clone();
            let run = || on_a_paused_clock(self.run(way, &happened));
            catch_unwind(AssertUnwindSafe(run)).map_err(|_| format!("turns {}", shared.turns()))?;
            match shared.next(MISFORTUNE) {
                Some(next) => trail = next,
                None => return Ok(*happened.lock().unwrap()),
            }
        }
    }

    async fn run(&self, trail: Arc<Trail>, happened: &Mutex<Happened>) {
        let scenario = &Scenario {
            sick: Fault::PartialFailures,
            memory: Memory::Shared,
            // What was settled under one is not taken over by the other.
            rules: Rules::Park,
            then: Rules::Renamed,
            loses: 1,
            shards: 2,
            ..CALM
        };
        let paused = self.paused.clone().map(|route| (route, PAUSE));
        let around = Neighbourhood::rolled_out(&self.versions, &trail, paused);
        let changes = Change::few(CHANGES, 2);
        let driver = Driver::new(scenario, Handler::Distributary, &around).filtered(&self.filters);
        let mut luck = Turned::new(trail);
        let mut met = Vec::new();
        for (serving, some) in self.steps(&changes) {
            met.extend(some.iter().map(|change| (change, serving.clone())));
            driver.serve(match *serving {
                [one] => Versions::Only(one),
                [one, other, ..] => Versions::Either(one, other),
                [] => return,
            });
            driver.drive(some, &mut luck).await;
            let last = match self.versions.len() {
                2 => luck.version(serving.len()),
                _ => serving.len() - 1,
            };
            driver.serve(Versions::Only(serving[last]));
            driver.rest(&mut luck).await;
        }
        self.note(&around, &met, &mut happened.lock().unwrap());
    }

    /// Which versions serve which changes.
    fn steps<'c>(&self, changes: &'c [Change]) -> Vec<(Vec<&'static World>, &'c [Change])> {
        let (early, late) = changes.split_at(2);
        match (self.way, &*self.versions) {
            (Way::AtOnce, [first, second, third]) => {
                vec![(vec![*first, second], early), (vec![*second, third], late)]
            }
            (Way::Stopped, [first, second]) => vec![(vec![*first], early), (vec![*second], late)],
            (_, versions) => vec![(versions.to_vec(), changes)],
        }
    }

    fn note(
        &self,
        around: &Neighbourhood,
        met: &[(&Change, Vec<&'static World>)],
        happened: &mut Happened,
    ) {
        let changes: Vec<Change> = met.iter().map(|(change, _)| (*change).clone()).collect();
        let routes = || self.versions.iter().flat_map(|world| &world.routes);
        for (at, (route, destination)) in around.destinations.iter().enumerate() {
            let has = |change: &Change| destination.journal(|journal| journal.has(change.number()));
            let waits = |change: &Change| {
                let mut there = routes().filter(|it| it.destination == route.destination);
                there.any(|route| around.waits(&route.known_as, change.number()))
            };
            let sends = |world: &&World, change: &Change| {
                let mut routes = world.routes.iter().enumerate();
                let there = routes.find(|(_, it)| it.destination == route.destination);
                there.is_some_and(|(index, _)| world.sends(change, index))
            };
            let due = |(change, serving): &&(&Change, Vec<&'static World>)| {
                serving.iter().all(|world| sends(world, change))
            };
            let gone = |(change, _): &(&Change, _)| !has(change) && !waits(change);
            happened.lost |= met.iter().filter(due).any(gone);
            happened.arrives |= at == 0 && changes.iter().any(has);
            happened.out_of_order |= is_ordered(route) && is_broken(destination, &changes, waits);
            happened.renamed |= destination.journal(|journal| journal.renamed() > 0);
            let again = destination.journal(|journal| journal.again() > 0);
            happened.twice |= destination.weather().is_fair() && again;
            if self.paused.as_deref().is_some_and(|name| route.goes_by(name)) {
                let first =
                    |change: &Change| destination.journal(|it| it.first(change.number()).cloned());
                let early = changes.iter().filter_map(first).any(|first| PAUSE.contains(&first.at));
                happened.unpaused |= early;
            }
        }
        happened.stranded |= routes().any(|route| around.waiting(&route.known_as) > 0);
    }
}

/// Whether changes of an item came out of their order, or passed one that waits.
fn is_broken(
    destination: &Destination,
    changes: &[Change],
    waits: impl Fn(&Change) -> bool,
) -> bool {
    let groups = destination.journal(|journal| journal.by_group(changes));
    groups.into_iter().any(|(item, arrivals)| {
        let mut waiting = changes.iter().filter(|it| it.item() == item && waits(it));
        let first = waiting.next().map(Change::number);
        !arrivals.is_sorted() || first.is_some_and(|first| arrivals.last() > Some(&first))
    })
}
