//! An SQS queue, as routes and lots use it.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry,
    DeleteMessageBatchRequestEntry, Message,
};
use distributary_delivery::limits::SQS_ENTRIES;
use distributary_router::Failure;

use super::answer::Answer;
use super::failure;

/// A queue and the client that leads to it.
pub(crate) struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    pub(crate) fn new(client: Client, url: String) -> Self {
        Queue { client, url }
    }

    /// Sends at most ten entries. The answer has one outcome per entry, in their order.
    pub(crate) async fn send(
        &self,
        entries: Vec<SendMessageBatchRequestEntryBuilder>,
    ) -> Result<Vec<Result<(), Failure>>, Failure> {
        let count = entries.len();
        let entry = |(place, entry): (usize, SendMessageBatchRequestEntryBuilder)| {
            entry.id(place.to_string()).build()
        };
        let entries = built(entries.into_iter().enumerate().map(entry))?;
        let request = self.client.send_message_batch().queue_url(&self.url);
        let output = request
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| failure::of_call(&error))?;
        let accepted = output.successful().iter().map(|entry| entry.id());
        Ok(outcomes(count, accepted, output.failed()))
    }

    /// At most ten messages, for this long nobody else's. Only who waits a second at least for the
    /// first is told of every message.
    pub(crate) async fn receive(
        &self,
        most: usize,
        hidden: Duration,
        wait: Duration,
    ) -> Result<Vec<Message>, Failure> {
        let seconds = |time: Duration| i32::try_from(time.as_secs()).unwrap_or(i32::MAX);
        let output = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(most.min(SQS_ENTRIES)).unwrap_or(1))
            .visibility_timeout(seconds(hidden))
            .wait_time_seconds(seconds(wait))
            .send()
            .await
            .map_err(|error| failure::of_call(&error))?;
        Ok(output.messages.unwrap_or_default())
    }

    /// Makes messages visible again. Failing does no harm: they become it by themselves.
    pub(crate) async fn show(&self, receipts: &[String]) {
        for some in receipts.chunks(SQS_ENTRIES) {
            let entry = |(place, receipt): (usize, &String)| {
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(place.to_string())
                    .receipt_handle(receipt)
                    .visibility_timeout(0)
                    .build()
            };
            let entries = built(some.iter().enumerate().map(entry));
            let request = self.client.change_message_visibility_batch().queue_url(&self.url);
            let _ = request.set_entries(entries.ok()).send().await;
        }
    }

    /// Deletes at most ten messages. The answer has one outcome per message, in their order.
    pub(crate) async fn delete(
        &self,
        receipts: &[&str],
    ) -> Result<Vec<Result<(), Failure>>, Failure> {
        let entry = |(place, receipt): (usize, &&str)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(place.to_string())
                .receipt_handle(*receipt)
                .build()
        };
        let entries = built(receipts.iter().enumerate().map(entry))?;
        let request = self.client.delete_message_batch().queue_url(&self.url);
        let output = request
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| failure::of_call(&error))?;
        let accepted = output.successful().iter().map(|entry| entry.id());
        Ok(outcomes(receipts.len(), accepted, output.failed()))
    }
}

/// The entries of a request.
fn built<T>(entries: impl Iterator<Item = Result<T, BuildError>>) -> Result<Vec<T>, Failure> {
    entries.collect::<Result<_, _>>().map_err(|error| Failure::permanent(error.to_string()))
}

/// What became of each entry of a batch.
fn outcomes<'a>(
    entries: usize,
    accepted: impl Iterator<Item = &'a str>,
    failed: &[BatchResultErrorEntry],
) -> Vec<Result<(), Failure>> {
    let mut answer = Answer::new(entries);
    accepted.for_each(|id| answer.accept(id));
    for entry in failed {
        let failure = failure::of_entry(entry.code(), entry.message(), !entry.sender_fault());
        answer.refuse(entry.id(), failure);
    }
    answer.finish()
}
