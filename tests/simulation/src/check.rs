//! The promises, by their numbers in `docs/isolation.md`.

use std::collections::{BTreeMap, BTreeSet};

use distributary_mapping::Answer;
use distributary_router::RouteReport;

use crate::sandbox::{Ended, Neighbourhood};
use crate::scenario::{Fault, POISON, Scenario};
use crate::seen::{Seen, by_group, first_arrivals};
use crate::world::{Change, World};

/// Holds the answer to one batch to what is there when it is given.
pub(crate) fn answered(
    scenario: &Scenario,
    world: &World,
    around: &Neighbourhood,
    batch: &[Change],
    ended: &Ended,
) {
    let Ended { answer: Answer::Partial(names), report: Some(report) } = ended else { return };
    let named = |name: &String| batch.iter().position(|change| name == sequence(change));
    let settled = match names.first() {
        None => batch.len(),
        Some(name) => named(name)
            .unwrap_or_else(|| panic!("I12: `{name}` is no sequence number of the batch")),
    };
    assert!(names.len() <= 1, "I12: more than one record is named");
    assert_eq!(names.is_empty(), report.lowest_unsettled.is_none(), "I2: answer and report differ");
    let routes = world.routes.iter().zip(&around.destinations).zip(&report.routes);
    for ((route, destination), told) in routes {
        let arrived = first_arrivals(destination);
        let parked: BTreeSet<usize> = around.shelf.parked(&route.name).into_iter().collect();
        let open = |change: &&Change| {
            !arrived.contains_key(&change.number()) && !parked.contains(&change.number())
        };
        let name = &route.name;
        assert_eq!(told.matched, batch.len(), "I1: not every delivery of {name} has an outcome");
        let RouteReport { before, delivered, parked, held, dropped, unsettled, .. } = told;
        let outcomes = before + delivered + parked + held + dropped + unsettled;
        assert_eq!(outcomes, told.matched, "I1: not one outcome for each delivery of {name}");
        let nowhere = batch.iter().filter(open).count();
        assert!(nowhere <= *unsettled, "I1: {name} says of more that it is settled than is");
        assert_eq!(batch[..settled].iter().filter(open).count(), 0, "I2: {name} passed over some");
    }
    if scenario.lot == Fault::None {
        assert!(settled > 0, "I9: the checkpoint stands still although the lot can be reached");
    }
}

fn sequence(change: &Change) -> &str {
    distributary_mapping::StreamRecord::sequence(change)
}

/// Holds what is there at the end to what is promised.
pub(crate) fn at_rest(scenario: &Scenario, seen: &Seen) {
    assert_eq!(seen.lost, 0, "I3: something is lost");
    assert_eq!(seen.parked_healthy, 0, "I14: a route that was well parked something");
    assert_eq!(seen.order_breaks, 0, "I5: a group lost its order on a route that was well");
    if scenario.processes_are_well() && scenario.lot == Fault::None {
        assert_eq!(seen.duplicates, 0, "I4: a route that was well got something twice");
    }
}

/// Holds what the sick route did not get, or got late, to what is promised.
pub(crate) fn sick(scenario: &Scenario, world: &World, around: &Neighbourhood, changes: &[Change]) {
    let routes = world.routes.iter().zip(&around.destinations);
    for (route, destination) in routes.filter(|(_, destination)| destination.is_sick()) {
        let ordered = &*route.name == "ordered";
        let first = first_arrivals(destination);
        let kept = changes.iter().filter(|change| !first.contains_key(&change.number()));
        let kept: Vec<&Change> = kept.collect();
        if scenario.sick == Fault::Poison {
            let poison = &changes[POISON];
            let follows = |change: &Change| {
                change.number() == POISON
                    || (ordered && change.number() > POISON && change.item() == poison.item())
            };
            let only = kept.iter().all(|change| follows(change));
            assert!(only, "I11: one record's fault touched records that do not follow it");
        }
        if ordered && scenario.processes_are_well() && scenario.lot == Fault::None {
            let mut waits: BTreeMap<u64, usize> = BTreeMap::new();
            for change in kept {
                waits.entry(change.item()).or_insert(change.number());
            }
            for (group, arrivals) in by_group(&first, changes) {
                assert!(arrivals.is_sorted(), "I7: a group lost its order on its way");
                let passed = waits.get(&group).is_some_and(|waits| arrivals.last() > Some(waits));
                assert!(!passed, "I7: a delivery passed one of its group that waits");
            }
        }
    }
}

/// What each route that was well got: by group, the changes in their order with their bodies.
pub(crate) type Received = BTreeMap<String, BTreeMap<u64, Vec<(usize, Vec<u8>)>>>;

/// What the routes got that are well here.
pub(crate) fn received(world: &World, around: &Neighbourhood, changes: &[Change]) -> Received {
    let mut received = Received::new();
    for (route, destination) in world.routes.iter().zip(&around.destinations) {
        if destination.is_sick() {
            continue;
        }
        let first = first_arrivals(destination);
        let body = |change: usize| {
            destination.journal(|taken| taken[first[&change].0].message.body.to_vec())
        };
        let mut groups: BTreeMap<u64, Vec<(usize, Vec<u8>)>> = BTreeMap::new();
        for (group, mut arrivals) in by_group(&first, changes) {
            // Only the FIFO route promises an order.
            if &*route.name != "ordered" {
                arrivals.sort_unstable();
            }
            let bodies = arrivals.into_iter().map(|change| (change, body(change)));
            groups.insert(group, bodies.collect());
        }
        received.insert(route.name.to_string(), groups);
    }
    received
}

/// The difference test: a sick neighbour changes nothing.
pub(crate) fn difference(with: &Received, without: &Received) {
    for (route, groups) in with {
        assert!(
            groups == &without[route],
            "I5: {route} got something else beside a sick neighbour"
        );
    }
}
