//! `writes.json` of an example: its table, and the writes whose stream records
//! are the example's events.
//!
//! ```json
//! {
//!   "table": "dev-shop",
//!   "key": ["pk", "sk"],
//!   "view": "NEW_AND_OLD_IMAGES",
//!   "ttl": "expiresAt",
//!   "writes": {
//!     "orders": [
//!       { "PutItem": { "Item": { "pk": { "S": "O#1" }, "sk": { "S": "META" } } } },
//!       { "DeleteItem": { "Key": { "pk": { "S": "O#1" }, "sk": { "S": "META" } } } }
//!     ]
//!   }
//! }
//! ```
//!
//! Each write is a request of the DynamoDB API without its `TableName`, so
//! everything that can be written can be captured. The writes under `orders`
//! become `events/orders.json`; the files are played in the order of their names.
//!
//! One thing is no API call: `{ "Expire": { "Key": … } }` waits until DynamoDB
//! has deleted that item because of its TTL. An item that is to expire has the
//! text `now+N` in place of a number, the epoch second N seconds after the write.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::dynamodb::{DynamoDb, Table};
use crate::lambda_event;
use crate::stream::Stream;

/// A table and what is written to it.
#[derive(Debug, Deserialize)]
pub struct World {
    /// The table, which the example's rules name too.
    #[serde(flatten)]
    pub table: Table,
    writes: BTreeMap<String, Vec<BTreeMap<String, Value>>>,
}

impl World {
    /// Reads `writes.json` in the folder of an example.
    ///
    /// # Errors
    /// When it cannot be read or is not of the form above.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("writes.json");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not valid", path.display()))
    }

    /// Creates the table, plays all writes and returns a Lambda event for each
    /// file, by name.
    ///
    /// # Errors
    /// When a write is refused or has no effect that a stream would show.
    pub async fn play(&self, dynamodb: &DynamoDb) -> Result<BTreeMap<String, String>> {
        dynamodb.create_table(&self.table).await?;
        let mut stream = dynamodb.stream(&self.table.table).await?;
        let mut events = BTreeMap::new();
        for (file, writes) in &self.writes {
            let mut records = Vec::new();
            for write in writes {
                records.extend(self.step(dynamodb, &mut stream, write).await?);
            }
            let records = records
                .iter()
                .map(|record| lambda_event::record(record, stream.arn()))
                .collect::<Result<Vec<_>>>()?;
            events.insert(file.clone(), lambda_event::event(records.iter().map(AsRef::as_ref)));
        }
        Ok(events)
    }

    async fn step(
        &self,
        dynamodb: &DynamoDb,
        stream: &mut Stream,
        write: &BTreeMap<String, Value>,
    ) -> Result<Vec<Box<RawValue>>> {
        ensure!(write.len() == 1, "a write is one operation, not {}", write.len());
        let (operation, request) = write.first_key_value().context("an empty write")?;
        if operation == "Expire" {
            return stream
                .read_until(|records| records.iter().any(|record| expires(record, &request["Key"])))
                .await;
        }
        let mut request = at_this_moment(request)?;
        if let Value::Object(request) = &mut request {
            request.insert("TableName".to_owned(), self.table.table.clone().into());
        }
        dynamodb.call(operation, &request).await?;
        stream.read_exactly(1).await.with_context(|| format!("{operation} changed nothing"))
    }
}

fn expires(record: &RawValue, key: &Value) -> bool {
    serde_json::from_str::<Value>(record.get()).is_ok_and(|record| {
        record["dynamodb"]["Keys"] == *key && record["userIdentity"]["Type"] == "Service"
    })
}

/// The request with every `now+N` replaced by that second.
fn at_this_moment(request: &Value) -> Result<Value> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut text = request.to_string();
    while let Some((before, after)) = text.split_once("\"now+") {
        let (seconds, rest) = after.split_once('"').context("`now+` without an end")?;
        let seconds: u64 =
            seconds.parse().with_context(|| format!("`now+{seconds}` is no number of seconds"))?;
        text = format!("{before}\"{}\"{rest}", now + seconds);
    }
    Ok(serde_json::from_str(&text)?)
}
