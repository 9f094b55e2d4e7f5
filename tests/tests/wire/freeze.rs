//! Between two batches a function is frozen, and its connections may be dead when it goes on. That
//! says nothing of the services.

use distributary_tests::proxy::Proxy;
use serde_json::json;

use crate::scene::{Change, Scene, all_settled, event};

/// Enough for several requests at once, so that there are several connections.
const MANY: usize = 60;

async fn written(scene: &mut Scene, version: usize, count: usize) -> Vec<Change> {
    for n in 0..count {
        scene.put(&format!("I#{n}"), json!({ "n": { "N": version.to_string() } })).await;
    }
    scene.changes(count).await
}

#[tokio::test]
async fn what_comes_after_a_freeze_arrives_although_every_connection_is_dead() {
    let mut scene = Scene::new("freeze", "walls").await;
    let proxy = Proxy::start(&scene.settings.endpoint).await.unwrap();
    proxy.endpoint().clone_into(&mut scene.settings.endpoint);
    // It may try once more, and has connections of its own.
    let sick = scene.queue("sick_queue").await;
    let work = scene.queue("work_queue").await;
    let ordered = scene.fifo_queue("ordered_queue").await;
    let lot = scene.queue("lot_queue").await;
    let mut function = scene.function().await;
    let mut total = 0;
    for (version, count) in [MANY, 1, MANY, MANY].into_iter().enumerate() {
        let changes = written(&mut scene, version, count).await;
        assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());
        total += count;
        proxy.forget_connections();
    }
    for queue in [&sick, &work, &ordered] {
        scene.aws.receive(queue, total).await.unwrap();
    }
    scene.aws.receive(&lot, 0).await.unwrap();
    let log = function.stop().await.unwrap();
    assert!(!log.contains("parked"), "{log}");
}
