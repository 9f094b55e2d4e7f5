//! The harness of the tests that cross the wire: real components started and
//! stopped, and the small clients that write to them and read back.
//!
//! [`components`] starts DynamoDB Local and ministack. [`dynamodb`] writes to a
//! table and reads its stream, [`lambda_event`] turns what was read into what
//! Lambda would deliver. [`function`] runs the real `bootstrap` binary behind the
//! project's own [`runtime_api`], [`proxy`] makes what it talks to sick, and [`aws`]
//! reads back what it sent. [`cloudformation`] deploys templates.

#![allow(
    clippy::indexing_slicing,
    reason = "a JSON value answers null, and a panic here is a failed test"
)]

use std::process::ExitCode;

pub mod aws;
pub mod call;
pub mod cloudformation;
pub mod components;
pub mod dynamodb;
pub mod function;
pub mod lambda_event;
pub mod program;
pub mod proxy;
pub mod runtime_api;
pub mod stream;
pub mod world;

mod http;
mod process;

/// How a program of this package ends: an error is one line for a person, without
/// a backtrace.
#[must_use]
pub fn report(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
