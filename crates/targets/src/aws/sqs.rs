//! `SendMessageBatch` to a standard or FIFO queue.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use distributary_delivery::limits::{SQS_ATTRIBUTES, SQS_BYTES, SQS_ENTRIES};
use distributary_delivery::{Delivery, Message, hash};
use distributary_router::{Failure, Limits, Target};

use super::queue::Queue;
use super::{attributes, text};

/// A queue behind a route.
pub(crate) struct SqsTarget {
    queue: Queue,
    delay: Option<Duration>,
    fifo: bool,
}

impl SqsTarget {
    pub(crate) fn new(queue: Queue, delay: Option<Duration>, fifo: bool) -> Self {
        SqsTarget { queue, delay, fifo }
    }

    /// A standard queue takes a group too, for fairness among groups.
    fn entry(&self, delivery: &Delivery) -> Result<SendMessageBatchRequestEntryBuilder, String> {
        let message = &delivery.message;
        let mut entry = SendMessageBatchRequestEntry::builder()
            .message_body(text::json(&message.body)?)
            .set_message_group_id(message.group.as_deref().map(|group| hash(&[group])))
            .set_delay_seconds(
                self.delay.map(|delay| i32::try_from(delay.as_secs()).unwrap_or(i32::MAX)),
            );
        if self.fifo {
            entry = entry.message_deduplication_id(deduplication_id(delivery));
        }
        for attribute in attributes::sent(message) {
            let value = MessageAttributeValue::builder()
                .data_type(attribute.data_type)
                .string_value(attribute.value)
                .build()
                .map_err(|error| error.to_string())?;
            entry = entry.message_attributes(attribute.name, value);
        }
        Ok(entry)
    }
}

/// What recognises a repeated message: the id that the rules set, brought into the service's
/// alphabet, or the delivery's identity.
pub(crate) fn deduplication_id(delivery: &Delivery) -> String {
    match &delivery.message.dedup {
        Some(dedup) => hash(&[dedup]),
        None => delivery.identity.as_str().to_owned(),
    }
}

#[async_trait]
impl Target for SqsTarget {
    fn limits(&self) -> Limits {
        Limits { entries: SQS_ENTRIES, bytes: SQS_BYTES, one_per_group: self.fifo }
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        if self.fifo && message.group.is_none() {
            return Err("a message for a FIFO queue needs a group".to_owned());
        }
        let sent = attributes::sent(message).count();
        if sent > SQS_ATTRIBUTES {
            return Err(format!(
                "the message has {sent} attributes, and SQS takes {SQS_ATTRIBUTES}"
            ));
        }
        Ok(text::json(&message.body)?.len() + attributes::size(message)?)
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        let entries: Result<Vec<_>, _> =
            batch.iter().map(|delivery| self.entry(delivery)).collect();
        self.queue.send(entries.map_err(Failure::permanent)?).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use distributary_delivery::{Attribute, Destination};
    use serde_json::{Value, json};

    use super::*;
    use crate::aws::scripted::{Reply, Service, arn, route};
    use crate::sample;

    async fn target(service: &Service, delay: Option<u64>, fifo: bool) -> Arc<dyn Target> {
        let queue = arn("arn:aws:sqs:eu-central-1:123456789012:orders");
        let delay = delay.map(Duration::from_secs);
        let route = route(Destination::Sqs { queue: queue.clone(), delay, fifo });
        service.aws().queue(&route, &queue, delay, fifo).await.unwrap()
    }

    fn all_accepted(request: &str) -> Reply {
        let request: Value = serde_json::from_str(request).unwrap();
        let entries = request["Entries"].as_array().unwrap().iter();
        let accepted = entries
            .map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "x"}));
        Reply::json(200, &json!({"Successful": accepted.collect::<Vec<_>>(), "Failed": []}))
    }

    #[tokio::test]
    async fn a_standard_queue_gets_bodies_attributes_and_a_group_for_fairness() {
        let service = Service::start(all_accepted).await;
        let mut delivery = sample::delivery("e-1", "{\"name\":\"\u{FFFF}\"}");
        delivery.message.group = Some("tenant 7".to_owned());
        delivery.message.attributes = vec![
            ("tier".to_owned(), Attribute::String("gold".to_owned())),
            ("total".to_owned(), Attribute::Number("12.50".to_owned())),
            ("note".to_owned(), Attribute::String(String::new())),
        ];
        let plain = sample::delivery("e-2", "{}");
        let target = target(&service, Some(30), false).await;
        assert_eq!(target.send(&[&delivery, &plain]).await.unwrap(), [Ok(()), Ok(())]);
        assert_eq!(
            service.json_requests(),
            [json!({
                "QueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/orders",
                "Entries": [
                    {
                        "Id": "0",
                        "MessageBody": r#"{"name":"\uffff"}"#,
                        "DelaySeconds": 30,
                        "MessageAttributes": {
                            "tier": {"DataType": "String", "StringValue": "gold"},
                            "total": {"DataType": "Number", "StringValue": "12.50"},
                        },
                        "MessageGroupId": hash(&["tenant 7"]),
                    },
                    {"Id": "1", "MessageBody": "{}", "DelaySeconds": 30},
                ],
            })]
        );
    }

    #[tokio::test]
    async fn a_fifo_queue_gets_a_hashed_group_and_the_identity_or_the_rules_own_dedup() {
        let service = Service::start(all_accepted).await;
        let mut first = sample::delivery("e-1", "{}");
        first.message.group = Some("O#1/é".to_owned());
        let mut second = first.clone();
        second.message.dedup = Some("invoice 7".to_owned());
        let target = target(&service, None, true).await;
        target.send(&[&first, &second]).await.unwrap();
        let request = service.json_requests().remove(0);
        let entry = |place: usize| request["Entries"][place].clone();
        assert_eq!(entry(0)["MessageGroupId"], hash(&["O#1/é"]));
        assert_eq!(entry(0)["MessageDeduplicationId"], first.identity.as_str());
        assert_eq!(entry(1)["MessageDeduplicationId"], hash(&["invoice 7"]));
        assert!(target.limits().one_per_group);
    }

    #[tokio::test]
    async fn each_entry_has_its_own_outcome_whatever_the_answer_is_like() {
        let service = Service::start(|_| {
            let failed = |id, code, sender_fault| {
                json!({"Id": id, "Code": code, "SenderFault": sender_fault, "Message": "secret"})
            };
            Reply::json(
                200,
                &json!({
                    "Successful": [
                        {"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"},
                        {"Id": "4", "MessageId": "m", "MD5OfMessageBody": "x"},
                        {"Id": "99", "MessageId": "m", "MD5OfMessageBody": "x"},
                        {"Id": "nonsense", "MessageId": "m", "MD5OfMessageBody": "x"},
                    ],
                    "Failed": [
                        failed("1", "InvalidMessageContents", true),
                        failed("2", "InternalError", false),
                        failed("3", "KMS.ThrottlingException", true),
                        failed("4", "InternalError", false),
                    ],
                }),
            )
        })
        .await;
        let delivery = sample::delivery("e-1", "{}");
        let outcomes = target(&service, None, false).await.send(&[&delivery; 6]).await.unwrap();
        assert_eq!(
            outcomes,
            [
                Ok(()),
                Err(Failure::permanent("InvalidMessageContents")),
                Err(Failure::transient("InternalError")),
                Err(Failure::throttled("KMS.ThrottlingException: secret")),
                Err(Failure::transient("InternalError")),
                Err(Failure::transient("the service's answer leaves the entry out")),
            ]
        );
    }

    #[tokio::test]
    async fn sizes_count_bytes_as_they_are_sent() {
        let service = Service::start(all_accepted).await;
        let standard = target(&service, None, false).await;
        let mut message = sample::delivery("e-1", "{\"a\":\"\u{FFFE}é\"}").message;
        assert_eq!(standard.size(&message), Ok(8 + 6 + 2));
        message.attributes = vec![("tier".to_owned(), Attribute::String("gold".to_owned()))];
        assert_eq!(standard.size(&message), Ok(16 + 4 + 6 + 4));

        let fifo = target(&service, None, true).await;
        assert_eq!(fifo.size(&message).unwrap_err(), "a message for a FIFO queue needs a group");
        message.attributes = vec![("tier".to_owned(), Attribute::String("go\0ld".to_owned()))];
        assert_eq!(
            standard.size(&message).unwrap_err(),
            "attribute `tier` has a character that queues and topics refuse"
        );
        message.attributes =
            (0..11).map(|place| (format!("a{place}"), Attribute::Number("1".to_owned()))).collect();
        assert_eq!(
            standard.size(&message).unwrap_err(),
            "the message has 11 attributes, and SQS takes 10"
        );
    }
}
