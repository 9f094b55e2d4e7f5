//! What an engine answers, sends and remembers, seen through real rules with scripted targets and a
//! scripted ledger.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod answers;
mod pauses;
mod retries;
mod world;
