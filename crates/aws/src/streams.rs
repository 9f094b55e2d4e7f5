//! DynamoDB Streams: one stream, its shards and their records.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::client::{CallError, Client};
use crate::dynamodb;

/// A table's stream.
#[derive(Debug)]
pub struct Streams {
    client: Client,
    arn: String,
}

/// A shard.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Shard {
    /// Its id.
    #[serde(rename = "ShardId")]
    pub id: String,
    /// The shard whose records come before this one's.
    #[serde(rename = "ParentShardId")]
    pub parent: Option<String>,
}

/// Where reading a shard begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// At the oldest record that there is.
    TrimHorizon,
    /// After the newest.
    Latest,
    /// At this sequence number.
    At(String),
    /// After this sequence number.
    After(String),
}

/// What one `GetRecords` gives.
#[derive(Debug, Deserialize)]
pub struct ShardRecords {
    /// The records, each JSON text as the service wrote it.
    #[serde(rename = "Records")]
    pub records: Vec<Box<RawValue>>,
    /// Where to go on; `None` at the end of a closed shard.
    #[serde(rename = "NextShardIterator")]
    pub next: Option<String>,
}

impl Streams {
    pub(crate) fn new(client: Client, arn: &str) -> Self {
        Streams { client, arn: arn.to_owned() }
    }

    /// All shards that still have records, in the service's order.
    ///
    /// # Errors
    /// The service cannot be reached, or refuses.
    pub async fn shards(&self) -> Result<Vec<Shard>, CallError> {
        let mut shards = Vec::new();
        let mut last: Option<String> = None;
        loop {
            let mut request = json!({ "StreamArn": self.arn });
            if let (Some(last), Some(fields)) = (&last, request.as_object_mut()) {
                fields.insert("ExclusiveStartShardId".to_owned(), json!(last));
            }
            let answer: Described = self.call("DescribeStream", &request).await?;
            shards.extend(answer.stream.shards);
            last = answer.stream.last;
            if last.is_none() {
                return Ok(shards);
            }
        }
    }

    /// An iterator over a shard. It holds for 15 minutes.
    ///
    /// # Errors
    /// As [`shards`](Self::shards); the error code `TrimmedDataAccessException` says that the
    /// sequence number is older than the oldest record.
    pub async fn iterator(&self, shard: &str, start: &Start) -> Result<String, CallError> {
        let (kind, sequence) = match start {
            Start::TrimHorizon => ("TRIM_HORIZON", None),
            Start::Latest => ("LATEST", None),
            Start::At(sequence) => ("AT_SEQUENCE_NUMBER", Some(sequence)),
            Start::After(sequence) => ("AFTER_SEQUENCE_NUMBER", Some(sequence)),
        };
        let mut request =
            json!({ "StreamArn": self.arn, "ShardId": shard, "ShardIteratorType": kind });
        if let (Some(sequence), Some(fields)) = (sequence, request.as_object_mut()) {
            fields.insert("SequenceNumber".to_owned(), json!(sequence));
        }
        let answer: Iterated = self.call("GetShardIterator", &request).await?;
        Ok(answer.iterator)
    }

    /// The next records, 1,000 or 1 MB at most.
    ///
    /// # Errors
    /// As [`shards`](Self::shards); the error code `ExpiredIteratorException` asks for a new
    /// iterator.
    pub async fn records(&self, iterator: &str, most: usize) -> Result<ShardRecords, CallError> {
        let request = json!({ "ShardIterator": iterator, "Limit": most });
        self.call("GetRecords", &request).await
    }

    async fn call<T: for<'a> Deserialize<'a>>(
        &self,
        operation: &str,
        request: &Value,
    ) -> Result<T, CallError> {
        let target = format!("DynamoDBStreams_20120810.{operation}");
        dynamodb::json(&self.client, &target, request).await
    }
}

#[derive(Deserialize)]
struct Described {
    #[serde(rename = "StreamDescription")]
    stream: Description,
}

#[derive(Deserialize)]
struct Description {
    #[serde(rename = "Shards", default)]
    shards: Vec<Shard>,
    #[serde(rename = "LastEvaluatedShardId")]
    last: Option<String>,
}

#[derive(Deserialize)]
struct Iterated {
    #[serde(rename = "ShardIterator")]
    iterator: String,
}
