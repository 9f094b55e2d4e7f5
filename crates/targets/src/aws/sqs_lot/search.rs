//! Through the messages of a queue, which gives them out as it likes.

use std::time::Duration;

use aws_sdk_sqs::types::Message;
use distributary_delivery::Envelope;
use distributary_delivery::limits::SQS_ENTRIES;
use distributary_router::{Failure, LEASE, Taken};
use tokio::time::Instant;

use super::SqsLot;
use crate::browse::Waiting;

/// What is looked for in a queue, and how long.
pub(super) struct Search<'a> {
    pub(super) what: Waiting<'a>,
    /// Deliveries that are due then.
    pub(super) by: i64,
    pub(super) most: usize,
    /// Requests at most.
    pub(super) looks: usize,
    /// What a request waits for.
    pub(super) wait: Duration,
}

/// What a search came to.
#[derive(Default)]
pub(super) struct Haul {
    pub(super) taken: Vec<Taken>,
    /// When the oldest was parked of what is not due.
    pub(super) postponed: Option<i64>,
    pub(super) unreadable: Vec<String>,
    pub(super) failure: Option<Failure>,
    /// Nothing more was in the queue.
    pub(super) ended: bool,
}

impl SqsLot {
    /// What is not looked for is made visible again once the search has ended, so that the search
    /// does not meet it twice.
    pub(super) async fn search(&self, Search { what, by, most, looks, wait }: &Search<'_>) -> Haul {
        let _alone = self.searching.lock().await;
        let (mut found, mut others) = (Haul::default(), Vec::new());
        for _ in 0..*looks {
            let rest = most - found.taken.len();
            if rest == 0 {
                break;
            }
            // Once something else was met, what is looked for may stand behind much of it.
            let some = if others.is_empty() { rest } else { SQS_ENTRIES };
            // Sooner than the queue counts it.
            let asked = Instant::now();
            let messages = match self.queue.receive(some, LEASE, *wait).await {
                Ok(messages) => messages,
                Err(failure) => {
                    found.failure = Some(failure);
                    break;
                }
            };
            if messages.is_empty() {
                found.ended = true;
                break;
            }
            for message in messages {
                let Some(receipt) = message.receipt_handle.clone() else { continue };
                match envelope(&message) {
                    _ if found.taken.len() == *most => {}
                    Ok(envelope) if !what.covers(&envelope) => {}
                    Ok(envelope) if matches!(what, Waiting::Route(_)) && !envelope.is_due(*by) => {
                        let at = envelope.parked_at;
                        found.postponed = Some(found.postponed.map_or(at, |oldest| oldest.min(at)));
                    }
                    Ok(envelope) => {
                        self.leases.lock().await.insert(receipt.clone(), asked);
                        found.taken.push(Taken { envelope, receipt });
                        continue;
                    }
                    Err(reason) => found.unreadable.push(reason),
                }
                others.push(receipt);
            }
        }
        self.queue.show(&others).await;
        found
    }
}

/// The envelope in a message. The error names the message without its content.
fn envelope(message: &Message) -> Result<Envelope, String> {
    let body = message.body.as_deref().unwrap_or_default();
    Envelope::parse(body.as_bytes()).map_err(|error| {
        let id = message.message_id.as_deref().unwrap_or("-");
        format!("the message `{id}` in the lot cannot be read: {error}")
    })
}
