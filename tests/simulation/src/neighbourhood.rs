//! What all sandboxes share: destinations, lots and the ledger.

use std::sync::Arc;
use std::time::Duration;

use distributary_mapping::StreamRecord as _;
use fastrand::Rng;
use tokio::time::Instant;

use crate::change::Change;
use crate::ledger::Book;
use crate::lot::Shelf;
use crate::scenario::{Fault, Memory, Scenario};
use crate::target::Destination;
use crate::world::{World, is_ordered, keeps_order};

/// In the order of the world's routes and lots.
pub(crate) struct Neighbourhood {
    pub(crate) destinations: Vec<Arc<Destination>>,
    pub(crate) shelves: Vec<Arc<Shelf>>,
    pub(crate) book: Option<Arc<Book>>,
    start: Instant,
}

impl Neighbourhood {
    /// Where `scenario` happens, for as long and to the same route as `of` says.
    pub(crate) fn new(scenario: &Scenario, of: &Scenario, rng: &mut Rng) -> Self {
        let world = World::of(scenario.rules);
        let sick = rng.usize(..world.routes.len());
        let window = of.fault_window();
        let destinations = world.routes.iter().enumerate().map(|(at, route)| {
            let fault = if at == sick { scenario.sick } else { Fault::None };
            let (ordered, [least, most]) = (is_ordered(route), scenario.latency);
            let destination =
                Destination::new(ordered, fault, window.clone(), least..most + 1, rng.fork());
            Arc::new(destination)
        });
        let destinations = destinations.collect();
        let shelves = world.lots.iter().map(|lot| {
            let fault = if *lot.name == *of.faulty_lot() { scenario.lot } else { Fault::None };
            Shelf::new(keeps_order(lot), fault, window.clone(), rng.fork())
        });
        let shelves = shelves.collect();
        let paused = (scenario.sick == Fault::Paused)
            .then(|| (world.routes[sick].name.to_string(), window.clone()));
        let rng = rng.fork();
        let book =
            (scenario.memory != Memory::None).then(|| Book::new(scenario.memory, paused, rng));
        Neighbourhood { destinations, shelves, book, start: Instant::now() }
    }

    /// Whether a change waits for a route in some lot.
    pub(crate) fn waits(&self, route: &Arc<str>, change: usize) -> bool {
        self.shelves.iter().any(|shelf| shelf.holds(route, change))
    }

    /// How many deliveries wait for a route.
    pub(crate) fn waiting(&self, route: &str) -> usize {
        self.shelves.iter().map(|shelf| shelf.waiting(route)).sum()
    }

    /// How long ago a change was made.
    pub(crate) fn age(&self, change: &Change) -> Duration {
        self.start.elapsed().saturating_sub(change.arrived())
    }

    /// Requests that a fault befell.
    pub(crate) fn faults(&self) -> usize {
        let destinations = self.destinations.iter().map(|destination| destination.faults());
        let shelves = self.shelves.iter().map(|shelf| shelf.faults());
        let book = self.book.iter().map(|book| book.faults());
        destinations.chain(shelves).chain(book).sum()
    }
}
