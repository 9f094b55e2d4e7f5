//! The Lambda function on the stream: it loads the rules, takes batches, has the engine make their
//! deliveries, and answers with what has to come again.
//!
//! Lambda gives a process one invocation at a time, and so does the runtime library, also where
//! Lambda Managed Instances would send several. All state between invocations is in the router.

mod config;
mod error;
mod function;
mod logging;
mod runtime;
mod start;
mod telemetry;

pub use config::Config;
pub use error::StartError;
pub use function::Function;
pub use runtime::run;
