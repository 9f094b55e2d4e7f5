//! A standard SQS queue as a lot: one envelope a message.

mod search;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use distributary_delivery::Envelope;
use distributary_delivery::limits::{SQS_BYTES, SQS_ENTRIES};
use distributary_router::{Failure, Found, LEASE, LOT_TIMEOUT, Lot, Taken};
use futures_util::{StreamExt, stream};
use tokio::sync::Mutex;
use tokio::time::Instant;

use self::search::{Haul, Search};
use super::queue::Queue;
use super::{PAGE, text};
use crate::browse::{Browse, Page, Waiting};

/// Requests under way at once. Large envelopes need one each, and all have to end within the time
/// of one call.
const REQUESTS: usize = 8;
/// How often a queue is asked that has messages of others alone. Those of the route may be behind
/// them; what was seen once is not given out again within the lease.
const LOOKS: usize = 10;
/// The same where an operator looks, who has more time.
const BROWSED: usize = 1_000;
/// A queue asks all its servers if it may take so long.
const ALL: Duration = Duration::from_secs(1);

pub(crate) struct SqsLot {
    queue: Queue,
    /// When the leases of this process were asked for, by their receipts.
    leases: Mutex<HashMap<String, Instant>>,
    /// One search at a time: what one has seen of other routes is hidden from the next until it ends,
    /// and a route would find its lot empty.
    searching: Mutex<()>,
}

impl SqsLot {
    pub(crate) fn new(queue: Queue) -> Self {
        SqsLot { queue, leases: Mutex::default(), searching: Mutex::default() }
    }

    /// Those of the messages that are this process's for as long as a call takes.
    async fn on_lease(&self, taken: &[Taken]) -> Vec<Taken> {
        let leases = self.leases.lock().await;
        let lasts = |taken: &&Taken| {
            leases.get(&taken.receipt).is_some_and(|asked| asked.elapsed() + LOT_TIMEOUT < LEASE)
        };
        taken.iter().filter(lasts).cloned().collect()
    }

    async fn forget(&self, taken: &[Taken]) {
        let mut leases = self.leases.lock().await;
        for taken in taken {
            leases.remove(&taken.receipt);
        }
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

    fn is_ordered(&self) -> bool {
        false
    }

    async fn held(&self, _: &str) -> Result<HashSet<String>, Failure> {
        Ok(HashSet::new())
    }

    async fn take(&self, route: &str, most: usize, by: i64) -> Result<Found, Failure> {
        let looks = LOOKS.max(most.div_ceil(SQS_ENTRIES));
        let what = Waiting::Route(route);
        let search = Search { what, by, most, looks, wait: Duration::ZERO };
        self.leases.lock().await.retain(|_, asked| asked.elapsed() < LEASE);
        let Haul { taken, postponed, unreadable, failure, ended } = self.search(&search).await;
        let unreadable = unreadable.into_iter().next_back().map(Failure::permanent);
        match failure.or(unreadable) {
            Some(failure) if taken.is_empty() => Err(failure),
            _ => Ok(Found { taken, postponed, unseen: !ended }),
        }
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        let mut outcomes = Vec::with_capacity(arrived.len());
        for some in arrived.chunks(SQS_ENTRIES) {
            let receipts: Vec<_> = some.iter().map(|taken| taken.receipt.as_str()).collect();
            match self.queue.delete(&receipts).await {
                Ok(answer) => outcomes.extend(answer),
                Err(failure) => outcomes.extend(some.iter().map(|_| Err(failure.clone()))),
            }
        }
        self.forget(arrived).await;
        outcomes
    }

    async fn give_back(&self, left: &[Taken]) {
        let receipts: Vec<_> = left.iter().map(|taken| taken.receipt.clone()).collect();
        self.queue.show(&receipts).await;
        self.forget(left).await;
    }

    /// A message cannot be changed: another one takes its place. Not of one whose lease has ended:
    /// somebody else may have delivered it.
    async fn postpone(&self, tried: &[Taken]) {
        let tried = self.on_lease(tried).await;
        let envelopes: Vec<_> = tried.iter().map(|taken| taken.envelope.clone()).collect();
        let kept = self.park(&envelopes).await;
        let (kept, left): (Vec<_>, Vec<_>) =
            tried.iter().cloned().zip(kept).partition(|(_, outcome)| outcome.is_ok());
        let taken = |some: Vec<(Taken, _)>| some.into_iter().map(|(taken, _)| taken).collect();
        let (kept, left): (Vec<Taken>, Vec<Taken>) = (taken(kept), taken(left));
        // What cannot be deleted is there twice, under one identity.
        self.remove(&kept).await;
        self.give_back(&left).await;
    }
}

#[async_trait]
impl Browse for SqsLot {
    async fn browse(&self, what: Waiting<'_>, _: Option<&str>) -> Result<Page, Failure> {
        let search = Search { what, by: i64::MAX, most: PAGE, looks: BROWSED, wait: ALL };
        let Haul { taken, unreadable, failure, ended, .. } = self.search(&search).await;
        match failure {
            Some(failure) if taken.is_empty() => Err(failure),
            _ => Ok(Page { waiting: taken, unreadable, next: (!ended).then(String::new) }),
        }
    }
}

fn body(envelope: &Envelope) -> Result<String, String> {
    let json = envelope.to_json_within(SQS_BYTES).map_err(|error| error.to_string())?;
    let body = text::json(&json)?.into_owned();
    if body.len() > SQS_BYTES {
        return Err(format!(
            "the envelope has {} bytes when compressed, and a message in an SQS lot holds {SQS_BYTES}",
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
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::*;
    use crate::aws::scripted::{Reply, Service, arn};
    use crate::sample;

    async fn lot(service: &Service) -> std::sync::Arc<dyn Lot> {
        let queue = arn("arn:aws:sqs:eu-central-1:123456789012:waiting");
        service.aws().queue_lot(&"waiting".into(), &queue).await.unwrap()
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
    async fn large_envelopes_go_alone_and_too_large_ones_compressed() {
        let service =
            Service::start(|request| all_accepted(&serde_json::from_str(request).unwrap())).await;
        let parked = [envelope(0, 600_000), envelope(1, 1_050_000), envelope(2, 600_000)];
        assert_eq!(lot(&service).await.park(&parked).await, [Ok(()), Ok(()), Ok(())]);
        let bodies: Vec<_> = service
            .json_requests()
            .iter()
            .flat_map(|request| request["Entries"].as_array().unwrap().clone())
            .map(|entry| entry["MessageBody"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(bodies.len(), 3);
        for body in bodies {
            assert!(parked.contains(&Envelope::parse(body.as_bytes()).unwrap()));
        }
    }

    #[tokio::test]
    async fn what_no_message_holds_is_refused() {
        let service = Service::start(|_| Reply::Close).await;
        let mut parked = envelope(0, 0);
        let digest = |place: usize| distributary_delivery::hash(&[&place.to_string()]);
        let noise: String = (0..40_000).map(digest).collect();
        parked.record = format!("\"{noise}\"").into();
        let outcomes = lot(&service).await.park(&[parked]).await;
        let failure = outcomes[0].as_ref().unwrap_err();
        assert!(!failure.retryable(), "{failure:?}");
        assert!(failure.reason.ends_with("a message in an SQS lot holds 1048576"), "{failure:?}");
    }

    /// How often a queue was asked to keep what was tried in vain, so long after it was taken.
    async fn sent_after(wait: Duration) -> usize {
        let message = envelope(1, 10);
        let body = String::from_utf8(message.to_json_within(SQS_BYTES).unwrap().to_vec()).unwrap();
        let service = Service::start(move |request| {
            let request: Value = serde_json::from_str(request).unwrap();
            if request.get("MaxNumberOfMessages").is_some() {
                let message = json!({"MessageId": "m", "ReceiptHandle": "r", "Body": body});
                return Reply::json(200, &json!({"Messages": [message]}));
            }
            if request["Entries"][0].get("MessageBody").is_some() {
                return all_accepted(&request);
            }
            Reply::json(200, &json!({"Successful": [{"Id": "0"}], "Failed": []}))
        })
        .await;
        let lot = lot(&service).await;
        let found = lot.take("bus", 1, i64::MAX).await.unwrap();
        assert_eq!(found.taken.len(), 1);
        tokio::time::pause();
        tokio::time::advance(wait).await;
        tokio::time::resume();
        lot.postpone(&found.taken).await;
        let sends = |request: &Value| request["Entries"][0].get("MessageBody").is_some();
        service.json_requests().iter().filter(|request| sends(request)).count()
    }

    /// What is found in a queue that gives out so many messages of another route first.
    async fn found_behind(others: usize) -> Found {
        let of = |route: &str| {
            let delivery = sample::delivery("e-1", "{}");
            Envelope::delivery(delivery, route.into(), "h".into(), 4, "down".into(), 0)
        };
        let body = |route| String::from_utf8(of(route).to_json().unwrap()).unwrap();
        let (theirs, ours, given) = (body("other"), body("bus"), AtomicUsize::new(0));
        let service = Service::start(move |request| {
            let request: Value = serde_json::from_str(request).unwrap();
            let Some(most) = request["MaxNumberOfMessages"].as_u64() else {
                return Reply::json(200, &json!({"Successful": [], "Failed": []}));
            };
            let most = usize::try_from(most).unwrap();
            let first = given.fetch_add(most, Ordering::SeqCst);
            let message = |at: usize| {
                let body = if at < others { &theirs } else { &ours };
                json!({"MessageId": "m", "ReceiptHandle": at.to_string(), "Body": body})
            };
            let some: Vec<_> = (first..(first + most).min(others + 1)).map(message).collect();
            Reply::json(200, &json!({"Messages": some}))
        })
        .await;
        lot(&service).await.take("bus", 1, i64::MAX).await.unwrap()
    }

    #[tokio::test]
    async fn a_look_goes_through_ninety_messages_of_others_and_says_when_there_were_more() {
        for (others, taken, unseen) in [(0, 1, true), (12, 1, true), (90, 1, true), (200, 0, true)]
        {
            let found = found_behind(others).await;
            assert_eq!((found.taken.len(), found.unseen), (taken, unseen), "{others}");
        }
    }

    #[tokio::test]
    async fn what_is_somebody_elses_by_now_is_not_put_back() {
        assert_eq!(sent_after(LEASE / 2).await, 1);
        assert_eq!(sent_after(LEASE).await, 0);
    }
}
