//! An event source mapping from a table to the probe, and what the probe was invoked with.

use std::time::Duration;

use anyhow::Context as _;
use distributary_aws::api::ApiError;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use crate::assumption::Seen;
use crate::ground::Ground;
use crate::remove::unmap_one;
use crate::stack::TAG;

/// One invocation of the probe, as it told the queue.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Invocation {
    /// When, in seconds since 1970.
    pub(crate) at: f64,
    /// Milliseconds that it had.
    pub(crate) remaining: u64,
    /// Of its payload, about.
    #[serde(default)]
    pub(crate) bytes: u64,
    #[serde(default)]
    pub(crate) records: Vec<Record>,
    /// What it was invoked with, where that was no batch.
    pub(crate) event: Option<Value>,
}

/// A record of a batch.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) sequence: String,
    pub(crate) name: String,
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) n: Option<String>,
}

/// A write to the table: an item's attributes as JSON, or nothing for its deletion.
pub(crate) type Write<'w> = (&'w str, Option<Value>);

impl Ground {
    /// Writes items with this partition key, one by one.
    pub(crate) async fn write(&self, pk: &str, writes: &[Write<'_>]) -> anyhow::Result<()> {
        let table = self.table("Table")?;
        for (sk, attributes) in writes {
            let mut key = Map::new();
            key.insert("pk".to_owned(), json!({ "S": pk }));
            key.insert("sk".to_owned(), json!({ "S": sk }));
            let (operation, member, of) = match attributes {
                Some(Value::Object(attributes)) => {
                    key.extend(attributes.clone());
                    ("PutItem", "Item", key)
                }
                _ => ("DeleteItem", "Key", key),
            };
            let request = json!({ "TableName": table.table(), member: of });
            let written = table.call(operation, &request).await;
            written.map_err(|error| anyhow::anyhow!(error.failure.reason))?;
        }
        Ok(())
    }

    /// Makes a mapping as the template of `rulesc` does, with these settings beside, from the oldest
    /// change on. It is removed with the stack at the latest.
    ///
    /// # Errors
    /// Lambda refuses it, which is what a test then has seen.
    pub(crate) async fn map(&self, settings: Value) -> anyhow::Result<String> {
        let mut request = json!({
            "FunctionName": self.output("Probe")?,
            "EventSourceArn": self.output("Stream")?,
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 100,
            "MaximumBatchingWindowInSeconds": 0,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BisectBatchOnFunctionError": true,
            "MaximumRetryAttempts": -1,
            "MaximumRecordAgeInSeconds": 3600,
            "Tags": { TAG: self.run },
            "DestinationConfig": { "OnFailure": { "Destination": self.output("FailuresArn")? } },
        });
        if let (Value::Object(request), Value::Object(settings)) = (&mut request, settings) {
            request.extend(settings);
        }
        let lambda = &self.account.lambda;
        let path = "/2015-03-31/event-source-mappings/";
        let made = self.until(|| async {
            match lambda.rest("POST", path, Some(&request)).await {
                // A role that was just made is not known everywhere yet.
                Err(error) if is_of_role(&error) => Ok(None),
                Err(error) if error.status.is_none_or(|status| status >= 500) => Err(error.into()),
                answer => Ok(Some(answer)),
            }
        });
        let mapping = match made.await? {
            Some(answer) => answer,
            None => lambda.rest("POST", path, Some(&request)).await,
        };
        let mapping = mapping.map_err(|error| {
            Seen::decided(false, format!("Lambda refuses the mapping: {error}"))
        })?;
        let uuid = mapping.get("UUID").and_then(Value::as_str);
        Ok(uuid.context("a mapping without a name")?.to_owned())
    }

    /// Removes a mapping.
    pub(crate) async fn unmap(&self, uuid: &str) -> anyhow::Result<()> {
        unmap_one(&self.account, uuid).await
    }

    /// What the probe was invoked with, in its order, with the records of this partition key alone:
    /// until `enough` of it is there, or for as long as services may take.
    pub(crate) async fn invocations(
        &self,
        pk: &str,
        enough: impl Fn(&[Invocation]) -> bool,
    ) -> anyhow::Result<Vec<Invocation>> {
        let queue = self.queue("Seen")?;
        let end = Instant::now() + self.account.patience;
        let mut seen: Vec<Invocation> = Vec::new();
        loop {
            for message in queue.take_now().await? {
                let mut invocation: Invocation = serde_json::from_str(&message.body)?;
                invocation.records.retain(|record| record.pk == pk);
                if !invocation.records.is_empty() {
                    seen.push(invocation);
                }
            }
            seen.sort_by(|a, b| a.at.total_cmp(&b.at));
            if enough(&seen) || Instant::now() > end {
                return Ok(seen);
            }
            sleep(self.account.pause.min(Duration::from_secs(1))).await;
        }
    }
}

/// Whether Lambda says that the function's role may not read the stream, or is none.
fn is_of_role(error: &ApiError) -> bool {
    ["assume", "Cannot access stream"].iter().any(|words| error.message.contains(words))
}

/// All records of invocations, in the order in which they came.
pub(crate) fn records(invocations: &[Invocation]) -> impl Iterator<Item = &Record> {
    invocations.iter().flat_map(|invocation| &invocation.records)
}
