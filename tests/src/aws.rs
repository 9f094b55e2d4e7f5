//! Queues, topics, buses and buckets in ministack, and what arrives in them.

mod eventbridge;
mod plain;
mod sns;
mod sqs;
mod versions;

pub use sqs::{Message, Queue};

use crate::http::Http;

const REGION: &str = "eu-central-1";

/// Clients of the services at one endpoint.
#[derive(Debug, Clone)]
pub struct Aws {
    endpoint: String,
    http: Http,
    sqs: aws_sdk_sqs::Client,
    sns: aws_sdk_sns::Client,
    eventbridge: aws_sdk_eventbridge::Client,
}

impl Aws {
    /// Clients of the server at `endpoint`.
    #[must_use]
    pub fn new(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            http: Http::new(),
            sqs: sqs::client(endpoint),
            sns: sns::client(endpoint),
            eventbridge: eventbridge::client(endpoint),
        }
    }
}
