//! The few DynamoDB calls that tests need, as plain requests: the SDK crates for
//! DynamoDB and its streams are more source than everything else together.

use anyhow::{Context as _, Result, bail, ensure};
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::http::Http;
use crate::stream::Stream;

/// A client of DynamoDB Local.
#[derive(Debug, Clone)]
pub struct DynamoDb {
    http: Http,
    endpoint: String,
}

/// A table to create. Keys are strings, as in all of our examples.
#[derive(Debug, Clone, Deserialize)]
pub struct Table {
    /// Its name.
    pub table: String,
    /// The attribute names of the partition key and, if there is one, the sort key.
    pub key: Vec<String>,
    /// What its stream carries, for instance `NEW_AND_OLD_IMAGES`.
    pub view: String,
    /// The attribute that holds the epoch second at which an item expires.
    pub ttl: Option<String>,
}

impl DynamoDb {
    /// A client of the server at `endpoint`, for instance `http://127.0.0.1:8000`.
    #[must_use]
    pub fn new(endpoint: &str) -> Self {
        Self { http: Http::new(), endpoint: endpoint.to_owned() }
    }

    /// Creates a table with a stream, and with expiry where it has a TTL attribute.
    ///
    /// # Errors
    /// When DynamoDB refuses it, for instance because it exists.
    pub async fn create_table(&self, table: &Table) -> Result<()> {
        let keys = table.key.iter().zip(["HASH", "RANGE"]);
        self.call(
            "CreateTable",
            &json!({
                "TableName": table.table,
                "KeySchema": keys
                    .map(|(name, kind)| json!({ "AttributeName": name, "KeyType": kind }))
                    .collect::<Vec<_>>(),
                "AttributeDefinitions": table.key.iter()
                    .map(|name| json!({ "AttributeName": name, "AttributeType": "S" }))
                    .collect::<Vec<_>>(),
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": { "StreamEnabled": true, "StreamViewType": table.view },
            }),
        )
        .await?;
        if let Some(ttl) = &table.ttl {
            let expiry = json!({ "Enabled": true, "AttributeName": ttl });
            self.call(
                "UpdateTimeToLive",
                &json!({ "TableName": table.table, "TimeToLiveSpecification": expiry }),
            )
            .await?;
        }
        Ok(())
    }

    /// Writes an item, given in DynamoDB JSON.
    ///
    /// # Errors
    /// When DynamoDB refuses it.
    pub async fn put(&self, table: &str, item: &Value) -> Result<()> {
        self.call("PutItem", &json!({ "TableName": table, "Item": item })).await?;
        Ok(())
    }

    /// Writes any number of items, 25 in a request, in no promised order.
    ///
    /// # Errors
    /// When DynamoDB refuses one or leaves one unprocessed.
    pub async fn put_all(&self, table: &str, items: &[Value]) -> Result<()> {
        // BatchWriteItem takes 25 at most.
        for some in items.chunks(25) {
            let puts: Vec<Value> =
                some.iter().map(|item| json!({ "PutRequest": { "Item": item } })).collect();
            let requests = Map::from_iter([(table.to_owned(), Value::Array(puts))]);
            let answer = self.call("BatchWriteItem", &json!({ "RequestItems": requests })).await?;
            let answer: Value = serde_json::from_slice(&answer)?;
            ensure!(answer["UnprocessedItems"] == json!({}), "items were left unprocessed");
        }
        Ok(())
    }

    /// Deletes the item with this key.
    ///
    /// # Errors
    /// When DynamoDB refuses it.
    pub async fn delete(&self, table: &str, key: &Value) -> Result<()> {
        self.call("DeleteItem", &json!({ "TableName": table, "Key": key })).await?;
        Ok(())
    }

    /// The stream of a table, from its oldest record on.
    ///
    /// # Errors
    /// When the table has none.
    pub async fn stream(&self, table: &str) -> Result<Stream> {
        Stream::open(self, table).await
    }

    /// Calls an operation of DynamoDB and returns the answer's bytes.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses: then with its own words.
    pub async fn call(&self, operation: &str, request: &Value) -> Result<Bytes> {
        self.post(&format!("DynamoDB_20120810.{operation}"), request).await
    }

    /// Calls an operation of DynamoDB Streams and returns the answer's bytes.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_streams(&self, operation: &str, request: &Value) -> Result<Bytes> {
        self.post(&format!("DynamoDBStreams_20120810.{operation}"), request).await
    }

    async fn post(&self, target: &str, request: &Value) -> Result<Bytes> {
        let headers = [
            ("x-amz-target", target),
            ("content-type", "application/x-amz-json-1.0"),
            // Local servers want the shape of a signature and check none.
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, \
                 SignedHeaders=host, Signature=0",
            ),
        ];
        let body = serde_json::to_vec(request)?;
        let (status, answer) =
            self.http.post(&self.endpoint, &headers, body).await.context("DynamoDB Local")?;
        if !status.is_success() {
            bail!("{target} was refused: {}", String::from_utf8_lossy(&answer));
        }
        Ok(answer)
    }
}
