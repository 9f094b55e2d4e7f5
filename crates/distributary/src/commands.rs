//! One file per command, and what several of them need.

pub(crate) mod conformance;
pub(crate) mod doctor;
pub(crate) mod pause;
pub(crate) mod redrive;
pub(crate) mod run;

mod ledger;
mod log;
mod names;
mod progress;
mod wiring;
