//! What arrived at a destination.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use distributary_delivery::{Delivery, Identity};

use crate::change::{Change, number};

/// One arrival.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) at: Duration,
    pub(crate) identity: Identity,
    pub(crate) body: bytes::Bytes,
}

/// The first arrival of every change, and how many others there were.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    /// Changes in the order in which they first arrived.
    order: Vec<usize>,
    first: HashMap<usize, Arrival>,
    again: usize,
    /// Second arrivals under another identity than the first.
    renamed: usize,
}

impl Journal {
    pub(crate) fn note(&mut self, delivery: &Delivery, at: Duration) {
        let change = number(&delivery.origin.sequence);
        let Delivery { identity, message, .. } = delivery;
        if let Some(first) = self.first.get(&change) {
            self.again += 1;
            self.renamed += usize::from(first.identity != *identity);
            return;
        }
        let arrival = Arrival { at, identity: identity.clone(), body: message.body.clone() };
        self.order.push(change);
        self.first.insert(change, arrival);
    }

    /// The first arrival of a change.
    pub(crate) fn first(&self, change: usize) -> Option<&Arrival> {
        self.first.get(&change)
    }

    pub(crate) fn has(&self, change: usize) -> bool {
        self.first.contains_key(&change)
    }

    /// Changes that arrived.
    pub(crate) fn changes(&self) -> usize {
        self.order.len()
    }

    /// Arrivals that were not the first of their change.
    pub(crate) fn again(&self) -> usize {
        self.again
    }

    /// Those of them that a reader would not recognise.
    pub(crate) fn renamed(&self) -> usize {
        self.renamed
    }

    /// By group, the changes in the order of their first arrivals.
    pub(crate) fn by_group(&self, changes: &[Change]) -> BTreeMap<u64, Vec<usize>> {
        let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for change in &self.order {
            groups.entry(changes[*change].item()).or_default().push(*change);
        }
        groups
    }
}
