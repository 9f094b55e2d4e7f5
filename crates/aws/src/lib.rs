//! Signed requests for the few calls of DynamoDB, DynamoDB Streams and S3 that lots, the ledger and
//! `distributary run --stream` need. The SDK crates of the three services are 579,000 lines; here are
//! the SDK's own configuration, signatures and HTTP client, and one attempt per call. [`api`] has the
//! services that operators' commands ask beyond these.

pub mod api;

mod client;
mod config;
mod credentials;
mod dynamodb;
mod endpoint;
mod error;
mod failure;
mod s3;
mod streams;

pub use client::CallError;
pub use config::Aws;
pub use dynamodb::DynamoDb;
pub use error::ConfigError;
pub use failure::{chain, innermost, of_answer, of_code, of_connection};
pub use s3::{Listed, S3};
pub use streams::{Shard, ShardRecords, Start, Streams};
