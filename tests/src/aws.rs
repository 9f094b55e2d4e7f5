//! Queues, topics and buses in ministack, and what arrives in them.

mod eventbridge;
mod sns;
mod sqs;

pub use sqs::{Message, Queue};

const REGION: &str = "eu-central-1";

/// Clients of all three services at one endpoint.
#[derive(Debug, Clone)]
pub struct Aws {
    sqs: aws_sdk_sqs::Client,
    sns: aws_sdk_sns::Client,
    eventbridge: aws_sdk_eventbridge::Client,
}

impl Aws {
    /// Clients of the server at `endpoint`.
    #[must_use]
    pub fn new(endpoint: &str) -> Self {
        Self {
            sqs: sqs::client(endpoint),
            sns: sns::client(endpoint),
            eventbridge: eventbridge::client(endpoint),
        }
    }
}
