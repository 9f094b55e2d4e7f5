//! Whether a program that was stored holds together: what it names by index is there.

use std::collections::BTreeSet;

use distributary_delivery::{OnFailure, Oversize};

use crate::program::Program;
use crate::resolve::Scope;

impl Program {
    /// Whether every index in it leads somewhere, and no chain of lots back to itself, as in every
    /// program that a check without errors made.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.params_are_there()
            && self.lots_are_there()
            && self.rules.iter().all(|rule| {
                self.has_source(rule.source)
                    && rule.schema.is_none_or(|at| at < self.schemas.len())
                    && rule.outputs.iter().all(|output| output.route < self.routes.len())
            })
            && self.ignores.iter().all(|ignore| self.has_source(ignore.source))
    }

    fn has_source(&self, source: Option<usize>) -> bool {
        source.is_none_or(|at| at < self.sources.len())
    }

    fn params_are_there(&self) -> bool {
        let of_networks = self.networks.iter().map(|(param, _)| *param);
        let mut used = self.used_params(Scope::All).into_iter().chain(of_networks);
        used.all(|param| param < self.params.len())
    }

    fn lots_are_there(&self) -> bool {
        let of_routes = self.routes.iter().flat_map(|route| {
            let parked = match route.on_failure {
                OnFailure::Park(lot) => Some(lot),
                OnFailure::Block { lot, .. } => lot,
                OnFailure::Drop => None,
            };
            let oversize = match route.oversize {
                Some(Oversize::Park(lot)) => Some(lot),
                _ => None,
            };
            parked.into_iter().chain(oversize)
        });
        let of_sources = self.sources.iter().filter_map(|source| source.park);
        of_routes.chain(of_sources).all(|lot| lot < self.lots.len())
            && (0..self.lots.len()).all(|lot| self.chain_ends(lot))
    }

    fn chain_ends(&self, first: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = Some(first);
        while let Some(at) = next {
            let Some(lot) = self.lots.get(at).filter(|_| seen.insert(at)) else { return false };
            next = lot.then;
        }
        true
    }
}
