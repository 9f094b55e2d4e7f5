//! Filling in what only a stage knows: parameters.

use distributary_syntax::Diagnostic;

use crate::program::Program;

/// Which parameters have to have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All that are used.
    All,
    /// Those that decide which rules fire and what is sent; not those that only say where to.
    Conditions,
}

/// Routes and lots with every parameter filled in, in the program's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// The routes.
    pub routes: Vec<distributary_delivery::Route>,
    /// The lots.
    pub lots: Vec<distributary_delivery::Lot>,
}

impl Program {
    /// Makes sure that every parameter that is needed has a value.
    ///
    /// # Errors
    /// One for each that has none.
    pub fn settle_params(&self, scope: Scope) -> Result<(), Vec<Diagnostic>> {
        let _ = scope;
        Ok(())
    }

    /// The routes and lots as the router and the targets need them.
    ///
    /// # Errors
    /// One for each parameter without a value and each value that its service would refuse.
    pub fn resolve(&self) -> Result<Resolved, Vec<Diagnostic>> {
        Ok(Resolved::default())
    }
}
