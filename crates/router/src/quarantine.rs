//! Undecodable records, on their way into their sources' lots.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use distributary_delivery::{Content, Envelope, Identity, Quarantine};
use fastrand::Rng;
use tokio::sync::mpsc;

use crate::chain::{Chain, LotSlot};
use crate::clock::Clock;
use crate::park::{Parked, Parker};
use crate::settle::{Mark, Outcome, SettleTable};

/// The way of undecodable records in one run.
pub(crate) struct Ward {
    pub(crate) table: Arc<SettleTable>,
    pub(crate) clock: Clock,
    pub(crate) rules: Arc<str>,
    chains: BTreeMap<Option<usize>, Arc<Chain>>,
}

impl Ward {
    pub(crate) fn new(clock: Clock, rules: Arc<str>) -> Self {
        Ward { table: SettleTable::new(None), clock, rules, chains: BTreeMap::new() }
    }

    /// One task per lot that one of the records goes to. Those that `before` names wait there.
    pub(crate) fn start(
        &mut self,
        quarantined: Vec<Quarantine>,
        lots: &[LotSlot],
        before: &HashSet<Identity>,
        rng: &mut Rng,
    ) -> Vec<impl Future<Output = ()> + use<>> {
        let mut by_lot = BTreeMap::new();
        for record in quarantined {
            let identity = identity(&record);
            let known = before.contains(&identity);
            let ticket = self.table.enter(Mark { position: record.position, identity });
            if known {
                self.table.settle(ticket, Outcome::Before);
                continue;
            }
            let (to_lot, _) = by_lot.entry(record.lot).or_insert_with(mpsc::unbounded_channel);
            let envelope = self.envelope(record);
            // Cannot fail: the other end is in the map, too.
            let _ = to_lot.send(Parked { ticket, envelope, outcome: Outcome::Parked });
        }
        let parkers = by_lot.into_iter().map(|(lot, (_, for_lot))| {
            let chain = self.chains.entry(lot);
            let chain = chain.or_insert_with(|| Arc::new(Chain::new(lots, lot, false))).clone();
            let (table, clock, rng) = (self.table.clone(), self.clock, rng.fork());
            Parker { chain, table, clock, health: None, rng }.keep_all(for_lot)
        });
        parkers.collect()
    }

    fn envelope(&self, record: Quarantine) -> Envelope {
        let Quarantine { record, event, sequence, table, reason, .. } = record;
        Envelope {
            content: Content::Quarantine,
            rules: self.rules.clone(),
            event,
            sequence,
            table,
            reason,
            parked_at: self.clock.epoch(),
            record,
        }
    }
}

/// Names a record as nothing names a delivery: no rule and no route has an empty name.
fn identity(record: &Quarantine) -> Identity {
    Identity::new(&String::from_utf8_lossy(&record.record), "", "")
}
