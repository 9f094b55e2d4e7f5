//! From records to deliveries: decoding, matching, payload bytes, group and identity, and what
//! became of every record that no delivery comes from. Sends nothing.

mod excerpt;
mod plan;
mod planner;
mod quiet;

pub use plan::{Plan, Seen, Shadowed, Verdict};
pub use planner::Planner;
