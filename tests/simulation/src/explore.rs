//! Every run there is in the small.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::change::Change;
use crate::check;
use crate::drive::Driver;
use crate::luck::Turned;
use crate::neighbourhood::Neighbourhood;
use crate::run::on_a_paused_clock;
use crate::sandbox::Handler;
use crate::scenario::{Fault, Memory, Scenario};
use crate::scripts::CALM;
use crate::seen::Seen;
use crate::trail::{Misfortune, Trail};
use crate::world::Rules;

/// Changes, what may befall them, and whether the protocol is whole.
#[derive(Debug, Clone, Copy)]
pub struct Small {
    /// Changes, which come at once.
    pub changes: usize,
    /// Items, which the changes take turns with.
    pub items: usize,
    /// The route that faults befall: 0 for the queue, 1 for the FIFO queue.
    pub sick: usize,
    /// How much may go wrong.
    pub misfortune: Misfortune,
    /// Whether the ledger may fail, too. Then a route that is well may get something twice.
    pub ledger: bool,
    /// What is left out of the protocol.
    pub without: Option<Part>,
}

/// A part of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A token names the records beyond the batch that it was read for.
    Beyond,
    /// A group that waits in the lot is held.
    Holds,
    /// A lot says that it keeps what it keeps.
    Keeping,
}

/// Three changes with one misfortune, and two changes with two.
pub const SMALL: &[Small] = &[
    small(3, 0, [0, 1, 0], false),
    small(3, 1, [0, 1, 0], false),
    small(3, 1, [0, 1, 0], true),
    small(3, 0, [1, 0, 0], false),
    small(3, 1, [1, 0, 0], false),
    small(3, 1, [1, 0, 1], false),
    small(2, 1, [1, 1, 0], false),
    small(2, 1, [0, 2, 0], false),
    small(2, 1, [0, 1, 1], false),
];

const fn small(
    changes: usize,
    sick: usize,
    [crashes, faults, doubles]: [usize; 3],
    ledger: bool,
) -> Small {
    let misfortune = Misfortune { crashes, faults, doubles };
    Small { changes, items: 2, sick, misfortune, ledger, without: None }
}

/// Makes every run, and gives back how many there are.
///
/// # Errors
/// The promise that a run broke, and the turns that it took.
pub fn explore(small: &Small) -> Result<usize, String> {
    let mut trail = Trail::first(small.misfortune);
    for runs in 1.. {
        let shared = Arc::new(trail);
        let way = shared.clone();
        catch_unwind(AssertUnwindSafe(|| on_a_paused_clock(run(small, way)))).map_err(|panic| {
            let message = panic.downcast_ref::<String>().cloned();
            let message = message.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            format!("{} (turns {})", message.unwrap_or_default(), shared.turns())
        })?;
        match shared.next(small.misfortune) {
            Some(next) => trail = next,
            None => return Ok(runs),
        }
    }
    Ok(0)
}

async fn run(small: &Small, trail: Arc<Trail>) {
    let scenario = &Scenario {
        sick: Fault::PartialFailures,
        lot: Fault::Flaky,
        memory: if small.ledger { Memory::Down } else { Memory::Shared },
        rules: Rules::Small,
        then: Rules::Small,
        dies: u8::from(small.misfortune.crashes > 0),
        loses: u8::from(small.misfortune.faults > 0),
        doubles: f64::from(u8::from(small.misfortune.doubles > 0)),
        changes: small.changes,
        sandboxes: 2,
        ..CALM
    };
    let around = Neighbourhood::explored(small, &trail);
    let changes = Change::few(small.changes, small.items);
    let driver = Driver::new(scenario, Handler::Distributary, &around);
    let mut luck = Turned::new(trail);
    driver.drive(&changes, &mut luck).await;
    driver.rest(&mut luck).await;
    let seen = Seen::of(&around, &changes, driver.tally.into_inner());
    check::at_rest(scenario, &seen);
    check::sick(scenario, &around, &changes);
}
