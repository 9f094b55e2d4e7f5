//! `PublishBatch` to a standard or FIFO topic.

use async_trait::async_trait;
use aws_sdk_sns::Client;
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use distributary_delivery::limits::{SNS_BYTES, SNS_ENTRIES};
use distributary_delivery::{Arn, Delivery, Message, hash};
use distributary_router::{Failure, Limits, Target};

use super::answer::Answer;
use super::sqs::deduplication_id;
use super::{attributes, failure, text};

/// A topic behind a route.
pub(crate) struct SnsTarget {
    client: Client,
    topic: String,
    fifo: bool,
}

impl SnsTarget {
    pub(crate) fn new(client: Client, topic: &Arn, fifo: bool) -> Self {
        SnsTarget { client, topic: topic.to_string(), fifo }
    }

    /// A standard topic hands the group on to queues that are fair among groups.
    fn entry(&self, place: usize, delivery: &Delivery) -> Result<PublishBatchRequestEntry, String> {
        let message = &delivery.message;
        let mut entry = PublishBatchRequestEntry::builder()
            .id(place.to_string())
            .message(text::json(&message.body)?)
            .set_subject(message.subject.as_deref().and_then(subject))
            .set_message_group_id(message.group.as_deref().map(|group| hash(&[group])));
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
        entry.build().map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Target for SnsTarget {
    fn limits(&self) -> Limits {
        Limits { entries: SNS_ENTRIES, bytes: SNS_BYTES, one_per_group: self.fifo }
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        if self.fifo && message.group.is_none() {
            return Err("a message for a FIFO topic needs a group".to_owned());
        }
        let subject = message.subject.as_deref().and_then(subject).unwrap_or_default();
        Ok(text::json(&message.body)?.len() + subject.len() + attributes::size(message)?)
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        let mut answer = Answer::new(batch.len());
        let entries: Result<Vec<_>, _> =
            batch.iter().enumerate().map(|(place, delivery)| self.entry(place, delivery)).collect();
        let entries = entries.map_err(Failure::permanent)?;
        let request = self.client.publish_batch().topic_arn(&self.topic);
        let output = request
            .set_publish_batch_request_entries(Some(entries))
            .send()
            .await
            .map_err(|error| failure::of_call(&error))?;
        for entry in output.successful() {
            answer.accept(entry.id().unwrap_or_default());
        }
        for entry in output.failed() {
            let failure = failure::of_entry(entry.code(), entry.message(), !entry.sender_fault());
            answer.refuse(entry.id(), failure);
        }
        Ok(answer.finish())
    }
}

/// Characters of a subject: fewer than 100.
const SUBJECT: usize = 99;

/// A subject that SNS takes: ASCII on one line, beginning with something that can be seen. A
/// subject is for the eyes of who reads mail, so it is mended where it would be refused; what
/// programs read is in the body and the attributes.
fn subject(text: &str) -> Option<String> {
    let seen = |character: char| match character {
        ' '..='~' => character,
        _ if character.is_control() => ' ',
        _ => '?',
    };
    let subject: String = text.trim().chars().map(seen).take(SUBJECT).collect();
    (!subject.is_empty()).then_some(subject)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use distributary_delivery::{Attribute, Destination};

    use super::*;
    use crate::aws::scripted::{Reply, Service, arn, route};
    use crate::sample;

    fn target(service: &Service, fifo: bool) -> Arc<dyn Target> {
        let topic = arn("arn:aws:sns:eu-central-1:123456789012:prices");
        let route = route(Destination::Sns { topic: topic.clone(), fifo });
        service.aws().topic(&route, &topic, fifo).unwrap()
    }

    /// A service that always gives this answer.
    async fn answering(successful: &str, failed: &str) -> Service {
        let answer = format!(
            "<PublishBatchResponse><PublishBatchResult><Successful>{successful}</Successful>\
             <Failed>{failed}</Failed></PublishBatchResult></PublishBatchResponse>"
        );
        Service::start(move |_| Reply::Http(200, answer.clone())).await
    }

    fn accepted(id: &str) -> String {
        format!("<member><Id>{id}</Id><MessageId>m</MessageId></member>")
    }

    /// The form of the only request, one `name=value` per field of an entry.
    fn fields(service: &Service) -> Vec<String> {
        let request = service.requests().remove(0);
        let fields = request.split('&').filter_map(|field| {
            field.strip_prefix("PublishBatchRequestEntries.member.").map(str::to_owned)
        });
        fields.collect()
    }

    #[tokio::test]
    async fn a_topic_gets_bodies_subjects_and_attributes() {
        let service = answering(&accepted("0"), "").await;
        let mut delivery = sample::delivery("e-1", "{}");
        delivery.message.subject = Some("drop\n€".to_owned());
        delivery.message.attributes =
            vec![("total".to_owned(), Attribute::Number("12.50".to_owned()))];
        assert_eq!(target(&service, false).send(&[&delivery]).await.unwrap(), [Ok(())]);
        assert_eq!(
            fields(&service),
            [
                "1.Id=0",
                "1.Message=%7B%7D",
                "1.Subject=drop%20%3F",
                "1.MessageAttributes.entry.1.Name=total",
                "1.MessageAttributes.entry.1.Value.DataType=Number",
                "1.MessageAttributes.entry.1.Value.StringValue=12.50",
            ]
        );
        let topic = "TopicArn=arn%3Aaws%3Asns%3Aeu-central-1%3A123456789012%3Aprices";
        assert!(service.requests().remove(0).contains(topic));
    }

    #[tokio::test]
    async fn a_fifo_topic_gets_a_hashed_group_and_the_identity() {
        let service = answering(&accepted("0"), "").await;
        let mut delivery = sample::delivery("e-1", "{}");
        delivery.message.group = Some("O#1".to_owned());
        target(&service, true).send(&[&delivery]).await.unwrap();
        let fields = fields(&service);
        let identity = delivery.identity.as_str();
        assert!(fields.contains(&format!("1.MessageDeduplicationId={identity}")), "{fields:?}");
        assert!(fields.contains(&format!("1.MessageGroupId={}", hash(&["O#1"]))), "{fields:?}");
    }

    #[tokio::test]
    async fn entries_fail_one_by_one() {
        let failed = |id, code, sender_fault| {
            format!(
                "<member><Id>{id}</Id><Code>{code}</Code><Message>secret</Message>\
                 <SenderFault>{sender_fault}</SenderFault></member>"
            )
        };
        let refusals =
            [failed(1, "InvalidParameter", true), failed(2, "InternalError", false)].concat();
        let service = answering(&[accepted("0"), accepted("9")].concat(), &refusals).await;
        let delivery = sample::delivery("e-1", "{}");
        assert_eq!(
            target(&service, false).send(&[&delivery; 4]).await.unwrap(),
            [
                Ok(()),
                Err(Failure::permanent("InvalidParameter")),
                Err(Failure::transient("InternalError")),
                Err(Failure::transient("the service's answer leaves the entry out")),
            ]
        );
    }

    #[tokio::test]
    async fn sizes_count_the_subject_and_the_attributes() {
        let service = answering("", "").await;
        let mut message = sample::delivery("e-1", "{}").message;
        message.subject = Some("drop".to_owned());
        message.attributes = vec![("tier".to_owned(), Attribute::String("gold".to_owned()))];
        assert_eq!(target(&service, false).size(&message), Ok(2 + 4 + 4 + 6 + 4));
        assert_eq!(
            target(&service, true).size(&message).unwrap_err(),
            "a message for a FIFO topic needs a group"
        );
    }

    #[test]
    fn a_subject_is_mended() {
        let long = "x".repeat(150);
        for (given, sent) in [
            ("Price drop", Some("Price drop")),
            ("Prix réduit €5", Some("Prix r?duit ?5")),
            ("two\r\nlines\tand a tab", Some("two  lines and a tab")),
            ("  at the edges \n", Some("at the edges")),
            (long.as_str(), Some(&long[..99])),
            ("", None),
            (" \n", None),
        ] {
            assert_eq!(subject(given).as_deref(), sent, "{given:?}");
        }
    }
}
