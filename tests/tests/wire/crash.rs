//! A process that ends in the middle of a batch: what was under way may arrive again, and nothing is
//! lost.

use std::collections::BTreeMap;
use std::time::Duration;

use distributary_tests::aws::Message;
use distributary_tests::proxy::{Fault, Proxy};
use serde_json::json;

use crate::scene::{Scene, all_settled, event};

const ITEMS: usize = 12;

fn times(messages: &[Message]) -> BTreeMap<&str, usize> {
    let mut times = BTreeMap::new();
    for message in messages {
        *times.entry(message.body.as_str()).or_default() += 1;
    }
    times
}

#[tokio::test]
async fn what_was_sent_before_a_crash_is_sent_again_and_a_fifo_queue_knows_it() {
    let mut scene = Scene::new("crash", "walls").await;
    let proxy = Proxy::start(&scene.settings.endpoint).await.unwrap();
    proxy.endpoint().clone_into(&mut scene.settings.endpoint);
    let sick = scene.queue("sick_queue").await;
    let work = scene.queue("work_queue").await;
    let ordered = scene.fifo_queue("ordered_queue").await;
    scene.queue("lot_queue").await;
    scene.ledger().await;
    for n in 0..ITEMS {
        scene.put(&format!("I#{n}"), json!({ "n": { "N": n.to_string() } })).await;
    }
    let changes = scene.changes(ITEMS).await;

    // The others are done and this one is not when the process ends.
    proxy.make_sick("sick_queue", Fault::Hang);
    let mut function = scene.function().await;
    let ended = tokio::time::timeout(Duration::from_millis(900), function.invoke(event(&changes)));
    ended.await.unwrap_err();
    function.stop().await.unwrap();
    proxy.heal();

    let mut function = scene.function().await;
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
    let arrived = scene.aws.drain(&work).await.unwrap();
    let times = times(&arrived);
    assert_eq!(times.len(), ITEMS);
    assert!(times.values().all(|times| *times <= 2), "{times:?}");
    scene.aws.receive(&ordered, ITEMS).await.unwrap();
    scene.aws.receive(&sick, ITEMS).await.unwrap();
}
