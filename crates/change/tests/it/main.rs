//! What a user of this crate can observe.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod batch;
mod captured;
mod decode;
mod equality;
mod golden;
mod json;
mod number;
mod typed;
