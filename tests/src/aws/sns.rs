use anyhow::{Context as _, Result};
use aws_sdk_sns::config::{Credentials, Region};
use aws_sdk_sns::{Client, Config};

use super::{Aws, Queue, REGION};

impl Aws {
    /// Creates a topic and returns its ARN; a name that ends with `.fifo` makes it
    /// a FIFO topic.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn topic(&self, name: &str) -> Result<String> {
        let mut request = self.sns.create_topic().name(name);
        if name.ends_with(".fifo") {
            request = request.attributes("FifoTopic", "true");
        }
        request.send().await?.topic_arn.context("a topic without an ARN")
    }

    /// Lets a queue have what is published to a topic: `raw`, or in the envelope of
    /// SNS, which alone tells the subject.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn subscribe(&self, topic: &str, queue: &Queue, raw: bool) -> Result<()> {
        self.sns
            .subscribe()
            .topic_arn(topic)
            .protocol("sqs")
            .endpoint(&queue.arn)
            .attributes("RawMessageDelivery", raw.to_string())
            .send()
            .await?;
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
