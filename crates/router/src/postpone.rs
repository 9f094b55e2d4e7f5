//! When what a redrive failed with is tried again.

use distributary_delivery::{BY_HAND, Content, Envelope};
use tracing::warn;

/// The wait, in seconds, before what never counted as failed; twice as long for each time that did.
/// As long as a breaker stays open at first.
const FIRST_WAIT: i64 = 30;

/// So often something may fail while its route takes others. Then it is more likely to be its own
/// fault than the route's, eight and a half hours have passed, and somebody has to look at it.
const MOST: u32 = 10;

/// Notes in an envelope that it was tried in vain. `well` says that the route took others at the
/// same time: where it took nothing, the failure is not counted as the envelope's.
pub(crate) fn postpone(envelope: &mut Envelope, sent: u32, reason: &str, well: bool, now: i64) {
    let Content::Delivery { route, rule, identity, attempts, redrives, not_before, .. } =
        &mut envelope.content
    else {
        return;
    };
    *attempts = attempts.saturating_add(sent);
    *redrives = redrives.saturating_add(u32::from(well));
    *not_before = Some(match FIRST_WAIT.checked_shl(*redrives) {
        Some(wait) if *redrives < MOST => now.saturating_add(wait).min(BY_HAND),
        _ => BY_HAND,
    });
    if *not_before == Some(BY_HAND) {
        let identity = identity.as_str();
        warn!(%route, %rule, identity, attempts, reason, "waits for a redrive by hand");
    }
    reason.clone_into(&mut envelope.reason);
}

#[cfg(test)]
mod tests {
    use distributary_delivery::{Delivery, Identity, Message, Origin};

    use super::*;

    fn envelope() -> Envelope {
        let origin = Origin {
            record: "{}".into(),
            event: "e".into(),
            sequence: "1".into(),
            table: "Orders".into(),
            time: 0,
        };
        let delivery = Delivery {
            position: 0,
            route: 0,
            rule: "rule".into(),
            identity: Identity::new("e", "rule", "route"),
            message: Message::default(),
            fallback: None,
            origin,
        };
        Envelope::delivery(delivery, "route".into(), "".into(), 4, "down".to_owned(), 0)
    }

    #[test]
    fn the_waits_double_until_only_a_hand_helps() {
        let mut envelope = envelope();
        let mut now = 1_000;
        for nth in 1..=12 {
            postpone(&mut envelope, 1, "AccessDenied", true, now);
            let Content::Delivery { attempts, redrives, not_before, .. } = envelope.content else {
                unreachable!()
            };
            assert_eq!((attempts, redrives), (4 + nth, nth));
            let wait = if nth < 10 { 30 << nth } else { BY_HAND - now };
            assert_eq!(not_before, Some(now + wait));
            assert!(!envelope.is_due(now + wait - 1) && envelope.is_due(now + wait));
            now += if nth < 10 { wait } else { 0 };
        }
        assert_eq!((now - 1_000) / 60, 511, "minutes until the tenth");
        assert_eq!((envelope.reason.as_str(), envelope.parked_at), ("AccessDenied", 0));
    }

    #[test]
    fn what_fails_on_a_route_that_takes_nothing_waits_and_is_not_counted() {
        let mut envelope = envelope();
        for now in [100, 200, 300] {
            postpone(&mut envelope, 1, "down", false, now);
            assert!(!envelope.is_due(now + 29) && envelope.is_due(now + 30));
        }
        assert!(matches!(envelope.content, Content::Delivery { attempts: 7, redrives: 0, .. }));
    }
}
