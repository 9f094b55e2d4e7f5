//! What a user of this crate can observe: trees, messages, limits, and answers to anything at all.
//!
//! `UPDATE_GOLDEN=1` rewrites the expectations in the data files beside this folder.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod diagnostics;
mod formatting;
mod golden;
mod limits;
mod places;
mod properties;
mod rendering;
mod tree;
mod trees;
