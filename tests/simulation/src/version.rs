//! Rules and filters that change while batches are in flight.

use std::time::Duration;

use distributary_deploy::filter::{Limits, Pattern, criteria, wanted};

use crate::change::Change;
use crate::world::World;

/// The rules with which sandboxes start.
#[derive(Clone, Copy)]
pub(crate) enum Versions {
    Only(&'static World),
    /// Either, as when a new version is on its way to all processes, or the old one is.
    Either(&'static World, &'static World),
    /// The one in the first third of the time, either in the second, and the other from then on.
    InTurn {
        before: &'static World,
        after: &'static World,
        over: Duration,
    },
}

impl Versions {
    /// Those with which sandboxes start after so long.
    pub(crate) fn at(self, elapsed: Duration) -> Vec<&'static World> {
        match self {
            Versions::Only(world) => vec![world],
            Versions::Either(one, other) => vec![one, other],
            Versions::InTurn { before, after, .. } if std::ptr::eq(before, after) => vec![before],
            Versions::InTurn { before, over, .. } if elapsed < over / 3 => vec![before],
            Versions::InTurn { after, over, .. } if elapsed >= over * 2 / 3 => vec![after],
            Versions::InTurn { before, after, .. } => vec![before, after],
        }
    }
}

/// The filter of the event source mapping: a change that does not pass is gone.
pub(crate) struct Filter(Vec<Pattern>);

impl Filter {
    /// As it is derived from rules, or from several at once.
    pub(crate) fn of(worlds: &[&World]) -> Self {
        let wanted: Vec<_> =
            worlds.iter().map(|world| wanted(&world.program, Some(0), false)).collect();
        let patterns = criteria(&wanted, Limits::default()).patterns;
        Filter(patterns.iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect())
    }

    pub(crate) fn passes(&self, change: &Change) -> bool {
        let record = serde_json::from_slice(&change.raw()).unwrap();
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.passes(&record))
    }
}
