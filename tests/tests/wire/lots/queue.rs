//! An SQS queue as a lot.

use std::collections::BTreeSet;

use distributary_delivery::Content;
use distributary_router::Found;

use super::{FUTURE, NOW, envelope, events, queue, queue_lot, services, stays, steps_aside};

#[tokio::test]
async fn a_queue_gives_each_route_its_own_and_leaves_foreign_messages() {
    let lot = queue_lot(&queue("lot-queue").await).await;
    let mut other = envelope("o-1", None, 1);
    if let Content::Delivery { route, .. } = &mut other.content {
        *route = "other".into();
    }
    let mut large = envelope("e-1", None, 2);
    large.record = format!("\"{}\"", "x".repeat(2_000_000)).into();
    let parked = [other.clone(), large.clone(), envelope("e-2", None, 3)];
    assert!(lot.park(&parked).await.iter().all(Result::is_ok));
    let taken = lot.take("bus", 10, NOW).await.unwrap().taken;
    assert_eq!(events(&taken).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(["e-1", "e-2"]));
    assert!(taken.iter().any(|it| it.envelope == large));
    assert_eq!(lot.take("bus", 10, NOW).await, Ok(Found::default()));
    assert!(lot.remove(&taken[..1]).await.iter().all(Result::is_ok));
    lot.give_back(&taken[1..]).await;
    assert_eq!(events(&lot.take("bus", 10, NOW).await.unwrap().taken), events(&taken[1..]));
    assert_eq!(lot.take("other", 10, NOW).await.unwrap().taken[0].envelope, other);
}

#[tokio::test]
async fn an_envelope_of_a_later_version_stays_in_a_queue() {
    let queue = queue("lot-future").await;
    services().send(&queue, FUTURE).await.unwrap();
    stays(&queue_lot(&queue).await, "the message `").await;
}

#[tokio::test]
async fn what_failed_again_steps_aside_in_a_queue() {
    let queue = queue("lot-aside").await;
    steps_aside(queue_lot(&queue).await, queue_lot(&queue).await).await;
}
