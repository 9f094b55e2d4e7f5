//! One small module per destination: batching, encoding, size rules, and which errors are worth
//! another attempt. What becomes of a failure is the router's decision.
//!
//! [`connect`] opens the destinations of all routes and the lots. The AWS services stand behind the
//! feature `aws`, so that who only tries the program does not compile them.

#[cfg(feature = "aws")]
mod aws;
#[cfg(not(feature = "aws"))]
#[path = "without_aws.rs"]
mod aws;
mod browse;
mod connect;
mod console;
mod file;
mod file_lot;
mod line;
#[cfg(test)]
mod sample;

#[cfg(feature = "aws")]
pub use aws::DynamoDbLedger;
pub use browse::{Browse, Page, Waiting};
#[cfg(feature = "aws")]
pub use connect::connect_by;
pub use connect::{ConnectError, Connected, connect};
