//! What the router promises, observed from both ends: what targets and lots received, and what the
//! report says. Time is virtual and every draw is seeded, so each run is repeatable.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test says where"
)]

mod breaker;
mod cellar;
mod filling;
mod holds;
mod journey;
mod logs;
mod lots;
mod mood;
mod neighbours;
mod order;
mod outcomes;
mod postponed;
mod properties;
mod redrive;
mod scene;
mod scripted;
mod time;
mod together;
mod walls;
mod world;
