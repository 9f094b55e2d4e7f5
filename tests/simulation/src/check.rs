//! The promises that hold once everything is over, by their numbers in `docs/isolation.md`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::change::Change;
use crate::neighbourhood::Neighbourhood;
use crate::scenario::{Fault, POISON, Scenario};
use crate::seen::Seen;
use crate::target::Destination;
use crate::world::{Rules, WITHIN, is_ordered};

/// Holds what is there at the end to what is promised.
pub(crate) fn at_rest(scenario: &Scenario, seen: &Seen) {
    assert_eq!(seen.lost, 0, "I3: something is lost");
    assert_eq!(seen.parked_healthy, 0, "I14: a route that was well parked something");
    assert_eq!(seen.order_breaks, 0, "I5: a group lost its order on a route that was well");
    assert_eq!(seen.renamed, 0, "I10: something came again under another identity");
    if scenario.sick != Fault::Poison {
        assert_eq!(seen.left, 0, "I10: something waits in the lot of a route that is well again");
    }
    if scenario.remembers() {
        let (twice, most) = (seen.duplicates, seen.repeatable);
        assert!(twice <= most, "I4: {twice} came again to well routes, where {most} might have");
    }
}

/// Holds what the sick route did not get, or got late, to what is promised.
pub(crate) fn sick(scenario: &Scenario, around: &Neighbourhood, changes: &[Change]) {
    let sick = |(_, destination): &&(_, Arc<Destination>)| !destination.weather().is_fair();
    for (route, destination) in around.destinations.iter().filter(sick) {
        let ordered = is_ordered(route);
        let missing = |change: &&Change| {
            !change.is_undecodable() && !destination.journal(|journal| journal.has(change.number()))
        };
        let kept: Vec<&Change> = changes.iter().filter(missing).collect();
        if scenario.sick == Fault::Poison {
            let poison = &changes[POISON];
            let follows = |change: &Change| {
                change.number() == POISON
                    || (ordered && change.number() > POISON && change.item() == poison.item())
            };
            let only = kept.iter().all(|change| follows(change));
            assert!(only, "I11: one record's fault touched records that do not follow it");
        }
        if scenario.sick == Fault::Paused {
            // What was under way when the pause began may still arrive.
            let Range { start, end } = scenario.fault_window();
            let pause = start + Duration::from_secs(1)..end;
            let at = |change: &Change| {
                destination.journal(|journal| Some(journal.first(change.number())?.at))
            };
            let passed = changes.iter().filter_map(at).any(|at| pause.contains(&at));
            assert!(!passed, "a paused route was sent something");
        }
        if ordered {
            let mut waits: BTreeMap<u64, usize> = BTreeMap::new();
            for change in kept {
                waits.entry(change.item()).or_insert(change.number());
            }
            for (group, arrivals) in destination.journal(|journal| journal.by_group(changes)) {
                assert!(arrivals.is_sorted(), "I7: a group lost its order on its way");
                let passed = waits.get(&group).is_some_and(|waits| arrivals.last() > Some(waits));
                assert!(!passed, "I7: a delivery passed one of its group that waits");
            }
        }
    }
}

/// I6: how long a sick route, whose lot is well, holds up the others. One that is slow or throttles
/// and gets on may take as long as it needs; one that blocks is told to.
pub(crate) fn held_up(scenario: &Scenario, with: &Seen, without: &Seen) {
    let gets_on = matches!(scenario.sick, Fault::Slow | Fault::Throttled);
    if scenario.lot == Fault::None && scenario.rules != Rules::Policies && !gets_on {
        let most = without.longest + WITHIN;
        assert!(with.longest <= most, "I6: an invocation took {:?} of {most:?}", with.longest);
        // Half a minute of faults is as long as a breaker stays open, and every sandbox has its own.
        let sandboxes = scenario.sandboxes.max(scenario.lanes * scenario.shards as usize);
        let most = without.long + 2 * sandboxes;
        assert!(with.long <= most, "I6: {} invocations were held up, of {most}", with.long);
    }
}

/// What each route that was well got: by group, the changes in their order with their bodies.
pub(crate) type Received = BTreeMap<String, BTreeMap<u64, Vec<(usize, Vec<u8>)>>>;

/// What the routes got that are well here.
pub(crate) fn received(around: &Neighbourhood, changes: &[Change]) -> Received {
    let fair = |(_, destination): &&(_, Arc<Destination>)| destination.weather().is_fair();
    let well = around.destinations.iter().filter(fair);
    let of_route = well.map(|(route, destination)| {
        let groups = destination.journal(|journal| {
            let body = |change: usize| journal.first(change).map(|first| first.body.to_vec());
            let groups = journal.by_group(changes).into_iter().map(|(group, mut arrivals)| {
                // Only the FIFO route promises an order.
                if !is_ordered(route) {
                    arrivals.sort_unstable();
                }
                let bodies =
                    arrivals.into_iter().filter_map(|change| Some((change, body(change)?)));
                (group, bodies.collect())
            });
            groups.collect()
        });
        (route.name.to_string(), groups)
    });
    of_route.collect()
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
