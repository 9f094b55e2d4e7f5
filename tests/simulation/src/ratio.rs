//! How much sooner a batch is done than with a handler that sends one by one.

use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

use crate::change::Change;
use crate::neighbourhood::Neighbourhood;
use crate::process::Process;
use crate::run::on_a_paused_clock;
use crate::sandbox::{Handler, Sandbox};
use crate::scenario::Scenario;
use crate::scripts::CALM;
use crate::world::{EPOCH, World};

const BATCH: Scenario =
    Scenario { changes: 1_000, items: 1_000, over: Duration::ZERO, latency: [20, 20], ..CALM };

/// How long 1,000 changes to three routes take, whose targets answer in 20 ms: with Distributary,
/// and one by one.
///
/// # Panics
/// A handler did not finish.
#[must_use]
pub fn ratio() -> [Duration; 2] {
    [Handler::Distributary, Handler::Sequential].map(|handler| on_a_paused_clock(time(handler)))
}

async fn time(handler: Handler) -> Duration {
    let mut rng = Rng::with_seed(0);
    let around = Neighbourhood::new(&BATCH, &BATCH, &mut rng);
    let changes = Change::all(&BATCH, &mut rng);
    let sandbox =
        Sandbox::new(handler, World::of(BATCH.rules), &around, Process::of_steps(usize::MAX), 0);
    let started = Instant::now();
    sandbox.handle(&changes, EPOCH, Duration::from_secs(900)).await;
    let took = started.elapsed();
    for (_, destination) in &around.destinations {
        assert_eq!(destination.journal(|journal| journal.changes()), changes.len());
    }
    took
}
