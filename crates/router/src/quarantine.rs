//! Undecodable records, on their way into their sources' lots.

use std::collections::BTreeMap;
use std::sync::Arc;

use distributary_delivery::{Content, Envelope, Quarantine};
use fastrand::Rng;
use tokio::sync::mpsc;

use crate::lane::Run;
use crate::lot::Lot;
use crate::park::Parker;
use crate::settle::SettleTable;

/// The settle table of the records, and one task per lot that one of them goes to.
pub(crate) fn start(
    quarantined: Vec<Quarantine>,
    lots: &[Arc<dyn Lot>],
    run: &Run,
    rng: &mut Rng,
) -> (Arc<SettleTable>, Vec<impl Future<Output = ()> + use<>>) {
    let positions = quarantined.iter().map(|record| record.position).collect();
    let (table, tickets) = SettleTable::new(positions, None);
    let mut by_lot = BTreeMap::new();
    for (ticket, record) in tickets.into_iter().zip(quarantined) {
        let (to_lot, _) = by_lot.entry(record.lot).or_insert_with(mpsc::unbounded_channel);
        // Cannot fail: the other end is in the map, too.
        let _ = to_lot.send((ticket, envelope(record, run)));
    }
    let parkers = by_lot.into_iter().map(|(lot, (_, for_lot))| {
        let lot = lot.and_then(|lot| lots.get(lot).cloned());
        let table = table.clone();
        Parker { lot, table, clock: run.clock, rng: rng.fork() }.keep_all(for_lot)
    });
    let parkers = parkers.collect();
    (table, parkers)
}

fn envelope(record: Quarantine, run: &Run) -> Envelope {
    let Quarantine { record, event, sequence, table, reason, .. } = record;
    Envelope {
        content: Content::Quarantine,
        rules: run.rules.clone(),
        event,
        sequence,
        table,
        reason,
        parked_at: run.clock.epoch(),
        record,
    }
}
