//! What nobody knows before a program runs where it is deployed.

use std::collections::BTreeSet;

use crate::program::{Param, Program};
use crate::reads::Read;

/// The variables in which Lambda says where a function runs.
const VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

impl Param {
    /// Whether Lambda sets it, where nothing that comes before does.
    #[must_use]
    pub fn is_of_lambda(&self) -> bool {
        self.env.as_deref().is_some_and(|variable| VARIABLES.contains(&variable))
    }
}

impl Program {
    /// Takes their value from the parameters that Lambda sets in the function, and that the function
    /// is not `told`: the region of whoever derives something for it is not its own. What has a place
    /// in it, a table, route or lot, keeps that place.
    pub fn leave_to_lambda(&mut self, told: impl Fn(&Param) -> bool) {
        let placed = self.placed_params();
        for (at, param) in self.params.iter_mut().enumerate() {
            if param.is_of_lambda() && !placed.contains(&at) && !told(param) {
                param.value = None;
                param.open = true;
            }
        }
    }

    /// The parameters that say where something is, by index.
    pub(crate) fn placed_params(&self) -> BTreeSet<usize> {
        let mut placed = BTreeSet::new();
        let tables = self.sources.iter().map(|source| &source.table_setting);
        let lots = self.lots.iter().flat_map(|lot| lot.place.settings());
        let routes = self.routes.iter().flat_map(|route| route.place.settings());
        for fixed in tables.chain(lots).chain(routes) {
            fixed.term.reads(false, &mut |read| {
                if let Read::Param(param) = read {
                    placed.insert(param);
                }
            });
        }
        placed
    }
}
