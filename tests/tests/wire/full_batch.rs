//! A batch of 1,000 records for three routes, whole and in order.

use std::collections::BTreeSet;
use std::time::Duration;

use distributary_tests::aws::Message;
use distributary_tests::runtime_api::Outcome;
use serde_json::{Value, json};

use crate::scene::{Scene, event, item};

const ITEMS: usize = 500;

#[tokio::test]
async fn a_thousand_records_arrive_at_three_routes() {
    let mut scene = Scene::new("full-batch", "full_batch").await;
    let work = scene.queue("work_queue").await;
    let ordered = scene.fifo_queue("ordered_queue").await;
    let bus = scene.aws.queue("full-batch-bus").await.unwrap();
    let bus_arn = scene.aws.bus("full-batch").await.unwrap();
    scene.set("bus", &bus_arn);
    scene.aws.forward("full-batch", &json!({ "detail-type": ["Written"] }), &bus).await.unwrap();
    let mut function = scene.function().await;

    // Every item twice, so that every message group has an order to keep.
    for n in 0..2 {
        let items: Vec<Value> = (0..ITEMS)
            .map(|each| item(&format!("I#{each}"), json!({ "n": { "N": n.to_string() } })))
            .collect();
        scene.put_all(&items).await;
    }
    let changes = scene.changes(2 * ITEMS).await;
    let outcome = function.outcome(event(&changes), Duration::from_secs(60)).await.unwrap();
    assert_eq!(outcome, Outcome::Response(r#"{"batchItemFailures":[]}"#.into()));

    let wanted: BTreeSet<String> = (0..ITEMS)
        .flat_map(|each| (0..2).map(move |n| format!(r#"{{"key":"I#{each}","n":{n}}}"#)))
        .collect();
    let arrived = scene.aws.receive(&work, 2 * ITEMS).await.unwrap();
    assert_eq!(bodies(&arrived), wanted);

    let arrived = scene.aws.receive(&ordered, 2 * ITEMS).await.unwrap();
    assert_eq!(bodies(&arrived), wanted);
    let places: Vec<_> = arrived.iter().map(|message| message.body.as_str()).collect();
    for each in 0..ITEMS {
        let at = |n| {
            let body = format!(r#"{{"key":"I#{each}","n":{n}}}"#);
            places.iter().position(|place| *place == body)
        };
        assert!(at(0) < at(1), "I#{each} out of order");
    }

    let arrived = scene.aws.receive(&bus, 2 * ITEMS).await.unwrap();
    let details: BTreeSet<String> = arrived
        .iter()
        .map(|message| serde_json::from_str::<Value>(&message.body).unwrap()["detail"].to_string())
        .collect();
    assert_eq!(details, wanted);
}

fn bodies(messages: &[Message]) -> BTreeSet<String> {
    messages.iter().map(|message| message.body.clone()).collect()
}
