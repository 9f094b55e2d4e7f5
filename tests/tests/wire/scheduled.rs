//! An event on a schedule empties the lots of routes that are well, also while the table is quiet.

use std::collections::BTreeSet;
use std::time::Duration;

use distributary_tests::aws::Message;
use distributary_tests::proxy::{Fault, Proxy};
use serde_json::{Value, json};

use crate::scene::{Change, Scene, all_settled, event};

/// As a rule of EventBridge sends it.
fn of_a_rule() -> String {
    let rule = "arn:aws:events:eu-central-1:123456789012:rule/redrive";
    json!({
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-11-21T12:00:00Z",
        "region": "eu-central-1",
        "resources": [rule],
        "detail": {},
    })
    .to_string()
}

async fn written(scene: &mut Scene, names: &[String]) -> Vec<Change> {
    for name in names {
        scene.put(name, json!({ "n": { "N": "1" } })).await;
    }
    scene.changes(names.len()).await
}

fn names(batch: usize) -> Vec<String> {
    (0..12).map(|n| format!("I#{batch}-{n}")).collect()
}

fn keys(messages: &[Message]) -> BTreeSet<String> {
    let key = |message: &Message| {
        let body: Value = serde_json::from_str(&message.body).unwrap();
        body["key"].as_str().unwrap().to_owned()
    };
    messages.iter().map(key).collect()
}

#[tokio::test]
async fn what_waits_for_a_queue_arrives_once_there_is_one() {
    let mut scene = Scene::new("scheduled", "walls").await;
    scene.queue("work_queue").await;
    scene.fifo_queue("ordered_queue").await;
    let lot = scene.queue("lot_queue").await;
    scene.set("sick_queue", "arn:aws:sqs:eu-central-1:000000000000:scheduled-sick_queue");
    let mut function = scene.function().await;
    let changes = written(&mut scene, &names(0)).await;
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());

    let queue = scene.queue("sick_queue").await;
    let summary = function.invoke(of_a_rule()).await.unwrap();
    assert_eq!(summary, json!({ "redriven": { "sick": 12 }, "left": {} }));
    let arrived = scene.aws.receive(&queue, 12).await.unwrap();
    assert_eq!(keys(&arrived), names(0).into_iter().collect());
    scene.aws.receive(&lot, 0).await.unwrap();
}

#[tokio::test]
async fn a_breaker_stays_open_from_batch_to_batch_and_closes_with_a_redrive() {
    let mut scene = Scene::new("warm", "walls").await;
    let proxy = Proxy::start(&scene.settings.endpoint).await.unwrap();
    proxy.endpoint().clone_into(&mut scene.settings.endpoint);
    let sick = scene.queue("sick_queue").await;
    let work = scene.queue("work_queue").await;
    scene.fifo_queue("ordered_queue").await;
    let lot = scene.queue("lot_queue").await;
    // It uses up what the route may lose in one invocation, which opens the breaker.
    proxy.make_sick("sick_queue", Fault::Hang);
    let mut function = scene.function().await;

    let first = written(&mut scene, &names(0)).await;
    assert_eq!(function.invoke(event(&first)).await.unwrap(), all_settled());
    let struck = proxy.struck();
    assert!(struck > 0);
    let second = written(&mut scene, &names(1)).await;
    assert_eq!(function.invoke(event(&second)).await.unwrap(), all_settled());
    assert_eq!(proxy.struck(), struck, "nothing is sent while the breaker is open");
    let open = "the route's breaker is open";
    assert_eq!(
        function.invoke(of_a_rule()).await.unwrap(),
        json!({ "redriven": {}, "left": { "sick": open } })
    );
    scene.aws.receive(&work, 24).await.unwrap();

    proxy.heal();
    // As long as a breaker stays open the first time.
    tokio::time::sleep(Duration::from_secs(31)).await;
    let summary = function.invoke(of_a_rule()).await.unwrap();
    assert_eq!(summary, json!({ "redriven": { "sick": 24 }, "left": {} }));
    let arrived = scene.aws.receive(&sick, 24).await.unwrap();
    assert_eq!(keys(&arrived), names(0).into_iter().chain(names(1)).collect());
    scene.aws.receive(&lot, 0).await.unwrap();
}

/// The row is the one that `distributary pause` writes.
#[tokio::test]
async fn a_paused_route_gets_nothing_from_a_batch_or_its_lot_until_it_is_resumed() {
    let mut scene = Scene::new("paused", "walls").await;
    let sick = scene.queue("sick_queue").await;
    let work = scene.queue("work_queue").await;
    scene.fifo_queue("ordered_queue").await;
    scene.queue("lot_queue").await;
    let ledger = scene.ledger().await;
    let pause = json!({ "id": { "S": "paused" }, "routes": { "SS": ["sick"] } });
    scene.dynamodb.put(&ledger, &pause).await.unwrap();
    let mut function = scene.function().await;
    let changes = written(&mut scene, &names(0)).await;
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    scene.aws.receive(&work, 12).await.unwrap();
    assert_eq!(
        function.invoke(of_a_rule()).await.unwrap(),
        json!({ "redriven": {}, "left": { "sick": "the route is paused" } })
    );
    scene.aws.receive(&sick, 0).await.unwrap();

    scene.dynamodb.delete(&ledger, &json!({ "id": { "S": "paused" } })).await.unwrap();
    assert_eq!(
        function.invoke(of_a_rule()).await.unwrap(),
        json!({ "redriven": { "sick": 12 }, "left": {} })
    );
    scene.aws.receive(&sick, 12).await.unwrap();
}
