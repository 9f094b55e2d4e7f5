//! A lane per route: time, retries, parking, and the partial batch response. Knows neither AWS
//! nor rules.
//!
//! [`Router::run`] takes a batch's deliveries and starts a lane for every route. A lane's sender
//! fills requests from its queue and calls the [`Target`]; what fails for good goes through the
//! parker to the [`Lot`]. Both write into the lane's settle table, which the [`Report`] is read
//! from. Lanes share nothing but the time they have.

mod batch;
mod clock;
mod lane;
mod ledger;
mod lot;
mod park;
mod quarantine;
mod report;
mod request;
mod retry;
mod router;
mod send;
mod settle;
mod target;
mod wall;
mod work;

pub use lane::Lane;
pub use ledger::{Known, Ledger, Settled, Token, TokenKey};
pub use lot::{LEASE, LOT_TIMEOUT, Lot, Taken, group_key};
pub use report::{Report, RouteReport};
pub use router::Router;
pub use target::{Failure, FailureKind, Limits, Target};
pub use work::{Progress, Work};
