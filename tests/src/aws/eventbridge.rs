use anyhow::{Context as _, Result, ensure};
use aws_sdk_eventbridge::config::{Credentials, Region};
use aws_sdk_eventbridge::types::Target;
use aws_sdk_eventbridge::{Client, Config};
use serde_json::Value;

use super::{Aws, Queue, REGION};

impl Aws {
    /// Creates an event bus and returns its ARN.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn bus(&self, name: &str) -> Result<String> {
        let answer = self.eventbridge.create_event_bus().name(name).send().await?;
        answer.event_bus_arn.context("a bus without an ARN")
    }

    /// Lets a queue have the events of a bus that match a pattern.
    ///
    /// # Errors
    /// When the service refuses the pattern or the queue.
    pub async fn forward(&self, bus: &str, pattern: &Value, queue: &Queue) -> Result<()> {
        let rule = format!("{bus}-to-queue");
        self.eventbridge
            .put_rule()
            .event_bus_name(bus)
            .name(&rule)
            .event_pattern(pattern.to_string())
            .send()
            .await?;
        let target = Target::builder().id("queue").arn(&queue.arn).build()?;
        let answer = self
            .eventbridge
            .put_targets()
            .event_bus_name(bus)
            .rule(&rule)
            .targets(target)
            .send()
            .await?;
        ensure!(answer.failed_entry_count == 0, "the bus does not take the queue as a target");
        Ok(())
    }
}

pub(super) fn client(endpoint: &str) -> Client {
    let config = Config::builder()
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint);
    Client::from_conf(config.build())
}
