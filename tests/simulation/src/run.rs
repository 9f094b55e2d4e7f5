//! One run of a script, twice: with its sick neighbour, and without.

use fastrand::Rng;

use crate::change::Change;
use crate::check::{self, Received};
use crate::drive::Driver;
use crate::luck::Drawn;
use crate::neighbourhood::Neighbourhood;
use crate::sandbox::Handler;
use crate::scenario::Scenario;
use crate::seen::Seen;

/// Runs a scenario from a seed, with and without its sick neighbour, and gives back what was seen
/// with and without.
///
/// # Panics
/// Distributary broke a promise, which the message names.
#[must_use]
pub fn simulate(scenario: &Scenario, handler: Handler, seed: u64) -> (Seen, Seen) {
    let (with, received) = on_a_paused_clock(run(scenario, scenario, handler, seed));
    let (without, alone) = on_a_paused_clock(run(&scenario.healthy(), scenario, handler, seed));
    if handler == Handler::Distributary && scenario.processes_are_well() {
        check::difference(&received, &alone);
        check::held_up(scenario, &with, &without);
    }
    (with, without)
}

/// `of` is the scenario whose neighbourhood this is; `scenario` says what happens there.
async fn run(scenario: &Scenario, of: &Scenario, handler: Handler, seed: u64) -> (Seen, Received) {
    let mut rng = Rng::with_seed(seed);
    let around = Neighbourhood::new(scenario, of, &mut rng);
    let changes = Change::all(scenario, &mut rng);
    let driver = Driver::new(scenario, handler, &around);
    let mut luck = Drawn::new(scenario, rng);
    driver.drive(&changes, &mut luck).await;
    driver.rest(&mut luck).await;
    let seen = Seen::of(&around, &changes, driver.tally.into_inner());
    if handler == Handler::Distributary {
        check::at_rest(scenario, &seen);
        check::sick(scenario, &around, &changes);
    }
    (seen, check::received(&around, &changes))
}

/// Time passes only where everything waits for it.
pub(crate) fn on_a_paused_clock<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(run)
}
