//! Tests that cross the wire: real DynamoDB streams, the real function, real
//! queues, topics and buses. One DynamoDB Local and one ministack serve them all.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failure here is a failed test"
)]

mod blocked;
mod components;
mod conformance;
mod crash;
mod fan_out;
mod freeze;
mod full_batch;
mod input;
mod invocations;
mod ledger;
mod lots;
mod operator;
mod ordered_lot;
mod parking;
mod permissions;
mod redrive;
mod rules;
mod run;
mod scene;
mod scheduled;
mod secrets;
mod sick;
mod start;
mod stream;
mod walls;
