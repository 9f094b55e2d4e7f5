//! What a deployment of a checked program needs, derived from the rules rather than written beside
//! them.
//!
//! [`filter`] derives the filter criteria of an event source mapping, [`policy`] the permissions of
//! the function and of whoever redrives, [`template`] all that is deployed. Nothing here does I/O.

pub mod filter;
pub mod policy;
mod rules_at;
pub mod template;

pub use rules_at::RulesAt;
