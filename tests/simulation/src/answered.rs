//! The promises that every answer keeps, by their numbers in `docs/isolation.md`.

use distributary_mapping::{Answer, StreamRecord as _};
use distributary_router::{Report, RouteReport};

use crate::change::Change;
use crate::neighbourhood::Neighbourhood;
use crate::scenario::Scenario;
use crate::world::{MAX_BLOCK, Rules, World};

/// Holds the answer to one batch to what is there when it is given.
pub(crate) fn check(
    scenario: &Scenario,
    around: &Neighbourhood,
    world: &World,
    batch: &[Change],
    answer: &Answer,
    report: &Report,
) {
    let Answer::Partial(names) = answer else { return };
    let named = |name: &String| batch.iter().position(|change| name == change.sequence());
    let settled = match names.first() {
        None => batch.len(),
        Some(name) => named(name)
            .unwrap_or_else(|| panic!("I12: `{name}` is no sequence number of the batch")),
    };
    assert!(names.len() <= 1, "I12: more than one record is named");
    assert_eq!(names.is_empty(), report.lowest_unsettled.is_none(), "I2: answer and report differ");
    for ((index, route), told) in world.routes.iter().enumerate().zip(&report.routes) {
        let (name, destination) = (&route.known_as, around.destination(route));
        let sends = |change: &&Change| world.sends(change, index);
        let due = batch.iter().filter(sends).count();
        let RouteReport { before, delivered, parked, held, dropped, unsettled, .. } = told;
        let outcomes = before + delivered + parked + held + dropped + unsettled;
        assert_eq!(told.matched, due, "I1: not every delivery of {name} has an outcome");
        assert_eq!(outcomes, due, "I1: not one outcome for each delivery of {name}");
        let open = |change: &&Change| {
            let number = change.number();
            sends(change)
                && !destination.journal(|journal| journal.has(number))
                && !around.waits(name, number)
        };
        let nowhere = batch.iter().filter(open).count();
        assert!(
            nowhere <= unsettled + dropped,
            "I1: {name} says of more that it is settled than is"
        );
        let passed = batch[..settled].iter().filter(open).count();
        assert!(passed <= *dropped, "I2: {name} passed over some");
        if scenario.rules == Rules::Policies {
            let late = batch.iter().filter(|change| {
                around.waits(name, change.number()) && around.age(change) >= MAX_BLOCK
            });
            assert!(late.count() >= *parked, "{name} parked what it is to block for");
        }
    }
    // A route that blocks holds its shard up, as it is told to.
    if scenario.lots_are_well() && scenario.rules != Rules::Policies {
        assert!(settled > 0, "I9: the checkpoint stands still although the lot can be reached");
    }
}

/// I13: what the mapping has heard to be settled of a batch, `heard` when this invocation began, is
/// not sent again; and no more is taken for settled than is.
pub(crate) fn remembered(scenario: &Scenario, report: &Report, heard: usize, settled: usize) {
    let before: usize = report.routes.iter().map(|route| route.before).sum();
    if scenario.remembers() {
        assert!(before >= heard, "I13: {heard} were settled before, and {before} are remembered");
    }
    if scenario.dies == 0 {
        assert!(before <= settled, "I3: {before} are taken for settled, and {settled} were");
    }
}
