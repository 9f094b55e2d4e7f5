//! How much sooner a batch is done than with a handler that sends one by one.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

use crate::lot::Shelf;
use crate::sandbox::{Handler, Neighbourhood, Sandbox};
use crate::scenario::Fault;
use crate::target::Destination;
use crate::world::{Change, EPOCH, World};

/// How long 1,000 changes to three routes take, whose targets answer in 20 ms: with Distributary,
/// and one by one.
///
/// # Panics
/// A handler did not finish.
#[must_use]
pub fn ratio() -> [Duration; 2] {
    [Handler::Distributary, Handler::Sequential].map(|handler| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(time(handler))
    })
}

async fn time(handler: Handler) -> Duration {
    let (world, mut rng) = (World::new(), Rng::with_seed(0));
    let never = Duration::ZERO..Duration::ZERO;
    let destinations = world.routes.iter().map(|route| {
        let ordered = &*route.name == "ordered";
        let destination = Destination::new(ordered, Fault::None, never.clone(), Rng::with_seed(0));
        Arc::new(destination.answering_in(Duration::from_millis(20)))
    });
    let destinations = destinations.collect();
    let shelf = Shelf::new(Fault::None, never.clone(), Rng::with_seed(0));
    let around = Neighbourhood { destinations, shelf };
    let changes = Change::all(1000, 1000, Duration::ZERO, &mut rng);
    let sandbox = Sandbox::new(handler, &world, &around, usize::MAX, 0);
    let started = Instant::now();
    sandbox.handle(&world, &changes, EPOCH, Duration::from_secs(900)).await;
    let took = started.elapsed();
    for destination in &around.destinations {
        assert_eq!(destination.journal(<[_]>::len), changes.len());
    }
    took
}
