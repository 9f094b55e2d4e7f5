//! A standard SQS queue as a lot: one envelope a message.

use async_trait::async_trait;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use distributary_delivery::Envelope;
use distributary_delivery::limits::{SQS_BYTES, SQS_ENTRIES};
use distributary_router::{Failure, Lot};
use futures_util::{StreamExt, stream};

use super::sqs::Queue;
use super::text;

/// Requests under way at once. Large envelopes need one each, and all have to end within the time
/// of one call.
const REQUESTS: usize = 8;

pub(crate) struct SqsLot {
    queue: Queue,
}

impl SqsLot {
    pub(crate) fn new(queue: Queue) -> Self {
        SqsLot { queue }
    }

    async fn send(&self, parked: &[Parked]) -> Vec<(usize, Result<(), Failure>)> {
        let entry =
            |parked: &Parked| SendMessageBatchRequestEntry::builder().message_body(&parked.body);
        let outcomes = match self.queue.send(parked.iter().map(entry).collect()).await {
            Ok(outcomes) => outcomes,
            Err(failure) => vec![Err(failure); parked.len()],
        };
        parked.iter().map(|parked| parked.place).zip(outcomes).collect()
    }
}

/// An envelope that fits, with its place among all that are to be parked.
struct Parked {
    place: usize,
    body: String,
}

#[async_trait]
impl Lot for SqsLot {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        let mut outcomes = vec![Ok(()); parked.len()];
        let mut fitting = Vec::with_capacity(parked.len());
        for ((place, envelope), outcome) in parked.iter().enumerate().zip(&mut outcomes) {
            match body(envelope) {
                Ok(body) => fitting.push(Parked { place, body }),
                Err(reason) => *outcome = Err(Failure::permanent(reason)),
            }
        }
        let sent: Vec<_> = requests(&fitting).map(|request| self.send(request)).collect();
        let answers: Vec<_> = stream::iter(sent).buffer_unordered(REQUESTS).concat().await;
        for (place, outcome) in answers {
            if let Some(known) = outcomes.get_mut(place) {
                *known = outcome;
            }
        }
        outcomes
    }
}

fn body(envelope: &Envelope) -> Result<String, String> {
    let json = envelope.to_json().map_err(|error| error.to_string())?;
    let body = text::json(&json)?.into_owned();
    if body.len() > SQS_BYTES {
        return Err(format!(
            "the envelope has {} bytes, and a message in an SQS lot holds {SQS_BYTES}",
            body.len()
        ));
    }
    Ok(body)
}

/// Cuts into requests of as many messages as fit.
fn requests(mut rest: &[Parked]) -> impl Iterator<Item = &[Parked]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = rest.iter().take(SQS_ENTRIES).take_while(|parked| {
            bytes += parked.body.len();
            bytes <= SQS_BYTES
        });
        let (request, later) = rest.split_at_checked(fits.count())?;
        rest = later;
        (!request.is_empty()).then_some(request)
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::*;
    use crate::aws::scripted::{Reply, Service, arn};
    use crate::sample;

    async fn lot(service: &Service) -> std::sync::Arc<dyn Lot> {
        let queue = arn("arn:aws:sqs:eu-central-1:123456789012:waiting");
        let place = distributary_delivery::LotPlace::Sqs { queue: queue.clone() };
        let lot = distributary_delivery::Lot { name: "waiting".into(), place, then: None };
        service.aws().lot(&lot, &queue).await.unwrap()
    }

    /// An envelope of roughly this many bytes.
    fn envelope(event: usize, bytes: usize) -> Envelope {
        let mut delivery = sample::delivery(&format!("e-{event}"), "{}");
        delivery.origin.record = Bytes::from(format!("{{\"a\":\"{}\"}}", "x".repeat(bytes)));
        Envelope::delivery(delivery, "bus".into(), "h".into(), 4, "AccessDenied".into(), 0)
    }

    /// The events of the envelopes in a request.
    fn events(request: &Value) -> Vec<String> {
        let entries = request["Entries"].as_array().unwrap().iter();
        let event = |entry: &Value| {
            let body: Value = serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap();
            body["event"].as_str().unwrap().to_owned()
        };
        entries.map(event).collect()
    }

    fn all_accepted(request: &Value) -> Reply {
        let entries = request["Entries"].as_array().unwrap().iter();
        let accepted = entries
            .map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "x"}));
        Reply::json(200, &json!({"Successful": accepted.collect::<Vec<_>>()}))
    }

    #[tokio::test]
    async fn requests_hold_what_fits_and_every_envelope_has_its_outcome() {
        let service = Service::start(|request| {
            let request: Value = serde_json::from_str(request).unwrap();
            match events(&request) {
                events if events.contains(&"e-10".to_owned()) => {
                    Reply::json(500, &json!({"__type": "InternalFailure"}))
                }
                _ => all_accepted(&request),
            }
        })
        .await;
        let parked: Vec<_> = (0..25).map(|event| envelope(event, 10)).collect();
        let outcomes = lot(&service).await.park(&parked).await;
        let mut sizes: Vec<_> =
            service.json_requests().iter().map(|request| events(request).len()).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [5, 10, 10]);
        let failure = Failure::transient("InternalFailure");
        for (event, outcome) in outcomes.iter().enumerate() {
            let expected = if (10..20).contains(&event) { Err(failure.clone()) } else { Ok(()) };
            assert_eq!(outcome, &expected, "e-{event}");
        }
    }

    #[tokio::test]
    async fn large_envelopes_go_alone_and_too_large_ones_not_at_all() {
        let service =
            Service::start(|request| all_accepted(&serde_json::from_str(request).unwrap())).await;
        let parked = [envelope(0, 600_000), envelope(1, 1_050_000), envelope(2, 600_000)];
        let outcomes = lot(&service).await.park(&parked).await;
        assert_eq!((&outcomes[0], &outcomes[2]), (&Ok(()), &Ok(())));
        let failure = outcomes[1].as_ref().unwrap_err();
        assert!(!failure.retryable(), "{failure:?}");
        assert!(failure.reason.ends_with("a message in an SQS lot holds 1048576"), "{failure:?}");
        let mut sent: Vec<_> = service.json_requests().iter().map(events).collect();
        sent.sort();
        assert_eq!(sent, [["e-0"], ["e-2"]]);
    }
}
