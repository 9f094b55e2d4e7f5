//! What ledger, ordered lots and identities rely on: DynamoDB and its streams.

mod records;

use std::sync::Arc;

use anyhow::Context as _;
use distributary_aws::{Aws, CallError, DynamoDb};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::assumption::{Assumption, Local, Seen, Test};
use crate::ground::Ground;
use crate::price::Use;
use crate::scene::Scene;

pub(crate) static SCENE: Scene = Scene {
    name: "table",
    template: include_str!("../../templates/table.json"),
    minutes: 5,
    uses: &[(Use::Write, 200), (Use::Read, 200)],
    assumptions: &[
        Assumption {
            id: "dynamodb-condition",
            says: "Of several conditional writes of one item at once, DynamoDB takes one.",
            otherwise: "two processes have one group of an ordered lot on lease, and its order breaks",
            how: "eight writes with `attribute_not_exists` at once",
            test: Test::Always(|ground| one_is_first(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "dynamodb-transaction",
            says: "A transaction is all or nothing, and one that is refused says of each of its operations whether it was sound.",
            otherwise: "a group's row and its envelopes disagree, and the group waits for ever",
            how: "two writes, of which the second's condition does not hold",
            test: Test::Always(|ground| all_or_nothing(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "dynamodb-query-at-once",
            says: "A consistent query has what was just written.",
            otherwise: "an ordered route passes something of its group that waits in the lot",
            how: "a query after each of twenty writes",
            test: Test::Always(|ground| queried_at_once(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "rights-transaction",
            says: "A `TransactWriteItems` needs the permissions of the actions in it and no other.",
            otherwise: "an ordered lot takes nothing",
            how: "a transaction with the role that `rulesc iam` gives a lot",
            test: Test::Always(|ground| allowed(ground).boxed()),
            local: Local::Blindly("they check no permission"),
        },
        Assumption {
            id: "streams-order",
            says: "Changes of one item come in their order, with ascending sequence numbers of 40 digits at most.",
            otherwise: "order breaks on FIFO routes, and in ordered lots, whose rows are sorted by it",
            how: "twenty writes of one item, read from the stream",
            test: Test::Always(|ground| records::ascending(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "streams-event-id",
            says: "A record has the same `eventID` whenever it is read.",
            otherwise: "what comes again has another identity, and readers cannot drop it",
            how: "the stream is read twice",
            test: Test::Always(|ground| records::same_ids(ground).boxed()),
            local: Local::Truly,
        },
        Assumption {
            id: "streams-ttl",
            says: "What DynamoDB deletes because it expired has the `userIdentity` of type `Service` and of `dynamodb.amazonaws.com`.",
            otherwise: "`event.expired` is never true, or true of deletions by people",
            how: "an item that has expired is written, and waited for; DynamoDB deletes within some days",
            test: Test::Named(|ground| records::expired(ground).boxed()),
            local: Local::Truly,
        },
    ],
};

async fn call(table: &DynamoDb, operation: &str, mut request: Value) -> Result<Value, CallError> {
    if let Some(fields) = request.as_object_mut() {
        fields.insert("TableName".to_owned(), json!(table.table()));
    }
    table.call(operation, &request).await
}

fn reason(error: CallError) -> anyhow::Error {
    anyhow::anyhow!(error.failure.reason)
}

fn key(pk: &str, sk: &str) -> Value {
    json!({ "pk": { "S": pk }, "sk": { "S": sk } })
}

async fn one_is_first(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let table = ground.table("Table")?;
    let put = || {
        let request = json!({
            "Item": key("condition", "1"),
            "ConditionExpression": "attribute_not_exists(pk)",
        });
        call(&table, "PutItem", request)
    };
    let (mut taken, mut refused) = (0, 0);
    for answer in join_all((0..8).map(|_| put())).await {
        match answer {
            Ok(_) => taken += 1,
            Err(error) if error.is("ConditionalCheckFailedException") => refused += 1,
            Err(error) => return Err(reason(error)),
        }
    }
    Ok(Seen::decided(taken == 1, format!("{taken} of 8 were taken, {refused} refused")))
}

fn transaction(table: &DynamoDb, second: &Value) -> Value {
    let put = |item: &Value| {
        json!({ "Put": {
            "TableName": table.table(),
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
        } })
    };
    json!({ "TransactItems": [put(&key("transaction", "first")), put(second)] })
}

async fn all_or_nothing(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let table = ground.table("Table")?;
    let there = key("transaction", "there");
    call(&table, "PutItem", json!({ "Item": there })).await.map_err(reason)?;
    let refused = table.call("TransactWriteItems", &transaction(&table, &there)).await;
    let request = json!({ "Key": key("transaction", "first"), "ConsistentRead": true });
    let written = call(&table, "GetItem", request).await.map_err(reason)?.get("Item").is_some();
    let reasons = refused.err().map(|error| error.reasons).unwrap_or_default();
    let told = reasons == [None, Some("ConditionalCheckFailed".to_owned())];
    let what = format!(
        "the first write {}; reasons: {}",
        if written { "stayed" } else { "did not stay" },
        reasons.iter().map(|it| it.as_deref().unwrap_or("none")).collect::<Vec<_>>().join(", ")
    );
    Ok(Seen::decided(told && !written, what))
}

async fn queried_at_once(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let table = ground.table("Table")?;
    let mut late = 0;
    for written in 1..=20_u64 {
        let item = key("query", &format!("{written:02}"));
        call(&table, "PutItem", json!({ "Item": item })).await.map_err(reason)?;
        let request = json!({
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": "query" } },
            "ConsistentRead": true,
            "Select": "COUNT",
        });
        let answer = call(&table, "Query", request).await.map_err(reason)?;
        late += u32::from(answer.get("Count").and_then(Value::as_u64) != Some(written));
    }
    Ok(Seen::decided(late == 0, format!("{late} of 20 queries came short")))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Assumed {
    assume_role_result: AssumedResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssumedResult {
    credentials: Keys,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
}

async fn allowed(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let role = ground.output("Narrow")?;
    let fields = [("RoleArn", role), ("RoleSessionName", "distributary-conformance")];
    // A role is known everywhere some seconds after it was made.
    let assumed = ground.until(|| async {
        match ground.account.sts.query("AssumeRole", &fields).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.is("AccessDenied") => Ok(None),
            Err(error) => Err(error.into()),
        }
    });
    let assumed = assumed.await?.context("the role cannot be assumed")?;
    let Assumed { assume_role_result: AssumedResult { credentials } } =
        quick_xml::de::from_str(&assumed)?;
    let Keys { access_key_id, secret_access_key, session_token } = credentials;
    let aws: Aws =
        ground.account.aws.with_credentials(&access_key_id, &secret_access_key, &session_token);
    let table = aws.dynamodb(ground.output("Table")?, ground.account.patience)?;
    let request = transaction(&table, &key("transaction", "allowed"));
    match table.call("TransactWriteItems", &request).await {
        Ok(_) => Ok(Seen::decided(true, "the transaction was taken")),
        Err(error) if error.is("AccessDeniedException") => {
            Ok(Seen::decided(false, error.failure.reason))
        }
        Err(error) => Err(reason(error)),
    }
}
