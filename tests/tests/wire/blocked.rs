//! A FIFO route that cannot deliver names the record from which the batch has to
//! come again.

use distributary_tests::aws::Queue;
use serde_json::{Value, json};

use crate::scene::{Scene, all_settled, event};

#[tokio::test]
async fn a_blocked_route_reports_its_first_record_and_catches_up_in_order() {
    let mut scene = Scene::new("blocked", "blocked").await;
    let work = scene.queue("work_queue").await;
    scene.set("ordered_queue", "arn:aws:sqs:eu-central-1:000000000000:blocked-ordered_queue.fifo");
    let mut function = scene.function().await;
    scene.put("P#1", json!({ "entityType": { "S": "Product" }, "n": { "N": "0" } })).await;
    for n in 1..=3 {
        let n = n.to_string();
        scene.put("O#1", json!({ "entityType": { "S": "Order" }, "n": { "N": n } })).await;
    }
    let changes = scene.changes(4).await;

    let answer = function.invoke(event(&changes)).await.unwrap();
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": changes[1].sequence }] }),
        "the product before it is settled"
    );
    assert_eq!(numbers(&scene, &work, 4).await, [0, 1, 2, 3], "the other route has everything");

    // Lambda hands out the batch again from the reported record on.
    let ordered = scene.fifo_queue("ordered_queue").await;
    let mut function = scene.function().await;
    assert_eq!(function.invoke(event(&changes[1..])).await.unwrap(), all_settled());
    let arrived = scene.aws.receive(&ordered, 3).await.unwrap();
    let bodies: Vec<_> = arrived.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(bodies, [r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]);
}

#[tokio::test]
async fn without_partial_batch_responses_the_whole_invocation_fails() {
    let mut scene = Scene::new("unattested", "blocked").await;
    scene.queue("work_queue").await;
    scene.set("ordered_queue", "arn:aws:sqs:eu-central-1:000000000000:nobody-made-this.fifo");
    scene.settings.partial_batch_response = false;
    let mut function = scene.function().await;
    scene.put("O#1", json!({ "entityType": { "S": "Order" }, "n": { "N": "1" } })).await;
    let changes = scene.changes(1).await;

    let error = function.invoke(event(&changes)).await.unwrap_err().to_string();

    assert!(error.contains("DISTRIBUTARY_PARTIAL_BATCH_RESPONSE"), "{error}");
}

async fn numbers(scene: &Scene, queue: &Queue, count: usize) -> Vec<u64> {
    let messages = scene.aws.receive(queue, count).await.unwrap();
    let mut numbers: Vec<u64> = messages
        .iter()
        .map(|message| serde_json::from_str::<Value>(&message.body).unwrap())
        .map(|body| body["n"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers
}
