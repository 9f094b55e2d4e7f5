//! What the records of a stream are like.

use std::sync::Arc;

use anyhow::Context as _;
use distributary_aws::Start;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{call, key, reason};
use crate::assumption::Seen;
use crate::ground::Ground;

#[derive(Debug, Clone, Deserialize)]
struct Record {
    #[serde(rename = "eventID")]
    id: String,
    #[serde(rename = "eventName")]
    name: String,
    #[serde(rename = "userIdentity")]
    identity: Option<Value>,
    dynamodb: Value,
}

impl Record {
    fn sequence(&self) -> &str {
        self.dynamodb.get("SequenceNumber").and_then(Value::as_str).unwrap_or_default()
    }

    fn is_of(&self, pk: &str) -> bool {
        self.dynamodb.pointer("/Keys/pk/S").and_then(Value::as_str) == Some(pk)
    }
}

/// The records of items with this partition key, from the oldest on.
async fn read(ground: &Ground, pk: &str) -> anyhow::Result<Vec<Record>> {
    let stream = ground.stream("Stream")?;
    let mut records: Vec<Record> = Vec::new();
    for shard in stream.shards().await.map_err(reason)? {
        let mut iterator =
            Some(stream.iterator(&shard.id, &Start::TrimHorizon).await.map_err(reason)?);
        // A shard that is open has no end: three empty pages in a row are taken for it.
        let mut empty = 0;
        while let Some(from) = iterator.take().filter(|_| empty < 3) {
            let page = stream.records(&from, 1_000).await.map_err(reason)?;
            empty = if page.records.is_empty() { empty + 1 } else { 0 };
            for record in &page.records {
                records.push(serde_json::from_str(record.get())?);
            }
            iterator = page.next;
        }
    }
    records.retain(|record| record.is_of(pk));
    Ok(records)
}

/// As soon as there are so many.
async fn read_all(ground: &Ground, pk: &str, count: usize) -> anyhow::Result<Vec<Record>> {
    let enough = ground.until(|| async {
        let records = read(ground, pk).await?;
        Ok((records.len() >= count).then_some(records))
    });
    enough.await?.with_context(|| format!("the stream has fewer than {count} records"))
}

async fn written(ground: &Ground, pk: &str) -> anyhow::Result<()> {
    let table = ground.table("Table")?;
    for n in 0..20 {
        let item = json!({ "pk": { "S": pk }, "sk": { "S": "1" }, "n": { "N": n.to_string() } });
        call(&table, "PutItem", json!({ "Item": item })).await.map_err(reason)?;
    }
    Ok(())
}

pub(super) async fn ascending(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    written(&ground, "order").await?;
    let records = read_all(&ground, "order", 20).await?;
    let values: Vec<Option<u32>> = records
        .iter()
        .map(|it| it.dynamodb.pointer("/NewImage/n/N")?.as_str()?.parse().ok())
        .collect();
    let in_order = values.iter().copied().eq((0..20).map(Some));
    let padded: Vec<_> = records.iter().map(|it| format!("{:0>40}", it.sequence())).collect();
    let longest = records.iter().map(|it| it.sequence().len()).max().unwrap_or_default();
    let what = format!(
        "{} records, {}, sequence numbers of {longest} digits, {}",
        records.len(),
        if in_order { "in order" } else { "out of order" },
        if padded.is_sorted() { "ascending" } else { "not ascending" }
    );
    Ok(Seen::decided(in_order && padded.is_sorted() && longest <= 40, what))
}

pub(super) async fn same_ids(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    written(&ground, "ids").await?;
    let ids = |records: Vec<Record>| records.into_iter().map(|it| it.id).collect::<Vec<_>>();
    let first = ids(read_all(&ground, "ids", 20).await?);
    let second = ids(read_all(&ground, "ids", 20).await?);
    let other = first.iter().zip(&second).filter(|(first, second)| first != second).count();
    Ok(Seen::decided(other == 0, format!("{other} of {} differ", first.len())))
}

pub(super) async fn expired(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    let table = ground.table("Table")?;
    let mut item = key("expires", "1");
    if let Some(fields) = item.as_object_mut() {
        fields.insert("expires".to_owned(), json!({ "N": "1700000000" }));
    }
    call(&table, "PutItem", json!({ "Item": item })).await.map_err(reason)?;
    loop {
        let records = read(&ground, "expires").await?;
        if let Some(record) = records.iter().find(|record| record.name == "REMOVE") {
            let member = |names: [&str; 2]| {
                let identity = record.identity.as_ref()?;
                names.iter().find_map(|name| identity.get(name)?.as_str())
            };
            let (kind, who) = (member(["Type", "type"]), member(["PrincipalId", "principalId"]));
            let what = format!("{} of type {}", who.unwrap_or("nobody"), kind.unwrap_or("none"));
            let holds = kind == Some("Service") && who == Some("dynamodb.amazonaws.com");
            return Ok(Seen::decided(holds, what));
        }
        tokio::time::sleep(ground.account.pause * 10).await;
    }
}
