//! The real planner and router behind a model of the event source mapping, on a paused clock and from
//! a seed: what is promised about isolation, held to every script of faults.
//!
//! [`simulate`] runs one [`Scenario`] with one seed and one [`Handler`], and gives back what was seen
//! ([`Seen`]). [`explore`] makes every run that a few changes can have, and a [`Rollout`] every run in
//! which rules change meanwhile. A broken promise is a panic, or
//! an error, whose message names it: see `docs/isolation.md`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what cannot go on here is a failed test"
)]

mod answered;
mod baseline;
mod change;
mod check;
mod drive;
mod explore;
mod journal;
mod ledger;
mod lot;
mod luck;
mod neighbourhood;
mod process;
mod ratio;
mod rollout;
mod run;
mod sandbox;
mod scenario;
mod scripts;
mod seen;
mod table;
mod tally;
mod target;
mod trail;
mod version;
mod weather;
mod world;

pub use explore::{Part, SMALL, Small, explore};
pub use ratio::ratio;
pub use rollout::{Happened, Passes, Rollout, Way};
pub use run::simulate;
pub use sandbox::Handler;
pub use scenario::Scenario;
pub use scripts::SCENARIOS;
pub use seen::Seen;
pub use table::{Row, small_table, table};
pub use trail::Misfortune;
