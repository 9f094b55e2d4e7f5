//! Events that are no batch of a DynamoDB stream: a clear error or an empty
//! answer, and the function lives on.

use std::time::Duration;

use distributary_tests::runtime_api::Outcome;
use serde_json::json;

use crate::scene::{Scene, all_settled, event};

#[tokio::test]
async fn events_that_are_no_batch_are_refused_and_the_next_one_is_served() {
    let mut scene = Scene::new("input", "blocked").await;
    let work = scene.queue("work_queue").await;
    scene.fifo_queue("ordered_queue").await;
    let mut function = scene.function().await;

    for (input, said) in [
        ("", "JSON"),
        ("{\"Records\":[{\"eventID\":", "JSON"),
        ("[1, 2]", "an array"),
        ("{\"detail-type\":\"Scheduled Event\"}", "`Records`"),
        ("{\"Records\":[{\"eventSource\":\"aws:sqs\",\"body\":\"hello\"}]}", "`aws:sqs`"),
    ] {
        let outcome = function.outcome(input.to_owned(), Duration::from_secs(10)).await.unwrap();
        let Outcome::Error(error) = outcome else { panic!("`{input}` was accepted: {outcome:?}") };
        let error = String::from_utf8_lossy(&error);
        assert!(error.contains(said), "`{input}` got {error}");
    }
    let empty = function.invoke("{\"Records\":[]}".to_owned()).await.unwrap();
    assert_eq!(empty, all_settled());

    scene.put("I#1", json!({ "n": { "N": "1" } })).await;
    let changes = scene.changes(1).await;
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    scene.aws.receive(&work, 1).await.unwrap();
}
