//! Rows to envelopes.

use distributary_aws::CallError;
use distributary_delivery::Envelope;
use serde_json::{Value, json};

use super::DynamoDbLot;
use super::heads::Later;
use super::row::{data, key, part_key, scalar, set};

/// Envelopes of one partition, in the order of their sort keys.
pub(super) struct Rows {
    pub(super) envelopes: Vec<Stored>,
    /// The one behind them that is not due.
    pub(super) postponed: Option<Later>,
    /// What stands behind them and is none.
    pub(super) unreadable: Option<Unreadable>,
    /// Nothing stands behind them.
    pub(super) ended: bool,
}

/// An envelope, and where it is.
pub(super) struct Stored {
    pub(super) sk: String,
    pub(super) parts: usize,
    pub(super) envelope: Envelope,
}

/// A row that is no envelope.
pub(super) struct Unreadable {
    pub(super) sk: String,
    /// Why, in one sentence without its content.
    pub(super) reason: String,
}

/// An envelope of which not all parts were seen.
struct Open {
    sk: String,
    parts: usize,
    got: usize,
    data: Vec<u8>,
}

impl DynamoDbLot {
    /// The envelopes of a partition behind a sort key, `most` at most, up to one that is not due `by`
    /// then or cannot be read: in a group, what follows it may not pass it.
    pub(super) async fn rows(
        &self,
        pk: &str,
        after: Option<&str>,
        most: usize,
        by: Option<i64>,
    ) -> Result<Rows, CallError> {
        let mut request = json!({
            "TableName": self.db.table(),
            "ConsistentRead": true,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": pk } },
        });
        if let Some(after) = after {
            set(&mut request, "ExclusiveStartKey", key(pk, after));
        }
        let mut found =
            Rows { envelopes: Vec::new(), postponed: None, unreadable: None, ended: false };
        let mut open: Option<Open> = None;
        loop {
            let answer = self.db.call("Query", &request).await?;
            for item in answer.get("Items").and_then(Value::as_array).into_iter().flatten() {
                let sk = scalar(item, "sk", "S").unwrap_or_default();
                let Some(next) = joined(open.take(), item, sk) else {
                    found.unreadable = Some(Unreadable::new(pk, sk, "a part of it is missing"));
                    return Ok(found);
                };
                if next.got < next.parts {
                    open = Some(next);
                    continue;
                }
                let Open { sk: first, parts, data, .. } = next;
                match Envelope::unpack(&data) {
                    Ok(envelope) if by.is_some_and(|by| !envelope.is_due(by)) => {
                        found.postponed = Some(Later::of(&envelope));
                        return Ok(found);
                    }
                    Ok(envelope) => found.envelopes.push(Stored { sk: first, parts, envelope }),
                    Err(error) => {
                        let mut unreadable = Unreadable::new(pk, &first, &error.to_string());
                        sk.clone_into(&mut unreadable.sk);
                        found.unreadable = Some(unreadable);
                        return Ok(found);
                    }
                }
                if found.envelopes.len() == most {
                    return Ok(found);
                }
            }
            match answer.get("LastEvaluatedKey") {
                Some(last) => set(&mut request, "ExclusiveStartKey", last.clone()),
                None => break,
            }
        }
        found.ended = true;
        found.unreadable =
            open.map(|open| Unreadable::new(pk, &open.sk, "a part of it is missing"));
        Ok(found)
    }
}

/// An envelope with one part more; `None` for a row that does not belong there.
fn joined(open: Option<Open>, item: &Value, sk: &str) -> Option<Open> {
    let parts = scalar(item, "parts", "N").and_then(|parts| parts.parse().ok());
    let data = data(item)?;
    match (open, parts) {
        (None, Some(parts)) => Some(Open { sk: sk.to_owned(), parts, got: 1, data }),
        (Some(mut open), None) if sk == part_key(&open.sk, open.got) => {
            open.got += 1;
            open.data.extend(data);
            Some(open)
        }
        _ => None,
    }
}

impl Unreadable {
    fn new(pk: &str, sk: &str, why: &str) -> Self {
        let reason = format!("the row `{pk}` / `{sk}` of the lot cannot be read: {why}");
        Unreadable { sk: sk.to_owned(), reason }
    }
}
