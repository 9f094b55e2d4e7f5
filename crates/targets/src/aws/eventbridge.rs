//! `PutEvents` to a bus.

use async_trait::async_trait;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use distributary_delivery::limits::{
    EVENTBRIDGE_BYTES, EVENTBRIDGE_ENTRIES, EVENTBRIDGE_TIME_BYTES,
};
use distributary_delivery::{Delivery, Message};
use distributary_router::{Failure, Limits, Target};

use super::failure;

/// Characters of a detail type.
const DETAIL_TYPE: usize = 128;

/// A bus behind a route.
pub(crate) struct EventBridgeTarget {
    client: Client,
    bus: String,
    source: String,
}

impl EventBridgeTarget {
    pub(crate) fn new(client: Client, bus: &str, source: &str) -> Self {
        EventBridgeTarget { client, bus: bus.to_owned(), source: source.to_owned() }
    }

    /// The time is the record's, so that a late delivery does not look like a late change.
    fn entry(&self, delivery: &Delivery) -> Result<PutEventsRequestEntry, String> {
        let Message { resources, body, .. } = &delivery.message;
        Ok(PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(&self.source)
            .detail_type(detail_type(&delivery.message).unwrap_or(&delivery.rule))
            .detail(detail(body)?)
            .set_resources((!resources.is_empty()).then(|| resources.clone()))
            .time(DateTime::from_secs(delivery.origin.time))
            .build())
    }
}

#[async_trait]
impl Target for EventBridgeTarget {
    fn limits(&self) -> Limits {
        Limits { entries: EVENTBRIDGE_ENTRIES, bytes: EVENTBRIDGE_BYTES, one_per_group: false }
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        let Message { resources, body, .. } = message;
        let detail_type = match detail_type(message) {
            Some(text) if text.chars().count() > DETAIL_TYPE => {
                return Err(format!("the detail type is longer than {DETAIL_TYPE} characters"));
            }
            Some(text) => text.len(),
            None => DETAIL_TYPE,
        };
        let resources: usize = resources.iter().map(String::len).sum();
        let detail = detail(body)?.len();
        Ok(EVENTBRIDGE_TIME_BYTES + self.source.len() + detail_type + detail + resources)
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        let entries: Result<Vec<_>, _> =
            batch.iter().map(|delivery| self.entry(delivery)).collect();
        let entries = entries.map_err(Failure::permanent)?;
        let output = self
            .client
            .put_events()
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| failure::of_call(&error))?;
        let answers = output.entries();
        if answers.len() != batch.len() {
            return Err(Failure::transient(format!(
                "the service answered to {} of {} entries",
                answers.len(),
                batch.len()
            )));
        }
        Ok(answers.iter().map(outcome).collect())
    }
}

/// The detail type that the rules set. The service refuses an empty one, so it counts as absent.
fn detail_type(message: &Message) -> Option<&str> {
    message.detail_type.as_deref().filter(|text| !text.is_empty())
}

/// The payload as a detail, which is always an object.
fn detail(body: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the payload is not UTF-8".to_owned())?;
    if text.trim_start().starts_with('{') {
        Ok(text)
    } else {
        Err("the payload is no JSON object, and an EventBridge detail has to be one".to_owned())
    }
}

/// Answers stand in the order of their entries; each has an event id or an error code.
fn outcome(answer: &PutEventsResultEntry) -> Result<(), Failure> {
    match (answer.error_code(), answer.event_id()) {
        (Some(code), _) => Err(failure::of_entry(code, answer.error_message(), false)),
        (None, Some(_)) => Ok(()),
        (None, None) => Err(Failure::transient("the service's answer leaves the entry out")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use distributary_delivery::Destination;
    use serde_json::{Value, json};

    use super::*;
    use crate::aws::scripted::{Reply, Service, route};
    use crate::sample;

    const BUS: &str = "arn:aws:events:eu-central-1:123456789012:event-bus/orders";

    fn target(service: &Service) -> Arc<dyn Target> {
        let (bus, source) = (BUS.to_owned(), "com.acme".to_owned());
        let route = route(Destination::EventBridge { bus, source });
        service.aws().event_bus(&route, BUS, "com.acme").unwrap()
    }

    /// A service that always gives this answer.
    async fn answering(answer: Value) -> Service {
        Service::start(move |_| Reply::json(200, &answer)).await
    }

    #[tokio::test]
    async fn an_event_carries_its_records_time_and_its_rules_name_or_detail_type() {
        let service =
            answering(json!({"Entries": [{"EventId": "1"}, {"EventId": "2"}, {"EventId": "3"}]}))
                .await;
        let plain = sample::delivery("e-1", "{\"a\":1.0}");
        let mut empty = plain.clone();
        empty.message.detail_type = Some(String::new());
        let mut full = plain.clone();
        full.message.detail_type = Some("Order Paid".to_owned());
        full.message.resources = vec!["arn:aws:s3:::b".to_owned()];
        let sent = target(&service).send(&[&plain, &full, &empty]).await.unwrap();
        assert_eq!(sent, [Ok(()), Ok(()), Ok(())]);
        let entry = |detail_type| {
            json!({
                "EventBusName": BUS,
                "Source": "com.acme",
                "DetailType": detail_type,
                "Detail": "{\"a\":1.0}",
                "Time": 1_700_000_000,
            })
        };
        let (plain, mut full) = (entry("paid"), entry("Order Paid"));
        full["Resources"] = json!(["arn:aws:s3:::b"]);
        assert_eq!(service.json_requests(), [json!({"Entries": [plain, full, plain]})]);
    }

    #[tokio::test]
    async fn entries_fail_one_by_one() {
        let failed = |code| json!({"ErrorCode": code, "ErrorMessage": "secret"});
        let service = answering(json!({"FailedEntryCount": 4, "Entries": [
            {"EventId": "1"},
            failed("ThrottlingException"),
            failed("InternalFailure"),
            failed("MalformedDetail"),
            {},
        ]}))
        .await;
        let delivery = sample::delivery("e-1", "{}");
        assert_eq!(
            target(&service).send(&[&delivery; 5]).await.unwrap(),
            [
                Ok(()),
                Err(Failure::throttled("ThrottlingException: secret")),
                Err(Failure::transient("InternalFailure")),
                Err(Failure::permanent("MalformedDetail")),
                Err(Failure::transient("the service's answer leaves the entry out")),
            ]
        );
    }

    #[tokio::test]
    async fn an_answer_to_another_number_of_entries_settles_none() {
        for (answer, count) in [
            (json!({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}), 1),
            (json!({"FailedEntryCount": 0}), 0),
            (json!({"Entries": [{"EventId": "1"}, {"EventId": "2"}, {"EventId": "3"}]}), 3),
        ] {
            let delivery = sample::delivery("e-1", "{}");
            let failure = target(&answering(answer).await).send(&[&delivery; 2]).await.unwrap_err();
            let reason = format!("the service answered to {count} of 2 entries");
            assert_eq!(failure, Failure::transient(reason));
        }
    }

    #[tokio::test]
    async fn sizes_are_counted_as_the_service_counts_them() {
        let service = answering(json!({})).await;
        let target = target(&service);
        let mut message = sample::delivery("e-1", "{\"a\":1}").message;
        message.detail_type = Some("Bezahlt ✓".to_owned());
        message.resources = vec!["arn:1".to_owned(), "arn:22".to_owned()];
        assert_eq!(target.size(&message), Ok(14 + 8 + 11 + 7 + 5 + 6));

        message.detail_type = Some("x".repeat(129));
        assert_eq!(
            target.size(&message).unwrap_err(),
            "the detail type is longer than 128 characters"
        );
        let message = sample::delivery("e-1", "[1]").message;
        assert_eq!(
            target.size(&message).unwrap_err(),
            "the payload is no JSON object, and an EventBridge detail has to be one"
        );
    }
}
