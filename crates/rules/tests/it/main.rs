//! What a user of this crate can observe.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod diagnostics;
mod limits;
mod logic;
mod params;
mod records;
mod resolve;
mod serving;
mod spec;
mod tests;
