//! What others read of a delivery: envelopes, identities, resource names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a failing test says where"
)]

mod envelope;
mod names;
