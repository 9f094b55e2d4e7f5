//! The five targets, and both ways to send to them.

use std::env;

use anyhow::{Result, ensure};
use aws_config::SdkConfig;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sns::types::PublishBatchRequestEntry;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures_util::{TryStreamExt as _, stream};

use crate::change::Change;

/// What a request holds at most.
const ENTRIES: usize = 10;
/// Requests to a target at the same time, as many as a route of Distributary has.
const AT_ONCE: usize = 4;

pub(crate) struct Targets {
    sqs: aws_sdk_sqs::Client,
    sns: aws_sdk_sns::Client,
    events: aws_sdk_eventbridge::Client,
    work: String,
    ordered: String,
    news: String,
    ordered_news: String,
    bus: String,
}

impl Targets {
    pub(crate) async fn connect() -> Result<Self> {
        let config: SdkConfig = aws_config::load_from_env().await;
        Ok(Targets {
            sqs: aws_sdk_sqs::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
            events: aws_sdk_eventbridge::Client::new(&config),
            work: env::var("WORK_QUEUE_URL")?,
            ordered: env::var("ORDERED_QUEUE_URL")?,
            news: env::var("NEWS_TOPIC_ARN")?,
            ordered_news: env::var("ORDERED_TOPIC_ARN")?,
            bus: env::var("BUS")?,
        })
    }

    /// A message in each request, one request after the other.
    pub(crate) async fn send_one_by_one(&self, changes: &[Change]) -> Result<()> {
        for change in changes {
            let body = &change.body;
            self.sqs.send_message().queue_url(&self.work).message_body(body).send().await?;
            self.sqs
                .send_message()
                .queue_url(&self.ordered)
                .message_body(body)
                .message_group_id(&change.order)
                .message_deduplication_id(&change.id)
                .send()
                .await?;
            self.sns.publish().topic_arn(&self.news).message(body).send().await?;
            self.sns
                .publish()
                .topic_arn(&self.ordered_news)
                .message(body)
                .message_group_id(&change.order)
                .message_deduplication_id(&change.id)
                .send()
                .await?;
            self.put(std::slice::from_ref(change)).await?;
        }
        Ok(())
    }

    /// Ten in a request, all targets at once. What has to stay in order goes one request after the
    /// other; a request that fails in part has broken that order by then.
    pub(crate) async fn send_batches(&self, changes: &[Change]) -> Result<()> {
        let chunks = || stream::iter(changes.chunks(ENTRIES).map(Ok::<_, anyhow::Error>));
        tokio::try_join!(
            chunks().try_for_each_concurrent(AT_ONCE, |some| self.send(&self.work, some, false)),
            chunks().try_for_each_concurrent(1, |some| self.send(&self.ordered, some, true)),
            chunks().try_for_each_concurrent(AT_ONCE, |some| self.publish(&self.news, some, false)),
            chunks().try_for_each_concurrent(1, |some| self.publish(
                &self.ordered_news,
                some,
                true
            )),
            chunks().try_for_each_concurrent(AT_ONCE, |some| self.put(some)),
        )?;
        Ok(())
    }

    async fn send(&self, queue: &str, changes: &[Change], ordered: bool) -> Result<()> {
        let entry = |(at, change): (usize, &Change)| {
            SendMessageBatchRequestEntry::builder()
                .id(at.to_string())
                .message_body(&change.body)
                .set_message_group_id(ordered.then(|| change.order.clone()))
                .set_message_deduplication_id(ordered.then(|| change.id.clone()))
                .build()
        };
        let entries: Vec<_> = changes.iter().enumerate().map(entry).collect::<Result<_, _>>()?;
        let request = self.sqs.send_message_batch().queue_url(queue).set_entries(Some(entries));
        ensure!(request.send().await?.failed.is_empty(), "not every message was taken");
        Ok(())
    }

    async fn publish(&self, topic: &str, changes: &[Change], ordered: bool) -> Result<()> {
        let entry = |(at, change): (usize, &Change)| {
            PublishBatchRequestEntry::builder()
                .id(at.to_string())
                .message(&change.body)
                .set_message_group_id(ordered.then(|| change.order.clone()))
                .set_message_deduplication_id(ordered.then(|| change.id.clone()))
                .build()
        };
        let entries: Vec<_> = changes.iter().enumerate().map(entry).collect::<Result<_, _>>()?;
        let request = self.sns.publish_batch().topic_arn(topic);
        let answer = request.set_publish_batch_request_entries(Some(entries)).send().await?;
        ensure!(answer.failed.unwrap_or_default().is_empty(), "not every message was taken");
        Ok(())
    }

    async fn put(&self, changes: &[Change]) -> Result<()> {
        let entry = |change: &Change| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.bus)
                .source("com.acme.shop")
                .detail_type("order_changed")
                .detail(&change.body)
                .build()
        };
        let request =
            self.events.put_events().set_entries(Some(changes.iter().map(entry).collect()));
        ensure!(request.send().await?.failed_entry_count == 0, "not every event was taken");
        Ok(())
    }
}
