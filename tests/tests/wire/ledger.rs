//! What one process of the function has settled, another one does not send again; and what is not to
//! be trusted in the ledger costs repetitions, and loses nothing.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use distributary_delivery::hash;
use distributary_tests::aws::Queue;
use distributary_tests::proxy::{Fault, Proxy};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};

use crate::scene::{Change, Scene, all_settled, event};

/// A batch of four orders for a queue that is well and one that is not there yet.
struct World {
    scene: Scene,
    ledger: String,
    work: Queue,
    changes: Vec<Change>,
}

impl World {
    async fn new(name: &'static str) -> Self {
        let mut scene = Scene::new(name, "blocked").await;
        let ledger = scene.ledger().await;
        let work = scene.queue("work_queue").await;
        let ordered = format!("arn:aws:sqs:eu-central-1:000000000000:{name}-ordered_queue.fifo");
        scene.set("ordered_queue", &ordered);
        let order = |n: u32| json!({ "entityType": { "S": "Order" }, "n": { "N": n.to_string() } });
        scene.put("P#1", json!({ "entityType": { "S": "Product" }, "n": { "N": "0" } })).await;
        for n in 1..=3 {
            scene.put("O#1", order(n)).await;
        }
        let changes = scene.changes(4).await;
        Self { scene, ledger, work, changes }
    }

    /// A process takes the batch, delivers what it can, and ends.
    async fn first_process(&self) {
        let mut function = self.scene.function().await;
        let answer = function.invoke(event(&self.changes)).await.unwrap();
        let again = &self.changes[1].sequence;
        assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": again }] }));
        self.assert_work_gets(&[0, 1, 2, 3]).await;
        function.stop().await.unwrap();
    }

    /// Another one takes what has to come again, now that the queue is there. Returns its log.
    async fn second_process(&mut self, again: &[Value]) -> String {
        let ordered = self.scene.fifo_queue("ordered_queue").await;
        let mut function = self.scene.function().await;
        assert_eq!(function.invoke(event(&self.changes[1..])).await.unwrap(), all_settled());
        let arrived = self.scene.aws.receive(&ordered, 3).await.unwrap();
        let bodies: Vec<_> = arrived.iter().map(|message| message.body.as_str()).collect();
        assert_eq!(bodies, [r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]);
        let again: Vec<u64> = again.iter().map(|n| n.as_u64().unwrap()).collect();
        self.assert_work_gets(&again).await;
        function.stop().await.unwrap()
    }

    async fn assert_work_gets(&self, expected: &[u64]) {
        let messages = self.scene.aws.receive(&self.work, expected.len()).await.unwrap();
        let number = |body: &str| serde_json::from_str::<Value>(body).unwrap()["n"].as_u64();
        let mut numbers: Vec<_> =
            messages.iter().map(|message| number(&message.body).unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, expected);
    }

    /// The one row that the first process left.
    async fn row(&self) -> Value {
        let request = json!({ "TableName": self.ledger });
        let rows = self.scene.dynamodb.call("Scan", &request).await.unwrap();
        let mut rows: Value = serde_json::from_slice(&rows).unwrap();
        assert_eq!(rows["Count"], 1, "{rows}");
        rows["Items"][0].take()
    }

    /// Writes other bytes where a token is; `sum` as the ledger writes it.
    async fn overwrite(&self, bytes: &[u8], sum: &str) {
        let mut row = self.row().await;
        row["data"] = json!({ "B": STANDARD.encode(bytes) });
        row["sum"] = json!({ "S": sum });
        self.scene.dynamodb.put(&self.ledger, &row).await.unwrap();
    }
}

/// What the second process sends again of what the first settled where it knows nothing of that.
const ALL: [u64; 3] = [1, 2, 3];

fn values(numbers: &[u64]) -> Vec<Value> {
    numbers.iter().map(|n| json!(n)).collect()
}

#[tokio::test]
async fn another_process_sends_only_what_is_not_settled() {
    let mut world = World::new("ledger-known").await;
    world.first_process().await;
    world.second_process(&[]).await;
}

#[tokio::test]
async fn a_batch_that_failed_as_a_whole_is_known_as_a_whole() {
    let mut world = World::new("ledger-whole").await;
    world.scene.settings.partial_batch_response = false;
    let mut function = world.scene.function().await;
    function.invoke(event(&world.changes)).await.unwrap_err();
    world.assert_work_gets(&[0, 1, 2, 3]).await;
    // The same process again, and then another one.
    function.invoke(event(&world.changes)).await.unwrap_err();
    function.stop().await.unwrap();
    world.scene.fifo_queue("ordered_queue").await;
    let mut function = world.scene.function().await;
    assert_eq!(function.invoke(event(&world.changes)).await.unwrap(), all_settled());
    world.assert_work_gets(&[]).await;
}

#[tokio::test]
async fn a_token_that_is_not_what_was_written_is_not_trusted() {
    let mut world = World::new("ledger-corrupt").await;
    world.first_process().await;
    world.overwrite(b"anything", "anything").await;
    let log = world.second_process(&values(&ALL)).await;
    assert!(log.contains("is missing or not what was written"), "{log}");
}

#[tokio::test]
async fn a_token_of_a_later_version_is_not_trusted() {
    let mut world = World::new("ledger-future").await;
    world.first_process().await;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(br#"{"version":2,"settled":"otherwise"}"#).unwrap();
    let bytes = encoder.finish().unwrap();
    world.overwrite(&bytes, &hash(&[&URL_SAFE_NO_PAD.encode(&bytes)])).await;
    let log = world.second_process(&values(&ALL)).await;
    assert!(log.contains("the token has version 2, and this program reads version 1"), "{log}");
}

#[tokio::test]
async fn a_token_of_other_rules_is_not_trusted() {
    let mut world = World::new("ledger-rules").await;
    world.first_process().await;
    // Where a route leads is of the rule set, too.
    let elsewhere = world.scene.aws.queue("ledger-rules-elsewhere").await.unwrap();
    world.scene.set("work_queue", &elsewhere.arn);
    world.work = elsewhere;
    let log = world.second_process(&values(&ALL)).await;
    assert!(log.contains("a resume token is ignored"), "{log}");
    assert!(log.contains("it was written under other rules"), "{log}");
}

/// Also where the ledger takes the request and never answers: half a second to read, and another to
/// write. The process knows by itself what it settled.
#[tokio::test]
async fn a_ledger_that_is_down_costs_another_process_repetitions_and_the_same_none() {
    let mut world = World::new("ledger-down").await;
    world.first_process().await;
    let proxy = Proxy::start(&world.scene.settings.endpoints["DYNAMODB"]).await.unwrap();
    proxy.make_sick(&world.ledger, Fault::Hang);
    let endpoint = proxy.endpoint().to_owned();
    world.scene.settings.endpoints.insert("DYNAMODB".to_owned(), endpoint);

    let mut function = world.scene.function().await;
    let again = event(&world.changes[1..]);
    let failure = json!([{ "itemIdentifier": world.changes[1].sequence }]);
    for arrive in [&ALL[..], &[]] {
        let answer = function.invoke(again.clone()).await.unwrap();
        assert_eq!(answer, json!({ "batchItemFailures": failure }));
        world.assert_work_gets(arrive).await;
    }
    let log = function.stop().await.unwrap();
    assert!(log.contains("the ledger cannot be read"), "{log}");
    assert!(log.contains("the ledger cannot be written"), "{log}");
    world.second_process(&values(&ALL)).await;
}
