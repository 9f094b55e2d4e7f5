//! A lane per route: time, retries, parking, and the partial batch response. Knows neither AWS
//! nor rules.
//!
//! [`Router::begin`] starts a [`Run`] over one batch. [`Run::deliver`] takes its deliveries, as many
//! at a time as may be in memory, and starts a lane for every route. A lane's sender fills requests
//! from its queue and calls the [`Target`]; what fails for good goes by the route's policy, through
//! the parker to the [`Lot`] as a rule. Both write into the lane's settle table, which
//! [`Run::finish`] reads the [`Report`] from. Lanes share nothing but the time they have; what is
//! known of a route's health stays from run to run.

mod absorb;
mod batch;
mod breaker;
mod bucket;
mod budget;
mod chain;
mod clock;
mod close;
mod health;
mod hold;
mod lane;
mod ledger;
mod lessee;
mod lot;
mod pace;
mod park;
mod policy;
mod postpone;
mod quarantine;
mod redrive;
mod report;
mod request;
mod resend;
mod retry;
mod router;
mod run;
mod send;
mod settle;
mod target;
mod throttle;
mod unsent;
mod wall;
mod work;

pub use chain::LotSlot;
pub use lane::Lane;
pub use ledger::{Known, Ledger, Settled, Token, TokenKey};
pub use lot::{Found, LEASE, LOT_TIMEOUT, Lot, Taken, group_key};
pub use pace::{Pace, RedriveReport};
pub use report::{Report, RouteReport};
pub use router::Router;
pub use run::Run;
pub use target::{Failure, FailureKind, Limits, Target};
pub use work::{Progress, Start, Work};
