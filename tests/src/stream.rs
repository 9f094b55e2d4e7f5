//! Reading a table's stream, record by record as the service wrote them.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::dynamodb::DynamoDb;

/// How long a record may take to appear. A TTL delete takes about a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// A position in the only shard of a table's stream.
///
/// DynamoDB Local keeps one open shard, so reading it in order reads everything.
#[derive(Debug)]
pub struct Stream {
    dynamodb: DynamoDb,
    arn: String,
    shard: String,
    iterator: String,
    begun: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    records: Vec<Box<RawValue>>,
    next_shard_iterator: String,
}

impl Stream {
    pub(crate) async fn open(dynamodb: &DynamoDb, table: &str) -> Result<Self> {
        let streams = ask(dynamodb, "ListStreams", json!({ "TableName": table })).await?;
        let arn = text(&streams["Streams"][0]["StreamArn"])
            .with_context(|| format!("table `{table}` has no stream"))?;
        let described = ask(dynamodb, "DescribeStream", json!({ "StreamArn": arn })).await?;
        let shards = &described["StreamDescription"]["Shards"];
        ensure!(shards.as_array().is_some_and(|shards| shards.len() == 1), "not one shard");
        let shard = text(&shards[0]["ShardId"])?;
        let iterator = horizon(dynamodb, &arn, &shard).await?;
        Ok(Self { dynamodb: dynamodb.clone(), arn, shard, iterator, begun: false })
    }

    /// The stream's ARN as DynamoDB Local names it.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The records that are there now, up to 1,000, each with its own bytes.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub async fn read(&mut self) -> Result<Vec<Box<RawValue>>> {
        let request = json!({ "ShardIterator": self.iterator });
        let page = match self.dynamodb.call_streams("GetRecords", &request).await {
            // All tables of DynamoDB Local count their records together. A position in an empty
            // shard lies before those of other tables, and is refused once ours has a record.
            Err(error) if !self.begun && error.to_string().contains("TrimmedDataAccess") => {
                self.iterator = horizon(&self.dynamodb, &self.arn, &self.shard).await?;
                return Ok(Vec::new());
            }
            page => page?,
        };
        let page: Page = serde_json::from_slice(&page)?;
        self.iterator = page.next_shard_iterator;
        self.begun |= !page.records.is_empty();
        Ok(page.records)
    }

    /// Reads on until `enough` says so, given all records read by this call.
    ///
    /// # Errors
    /// When the stream cannot be read, or after a minute.
    pub async fn read_until(
        &mut self,
        enough: impl Fn(&[Box<RawValue>]) -> bool,
    ) -> Result<Vec<Box<RawValue>>> {
        let start = Instant::now();
        let mut records = self.read().await?;
        while !enough(&records) {
            ensure!(start.elapsed() < PATIENCE, "gave up after {} records", records.len());
            sleep(Duration::from_millis(100)).await;
            records.extend(self.read().await?);
        }
        Ok(records)
    }

    /// Reads the next `count` records.
    ///
    /// # Errors
    /// When the stream cannot be read, has more than that, or after a minute.
    pub async fn read_exactly(&mut self, count: usize) -> Result<Vec<Box<RawValue>>> {
        let records = self.read_until(|records| records.len() >= count).await?;
        ensure!(records.len() == count, "{} records in place of {count}", records.len());
        Ok(records)
    }
}

/// A position before the oldest record.
async fn horizon(dynamodb: &DynamoDb, arn: &str, shard: &str) -> Result<String> {
    let position =
        json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
    text(&ask(dynamodb, "GetShardIterator", position).await?["ShardIterator"])
}

async fn ask(dynamodb: &DynamoDb, operation: &str, request: Value) -> Result<Value> {
    Ok(serde_json::from_slice(&dynamodb.call_streams(operation, &request).await?)?)
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("no such text in the answer")?.to_owned())
}
