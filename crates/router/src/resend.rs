//! One step of a redrive: envelopes, sent again.

use std::collections::BTreeMap;
use std::sync::Arc;

use distributary_delivery::{Content, Delivery, Envelope, OnFailure, Origin};
use fastrand::Rng;
use tokio::sync::mpsc::unbounded_channel;

use crate::clock::Clock;
use crate::health::Health;
use crate::lot::Taken;
use crate::park::Parked;
use crate::policy::Policy;
use crate::send::{Sender, Settings};
use crate::settle::{Mark, Outcome, SettleTable};

/// What became of envelopes that were sent again.
#[derive(Default)]
pub(crate) struct Resent {
    pub(crate) arrived: Vec<Taken>,
    pub(crate) tried: Vec<Tried>,
    /// What follows one that failed, and what there was no time or no open way for.
    pub(crate) untried: Vec<Taken>,
    /// The last failure, if one may be the route's.
    pub(crate) failure: Option<String>,
}

/// An envelope that did not get through.
pub(crate) struct Tried {
    pub(crate) taken: Taken,
    /// How often it was sent; 0 where no request can hold it.
    pub(crate) times: u32,
    pub(crate) reason: String,
}

/// What sends them.
pub(crate) struct Resender {
    pub(crate) route: Arc<str>,
    pub(crate) settings: Settings,
    pub(crate) health: Arc<Health>,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
}

impl Resender {
    /// Sends envelopes as a lane sends deliveries. What a lane would park comes back instead.
    pub(crate) async fn send(&mut self, taken: Vec<Taken>) -> Resent {
        let table = SettleTable::new(None);
        let mut sender = Sender::new(self.settings.clone(), self.policy(&table), self.rng.fork());
        let (mut resent, mut known, mut deliveries) = (Resent::default(), Vec::new(), Vec::new());
        for taken in taken {
            let Some(delivery) = delivery(&taken.envelope) else {
                resent.untried.push(taken);
                continue;
            };
            let mark = Mark { position: delivery.position, identity: delivery.identity.clone() };
            deliveries.push((table.enter(mark), delivery));
            known.push(taken);
        }
        let (give_back, mut returned) = unbounded_channel();
        sender.send_all(deliveries, Some(give_back)).await;
        let mut failed = BTreeMap::new();
        while let Ok(parked) = returned.try_recv() {
            failed.extend(failure(&sender, parked));
        }
        for (place, taken) in known.into_iter().enumerate() {
            if table.is_delivered(place) {
                resent.arrived.push(taken);
            } else if let Some((times, reason)) = failed.remove(&place) {
                resent.tried.push(Tried { taken, times, reason });
            } else {
                resent.untried.push(taken);
            }
        }
        resent.failure = sender.failed.then_some(sender.last_failure);
        resent
    }

    fn policy(&self, table: &Arc<SettleTable>) -> Policy {
        Policy {
            route: self.route.clone(),
            // What comes back keeps what it came with.
            ordered: true,
            on_failure: OnFailure::Park(0),
            has_lot: true,
            rules: "".into(),
            clock: self.clock,
            table: table.clone(),
            health: self.health.clone(),
            lot: None,
        }
    }
}

/// The place of what failed itself, how often it was sent, and why it failed.
fn failure(sender: &Sender, parked: Parked) -> Option<(usize, (u32, String))> {
    let Parked { ticket, envelope, outcome } = parked;
    let Content::Delivery { attempts, message, .. } = &envelope.content else { return None };
    let failed = *attempts > 0 || outcome == Outcome::Parked && sender.size(message).is_err();
    failed.then(|| (ticket.place(), (*attempts, envelope.reason)))
}

/// The delivery that an envelope holds, as it was.
fn delivery(envelope: &Envelope) -> Option<Delivery> {
    let Content::Delivery { rule, identity, time, message, .. } = envelope.content.clone() else {
        return None;
    };
    let known = |text: &Option<Arc<str>>| text.clone().unwrap_or_default();
    Some(Delivery {
        position: 0,
        route: 0,
        rule,
        identity,
        message,
        fallback: None,
        origin: Origin {
            record: envelope.record.clone(),
            event: known(&envelope.event),
            sequence: known(&envelope.sequence),
            table: known(&envelope.table),
            time: time.unwrap_or(envelope.parked_at),
        },
    })
}

#[cfg(test)]
mod tests {
    use distributary_delivery::{Identity, Message};

    use super::*;

    #[test]
    fn what_waited_is_sent_as_it_would_have_been() {
        let origin = Origin {
            record: "{}".into(),
            event: "e".into(),
            sequence: "1".into(),
            table: "Orders".into(),
            time: 1_767_225_600,
        };
        let message = Message { group: Some("g".to_owned()), ..Message::default() };
        let identity = Identity::new("e", "rule", "route");
        let (rule, fallback) = ("rule".into(), None);
        let sent = Delivery { position: 0, route: 0, rule, identity, message, fallback, origin };
        let later = 1_767_229_200;
        let parked =
            Envelope::delivery(sent.clone(), "route".into(), "".into(), 4, String::new(), later);
        assert_eq!(delivery(&parked), Some(sent));
    }
}
