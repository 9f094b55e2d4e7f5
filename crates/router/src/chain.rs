//! A lot and those behind it, which take what it does not.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::lot::Lot;

/// A lot among those of a rule set.
#[derive(Clone)]
pub struct LotSlot {
    /// The lot.
    pub lot: Arc<dyn Lot>,
    /// The index of the lot that takes what this one does not.
    pub then: Option<usize>,
}

/// The lots that one lane tries in one run, one after the other.
pub(crate) struct Chain {
    links: Vec<Link>,
    ordered: bool,
    /// Groups of an ordered lane of which something was not kept.
    broken: Mutex<HashSet<String>>,
}

pub(crate) struct Link {
    pub(crate) lot: Arc<dyn Lot>,
    lost: AtomicBool,
}

impl Chain {
    /// The lots from `first` on. Of an ordered lane it is that one alone: with it down nobody knows
    /// what it holds, so another one cannot keep the order.
    pub(crate) fn new(lots: &[LotSlot], first: Option<usize>, ordered: bool) -> Self {
        let most = if ordered { 1 } else { lots.len() };
        let slots =
            std::iter::successors(first.and_then(|at| lots.get(at)), |slot| lots.get(slot.then?));
        let links = slots
            .take(most)
            .map(|slot| Link { lot: slot.lot.clone(), lost: AtomicBool::new(false) });
        Chain { links: links.collect(), ordered, broken: Mutex::default() }
    }

    pub(crate) fn links(&self) -> &[Link] {
        &self.links
    }

    /// The first of them, if the lane relies on its order.
    pub(crate) fn ordered_lot(&self) -> Option<&Arc<dyn Lot>> {
        let first = self.links.first().map(|link| &link.lot);
        first.filter(|lot| self.ordered && lot.is_ordered())
    }

    pub(crate) fn is_ordered(&self) -> bool {
        self.ordered
    }

    /// Whether something of the group was not kept, so that nothing that follows may be.
    pub(crate) fn is_broken(&self, group: &str) -> bool {
        self.ordered && self.broken.lock().unwrap_or_else(PoisonError::into_inner).contains(group)
    }

    pub(crate) fn break_off(&self, group: &str) {
        if self.ordered {
            self.broken.lock().unwrap_or_else(PoisonError::into_inner).insert(group.to_owned());
        }
    }
}

impl Link {
    /// Whether it kept nothing of a batch in all attempts: in this run it makes nobody wait again.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    pub(crate) fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }
}
