//! A queue, as tests send to it and look into it.

use distributary_aws::api::ApiError;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::Account;
use crate::patience::until;

/// A queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Queue<'g> {
    pub(crate) account: &'g Account,
    pub(crate) url: &'g str,
}

/// What was received.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Message {
    pub(crate) body: String,
    pub(crate) receipt_handle: String,
    /// What SQS says of it, such as `MessageGroupId`.
    #[serde(default)]
    pub(crate) attributes: Value,
    #[serde(default)]
    pub(crate) message_attributes: Value,
}

impl Queue<'_> {
    /// An operation, with the queue filled in.
    pub(crate) async fn call(&self, name: &str, mut request: Value) -> Result<Value, ApiError> {
        if let Some(fields) = request.as_object_mut() {
            fields.insert("QueueUrl".to_owned(), json!(self.url));
        }
        self.account.sqs.json(&format!("AmazonSQS.{name}"), &request).await
    }

    /// What waits now, `most` at most, hidden for half a minute.
    pub(crate) async fn receive(&self, most: usize) -> anyhow::Result<Vec<Message>> {
        let answer = self.call(
            "ReceiveMessage",
            json!({
                "MaxNumberOfMessages": most,
                "VisibilityTimeout": 30,
                "WaitTimeSeconds": self.account.long_poll,
                "AttributeNames": ["All"],
                "MessageAttributeNames": ["All"],
            }),
        );
        let mut answer = answer.await?;
        let messages = answer.get_mut("Messages").map(Value::take);
        Ok(messages.filter(|it| !it.is_null()).map_or(Ok(Vec::new()), serde_json::from_value)?)
    }

    pub(crate) async fn delete(&self, message: &Message) -> Result<(), ApiError> {
        let request = json!({ "ReceiptHandle": message.receipt_handle });
        self.call("DeleteMessage", request).await.map(|_| ())
    }

    /// Receives and deletes until there were `count`, or for as long as services may take; then once
    /// more, for one too many.
    pub(crate) async fn take(&self, count: usize) -> anyhow::Result<Vec<Message>> {
        let taken = std::sync::Mutex::new(Vec::new());
        let account = self.account;
        until(account.patience, account.pause, || async {
            let more = self.take_now().await?;
            let mut taken = taken.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            taken.extend(more);
            Ok((taken.len() >= count).then_some(()))
        })
        .await?;
        let mut taken = taken.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        taken.extend(self.take_now().await?);
        Ok(taken)
    }

    /// Receives and deletes what waits.
    pub(crate) async fn take_now(&self) -> anyhow::Result<Vec<Message>> {
        let mut taken = Vec::new();
        loop {
            let messages = self.receive(10).await?;
            if messages.is_empty() {
                return Ok(taken);
            }
            for message in &messages {
                self.delete(message).await?;
            }
            taken.extend(messages);
        }
    }

    /// Deletes what is left of another test.
    pub(crate) async fn clear(&self) -> anyhow::Result<()> {
        self.take_now().await.map(|_| ())
    }
}
