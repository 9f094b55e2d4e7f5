//! What chance decides in a run.

use std::sync::Arc;
use std::time::Duration;

use distributary_mapping::{Choices, Likeliest, Seeded};
use fastrand::Rng;

use crate::process::Process;
use crate::scenario::Scenario;
use crate::trail::Trail;

/// In how many steps a sandbox that dies early has died.
const SHORT_LIFE: usize = 40;

/// Chance, as far as the driver asks it.
pub(crate) trait Luck {
    /// The mapping's part of it.
    type Choices: Choices;

    fn choices(&mut self) -> &mut Self::Choices;

    /// Whether the mapping bisects.
    fn bisects(&mut self) -> bool;

    /// Which of so many versions is asked, of the rules or of the filter.
    fn version(&mut self, versions: usize) -> usize;

    /// Which of so many free sandboxes is next, from 0; as many where it is a fresh one. `enough`
    /// says that nobody needs a fresh one.
    fn sandbox(&mut self, free: usize, enough: bool) -> usize;

    /// The life of a fresh sandbox, and what its waits are drawn from.
    fn life(&mut self) -> (Process, u64);

    /// What befalls an invocation.
    fn strike(&mut self) -> Strike;
}

/// What befalls an invocation.
#[derive(Debug, Default)]
pub(crate) struct Strike {
    /// It ends after so long whatever it does.
    pub(crate) dies_after: Option<Duration>,
    pub(crate) answer_is_lost: bool,
    /// The clock is wrong by so many seconds.
    pub(crate) jump: i64,
}

/// Drawn from a seed, as often as the scenario says.
pub(crate) struct Drawn<'a> {
    scenario: &'a Scenario,
    rng: Rng,
    choices: Seeded,
}

impl<'a> Drawn<'a> {
    pub(crate) fn new(scenario: &'a Scenario, mut rng: Rng) -> Self {
        let choices = Seeded::new(rng.fork(), scenario.doubles);
        Drawn { scenario, rng, choices }
    }

    fn one_in(&mut self, all: u8) -> bool {
        all > 0 && self.rng.u8(..all) == 0
    }
}

impl Luck for Drawn<'_> {
    type Choices = Seeded;

    fn choices(&mut self) -> &mut Seeded {
        &mut self.choices
    }

    fn bisects(&mut self) -> bool {
        self.rng.bool()
    }

    fn version(&mut self, versions: usize) -> usize {
        if versions > 1 { self.rng.usize(..versions) } else { 0 }
    }

    fn sandbox(&mut self, free: usize, enough: bool) -> usize {
        if enough { self.rng.usize(..free.max(1)) } else { free }
    }

    fn life(&mut self) -> (Process, u64) {
        let steps = match self.one_in(self.scenario.dies) {
            true => self.rng.usize(1..SHORT_LIFE),
            false => usize::MAX,
        };
        (Process::of_steps(steps), self.rng.u64(..))
    }

    fn strike(&mut self) -> Strike {
        let dies = self.one_in(self.scenario.dies);
        Strike {
            answer_is_lost: self.one_in(self.scenario.loses),
            dies_after: dies.then(|| Duration::from_millis(self.rng.u64(..200))),
            jump: if self.scenario.jumps { self.rng.i64(-86_400..86_400) } else { 0 },
        }
    }
}

/// Every way there is, one after the other.
pub(crate) struct Turned {
    trail: Arc<Trail>,
    choices: Turns,
}

impl Turned {
    pub(crate) fn new(trail: Arc<Trail>) -> Self {
        Turned { choices: Turns(trail.clone()), trail }
    }
}

impl Luck for Turned {
    type Choices = Turns;

    fn choices(&mut self) -> &mut Turns {
        &mut self.choices
    }

    fn bisects(&mut self) -> bool {
        self.trail.turn(2) == 1
    }

    fn version(&mut self, versions: usize) -> usize {
        self.trail.turn(versions)
    }

    fn sandbox(&mut self, free: usize, enough: bool) -> usize {
        self.trail.turn(if enough { free } else { free + 1 })
    }

    fn life(&mut self) -> (Process, u64) {
        (Process::of_trail(self.trail.clone()), 0)
    }

    fn strike(&mut self) -> Strike {
        Strike { answer_is_lost: self.trail.mishap(2) == 1, ..Strike::default() }
    }
}

/// What the mapping does, as a trail turns.
pub(crate) struct Turns(Arc<Trail>);

impl Choices for Turns {
    fn batch(&mut self, most: usize) -> usize {
        most - self.0.turn(most)
    }

    fn fills_up_retry(&mut self) -> bool {
        self.0.turn(2) == 1
    }

    fn bisect_at(&mut self, records: usize) -> usize {
        1 + self.0.turn(records - 1)
    }

    fn wait(&mut self, failures: u32) -> Duration {
        Likeliest.wait(failures)
    }

    fn duplicate(&mut self) -> bool {
        self.0.doubles()
    }
}
