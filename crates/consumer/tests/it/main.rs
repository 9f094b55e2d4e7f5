//! What the function does with rules and batches, in this process and with routes to files. The
//! same across the wire, behind a Runtime API, is tested with the other crates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod batches;
mod documents;
mod starts;
mod world;
