//! What the event source mapping is told.

use bytes::Bytes;
use distributary_engine::{Invocation, Unsettled};
use tokio::time::Instant;

use crate::world::{RULES, World, events, goes_on_from, invoke};

#[tokio::test(start_paused = true)]
async fn a_settled_batch_is_answered_with_nothing() {
    let world = World::default();
    let handled = invoke(&world.alone(), 100..130).await;
    assert_eq!(goes_on_from(&handled), None);
    assert_eq!(handled.outcome.records.len(), 30);
    assert_eq!(handled.oldest, Some(1_700_000_000));
    assert_eq!(world.well.taken(), events(100..130));
    assert_eq!(world.sick.taken(), events(100..130));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_no_batch_sends_nothing() {
    let world = World::default();
    let payload = Bytes::from_static(b"{\"hello\":1}");
    let invocation = Invocation { payload, now: 0, deadline: None };
    let error = world.alone().handle(invocation).await.unwrap_err();
    assert!(error.to_string().contains("`Records`"), "{error}");
    assert!(world.well.taken().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_has_passed_settles_nothing_and_says_so() {
    let world = World::default();
    let engine = world.alone();
    let event = r#"{"Records":[{"eventID":"e-7","eventName":"REMOVE","eventSource":"aws:dynamodb","awsRegion":"r",
        "eventSourceARN":"arn:aws:dynamodb:r:1:table/t/stream/1","dynamodb":{"SequenceNumber":"7",
        "ApproximateCreationDateTime":1,"Keys":{"pk":{"S":"7"}},"StreamViewType":"KEYS_ONLY"}}]}"#;
    let (payload, deadline) = (Bytes::from(event), Some(Instant::now()));
    let handled = engine.handle(Invocation { payload, now: 0, deadline }).await.unwrap();
    assert_eq!(goes_on_from(&handled), Some(7));
    assert!(world.well.taken().is_empty());
}

#[tokio::test(start_paused = true)]
async fn invocations_at_once_get_the_answers_of_their_own_batches() {
    let world = World::default();
    world.sick.refuse([105, 222]);
    let engine = world.alone();
    let (one, other) = tokio::join!(invoke(&engine, 100..120), invoke(&engine, 200..230));
    assert_eq!((goes_on_from(&one), goes_on_from(&other)), (Some(105), Some(222)));
    world.sick.refuse([]);
    let mut first = world.well.taken();
    first.sort();
    assert_eq!(first, events((100..120).chain(200..230)));
    world.sick.taken();
    tokio::join!(invoke(&engine, 105..120), invoke(&engine, 222..230));
    assert!(world.well.taken().is_empty());
    let mut again = world.sick.taken();
    again.sort();
    assert_eq!(again, events([105, 222]));
}

#[tokio::test(start_paused = true)]
async fn without_partial_batch_responses_the_invocation_fails() {
    let world = World::default();
    world.sick.refuse([103]);
    let handled = invoke(&world.with_rules(RULES), 100..110).await;
    assert_eq!(handled.answer, Err(Unsettled::Unattested(3)));
    assert_eq!(handled.outcome.report.lowest_unsettled, Some(3));
}
