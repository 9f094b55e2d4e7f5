//! What all sandboxes share: destinations, lots and the ledger.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Destination as Place, Lot, LotPlace, Route};
use distributary_mapping::StreamRecord as _;
use fastrand::Rng;
use tokio::time::Instant;

use crate::change::Change;
use crate::explore::{Part, Small};
use crate::ledger::Book;
use crate::lot::Shelf;
use crate::scenario::{Fault, Memory, Scenario};
use crate::target::Destination;
use crate::trail::Trail;
use crate::weather::Weather;
use crate::world::{Rules, World, is_ordered, keeps_order};

/// What the routes and lots lead to of all rules that are in force some time.
pub(crate) struct Neighbourhood {
    /// With the first route that leads there.
    pub(crate) destinations: Vec<(Route, Arc<Destination>)>,
    shelves: Vec<(LotPlace, Arc<Shelf>)>,
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
            let weather = Weather::script(fault, window.clone(), rng.fork());
            let (ordered, [least, most]) = (is_ordered(route), scenario.latency);
            let destination = Destination::new(ordered, weather, least..most + 1, rng.fork());
            (route.clone(), Arc::new(destination))
        });
        let destinations = destinations.collect();
        let shelves = world.lots.iter().map(|lot| {
            let fault = if *lot.name == *of.faulty_lot() { scenario.lot } else { Fault::None };
            let weather = Weather::script(fault, window.clone(), rng.fork());
            (lot.place.clone(), Shelf::new(keeps_order(lot), weather))
        });
        let shelves = shelves.collect();
        let paused = (scenario.sick == Fault::Paused)
            .then(|| (world.routes[sick].name.to_string(), window.clone()));
        let weather = match scenario.memory {
            Memory::Down => Weather::script(Fault::Down, Duration::ZERO..Duration::MAX, rng.fork()),
            _ => Weather::fair(),
        };
        let book = (scenario.memory != Memory::None)
            .then(|| Book::new(scenario.memory, weather, paused, rng.fork()));
        Neighbourhood { destinations, shelves, book, start: Instant::now() }
    }

    /// Where whatever can go wrong with a route and its lot goes wrong as a trail turns.
    pub(crate) fn explored(small: &Small, trail: &Arc<Trail>) -> Self {
        let world = World::of(Rules::Small);
        let weather = |trails: bool| match trails {
            true => Weather::trail(trail.clone()),
            false => Weather::fair(),
        };
        let destinations = world.routes.iter().enumerate().map(|(at, route)| {
            let (ordered, rng) = (is_ordered(route), Rng::with_seed(0));
            let destination = Destination::new(ordered, weather(at == small.sick), 5..6, rng);
            (route.clone(), Arc::new(destination))
        });
        let shelves = world.lots.iter().map(|lot| {
            let shelf = match small.without {
                Some(Part::Keeping) => Shelf::dishonest(weather(true)),
                Some(Part::Holds) => Shelf::new(false, weather(true)),
                _ => Shelf::new(keeps_order(lot), weather(true)),
            };
            (lot.place.clone(), shelf)
        });
        let (destinations, shelves) = (destinations.collect(), shelves.collect());
        let memory = match small.without {
            Some(Part::Beyond) => Memory::Short,
            _ => Memory::Shared,
        };
        let book = Some(Book::new(memory, weather(small.ledger), None, Rng::with_seed(0)));
        Neighbourhood { destinations, shelves, book, start: Instant::now() }
    }

    /// Where rules lead that change: what goes wrong at the first destination goes wrong as a trail
    /// turns. One route may be paused for a while.
    pub(crate) fn rolled_out(
        versions: &[&'static World],
        trail: &Arc<Trail>,
        paused: Option<(String, Range<Duration>)>,
    ) -> Self {
        let (mut destinations, mut shelves) = (Vec::new(), Vec::new());
        for world in versions {
            for route in &world.routes {
                let weather = match destinations.is_empty() {
                    true => Weather::trail(trail.clone()),
                    false => Weather::fair(),
                };
                if find(&destinations, &route.destination).is_none() {
                    let rng = Rng::with_seed(0);
                    let destination = Destination::new(is_ordered(route), weather, 5..6, rng);
                    destinations.push((route.clone(), Arc::new(destination)));
                }
            }
            for lot in &world.lots {
                if !shelves.iter().any(|(place, _)| *place == lot.place) {
                    shelves
                        .push((lot.place.clone(), Shelf::new(keeps_order(lot), Weather::fair())));
                }
            }
        }
        let book = Book::new(Memory::Shared, Weather::fair(), paused, Rng::with_seed(0));
        Neighbourhood { destinations, shelves, book: Some(book), start: Instant::now() }
    }

    /// Where a route leads.
    pub(crate) fn destination(&self, route: &Route) -> &Arc<Destination> {
        find(&self.destinations, &route.destination).unwrap()
    }

    /// What keeps what is put into a lot.
    pub(crate) fn shelf(&self, lot: &Lot) -> &Arc<Shelf> {
        let of_lot = |(place, _): &&(LotPlace, Arc<Shelf>)| *place == lot.place;
        &self.shelves.iter().find(of_lot).unwrap().1
    }

    /// Whether a change waits for a route in some lot.
    pub(crate) fn waits(&self, route: &Arc<str>, change: usize) -> bool {
        self.shelves.iter().any(|(_, shelf)| shelf.holds(route, change))
    }

    /// How many deliveries wait for a route.
    pub(crate) fn waiting(&self, route: &str) -> usize {
        self.shelves.iter().map(|(_, shelf)| shelf.waiting(route)).sum()
    }

    /// How long ago a change was made.
    pub(crate) fn age(&self, change: &Change) -> Duration {
        self.start.elapsed().saturating_sub(change.arrived())
    }

    /// Requests that a fault befell.
    pub(crate) fn faults(&self) -> usize {
        let destinations =
            self.destinations.iter().map(|(_, destination)| destination.weather().faults());
        let shelves = self.shelves.iter().map(|(_, shelf)| shelf.weather().faults());
        let book = self.book.iter().map(|book| book.faults());
        destinations.chain(shelves).chain(book).sum()
    }
}

fn find<'a>(
    destinations: &'a [(Route, Arc<Destination>)],
    place: &Place,
) -> Option<&'a Arc<Destination>> {
    let there = destinations.iter().find(|(route, _)| route.destination == *place);
    there.map(|(_, destination)| destination)
}
