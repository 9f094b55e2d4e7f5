//! What a route cannot deliver waits in its lot, and nobody else notices.

use std::collections::BTreeSet;

use distributary_delivery::Identity;
use distributary_tests::aws::Queue;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::scene::{Change, Scene, all_settled, event};

#[derive(Deserialize)]
struct Envelope<'a> {
    version: u64,
    kind: String,
    #[serde(default)]
    route: String,
    #[serde(default)]
    rule: String,
    #[serde(default)]
    identity: String,
    event: String,
    sequence: String,
    table: String,
    reason: String,
    #[serde(borrow)]
    record: &'a RawValue,
}

async fn written(scene: &mut Scene, count: usize) -> Vec<Change> {
    for n in 0..count {
        scene.put(&format!("I#{n}"), json!({ "n": { "N": n.to_string() } })).await;
    }
    scene.changes(count).await
}

/// Each change once, as `{"id":…}`.
async fn assert_arrived(scene: &Scene, queue: &Queue, changes: &[Change]) {
    let messages = scene.aws.receive(queue, changes.len()).await.unwrap();
    let seen: BTreeSet<_> = messages.into_iter().map(|message| message.body).collect();
    let wanted: BTreeSet<_> =
        changes.iter().map(|change| format!(r#"{{"id":"{}"}}"#, change.id)).collect();
    assert_eq!(seen, wanted);
}

/// Each change once, as a delivery to `route` with the record's own bytes.
async fn assert_parked(scene: &Scene, lot: &Queue, changes: &[Change], route: &str) {
    let messages = scene.aws.receive(lot, changes.len()).await.unwrap();
    let mut seen = BTreeSet::new();
    for message in &messages {
        let envelope: Envelope<'_> = serde_json::from_str(&message.body).unwrap();
        let change = changes.iter().find(|change| change.id == envelope.event).unwrap();
        assert_eq!((envelope.version, envelope.kind.as_str()), (1, "delivery"));
        assert_eq!((envelope.route.as_str(), envelope.rule.as_str()), (route, "written"));
        assert_eq!(
            envelope.identity,
            Identity::new(&change.id, "written", route).as_str(),
            "a redrive sends under the same identity"
        );
        assert_eq!(envelope.sequence, change.sequence);
        assert_eq!(envelope.table, scene.settings.params["table"]);
        assert!(!envelope.reason.is_empty());
        assert_eq!(envelope.record.get(), change.raw.get(), "the record's bytes are untouched");
        seen.insert(envelope.event);
    }
    assert_eq!(seen.len(), changes.len());
}

#[tokio::test]
async fn a_queue_that_does_not_exist_parks_its_deliveries_and_no_others() {
    let mut scene = Scene::new("parking", "parking").await;
    let work = scene.queue("work_queue").await;
    let ordered = scene.fifo_queue("ordered_queue").await;
    let lot = scene.queue("lot_queue").await;
    scene.set("missing_queue", "arn:aws:sqs:eu-central-1:000000000000:nobody-made-this");
    let mut function = scene.function().await;
    let changes = written(&mut scene, 25).await;

    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());

    assert_arrived(&scene, &work, &changes).await;
    assert_arrived(&scene, &ordered, &changes).await;
    assert_parked(&scene, &lot, &changes, "lost").await;
}

#[tokio::test]
async fn an_undecodable_record_is_parked_raw_and_its_neighbours_arrive() {
    let mut scene = Scene::new("quarantine", "parking").await;
    let work = scene.queue("work_queue").await;
    scene.fifo_queue("ordered_queue").await;
    scene.queue("missing_queue").await;
    let lot = scene.queue("lot_queue").await;
    let mut function = scene.function().await;
    let mut changes = written(&mut scene, 3).await;

    let bad = changes[1].raw.get().replace(r#"{"N":"1"}"#, r#"{"N":"one"}"#);
    let bad = RawValue::from_string(bad).unwrap();
    changes[1].raw = bad.clone();
    assert_eq!(function.invoke(event(&changes)).await.unwrap(), all_settled());

    let bad_change = changes.remove(1);
    assert_arrived(&scene, &work, &changes).await;
    let parked = scene.aws.receive(&lot, 1).await.unwrap();
    let envelope: Envelope<'_> = serde_json::from_str(&parked[0].body).unwrap();
    assert_eq!(envelope.kind, "quarantine");
    assert_eq!(envelope.sequence, bad_change.sequence);
    assert_eq!(envelope.record.get(), bad.get());
    assert!(envelope.reason.contains("NewImage.n"), "{}", envelope.reason);
}
