use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_sqs::config::{Credentials, Region};
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, MessageSystemAttributeName, QueueAttributeName,
};
use aws_sdk_sqs::{Client, Config};
use tokio::time::{Instant, sleep};

use super::{Aws, REGION};

/// How long a message may take from a topic or a bus to a queue.
const PATIENCE: Duration = Duration::from_secs(20);

/// A queue that was created.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its ARN.
    pub arn: String,
    url: String,
}

/// A message as a consumer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its text.
    pub body: String,
    /// Message attributes: the text of their values, by name.
    pub attributes: BTreeMap<String, String>,
    /// `MessageGroupId`.
    pub group: Option<String>,
    /// `MessageDeduplicationId`.
    pub dedup: Option<String>,
}

impl Queue {
    /// The queue with this URL. Its ARN stays empty.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Queue { arn: String::new(), url: url.to_owned() }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Aws {
    /// Creates a queue; a name that ends with `.fifo` makes it a FIFO queue.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn queue(&self, name: &str) -> Result<Queue> {
        let mut request = self.sqs.create_queue().queue_name(name);
        if name.ends_with(".fifo") {
            request = request.attributes(QueueAttributeName::FifoQueue, "true");
        }
        let url = request.send().await?.queue_url.context("a queue without a URL")?;
        let attributes = self
            .sqs
            .get_queue_attributes()
            .queue_url(&url)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await?
            .attributes
            .unwrap_or_default();
        let arn =
            attributes.get(&QueueAttributeName::QueueArn).context("a queue without an ARN")?;
        Ok(Queue { arn: arn.clone(), url })
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When the service refuses it.
    pub async fn send(&self, queue: &Queue, body: &str) -> Result<()> {
        self.sqs.send_message().queue_url(&queue.url).message_body(body).send().await?;
        Ok(())
    }

    /// Takes `count` messages, in the order in which they come, and makes sure that
    /// there are no more.
    ///
    /// # Errors
    /// When there are fewer after 20 seconds, or more.
    pub async fn receive(&self, queue: &Queue, count: usize) -> Result<Vec<Message>> {
        let start = Instant::now();
        let mut messages = Vec::new();
        while messages.len() < count {
            let some = self.receive_some(queue).await?;
            if some.is_empty() {
                ensure!(
                    start.elapsed() < PATIENCE,
                    "{} of {count} messages in {}",
                    messages.len(),
                    queue.arn
                );
                sleep(Duration::from_millis(50)).await;
            }
            messages.extend(some);
        }
        // A duplicate would come at once, or nearly.
        sleep(Duration::from_millis(200)).await;
        messages.extend(self.receive_some(queue).await?);
        ensure!(
            messages.len() == count,
            "at least {} messages in place of {count} in {}",
            messages.len(),
            queue.arn
        );
        Ok(messages)
    }

    /// Takes what there is until nothing more comes for half a second.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn drain(&self, queue: &Queue) -> Result<Vec<Message>> {
        let mut messages = Vec::new();
        let mut latest = Instant::now();
        while latest.elapsed() < Duration::from_millis(500) {
            let some = self.receive_some(queue).await?;
            if some.is_empty() {
                sleep(Duration::from_millis(50)).await;
            } else {
                latest = Instant::now();
            }
            messages.extend(some);
        }
        Ok(messages)
    }

    /// Takes what there is at once, up to ten messages.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn receive_some(&self, queue: &Queue) -> Result<Vec<Message>> {
        let answer = self
            .sqs
            .receive_message()
            .queue_url(&queue.url)
            .max_number_of_messages(10)
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await?;
        let taken = answer.messages.unwrap_or_default();
        self.delete(queue, &taken).await?;
        let mut messages = Vec::new();
        for message in taken {
            let mut system = message.attributes.unwrap_or_default();
            messages.push(Message {
                body: message.body.context("a message without a body")?,
                attributes: message
                    .message_attributes
                    .unwrap_or_default()
                    .into_iter()
                    .map(|(name, value)| (name, value.string_value.unwrap_or_default()))
                    .collect(),
                group: system.remove(&MessageSystemAttributeName::MessageGroupId),
                dedup: system.remove(&MessageSystemAttributeName::MessageDeduplicationId),
            });
        }
        Ok(messages)
    }

    /// A FIFO queue gives out no more of a group until what it gave out is deleted.
    async fn delete(&self, queue: &Queue, taken: &[aws_sdk_sqs::types::Message]) -> Result<()> {
        if taken.is_empty() {
            return Ok(());
        }
        let entries = taken
            .iter()
            .enumerate()
            .map(|(at, message)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(at.to_string())
                    .set_receipt_handle(message.receipt_handle.clone())
                    .build()
            })
            .collect::<Result<Vec<_>, _>>()?;
        let answer = self
            .sqs
            .delete_message_batch()
            .queue_url(&queue.url)
            .set_entries(Some(entries))
            .send()
            .await?;
        ensure!(answer.failed.is_empty(), "not every message of {} could be deleted", queue.arn);
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
