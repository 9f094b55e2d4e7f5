//! A FIFO queue that is away for a while, and a lot in DynamoDB that keeps the order of its groups.

use std::time::{Duration, Instant};

use distributary_tests::aws::Queue;
use serde_json::{Value, json};

use crate::scene::{Change, Scene, all_settled, event};

const ITEMS: usize = 3;

/// Writes every item in one more version.
async fn version(scene: &mut Scene, n: usize) -> Vec<Change> {
    for item in 0..ITEMS {
        scene.put(&format!("I#{item}"), json!({ "n": { "N": n.to_string() } })).await;
    }
    scene.changes(ITEMS).await
}

async fn waiting(scene: &Scene, table: &str) -> Value {
    let rows = scene.dynamodb.call("Scan", &json!({ "TableName": table })).await.unwrap();
    serde_json::from_slice::<Value>(&rows).unwrap()["Count"].take()
}

async fn assert_in_order(scene: &Scene, queue: &Queue, versions: usize) {
    let arrived = scene.aws.receive(queue, ITEMS * versions).await.unwrap();
    for item in 0..ITEMS {
        let of_item = format!("\"I#{item}\"");
        let bodies: Vec<_> = arrived
            .iter()
            .map(|message| message.body.as_str())
            .filter(|body| body.contains(&of_item))
            .collect();
        let wanted: Vec<_> =
            (0..versions).map(|n| format!(r#"{{"key":"I#{item}","n":{n}}}"#)).collect();
        assert_eq!(bodies, wanted);
    }
}

#[tokio::test]
async fn what_waits_goes_first_whichever_process_parked_it() {
    let mut scene = Scene::new("ordered-lot", "ordered_lot").await;
    let table = scene.table("lot", &["pk", "sk"]).await;
    scene.set("lot_table", &table);
    let missing = "arn:aws:sqs:eu-central-1:000000000000:ordered-lot-ordered_queue.fifo";
    scene.set("ordered_queue", missing);

    let mut function = scene.function().await;
    for n in 0..2 {
        let changes = version(&mut scene, n).await;
        assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    }
    let log = function.stop().await.unwrap();
    // Six envelopes, and a head for each group.
    assert_eq!(waiting(&scene, &table).await, json!(ITEMS * 3), "{log}");

    // Another process: the queue is back, and the next versions must not pass what waits.
    let queue = scene.fifo_queue("ordered_queue").await;
    let mut function = scene.function().await;
    let changes = version(&mut scene, 2).await;
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    // What failed in a redrive is tried again after 30 seconds.
    let start = Instant::now();
    while waiting(&scene, &table).await != json!(0) {
        assert!(start.elapsed() < Duration::from_secs(45), "it still waits");
        tokio::time::sleep(Duration::from_secs(2)).await;
        function.invoke(r#"{"distributary":"redrive"}"#.to_owned()).await.unwrap();
    }
    assert_in_order(&scene, &queue, 3).await;
}
