//! The Lambda function on the stream: it loads the rules, takes batches, has the engine make their
//! deliveries, and answers with what has to come again.
//!
//! Lambda gives a process one invocation at a time, except on managed instances, where it says how
//! many (`AWS_LAMBDA_MAX_CONCURRENCY`). Invocations at once share the router with its breakers and
//! the engine's memory of what was settled; each has a window of deliveries of its own.

mod config;
mod error;
mod function;
mod in_force;
mod invocation_error;
mod logging;
mod metrics;
mod place;
mod refusal;
mod request;
mod rules;
mod runtime;
mod start;
mod telemetry;

pub use config::Config;
pub use error::StartError;
pub use function::{Function, Redriven, Reply};
pub use invocation_error::InvocationError;
pub use metrics::Metrics;
pub use place::{Object, Place};
pub use runtime::run;
