//! What becomes of a batch.

use serde_json::{Value, json};

use crate::world::{World, deliver, invoke, named, record};

const RULES: &str = r#"
param folder: string

source shop { table: "shop"  key: pk  view: NEW_AND_OLD_IMAGES }

route orders = file { path: "${folder}/orders.jsonl"  on_failure: block }
route everything = file { path: "${folder}/all.jsonl"  on_failure: block }

rule order { on INSERT when item.kind == "Order" to orders }
rule every { on ANY to everything with { id: keys.pk } }
"#;

/// The rules with a lot for the source.
fn with_lot() -> String {
    RULES.replace("view:", "park: waiting  view:")
        + "lot waiting = file { path: \"${folder}/lot.jsonl\" }\n"
}

fn world(test: &str, rules: &str) -> World {
    World::new(test, &[("shop.rules", rules)]).with("DISTRIBUTARY_PARTIAL_BATCH_RESPONSE", "on")
}

/// A record with a number that DynamoDB cannot have written.
fn poison(sequence: &str) -> Value {
    let mut record = record(sequence, "Order");
    record["dynamodb"]["NewImage"]["total"] = json!({"N": "secret"});
    record
}

#[tokio::test]
async fn every_matching_rule_delivers_and_nothing_comes_again() {
    let world = world("delivers", RULES);
    let function = world.start().await.unwrap();
    let batch = [record("100", "Order"), record("101", "Cart"), record("102", "Order")];
    assert_eq!(named(&invoke(&function, &batch).await.unwrap()), None);
    assert_eq!(world.delivered("orders.jsonl", "event"), ["e-100", "e-102"]);
    assert_eq!(world.delivered("all.jsonl", "event"), ["e-100", "e-101", "e-102"]);
}

#[tokio::test]
async fn an_empty_batch_is_settled() {
    let function = world("nothing", RULES).start().await.unwrap();
    assert_eq!(named(&invoke(&function, &[]).await.unwrap()), None);
}

#[tokio::test]
async fn a_blocked_route_names_its_lowest_record_and_holds_up_no_other() {
    let world = world("blocked", RULES);
    world.obstruct("orders.jsonl");
    let function = world.start().await.unwrap();
    let batch = [record("100", "Cart"), record("101", "Order"), record("102", "Order")];
    assert_eq!(named(&invoke(&function, &batch).await.unwrap()), Some("101"));
    assert_eq!(world.delivered("all.jsonl", "event"), ["e-100", "e-101", "e-102"]);
}

#[tokio::test]
async fn where_nobody_reads_partial_answers_the_invocation_fails() {
    let world = world("unattested", RULES).with("DISTRIBUTARY_PARTIAL_BATCH_RESPONSE", "");
    world.obstruct("orders.jsonl");
    let function = world.start().await.unwrap();
    let batch = [record("100", "Cart"), record("101", "Order")];
    let error = invoke(&function, &batch).await.unwrap_err();
    assert_eq!(error.kind(), "Distributary.Unsettled");
    assert!(error.to_string().contains("record 2 of the batch"), "{error}");
}

#[tokio::test]
async fn a_record_that_cannot_be_decoded_holds_its_place_and_spares_its_neighbours() {
    let world = world("poison", RULES);
    let function = world.start().await.unwrap();
    let batch = [record("100", "Order"), poison("101"), record("102", "Order")];
    assert_eq!(named(&invoke(&function, &batch).await.unwrap()), Some("101"));
    assert_eq!(world.delivered("orders.jsonl", "event"), ["e-100", "e-102"]);

    let mut nameless = poison("101");
    nameless["dynamodb"]["SequenceNumber"] = Value::Null;
    let error = invoke(&function, &[record("100", "Order"), nameless]).await.unwrap_err();
    assert!(error.to_string().contains("its sequence number cannot be read"), "{error}");
}

#[tokio::test]
async fn a_record_that_cannot_be_decoded_waits_in_the_lot_of_its_source() {
    let world = world("quarantine", &with_lot());
    let function = world.start().await.unwrap();
    let batch = [poison("101"), record("102", "Order")];
    assert_eq!(named(&invoke(&function, &batch).await.unwrap()), None);
    assert_eq!(world.delivered("lot.jsonl", "kind"), ["quarantine"]);
    assert_eq!(world.delivered("lot.jsonl", "record"), [poison("101")]);
    let reason = world.delivered("lot.jsonl", "reason").remove(0);
    assert!(!reason.as_str().unwrap().contains("secret"), "{reason}");
}

#[tokio::test]
async fn a_table_that_no_source_declares_is_settled_without_a_delivery() {
    let world = world("foreign", RULES);
    let function = world.start().await.unwrap();
    let mut foreign = record("100", "Order");
    foreign["eventSourceARN"] = json!("arn:aws:dynamodb:eu-west-1:123456789012:table/x/stream/1");
    assert_eq!(named(&invoke(&function, &[foreign]).await.unwrap()), None);
    assert!(world.delivered("all.jsonl", "event").is_empty());
}

#[tokio::test]
async fn what_is_neither_a_batch_of_a_stream_nor_a_request_is_refused() {
    let function = world("no-batch", RULES).start().await.unwrap();
    for (event, said) in [
        ("", "JSON"),
        ("half a rec", "JSON"),
        (r#"{"Records":[{"eventID":"#, "JSON"),
        ("[]", "an array"),
        ("{}", "`Records`"),
        (r#"{"Records":[{"eventSource":"aws:s3","s3":{}}]}"#, "`aws:s3`"),
        (r#"{"source":"aws.events","detail-type":"Order paid"}"#, "`Records`"),
        (r#"{"distributary":"drain"}"#, "`drain`"),
    ] {
        let error = deliver(&function, event).await.unwrap_err();
        assert_eq!(error.kind(), "Distributary.BadEvent");
        assert!(error.to_string().contains(said), "`{event}`: {error}");
    }
}

#[tokio::test]
async fn ten_thousand_records_and_a_large_item_arrive() {
    let world = world("many", RULES);
    let function = world.start().await.unwrap();
    let mut batch: Vec<_> =
        (0..10_000).map(|n| record(&format!("{}", 100_000 + n), "Cart")).collect();
    batch[5_000]["dynamodb"]["NewImage"]["text"] = json!({"S": "x".repeat(400_000)});
    assert_eq!(named(&invoke(&function, &batch).await.unwrap()), None);
    let delivered = world.delivered("all.jsonl", "event");
    assert_eq!(delivered.len(), 10_000);
    assert!(delivered.is_sorted_by_key(|event| event.as_str()), "out of order");
}
