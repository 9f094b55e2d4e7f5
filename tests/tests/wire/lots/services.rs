//! The other services that are called without the SDK: the ledger's table and streams.

use std::collections::BTreeSet;
use std::time::Duration;

use distributary_aws::Start;
use distributary_delivery::{Identity, hash};
use distributary_router::{Ledger as _, Settled, Token, TokenKey};
use distributary_targets::DynamoDbLedger;
use distributary_tests::components;
use serde_json::json;

use super::{aws, database, table};

#[tokio::test]
async fn a_ledger_keeps_tokens_of_any_size_and_names_what_it_cannot_read() {
    table("ledger", &["id"]).await;
    let open =
        || DynamoDbLedger::open_by(&aws(components::dynamodb().endpoint()), "ledger").unwrap();
    let (ledger, other) = (open(), open());
    let key = |sequence: &str| TokenKey {
        stream: "arn:aws:dynamodb:eu-central-1:1:table/t/stream/s".to_owned(),
        sequence: sequence.to_owned(),
    };
    assert_eq!(ledger.read(&key("1")).await.unwrap().token, None);

    let settled = |place: usize| Settled {
        sequence: place.to_string(),
        deliveries: (0..place % 4)
            .map(|rule| Identity::new(&place.to_string(), &rule.to_string(), "bus"))
            .collect(),
    };
    let token = |records: usize| Token {
        rules: "h".to_owned(),
        records: (0..records).map(settled).collect(),
    };
    for records in [0, 3, 10_000] {
        ledger.write(&key("1"), &token(records)).await.unwrap();
        assert_eq!(other.read(&key("1")).await.unwrap().token, Some(token(records)));
    }
    assert_eq!(ledger.read(&key("2")).await.unwrap().token, None);

    ledger.pause("bus").await.unwrap();
    ledger.pause("queue").await.unwrap();
    ledger.resume("bus").await.unwrap();
    ledger.resume("never paused").await.unwrap();
    assert_eq!(other.paused().await.unwrap(), BTreeSet::from(["queue".to_owned()]));
    let known = other.read(&key("1")).await.unwrap();
    assert_eq!(known.paused, BTreeSet::from(["queue".to_owned()]));

    // One row of three is of another token.
    let id = format!("token#{}#1#1", hash(&[&key("1").stream]));
    let row = json!({ "id": { "S": id }, "data": { "B": "AAAA" } });
    database().put("ledger", &row).await.unwrap();
    let failure = ledger.read(&key("1")).await.unwrap_err();
    assert!(failure.reason.ends_with("of the ledger is missing or not what was written"));
}

#[tokio::test]
async fn a_stream_is_read_through_signed_calls() {
    table("streamed", &["pk", "sk"]).await;
    let database = database();
    let arn = database.stream("streamed").await.unwrap().arn().to_owned();
    database.put("streamed", &json!({ "pk": { "S": "a" }, "sk": { "S": "b" } })).await.unwrap();
    let endpoint = components::dynamodb().endpoint();
    let streams = aws(endpoint).streams(&arn, Duration::from_secs(5)).unwrap();
    let shards = streams.shards().await.unwrap();
    let iterator = streams.iterator(&shards[0].id, &Start::TrimHorizon).await.unwrap();
    let records = streams.records(&iterator, 10).await.unwrap();
    assert_eq!(records.records.len(), 1);
    assert!(records.next.is_some());
    let error = streams.iterator("shardId-none", &Start::Latest).await.unwrap_err();
    assert!(error.code.is_some(), "{error:?}");
}
