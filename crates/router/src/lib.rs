//! A lane per route: time, retries, parking, and the partial batch response. Knows neither AWS
//! nor rules.

mod lot;
mod report;
mod router;
mod target;
mod work;

pub use lot::Lot;
pub use report::{Report, RouteReport};
pub use router::{Lane, Router};
pub use target::{Failure, Limits, Target};
pub use work::{Progress, Quarantine, Work};
