//! The Lambda function on the stream: it takes a batch, plans it, has the router make the
//! deliveries, and answers with what has to come again.
//!
//! Lambda gives a process one invocation at a time, and so does the runtime library, also where
//! Lambda Managed Instances would send several. All state between invocations is in the router.

mod answer;
mod config;
mod error;
mod function;
mod logging;
mod runtime;
mod start;
mod telemetry;

pub use answer::{Answer, InvocationError, ItemFailure};
pub use config::Config;
pub use error::StartError;
pub use function::{Function, Invocation};
pub use runtime::run;
